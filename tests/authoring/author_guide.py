"""The guide for authors, parsed into the steps that it tells its reader to take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Write(NamedTuple):
    """Write this text into the file."""

    path: str
    text: str


class Change(NamedTuple):
    """Write the solution into the file, with `after` in place of the line `before`."""

    path: str
    before: str
    after: str


class Patch(NamedTuple):
    """Replace these lines of the file."""

    path: str
    before: str
    after: str


class Run(NamedTuple):
    """Type this; `printed` is the expected output."""

    command: str
    printed: str


Step = Write | Change | Patch | Run

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>\w+)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
_ROW = re.compile(
    r"^\| `(?P<name>\w+\.py)` \| `(?P<before>[^`]+)` \| `(?P<after>[^`]+)` \|$", re.MULTILINE
)
_CAPTION = re.compile(r"`([\w./]+)`:\n\n\Z")


def steps(text: str, mistakes: str) -> Iterator[Step]:
    """Yield the steps in order. Rows of a table are files in the folder `mistakes`."""
    found = [*_FENCE.finditer(text)]
    inside = [range(*each.span()) for each in found]
    rows = [each for each in _ROW.finditer(text) if not any(each.start() in one for one in inside)]
    for match in sorted([*found, *rows], key=lambda each: each.start()):
        if match.re is _ROW:
            path = f"{mistakes}/{match['name']}"
            yield Change(path, match["before"], match["after"])
        elif match["kind"] == "console":
            yield from _runs(match["text"])
        else:
            caption = _CAPTION.search(text[: match.start()])
            assert caption, f"which file is this? {match['text']}"
            if match["kind"] == "diff":
                yield Patch(caption[1], _side(match["text"], "-"), _side(match["text"], "+"))
            else:
                yield Write(caption[1], match["text"])


def _side(text: str, mark: str) -> str:
    """Return one side of a diff: the lines with this mark, and those that both sides have."""
    lines = text.splitlines(keepends=True)
    return "".join(line[1:] for line in lines if line[0] in {mark, " "})


def _runs(text: str) -> Iterator[Run]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield Run(command, printed)


def follow(step: Write | Change | Patch, solution: str) -> None:
    """Execute a step that changes a file in this folder."""
    if isinstance(step, Patch):
        before = Path(step.path).read_text(encoding="utf-8")
        assert before.count(step.before) == 1, step.before
        Path(step.path).write_text(before.replace(step.before, step.after), encoding="utf-8")
        return
    if isinstance(step, Write):
        Path(step.path).parent.mkdir(parents=True, exist_ok=True)
        Path(step.path).write_text(step.text, encoding="utf-8")
        return
    text = Path(solution).read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines()]
    assert lines.count(step.before) == 1, step.before
    Path(step.path).write_text(text.replace(step.before, step.after), encoding="utf-8")
