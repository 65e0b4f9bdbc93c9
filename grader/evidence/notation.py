"""How messages write shapes, axes and cases: in JAX's notation and plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from grader.compare import OtherValues
from grader.model.case import (
    ArrayValue,
    BoolValue,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    TextValue,
    TupleValue,
    Value,
)

_SHORT = {
    "float64": "f64",
    "float32": "f32",
    "float16": "f16",
    "bfloat16": "bf16",
    "int64": "i64",
    "int32": "i32",
    "int16": "i16",
    "int8": "i8",
    "uint64": "u64",
    "uint32": "u32",
    "uint16": "u16",
    "uint8": "u8",
    "complex64": "c64",
    "complex128": "c128",
}


def array_text(dtype: str, shape: tuple[int, ...]) -> str:
    """Write an array's type as JAX does: `f32[3,4]`, `f32[]`."""
    return f"{_SHORT.get(dtype, dtype)}[{','.join(map(str, shape))}]"


def value_text(value: Value) -> str:
    """Write an argument in a few characters: arrays by their type, numbers as they are."""
    match value:
        case ArrayValue():
            return array_text(value.dtype, value.shape)
        case TupleValue():
            return f"({', '.join(value_text(item) for item in value.items)})"
        case DictValue():
            return f"{{{', '.join(f'{k}: {value_text(v)}' for k, v in value.items.items())}}}"
        case IntValue() | FloatValue() | BoolValue():
            return str(value.value)
        case TextValue():
            return repr(value.value)
        case KeyValue():
            return f"key({value.seed})" if value.typed else f"PRNGKey({value.seed})"
        case _:
            assert_never(value)


def difference(comparison: OtherValues) -> str:
    """Write the first number that differs: where it is, the expected one and the one found."""
    place = f"output{comparison.place}[{', '.join(map(str, comparison.index))}]"
    return f"{place}   expected {comparison.expected:.6g}   found {comparison.actual:.6g}"


def output_name(place: str) -> str:
    """Name an answer, or the part of it at `place`: `the output`, `output[1]`."""
    return f"output{place}" if place else "the output"


def listing(words: Iterable[str]) -> str:
    """Join `words` as a sentence does: `a, b and c`."""
    *head, last = tuple(words) or ("",)
    return f"{', '.join(head)} and {last}" if head else last


def position(axis: int, rank: int) -> str:
    """Say where `axis` (0 or more) is among `rank` axes: `leading`, `last` or `middle`."""
    if axis == 0:
        return "leading"
    return "last" if axis == rank - 1 else "middle"


def shortened(text: str, width: int = 200) -> str:
    """Return the first line of `text`, cut to `width` characters."""
    lines = text.strip().splitlines()
    line = lines[0] if lines else ""
    return line if len(line) <= width else f"{line[: width - 1]}…"


_COLLECTIONS = {"params": "the weights", "batch_stats": "the batch statistics"}


def collection_noun(name: str) -> str:
    """Return what messages call a variable collection, after Flax's own names."""
    return _COLLECTIONS.get(name, f'"{name}"')
