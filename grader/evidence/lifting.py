"""What the arguments of `nn.vmap` mean for one collection, one stream, one array.

Flax uses the first filter that matches a collection (`flax.core.scope.group_collections`), and so
do these functions: `{True: 0}` and `{DenyList("x"): None}` apply to "params", too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum, unique
from typing import assert_never

import msgspec

from grader.model.observation import (
    ArrayType,
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    Deny,
    Everything,
    LiftedCall,
    NameFilter,
    Names,
    SplitEntry,
)


@unique
class Knob(StrEnum):
    """The arguments of `nn.vmap` that control how it maps, by name."""

    VARIABLE_AXES = "variable_axes"
    SPLIT_RNGS = "split_rngs"
    IN_AXES = "in_axes"
    OUT_AXES = "out_axes"
    AXIS_SIZE = "axis_size"
    AXIS_NAME = "axis_name"


class Unlisted(msgspec.Struct, frozen=True):
    """No filter matches: Flax doesn't pass the collection or stream on at all."""

    def __str__(self) -> str:
        return "not named"


CollectionAxis = int | None | Unlisted
StreamSplit = bool | Unlisted


def matches(names: NameFilter, name: str) -> bool:
    """Whether a filter matches a collection or stream, as `flax.core.scope.in_filter` says."""
    match names:
        case Everything():
            return names.matches
        case Names():
            return name in names.names
        case Deny():
            return not matches(names.names, name)
        case _:
            assert_never(names)


def collection_axis(
    entries: tuple[AxisEntry, ...], collection: str, direction: str
) -> CollectionAxis:
    """Return the axis that a collection gets on its way `in` or `out`."""
    for entry in entries:
        if entry.direction in {direction, "both"} and matches(entry.filter, collection):
            return entry.axis
    return Unlisted()


def stream_split(entries: tuple[SplitEntry, ...], stream: str) -> StreamSplit:
    """Return whether a stream is split along the mapped axis."""
    for entry in entries:
        if matches(entry.filter, stream):
            return entry.split
    return Unlisted()


def normal_axis(axis: int | None, rank: int) -> int | None:
    """Count a negative axis from the front, where it is in range."""
    return axis + rank if axis is not None and -rank <= axis < 0 else axis


def leaf_axes(axes: Axes, count: int) -> tuple[int | None, ...] | None:
    """Return one axis for each of `count` arrays; None if the tree has other leaves.

    A tree is read leaf by leaf, which is right unless an entry applies to several arrays.
    """
    leaves = _leaves(axes)
    if isinstance(axes, Axis) or len(leaves) == 1:
        return leaves * count
    return leaves if len(leaves) == count else None


def _leaves(axes: Axes) -> tuple[int | None, ...]:
    if isinstance(axes, Axis):
        return (axes.value,)
    return tuple(leaf for place in _order(axes) for leaf in _leaves(axes.items[place]))


def _order(axes: AxisTree) -> list[int]:
    """Return the places of a tree's items in the order of its arrays: a dict's are sorted."""
    places = list(range(len(axes.items)))
    keys = axes.keys if axes.kind == "dict" else None
    return sorted(places, key=keys.__getitem__) if keys is not None else places


def by_name(axes: Axes) -> bool:
    """Whether there is a dict among the axes, whose arrays are in the order of their names."""
    return isinstance(axes, AxisTree) and (axes.kind == "dict" or any(map(by_name, axes.items)))


def array_axes(
    axes: Axes,
    arrays: tuple[ArrayType, ...],
    *,
    ran: bool = False,
    inner: tuple[ArrayType, ...] = (),
) -> tuple[int | None, ...] | None:
    """Return the axis of each of `arrays`, counted from the front; None if they don't fit.

    If a module `ran` with them, what isn't mapped may also be a flag, which isn't an array. `inner`
    are the arrays that it got inside, which tell more.
    """
    leaves = leaf_axes(axes, len(arrays))
    if leaves is None:
        leaves = _aligned(_leaves(axes), arrays, inner)
    if leaves is None:
        leaves = tuple(axis for axis in _leaves(axes) if axis is not None)
        if not leaves:
            return (None,) * len(arrays)
        if not ran or len(leaves) != len(arrays):
            return None
    pairs = zip(leaves, arrays, strict=True)
    return tuple(normal_axis(axis, len(array.shape)) for axis, array in pairs)


