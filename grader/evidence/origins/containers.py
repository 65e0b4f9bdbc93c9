"""Values in the displays of containers: tuples, lists, dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.origins.calls import Step
from grader.evidence.origins.pairs import pairs_of
from grader.evidence.origins.scopes import Any, Path
from grader.evidence.origins.values import UNKNOWN, value_of

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins


def in_container(origins: Origins, node: ast.AST, path: Path) -> list[Step] | None:
    """Return where to look for the value at `path` in a display; None if that isn't known."""
    found: list[Step] | None = None
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            found = _in_sequence(node.elts, path[0], path[1:])
        case ast.Dict():
            found = _in_dict(origins, node, path)
        case ast.DictComp():
            pairs = pairs_of(origins, node.key, node.value)
            found = [Step(node.value, path[1:]) if pairs is None else Step(pairs, path)]
        case ast.BinOp(op=ast.BitOr()):
            found = origins.first(Step(node.right, path), Step(node.left, path))
        case ast.Constant() if path == ("value",):
            found = [Step(node)]  # a member of an enumeration
        case _:
            pass
    return found


def _in_sequence(items: list[ast.expr], key: str | int | Any, rest: Path) -> list[Step] | None:
    if isinstance(key, str):
        return [Step(each, rest, named=True) for each in _paired(items, key)]
    if any(isinstance(each, ast.Starred) for each in items):
        return None
    if isinstance(key, Any):
        return [Step(each, rest, named=True) for each in items]
    return [Step(items[key], rest, named=True)] if -len(items) <= key < len(items) else []


def _paired(items: list[ast.expr], key: str) -> Iterator[ast.expr]:
    """Yield the values that belong to a key in a list of pairs."""
    for item in items:
        match item:
            case ast.Tuple(elts=[ast.Constant(value=found), value]) if found == key:
                yield value
            case _:
                continue


def _in_dict(origins: Origins, node: ast.Dict, path: Path) -> list[Step] | None:
    key, rest = path[0], path[1:]
    steps: list[Step] = []
    for name, value in reversed(list(zip(node.keys, node.values, strict=True))):
        told = None if name is None else value_of(origins, name)
        if told is UNKNOWN or key is Any.ITERATED:
            return None
        if name is None:
            steps.append(Step(value, path))
        elif key is Any.INDEXED or told == key:
            steps.append(Step(value, rest, named=True))
    return steps if key is Any.INDEXED else origins.first(*steps)
