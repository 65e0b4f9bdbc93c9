"""What the names in a text refer to, and what is put into that later."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.origins.calls import (
    Step,
    called,
    default,
    is_static,
    own_arguments,
    parameter_position,
)
from grader.evidence.origins.classes import of_self
from grader.evidence.origins.pairs import pairs_of
from grader.evidence.origins.scopes import (
    Any,
    Binding,
    Bound,
    Function,
    Merged,
    Parameter,
    Path,
)
from grader.evidence.origins.values import UNKNOWN, value_of

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins


def of_name(origins: Origins, name: ast.Name, path: Path) -> list[Step] | None:
    """Return where to look for the value at `path` in what a name refers to."""
    steps: list[Step] = []
    bindings = origins.scopes.bindings(name)
    for binding in bindings:
        found = _of_binding(origins, binding, path)
        if found is None:
            return None
        steps.extend(found)
    if not bindings:
        return None
    return [*steps, *(_put_into(origins, name, path) if path else ())]


def _of_binding(origins: Origins, binding: Binding, path: Path) -> list[Step] | None:
    match binding:
        case Bound(value=value, path=inner):
            return [Step(value, (*inner, *path))]
        case Parameter(function=function, name=name):
            return _of_parameter(origins, function, name, path)
        case Merged(value=value) if path:
            return [Step(value, path)]
        case _:
            return None


def _put_into(origins: Origins, name: ast.Name, path: Path) -> Iterator[Step]:
    """Yield what is put into the container that a name refers to."""
    for use in origins.scopes.uses[origins.scopes.variable(name)]:
        yield from _put_at(origins, use, path)


def _put_at(origins: Origins, node: ast.AST, path: Path) -> Iterator[Step]:
    """Yield what a statement puts into the container that `node` reads, or into one in it."""
    parent = origins.scopes.parents[node]
    match parent:
        case ast.Subscript(ctx=ast.Store()) if parent.value is node:
            yield from _stored(origins, parent, value_of(origins, parent.slice), path)
        case ast.Attribute(ctx=ast.Store()):
            yield from _stored(origins, parent, parent.attr, path)
        case ast.Attribute(attr="update" | "setdefault"):
            yield from _updated(origins, parent, path)
        case ast.Subscript() if parent.value is node and len(path) > 1:
            if value_of(origins, parent.slice) in {path[0], UNKNOWN}:
                yield from _put_at(origins, parent, path[1:])
        case ast.Call(args=[first, ast.Constant(value=key), value]):
            if called(parent) in {"setattr", "__setattr__"} and first is node and key == path[0]:
                yield Step(value, path[1:], named=True)
        case _:
            return


def _stored(origins: Origins, target: ast.AST, key: object, path: Path) -> Iterator[Step]:
    if path[0] != key and key is not UNKNOWN and not isinstance(path[0], Any):
        return
    assignment = origins.scopes.parents[target]
    value = assignment.value if isinstance(assignment, ast.Assign | ast.AnnAssign) else None
    index = target.slice if isinstance(target, ast.Subscript) else None
    pairs = pairs_of(origins, index, value) if key is UNKNOWN else None
    if pairs is not None:
        yield Step(pairs, path)
    elif isinstance(assignment, ast.Assign | ast.AnnAssign) and assignment.value is not None:
        yield Step(assignment.value, path[1:], named=True)
    else:
        yield Step(target, path)


def _updated(origins: Origins, method: ast.AST, path: Path) -> Iterator[Step]:
    """Follow `container.update(…)` and `container.setdefault(key, value)`."""
    call = origins.scopes.parents[method]
    if not isinstance(call, ast.Call) or call.func is not method:
        return
    if called(call) == "setdefault":
        if len(call.args) == 2 and value_of(origins, call.args[0]) == path[0]:
            yield Step(call.args[1], path[1:], named=True)
    else:
        yield from origins.argument(own_arguments(call), path[0], path[1:]) or ()
        for each in call.args:
            yield Step(each, path)


def _of_parameter(origins: Origins, function: Function, name: str, path: Path) -> list[Step] | None:
    """Return what the calls to a function pass for a parameter; None if others call it, too."""
    cls = origins.scopes.owner(function)
    if cls is not None and parameter_position(function, name) == 0 and not is_static(function):
        return of_self(origins, cls, path)
    constructs = cls is not None and getattr(function, "name", "") == "__init__"
    calls = origins.calls_of.get(cls if cls is not None and constructs else function, [])
    if not calls or function is origins.entry:
        return None
    steps: list[Step] = []
    for call in calls:
        found = _given(origins, function, name, call, path)
        if found is None:
            return None
        steps.extend(found)
    return steps


def _given(
    origins: Origins, function: Function, name: str, call: ast.Call, path: Path
) -> list[Step] | None:
    """Return what a call passes for a parameter, or its default."""
    arguments, given = function.args, origins.arguments(call)
    bound = origins.scopes.owner(function) is not None and not is_static(function)
    if arguments.kwarg is not None and arguments.kwarg.arg == name:
        return origins.argument(given, path[0], path[1:]) if path else None
    if arguments.vararg is not None and arguments.vararg.arg == name:
        taken = len(arguments.posonlyargs) + len(arguments.args) - bound
        index = path[0] if path else None
        if not isinstance(index, int) or index < 0:
            return None
        return origins.argument(given, None, path[1:], taken + index)
    position = parameter_position(function, name)
    found = origins.argument(given, name, path, None if position is None else position - bound)
    value = default(function, name) if found == [] else None
    return found if value is None else [Step(value, path, named=True)]
