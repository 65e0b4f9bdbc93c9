"""jax's random numbers: Threefry-2x32, with 20 rounds, in counter mode.

J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). How jax uses it:
https://docs.jax.dev/en/latest/jep/263-prng.html, and `jax_threefry_partitionable` for the counters.
A key array here is its numbers: uint32 of shape (*keys, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

import numpy as np

from grader.worker.arithmetic.step import Array, Kernel, Parameters, Unsupported

_ROTATIONS: Final = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY: Final = np.uint32(0x1BD11BDA)
_WORD: Final = np.uint32(32)
_MASK: Final = 0xFFFFFFFF
_FEW: Final = 6
"""So many counters are encrypted faster one by one, as plain ints."""


def threefry(key: tuple[Array, Array], high: Array, low: Array) -> tuple[Array, Array]:
    """Encrypt counters of two words with a key of two words; all broadcast together."""
    schedule = (key[0], key[1], key[0] ^ key[1] ^ _PARITY)
    first, second = high + schedule[0], low + schedule[1]
    for group in range(5):
        for bits in _ROTATIONS[group % 2]:
            first = first + second
            second = (second << np.uint32(bits)) | (second >> (_WORD - np.uint32(bits)))
            second = first ^ second
        first = first + schedule[(group + 1) % 3]
        second = second + schedule[(group + 2) % 3] + np.uint32(group + 1)
    return first, second


def _encrypted(key: Array, high: int, low: int) -> tuple[int, int]:
    """Encrypt one counter of two words, as `threefry` does."""
    words = (int(key[0]), int(key[1]))
    schedule = (*words, words[0] ^ words[1] ^ int(_PARITY))
    first, second = high + schedule[0] & _MASK, low + schedule[1] & _MASK
    for group in range(5):
        for bits in _ROTATIONS[group % 2]:
            first = first + second & _MASK
            second = first ^ (second << bits & _MASK | second >> 32 - bits)
        first = first + schedule[(group + 1) % 3] & _MASK
        second = second + schedule[(group + 2) % 3] + group + 1 & _MASK
    return first, second


def _counters(shape: Sequence[int]) -> tuple[Array, Array]:
    """Number the elements, in two words."""
    low = np.arange(prod(shape), dtype=np.uint32).reshape(tuple(shape))
    return np.zeros_like(low), low


def _words(keys: Array, more: int) -> tuple[Array, Array]:
    """Return both words of each key, with so many axes added at the end."""
    shape = keys.shape[:-1] + (1,) * more
    return keys[..., 0].reshape(shape), keys[..., 1].reshape(shape)


def _drawn(keys: Array, shape: Sequence[int]) -> tuple[Array, Array]:
    """Return two words for each key and element: two arrays of shape (*keys, *shape)."""
    if keys.ndim == 1 and prod(shape) <= _FEW:
        words = [_encrypted(keys, 0, low) for low in range(prod(shape))]
        both = np.array(words, np.uint32).reshape(*shape, 2)
        return both[..., 0], both[..., 1]
    high, low = _counters(shape)
    return threefry(_words(keys, len(shape)), high, low)


def _bits(parameters: Parameters, keys: Array) -> Array:
    width = parameters["bit_width"]
    first, second = _drawn(keys, parameters["shape"])
    if width == 64:
        return (first.astype(np.uint64) << np.uint64(32)) | second.astype(np.uint64)
    return (first ^ second).astype(f"u{width // 8}")


def _split(parameters: Parameters, keys: Array) -> Array:
    return np.stack(_drawn(keys, parameters["shape"]), axis=-1)


def _seed(_: Parameters, seeds: Array) -> Array:
    """Make keys of integers: the high word, which smaller types don't have, then the low one."""
    if seeds.dtype.kind not in "iu":
        raise Unsupported
    low = seeds.astype(np.uint32)
    wide = seeds.dtype.itemsize == 8
    high = (
        (seeds.view(np.uint64) >> np.uint64(32)).astype(np.uint32) if wide else low * np.uint32(0)
    )
    return np.stack([high, low], axis=-1)


def _fold_in(_: Parameters, keys: Array, numbers: Array) -> Array:
    more = numbers.ndim - (keys.ndim - 1)
    if more < 0 or (more and keys.ndim > 1):
        raise Unsupported
    if keys.ndim == 1 and not more:
        return np.array(_encrypted(keys, 0, int(numbers) & _MASK), np.uint32)
    low = numbers.astype(np.uint32)
    return np.stack(threefry(_words(keys, more), np.zeros_like(low), low), axis=-1)


def _threefry(_: Parameters, *operands: Array) -> tuple[Array, Array]:
    first, second, high, low = np.broadcast_arrays(*operands)
    return threefry((first, second), high, low)


def _iota(parameters: Parameters) -> tuple[Array, Array]:
    return _counters(parameters["shape"])


def _same(_: Parameters, keys: Array) -> Array:
    return keys


RANDOM: Final[dict[str, Kernel]] = {
    "iota_2x32_shape": _iota,
    "random_bits": _bits,
    "random_clone": _same,
    "random_fold_in": _fold_in,
    "random_seed": _seed,
    "random_split": _split,
    "random_unwrap": _same,
    "random_wrap": _same,
    "threefry2x32": _threefry,
}
