"""Operations that take elements from, or put them at, places which are operands."""

from __future__ import annotations

from typing import Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported


def _window(
    shape: tuple[int, ...], sizes: tuple[int, ...], starts: tuple[Array, ...]
) -> tuple[slice, ...]:
    """Return a window that is moved into the array where it would reach beyond."""
    inside = (
        min(max(int(start), 0), most - size)
        for start, size, most in zip(starts, sizes, shape, strict=True)
    )
    return tuple(slice(start, start + size) for start, size in zip(inside, sizes, strict=True))


def _dynamic_slice(parameters: Parameters, operand: Array, *starts: Array) -> Array:
    return operand[_window(operand.shape, parameters["slice_sizes"], starts)]


def _dynamic_update_slice(_: Parameters, operand: Array, update: Array, *starts: Array) -> Array:
    changed = np.array(operand)
    changed[_window(operand.shape, update.shape, starts)] = update
    return changed


def _places(
    shape: tuple[int, ...], starts: Array, sizes: tuple[int, ...]
) -> tuple[tuple[Array, ...], Array]:
    """Return the index arrays of a window of `sizes` at each start, and which starts are inside.

    `starts` is (*batch, axes); the index arrays are (*batch, *sizes) together. A window that would
    reach beyond the array is moved into it.
    """
    most = np.array(shape, np.int64) - np.array(sizes, np.int64)
    inside = np.clip(starts, 0, most)
    batch = starts.shape[:-1]
    windows = np.indices(sizes, sparse=True)
    places = tuple(
        np.reshape(inside[..., axis], batch + (1,) * len(sizes)) + windows[axis]
        for axis in range(len(sizes))
    )
    return places, (starts == inside).all(-1)


def _starts(indices: Array, axes: tuple[int, ...], dimensions: int) -> Array:
    """Spread index vectors, the last axis of `indices`, over all axes of an array."""
    starts = np.zeros((*indices.shape[:-1], dimensions), np.int64)
    for column, axis in enumerate(axes):
        starts[..., axis] = indices[..., column]
    return starts


def _gather(parameters: Parameters, operand: Array, indices: Array) -> Array:
    """Take a window at each index vector.

    https://openxla.org/xla/operation_semantics#gather
    """
    numbers = parameters["dimension_numbers"]
    if numbers.operand_batching_dims or numbers.start_indices_batching_dims:
        raise Unsupported
    starts = _starts(indices, numbers.start_index_map, operand.ndim)
    places, valid = _places(operand.shape, starts, parameters["slice_sizes"])
    taken = operand[places]
    if "FILL" in parameters["mode"].name:
        taken = _filled(taken, valid, parameters["fill_value"])
    elif "PROMISE" in parameters["mode"].name and not valid.all():
        raise Unsupported
    batch = indices.ndim - 1
    kept = np.squeeze(taken, tuple(batch + each for each in numbers.collapsed_slice_dims))
    return np.moveaxis(kept, range(batch, kept.ndim), numbers.offset_dims)


def _filled(taken: Array, valid: Array, value: object) -> Array:
    """Put `value` where the index was outside; by default NaN, or an end of the integers."""
    if value is None:
        match taken.dtype.kind:
            case "f":
                value = np.nan
            case "i":
                value = np.iinfo(taken.dtype).min
            case "u":
                value = np.iinfo(taken.dtype).max
            case _:
                raise Unsupported
    aligned = np.reshape(valid, valid.shape + (1,) * (taken.ndim - valid.ndim))
    return np.where(aligned, taken, np.asarray(value).astype(taken.dtype))


def _scatter(parameters: Parameters, operand: Array, indices: Array, updates: Array) -> Array:
    if parameters["update_jaxpr"] is not None:  # x.at[i].apply(f)
        raise Unsupported
    changed, places, values = _scattered(parameters, operand, indices, updates)
    changed[places] = values
    return changed


def _scatter_add(parameters: Parameters, operand: Array, indices: Array, updates: Array) -> Array:
    changed, places, values = _scattered(parameters, operand, indices, updates)
    np.add.at(changed, places, values)
    return changed


def _scattered(
    parameters: Parameters, operand: Array, indices: Array, updates: Array
) -> tuple[Array, tuple[Array, ...], Array]:
    """Return a copy of the operand, and what is to be put where.

    https://openxla.org/xla/operation_semantics#scatter
    """
    numbers = parameters["dimension_numbers"]
    if numbers.operand_batching_dims or numbers.scatter_indices_batching_dims:
        raise Unsupported
    window = numbers.update_window_dims
    batch = tuple(axis for axis in range(updates.ndim) if axis not in window)
    inserted = numbers.inserted_window_dims
    values = np.transpose(updates, batch + window)
    values = np.expand_dims(values, tuple(len(batch) + axis for axis in inserted))
    starts = _starts(indices, numbers.scatter_dims_to_operand_dims, operand.ndim)
    places, valid = _places(operand.shape, starts, values.shape[len(batch) :])
    if not valid.all():  # dropped, moved or undefined
        raise Unsupported
    return np.array(operand), places, values


INDEXING: Final[dict[str, Kernel]] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "gather": _gather,
    "scatter": _scatter,
    "scatter-add": _scatter_add,
}
