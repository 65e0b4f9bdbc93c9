"""Which compiled programs may be shared: the libraries' own small ones, never one of the reference.

jax names the file of a compiled program after the function that was compiled. One that the
reference jits, or the body of one of its loops, is an answer that can be called without its text.
So the reference compiles into a folder that no submission reads, and what has the name of a
function of jax, of none that the reference defines and of none that is made of other functions, is
linked into the one that they read.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import jax

from grader.worker.pure_primitives import IDENTITIES, PURE

_FILE: Final = re.compile(r"jit_(?P<name>.+)-[0-9a-f]{64}-cache")
_FUNCTIONS: Final = ("f", "fun", "func", "funclist", "body_fun", "cond_fun", "computation")
_CONTAIN_OTHERS: Final = frozenset(
    {"cond", "fori_loop", "map", "reduce", "scan", "switch", "vectorize", "while", "while_loop"}
)
"""What has the caller's functions in it when it is compiled."""


_RENAMING: Final = frozenset({"wraps", "update_wrapper"})


class LibraryPrograms:
    """Puts the libraries' programs of the folder `made` into `shared`, as they are compiled."""

    def __init__(self, made: Path, shared: Path) -> None:
        self._made = made
        self._shared = shared
        self._seen: set[str] = set()

    def share(self, text: str) -> None:
        """Link what is new. `text` is the reference's. What can't be is compiled once more."""
        with contextlib.suppress(OSError):
            new = {each.name for each in self._made.iterdir()} - self._seen
            self._seen |= new
            for name in new:
                if is_of_a_library(name, text) and not (self._shared / name).exists():
                    _link(self._made / name, self._shared / name)


def is_of_a_library(file: str, text: str) -> bool:
    """Whether a file of the compile cache holds a function of jax, and none of the text's."""
    found = _FILE.fullmatch(file)
    return found is not None and found["name"] in _library_names() - _defined(text)


def _link(made: Path, shared: Path) -> None:
    try:
        os.link(made, shared)
    except OSError:  # a file system without links
        shutil.copyfile(made, shared)


@cache
def _defined(text: str) -> frozenset[str]:
    """Return the names that could be a function's of the text: all that it assigns."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _library_names()
    return frozenset(_names(tree))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr="__name__" | "__qualname__"):
                yield from _library_names()
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _RENAMING:
                yield from _library_names()
            case ast.alias(name=name) if name in _RENAMING:
                yield from _library_names()


@cache
def _library_names() -> frozenset[str]:
    """Return the names of jax's functions that are given arrays and no functions."""
    found = {name for name, value in _functions() if not _is_given_functions(value)}
    return frozenset(found | PURE | IDENTITIES) - _CONTAIN_OTHERS


def _functions() -> Iterator[tuple[str, Callable[..., object]]]:
    jitted = type(jax.jit(abs))
    for module in (jax.numpy, jax.lax, jax.nn):
        yield from ((each, value) for each, value in vars(module).items() if callable(value))
    for module in [each for name, each in list(sys.modules.items()) if name.startswith("jax.")]:
        found = [value for value in list(vars(module).values()) if type(value) is jitted]
        yield from ((value.__name__, value) for value in found)


def _is_given_functions(function: Callable[..., object]) -> bool:
    """Whether a parameter is a function; a signature that can't be read tells of none."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(each.name in _FUNCTIONS or "Callable" in str(each.annotation) for each in parameters)
