"""What an expression comes to at given sizes, if it is made of sizes and numbers alone.

Nothing here runs the text: a few operators and functions are known, and all else is unknown.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, pairwise
from math import prod
from typing import Final

import msgspec

from grader.evidence.sizes.scope import Bound, Fields, Scope, Unknown, arguments
from grader.model.exercise import Array, Arrays, Dict, Integers, Leaves, Size

_DEEP: Final = 60
_MOST_STEPS: Final = 120
"""An expression may name others that name others: what is short to write may take long."""
_LARGE: Final = 2**40
_LONG: Final = 1_000
_LARGEST_POWER: Final = 8

_OPERATORS: Final[dict[type[ast.operator], Callable[..., object]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARED: Final[dict[type[ast.cmpop], Callable[..., object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


class Shaped(msgspec.Struct, frozen=True):
    """An array: all that is known of it is which sizes its axes have."""

    axes: Shape


class Shape(msgspec.Struct, frozen=True):
    """The dimensions of an array's axes. A size is only looked up where it is asked for."""

    names: tuple[str, ...]
    sizes: Mapping[str, int]

    def __getitem__(self, place: int) -> int:
        return self.sizes[self.names[place]]

    def taken(self, places: slice) -> Shape:
        """Return some of them."""
        return Shape(self.names[places], self.sizes)

    @property
    def numbers(self) -> tuple[int, ...]:
        """All sizes."""
        return tuple(self.sizes[each] for each in self.names)


class Evaluation:
    """Evaluates expressions at some sizes. With `all_parts`, also those behind a False `and`."""

    def __init__(self, sizes: Mapping[str, int], *, all_parts: bool = False) -> None:
        self._sizes = sizes
        self._all_parts = all_parts
        self._depth = 0
        self._steps = 0

    def value(self, node: ast.AST, scope: Scope) -> object:
        """Return a number, a tuple or an array. Raises Unknown or an ArithmeticError."""
        found = self._lazily(node, scope)
        return found.numbers if isinstance(found, Shape) else found

    def _lazily(self, node: ast.AST, scope: Scope) -> object:
        self._depth += 1
        self._steps += 1
        try:
            if self._depth > _DEEP or self._steps > _MOST_STEPS:
                raise Unknown
            return self._value(node, scope)
        except (TypeError, ValueError, IndexError, KeyError):
            raise Unknown from None
        finally:
            self._depth -= 1

    def truth(self, node: ast.AST, scope: Scope) -> bool:
        """Return whether a number isn't zero, or a tuple isn't empty."""
        found = self.value(node, scope)
        if not isinstance(found, int | float | tuple):
            raise Unknown
        return bool(found)

    def _value(self, node: ast.AST, scope: Scope) -> object:
        match node:
            case ast.Name(id=name):
                return self._named(scope.found(name))
            case ast.Attribute(value=base, attr=attribute):
                return self._attribute(self.value(base, scope), attribute)
            case ast.Subscript(value=base, slice=place):
                return self._item(self._lazily(base, scope), place, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.BinOp() | ast.UnaryOp() | ast.BoolOp() | ast.Compare() | ast.IfExp():
                return self._composed(node, scope)
            case _:
                return self._written(node, scope)

    def _written(self, node: ast.AST, scope: Scope) -> object:
        match node:
            case ast.Constant(value=bool() | int() | float() as value) if abs(value) < _LARGE:
                return value
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return tuple(self.value(each, scope) for each in parts)
            case ast.Dict(keys=keys):
                return frozenset(self.value(each, scope) for each in keys if each is not None)
            case (
                ast.ListComp(elt=part, generators=[each])
                | ast.GeneratorExp(elt=part, generators=[each])
            ):
                return tuple(self._repeated(part, each, scope))
            case ast.NamedExpr(value=named):
                return self.value(named, scope)
            case _:
                raise Unknown

    def _named(self, found: object) -> object:
        match found:
            case Bound(node=ast.expr() as node, scope=scope):
                return self._lazily(node, scope)
            case Size() | Array() | Integers() | Arrays() | Dict():
                return self._given(found)
            case Bound() | None:
                raise Unknown
            case _:
                return found

    def _given(self, parameter: Size | Leaves) -> object:
        match parameter:
            case Size(name=name):
                return self._sizes[name]
            case Array(shape=shape) | Integers(shape=shape):
                return Shaped(Shape(shape, self._sizes))
            case Arrays(items=items):
                return tuple(map(self._given, items))
            case Dict(items=items):
                return {each.name: self._given(each) for each in items}

    def _attribute(self, base: object, name: str) -> object:
        match base, name:
            case Shaped(axes=axes), "shape":
                return axes
            case Shaped(axes=axes), "size":
                return prod(axes.numbers)
            case Shaped(axes=axes), "ndim":
                return len(axes.names)
            case Shaped(axes=axes), "T":
                return Shaped(axes.taken(slice(None, None, -1)))
            case Fields(names=names), _ if name in names:
                return self._sizes[name]
            case _:
                raise Unknown

    def _item(self, base: object, place: ast.expr, scope: Scope) -> object:
        match base, place:
            case dict(), ast.Constant(value=str() as name):
                return base[name]
            case tuple() | Shape(), ast.Slice(lower=lower, upper=upper, step=step):
                ends = (
                    None if each is None else self._whole(each, scope)
                    for each in (lower, upper, step)
                )
                places = slice(*ends)
                return base.taken(places) if isinstance(base, Shape) else base[places]
            case tuple() | Shape(), _:
                return base[self._whole(place, scope)]
            case _:
                raise Unknown

    def _whole(self, node: ast.expr, scope: Scope) -> int:
        found = self.value(node, scope)
        if not isinstance(found, int):
            raise Unknown
        return found

    def _repeated(self, part: ast.expr, each: ast.comprehension, scope: Scope) -> Iterator[object]:
        items = self.value(each.iter, scope)
        if not isinstance(items, tuple):
            raise Unknown
        for item in items:
            inner = Scope(scope)
            _bind_parts(inner, each.target, item)
            if all(self.truth(test, inner) for test in each.ifs):
                yield self.value(part, inner)

    def _composed(self, node: ast.AST, scope: Scope) -> object:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return _operated(op, self.value(left, scope), self.value(right, scope))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return operator.neg(self._number(operand, scope))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.truth(operand, scope)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                both = [self.value(each, scope) for each in (body, orelse)]
                return both[0] if self.truth(test, scope) else both[1]
            case ast.BoolOp() | ast.Compare():
                return self._decided(node, scope)
            case _:
                raise Unknown

    def _decided(self, node: ast.BoolOp | ast.Compare, scope: Scope) -> bool:
        if isinstance(node, ast.BoolOp):
            found: Iterable[bool] = (self.truth(each, scope) for each in node.values)
            if self._all_parts:
                found = list(found)
            return (all if isinstance(node.op, ast.And) else any)(found)
        values = [self.value(each, scope) for each in (node.left, *node.comparators)]
        if any(isinstance(each, Shaped) for each in values):
            raise Unknown  # it compares the numbers in an array
        signs = (_COMPARED[type(each)] for each in node.ops)
        return all(bool(sign(*both)) for sign, both in zip(signs, pairwise(values), strict=True))

    def _number(self, node: ast.expr, scope: Scope) -> int | float:
        found = self.value(node, scope)
        if not isinstance(found, int | float):
            raise Unknown
        return found

    # ----------------------------------------------------------------------------------- calls

    def _call(self, node: ast.Call, scope: Scope) -> object:
        match node.func:
            case ast.Name(id="len") if len(node.args) == 1 and node.keywords == []:
                return _length(self._lazily(node.args[0], scope))
            case ast.Name(id=name) if name in _CALLS and node.keywords == []:
                arguments = [self.value(each, scope) for each in node.args]
                return _CALLS[name](*arguments)
            case ast.Attribute(attr=name) if name in _OF_ARRAYS and node.keywords == []:
                return _OF_ARRAYS[name](*(self.value(each, scope) for each in node.args))
            case ast.Name(id=name):
                return self._own(scope.found(name), node, scope)
            case _:
                raise Unknown

    def _own(self, found: object, node: ast.Call, scope: Scope) -> object:
        """Return what a function of the text returns that does nothing else."""
        match found:
            case Bound(node=ast.Lambda(args=args, body=body), scope=around):
                returned = body
            case Bound(
                node=ast.FunctionDef(
                    args=args, body=[*_, ast.Return(value=ast.expr() as returned)]
                ) as own,
                scope=around,
            ) if _only_returns(own):
                pass
            case _:
                raise Unknown
        inner = Scope(around)
        for name, value, place in arguments(args, node, scope, around):
            inner.bind(name, self.value(value, place))
        return self.value(returned, inner)


def _only_returns(function: ast.FunctionDef) -> bool:
    """Whether a function consists of what it returns, and perhaps a docstring."""
    return all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        for each in function.body[:-1]
    )


