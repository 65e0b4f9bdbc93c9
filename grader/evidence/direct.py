"""Whether the text alone shows that a function returns what a call gives, in another shape at most.

Of several results each has to be shown: one that is computed by hand leaves the rest unknown.

It only recognises the plainest programs: where it says no, nothing follows.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from typing import Final

from grader.model.names import binds
from grader.model.observation import Span
from grader.model.source import Source

_SHAPES: Final = frozenset({"reshape", "ravel", "flatten", "block_until_ready", "asarray"})
"""Methods of an array that keep its numbers, and functions of jax and jax.numpy that do."""


def returns_directly(source: Source, function: str, span: Span | None) -> bool:
    """Whether `function` ends by returning the call at `span`, or the name that alone holds it."""
    call = source.call_at(span)
    definition = _only_definition(source, function)
    if call is None or definition is None:
        return False
    returned = _only_return(definition)
    if returned is None:
        return False
    parts = returned.elts if isinstance(returned, ast.Tuple) else [returned]
    body = _binding_once(definition)
    return all(_is_call(body, _unshaped(part), call) for part in parts)


def gives_directly(source: Source, function: str, span: Span | None) -> bool:
    """Whether `function` ends by returning what the transform at `span` computes.

    That is the call itself, as of a loop, or a call of what it returns: `jax.vmap(f)(x)`.
    """
    definition = _only_definition(source, function)
    transform = source.call_at(span)
    if definition is None or transform is None:
        return False
    if returns_directly(source, function, span):
        return _only_call(definition, transform) is None
    outer = _only_call(definition, transform)
    return outer is not None and returns_directly(source, function, source.span(outer))


def _only_call(definition: ast.FunctionDef, transform: ast.Call) -> ast.Call | None:
    """Return the only call of what the transform returns, directly or by a name bound to it."""
    body = _binding_once(definition)
    names = {
        each.targets[0].id
        for each in body
        if isinstance(each, ast.Assign)
        and each.value is transform
        and isinstance(each.targets[0], ast.Name)
    }
    calls = [
        node
        for node in ast.walk(definition)
        if isinstance(node, ast.Call)
        and (node.func is transform or (isinstance(node.func, ast.Name) and node.func.id in names))
    ]
    return calls[0] if len(calls) == 1 else None


def _only_definition(source: Source, function: str) -> ast.FunctionDef | None:
    """Return the one undecorated definition of a name that nothing else in the file binds."""
    bound = [node for node in source.nodes if function in binds(node)]
    top = [node for node in source.body if node in bound]
    match bound, top:
        case [ast.FunctionDef(decorator_list=[]) as found], [_]:
            return found
        case _:
            return None


def _only_return(definition: ast.FunctionDef) -> ast.expr | None:
    """Return what the last statement returns, if no other one returns or yields."""
    last = definition.body[-1]
    others = [
        node
        for node in ast.walk(definition)
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal)
    ]
    return last.value if isinstance(last, ast.Return) and others == [last] else None


def _unshaped(node: ast.expr) -> ast.expr:
    """Look through what changes an array's shape alone."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="jnp" | "jax"), attr=name), args=[inner, *_]
        ):
            return _unshaped(inner) if name in _SHAPES else node
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPES:
            return _unshaped(inner)
        case _:
            return node


def _is_call(body: Sequence[ast.stmt], node: ast.expr, call: ast.Call) -> bool:
    """Whether a node is the call, an entry of what it gives, or a name bound once to either."""
    match node:
        case ast.Call():
            return node is call
        case ast.Subscript(value=inner, slice=ast.Constant(value=str())):
            return _is_call(body, inner, call)
        case ast.IfExp(body=one, orelse=other):
            return all(_is_call(body, _unshaped(each), call) for each in (one, other))
        case ast.Name(id=name):
            return any(
                _assigns(body[:place], body[place], name, call) for place in range(len(body))
            )
        case _:
            return False


def _assigns(before: Sequence[ast.stmt], statement: ast.stmt, name: str, call: ast.Call) -> bool:
    """Whether a statement binds the name to what the call gives, or to a part of it."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=only)], value=value):
            return only == name and _is_call(before, _unshaped(value), call)
        case ast.Assign(targets=[ast.Tuple(elts=parts)], value=value):
            return value is call and any(isinstance(e, ast.Name) and e.id == name for e in parts)
        case _:
            return False


def _binding_once(definition: ast.FunctionDef) -> list[ast.stmt]:
    """Return the statements that bind only names that nothing else in the function binds."""
    counts = Counter(name for node in ast.walk(definition) for name in binds(node))
    return [
        statement
        for statement in definition.body
        if all(counts[name] == 1 for node in ast.walk(statement) for name in binds(node))
    ]
