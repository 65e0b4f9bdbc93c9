"""Missing modules, and names that a library no longer has."""

from __future__ import annotations

import difflib
import re
from typing import Final

from grader.evidence.libraries import PACKAGES, PARTS, REMOVED, USUAL
from grader.evidence.meaning import Meaning
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


def missing(raised: Raised) -> Meaning | None:
    """Explain a failed import, or a name that a module doesn't have."""
    kinds = {raised.exception, *raised.bases}
    if not kinds & {"ImportError", "AttributeError"}:
        return None
    if raised.message.startswith("attempted relative import"):
        return Meaning(
            message="the file imports another file from its folder",
            label="a relative import",
            why=f"A relative import only works inside a package. {_ONE_FILE}",
            help="a submission is one file: write what it needs into it, and delete the import",
        )
    found = next((match for each in _ABSENT if (match := each.match(raised.message))), None)
    if found is not None:
        return _absent(found["home"], found["name"], raised.meant)
    module = re.match(r"No module named '(\w+)'", raised.message)
    return _no_module(module[1]) if module is not None else None


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


def _no_module(name: str) -> Meaning:
    if name in PACKAGES:
        return Meaning(
            message=f"the package {name} isn't installed where the file is graded",
            why="The exercise needs only jax, flax and numpy.",
            help="delete the import and do without it: only what the exercise needs is certainly "
            "installed",
        )
    near = difflib.get_close_matches(name, sorted(USUAL), n=1, cutoff=0.66)
    if near:
        return _meant(name, near[0])
    return Meaning(
        message=f"there is no module {name} where the file is graded",
        why=f"Python didn't find this module. {_ONE_FILE}",
        help=f"a submission is one file: write what it needs from {name} into it, and delete this",
    )
