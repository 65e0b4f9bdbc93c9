"""Cases at the numbers that a program's text decides by.

A program may be right for most sizes and seeds, and wrong at one that it names: `if batch == 37`,
`min(depth, 9)`, `x[:40]`. No drawn case is likely to meet that number, and the text shows it. So it
does where sizes meet a condition together (`together.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product
from math import isfinite, prod
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.model.case import (
    ArrayValue,
    Case,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    Nested,
    TupleValue,
    Value,
)
from grader.model.exercise import (
    Array,
    Arrays,
    Dict,
    Dimension,
    Exercise,
    Integers,
    Key,
    Leaves,
    Number,
    Parameter,
    Seed,
    Size,
)
from grader.model.relations import fitted
from grader.model.source import Source
from grader.search.plan import LARGEST_SEED, Sizes, distinct_sizes
from grader.search.together import sizes_together

_SMALLEST: Final = 3
"""Smaller sizes and seeds are met in many cases anyway."""
_MOST_NUMBERS: Final = 5
_MOST: Final = 18
"""Each shape may cost a compilation."""
_MOST_BEYOND: Final = 6
_MOST_CROSSED: Final = 10
_MOST_COUNTS: Final = 3
_MOST_COUNTED: Final = 8
_CROSSED: Final = 3
"""How many numbers meet each other: two dimensions may have to have one each."""
_ELEMENTS: Final = 2**16
_BEYOND: Final = 4
"""How many times its largest size a dimension may have here, and one more: what is right for so
many may be wrong for the next one."""

_COUNTING: Final = frozenset({"size", "shape", "nbytes", "len", "prod"})
"""Names that say how many numbers an array has; that of an answer is a product of sizes."""
_SMALLEST_COUNT: Final = 4
_BYTES: Final = 4
"""What a float32 takes."""

_DIGITS: Final = re.compile(r"(?<![\w.])\d{1,9}(?![\d.])|(?<=[x*])\d{1,9}(?![\d.])")
"""A number in a text that sizes are compared with, such as `"37"` or `"7x6"`; not in `Dense_3`."""

_LARGEST_OF: Final = {"int8": 127.0, "uint8": 255.0}
"""The largest numbers of small types: a position beyond doesn't fit."""

_CHOOSING: Final = frozenset(
    {"min", "max", "minimum", "maximum", "clip", "range", "arange", "zip", "array_equal", "equal"}
)


def named_cases(exercise: Exercise, source: Source, first: Case) -> tuple[Case, ...]:
    """Return cases with sizes, a seed or a number that decide something in the text.

    All else is as in `first`, but for arrays, which have new numbers in the shapes of the sizes.
    """
    numbers = tuple(islice(dict.fromkeys(deciding_numbers(source)), _MOST_NUMBERS))
    whole = [int(each) for each in numbers if each >= _SMALLEST and each.is_integer()]
    together = sizes_together(exercise, source, distinct_sizes(exercise))
    found = chain(
        (_case(exercise, first, {}, sizes) for sizes in together),
        (_case(exercise, first, changed) for changed in _floats(exercise, numbers)),
        (_case(exercise, first, {}, sizes) for sizes in _sizes(exercise, whole)),
        (_case(exercise, first, changed) for changed in _seeds(exercise, whole)),
    )
    beyond = (_case(exercise, first, {}, sizes) for sizes in _sizes(exercise, whole, (2,)))
    crossed = (_case(exercise, first, {}, sizes) for sizes in _crossed(exercise, whole))
    counts = dict.fromkeys(islice(_counts(exercise, source), _MOST_COUNTS))
    products = dict.fromkeys(
        tuple(sizes.items()) for count in counts for sizes in _products(exercise, count)
    )
    counted = (_case(exercise, first, {}, dict(sizes)) for sizes in products)
    return (
        *islice(found, _MOST),
        *islice(beyond, _MOST_BEYOND),
        *islice(crossed, _MOST_CROSSED),
        *islice(counted, _MOST_COUNTED),
    )


def _floats(exercise: Exercise, numbers: Iterable[float]) -> Iterator[dict[str, Value]]:
    """Yield each number of an interval that the text names, and one on each side of it."""
    for parameter, number in product(exercise.parameters, numbers):
        if isinstance(parameter, Number) and parameter.interval is not None:
            low, high = parameter.interval
            around = (number, round((low + number) / 2, 9), round((number + high) / 2, 9))
            for value in dict.fromkeys(around) if low <= number <= high else ():
                yield {parameter.name: FloatValue(value=value)}


