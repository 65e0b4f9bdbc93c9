"""Moodle: `Anna Smith_123456_assignsubmission_file/hw.py`, or the same before the file's name.

As its `mod/assign/classes/downloader.php` has it: the full name, with spaces for its `_`; the
participant's number; the kind of submission. Until Moodle 4 the folder's name ended in `_`. With
"download in folders" off, `_hw.py` follows instead of a folder. A blind assignment has the word
for "participant" instead of all names. A group has its name and number, the default group none.
"""

from __future__ import annotations

import re
from typing import Final

from grader.gradebook.intake.sighting import Layout, Sighting, Tree, most_of, top, unnamed

_PATTERN: Final = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_.*)?")

_SEVERAL: Final = 3
"""People who are all called the same; two may be."""


def moodle(tree: Tree) -> Layout | None:
    """Recognise Moodle's layout."""
    if not most_of(tree.paths, lambda path: _seen(path, blind="")):
        return None
    matches = [
        match for each in {top(path) for path in tree.paths} if (match := _PATTERN.fullmatch(each))
    ]
    names = {match["name"] for match in matches}
    people = {match["number"] for match in matches}
    blind = next(iter(names)) if len(names) == 1 and len(people) >= _SEVERAL else "Participant"

    def sightings(path: str) -> tuple[Sighting, ...]:
        return _seen(path, blind=blind)

    return Layout(title="Moodle", sightings=sightings)


def _seen(path: str, *, blind: str) -> tuple[Sighting, ...]:
    match = _PATTERN.fullmatch(top(path))
    if match is None:
        return ()
    number = match["number"] or ""
    name = "" if match["name"] == blind and number else match["name"]
    label = name or f"{match['name']} {number}"
    return (Sighting(label=label, who=unnamed(name=name, number=number), place=top(path)),)
