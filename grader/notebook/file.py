"""A notebook's file as a submission: its own code cells, and of these what the function needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import reason
from grader.model.decoding import LARGEST, NoText, decode
from grader.model.filekind import Unfit
from grader.model.submission import Submission, Unreadable, of_text
from grader.notebook.closure import program
from grader.notebook.ipython import without_magics
from grader.notebook.statements import parses, statements

LARGEST_NOTEBOOK: Final = 64 * 1024 * 1024
"""Bytes of the largest notebook that is read: outputs may hold pictures."""


def read_notebook(path: Path, functions: Sequence[str]) -> Submission:
    """Read a notebook as a program that defines those of `functions` that its cells define.

    Lines and columns in a report are those of this program. Raises `Unreadable`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_NOTEBOOK + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} can't be read: {reason(error)}") from error
    return notebook_from_bytes(str(path), data, functions)


def notebook_from_bytes(path: str, data: bytes, functions: Sequence[str]) -> Submission:
    """Make a submission from a notebook's bytes, as `read_notebook` does from its file."""
    try:
        text = decode(_program(_cells(data), functions).encode("utf-8", "replace"))
    except NoText as error:
        return of_text(path, data, "", error.unfit)
    return of_text(path, data, text)


def _program(cells: list[str], functions: Sequence[str]) -> str:
    """Return what defines the functions; all cells if none does, or one of them isn't Python.

    Then the report says what is missing, or where the syntax is wrong.
    """
    broken = [cell for cell in cells if not parses(cell)]
    if not any(f"def {name}" in cell for cell in broken for name in functions):
        found = program(functions, tuple(statements(cells)), lambda _name: None)
        if found is not None:
            return found
    return "\n".join(f"{without_magics(cell).strip()}\n" for cell in cells)


def _cells(data: bytes) -> list[str]:
    """Return the texts of the code cells, in the notebook's order. Raises `NoText`."""
    if len(data) > LARGEST_NOTEBOOK:
        most = f"{LARGEST_NOTEBOOK >> 20} MB"
        raise NoText(Unfit(f"the notebook is larger than {most}", "clear its outputs, and save it"))
    notebook = _decoded(data)
    language = _language(notebook)
    if language not in {"", "python"}:
        message = f"the notebook is in {language}, not in Python"
        raise NoText(Unfit(message, "hand in one in Python"))
    cells = [text for cell in _all_cells(notebook) if (text := _code(cell)) is not None]
    if not cells:
        message = "the notebook has no code cells"
        raise NoText(Unfit(message, "write the function in a code cell"))
    if sum(map(len, cells)) > LARGEST:
        most = f"{LARGEST >> 10} kB"
        message = f"the notebook's code is larger than {most}"
        raise NoText(Unfit(message, "hand in what you wrote alone"))
    return cells


def _decoded(data: bytes) -> object:
    """Return what the JSON holds, as Jupyter reads it. Raises `NoText`.

    Python's own reader, which Jupyter uses, also takes `NaN` and half of a surrogate pair, and
    writes them: outputs have both. It is slower.
    """
    again = "save it again in Jupyter, or as a .py file"
    if not data.strip():
        raise NoText(Unfit("the notebook is empty", again))
    try:
        return msgspec.json.decode(data)
    except RecursionError as error:
        raise NoText(Unfit("the file is not a notebook: it is nested too deeply", again)) from error
    except msgspec.DecodeError as error:
        with suppress(ValueError, RecursionError):
            return json.loads(data.decode("utf-8-sig"))
        raise NoText(Unfit(f"the file is not a notebook: {error}", again)) from error


def _language(notebook: object) -> str:
    """Return the language that the metadata names, in lower case; empty if it names none."""
    match notebook:
        case {"metadata": {"kernelspec": {"language": str(language)}}}:
            return language.lower()
        case {"metadata": {"language_info": {"name": str(language)}}}:
            return language.lower()
        case _:
            return ""


def _all_cells(notebook: object) -> Iterator[object]:
    """Yield the cells of format 4, or of the worksheets of format 3."""
    match notebook:
        case {"cells": [*cells]}:
            yield from cells
        case {"worksheets": [*sheets]}:
            for sheet in sheets:
                yield from _all_cells(sheet)
        case _:
            return


def _code(cell: object) -> str | None:
    """Return a code cell's text: one string, or a list of its lines with their ends."""
    match cell:
        case {"cell_type": "code", "source": text} | {"cell_type": "code", "input": text}:
            if isinstance(text, list):
                return "".join(line for line in text if isinstance(line, str))
            return text if isinstance(text, str) else None
        case _:
            return None