def _sizes(
    exercise: Exercise, numbers: Iterable[int], by: tuple[int, ...] = (0, 1)
) -> Iterator[Sizes]:
    """Yield sizes in which a dimension has a number of the text, or one more.

    `by` is 2 for positions, which start at 0: the first one above the number needs so many more.
    """
    usual = distinct_sizes(exercise)
    for number, dimension, more in product(numbers, exercise.dimensions, by):
        size = number + more
        if not _reaches(dimension, size):
            continue
        # What the size depends on may have to be as large.
        for base in ({}, dict.fromkeys(dimension.bases, size)):
            sizes = fitted(exercise, usual | base | {dimension.name: size})
            if sizes[dimension.name] == size and prod(sizes.values()) <= _ELEMENTS:
                yield sizes
                break


def _reaches(dimension: Dimension, size: int) -> bool:
    return size <= _largest(dimension)


def _largest(dimension: Dimension) -> int:
    """Return how large it may be here. More layers or weights would round more, one by one."""
    usual = dimension.largest if dimension.weights else max(dimension.far, dimension.largest)
    return max(dimension.far, _BEYOND * usual + 1)


def _crossed(exercise: Exercise, numbers: Sequence[int]) -> Iterator[Sizes]:
    """Yield sizes until any two dimensions have had any two numbers of the text, or one twice.

    The other dimensions have numbers of the text, too, which meets most pairs in few sizes.
    """
    pairs = [
        {one.name: size, other.name: size_of_other}
        for one, other in combinations(exercise.dimensions, 2)
        for size, size_of_other in product(numbers[:_CROSSED], repeat=2)
        if _reaches(one, size) and _reaches(other, size_of_other)
    ]
    while pairs:
        wanted = pairs.pop(0)
        for pair in pairs:
            if all(wanted.get(name, size) == size for name, size in pair.items()):
                wanted = wanted | pair
        sizes = fitted(exercise, distinct_sizes(exercise) | wanted)
        pairs = [pair for pair in pairs if not pair.items() <= sizes.items()]
        if wanted.items() <= sizes.items() and prod(sizes.values()) <= _ELEMENTS:
            yield sizes


def _products(exercise: Exercise, count: int) -> Iterator[Sizes]:
    """Yield sizes of which some have a product: an array, also an answer, may have so many numbers.

    One is just at the number, and one beyond it.
    """
    usual = distinct_sizes(exercise)
    for many in (2, 3):
        for some in combinations(exercise.dimensions, many):
            for factors in _factors(some, count, usual):
                sizes = fitted(exercise, usual | factors)
                if factors.items() <= sizes.items() and prod(sizes.values()) <= _ELEMENTS:
                    yield sizes


