"""Missing modules, and names that a library no longer has."""

from __future__ import annotations

import difflib
import re
from typing import Final, NamedTuple

from grader.evidence.libraries import PACKAGES, PARTS, REMOVED, USUAL
from grader.evidence.meaning import Meaning
from grader.evidence.notation import listing
from grader.model.observation import Raised

_ABSENT: Final = (
    re.compile(r"^cannot import name '(?P<name>[\w.]+)' from '(?P<home>[\w.]+)'"),
    re.compile(r"^module '(?P<home>[\w.]+)' has no attribute '(?P<name>[\w.]+)'"),
    re.compile(r"^No module named '(?P<home>[\w.]+)\.(?P<name>\w+)'"),
    re.compile(r"^(?P<home>jax|flax|numpy)\.(?P<name>[\w.]+) (is deprecated|was removed)"),
)
_LINEN: Final = frozenset(
    {"vmap", "Module", "compact", "Dense", "Dropout", "BatchNorm", "scan", "remat", "jit", "relu"}
)
_ONE_FILE: Final = "A submission is graded without the other files in its folder."
_CIRCLE: Final = re.compile(
    r"^(cannot import name '\w+' from )?partially initialized module '(?P<module>\w+)'"
)


class Beside(NamedTuple):
    """The files that the task allows beside the program, and those that were handed in."""

    allowed: tuple[str, ...] = ()
    there: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Say what of the program's folder is read."""
        if not self.allowed:
            return _ONE_FILE
        names = listing(self.allowed)
        return f"Of the other files in its folder, a submission has only {names}."

    @property
    def where(self) -> str:
        """Say where to write what comes from a file that isn't read."""
        if not self.allowed:
            return "a submission is one file: write what it needs"
        return f"a submission is your file and {listing(self.allowed)}: write what it needs"


_NONE: Final = Beside()


def missing(raised: Raised, beside: Beside = _NONE) -> Meaning | None:
    """Explain a failed import, or a name that a module doesn't have."""
    kinds = {raised.exception, *raised.bases}
    if not kinds & {"ImportError", "AttributeError"}:
        return None
    if raised.message.startswith("attempted relative import"):
        return _relative(beside)
    circle = _CIRCLE.match(raised.message)
    if circle is not None and f"{circle['module']}.py" in beside.there:
        return _circle(circle["module"])
    found = next((match for each in _ABSENT if (match := each.match(raised.message))), None)
    if found is not None:
        return _absent(found["home"], found["name"], raised.meant)
    module = re.match(r"No module named '(\w+)'", raised.message)
    return _no_module(module[1], beside) if module is not None else None


def _relative(beside: Beside) -> Meaning:
    return Meaning(
        message="the file imports another file from its folder",
        label="a relative import",
        why=f"A relative import only works inside a package. {beside.why}",
        help="write the import without the dot: from helpers import …".replace(
            "helpers", beside.allowed[0].removesuffix(".py")
        )
        if beside.allowed
        else "a submission is one file: write what it needs into it, and delete the import",
    )


def _circle(module: str) -> Meaning:
    return Meaning(
        message=f"{module}.py is imported by a file that it imports itself",
        label=f"{module}.py hasn't run to its end yet",
        why="Python runs a file when it is first imported. A file that imports the one that is "
        "just importing it sees only what stands above that import.",
        help="let the imports go one way: move what both files need into one of them",
    )


def _absent(home: str, name: str, meant: str | None) -> Meaning:
    """Explain a missing name in an existing module."""
    full = f"{home}.{name}"
    found = next(((old, new) for old, new in REMOVED.items() if _is_or_in(full, old)), None)
    if found is not None:
        old, new = found
        return Meaning(
            message=f"{old} was removed from {home.partition('.')[0]}",
            why="Older releases had it; the installed one doesn't.",
            help=f"use {new}",
            misspelt=_renamed(old, new) if old == full else None,
        )
    alike = (each for each in PARTS if each.startswith(f"{home}."))
    near = difflib.get_close_matches(full, sorted(alike), n=1, cutoff=0.85)
    if near and near[0] != full:
        return _meant(full, near[0])
    if meant is not None:
        return Meaning(
            message=f"{home} has no {name}; did you mean {meant}?",
            why="The module exists, but it has nothing with this name.",
            help=f"write {meant} instead of {name}",
            misspelt=(name, meant),
        )
    if home == "flax" and name in _LINEN:
        return Meaning(
            message=f"flax has no {name}: it is in flax.linen",
            why="The module exists, but it has nothing with this name.",
            help=f"write flax.linen instead of flax: from flax.linen import {name}",
            misspelt=("flax", "flax.linen"),
        )
    return Meaning(
        message=f"{home} has no {name}",
        why="The module exists, but it has nothing with this name.",
        help="check the spelling, capital letters too, and look the name up for your release",
    )


def _renamed(old: str, new: str) -> tuple[str, str] | None:
    """Return what to write instead of the last part of a name, in the same package."""
    home, _, name = old.rpartition(".")
    inside = home and re.fullmatch(rf"{re.escape(home)}\.[\w.]+", new)
    return (name, new.removeprefix(f"{home}.")) if inside else None


def _is_or_in(name: str, old: str) -> bool:
    return name == old or name.startswith(f"{old}.")


def _meant(name: str, near: str) -> Meaning:
    return Meaning(
        message=f"there is no module {name}; did you mean {near}?",
        why="Python found no module with this name.",
        help=f"write {near} instead of {name}",
        misspelt=(name.rpartition(".")[2], near.rpartition(".")[2]),
    )


def _no_module(name: str, beside: Beside) -> Meaning:
    if f"{name}.py" in beside.allowed and f"{name}.py" not in beside.there:
        return Meaning(
            message=f"{name}.py isn't beside your file",
            label=f"needs {name}.py",
            why=f"The task allows {listing(beside.allowed)} beside your file, in the same folder.",
            help=f"put {name}.py into the folder of your file, or write what you need from it "
            "into your file",
        )
    own = [each.removesuffix(".py") for each in beside.there]
    meant = difflib.get_close_matches(name, own, n=1, cutoff=0.66)
    if meant and name not in PACKAGES:
        return _meant(name, meant[0])
    if name in PACKAGES:
        return Meaning(
            message=f"the package {name} isn't installed where the file is graded",
            why="The exercise needs only jax, flax and numpy.",
            help="delete the import and do without it: only what the exercise needs is certainly "
            "installed",
        )
    sure = 0.8 if beside.allowed else 0.66  # it may be one more file of the learner's
    near = difflib.get_close_matches(name, sorted(USUAL), n=1, cutoff=sure)
    if near:
        return _meant(name, near[0])
    return Meaning(
        message=f"there is no module {name} where the file is graded",
        why=f"Python didn't find this module. {beside.why}",
        help=f"{beside.where} from {name} into it, and delete this",
    )
