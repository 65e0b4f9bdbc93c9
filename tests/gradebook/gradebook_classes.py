"""Writes the files of a made-up class, and reads what was collected of it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.gradebook.classroom import Collected, HandedIn

TEXT = "def sum_one(seed, x):\n    return x + x\n"
Files = Mapping[str, str | bytes]
Make = Callable[..., Path]


def tree(folder: Path, files: Files) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def zipped(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def programs(*paths: str) -> dict[str, str | bytes]:
    return dict.fromkeys(paths, TEXT)


def owners(found: Collected) -> dict[str, str]:
    """The key of each file's student, empty for a file of nobody's."""
    return {each.path: each.student.key if each.student else "" for each in found.files}


def handed(found: Collected, path: str) -> HandedIn:
    (one,) = [each for each in found.files if each.path == path]
    return one


def fault(found: Collected, path: str) -> str:
    """Why a file can't be graded, empty if it may be."""
    unfit = found.read(handed(found, path)).source.unfit
    return unfit.message if unfit is not None else ""
