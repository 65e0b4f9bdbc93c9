"""Which section of a lesson teaches what a rule is about, where the lesson says so.

Under a `## ` heading, a lesson may have `<!-- teaches: per-example-params, shared-params -->`.
"""

from __future__ import annotations

import re
from typing import Final

from grader.catalogue import course_text
from grader.errors import ExerciseBroken
from grader.hints import parse_hints
from grader.model.exercise import ExerciseFolder

_TEACHES: Final = re.compile(r"^<!--\s*teaches:([\w\s,-]*?)-->\s*?$\n*", re.MULTILINE)


def taught(markdown: str) -> dict[str, str]:
    """Return the heading of the first section that teaches each rule."""
    found: dict[str, str] = {}
    for section in parse_hints(markdown):
        for listed in _TEACHES.findall(section.text):
            for rule in re.split(r"[\s,]+", listed.strip()):
                found.setdefault(rule, section.heading)
    return found


def taught_in(folder: ExerciseFolder) -> dict[str, str]:
    """Read it off an exercise's lesson; nothing if that can't be read."""
    try:
        return taught(course_text(folder.lesson))
    except ExerciseBroken:
        return {}


def without_marks(markdown: str) -> str:
    """Return a lesson without what only teachers need."""
    return _TEACHES.sub("", markdown)
