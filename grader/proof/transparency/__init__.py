"""Whether a trace of a program tells what it does with real arguments: read off its text.

A trace calls the program once, with stand-ins for its arguments. What it does then is what it
does always, unless Python itself decides something on the way: by a size (`==` on a symbolic size
is silently False, so `if x.shape[0] == 7` stays unseen), by whether it is traced (`isinstance`,
`try`), by what it remembers or draws (a global, a clock). This package reads the text and allows
only what can do none of that; everything else costs the proof.

- `Reach.EVERY_SIZE`: Python decides nothing that differs between sizes. Sizes are added and
  multiplied at most: `-`, `/`, `//`, `%` can raise, or turn a sign, for some of them only. An
  `assert` of `==` or `<=` passes for a symbolic size only if it holds for every size.
- `Reach.SIZES_AS_GIVEN`: Python decides, but by sizes at most: stand-ins for seeds and arrays
  refuse to be decided by. A trace at given sizes speaks for these sizes.
- `Reach.NOTHING`: it may notice the trace, remember, change something, or run unknown code.

Left to the fingerprint, which sees it in the jaxpr: arithmetic on the seed (an int in a call, an
int32 in a trace), and elements that a small array does not have.
"""

from __future__ import annotations

import ast
from enum import StrEnum, unique
from typing import Final

import msgspec

from grader.model.exercise import Exercise
from grader.model.parsing import parsed
from grader.proof.transparency.bindings import Bindings
from grader.proof.transparency.doubts import Doubt, Doubts
from grader.proof.transparency.sizes import Sizes
from grader.proof.transparency.statements import Statements

_LONGEST: Final = 50_000
"""Characters, read within a second; an exercise is a page."""


@unique
class Reach(StrEnum):
    """Which traces of a program speak for its calls, least first."""

    NOTHING = "nothing"
    SIZES_AS_GIVEN = "sizes-as-given"
    EVERY_SIZE = "every-size"


class Transparency(msgspec.Struct, frozen=True, kw_only=True):
    """How far a text can be trusted to do what its trace shows.

    `reason` says what stands in the way of more, on `line` (1-based); without one, nothing does
    or the text is no Python.
    """

    reach: Reach
    reason: str = ""
    line: int | None = None

    @property
    def sentence(self) -> str:
        """The reason with its line, as part of a sentence."""
        where = f"line {self.line} " if self.line is not None else ""
        match self.reach:
            case Reach.NOTHING:
                return f"{where}{self.reason}, so a trace need not show all that it does"
            case Reach.SIZES_AS_GIVEN:
                return f"{where}{self.reason}, which may depend on sizes"
            case Reach.EVERY_SIZE:
                return ""


def transparency(text: str, exercise: Exercise | None = None) -> Transparency:
    """Read `text`, which runs nothing of it.

    Without the exercise every parameter counts as a size, which can only cost reach.
    """
    if len(text) > _LONGEST:
        return Transparency(reach=Reach.NOTHING, reason="the text is too long to be looked through")
    try:
        tree = _without_main_block(parsed(text))
        doubts = _doubts(tree, exercise)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Transparency(reach=Reach.NOTHING, reason="the text can't be read")
    hiding = [doubt for doubt in doubts if doubt.hides]
    if not doubts:
        return Transparency(reach=Reach.EVERY_SIZE)
    first = min(hiding or doubts, key=lambda doubt: doubt.line)
    reach = Reach.NOTHING if hiding else Reach.SIZES_AS_GIVEN
    return Transparency(reach=reach, reason=first.reason, line=first.line)


def _doubts(tree: ast.Module, exercise: Exercise | None) -> list[Doubt]:
    bindings = Bindings(tree)
    doubts = Doubts(bindings, Sizes(tree, bindings, exercise))
    Statements(doubts).read(tree)
    return doubts.found


def _without_main_block(tree: ast.Module) -> ast.Module:
    """Leave out `if __name__ == "__main__":`, which doesn't run where the file is imported."""
    body = [node for node in tree.body if not _is_main_block(node)]
    return ast.Module(body=body, type_ignores=[])


def _is_main_block(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and ast.unparse(node.test) == "__name__ == '__main__'"
    )
