"""Sizes at which a comparison of several sizes comes out otherwise than at most others.

A program may be wrong where two sizes meet a condition together: `if depth - width == 2`,
`if batch * width == 6`, `if depth == 5 and width == 3`. Each size alone is met in many cases.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice, product
from math import prod
from typing import Final

from grader.model.exercise import Array, Exercise, Size
from grader.model.relations import fitted
from grader.model.source import Source
from grader.search.plan import Sizes, extent

_MOST: Final = 6
"""Each may be a new shape, which costs a compilation."""
_COMPARISONS: Final = 12
_TRIED: Final = 5_000
"""Sizes that are tried for each comparison."""
_RARE: Final = 0.2
"""What comes out so for a larger share of the sizes is met in the other cases anyway."""
_DEEP: Final = 20
_LARGE: Final = 2**40

_SIGNS: Final[dict[type[ast.operator | ast.cmpop], Callable[[int, int], int | bool]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CALLS: Final[dict[str, Callable[..., int]]] = {"min": min, "max": max, "abs": abs}


class _Unknown(Exception):
    """A part of the text isn't made of sizes and numbers alone."""


class Conditions:
    """The comparisons in a program's text that are made of sizes and numbers."""

    def __init__(self, exercise: Exercise, source: Source) -> None:
        self._source = source
        self._shapes: dict[str, tuple[str, ...]] = {}
        self._sizes: dict[str, str] = {}
        self._named = dict(_assigned_once(source))
        function = source.function(exercise.entry)
        for parameter, own in zip(exercise.parameters, _arguments(function), strict=False):
            if isinstance(parameter, Array):
                self._shapes[own] = parameter.shape
            elif isinstance(parameter, Size):
                self._sizes[own] = parameter.name

    def found(self) -> Iterator[tuple[ast.expr, frozenset[str]]]:
        """Yield each comparison of several dimensions, and these."""
        for node in self._source.nodes:
            if isinstance(node, ast.Compare | ast.BoolOp):
                try:
                    used = self._dimensions(node)
                except _Unknown:
                    continue
                if len(used) > 1:
                    yield node, used

    def holds(self, node: ast.expr, sizes: Sizes) -> bool | None:
        """Return how a comparison comes out at some sizes, None if that isn't known."""
        try:
            return bool(self._value(node, sizes, 0))
        except (_Unknown, ArithmeticError):
            return None

    def _dimensions(self, node: ast.expr) -> frozenset[str]:
        """Return the dimensions in all parts, also in those behind an `and` that is False."""
        noted = _Noted()
        for part in _parts(node):
            with suppress(ArithmeticError):
                self._value(part, noted, 0)
        return frozenset(noted)

    def _value(self, node: ast.expr, sizes: Sizes, depth: int) -> int | bool:
        if depth > _DEEP:
            raise _Unknown
        match node:
            case ast.Constant(value=bool() | int() as value) if abs(value) < _LARGE:
                return value
            case ast.Name(id=name) if name in self._named and name not in self._sizes:
                return self._value(self._named[name], sizes, depth + 1)
            case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call(func=ast.Name(id="len")):
                return self._size(node, sizes, depth + 1)
            case _:
                return self._composed(node, sizes, depth + 1)

    def _size(self, node: ast.expr, sizes: Sizes, depth: int) -> int:
        match node:
            case ast.Name(id=name) if name in self._sizes:
                return sizes[self._sizes[name]]
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=place
            ):
                return sizes[self._axis(name, self._value(place, sizes, depth))]
            case ast.Call(args=[ast.Name(id=name)], keywords=[]):
                return sizes[self._axis(name, 0)]
            case ast.Attribute(value=ast.Name(id=name), attr="size") if name in self._shapes:
                return prod(sizes[each] for each in self._shapes[name])
            case _:
                raise _Unknown

    def _composed(self, node: ast.expr, sizes: Sizes, depth: int) -> int | bool:
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                one, other = (self._value(each, sizes, depth) for each in (left, right))
                return _bounded(_SIGNS[type(op)](one, other))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, sizes, depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._value(operand, sizes, depth)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
                return _CALLS[name](*(self._value(each, sizes, depth) for each in args))
            case ast.BoolOp(op=op, values=parts):
                every = all if isinstance(op, ast.And) else any
                return every(self._value(each, sizes, depth) for each in parts)
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                type(each) in _SIGNS for each in ops
            ):
                values = [self._value(each, sizes, depth) for each in (left, *others)]
                signs = (_SIGNS[type(each)] for each in ops)
                return all(map(_applied, signs, values, values[1:]))
            case _:
                raise _Unknown

    def _axis(self, name: str, place: int) -> str:
        shape = self._shapes.get(name, ())
        if not -len(shape) <= place < len(shape):
            raise _Unknown
        return shape[place]


