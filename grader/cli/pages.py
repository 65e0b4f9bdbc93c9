"""What learners read besides reports: lesson, hint, solution and explanation, for rich."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from grader.catalogue import course_text
from grader.cli.prose import Code, Compared, Prose
from grader.gradebook.outcome.lessons import without_marks
from grader.hints import Hint
from grader.model.exercise import ExerciseFolder
from grader.website import rule_address

if TYPE_CHECKING:
    from grader.rules.rule import Rule


def lesson_page(folder: ExerciseFolder) -> RenderableType:
    """Return the lesson and the task. Raises `ExerciseBroken`."""
    return Prose(without_marks(course_text(folder.lesson)))


def hint_page(hint: Hint, number: int, total: int, slug: str) -> RenderableType:
    """Return one hint under a line that says which one it is."""
    return Group(
        Text.assemble((f"hint {number} of {total}", "bold"), f" \u00b7 {slug}"),
        Text(),
        Prose(hint.text),
    )


def solution_page(folder: ExerciseFolder, text: str) -> RenderableType:
    """Return the solution, highlighted."""
    return Group(
        Text.assemble(("solution", "bold"), f" \u00b7 {folder.exercise.slug}"),
        Text(),
        Code(text),
        Text(),
        Text(folder.exercise.takeaway),
    )


def rule_page(rule: Rule) -> RenderableType:
    """Return the explanation of a rule, with wrong and right code."""
    return Group(
        Text.assemble((rule.id, "bold"), f" \u00b7 check {rule.check}"),
        Text(rule.title),
        Text(),
        Prose(rule.explanation),
        Text(),
        Text("wrong", style="bold red"),
        Compared(rule.wrong, rule.right, "-", "bold red"),
        Text(),
        Text("right", style="bold green"),
        Compared(rule.right, rule.wrong, "+", "bold green"),
        Text(),
        *_links(rule),
    )


def _links(rule: Rule) -> Iterator[Text]:
    """Yield the website's page, if there is a website, and the library's documentation."""
    for link in (rule_address(rule.id), rule.link):
        if link is not None:
            yield Text(link, no_wrap=True, overflow="ignore")
