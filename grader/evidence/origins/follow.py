"""Follows a value through one text to all places where it may have been written.

Nothing runs here. A caller that knows the value can choose the right place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property, lru_cache

from grader.evidence.origins.calls import (
    Arguments,
    Step,
    called,
    last_name,
    own_arguments,
    returned,
)
from grader.evidence.origins.classes import in_class, in_instance, in_named_tuple, of_attribute
from grader.evidence.origins.containers import in_container
from grader.evidence.origins.library import of_library
from grader.evidence.origins.names import of_name
from grader.evidence.origins.scopes import Any, Function, Path, Scopes, is_function
from grader.evidence.origins.values import value_of
from grader.model.source import Source

Way = tuple[Step, ...]
"""The steps from an expression to where its value was written; the last one leads no further."""

_LIFTING = frozenset(
    {"vmap", "jit", "remat", "checkpoint", "scan", "map_variables", "add_metadata_axis"}
)
_MOST_STEPS = 30
_MOST_WAYS = 60
_DEEPEST = 60
_BUDGET = 20_000
"""The maximum number of steps in one text: handwritten code takes some hundreds."""


@lru_cache(maxsize=4)
def origins_in(source: Source, function: str) -> Origins | None:
    """Return the origins of a source's values, None if the text isn't Python.

    `function` is the name of the one that is called from outside.
    """
    if source.tree is None:
        return None
    return Origins(source.tree, source.function(function))


class Origins:
    """Follows values through a syntax tree; `entry` is the function that is called from outside."""

    def __init__(self, tree: ast.Module, entry: ast.AST | None = None) -> None:
        self.scopes = Scopes(tree)
        self.entry = entry
        self._left = _BUDGET
        self._active: set[tuple[ast.AST, Path]] = set()

    # ------------------------------------------------------------------------------ following

    def ways(self, step: Step) -> list[Way]:
        """Return all ways to places where a value may have been written; none if there are none."""
        return self._ways(step, ())[:_MOST_WAYS]

    def _ways(self, step: Step, before: Way) -> list[Way]:
        self._left -= 1
        way, place = (*before, step), (step.node, step.path)
        if place in self._active:
            return []  # a value that is made from itself has no other origin there
        if self._left < 0 or len(way) > _MOST_STEPS or len(self._active) > _DEEPEST:
            return [way]
        self._active.add(place)
        try:
            following = self._next(step)
            if following is None:
                return [way]
            return [found for each in following for found in self._ways(each, way)]
        finally:
            self._active.discard(place)

    def _next(self, step: Step) -> list[Step] | None:
        """Return where to look next: None at the end of a way, empty if the value isn't there."""
        node, path = step.node, step.path
        found: list[Step] | None = None
        match node:
            case ast.Name():
                found = of_name(self, node, path)
            case ast.Attribute():
                found = of_attribute(self, node, path)
            case ast.Subscript():
                key = value_of(self, node.slice)
                index = key if isinstance(key, str | int) else Any.INDEXED
                found = [Step(node.value, (index, *path))]
            case ast.IfExp():
                found = [Step(node.body, path), Step(node.orelse, path)]
            case ast.BoolOp():
                found = [Step(each, path) for each in node.values]
            case ast.NamedExpr():
                found = [Step(node.value, path)]
            case ast.Call():
                found = self._of_call(node, path)
            case ast.ClassDef() if path:
                found = in_class(self, node, path)
            case _ if path:
                found = in_container(self, node, path)
            case _:
                pass
        return found

    def first(self, *steps: Step) -> list[Step]:
        """Return the steps up to the first that certainly leads to the value."""
        found: list[Step] = []
        for step in steps:
            found.append(step)
            ways = self.ways(step)
            if ways and not any(way[-1].path for way in ways):
                break
        return found

    def definition(self, node: ast.AST) -> ast.AST | None:
        """Return the only thing that an expression refers to."""
        ways = self.ways(Step(node))
        return ways[0][-1].node if len(ways) == 1 and not ways[0][-1].path else None

    def put_later(self, name: str) -> Iterator[Step]:
        """Yield what `setattr(obj, name, value)` puts into any object."""
        for node in self.scopes.parents:
            match node:
                case ast.Call(args=[_, ast.Constant(value=found), value]) if found == name:
                    if called(node) in {"setattr", "__setattr__"}:
                        yield Step(value, named=True)
                case _:
                    continue

    # ---------------------------------------------------------------------------------- calls

    def arguments(self, call: ast.Call) -> Arguments:
        """Return the arguments of a call, including those of `functools.partial`."""
        own = own_arguments(call)
        if called(call) == "partial":
            first = call.args[0] if call.args else None
            inner = self.partial(first) if first is not None else None
            own = own.without_first()
        else:
            inner = self.partial(call.func)
        return self.arguments(inner) + own if inner is not None else own

    def partial(self, node: ast.AST) -> ast.Call | None:
        """Return the call to `functools.partial` that an expression refers to, or lifts."""
        found = self.definition(node)
        if not isinstance(found, ast.Call):
            return None
        if called(found) == "partial":
            return found
        target = self.lifted(found)
        return self.partial(target) if target is not None else None

    def lifted(self, call: ast.Call) -> ast.AST | None:
        """Return what a call to a transform lifts, None if it calls something else."""
        inner = self.definition(call.func)
        name = last_name(inner) if inner is not None else ""
        if isinstance(inner, ast.Call) and called(inner) == "partial" and inner.args:
            name = last_name(inner.args[0])
        if name not in _LIFTING:
            return None
        found = self.argument(self.arguments(call), "target", (), 0)
        return found[0].node if found else None

    def argument(
        self,
        arguments: Arguments,
        name: str | int | Any | None,
        path: Path = (),
        position: int | None = None,
    ) -> list[Step] | None:
        """Return where to look for an argument; None if unknown, empty if it isn't passed."""
        unpacked: list[Step] = []
        for keyword in reversed(arguments.keywords):
            if keyword.arg is None and isinstance(name, str):
                unpacked.append(Step(keyword.value, (name, *path)))
            elif keyword.arg == name and name is not None:
                return [Step(keyword.value, path, named=True)]
        steps = self._positional(arguments, position, path) if position is not None else []
        if any(self.ways(each) for each in steps):
            return steps
        return self.first(*(each for each in unpacked if self.ways(each)))

    def _positional(self, arguments: Arguments, position: int, path: Path) -> list[Step]:
        for value in arguments.positional:
            if not isinstance(value, ast.Starred):
                if position == 0:
                    return [Step(value, path, named=True)]
                position -= 1
                continue
            items = self.definition(value.value)
            length = len(items.elts) if isinstance(items, ast.Tuple | ast.List) else None
            if length is None or position < length:
                return [Step(value.value, (position, *path))]
            position -= length
        return []

    def callee(self, call: ast.Call) -> ast.ClassDef | Function | None:
        """Return the function or class of the file that a call calls, seen through transforms."""
        node: ast.AST | None = call.func
        for _ in range(_MOST_STEPS):
            found = self.definition(node) if node is not None else None
            if isinstance(found, ast.ClassDef) or (found is not None and is_function(found)):
                return found
            if not isinstance(found, ast.Call):
                return None
            wraps = called(found) == "partial" and found.args
            node = found.args[0] if wraps else self.lifted(found)
        return None

    @cached_property
    def calls_of(self) -> dict[ast.AST, list[ast.Call]]:
        """The calls of each function and class that the file defines.

        While this is computed, no way leads through a parameter.
        """
        self.__dict__["calls_of"] = {}
        found: dict[ast.AST, list[ast.Call]] = {}
        for node in ast.walk(self.scopes.tree):
            if isinstance(node, ast.Call):
                callee = self.callee(node)
                if callee is not None:
                    found.setdefault(callee, []).append(node)
        return found

    def _of_call(self, call: ast.Call, path: Path) -> list[Step] | None:
        callee = self.callee(call)
        if callee is not None and is_function(callee) and not self._lifts(call):
            return [Step(each, path) for each in returned(callee)] or None
        found: list[Step] | None = None
        if isinstance(callee, ast.ClassDef):
            return in_instance(self, callee, call, path) if path else None
        if path:
            found = in_named_tuple(self, self.definition(call.func), call, path)
        return found if found is not None else of_library(self, call, path)

    def _lifts(self, call: ast.Call) -> bool:
        """Whether the callee is the result of a transform: then its result isn't the function's."""
        found = self.definition(call.func)
        return isinstance(found, ast.Call) and self.lifted(found) is not None
