"""Whether the result of a call is thrown away, as far as the text alone can say so for sure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.model.observation import Span
from grader.model.source import Source

_ABOUT = frozenset({"shape", "dtype", "ndim", "size"})
"""Attributes of an array that say nothing of its numbers."""


def discarded(source: Source, span: Span | None) -> bool:
    """Whether nothing but a print or an assertion looks at what the call at `span` returns."""
    call = source.call_at(span)
    if call is None or source.tree is None:
        return False
    for block in _blocks(source.tree):
        for place, statement in enumerate(block):
            if getattr(statement, "value", None) is call:
                return _is_unused(source.tree, statement, block[place + 1 :])
    return False


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _is_unused(tree: ast.AST, statement: ast.stmt, later: Sequence[ast.stmt]) -> bool:
    if isinstance(statement, ast.Expr):
        return True
    if not isinstance(statement, ast.Assign):
        return False
    names = [name for target in statement.targets for name in _names(target)]
    return None not in names and all(_is_dead(tree, str(name), later) for name in names)


def _names(target: ast.expr) -> Iterator[str | None]:
    """Yield the names that are assigned to, None for anything that isn't a plain name."""
    if isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _names(each)
    else:
        yield target.id if isinstance(target, ast.Name) else None


def _is_dead(tree: ast.AST, name: str, later: Sequence[ast.stmt]) -> bool:
    """Whether a name is read nowhere, or not before the same block gives it another value."""
    if not any(_reads(tree, name)):
        return True
    for statement in later:
        if any(_reads(statement, name)):
            return False
        if isinstance(statement, ast.Assign) and name in map(_name, statement.targets):
            return True
    return False


def _name(target: ast.expr) -> str | None:
    return target.id if isinstance(target, ast.Name) else None


def _reads(node: ast.AST, name: str) -> Iterator[ast.Name]:
    """Yield where the numbers of `name` are read for anything but a print or an assertion."""
    if isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _prints(node.value)):
        return
    if isinstance(node, ast.Attribute) and node.attr in _ABOUT:
        if not isinstance(node.value, ast.Name):
            yield from _reads(node.value, name)
        return
    if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _reads(child, name)


def _prints(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "print"
    )
