"""Collectives that count a mapped axis of symbolic size, of which jax's own want a number.

`lax.pmean` divides by the size of the axis, which jax takes for a Python number. There is none
while a program is traced for every size, so the axis is counted: its largest index, plus 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import jax
from jax import lax
from jax.errors import InconclusiveDimensionOperation

Collective = Callable[..., Any]

_NO_NUMBER: Final = (InconclusiveDimensionOperation, TypeError)
"""What jax raises when it makes an int or a float of a symbolic size."""


def counting() -> dict[str, Collective]:
    """Return what to use in `jax.lax`, by name, while a size is symbolic."""
    psum, pmean, axis_size = lax.psum, lax.pmean, lax.axis_size

    def counted_size(axis_name: Any) -> Any:
        try:
            return axis_size(axis_name)
        except _NO_NUMBER:
            return lax.pmax(lax.axis_index(axis_name), axis_name) + 1

    def counted_sum(x: Any, axis_name: Any, **groups: Any) -> Any:
        def leaf_sum(leaf: Any) -> Any:
            try:
                return psum(leaf, axis_name, **groups)
            except _NO_NUMBER:  # what is the same for all indices is summed as often as there are
                return leaf * _of_all(groups, counted_size(axis_name))

        return jax.tree.map(leaf_sum, x)

    def counted_mean(x: Any, axis_name: Any, **groups: Any) -> Any:
        try:
            return pmean(x, axis_name, **groups)
        except _NO_NUMBER:
            size = _of_all(groups, counted_size(axis_name))
            return jax.tree.map(lambda leaf: leaf / size, counted_sum(x, axis_name))

    return {"psum": counted_sum, "pmean": counted_mean, "axis_size": counted_size}


def _of_all(groups: dict[str, Any], size: Any) -> Any:
    """Return the size of the axis, if the collective isn't for groups of its indices."""
    if any(each is not None for each in groups.values()):
        raise NotImplementedError("an axis of symbolic size has no groups")
    return size
