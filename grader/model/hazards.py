"""Expressions that may fail by what a text decides, as in `int("1" if a == b else "x")`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Final

_REVEALING: Final = ("all", "any", "bool", "format", "hasattr", "isinstance", "repr", "str", "type")
_TOTAL: Final = ("bool", "isinstance", "repr", "str", "type")
_ROUNDS: Final = 20
_SAFE: Final = (
    *(ast.Constant, ast.Name, ast.Tuple, ast.List, ast.JoinedStr, ast.Dict),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
"""What doesn't fail, whatever is in it."""


class Hazards:
    """Knows the names of `body` that hold what was decided, or made text of."""

    def __init__(self, body: Iterable[ast.stmt] = ()) -> None:
        every = [each for statement in body for each in ast.walk(statement)]
        values = [(each, _value(each)) for each in every]
        assigned = [(each, value) for each, value in values if value is not None]
        self._decided: set[str] = set()
        for _ in range(_ROUNDS):
            told = {
                name for each, value in assigned if self._reveals(value) for name in _names(each)
            }
            if told <= self._decided:
                return
            self._decided |= told
        self._decided |= {name for each, _ in assigned for name in _names(each)}

    def in_(self, node: ast.AST) -> bool:
        """Say whether an expression may fail for some outcome of what it asks."""
        return any(map(self._fails, ast.walk(node)))

    def decides(self, node: ast.AST) -> bool:
        """Say whether an expression's truth depends on more than its text."""
        plain = (ast.Name, ast.Constant, ast.Attribute)
        match node:
            case ast.Call(func=ast.Attribute(), args=args, keywords=[]):
                asks = not all(isinstance(each, ast.Constant | ast.Attribute) for each in args)
            case _:
                asks = not isinstance(node, plain)
        return asks or self._reveals(node)

    def _fails(self, node: ast.AST) -> bool:
        match node:
            case ast.IfExp(body=body, orelse=orelse):
                return not (_is_constant(body) and _is_constant(orelse))
            case ast.BoolOp(values=[_, *others]):
                return not all(map(_is_constant, others))
            case ast.Compare(comparators=[_, _, *_]):
                return True  # the rest may never run
            case ast.FormattedValue(value=value, format_spec=ast.JoinedStr(values=how)):
                return any(map(self._reveals, (value, *how)))
            case ast.BinOp(left=ast.JoinedStr(values=values), op=ast.Mod(), right=right):
                return any(map(self._reveals, (*values, right)))
            case _:
                inner = ast.iter_child_nodes(node)
                return not _is_total(node) and any(map(self._reveals, inner))

    def _reveals(self, node: ast.AST) -> bool:
        return any(map(self._is_revealing, ast.walk(node)))

    def _is_revealing(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self._decided
            case ast.Call(func=ast.Name(id=name)):
                return name in _REVEALING
            case ast.Dict(keys=keys):
                return not all(isinstance(each, ast.Constant) for each in keys)
            case ast.comprehension(ifs=tests):
                return bool(tests)
            case ast.UnaryOp(op=op):
                return isinstance(op, ast.Not)
            case _:
                kinds = (ast.Compare, ast.IfExp, ast.BoolOp, ast.JoinedStr, ast.DictComp)
                return isinstance(node, kinds)


def formats_plainly(node: ast.AST) -> bool:
    """Say whether a text that is formatted asks for no attribute."""
    text = node.value if isinstance(node, ast.Constant) else "{."
    return not isinstance(text, str) or not re.search(r"\{[^{}:!]*\.", text)


def says(node: ast.stmt) -> bool:
    """Say whether a statement only shows values, if it does anything."""
    match node:
        case ast.Expr(value=ast.Call(args=args, keywords=[])):
            return all(map(_is_constant, args))
        case _:
            return isinstance(node, ast.Pass | ast.Expr)


def _is_total(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue(format_spec=None) | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _TOTAL
        case ast.BinOp():
            return _is_text(node)
        case _:
            return isinstance(node, _SAFE)


def _value(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
            return node.value
        case ast.For(iter=value):
            return value
        case _:
            return None


def _names(node: ast.AST) -> Iterable[str]:
    stores = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return [each.id for each in stores if isinstance(each.ctx, ast.Store)]


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_text(left) and _is_text(right)
        case ast.Call(func=ast.Name(id=name)):
            return name in ("str", "repr")
        case ast.Constant(value=value):
            return isinstance(value, str)
        case _:
            return isinstance(node, ast.JoinedStr)
