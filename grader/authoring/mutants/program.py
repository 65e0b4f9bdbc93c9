"""A program and its syntax tree, for changes in one place of the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from grader.model.exercise import Exercise, Parameter
from grader.model.names import imported
from grader.model.parsing import parsed

Node = TypeVar("Node", bound=ast.AST)
Located = ast.expr | ast.stmt | ast.keyword

_WIDEST: Final = 34
_BRACKETED: Final = (ast.Call, ast.keyword, ast.Return, ast.Assign, ast.Dict, ast.Subscript)
"""Places in which an expression needs no brackets around it."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A changed program. `name` says what was changed, on `line`; `family` what sort of thing."""

    name: str
    family: str
    line: int
    text: str


class Program:
    """A text that is Python, seen as what can be changed in it.

    Docstrings, annotations and imports are left out: to change them changes nothing, or only
    whether the file loads.
    """

    def __init__(self, text: str, exercise: Exercise) -> None:
        self.text = text
        self.exercise = exercise
        self.tree = parsed(text)
        self._bytes = text.encode()
        lines = re.finditer(rb"\r\n|\r|\n", self._bytes)  # as Python counts lines
        self._starts = [0, *(match.end() for match in lines)]
        self._around: dict[ast.AST, ast.AST] = {}
        self._nodes = list(self._walk(self.tree))
        self.modules = _imported(self.tree)

    def _walk(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what is in `node`, in the order of the text."""
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_inert(child):
                    self._around[child] = node
                    yield child
                    yield from self._walk(child)

    def all(self, kind: type[Node]) -> Iterator[Node]:
        """Yield the nodes of this kind."""
        for node in self._nodes:
            if isinstance(node, kind):
                yield node

    def around(self, node: ast.AST) -> ast.AST:
        """Return the node that `node` is a part of."""
        return self._around[node]

    def within(self, node: ast.AST, kind: type[Node]) -> Node | None:
        """Return the nearest node of this kind that `node` is in."""
        outer = self._around.get(node)
        while outer is not None and not isinstance(outer, kind):
            outer = self._around.get(outer)
        return outer

    @property
    def function(self) -> ast.FunctionDef | None:
        """The function that the exercise asks for, None if no plain `def` defines it.

        For a class it is the method that is called.
        """
        outer, _, method = self.exercise.entry.partition(".")
        for node in self.all(ast.FunctionDef):
            around = self._around[node]
            inside = isinstance(around, ast.ClassDef) and around.name == outer
            if (inside and node.name == method) or (node.name == outer and around is self.tree):
                return node
        return None

    def arguments(self, kind: type[Parameter]) -> Iterator[tuple[ast.Name, Parameter]]:
        """Yield each place where the function reads an argument of this kind."""
        function = self.function
        if function is None:
            return
        taken = function.args
        names = [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
        if self.exercise.flax_class is not None:
            del names[:1]
        found = dict(zip(names, self.exercise.called_with, strict=False))
        for name in self.all(ast.Name):
            parameter = found.get(name.id)
            inside = self.within(name, ast.FunctionDef) is function
            if inside and isinstance(name.ctx, ast.Load) and isinstance(parameter, kind):
                yield name, parameter

    # ---------------------------------------------------------------------------------- places

    def span(self, node: Located) -> tuple[int, int]:
        """Return the bytes that `node` takes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def source(self, node: Located) -> str:
        """Return the text of `node`."""
        start, end = self.span(node)
        return self._bytes[start:end].decode()

    def _replaced(self, *pieces: tuple[tuple[int, int], str]) -> str:
        """Return the text with each span of bytes replaced by a text; the spans don't overlap."""
        data = self._bytes
        for (start, end), text in sorted(pieces, reverse=True):
            data = data[:start] + text.encode() + data[end:]
        return data.decode()

    # --------------------------------------------------------------------------------- changes

    def change(self, family: str, *swaps: tuple[Located, str], name: str = "") -> Mutant:
        """Replace each node by its text. Without a name, the first swap is the name."""
        node, text = swaps[0]
        changed = self._replaced(*((self.span(old), self._fitted(old, new)) for old, new in swaps))
        said = name or f"{shown(self.source(node))} -> {shown(text)}"
        return Mutant(family=family, name=said, line=node.lineno, text=changed)

    def without(self, family: str, first: Located, last: Located, name: str) -> Mutant:
        """Leave out `first` to `last`, an item of a list, and the comma after it."""
        start, end = self.span(first)[0], self.span(last)[1]
        comma = re.match(rb"\s*,", self._bytes[end:])
        end += comma.end() if comma else 0
        changed = self._replaced(((start, end), ""))
        return Mutant(family=family, name=f"{name} left out", line=first.lineno, text=changed)

    def _fitted(self, node: Located, text: str) -> str:
        """Put brackets around an expression where others stand beside it."""
        simple = re.fullmatch(r"[\w.\"']*|-\d+|\(.*\)", text)
        if simple or not isinstance(node, ast.expr):
            return text
        around = self.around(node)
        stands_before = isinstance(around, ast.Subscript) and around.value is node
        return text if isinstance(around, _BRACKETED) and not stands_before else f"({text})"

    def is_module(self, node: ast.expr) -> bool:
        """Whether this is a module that was imported, or one of its parts."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules


def shown(text: str) -> str:
    """Return `text` on one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


def _is_inert(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _imported(tree: ast.Module) -> frozenset[str]:
    """Return the names that `import` binds: modules, and what is taken out of them."""
    return frozenset(
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name, _ in imported(node)
    )
