"""No platform's layout: one folder or one file for each student."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from grader.gradebook.intake.filetype import FileType, file_type
from grader.gradebook.intake.sighting import Layout, Sighting, Tree, unnamed

_DEEPEST: Final = 4
_SUSPICIOUS: Final = 4
"""Folders of one student with a file of the same name; attempts are rarely more."""
_COPY: Final = re.compile(r"(?P<label>.+?) ?\((?P<times>\d{1,3})\)")
Known = Callable[[str], bool]
"""Whether somebody on the roster is called so."""


def plain(tree: Tree, known: Known | None) -> Layout:
    """Tell by the first part of the path, or by the part in which the roster's students are.

    Where most are folders, a file beside them belongs to nobody; where most are files, so does one
    that nobody hands in, or a folder of such files. The roster knows better.
    """
    level = _level(tree.paths, known) if known else 0
    files, folders = _tops(tree.paths, level)
    by_folder = len(folders) >= len(files) and bool(folders)
    labels = {_stem(each.rpartition("/")[2]) for each in files}

    def sightings(path: str) -> tuple[Sighting, ...]:
        parts = _parts(path, level)
        if len(parts) <= level:
            return ()
        label = parts[level] if len(parts) > level + 1 else _stem(parts[level])
        label, attempt = _copied(label, labels)
        place = "/".join(parts[: level + 1])
        stray = place not in (folders if by_folder else files | folders)
        if stray and (len(parts) == level + 1 or not by_folder) and not (known and known(label)):
            return ()
        return (Sighting(label=label, who=unnamed(name=label), attempt=attempt, place=place),)

    what = "folder" if by_folder else "file"
    return Layout(
        title=f"a {what} for each student",
        sightings=sightings,
        plain=True,
        problems=_doubts(tree.paths) if known is None else (),
    )


def _doubts(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Say what looks as if the students were one folder further down; without a roster, it may be.

    Several people's files in a folder would count as one person's, and only the newest is used.
    """
    folders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in paths:
        folder, _, rest = each.partition("/")
        if file_type(rest.rpartition("/")[2]) is FileType.PROGRAM and "/" in rest:
            folders[folder, rest.rpartition("/")[2]].add(rest.partition("/")[0])
    for (folder, name), those in folders.items():
        if len(those) >= _SUSPICIOUS:
            return (_doubt(folder, f"{name} in {len(those)} folders", "{rest}/{name}/{rest}"),)
    return ()


def _doubt(folder: str, what: str, template: str) -> str:
    return (
        f"{folder} is taken for one student and has {what}: "
        f"if they are several students', use --students '{template}'"
    )


def _tops(paths: tuple[str, ...], level: int) -> tuple[set[str], set[str]]:
    """Return the files and the folders at a level that have something handed in."""
    files: set[str] = set()
    folders: set[str] = set()
    for each in paths:
        parts = _parts(each, level)
        if len(parts) > level and file_type(parts[-1]) <= FileType.OTHER:
            alone = len(parts) == level + 1
            (files if alone else folders).add("/".join(parts[: level + 1]))
    return files, folders


def _parts(path: str, level: int) -> list[str]:
    """Return the parts of a path. A zip that is a student's hand-in counts as one part."""
    parts = path.split("/")
    is_zip = len(parts) > level and parts[level].lower().endswith(".zip")
    return parts[: level + 1] if is_zip else parts


def _level(paths: tuple[str, ...], known: Known) -> int:
    """Return the part of the path in which most students of the roster are named."""
    counts: list[int] = []
    for level in range(_DEEPEST):
        parts = {parts[level] for each in paths if len(parts := each.split("/")) > level}
        counts.append(sum(known(each) or known(_stem(each)) for each in parts))
    return counts.index(max(counts))


def _copied(label: str, labels: set[str]) -> tuple[str, int]:
    """Return whose file `anna (1).py` is, which a browser calls so beside `anna.py`."""
    match = _COPY.fullmatch(label)
    if match is None or match["label"] not in labels:
        return label, 1
    return match["label"], int(match["times"]) + 1


def _stem(name: str) -> str:
    """Return a file's name without its ending; of a folder, the name."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem and len(suffix) <= 6 and suffix.isalnum() else name
