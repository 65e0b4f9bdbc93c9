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
      :history:
      - :submitters: []
        :created_at: …

A YAML parser would read all of that, slowly, and a course would need it for this file alone. So
only lines of that shape are read, which no text can imitate, since YAML indents it deeper than its
key. What is written in another way is left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from grader.gradebook.classroom import Student
from grader.gradebook.intake.archive import Damaged
from grader.gradebook.intake.sighting import Layout, Sighting, Tree, most_of, top, unnamed

METADATA: Final = "submission_metadata.yml"
_EARLIER: Final = "    :created_at:"
_ITEM: Final = re.compile(r"(?P<indent> {2}| {4})- :(?P<key>\w+): ?(?P<value>.*)")
_KEY: Final = re.compile(r"(?P<indent> +):(?P<key>\w+): ?(?P<value>.*)")
_ANCHOR: Final = re.compile(r"&(?P<name>\w+) (?P<text>.*)")
_NO_STRING: Final = ("!", "|", ">", "{", "[")
"""What a YAML value begins with that is something else; nobody's name begins so unquoted."""
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
        people = _people(section, anchors)
        time, attempt = _time(section), _attempt(section)
        found[folder] = tuple(
            Sighting(
                label=who.name or who.email or folder,
                who=who,
                attempt=attempt,
                time=time,
                place=folder,
            )
            for who in people
        )
    return found


def _sections(text: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder's name and its lines, without what the autograder printed."""
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
        if (reading and line.startswith(" ")) or line.startswith(_EARLIER):
            lines.append(line)
    if folder:
        yield folder, lines


def _people(lines: list[str], anchors: dict[str, str]) -> list[Student]:
    """Return the submitters: items of a few lines, `- :name: …` and below it `  :email: …`.

    What is indented in another way continues the line before: a name of several lines, which could
    otherwise add somebody else's address.
    """
    people: list[dict[str, str]] = []
    inside, key, indent = False, "", ""
    for line in lines:
        if re.match(r"  :", line):
            inside = line.startswith("  :submitters:")
        elif inside and (match := _ITEM.fullmatch(line)):
            indent = match["indent"] + "  "
            key = match["key"]
            people.append({key: match["value"]})
        elif inside and people and (match := _KEY.fullmatch(line)) and match["indent"] == indent:
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
    anchored = _ANCHOR.fullmatch(text.strip())
    if anchored is not None:
        anchors[anchored["name"]] = _string(anchored["text"])
        return anchors[anchored["name"]]
    text = text.strip()
    return anchors.get(text[1:], "") if text.startswith("*") else _string(text)


def _string(text: str) -> str:
    quote = text[:1] if len(text) > 1 and text[:1] == text[-1:] else ""
    if quote == "'":
        return text[1:-1].replace("''", "'")
    if quote == '"':
        return _ESCAPE.sub(_unescaped, text[1:-1])
    if text in {"", "~", "null"} or text.startswith(_NO_STRING):
        return ""
    return text


def _unescaped(match: re.Match[str]) -> str:
    code = match["hex"]
    if code and 0xD800 <= int(code[1:], 16) < 0xE000:
        return "\ufffd"
    return chr(int(code[1:], 16)) if code else _ESCAPES.get(match["one"], match["one"])


def _time(lines: list[str]) -> float | None:
    """Return when it was handed in; a time without a zone is UTC, as Ruby writes it."""
    line = next((each for each in lines if each.startswith("  :created_at:")), "")
    return _unix_time(line)


def _attempt(lines: list[str]) -> int:
    """Return which hand-in it is: one more than the history has that are older.

    The one that counts on Gradescope isn't always the newest.
    """
    time = _time(lines)
    others = [_unix_time(each) for each in lines if each.startswith(_EARLIER)]
    return 1 + sum(other is not None and time is not None and other < time for other in others)


def _unix_time(line: str) -> float | None:
    match = _TIME.search(line)
    if match is None:
        return None
    zone = "+00:00" if match[3] in {None, "Z", "UTC"} else match[3]
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").timestamp()
    except (ValueError, OverflowError):
        return None
