"""Whether the result of a call is thrown away, if the text proves that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from grader.evidence.origins import called
from grader.model.observation import Span
from grader.model.source import Source

_ABOUT = frozenset({"shape", "dtype", "ndim", "size"})
"""Attributes of an array that don't depend on its numbers."""
_PURE = frozenset({"len", "float", "bool", "str", "np.allclose", "np.array", "np.asarray"})
"""Functions that don't store their arguments, in addition to those of `jnp`."""
_OBSERVERS = frozenset({"print", "pprint", "block_until_ready"})
"""Functions called only to look at a value, in addition to those named assert…."""
_BY_TEXT = frozenset({"locals", "globals", "vars", "eval", "exec"})
"""Functions that read names without showing them in the text."""


@lru_cache(maxsize=64)
def discarded(source: Source, span: Span | None) -> bool:
    """Whether nothing but a print or an assertion looks at what the call at `span` returns.

    Every case asks it of the same few calls, so the answers are kept.
    """
    several = len(source.files) > 1
    source, call = source.reading(span), source.call_at(span)
    if call is None or source.tree is None or any(_reads_by_text(source.tree)):
        return False
    for block in _blocks(source.tree):
        for place, statement in enumerate(block):
            path = _path(statement, call)
            if path is not None:
                if several and statement in source.body:
                    return False  # other files may read it
                return _is_unused(source.tree, path, block[place + 1 :])
    return False


def _reads_by_text(tree: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _BY_TEXT:
            yield node


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements; a class keeps what its own block assigns."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and not isinstance(node, ast.ClassDef):
                yield block


def _path(node: ast.AST, wanted: ast.Call) -> tuple[ast.AST, ...] | None:
    """Return the nodes from a statement down to the call, None if another statement has it."""
    if node is wanted:
        return (node,)
    for child in ast.iter_child_nodes(node):
        below = None if isinstance(child, ast.stmt) else _path(child, wanted)
        if below is not None:
            return (node, *below)
    return None


def _is_unused(tree: ast.AST, path: tuple[ast.AST, ...], later: Sequence[ast.stmt]) -> bool:
    statement = path[0]
    if isinstance(path[-2], ast.Attribute) and path[-2].attr in _ABOUT:
        return True
    if _observes(statement):
        return all(_keeps_nothing(*each) or _is_observer(each[0]) for each in pairwise(path[1:]))
    if isinstance(statement, ast.Expr):
        return statement.value is path[-1]
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = [name for target in targets for name in _names(target)]
    return (
        all(_keeps_nothing(*each) for each in pairwise(path[1:]))
        and None not in names
        and all(_is_dead(tree, str(name), later) for name in names)
    )


def _keeps_nothing(node: ast.AST, part: ast.AST) -> bool:
    """Whether an expression only computes with a part of it, and can't store it anywhere."""
    if isinstance(node, ast.Call):
        function = ast.unparse(node.func)
        return node.func is part or function in _PURE or function.startswith("jnp.")
    kept = ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp | ast.Compare
    return isinstance(node, kept | ast.JoinedStr | ast.FormattedValue)


def _names(target: ast.expr) -> Iterator[str | None]:
    """Yield the names that are assigned to, None for anything that isn't a plain name."""
    if isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _names(each)
    else:
        yield target.id if isinstance(target, ast.Name) else None


def _is_dead(tree: ast.AST, name: str, later: Sequence[ast.stmt]) -> bool:
    """Whether a name is never read, or not before the same block gives it another value."""
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
    """Yield where the numbers of `name` are read for more than a print or an assertion."""
    if _observes(node):
        return
    if isinstance(node, ast.Attribute) and node.attr in _ABOUT:
        if not isinstance(node.value, ast.Name):
            yield from _reads(node.value, name)
        return
    if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _reads(child, name)


def _observes(node: ast.AST) -> bool:
    """Whether a statement only prints, asserts, waits or raises."""
    if not isinstance(node, ast.stmt) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(node)):
        return False
    if isinstance(node, ast.If):
        return not node.orelse and all(isinstance(each, ast.Raise) for each in node.body)
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _is_observer(node.value))


def _is_observer(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = called(node)
    return function in _OBSERVERS or function.startswith("assert")
