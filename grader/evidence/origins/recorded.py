"""Whether a value in the text is the one that was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard, assert_never

from grader.evidence.lifting import Knob, Unlisted, collection_axis, stream_split
from grader.model.observation import Axes, Axis, AxisTree, LiftedCall

Accepts = Callable[[object], bool]


def recorded(call: LiftedCall, knob: Knob, name: str = "") -> Accepts:
    """Return whether a value can be the argument of a call to nn.vmap.

    Of a dict of collections or streams, only the entry for `name` is looked at.
    """
    match knob:
        case Knob.IN_AXES:
            return lambda value: _are(value, call.in_axes)
        case Knob.OUT_AXES:
            return lambda value: _are(value, call.out_axes)
        case Knob.AXIS_SIZE:
            return lambda value: value == call.axis_size
        case Knob.AXIS_NAME:
            return lambda value: value == call.axis_name or not isinstance(value, str)
        case Knob.VARIABLE_AXES | Knob.SPLIT_RNGS:
            entry = recorded_entry(call, knob, name)
            return lambda value: not _tells(value, name) or entry(value[name])
        case _:
            assert_never(knob)


def _tells(value: object, name: str) -> TypeGuard[dict[str, object]]:
    """Whether the entry for `name` counts in a dict, not a filter before it."""
    return isinstance(value, dict) and next(iter(value), None) is not True and name in value


def recorded_entry(call: LiftedCall, knob: Knob, name: str) -> Accepts:
    """Return whether a value can be that of a collection or a stream in such a dict."""
    if knob is Knob.SPLIT_RNGS:
        split = stream_split(call.split_rngs, name)
        return lambda value: split == bool(value)
    axes = {collection_axis(call.variable_axes, name, each) for each in ("in", "out")}
    return lambda value: any(value == axis and type(value) is type(axis) for axis in axes)


def is_listed(call: LiftedCall, knob: Knob, name: str) -> bool:
    """Whether the call says anything about a collection or a stream."""
    if knob is Knob.SPLIT_RNGS:
        return not isinstance(stream_split(call.split_rngs, name), Unlisted)
    axes = (collection_axis(call.variable_axes, name, each) for each in ("in", "out"))
    return not all(isinstance(axis, Unlisted) for axis in axes)


def shown_as(text: str) -> Accepts:
    """Return whether a value can be the one in a setting's text; without a text, any can."""
    return lambda value: not text or isinstance(value, tuple | list | dict) or repr(value) == text


def _are(value: object, axes: Axes) -> bool:
    match axes:
        case Axis(invalid=None):
            return value == axes.value and (value is None) == (axes.value is None)
        case Axis():
            return not isinstance(value, int | None)
        case AxisTree(keys=None):
            kind = list if axes.is_list else tuple
            return isinstance(value, kind) and _items_are(tuple(value), axes)
        case AxisTree():
            return isinstance(value, dict) and _items_are(tuple(value.values()), axes)
        case _:
            assert_never(axes)


def _items_are(values: tuple[object, ...], axes: AxisTree) -> bool:
    pairs = zip(values, axes.items, strict=False)
    return len(values) == len(axes.items) and all(_are(*pair) for pair in pairs)
