"""The course as a map: its exercises on one line, with what is passed and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text

from grader.cli.words import DOT, count
from grader.model.exercise import ExerciseFolder
from grader.progress import Standing

_NEW = Standing()
_PASSED = ("\u2713", "bold green")
_NEXT = ("\u25b6", "bold yellow")
_OPEN = ("\u25cb", "dim")
_LINE = ("\u2502", "dim")


def state(standing: Standing) -> str:
    """Describe the progress with an exercise: `2 attempts, 1 hint`."""
    parts = []
    if standing.passed:
        parts.append("passed")
    elif standing.attempts:
        parts.append(count(standing.attempts, "attempt"))
    elif standing.started:
        parts.append("started")
    if standing.hints:
        parts.append(count(standing.hints, "hint"))
    return ", ".join(parts) or "not started"


def course_map(
    known: Sequence[ExerciseFolder],
    standings: Mapping[str, Standing] | None,
    following: ExerciseFolder | None,
    room: int,
) -> Iterator[Text]:
    """Yield the lines, a level in the margin where it begins.

    `standings` is None if progress isn't available, `following` if nothing is left to do.
    """
    slugs = max((cell_len(each.exercise.slug) for each in known), default=0)
    margin = max((len(str(each.exercise.level)) for each in known), default=0)
    level = None
    for number, each in enumerate(known, start=1):
        shown = "" if each.exercise.level == level else str(each.exercise.level)
        level = each.exercise.level
        standing = None if standings is None else standings.get(each.exercise.slug, _NEW)
        is_next = standings is not None and each == following
        line = Text(f" {shown:>{margin}}  ").append(*_mark(standing, is_next=is_next))
        yield line.append_text(_name(each, slugs, standing, is_next=is_next))
        last = number == len(known)
        yield from _about(each, margin, room, line_on=not last)


def _mark(standing: Standing | None, *, is_next: bool) -> tuple[str, str]:
    if is_next:
        return _NEXT
    return _PASSED if standing is not None and standing.passed else _OPEN


def _name(folder: ExerciseFolder, width: int, standing: Standing | None, *, is_next: bool) -> Text:
    slug = folder.exercise.slug
    text = Text(" ").append(slug, "bold")
    if standing is not None:
        text.append(f"{'':{width - cell_len(slug)}}  {state(standing)}")
    return text.append(f" {DOT} next", "bold yellow") if is_next else text


def _about(folder: ExerciseFolder, margin: int, room: int, *, line_on: bool) -> Iterator[Text]:
    """Yield the title and the topic, beside the line that leads to the next exercise."""
    exercise = folder.exercise
    together = f"{exercise.title} {DOT} {exercise.topic}"
    fits = cell_len(together) + margin + 6 <= room
    texts = [together] if fits else [exercise.title, exercise.topic]
    for line in (each for text in texts for each in wrap(text, max(room - margin - 6, 20))):
        before = Text(f" {'':{margin}}  ").append(*(_LINE if line_on else (" ", "")))
        yield before.append(f" {line}", "dim")
