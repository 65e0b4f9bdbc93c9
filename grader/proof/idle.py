"""Statements that can't reach the answer, though they run: they print, log or time."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from grader.model.hazards import Hazards, says
from grader.model.names import Names, given
from grader.proof import known

_ROUNDS: Final = 50
_PARTS: Final = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


class Idle:
    """The idle parts of one function, or of the top of a text.

    Idle is an assignment to names that are only read where it doesn't matter.
    """

    def __init__(self, names: Names, body: Iterable[ast.stmt] = ()) -> None:
        self._names = names
        body = list(body)
        self._hazards = Hazards(body)
        self._held: dict[ast.stmt, bool] = {}
        every = [each for statement in body for each in ast.walk(statement)]
        shared = [each for each in every if isinstance(each, ast.Global | ast.Nonlocal)]
        self._unread = {name for each in every for name in self._kept(each)}
        self._unread -= {name for each in shared for name in each.names}
        for left in range(_ROUNDS, -1, -1):
            unread = self._unread & self._read(body)
            if not unread:
                return
            self._unread -= unread if left else self._unread
            self._held.clear()

    def holds(self, node: ast.stmt) -> bool:
        """Say whether a statement can't reach the answer."""
        if node not in self._held:
            self._held[node] = self._holds(node)
        return self._held[node]

    def _holds(self, node: ast.stmt) -> bool:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=ast.Call() as call):
                return self._tame(call) or (self._shows(call) and all(map(self._tame, given(call))))
            case ast.If(test=test, body=body, orelse=orelse):
                inner = [*body, *orelse]
                plain = not self._hazards.decides(test) or all(map(says, inner))
                return plain and self._tame(test) and all(map(self.holds, inner))
            case ast.For(iter=iterated, target=ast.Name(), body=body, orelse=[]):
                plain = not self._hazards.in_(ast.Expr(value=iterated))
                return plain and self._tame(iterated) and all(map(self.holds, body))
            case _:
                kept = set(self._kept(node))
                return bool(kept) and kept <= self._unread

    def said(self, node: ast.stmt) -> list[ast.expr]:
        """Return the parts of a statement that only go into a message."""
        match node:
            case ast.Assert(msg=ast.expr() as message):
                found = [message]
            case ast.Raise(exc=ast.Call() as error) if self._is_error(error.func):
                found = list(given(error))
            case ast.Expr(value=ast.Call(args=args)) if self.prints(node):
                found = args
            case _:
                found = []
        return [each for each in found if self._tame(each)]

    def prints(self, node: ast.stmt) -> bool:
        """Say whether a statement only prints, which nothing reads."""
        match node:
            case ast.Expr(value=ast.Call(func=func, keywords=keywords)):
                files = [each.value for each in keywords if each.arg in ("file", None)]
                elsewhere = all(self._names.surely(each).startswith("sys.") for each in files)
                return self._names.builtin(func) == "print" and elsewhere
            case _:
                return False

    def _kept(self, node: ast.AST) -> Iterator[str]:
        """Yield the names that an assignment of something tame binds."""
        match node:
            case ast.AugAssign() if self._hazards.in_(ast.Expr(value=node.value)):
                return
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.AugAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if self._tame(value):
                yield name
            case _:
                return

    def _read(self, body: Iterable[ast.AST]) -> set[str]:
        """Return the names that are read where it counts."""
        found: set[str] = set()
        waiting = list(body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.stmt) and self.holds(node):
                continue
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
            waiting += ast.iter_child_nodes(node)
        return found

    def _shows(self, call: ast.Call) -> bool:
        func = call.func
        if self._names.surely(func) == "jax.debug.print":
            return True
        if isinstance(func, ast.Attribute):
            logger = isinstance(func.value, ast.Name) and func.value.id in self._names.loggers
            head = self._names.surely(func).partition(".")[0]
            return func.attr in known.SHOWING and (logger or head in ("logging", "warnings"))
        return self.prints(ast.Expr(value=call)) and not any(map(self._hazards.in_, call.keywords))

    def _tame(self, node: ast.AST) -> bool:
        """Whether an expression changes nothing, and can't fail because of what it asks."""
        return self._is_quiet(node) and not self._hazards.in_(node)

    def _is_quiet(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            return self._is_quiet_call(node) and all(map(self._is_quiet, given(node)))
        if isinstance(node, ast.Subscript) and not all(map(_is_place, _places(node.slice))):
            return False  # the element may not exist
        if isinstance(node, _PARTS):
            return True
        inner = ast.iter_child_nodes(node)
        return type(node).__name__ in known.PLAIN and all(map(self._is_quiet, inner))

    def _is_quiet_call(self, call: ast.Call) -> bool:
        func = call.func
        dotted = self._names.surely(func)
        if dotted:
            head, *parts = dotted.split(".")
            setting = known.DENIED | known.DENIED_OF.get(head, frozenset())
            wild = known.CALLING | (setting if head in ("jax", "numpy") else frozenset())
            tame = wild.isdisjoint(parts) and dotted.startswith(known.TAME_LIBRARIES)
            return tame or dotted in known.DRAWING
        if any(each.arg == "key" for each in call.keywords):
            return False  # a function that is called
        if isinstance(func, ast.Attribute):
            return func.attr in known.TAME_METHODS - self._names.own and self._is_quiet(func.value)
        return self._names.builtin(func) in known.TAME or self._is_error(func)

    def _is_error(self, node: ast.AST) -> bool:
        return self._names.builtin(node).endswith(("Error", "Exception"))


def _places(index: ast.expr) -> list[ast.expr]:
    return index.elts if isinstance(index, ast.Tuple) else [index]


def _is_place(index: ast.expr) -> bool:
    return isinstance(index, ast.Constant | ast.Slice)
