"""The hints of an exercise, from its `hints.md`: one under each `## ` heading."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING, NamedTuple

from grader.catalogue import course_text
from grader.errors import ExerciseBroken
from grader.model.exercise import ExerciseFolder
from grader.progress import Progress

if TYPE_CHECKING:
    from grader.model.report import Report

OFFER_EVERY = 3


class Hint(NamedTuple):
    """A hint in Markdown, and its heading."""

    heading: str
    text: str


def parse_hints(markdown: str) -> tuple[Hint, ...]:
    """Split `markdown` at its `## ` headings, except inside code blocks."""
    found: list[tuple[str, list[str]]] = []
    fence = ""
    for line in markdown.splitlines():
        mark = line.lstrip()[:3]
        if mark in {"```", "~~~"}:
            fence = "" if fence == mark else fence or mark
        if not fence and line.startswith("## "):
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
    return tuple(Hint(heading, "\n".join(lines).strip()) for heading, lines in found)


def read_hints(folder: ExerciseFolder) -> tuple[Hint, ...]:
    """Return the hints of an exercise. Raises `ExerciseBroken` if there are none."""
    hints = parse_hints(course_text(folder.hints))
    if not hints:
        raise ExerciseBroken(f"{folder.hints} has no hint under a ## heading")
    return hints


def record(report: Report, folder: ExerciseFolder, how: str) -> str | None:
    """Remember an attempt; return the offer of a hint, as `hint_offer` does."""
    with Progress.open() as progress, contextlib.suppress(ExerciseBroken):
        progress.record(report)
        return hint_offer(folder, progress, how)
    return None


def hint_offer(
    folder: ExerciseFolder, progress: Progress, how: str = "", course_option: str = ""
) -> str | None:
    """Return a line that offers a hint, every third time in a row that the same mistake occurs.

    `how` says how to get it, if not by the command, which needs the `course_option`. None where
    it would not help: another mistake, or no hint left.
    """
    slug = folder.exercise.slug
    streak = progress.same_finding_streak(slug)
    if streak is None or streak.times % OFFER_EVERY:
        return None
    left = len(read_hints(folder)) - progress.hints_shown(slug)
    if left <= 0:
        return None
    how = how or f"grade hint {shlex.quote(slug)}{course_option} has a hint for you"
    return f"{streak.rule} again, {streak.times} times in a row: {how}"
