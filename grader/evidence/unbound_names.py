"""Names that a function uses after the line that raised, but that nothing in the file binds."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Final

from grader.model.names import binds
from grader.model.source import Function, Source

_REACHING: Final = frozenset(
    {"globals", "exec", "eval", "setattr", "vars", "locals", "NameError", "__builtins__", "*"}
)
"""Code that may bind a name invisibly, or expects a name without a value."""


def unbound_after(source: Source, entry: Function | None, line: int) -> Iterator[ast.Name]:
    """Yield the first use of each such name that certainly runs after `line`.

    Only statements directly in the function count: code in a condition, a loop or another function
    may never run.
    """
    if entry is None or isinstance(entry, ast.Lambda):
        return
    bound = {name for node in source.nodes for name in _binds(node)}
    used = {node.id for node in source.nodes if isinstance(node, ast.Name)}
    if (bound | used) & _REACHING:
        return
    seen = {*bound, *dir(builtins)}
    for node in _sure(entry, line):
        if node.id not in seen and not node.id.startswith("__"):
            seen.add(node.id)
            yield node


def _sure(entry: ast.FunctionDef | ast.AsyncFunctionDef, line: int) -> Iterator[ast.Name]:
    simple = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)
    for statement in entry.body:
        if isinstance(statement, simple) and statement.lineno > line:
            yield from sorted(_loaded(statement), key=lambda node: (node.lineno, node.col_offset))


def _loaded(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the names that are needed, except in functions and alternatives."""
    if isinstance(node, ast.Lambda | ast.IfExp | ast.BoolOp):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _loaded(child)


def _binds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case _:
            yield from binds(node)
