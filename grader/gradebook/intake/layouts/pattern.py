"""`--students PATTERN`: a template that says where in a path a student is named.

`{name}_{id}_{rest}.py` is matched against the path below the folder. A field takes as little as it
can; an `{id}` has a digit in it and no `_`, if with that the path matches at all. `{late}` is the
word late, which may be missing, with what separates it from the next field. `{rest}` alone between
two `/`, or between one and an end, may lead through several folders.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from grader.errors import CommandWrong
from grader.gradebook.intake.sighting import Layout, Sighting, unnamed
from grader.suggestion import did_you_mean

_FIELDS: Final = {
    "name": r"[^/]+?",
    "id": "",
    "email": r"[^/@\s]+@[^/@\s]+?",
    "number": r"\d+",
    "attempt": r"\d+",
    "late": r"late",
    "rest": r"[^/]*?",
}
_IDS: Final = (r"[^/_]*\d[^/_]*?", r"[^/_]+?", r"[^/]+?")
"""What an id looks like, the surest first."""
_NAMING: Final = ("id", "number", "email", "name")
_PART: Final = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}]*)\}|(?P<brace>[{}])|(?P<literal>[^{}]+)")
_HELP: Final = "such as {name}_{id}_{rest}.py"
_ZIP: Final = re.compile(r"(?i)^(.+?\.zip)/")
_STARTS: Final = re.compile(r"(?:[^\w./]|_)+")
_ENDS: Final = re.compile(r"(?:[^\w./]|_)+$")
Piece = tuple[str, bool]
"""A text, and whether it is the name of a field."""


def pattern(template: str) -> Layout:
    """Return the layout that a template describes. Raises `CommandWrong` for a wrong template.

    A file in a zip that was handed in has its own path, and the zip's.
    """
    pieces = _pieces(template)
    _check(template, pieces)
    expressions = [
        re.compile(_regex(pieces, _FIELDS | {"id": each}), re.IGNORECASE) for each in _IDS
    ]
    depth = _depth(pieces)

    def sightings(path: str) -> tuple[Sighting, ...]:
        for expression in expressions:
            for each in (path, *_ZIP.findall(path)):
                if match := expression.fullmatch(each):
                    return (_seen(match.groupdict(), "/".join(each.split("/")[: depth + 1])),)
        return ()

    return Layout(title=f"the pattern {template}", sightings=sightings)


def _pieces(template: str) -> list[Piece]:
    pieces: list[Piece] = []
    for match in _PART.finditer(template):
        if match["brace"]:
            raise CommandWrong(
                f"--students {template}: the {match['brace']} has no partner; a field is written "
                f"{_HELP}"
            )
        field, literal = match["field"], match["literal"] or match[0][:1]
        pieces.append((literal, False) if field is None else (field.strip(), True))
    return pieces


def _check(template: str, pieces: list[Piece]) -> None:
    start = f"--students {template}:"
    fields = [text for text, is_field in pieces if is_field]
    for field in fields:
        if field not in _FIELDS:
            meant = did_you_mean(field, _FIELDS) or f"; there are {', '.join(_FIELDS)}"
            raise CommandWrong(f"{start} there is no field {{{field}}}{meant}")
        if fields.count(field) > 1 and field != "rest":
            raise CommandWrong(f"{start} {{{field}}} is there twice")
    if not set(fields) & set(_NAMING):
        raise CommandWrong(
            f"{start} it has no field that names anybody: {{name}}, {{id}}, {{email}} or {{number}}"
        )
    for (one, one_is), (other, other_is) in pairwise(pieces):
        if one_is and other_is:
            raise CommandWrong(
                f"{start} where {{{one}}} ends and {{{other}}} begins isn't clear: "
                "write what is between them"
            )


def _regex(pieces: list[Piece], fields: dict[str, str]) -> str:
    """Return the regular expression of a template."""
    written = ""
    left = [*pieces]
    for at, (text, is_field) in enumerate(pieces):
        after = left[at + 1][0] if at + 1 < len(left) else ""
        if not is_field:
            written += re.escape(left[at][0])
        elif text == "late":
            separator = _STARTS.match(after)
            if separator is not None:
                left[at + 1] = (after[separator.end() :], False)
            written = _with_late(written, pieces[at - 1][0] if at else "", separator)
        elif text == "rest":
            alone = written[-1:] in {"", "/"} and after[:1] in {"", "/"}
            written += r".+" if alone else fields["rest"]
        else:
            written += f"(?P<{text}>{fields[text]})"
    return written


def _with_late(written: str, before: str, after: re.Match[str] | None) -> str:
    """Add the word late, which may be missing with the separator after it, or else before it."""
    if after is not None:
        return f"{written}(?:(?P<late>late){re.escape(after[0])})?"
    separator = _ENDS.search(before)
    if separator is None:
        return f"{written}(?P<late>late)?"
    start = written.removesuffix(re.escape(separator[0]))
    return f"{start}(?:{re.escape(separator[0])}(?P<late>late))?"


def _depth(pieces: list[Piece]) -> int:
    """Return how many folders lead to the part that names the student last."""
    last = max(at for at, (text, is_field) in enumerate(pieces) if is_field and text in _NAMING)
    return sum(text.count("/") for text, is_field in pieces[:last] if not is_field)


def _seen(fields: dict[str, str | None], place: str) -> Sighting:
    found = {key: (text or "").strip() for key, text in fields.items()}
    naming = {key: found.get(key, "") for key in _NAMING}
    return Sighting(
        label=naming["name"] or next(text for text in naming.values() if text),
        who=unnamed(**naming),
        attempt=int(found.get("attempt") or 1),
        late=bool(found.get("late")),
        place=place,
    )