def _factors(some: Sequence[Dimension], count: int, usual: Sizes) -> Iterator[Sizes]:
    """Yield sizes of some dimensions with this product, and with one above it, as even as can be.

    Of three, the first one is as usual.
    """
    *others, first, last = some
    known = {each.name: usual[each.name] for each in others}
    left = count / prod(known.values())
    pairs = [
        (size, other)
        for size in range(2, _largest(first) + 1)
        for other in {int(left) // size, int(left) // size + 1}
        if other > 1 and _reaches(first, size) and _reaches(last, other)
    ]
    exact = [pair for pair in pairs if prod(pair) == left]
    above = [pair for pair in pairs if prod(pair) > left]
    for found in (exact, above):
        if found:
            size, other = min(found, key=lambda pair: (prod(pair), abs(pair[0] - pair[1])))
            yield known | {first.name: size, last.name: other}


def _seeds(exercise: Exercise, numbers: Iterable[int]) -> Iterator[dict[str, Value]]:
    for parameter, number in product(exercise.parameters, numbers):
        if isinstance(parameter, Seed):
            yield {parameter.name: IntValue(value=number)}
        elif isinstance(parameter, Key):
            yield {parameter.name: KeyValue(seed=number, typed=parameter.typed)}


# ----------------------------------------------------------------------------------------- the text


def deciding_numbers(source: Source) -> Iterator[float]:
    """Yield the numbers in comparisons, slices, matches, keys and choices, in the order met.

    A small type stands for its largest number.
    """
    known = _assigned(source)
    for node in source.nodes:
        for part in _deciding(node):
            yield from _numbers(part, known)
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
                yield from (_LARGEST_OF[name],) if name in _LARGEST_OF else ()
            case _:
                continue


def _numbers(node: ast.AST, known: dict[str, float]) -> Iterator[float]:
    """Yield the numbers in a part of the text, from left to right."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from (float(each) for each in _DIGITS.findall(node.value))
        return
    number = _number(node, known)
    if number is not None and isfinite(number):
        yield number
    elif number is None and not _is_axis(node):
        for child in ast.iter_child_nodes(node):
            yield from _numbers(child, known)


def _is_axis(node: ast.AST) -> bool:
    """Whether it is one size of an array, such as `x.shape[1]`: the place decides nothing."""
    return isinstance(node, ast.Subscript) and (
        isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    )


def _assigned(source: Source) -> dict[str, float]:
    """Return what names stand for that get a number."""
    known: dict[str, float] = {}
    for node in source.nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                number = _number(value, known)
                if number is not None:
                    known[name] = number
            case _:
                continue
    return known


def _deciding(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node whose numbers decide what a program does."""
    match node:
        case ast.Compare() | ast.MatchValue() | ast.Slice():
            yield node
        case ast.BinOp(op=ast.Mod(), left=left, right=right) if not _is_text(left):
            yield right
        case ast.UnaryOp(op=ast.Not(), operand=ast.BinOp() as operand):
            yield operand
        case ast.If(test=test) | ast.IfExp(test=test) if isinstance(test, ast.BinOp):
            yield test
        case ast.Dict(keys=keys):
            yield from (key for key in keys if key is not None)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            if name in _CHOOSING:
                yield from args
        case _:
            return


def _is_text(node: ast.AST) -> bool:
    """Whether a remainder of this is text that is filled in."""
    return isinstance(node, ast.JoinedStr | ast.Constant)


def _counts(exercise: Exercise, source: Source) -> Iterator[int]:
    """Yield the numbers that decide something where a text asks how many numbers an array has.

    What is compared with the task's own arguments is evaluated (`together.py`).
    """
    arguments = {each.name for each in exercise.parameters}
    if not any(_mentions(each, _COUNTING, arguments) for each in source.body):
        return
    in_bytes = any(_mentions(each, {"nbytes"}, arguments) for each in source.body)
    for number in deciding_numbers(source):
        for count in (number / _BYTES, number) if in_bytes else (number,):
            if count >= _SMALLEST_COUNT and count.is_integer():
                yield int(count)


def _mentions(node: ast.AST, names: Collection[str], without: Collection[str]) -> bool:
    """Whether a part of the text asks for one of these, of anything but some names."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case (
                ast.Attribute(value=ast.Name(id=owner))
                | ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=owner)])
            ) if owner in without:
                pass
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in names:
                return True
            case other:
                waiting += ast.iter_child_nodes(other)
    return False


def _number(node: ast.AST, known: Mapping[str, float]) -> float | None:
    """Return the value of a number that is written out, such as `37`, `2**5`, `8 * 8` or `1e3`."""
    match node:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return float(value) if abs(value) <= LARGEST_SEED else None
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _number(left, known), _number(right, known)
            return None if one is None or other is None else _calculated(op, one, other)
        case _:
            return None


def _calculated(op: ast.operator, one: float, other: float) -> float | None:
    """Return what two numbers give, if it's a number that a size or a seed can be."""
    small = 0 < one <= LARGEST_SEED and 0 <= other <= 30
    match op:
        case ast.Add():
            result = one + other
        case ast.Sub():
            result = one - other
        case ast.Mult():
            result = one * other
        case ast.FloorDiv() if other:
            result = one // other
        case ast.LShift() if small:
            result = one * 2**other
        case ast.Pow() if small and one <= 16:
            result = one**other
        case _:
            return None
    return result if abs(result) <= LARGEST_SEED else None


# ---------------------------------------------------------------------------------------- the cases


def _case(
    exercise: Exercise, first: Case, changed: dict[str, Value], sizes: Sizes | None = None
) -> Case:
    """Return the first case with some plain arguments changed, or at other sizes."""
    sizes = sizes or first.sizes
    kinds = {each.name: each for each in exercise.parameters}
    arguments = (
        msgspec.structs.replace(
            each, value=changed.get(each.name) or _value(kinds[each.name], sizes, each.value)
        )
        for each in first.arguments
    )
    return msgspec.structs.replace(first, arguments=tuple(arguments), sizes=sizes)


def _value(parameter: Parameter, sizes: Sizes, first: Value) -> Value:
    match parameter:
        case Array() | Integers() | Arrays() | Dict():
            return _nested(parameter, sizes)
        case Size(name=name):
            return IntValue(value=sizes[name])
        case _:
            return first


def _nested(parameter: Leaves, sizes: Sizes) -> Nested:
    match parameter:
        case Array(shape=shape):
            return ArrayValue.of((_mixed(shape, sizes, 25) - 12).astype(np.float32) / 4)
        case Integers(shape=shape, low=low):
            many = parameter.highest(sizes) - low + 1
            return ArrayValue.of((_mixed(shape, sizes, many) + low).astype(np.int32))
        case Dict(items=items):
            return DictValue(items={each.name: _nested(each, sizes) for each in items})
        case Arrays(items=items):
            return TupleValue(items=tuple(_nested(each, sizes) for each in items))


def _mixed(shape: tuple[str, ...], sizes: Sizes, many: int) -> NDArray[np.int64]:
    """Return numbers from 0 to below `many`, in an order that looks mixed."""
    wanted = tuple(sizes[name] for name in shape)
    count = np.arange(prod(wanted), dtype=np.int64)
    mixed: NDArray[np.int64] = (count * 37 + 11 * len(shape) + count // 25) % many
    return mixed.reshape(wanted)
