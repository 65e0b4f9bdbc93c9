"""What of a text can't reach the answer, though it runs: what is printed, logged, or timed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.proof import known
from grader.proof.names import Names

_PLAIN = (
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
    ast.keyword,
    ast.comprehension,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.Starred,
    ast.ListComp,
    ast.GeneratorExp,
    ast.DictComp,
)


class Idle:
    """The idle parts of one function, or of the top of a text."""

    def __init__(self, names: Names, body: Iterable[ast.stmt]) -> None:
        self._names = names
        body = list(body)
        self._shared = {
            name
            for each in _all(body)
            if isinstance(each, ast.Global | ast.Nonlocal)
            for name in each.names
        }
        statements = [each for each in _all(body) if isinstance(each, ast.stmt)]
        self._unread = {name for each in statements for name in self._kept(each)}
        while unread := self._unread & self._read(body):
            self._unread -= unread

    def holds(self, node: ast.stmt) -> bool:
        """Say whether a statement can't reach the answer."""
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=ast.Call() as call):
                return self._shows(call) or self._tame(call)
            case ast.If(test=test, body=body, orelse=orelse):
                return self._tame(test) and all(map(self.holds, [*body, *orelse]))
            case ast.For(iter=iterated, target=ast.Name(), body=body, orelse=[]):
                return self._tame(iterated) and all(map(self.holds, body))
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                kept = set(self._kept(node))
                return bool(kept) and kept <= self._unread
            case _:
                return False

    def said(self, node: ast.stmt) -> list[ast.expr]:
        """Return the parts of a statement that only go into a message."""
        match node:
            case ast.Assert(msg=ast.expr() as message):
                found = [message]
            case ast.Raise(exc=ast.Call(func=func) as error) if self._names.is_error(func):
                found = list(_given(error))
            case ast.Expr(value=ast.Call(args=args)) if self.prints(node):
                found = args
            case _:
                found = []
        return [each for each in found if self._tame(each)]

    def prints(self, node: ast.stmt) -> bool:
        """Say whether a statement prints, to where nobody reads it."""
        match node:
            case ast.Expr(value=ast.Call(func=func, keywords=keywords)):
                files = [each.value for each in keywords if each.arg in ("file", None)]
                elsewhere = all(self._names.surely(each).startswith("sys.") for each in files)
                return self._names.builtin(func) == "print" and elsewhere
            case _:
                return False

    def _kept(self, node: ast.stmt) -> Iterator[str]:
        """Yield the names that an assignment of something tame binds."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                pass
            case _:
                return
        if name not in self._shared and self._tame(value):
            yield name

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
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in self._names.loggers:
                shows = attr in known.SHOWING
            case ast.Attribute(attr=attr):
                head = self._names.surely(call.func).partition(".")[0]
                shows = head in ("logging", "warnings") and attr in known.SHOWING | {
                    "basicConfig",
                    "filterwarnings",
                    "simplefilter",
                }
            case _:
                shows = self.prints(ast.Expr(value=call))
        return shows and all(map(self._tame, _given(call)))

    def _tame(self, node: ast.AST) -> bool:
        """Say whether an expression changes nothing, whatever it gives."""
        if isinstance(node, ast.Call):
            return self._tame_call(node) and all(map(self._tame, _given(node)))
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant | ast.Slice):
            return False  # there may be no such element
        return isinstance(node, _PLAIN) and all(map(self._tame, ast.iter_child_nodes(node)))

    def _tame_call(self, call: ast.Call) -> bool:
        func = call.func
        dotted = self._names.surely(func)
        if dotted:
            return dotted.startswith((*known.CLOCKS, "jax.numpy.", "jax.tree.", "numpy.", "math."))
        if isinstance(func, ast.Attribute):
            tame = func.attr in known.TAME_METHODS - self._names.own
            return tame and self._tame(func.value)
        return self._names.builtin(func) in known.TAME or self._names.is_error(func)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    for each in call.keywords:
        yield each.value


def _all(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)
