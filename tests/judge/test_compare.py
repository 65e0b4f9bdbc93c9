"""Values are compared strictly in form and kindly in rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.compare import (
    OtherKind,
    OtherShape,
    OtherType,
    OtherValues,
    Same,
    Tolerance,
    compare,
    numbers,
    tolerance_of,
)
from grader.model.case import Argument, ArrayValue, Case, IntValue
from grader.model.observation import (
    ArrayType,
    Completed,
    MappingResult,
    Observation,
    OpaqueResult,
    OversizedResult,
    Record,
    Root,
    SequenceResult,
    Variable,
)
from tests.judge.test_properties import pinned

STRICT = Tolerance()


def array(values: object, dtype: str = "float32") -> ArrayValue:
    return ArrayValue.of(np.array(values, dtype=dtype))


def test_equal_arrays_are_the_same() -> None:
    assert compare(array([1.0, 2.0]), array([1.0, 2.0]), STRICT) == Same()


@pytest.mark.parametrize(
    "actual",
    [array([[1.0, 2.0]]), array([1.0]), array(1.0), array([]), array([1.0, 2.0, 3.0])],
)
def test_another_shape_is_never_broadcast(actual: ArrayValue) -> None:
    assert isinstance(compare(array([1.0, 2.0]), actual, STRICT), OtherShape)


@pytest.mark.parametrize(
    ("dtype", "agree"), [("float64", True), ("float16", True), ("int32", True), ("bool", False)]
)
def test_a_different_dtype_is_not_different_values(dtype: str, *, agree: bool) -> None:
    comparison = compare(array([1.0, 2.0]), array([1.0, 2.0], dtype), STRICT)
    assert isinstance(comparison, OtherType)
    assert comparison.values_agree is agree


def test_bfloat16_is_read_without_numpys_support() -> None:
    value = ArrayValue(dtype="bfloat16", shape=(2,), data=b"\x80\x3f\x00\xc0")
    assert np.array_equal(numbers(value), [1.0, -2.0])
    comparison = compare(array([1.0, -2.0]), value, STRICT)
    assert isinstance(comparison, OtherType)
    assert comparison.values_agree


@pytest.mark.parametrize(
    "actual",
    [
        OpaqueResult(type_name="NoneType", text="None"),
        SequenceResult(type_name="tuple", items=(array([1.0]),)),
        MappingResult(type_name="dict", items={"params": array([1.0])}),
    ],
)
def test_other_values_are_never_treated_as_arrays(actual: object) -> None:
    assert isinstance(compare(array([1.0]), actual, STRICT), OtherKind)  # type: ignore[arg-type]


def test_containers_are_compared_by_their_contents() -> None:
    expected = SequenceResult(type_name="tuple", items=(array([1.0]), array([2.0])))
    actual = SequenceResult(type_name="list", items=(array([1.0]), array([3.0])))
    comparison = compare(expected, actual, STRICT)
    assert isinstance(comparison, OtherValues)
    assert comparison.place == "[1]"


def test_an_oversized_array_still_has_a_shape() -> None:
    oversized = OversizedResult(dtype="float32", shape=(10**6,))
    assert isinstance(compare(array([1.0]), oversized, STRICT), OtherShape)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_infinities_and_nan_equal_only_themselves(odd: float) -> None:
    loose = Tolerance(relative=1.0, absolute=1e9)
    assert compare(array([odd]), array([odd]), loose) == Same()
    assert isinstance(compare(array([odd]), array([1.0]), loose), OtherValues)
    assert isinstance(compare(array([1.0]), array([odd]), loose), OtherValues)


def test_the_worst_element_is_reported() -> None:
    comparison = compare(array([1.0, 2.0, 3.0]), array([1.1, 2.0, 9.0]), STRICT)
    assert isinstance(comparison, OtherValues)
    assert (comparison.wrong, comparison.size, comparison.index) == (2, 3, (2,))


def test_data_that_does_not_fit_the_shape_is_only_wrong() -> None:
    short = ArrayValue(dtype="float32", shape=(3,), data=b"\0")
    assert isinstance(compare(array([1.0, 2.0, 3.0]), short, STRICT), OtherValues)


# --------------------------------------------------------------------------------------- tolerance


def layer(x: np.ndarray, kernel: np.ndarray) -> tuple[Case, Observation]:
    """Observe a dense layer without a bias."""
    case = Case(
        arguments=(
            Argument(name="seed", value=IntValue(value=0)),
            Argument(name="x_batch", value=ArrayValue.of(x)),
        ),
        sizes={},
    )
    weights = Variable(
        collection="params",
        path=("kernel",),
        type=ArrayType(dtype="float32", shape=kernel.shape),
        largest=float(np.abs(kernel).max()),
    )
    root = Root(number=0, kind="apply", forward=True, given=(weights,), made=(), keys=(), span=None)
    outcome = Completed(result=ArrayValue.of((x @ kernel).astype(np.float32)))
    return case, Observation(outcome=outcome, record=Record(roots=(root,)))


def floats(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    scaled = st.sampled_from([1e-6, 1e-2, 1.0, 1e2, 1e6])
    units = hnp.arrays(np.float32, shape, elements=st.floats(-1, 1, width=32))
    return st.builds(lambda array, scale: array * np.float32(scale), units, scaled)


@pinned
@given(floats((3, 16)), hnp.arrays(np.float32, (16, 2), elements=st.floats(-2, 2, width=32)))
def test_any_order_of_summation_is_within_the_tolerance(x: np.ndarray, kernel: np.ndarray) -> None:
    case, expected = layer(x, kernel)
    tolerance = tolerance_of(case, expected, 1.0)
    backwards = np.zeros((3, 2), dtype=np.float32)
    for index in reversed(range(16)):
        backwards += x[:, index : index + 1] * kernel[index]
    exact = (x.astype(np.float64) @ kernel.astype(np.float64)).astype(np.float32)
    assert isinstance(expected.outcome, Completed)
    for other in (backwards, exact):
        assert compare(expected.outcome.result, ArrayValue.of(other), tolerance) == Same()


def test_slightly_scaled_outputs_are_wrong() -> None:
    x = np.arange(1, 13, dtype=np.float32).reshape(3, 4) / 4
    kernel = np.array([[0.5, -0.3], [0.2, 0.7], [0.9, 0.1], [-0.4, 0.6]], dtype=np.float32)
    case, expected = layer(x, kernel)
    assert isinstance(expected.outcome, Completed)
    assert isinstance(expected.outcome.result, ArrayValue)
    scaled = expected.outcome.result.numpy() * np.float32(1.0005)
    comparison = compare(
        expected.outcome.result, ArrayValue.of(scaled), tolerance_of(case, expected, 1.0)
    )
    assert isinstance(comparison, OtherValues)


def test_a_weight_that_is_not_finite_leaves_the_tolerance_as_it_is() -> None:
    x = np.ones((1, 2), np.float32)
    case, expected = layer(x, np.array([[1, np.inf], [1, np.inf]]))
    _, finite = layer(x, np.ones((2, 2)))
    assert tolerance_of(case, expected, 1.0) == tolerance_of(case, finite, 1.0)


@pinned
@given(
    hnp.arrays(np.float32, 4, elements=st.floats(width=32)),
    hnp.arrays(np.float32, 4, elements=st.floats(width=32)),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_looser_tolerance_never_finds_more(
    one: np.ndarray, other: np.ndarray, tight: float, more: float
) -> None:
    def wrong(tolerance: float) -> int:
        allowed = Tolerance(relative=tolerance, absolute=tolerance)
        comparison = compare(ArrayValue.of(one), ArrayValue.of(other), allowed)
        return comparison.wrong if isinstance(comparison, OtherValues) else 0

    assert wrong(tight + more) <= wrong(tight)
