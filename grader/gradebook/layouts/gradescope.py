"""Gradescope: `assignment_1_export/submission_123/hw.py`, and `submission_metadata.yml` beside it.

The metadata is written by Ruby's YAML with symbols for keys, in one fixed shape:

    submission_123:
      :submitters:
      - :name: Anna Smith
        :sid: '3031'
        :email: anna@uni.edu
      :created_at: 2023-09-21 10:11:12.123456000 Z
      :results:
        … all that the autograder printed, often most of the file

A YAML parser would read all of that, slowly, and a course would need it for this file alone. So
only lines of that shape are read, which no text can imitate, since YAML indents it deeper than its
key. What is written in another way is left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from grader.gradebook.archive import Damaged
from grader.gradebook.classroom import Student
from grader.gradebook.sighting import Layout, Sighting, Tree, most_of, top, unnamed

METADATA: Final = "submission_metadata.yml"
_ITEM: Final = re.compile(r" {2,4}(?P<dash>- |  ):(?P<key>\w+): ?(?P<value>.*)")
_ANCHOR: Final = re.compile(r"&(\w+) (.*)")
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<hex>x[\dA-F]{2}|u[\dA-F]{4}|U000[\dA-F]{5})|(?P<one>.))", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)?"
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "e": "\x1b", "0": "\0", "r": "\r"}


def gradescope(tree: Tree) -> Layout | None:
    """Recognise Gradescope's layout, by its metadata or by the names of its folders alone."""
    lines = tree.texts.get(METADATA)
    if lines is None:
        return _without_metadata(tree, f"{METADATA} is missing")
    try:
        groups = metadata(lines())
    except Damaged as error:
        return _without_metadata(tree, f"{METADATA} {error}")
    listed = tuple(each for group in groups.values() for each in group)
    found = {top(path) for path in tree.paths}
    if not groups or not any(each in found for each in groups):
        return _without_metadata(tree, f"{METADATA} is not written as Gradescope writes it")
    return Layout(
        title="Gradescope", sightings=lambda path: groups.get(top(path), ()), listed=listed
    )


def _without_metadata(tree: Tree, problem: str) -> Layout | None:
    def sightings(path: str) -> tuple[Sighting, ...]:
        folder = top(path)
        if folder == path or not re.fullmatch(r"submission_\d+", folder):
            return ()
        number = folder.removeprefix("submission_")
        return (Sighting(label=folder, who=unnamed(number=number), place=folder),)

    if not most_of(tree.paths, sightings):
        return None
    return Layout(
        title="Gradescope",
        sightings=sightings,
        problems=(f"{problem}: who handed in what isn't known, only the submission's number",),
    )


def metadata(lines: Iterable[str]) -> dict[str, tuple[Sighting, ...]]:
    """Return who handed in each folder, as far as the lines have the shape described above."""
    found: dict[str, tuple[Sighting, ...]] = {}
    anchors: dict[str, str] = {}
    for folder, section in _sections(lines):
        people, time = _people(section, anchors), _time(section)
        found[folder] = tuple(
            Sighting(
                label=who.name or who.email or folder,
                who=who,
                time=time,
                place=folder,
            )
            for who in people
        )
    return found


def _sections(text: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder's name, and its lines up to what the autograder printed."""
    folder, reading = "", False
    lines: list[str] = []
    for line in (each.rstrip("\r\n") for each in text):
        if line[:1] not in {"", " ", "#", "-"}:
            if folder:
                yield folder, lines
            folder, lines, reading = line.rstrip().rstrip(":").strip("'\""), [], True
        elif line.startswith("  :") and line.strip() in {":results:", ":history:"}:
            reading = False
        elif line.startswith("  :"):
            reading = True
        if reading and line.startswith(" "):
            lines.append(line)
    if folder:
        yield folder, lines


def _people(lines: list[str], anchors: dict[str, str]) -> list[Student]:
    """Return the submitters: items of two or more lines, `- :name: …` and `:email: …`."""
    people: list[dict[str, str]] = []
    inside, key = False, ""
    for line in lines:
        if re.match(r"  :", line):
            inside = line.startswith("  :submitters:")
        elif inside and (match := _ITEM.fullmatch(line)):
            people += [{}] if match["dash"].strip() or not people else []
            key = match["key"]
            people[-1][key] = match["value"]
        elif inside and people:
            people[-1][key] += " " + line.strip()
    return [
        _student({key: _scalar(text, anchors) for key, text in each.items()}) for each in people
    ]


def _student(fields: dict[str, str]) -> Student:
    name, sid, email = (fields.get(key, "") for key in ("name", "sid", "email"))
    return unnamed(name=name, id=sid, email=email)


def _scalar(text: str, anchors: dict[str, str]) -> str:
    """Return a string that YAML writes plain, in quotes, or as a repetition of another one."""
    text = text.strip()
    if text.startswith("*"):
        return anchors.get(text[1:], "")
    anchor, text = _ANCHOR.fullmatch(text).groups() if _ANCHOR.fullmatch(text) else ("", text)  # type: ignore[union-attr]
    if text[:1] == text[-1:] == "'" and len(text) > 1:
        text = text[1:-1].replace("''", "'")
    elif text[:1] == text[-1:] == '"' and len(text) > 1:
        text = _ESCAPE.sub(_unescaped, text[1:-1])
    elif text in {"", "~", "null"} or text.startswith(("!", "|", ">", "{", "[")):
        text = ""
    if anchor:
        anchors[anchor] = text
    return text


def _unescaped(match: re.Match[str]) -> str:
    code = match["hex"]
    return chr(int(code[1:], 16)) if code else _ESCAPES.get(match["one"], match["one"])


def _time(lines: list[str]) -> float | None:
    """Return when it was handed in; a time without a zone is UTC, as Ruby writes it."""
    for line in lines:
        if line.startswith("  :created_at:"):
            match = _TIME.search(line)
            if match is None:
                return None
            zone = "+00:00" if match[3] in {None, "Z", "UTC"} else match[3]
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").timestamp()
    return None
