"""Edits that take a result as it comes: without the index that picked one of several."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.edits.text import Advice, put

if TYPE_CHECKING:
    from grader.model.observation import Span
    from grader.model.source import Source


def taken_whole(source: Source, made: Span | None, name: str) -> Advice | None:
    """Leave out the only index into what a function gives: `ys[-1]`, `f(x)[..., 0]`.

    The function is called `name`, or it is what the call at `made` returns. None if there is no
    such index, or several.
    """
    found = list(_indexed(source, made, name))
    if len(found) != 1:
        return None
    whole, value = source.span(found[0]), source.span(found[0].value)
    index = ast.unparse(found[0].slice).removeprefix("(").removesuffix(")")
    return Advice(f"leave out [{index}]", (put("", value.end, whole.end),))


def _indexed(source: Source, made: Span | None, name: str) -> Iterator[ast.Subscript]:
    call = source.call_at(made)
    named = {each for each, value in _assigned(source) if call is not None and value is call}
    names = {name, *named}
    results = {
        each
        for each, value in _assigned(source)
        if isinstance(value, ast.Call) and _is_one(value.func, call, names)
    }
    for node in source.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            value = node.value
            own = isinstance(value, ast.Call) and _is_one(value.func, call, names)
            if (own or (isinstance(value, ast.Name) and value.id in results)) and _picks(
                node.slice
            ):
                yield node


def _is_one(function: ast.expr, call: ast.Call | None, names: set[str]) -> bool:
    return function is call or (isinstance(function, ast.Name) and function.id in names)


def _assigned(source: Source) -> Iterator[tuple[str, ast.expr]]:
    for node in source.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value


def _picks(index: ast.expr) -> bool:
    """Whether an index has one number, and takes all of the other axes."""
    items = index.elts if isinstance(index, ast.Tuple) else [index]
    numbers = [each for each in items if isinstance(each, ast.Constant | ast.UnaryOp)]
    picked = [each for each in numbers if not _is_ellipsis(each)]
    return len(picked) == 1 and all(
        isinstance(each, ast.Slice) and {each.lower, each.upper, each.step} == {None}
        for each in items
        if each not in numbers
    )


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
