"""A page for each lesson, and the course as a table."""

from __future__ import annotations

from collections.abc import Iterator

from grader.catalogue import course_text, exercises
from grader.gradebook.outcome.lessons import taught_in, without_marks
from grader.model.exercise import ExerciseFolder
from website.pages import Page


def pages() -> Iterator[Page]:
    """Yield the course, and then each lesson of it."""
    known = exercises()
    rows = "\n".join(
        f"| {each.exercise.level} | [{each.exercise.title}]({each.exercise.slug}.md) "
        f"| {each.exercise.topic} |"
        for each in known
    )
    table = f"# Lessons\n\n| level | lesson | topic |\n|---|---|---|\n{rows}"
    yield Page("Lessons", "The course", "lessons/index.md", table)
    for each in known:
        slug = each.exercise.slug
        yield Page("Lessons", each.exercise.title, f"lessons/{slug}.md", _text(each))


def _text(folder: ExerciseFolder) -> str:
    rules = sorted(taught_in(folder))
    parts = [
        without_marks(course_text(folder.lesson)).strip(),
        f"## Starter\n\n`grade start {folder.exercise.slug}` creates this file:",
        f"```python\n{course_text(folder.starter).strip()}\n```",
    ]
    if rules:
        listed = "\n".join(f"- [{rule}](../rules/{rule}.md)" for rule in rules)
        parts.append(f"## Mistakes that this lesson is about\n\n{listed}")
    return "\n\n".join(parts)
