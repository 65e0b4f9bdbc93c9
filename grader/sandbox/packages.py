"""Which installed packages a submission may import: those that a distribution says it installed.

A distribution that holds one of the secrets, by where it lies or by its own list of files, isn't
among them, and neither is the grader. Whatever else lies in a folder of packages stays unread:
nothing says what it is.
"""

import os
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath
from typing import Final, NamedTuple

_METADATA: Final = (".dist-info", ".egg-info")
_LISTS: Final = ("RECORD", "top_level.txt")
_FIRST_PART: Final = re.compile(rb'^"?([^/,"\r\n]+)', re.MULTILINE)
"""Of each line of such a list, the name at the top of the folder of packages."""
_OWN_COMMAND: Final = b"grader.cli"
"""By which an editable install, which lists no modules, tells that it is the grader: its README,
which shows a finding on an exercise, is in its metadata."""
_NEVER: Final = frozenset({"", "grader", "__pycache__"})


class _Distribution(NamedTuple):
    """An installed distribution: its metadata, and the modules that it put beside them."""

    metadata: str
    modules: frozenset[str]
    listing: bytes


def package_folders() -> tuple[str, ...]:
    """Return the folders on `sys.path` that packages were installed into, resolved.

    A checkout that a `.pth` file or PYTHONPATH names isn't one of them.
    """
    found = dict.fromkeys(os.path.realpath(path) for path in sys.path if path)
    return tuple(path for path in found if _is_package_folder(path))


def importable(folder: str, secrets: Collection[str] = ()) -> Iterator[str]:
    """Yield what may be read of a folder of packages. `secrets` are resolved paths."""
    entries = unlinked(folder)
    found = [_distribution(each.path) for each in entries if each.name.endswith(_METADATA)]
    beneath = {
        _module(PurePath(each).relative_to(folder).parts[0])
        for each in secrets
        if each.startswith(f"{folder}{os.sep}")
    }
    marks = {b"/".join(os.fsencode(part) for part in PurePath(each).parts[-2:]) for each in secrets}
    told = [each for each in found if _tells(each, beneath, marks)]
    hidden = _NEVER.union(beneath, *(each.modules for each in told))
    shown = frozenset[str]().union(*(each.modules for each in found)) - hidden
    granted = {each.metadata for each in found if each not in told}
    yield from (
        each.path for each in entries if each.path in granted or _module(each.name) in shown
    )


def _is_package_folder(path: str) -> bool:
    return path.endswith("-packages") or any(
        each.name.endswith(".dist-info") for each in unlinked(path)
    )


def unlinked(folder: str) -> list[os.DirEntry[str]]:
    """Return the folder's entries without links, which would grant what they lead to."""
    try:
        with os.scandir(folder) as found:
            return [each for each in found if not each.is_symlink()]
    except OSError:
        return []


def _distribution(metadata: str) -> _Distribution:
    """Read what a distribution installed; without such a list, its own name has to do."""
    listing = next(filter(None, (_read(Path(metadata, name)) for name in _LISTS)), b"")
    names = {os.fsdecode(name) for name in set(_FIRST_PART.findall(listing))}
    if not names:
        name = PurePath(metadata).name.partition("-")[0]
        names = {name, name.lower(), name.lower().replace(".", "_")}
    modules = frozenset(_module(name) for name in names if not name.endswith(_METADATA))
    return _Distribution(metadata, modules, listing)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _module(name: str) -> str:
    """Return the module's name, which `numpy.libs` shares with `numpy`; "" for a `.pth` file."""
    return "" if name.endswith((".pth", *_METADATA)) else name.partition(".")[0]


def _tells(each: _Distribution, beneath: Collection[str], marks: Collection[bytes]) -> bool:
    """Whether a distribution has a secret, or a copy of one, or is the grader."""
    return (
        "grader" in each.modules
        or _OWN_COMMAND in _read(Path(each.metadata, "entry_points.txt"))
        or not each.modules.isdisjoint(beneath)
        or _lists(each, marks)
    )


def _lists(each: _Distribution, marks: Collection[bytes]) -> bool:
    # Most have no such folder, and all marks together have few.
    folders = {mark.partition(b"/")[0] for mark in marks}
    return any(b"%b/" % folder in each.listing for folder in folders) and any(
        mark in each.listing for mark in marks
    )
