"""The arguments of a lifted transform as data: filters, axes and splits, as Flax reads them."""

from __future__ import annotations

from typing import Final

import msgspec

from grader.model.recorded import Few, Text, Word


class Deny(msgspec.Struct, frozen=True, kw_only=True, tag="deny"):
    """Flax's `DenyList`: everything except what `names` matches."""

    names: NameFilter


class Names(msgspec.Struct, frozen=True, kw_only=True, tag="names"):
    """A filter by names: one name, or any of several."""

    names: Few[Word]


class Everything(msgspec.Struct, frozen=True, kw_only=True, tag="everything"):
    """The filter `True` (matches every name) or `False` (matches none)."""

    matches: bool


NameFilter = Everything | Names | Deny


class AxisEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `variable_axes`: the collections that match get `axis`, or are shared (None).

    An `In(axis)` or `Out(axis)` has `direction` `in` or `out`; a plain axis has `both`.
    `invalid` is the text of a value that isn't an axis; `axis` is then None.
    """

    filter: NameFilter
    axis: int | None
    direction: Word = "both"
    invalid: Text | None = None


class SplitEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `split_rngs`: whether the streams that match are split along the axis."""

    filter: NameFilter
    split: bool


class AxisTree(msgspec.Struct, frozen=True, kw_only=True, tag="tree"):
    """`in_axes` or `out_axes` given as a tuple, list or dict, in the order of its leaves.

    `is_list`: it was a list, which to Flax has a different structure than a tuple of arguments.
    `is_state`: it was an `nnx.StateAxes`, whose keys are its filters (`Param`, `...`).
    """

    items: Few[Axes]
    keys: Few[Word] | None = None
    is_list: bool = False
    is_state: bool = False

    @property
    def kind(self) -> str:
        """What Python calls it; to Flax they have different structures."""
        if self.is_state:
            return "StateAxes"
        return "dict" if self.keys is not None else "list" if self.is_list else "tuple"


class Axis(msgspec.Struct, frozen=True, kw_only=True, tag="axis"):
    """A single axis; None maps nothing. Negative axes are not normalised.

    `invalid` is the text of a value that isn't an axis; `value` is then None.
    """

    value: int | None
    invalid: Text | None = None

    @property
    def is_carry(self) -> bool:
        """Whether it marks what `nnx.scan` hands from step to step."""
        return self.invalid == CARRY


CARRY: Final = "nnx.Carry"
"""The text of NNX's mark for a carry, which stands where an axis could."""

Axes = Axis | AxisTree


class Collections(msgspec.Struct, frozen=True, kw_only=True):
    """What a lifted loop does with each collection of variables, and with each stream of keys.

    A collection is the first of these whose filter matches: one for all steps (`broadcast`), handed
    from step to step (`carried`), or with an axis for the steps (`axes`).
    """

    broadcast: NameFilter
    carried: NameFilter
    axes: Few[AxisEntry]
    splits: Few[SplitEntry]