def _aligned(
    leaves: tuple[int | None, ...], arrays: tuple[ArrayType, ...], inner: tuple[ArrayType, ...]
) -> tuple[int | None, ...] | None:
    """Return the entry of each array, from those of flags beside them, or of several arrays.

    Without the entry's axis, an array has the shape that was seen inside. None if nothing fits.
    """
    if len(inner) != len(arrays):
        return None
    ways: dict[int, tuple[int | None, ...]] = {-1: ()}
    """The axes of the arrays so far, by the last entry that was used for them."""
    for array, one in zip(arrays, inner, strict=True):
        further: dict[int, tuple[int | None, ...]] = {}
        for last, way in ways.items():
            for place in _next(leaves, last):
                if _is_one(array, one, leaves[place]):
                    further.setdefault(place, (*way, leaves[place]))
        ways = further
    found = (way for last, way in ways.items() if not _maps_any(leaves[last + 1 :]))
    return next(found, None)


def _next(leaves: tuple[int | None, ...], last: int) -> Iterator[int]:
    """Yield which entries may belong to the next array: those left out have no axis."""
    for place in range(max(last, 0), len(leaves)):
        if not _maps_any(leaves[last + 1 : place]):
            yield place


def _maps_any(leaves: tuple[int | None, ...]) -> bool:
    """Whether any of these entries maps something."""
    return any(each is not None for each in leaves)


def _is_one(array: ArrayType, one: ArrayType, axis: int | None) -> bool:
    """Whether an array has the shape of `one` without an axis, which it has."""
    rank = len(array.shape)
    along = normal_axis(axis, rank)
    return (along is None or 0 <= along < rank) and _without(array.shape, along) == one.shape


def places_of(
    wanted: tuple[ArrayType, ...],
    wanted_axes: tuple[int | None, ...],
    arrays: tuple[ArrayType, ...],
    axes: tuple[int | None, ...],
    *,
    misplaced: bool = False,
    whole: bool = False,
) -> tuple[int, ...] | None:
    """Return which of more arrays are the wanted ones; None if some is missing.

    They have the same shape without the mapped axis, or with it if they came in `whole`. Of several
    such, it is one with the wanted axis, or with another one if it is known to be `misplaced`.
    """
    free = dict(enumerate(zip(arrays, axes, strict=True)))
    found: list[int] = []
    for array, axis in zip(wanted, wanted_axes, strict=True):
        alike = [
            place
            for place, (other, along) in free.items()
            if (other.shape == array.shape if whole else _alike(other, along, array, axis))
        ]
        if not alike:
            return None
        place = min(alike, key=lambda each: (free[each][1] == axis) is misplaced)
        del free[place]
        found.append(place)
    return tuple(found)


def _without(shape: tuple[int, ...], axis: int | None) -> tuple[int, ...]:
    return shape if axis is None else (*shape[:axis], *shape[axis + 1 :])


