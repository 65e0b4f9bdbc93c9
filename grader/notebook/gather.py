"""A live function's program: its notebook's cells, and globals that no cell defines."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FunctionType, ModuleType

from grader.errors import Exit, GraderError
from grader.notebook.closure import program
from grader.notebook.statements import statements

_MAGIC = "get_ipython()."
_HISTORY = "In"
"""Where IPython keeps the cells that ran, in order."""


class CannotGrade(GraderError, ValueError):
    """This can't be graded; the text says why."""

    code = Exit.WRONG_COMMAND

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows instead of a traceback, which wouldn't help here."""
        return [f"grade: {self}"]


class NotSelfContained(CannotGrade):
    """A function can't be made into a separate program."""


def source_of(function: object, beside: Sequence[str] = ()) -> str:
    """Return a program that defines `function` and all that it needs.

    That is the file of a function of a module; a function of a notebook or of an interactive
    session is gathered from what was typed there, with the functions `beside` it that the task
    asks for as well. Raises `NotSelfContained`.
    """
    plain = _plain(function)
    if plain.__module__ != "__main__":
        return _file_text(plain)
    namespace = plain.__globals__
    found = program(
        tuple(dict.fromkeys((plain.__name__, *beside))),
        tuple(statements(cells_of(plain, namespace))),
        lambda name: binding(name, namespace),
    )
    if found is None:
        raise NotSelfContained(
            f"the source of {plain.__name__} is not known here; write it to a file and grade that"
        )
    return found


def name_of(function: object) -> str:
    """Return the name under which `function` was defined. Raises `NotSelfContained`."""
    return _plain(function).__name__


def _plain(function: object) -> FunctionType:
    """Look through `jax.jit` and other wrappers for the function that was written."""
    if not callable(function):
        raise NotSelfContained(f"expected a function or a path, not {_article(function)}")
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType):
        raise NotSelfContained(f"expected a function or a path, not {_article(function)}")
    if plain.__name__ == "<lambda>":
        raise NotSelfContained("a lambda has no name; define a function with def")
    if "<locals>" in plain.__qualname__ or "." in plain.__qualname__:
        raise NotSelfContained(
            f"{plain.__name__} is defined inside something else; define it at the top of a cell"
        )
    return plain


def _article(value: object) -> str:
    name = type(value).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"


def _file_text(function: FunctionType) -> str:
    file = inspect.getsourcefile(function)
    try:
        return Path(file or "").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        name = f"{function.__module__}.{function.__name__}"
        raise NotSelfContained(f"the file of {name} can't be read") from error


def cells_of(function: FunctionType, namespace: Mapping[str, object]) -> list[str]:
    """Return the texts that ran, oldest first, the one that defines `function` among them."""
    history = history_of(namespace)
    cells = history if any(history) else _typed_cells(namespace)
    own = _text_of(function)
    if own and not any(own.strip() in cell for cell in (*cells, *_run_cells(namespace))):
        cells.append(own)
    return cells


def history_of(namespace: Mapping[str, object]) -> list[str]:
    """Return the cells that ran; one with magics as it was typed, which IPython has under `_i3`.

    What it ran has calls of its own in place of magics, which no other program could run.
    """
    cells = _run_cells(namespace)
    for number, ran in enumerate(cells):
        typed = namespace.get(f"_i{number}")
        if _MAGIC in ran and isinstance(typed, str):
            cells[number] = typed
    return cells


def _run_cells(namespace: Mapping[str, object]) -> list[str]:
    history = namespace.get(_HISTORY)
    found = history if isinstance(history, list) else []
    return [each if isinstance(each, str) else "" for each in found]


def _typed_cells(namespace: Mapping[str, object]) -> list[str]:
    """Return the texts that the functions and classes of an interactive session came from."""
    own = [value for value in namespace.values() if getattr(value, "__module__", "") == "__main__"]
    texts = [_text_of(inspect.unwrap(value)) for value in own if callable(value)]
    return list(dict.fromkeys(text for text in texts if text))


def _text_of(value: object) -> str:
    """Return the whole text in which a function or a class was defined, empty if it is lost.

    A class doesn't know its place in an interactive session; its methods do.
    """
    if isinstance(value, FunctionType):
        return "".join(linecache.getlines(value.__code__.co_filename))
    members = vars(value).values() if isinstance(value, type) else ()
    return next((_text_of(each) for each in members if isinstance(each, FunctionType)), "")


def binding(name: str, namespace: Mapping[str, object]) -> str | None:
    """Return a statement that gives `name` the value that it has, None where it has none.

    Raises `NotSelfContained` for a value that no statement can give.
    """
    if name not in namespace:
        return None
    value = namespace[name]
    found = _import(name, value) or _literal(name, value)
    if found is None:
        raise NotSelfContained(
            f"{name} is {_article(value)} that no cell defines; define it in a cell by its code"
        )
    return found


def _import(name: str, value: object) -> str | None:
    if isinstance(value, ModuleType):
        module = value.__name__
        if sys.modules.get(module) is not value or module == "__main__":
            return None
        return f"import {module}" if module == name else f"import {module} as {name}"
    home = getattr(value, "__module__", None)
    original = getattr(value, "__name__", None)
    if not (isinstance(home, str) and isinstance(original, str)) or home == "__main__":
        return None
    if getattr(sys.modules.get(home), original, None) is not value:
        return None
    renamed = "" if original == name else f" as {name}"
    return f"from {home} import {original}{renamed}"


def _literal(name: str, value: object) -> str | None:
    """Return an assignment of a value that is written as Python writes it."""
    text = repr(value)
    try:
        same = ast.literal_eval(text) == value and type(ast.literal_eval(text)) is type(value)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return f"{name} = {text}" if same is True else None