def _bind_parts(scope: Scope, target: ast.expr, item: object) -> None:
    match target:
        case ast.Name(id=name):
            scope.bind(name, item)
        case ast.Tuple(elts=parts) if isinstance(item, tuple) and len(item) == len(parts):
            for part, each in zip(parts, item, strict=True):
                _bind_parts(scope, part, each)
        case _:
            raise Unknown


def _operated(op: ast.operator, one: object, other: object) -> object:
    """Return the result of an operator. What could take long is unknown."""
    if isinstance(one, tuple) and isinstance(other, tuple) and isinstance(op, ast.Add):
        return one + other
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        raise Unknown
    if isinstance(op, ast.Pow):
        return _bounded(_power(one, other))
    if type(op) not in _OPERATORS:
        raise Unknown
    return _bounded(_OPERATORS[type(op)](one, other))


def _power(one: float, other: float) -> object:
    if not isinstance(other, int) or not 0 <= other <= _LARGEST_POWER:
        raise Unknown
    return one**other


def _bounded(value: object) -> object:
    if not isinstance(value, int | float) or abs(value) > _LARGE:
        raise Unknown
    return value


def _length(value: object) -> int:
    match value:
        case Shape(names=parts) | (tuple() as parts):
            return len(parts)
        case _:
            return _array(value).axes[0]


def _tuple(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        raise Unknown
    return value


def _array(value: object) -> Shaped:
    if not isinstance(value, Shaped):
        raise Unknown
    return value


def _range(*ends: int) -> tuple[int, ...]:
    return tuple(islice(range(*ends), _LONG))


_CALLS: Final[dict[str, Callable[..., object]]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sum": sum,
    "int": int,
    "bool": bool,
    "all": all,
    "any": any,
    "divmod": divmod,
    "range": _range,
    "zip": lambda *parts: tuple(zip(*parts, strict=False)),
    "tuple": tuple,
    "list": tuple,
    "set": tuple,
    "sorted": lambda values: tuple(sorted(values)),
}
_OF_ARRAYS: Final[dict[str, Callable[..., object]]] = {
    "prod": lambda value: prod(_tuple(value)),
    "shape": lambda value: _array(value).axes,
    "size": lambda value: prod(_array(value).axes.numbers),
    "asarray": _array,
    "array": _array,
    "array_equal": operator.eq,
    "equal": operator.eq,
    "logical_and": lambda one, other: bool(one) and bool(other),
    "logical_or": lambda one, other: bool(one) or bool(other),
    "logical_not": operator.not_,
}
