"""Whether the text alone shows that a function returns what a call gives, in another shape at most.

It only recognises the plainest programs: where it says no, nothing follows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.model.observation import Span
from grader.model.source import Source

_SHAPES: Final = frozenset({"reshape", "ravel", "flatten"})
"""Methods of an array that keep its numbers, and functions of jax.numpy that do."""


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
    return any(_is_call(definition, _unshaped(part), call) for part in parts)


def _only_definition(source: Source, function: str) -> ast.FunctionDef | None:
    """Return the one undecorated definition of a name that nothing else in the file binds."""
    if source.tree is None:
        return None
    bound = [node for node in ast.walk(source.tree) if function in bound_names(node)]
    top = [node for node in source.tree.body if node in bound]
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
        case ast.Call(func=ast.Attribute(value=ast.Name(id="jnp"), attr=name), args=[inner, *_]):
            return _unshaped(inner) if name in _SHAPES else node
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPES:
            return _unshaped(inner)
        case _:
            return node


def _is_call(definition: ast.FunctionDef, node: ast.expr, call: ast.Call) -> bool:
    """Whether a node is the call, or a name that the function binds once, to the call's result."""
    if node is call:
        return True
    if not isinstance(node, ast.Name):
        return False
    binding = [each for each in ast.walk(definition) if node.id in bound_names(each)]
    match binding:
        case [ast.Name() as target]:
            return any(_assigns(each, target, call) for each in definition.body)
        case _:
            return False


def _assigns(statement: ast.stmt, target: ast.Name, call: ast.Call) -> bool:
    """Whether a statement binds the target to what the call gives, or to the first part of it."""
    match statement:
        case ast.Assign(targets=[ast.Name() as only], value=value):
            return only is target and _unshaped(value) is call
        case ast.Assign(targets=[ast.Tuple(elts=[first, *_])], value=value):
            return first is target and value is call
        case _:
            return False


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.alias(name=name, asname=alias):
            yield alias or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            return
