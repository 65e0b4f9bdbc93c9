"""The skeleton of a new exercise: a small one that works, for its author to change.

It can be graded as it is. `grade verify` lists what is left to do.
"""

from __future__ import annotations

import keyword
import os
import re
import shutil
from collections.abc import Iterator
from errno import EEXIST
from pathlib import Path
from string import Template
from typing import Final

import msgspec

from grader.authoring.declaration import SLUG
from grader.authoring.like import Like
from grader.errors import NameWrong

_TEMPLATE: Final = Path(__file__).resolve().parent / "template"
_SOLUTION: Final = "solution.py"


class Skeleton(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new exercise goes, and what it is like."""

    slug: str
    like: Like
    folder: Path
    solution: Path

    @staticmethod
    def of(slug: str, course: Path, like: Like = Like.LINEN) -> Skeleton:
        """Plan an exercise called `slug` in a course's folder. Raises `NameWrong`."""
        _check_name(slug)
        name = slug.replace("-", "_")
        return Skeleton(
            slug=slug,
            like=like,
            folder=course / "exercises" / name,
            solution=course / "solutions" / f"{name}.py",
        )

    @property
    def written(self) -> tuple[str, ...]:
        """What the function is called, the class, or each function."""
        name = self.folder.name
        match self.like:
            case Like.CLASS:
                return (self._class,)
            case Like.FUNCTIONS:
                return f"init_{name}", f"apply_{name}"
            case _:
                return (name,)

    @property
    def _class(self) -> str:
        return "".join(each.capitalize() for each in self.slug.split("-"))

    def write(self) -> None:
        """Write it, over nothing that is there. Raises `FileExistsError`, or another `OSError`."""
        for path in (self.folder, self.solution):
            if os.path.lexists(path):
                raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path))
        beside = self.folder.with_name(f".{self.folder.name}.{os.getpid()}")
        try:
            for name, text in self._files():
                path = beside / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            self.solution.parent.mkdir(parents=True, exist_ok=True)
            beside.rename(self.folder)
            (self.folder / _SOLUTION).rename(self.solution)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _files(self) -> Iterator[tuple[str, str]]:
        words = {
            "slug": self.slug,
            "function": self.folder.name,
            "class": self._class,
            "title": self.slug.replace("-", " ").capitalize(),
        }
        template = _TEMPLATE / self.like
        for path in sorted(template.rglob("*.txt")):
            name = path.relative_to(template).with_suffix("").as_posix()
            yield name, Template(path.read_text(encoding="utf-8")).substitute(words)


def _check_name(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        near = kebab(slug)
        meant = f"; did you mean {near}?" if near else ""
        raise NameWrong(f"exercises are named in kebab case, such as my-exercise{meant}")
    name = slug.replace("-", "_")
    if keyword.iskeyword(name):
        raise NameWrong(f"{name} is a Python keyword, so no function can have that name")


def kebab(text: str) -> str:
    """Return `text` in kebab case, empty if nothing is left of it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-0123456789")
