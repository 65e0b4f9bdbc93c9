"""Programs with equal fingerprints compute equal values, tried on many random ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations, pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from grader.worker.fingerprint import ELEMENT, digest

Step = tuple[str, tuple[int, ...]]

_SHAPE = (2, 3, 2)
_INPUT = np.arange(12, dtype=np.float32).reshape(_SHAPE)


def random_steps(draw: random.Random) -> list[Step]:
    """Draw a walk over shapes of 12 elements, so that many walks end at the same array."""
    steps: list[Step] = []
    shape = _SHAPE
    for _ in range(draw.randint(1, 4)):
        kind = draw.choice(("reshape", "transpose", "expand", "squeeze", "ravel", "read"))
        match kind:
            case "reshape":
                shape = draw.choice(((2, 6), (6, 2), (12,), (3, 4), (4, 3), (2, 3, 2), (2, 2, 3)))
                steps.append((kind, shape))
            case "transpose":
                order = tuple(draw.sample(range(len(shape)), len(shape)))
                shape = tuple(shape[axis] for axis in order)
                steps.append((kind, order))
            case "expand":
                axis = draw.randint(0, len(shape))
                shape = (*shape[:axis], 1, *shape[axis:])
                steps.append((kind, (axis,)))
            case "squeeze":
                axes = tuple(axis for axis, size in enumerate(shape) if size == 1)
                shape = tuple(size for size in shape if size != 1)
                steps.append((kind, axes))
            case "ravel":
                shape = (12,)
                steps.append((kind, ()))
            case _:
                order = tuple(draw.sample(range(len(shape)), len(shape)))
                shape = (12,)
                steps.append((kind, order))
    return steps


def in_jax(steps: list[Step]) -> Callable[[jax.Array], jax.Array]:
    def run(x: jax.Array) -> jax.Array:
        for kind, given in steps:
            match kind:
                case "reshape":
                    x = x.reshape(given)
                case "transpose":
                    x = lax.transpose(x, given)
                case "expand":
                    x = lax.expand_dims(x, given)
                case "squeeze":
                    x = lax.squeeze(x, given)
                case "ravel":
                    x = x.ravel()
                case _:
                    x = lax.reshape(x, (12,), dimensions=given)
        return x

    return run


def in_numpy(steps: list[Step]) -> np.ndarray:
    x = _INPUT
    for kind, given in steps:
        match kind:
            case "reshape":
                x = x.reshape(given)
            case "transpose":
                x = x.transpose(given)
            case "expand":
                x = np.expand_dims(x, given)
            case "squeeze":
                x = x.squeeze(given)
            case "ravel":
                x = x.ravel()
            case _:
                x = x.transpose(given).reshape(12)
    return x


def fingerprint(function: Callable[..., jax.Array], *shapes: tuple[int, ...]) -> str:
    program = jax.make_jaxpr(function)(
        *(jax.ShapeDtypeStruct(shape, np.float32) for shape in shapes)
    )
    return digest(program, "*").digest


def test_equal_fingerprints_of_rearrangements_mean_equal_arrays() -> None:
    draw = random.Random(20240229)
    by_digest: dict[str, list[np.ndarray]] = defaultdict(list)
    programs = [random_steps(draw) for _ in range(400)]
    for steps in programs:
        by_digest[fingerprint(in_jax(steps), _SHAPE)].append(in_numpy(steps))
    for arrays in by_digest.values():
        for left, right in pairwise(arrays):
            np.testing.assert_array_equal(left, right)
    assert len(by_digest) < len(programs) - 100, "the rewrites join many"


def test_equal_fingerprints_of_products_mean_equal_arrays() -> None:
    """Every choice of contracted, shared and transposed axes of a product of 3 axes by 3."""
    draw = random.Random(7)
    left = np.arange(8, dtype=np.float64).reshape(2, 2, 2)
    right = left[::-1] * 3 + 1
    by_digest: dict[str, list[np.ndarray]] = defaultdict(list)
    for _ in range(300):
        one, two = ("".join(draw.sample("abc", 3)), "".join(draw.sample("bcd", 3)))
        first, second = (tuple(draw.sample(range(3), 3)) for _ in range(2))
        shared = draw.choice(("b", "c", ""))
        summed = [axis for axis in "bc" if axis != shared]

        def product(
            x, y, one=one, two=two, first=first, second=second, shared=shared, summed=summed
        ):
            names = [
                "".join(each[axis] for axis in order)
                for each, order in ((one, first), (two, second))
            ]
            dimensions = (
                [[name.index(axis) for axis in summed] for name in names],
                [[name.index(axis) for axis in shared] for name in names],
            )
            return lax.dot_general(lax.transpose(x, first), lax.transpose(y, second), dimensions)

        names = [
            "".join(each[axis] for axis in order) for each, order in ((one, first), (two, second))
        ]
        free = [
            axis for name in names for axis in name if axis not in shared and axis not in summed
        ]
        formula = f"{names[0]},{names[1]}->{shared}{''.join(free)}"
        value = np.einsum(formula, left.transpose(first), right.transpose(second))
        by_digest[fingerprint(product, (2, 2, 2), (2, 2, 2))].append(value)
    for arrays in by_digest.values():
        for one_value, other_value in pairwise(arrays):
            np.testing.assert_array_equal(one_value, other_value)
    assert len(by_digest) < 250


def test_broadcasts_that_repeat_are_not_reshapes() -> None:
    shapes = ((2, 1), (2, 1))
    repeated = fingerprint(lambda x, _: jnp.broadcast_to(x, (2, 2)), *shapes)
    joined = fingerprint(lambda x, _: jnp.concatenate([x, x], axis=1), *shapes)
    assert repeated != joined
    rows = fingerprint(lambda x: lax.broadcast_in_dim(x, (2, 2), (0,)), (2,))
    columns = fingerprint(lambda x: lax.broadcast_in_dim(x, (2, 2), (1,)), (2,))
    assert rows != columns


def test_keys_of_different_kinds_are_different() -> None:
    """`rbg` and `unsafe_rbg` have data of the same shape."""

    def kept(key: jax.Array) -> jax.Array:
        return jax.random.key_data(key)

    def swapped(key: jax.Array) -> jax.Array:
        other = jax.random.wrap_key_data(jax.random.key_data(key), impl="unsafe_rbg")
        return jax.random.bits(other)

    def same(key: jax.Array) -> jax.Array:
        again = jax.random.wrap_key_data(jax.random.key_data(key), impl="rbg")
        return jax.random.bits(again)

    def plain(key: jax.Array) -> jax.Array:
        return jax.random.bits(key)

    stand_in = jax.eval_shape(lambda: jax.random.key(0, impl="rbg"))
    found = [
        digest(jax.make_jaxpr(function)(stand_in), "*").digest
        for function in (kept, swapped, same, plain)
    ]
    assert found[2] == found[3]
    assert len(set(found)) == 3


def test_only_the_first_elements_certainly_exist() -> None:
    """jax promises itself that an array of unknown size has the element that it takes."""

    def doubt(function: Callable[[jax.Array], jax.Array]) -> str:
        rows, columns = jax.export.symbolic_shape("rows, columns")
        stand_in = jax.ShapeDtypeStruct((rows, columns), np.float32)
        return digest(jax.make_jaxpr(function)(stand_in), "*").detail

    assert doubt(lambda x: x[7]) == ELEMENT
    assert doubt(lambda x: x[0]) == doubt(lambda x: x[0, 0]) == doubt(lambda x: x[:3]) == ""


KEYS: dict[str, Callable[[jax.Array], object]] = {
    "the first": lambda keys: keys[0],
    "the second": lambda keys: keys[1],
    "the last": lambda keys: keys[-1],
    "every other one": lambda keys: keys[::2],
    "the first two": lambda keys: keys[:2],
    "another shape": lambda keys: keys[:2].reshape(1, 2),
}


@pytest.mark.parametrize("taken", KEYS.values(), ids=KEYS)
def test_keys_are_taken_as_their_data_is(taken: Callable[[jax.Array], jax.Array]) -> None:
    def typed(seed: jax.Array) -> jax.Array:
        return jax.random.key_data(taken(jax.random.split(jax.random.key(seed[0]), 3)))

    def raw(seed: jax.Array) -> jax.Array:
        data = jax.random.key_data(jax.random.split(jax.random.key(seed[0]), 3))
        rows = taken(_Rows(data))
        return rows.data if isinstance(rows, _Rows) else rows

    seeds = jax.ShapeDtypeStruct((1,), np.int32)
    one, other = (digest(jax.make_jaxpr(each)(seeds), "*").digest for each in (typed, raw))
    assert one == other


class _Rows:
    """Key data that is indexed and reshaped as the keys would be."""

    def __init__(self, data: jax.Array) -> None:
        self.data = data

    def __getitem__(self, place: object) -> _Rows:
        return _Rows(self.data[place])

    def reshape(self, *shape: int) -> _Rows:
        return _Rows(self.data.reshape(*shape, 2))


def test_other_keys_and_other_words_of_a_key_are_different() -> None:
    def number(function: Callable[[jax.Array], jax.Array]) -> str:
        def program(seed: jax.Array) -> jax.Array:
            return function(jax.random.key_data(jax.random.split(jax.random.key(seed[0]), 2)))

        seeds = jax.ShapeDtypeStruct((1,), np.int32)
        return digest(jax.make_jaxpr(program)(seeds), "*").digest

    taken: list[Callable[[jax.Array], jax.Array]] = [
        lambda data: data[0],
        lambda data: data[1],
        lambda data: data[:, 0],
        lambda data: data[:, 1],
        lambda data: data[::-1][0],
        lambda data: data.reshape(-1)[:2],
        lambda data: data.reshape(-1)[1:3],
        lambda data: data[:1, :1],
        lambda data: data.T[0],
    ]
    numbers = [number(each) for each in taken]
    same = {(0, 5)}  # the first key's words, whichever way
    pairs = {
        (one, other)
        for one, other in combinations(range(len(taken)), 2)
        if numbers[one] == numbers[other]
    }
    assert pairs <= same


def test_slices_without_steps_are_those_of_steps_of_one() -> None:
    def sliced(strides: tuple[int, ...] | None) -> str:
        return fingerprint(lambda x: lax.slice(x, (1, 0), (3, 2), strides), (4, 2))

    assert sliced(None) == sliced((1, 1))
    assert fingerprint(lambda x: lax.slice(x, (0, 0), (3, 2), (2, 1)), (4, 2)) != sliced(None)