class _Noted(dict[str, int]):
    """Sizes of 2 that note which of them were asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = 2
        return 2


def _applied(sign: Callable[[int, int], int | bool], one: int, other: int) -> bool:
    return bool(sign(one, other))


def _bounded(value: int) -> int:
    if abs(value) > _LARGE:
        raise _Unknown
    return value


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from _parts(each)
    else:
        yield node


def _arguments(function: ast.AST | None) -> list[str]:
    args = getattr(function, "args", None)
    if not isinstance(args, ast.arguments):
        return []
    return [each.arg for each in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _assigned_once(source: Source) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that have one value in the whole text: `n = len(x)`, `n, m = x.shape`."""
    found: dict[str, list[ast.expr | None]] = {}
    for node in source.nodes:
        for name, value in _bound(node):
            found.setdefault(name, []).append(value)
    for name, values in found.items():
        if len(values) == 1 and values[0] is not None:
            yield name, values[0]


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.Assign(
            targets=[ast.Tuple(elts=names)], value=ast.Attribute(attr="shape") as shape
        ):
            for place, each in enumerate(names):
                if isinstance(each, ast.Name):
                    taken = ast.Subscript(shape, ast.Constant(place), ast.Load())
                    yield each.id, taken
        case ast.AugAssign(target=ast.Name(id=name)) | ast.arg(arg=name):
            yield name, None
        case ast.For(target=target) | ast.comprehension(target=target):
            yield from ((each.id, None) for each in ast.walk(target) if isinstance(each, ast.Name))


def sizes_together(exercise: Exercise, source: Source, usual: Sizes) -> tuple[Sizes, ...]:
    """Return sizes at which a comparison comes out as it rarely does; all others as usual."""
    conditions = Conditions(exercise, source)
    found: list[Sizes] = []
    for node, used in islice(conditions.found(), _COMPARISONS):
        for sizes in _rare(exercise, conditions, node, used, usual):
            if sizes not in found:
                found.append(sizes)
    return tuple(found[:_MOST])


def _rare(
    exercise: Exercise, conditions: Conditions, node: ast.expr, used: frozenset[str], usual: Sizes
) -> Iterator[Sizes]:
    """Yield the smallest and the largest sizes for the rarer result, above 1 if there are any."""
    outcomes: dict[bool, list[Sizes]] = {True: [], False: []}
    for sizes in islice(_every(exercise, used, usual), _TRIED):
        result = conditions.holds(node, sizes)
        if result is None:
            return
        outcomes[result].append(sizes)
    rare = min(outcomes.values(), key=len)
    if 0 < len(rare) <= _RARE * sum(map(len, outcomes.values())):
        above = [sizes for sizes in rare if all(sizes[name] > 1 for name in used)]
        yield from (choose(above or rare, key=extent) for choose in (min, max))


def _every(exercise: Exercise, used: frozenset[str], usual: Sizes) -> Iterator[Sizes]:
    some = [each for each in exercise.dimensions if each.name in used]
    for sizes in product(*(range(1, each.largest + 1) for each in some)):
        wanted = usual | dict(zip((each.name for each in some), sizes, strict=True))
        if fitted(exercise, wanted) == wanted:
            yield wanted
