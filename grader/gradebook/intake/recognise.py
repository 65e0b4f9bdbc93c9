"""Recognises the layout of a class's files, from all paths together."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import CommandWrong
from grader.gradebook.intake.entry import Entry, Listing
from grader.gradebook.intake.filetype import FileType, file_type
from grader.gradebook.intake.layouts.canvas import canvas
from grader.gradebook.intake.layouts.github import github
from grader.gradebook.intake.layouts.gradescope import METADATA, gradescope
from grader.gradebook.intake.layouts.moodle import moodle
from grader.gradebook.intake.layouts.pattern import pattern
from grader.gradebook.intake.layouts.plain import Known, plain
from grader.gradebook.intake.layouts.several import of_several
from grader.gradebook.intake.sighting import Layout, Sighting, Tree, top
from grader.gradebook.intake.stored import Stored
from grader.render.visible import visible

PLATFORMS: Final = (gradescope, moodle, canvas, github)
_DEEPEST: Final = 3
"""Folders that everything may be in: a zip of a folder of a course."""
_MOST_METADATA: Final = 512 << 20
"""Bytes; Gradescope's metadata holds all that its autograder printed."""


def recognise(path: Path, found: Listing, students: str | None, known: Known | None) -> Layout:
    """Return the layout: the pattern's, a platform's where it is sure, or else the plain one."""
    trees = _trees(path, found)
    if students is not None:
        return _of_pattern(students, trees)
    for tree in trees:
        if layout := _of_platform(tree):
            return _below(layout, _start(tree))
    if layout := of_several(trees[-1], _of_platform):
        return _below(layout, _start(trees[-1]))
    tree = _plain_tree(trees, found.empty, known)
    return _below(plain(tree, known), _start(tree))


def _of_platform(tree: Tree) -> Layout | None:
    for platform in PLATFORMS:
        if layout := platform(tree):
            return layout
    return None


def _start(tree: Tree) -> str:
    """Return the folders that everything is in, as a path begins with them."""
    return "".join(f"{each}/" for each in tree.names[1:])


def _of_pattern(template: str, trees: Sequence[Tree]) -> Layout:
    """Return the pattern's layout, below the folder in which it distinguishes most people.

    Raises `CommandWrong` if it matches nothing.
    """
    layout = pattern(template)
    best = max(trees, key=lambda tree: _told_apart(layout, tree))
    if best.paths and _told_apart(layout, best) == (0, 0):
        one = f"{_start(best)}{best.paths[0]}"
        raise CommandWrong(f"--students {template}: no path is like that; there is {visible(one)}")
    return _below(layout, _start(best))


def _told_apart(layout: Layout, tree: Tree) -> tuple[int, int]:
    """Return how many paths the pattern matches, and how many people they are of."""
    seen = [each.who for path in tree.paths for each in layout.sightings(path)]
    return len(seen), len(set(seen))


def _below(layout: Layout, start: str) -> Layout:
    """Return the layout for paths that begin with the folders that everything is in."""

    def sightings(path: str) -> tuple[Sighting, ...]:
        return layout.sightings(path.removeprefix(start)) if path.startswith(start) else ()

    return msgspec.structs.replace(layout, sightings=sightings)


def _plain_tree(trees: Sequence[Tree], empty: Iterable[str], known: Known | None) -> Tree:
    """Return the paths below the folder in which the students' folders or files are.

    One folder alone is a student's if the roster knows it, or if there is one thing alone in it.
    """
    for tree in trees:
        start = _start(tree)
        without = [each.removeprefix(start) for each in empty if each.startswith(start)]
        tops = {top(each) for each in (*tree.paths, *without)}
        if len(tops) > 1 or (known and any(known(each) for each in tops)):
            return tree
    named_alike = len(trees) > 1 and trees[1].names[0] == trees[1].names[1]
    return trees[1] if named_alike else trees[0]


def _trees(path: Path, found: Listing) -> list[Tree]:
    """Return the paths below the folder, and below each folder that all of them are in."""
    paths = [each.path for each in found.entries if file_type(each.name) <= FileType.PICTURE]
    paths = paths or [each.path for each in found.entries]
    names = [path.resolve().name.removesuffix(".zip")]
    trees = [_tree(paths, names, found)]
    while len(names) <= _DEEPEST and len({top(each) for each in paths}) == 1 and "/" in paths[0]:
        names.append(top(paths[0]))
        paths = [each.partition("/")[2] for each in paths]
        if not all(paths):
            break
        trees.append(_tree(paths, names, found))
    return trees


def _tree(paths: Iterable[str], names: Sequence[str], found: Listing) -> Tree:
    start = "".join(f"{each}/" for each in names[1:])
    texts = {
        each.path.removeprefix(start): _reader(each)
        for each in found.entries
        if each.name == METADATA and each.path.startswith(start)
    }
    return Tree(paths=tuple(paths), names=tuple(names), texts=texts)


def _reader(entry: Entry) -> Callable[[], Iterable[str]]:
    def read() -> Iterable[str]:
        data = io.BytesIO(Stored().read(entry.origin, _MOST_METADATA))
        return io.TextIOWrapper(data, "utf-8", "replace")

    return read
