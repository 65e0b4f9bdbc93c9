"""Canvas: every file at the top, `lastfirst_LATE_123_456_hw-1.py`.

As its `lib/content_zipper.rb` has it: the sortable name without what isn't a letter or a digit, in
lower case; `LATE`; the user's id; the file's id; the file's name. With anonymous grading, `anon_`
and five characters stand for name and id. A text entry has `_text.html` after the id, a link
`_link.html`. A file that is handed in again under the same name gets `-1`, `-2`, ….
"""

from __future__ import annotations

import re
from typing import Final

from grader.gradebook.intake.sighting import Layout, Sighting, Tree, most_of, top, unnamed

_NAMED: Final = re.compile(
    r"(?P<name>\w+?)(?:_(?P<late>LATE))?_(?P<user>\d+)_(?:(?P<file>\d+)_(?P<rest>.+)|(?:text|link)\.html)"
)
_ANONYMOUS: Final = re.compile(
    r"(?:(?P<late>LATE)_)?(?P<name>anon_[A-Za-z0-9]{4,8})_(?:(?P<file>\d+)_(?P<rest>.+)|(?:text|link)\.html)"
)
_AGAIN: Final = re.compile(r"(?P<stem>.+)-(?P<times>[1-9]\d?)(?P<suffix>\.\w+)?")
_SURE: Final = 3
"""Digits that both ids have at least where there is one file alone."""


def canvas(tree: Tree) -> Layout | None:
    """Recognise Canvas' layout."""
    matches = {each: match for each in tree.paths if (match := _match(each))}
    if not matches or not most_of(
        tree.paths, lambda path: (_seen(path, frozenset()),) if path in matches else ()
    ):
        return None
    if len(matches) == 1 and not all(_is_sure(match) for match in matches.values()):
        return None
    names = frozenset(match["rest"] or "" for match in matches.values())

    def sightings(path: str) -> tuple[Sighting, ...]:
        return (_seen(path, names),) if _match(path) else ()

    return Layout(title="Canvas", sightings=sightings)


def _match(path: str) -> re.Match[str] | None:
    return _ANONYMOUS.fullmatch(top(path)) or _NAMED.fullmatch(top(path))


def _is_sure(match: re.Match[str]) -> bool:
    user = match.groupdict().get("user", "000")
    return len(user) >= _SURE and len(match["file"] or "000") >= _SURE


def _seen(path: str, names: frozenset[str]) -> Sighting:
    """Tell what a path says. `names` are those of all files, of which one may be another again."""
    match = _match(path)
    assert match is not None
    hidden = match.re is _ANONYMOUS
    number = match["name"].removeprefix("anon_") if hidden else match["user"]
    return Sighting(
        label=match["name"],
        who=unnamed(name="" if hidden else match["name"], number=number),
        attempt=_attempt(match["rest"] or "", names),
        late=match["late"] is not None,
        place=top(path),
        number=int(match["file"] or 0),
    )


def _attempt(name: str, names: frozenset[str]) -> int:
    """Return which attempt `hw-1.py` is: the second if somebody's file is called `hw.py`."""
    match = _AGAIN.fullmatch(name)
    if match is None or match["stem"] + (match["suffix"] or "") not in names:
        return 1
    return int(match["times"]) + 1
