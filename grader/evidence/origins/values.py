"""The values of expressions, if the text alone determines them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins


class Unknown:
    """A value that the text alone doesn't determine."""


UNKNOWN: Final = Unknown()


def value_of(origins: Origins, node: ast.AST) -> object:
    """Return the value of an expression, `UNKNOWN` if the text alone doesn't determine it."""
    found: object = UNKNOWN
    match node:
        case ast.Constant():
            found = node.value
        case ast.UnaryOp():
            found = _unary(node.op, value_of(origins, node.operand))
        case ast.BinOp():
            found = _binary(node.op, value_of(origins, node.left), value_of(origins, node.right))
        case ast.Tuple() | ast.List():
            found = _sequence(origins, node)
        case ast.Dict():
            keys = [each and value_of(origins, each) for each in node.keys]
            found = _mapping(keys, [value_of(origins, each) for each in node.values])
        case ast.Call():
            found = _made(origins, node)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            found = _referred(origins, node)
        case _:
            pass
    return found


def _sequence(origins: Origins, node: ast.Tuple | ast.List) -> object:
    values = [value_of(origins, each) for each in node.elts]
    if UNKNOWN in values:
        return UNKNOWN
    return tuple(values) if isinstance(node, ast.Tuple) else values


def _mapping(keys: list[object], values: list[object]) -> object:
    if UNKNOWN in [*keys, *values] or not all(isinstance(key, str | int) for key in keys):
        return UNKNOWN
    return dict(zip(keys, values, strict=True))


def _made(origins: Origins, call: ast.Call) -> object:
    """Return what `dict(…)`, `tuple(…)` and `list(…)` make."""
    match call:
        case ast.Call(func=ast.Name(id="dict"), args=[]):
            values = [value_of(origins, each.value) for each in call.keywords]
            return _mapping([each.arg for each in call.keywords], values)
        case ast.Call(func=ast.Name(id="tuple" | "list" as kind), args=[given]):
            inner = value_of(origins, given)
            if not isinstance(inner, tuple | list):
                return UNKNOWN
            return tuple(inner) if kind == "tuple" else list(inner)
        case _:
            return UNKNOWN


def _referred(origins: Origins, node: ast.AST) -> object:
    found = origins.definition(node)
    leads_on = isinstance(found, ast.Name | ast.Attribute | ast.Subscript)
    return UNKNOWN if found is None or leads_on else value_of(origins, found)


def _unary(operation: ast.unaryop, value: object) -> object:
    match operation, value:
        case ast.USub(), int() | float() as number:
            return -number
        case ast.Not(), bool():
            return not value
        case _:
            return UNKNOWN


def _binary(operation: ast.operator, left: object, right: object) -> object:
    """Return a sum or a difference of integers, or two tuples joined."""
    match operation, left, right:
        case ast.Add(), int(), int():
            return left + right
        case ast.Sub(), int(), int():
            return left - right
        case ast.Add(), tuple(), tuple():
            return left + right
        case _:
            return UNKNOWN
