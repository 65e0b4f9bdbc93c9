"""The order of numbers is recognised by the numbers, or by a hash of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.compare import Tolerance
from grader.evidence.order import Order, order_of, rearranged
from grader.model.case import ArrayValue
from grader.model.observation import digest

MATRIX = np.arange(6, dtype=np.float64).reshape(3, 2) ** 2
KNOWN: list[tuple[Callable[[np.ndarray], np.ndarray], Order]] = [
    (lambda m: m.T, Order(axes=(1, 0), reversed=())),
    (lambda m: m.reshape(-1, order="F"), Order(axes=(1, 0), reversed=())),
    (lambda m: m[::-1], Order(axes=(0, 1), reversed=(0,))),
    (lambda m: m[:, ::-1], Order(axes=(0, 1), reversed=(1,))),
    (lambda m: m[::-1, ::-1], Order(axes=(0, 1), reversed=(0, 1))),
    (lambda m: np.roll(m.reshape(-1), 1), Order()),
    (np.sort, Order(axes=(0, 1), reversed=())),
]


@pytest.mark.parametrize(("rearrange", "order"), KNOWN[:-1])
def test_known_orders(rearrange: Callable[[np.ndarray], np.ndarray], order: Order) -> None:
    found = rearrange(MATRIX).reshape(-1)
    assert order_of(MATRIX.reshape(-1), found, (3, 2), Tolerance()) == order


def test_other_numbers_have_no_order() -> None:
    assert order_of(MATRIX.reshape(-1), MATRIX.reshape(-1) + 1, (3, 2), Tolerance()) is None


def test_few_numbers_may_agree_by_accident() -> None:
    wanted, found = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    assert order_of(wanted, found, (3,), Tolerance()) is None


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_the_hash_alone_reveals_swapped_axes(axes: tuple[int, ...]) -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    flat = ArrayValue.of(array.transpose(axes).reshape(-1).copy())
    order = rearranged(flat, array.shape, digest(array.tobytes()))
    assert order is not None
    assert order.axes == axes
    assert order.plain == (axes == (0, 1, 2))


def test_other_numbers_have_another_hash() -> None:
    array = np.arange(6, dtype=np.float32)
    assert rearranged(ArrayValue.of(array + 1), (3, 2), digest(array.tobytes())) is None
    assert rearranged(ArrayValue.of(array[:4]), (3, 2), digest(array.tobytes())) is None


def test_arrays_of_many_axes_are_not_searched_for_an_order() -> None:
    shape = (1, 1, 1, 3, 2)
    backwards = MATRIX.reshape(-1)[::-1]
    assert order_of(MATRIX.reshape(-1), backwards, shape, Tolerance()) == Order()
    assert order_of(MATRIX.reshape(-1), backwards, shape[1:], Tolerance()) != Order()


def test_an_array_without_numbers_has_no_order() -> None:
    assert rearranged(ArrayValue.of(MATRIX[:0]), (0, 2), digest(b"")) is None
