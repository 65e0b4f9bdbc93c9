"""What an editor shows beside the code, in Markdown: explanations, hints, lessons."""

from __future__ import annotations

from grader.catalogue import course_text
from grader.gradebook.outcome.lessons import without_marks
from grader.hints import Hint
from grader.model.exercise import ExerciseFolder
from grader.rules.rule import Rule
from grader.website import rule_address


def explanation(rule: Rule) -> str:
    """Return what a rule means, with wrong and right code."""
    parts = (
        f"### {rule.id}",
        f"**{rule.title}**",
        rule.explanation.strip(),
        "Wrong:",
        f"```python\n{rule.wrong.strip()}\n```",
        "Right:",
        f"```python\n{rule.right.strip()}\n```",
        f"[Documentation]({rule_address(rule.id) or rule.link})",
    )
    return "\n\n".join(parts)


def hint(each: Hint, number: int, total: int) -> str:
    """Return a hint under its number."""
    return f"### Hint {number} of {total}\n\n{each.text}"


def lesson(folder: ExerciseFolder) -> str:
    """Return the lesson and the task. Raises `ExerciseBroken`."""
    return without_marks(course_text(folder.lesson))
