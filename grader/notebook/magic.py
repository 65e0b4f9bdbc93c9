"""`%%grade`: runs a cell, and then grades the function in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from grader.catalogue import catalogue
from grader.grading.request import GradingRequest
from grader.model.submission import Submission, from_bytes
from grader.notebook.closure import program
from grader.notebook.gather import binding, history_of
from grader.notebook.grading import grade_submission
from grader.notebook.ipython import without_magics
from grader.notebook.line import options_in
from grader.notebook.statements import Statement, parses, statements

if TYPE_CHECKING:
    from grader.notebook.graded import Graded

NAME = "grade"


class Shell(Protocol):
    """What is used of IPython's `InteractiveShell`."""

    user_ns: dict[str, Any]

    def run_cell(self, raw_cell: str, *, store_history: bool) -> Any:  # noqa: ANN401
        """Run a cell, showing what it prints and raises."""

    def register_magic_function(self, func: object, magic_kind: str, magic_name: str) -> None:
        """Make a function a magic."""


class CellMagic:
    """`%%grade` for one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def __call__(self, line: str, cell: str) -> Graded | None:
        """Run the cell here, and grade its function as a separate program.

        Imports, helpers and constants of earlier cells go with it, as far as the function uses
        them. A cell that raises isn't graded; one that isn't Python is, to say what is wrong.
        Options are those of `grade FILE`: --exercise SLUG, --cases N, --seed N, --timeout SECONDS,
        --exercises DIR, --require-sandbox, --no-progress, --no-repair.
        """
        request = options_in(line)
        earlier = self._earlier(cell)
        if parses(cell) and not self._shell.run_cell(cell, store_history=False).success:
            return None
        return grade_submission(self._submission(cell, earlier, request), request)

    def _earlier(self, cell: str) -> list[str]:
        """Return the cells that ran before this one, which IPython has noted already."""
        cells = history_of(self._shell.user_ns)
        own = _texts([cell])
        return cells[:-1] if cells and own and _texts(cells[-1:]) == own else cells

    def _submission(self, cell: str, earlier: Sequence[str], request: GradingRequest) -> Submission:
        own = tuple(statements([cell]))
        known = (*statements(earlier), *own)
        found = program(
            _wanted(own, request.exercises), known, lambda name: binding(name, self._shell.user_ns)
        )
        text = without_magics(cell) if found is None else found
        return from_bytes("cell (notebook)", text.encode(errors="surrogatepass"))


def load(shell: Shell) -> None:
    """Register the magic, for `%load_ext grader`."""
    magic = CellMagic(shell)

    def grade(line: str, cell: str) -> Graded | None:
        return magic(line, cell)

    grade.__doc__ = CellMagic.__call__.__doc__
    shell.register_magic_function(grade, "cell", NAME)


def _texts(cells: Sequence[str]) -> list[str]:
    return [each.text for each in statements(cells)]


def _wanted(own: Sequence[Statement], folders: tuple[Path, ...]) -> list[str]:
    """Return the names to grade: those that exercises ask for, or else all that the cell binds.

    If a task asks for several functions, those of earlier cells belong to the cell's.
    """
    bound = [name for each in own for name in sorted(each.binds)]
    asked = [each.exercise.written for each in catalogue(folders).exercises]
    asked = [names for names in asked if not set(names).isdisjoint(bound)]
    wanted = [name for name in bound if any(name in names for names in asked)]
    beside = asked[0] if len(asked) == 1 else ()
    return list(dict.fromkeys([*wanted, *beside])) or bound