def without_axes(
    arrays: Sequence[ArrayType], axes: Sequence[int | None]
) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of arrays without the mapped axis of each."""
    return tuple(_without(array.shape, axis) for array, axis in zip(arrays, axes, strict=True))


def _alike(one: ArrayType, along: int | None, other: ArrayType, axis: int | None) -> bool:
    return _without(one.shape, along) == _without(other.shape, axis)


def with_entries(axes: AxisTree, entries: Mapping[int, Axes]) -> AxisTree:
    """Return axes with other entries at some places."""
    items = tuple(entries.get(place, each) for place, each in enumerate(axes.items))
    return msgspec.structs.replace(axes, items=items)


def leaf_count(axes: Axes) -> int:
    """Return how many single axes there are."""
    return len(_leaves(axes))


def with_leaves(axes: Axes, leaves: Mapping[int, Axes], before: int = 0) -> Axes:
    """Return axes with other ones for some arrays, which are counted in their order."""
    if isinstance(axes, Axis):
        return leaves.get(before, axes)
    items: dict[int, Axes] = {}
    for place in _order(axes):
        items[place] = with_leaves(axes.items[place], leaves, before)
        before += leaf_count(axes.items[place])
    return with_entries(axes, items)


def argument_of(axes: Axes, array: int, count: int) -> int | None:
    """Return which argument one of `count` arrays belongs to; None if that isn't known.

    An argument may have several arrays. One without an axis may also be a flag, which has none.
    """
    if isinstance(axes, Axis) or leaf_count(axes) == 1:
        return array
    owners = [place for place in _order(axes) for _ in _leaves(axes.items[place])]
    if len(owners) != count:
        pairs = zip(owners, _leaves(axes), strict=True)
        owners = [place for place, axis in pairs if axis is not None]
    return owners[array] if len(owners) == count else None


def inner_shapes(
    call: LiftedCall,
    inputs: tuple[ArrayType, ...],
    *,
    ran: bool = False,
    inner: tuple[ArrayType, ...] = (),
) -> tuple[ArrayType, ...] | None:
    """Return the shapes of one example of `inputs`, None if the axes don't fit them."""
    axes = array_axes(call.in_axes, inputs, ran=ran, inner=inner)
    if axes is None:
        return None
    found: list[ArrayType] = []
    for axis, array in zip(axes, inputs, strict=True):
        if axis is None:
            found.append(array)
        elif 0 <= axis < len(array.shape):
            shape = array.shape[:axis] + array.shape[axis + 1 :]
            found.append(ArrayType(dtype=array.dtype, shape=shape))
        else:
            return None
    return tuple(found)


def mapped_size(
    call: LiftedCall, inputs: tuple[ArrayType, ...], inner: tuple[ArrayType, ...] = ()
) -> int | None:
    """Return the length of the axis along which `inputs` are mapped; None if none of them is.

    If the axes don't tell, `inner` may: the arrays that the module got inside.
    """
    axes = array_axes(call.in_axes, inputs, ran=True, inner=inner)
    for axis, array in zip(axes or (), inputs, strict=False):
        if axis is not None and 0 <= axis < len(array.shape):
            return array.shape[axis]
    return _removed(inputs, inner) if axes is None else None


def _removed(inputs: tuple[ArrayType, ...], inner: tuple[ArrayType, ...]) -> int | None:
    """Return the length of the axis that the first array inside lacks."""
    for outer, one in zip(inputs, inner, strict=False) if len(inputs) == len(inner) else ():
        for axis, length in enumerate(outer.shape):
            if _without(outer.shape, axis) == one.shape:
                return length
    return None


def nested(axes: Axes, wanted: Axes, arrays: Sequence[ArrayType]) -> int | None:
    """Return the first of several entries that has several axes for a single array."""
    if not isinstance(axes, AxisTree) or not isinstance(wanted, AxisTree):
        return None
    if len(wanted.items) != len(arrays):
        return None  # an entry may apply to several arrays
    pairs = enumerate(zip(axes.items, wanted.items, strict=False))
    found = (n for n, (a, b) in pairs if isinstance(a, AxisTree) and isinstance(b, Axis))
    return next(found, None)


def axes_text(axes: Axes) -> str:
    """Write axes as Python would: `0`, `(0, None)`."""
    if isinstance(axes, Axis):
        return axes.invalid or str(axes.value)
    parts = [axes_text(item) for item in axes.items]
    if axes.is_state:
        pairs = zip(map(_filter_text, axes.keys or ()), parts, strict=False)
        return f"nnx.StateAxes({{{', '.join(f'{key}: {value}' for key, value in pairs)}}})"
    if axes.keys is not None:
        return "{" + ", ".join(f"{k!r}: {v}" for k, v in zip(axes.keys, parts, strict=False)) + "}"
    if axes.is_list:
        return f"[{', '.join(parts)}]"
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _filter_text(name: str) -> str:
    """Write one of NNX's filters as in code: `nnx.Param`, `...`."""
    return f"nnx.{name}" if name.isidentifier() and name[0].isupper() else name
