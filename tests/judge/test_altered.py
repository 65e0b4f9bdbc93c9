"""Which files may choose their answer by a comparison."""

from __future__ import annotations

import pytest

from grader.evidence.altered import compares
from grader.model.source import Source


@pytest.mark.parametrize(
    "text",
    [
        "if not jnp.allclose(y, by_hand):\n    y = by_hand",
        "try:\n    assert_allclose(y, by_hand)\nexcept AssertionError:\n    y = by_hand",
        "y = y if jnp.array_equal(y, by_hand) else by_hand",
        "y = jnp.where(jnp.isclose(y, by_hand), y, by_hand)",
        "same = np.array_equal(y, by_hand)",
    ],
)
def test_a_file_that_compares_arrays_may_fall_back_to_others(text: str) -> None:
    assert compares(Source("f.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "y = by_hand + 0 * y",
        "y = jnp.stack([y, by_hand])[1]",
        "y = (",
        "np.testing.assert_allclose(y, by_hand)",
        "assert jnp.allclose(y, by_hand)",
        "print(jnp.allclose(y, by_hand))",
    ],
)
def test_a_file_that_chooses_nothing_by_a_comparison_does_not(text: str) -> None:
    assert not compares(Source("f.py", text))
