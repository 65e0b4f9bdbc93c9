"""Proofs for sizes that depend on each other hold for all sizes that the declaration allows."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import pytest

from grader.model.exercise import Array, Dimension, Exercise, Size
from grader.model.trace import Fingerprint, Scope, Trace
from grader.proof.equivalence import _sentence
from grader.worker.trace import Rung, fingerprint, scopes


def exercise(*dimensions: Dimension) -> Exercise:
    return Exercise(
        slug="related",
        title="",
        topic="",
        level=1,
        function="related",
        parameters=(
            Array(name="x", shape=("batch", dimensions[-1].name)),
            Size(name=dimensions[0].name),
        ),
        dimensions=(Dimension(name="batch", noun="the batch", largest=8), *dimensions),
        output=(),
        checks=(),
        takeaway="",
    )


HEADS = exercise(
    Dimension(name="heads", noun="the heads", largest=4),
    Dimension(name="width", noun="the width", largest=12, multiple_of="heads"),
)
TOP = exercise(
    Dimension(name="k", noun="k", largest=8, at_most="length"),
    Dimension(name="length", noun="the length", largest=8),
)
NEXT = exercise(
    Dimension(name="steps", noun="the steps", largest=8),
    Dimension(name="length", noun="the length", largest=9, equal_to="steps", plus=1),
)


def traced(function: Any, exercise: Exercise) -> Trace:
    return fingerprint(function, exercise, next(scopes(exercise, [], Rung.EVERY_SIZE)))


def split(x: Any, heads: Any) -> Any:
    batch, width = x.shape
    return x.reshape(batch, heads, width // heads).sum(axis=2)


def split_by_hand(x: Any, heads: Any) -> Any:
    return jnp.sum(jnp.reshape(x, (x.shape[0], heads, x.shape[1] // heads)), -1)


def split_the_other_way(x: Any, heads: Any) -> Any:
    batch, width = x.shape
    return x.reshape(batch, width // heads, heads).sum(axis=1)


def two_of_each(x: Any, heads: Any) -> Any:
    return x.reshape(x.shape[0], heads, 2).sum(axis=2)


def test_a_multiple_can_be_divided_in_a_proof() -> None:
    wanted = traced(split, HEADS)
    assert isinstance(wanted, Fingerprint), wanted
    assert wanted.scope.symbolic == ("batch", "heads", "width")
    same, other = traced(split_by_hand, HEADS), traced(split_the_other_way, HEADS)
    assert isinstance(same, Fingerprint)
    assert isinstance(other, Fingerprint)
    assert same.digest == wanted.digest != other.digest


def test_what_holds_for_one_multiple_alone_is_not_proved() -> None:
    wanted, found = traced(split, HEADS), traced(two_of_each, HEADS)
    assert isinstance(wanted, Fingerprint)
    assert not isinstance(found, Fingerprint) or found.digest != wanted.digest


def test_a_part_of_an_axis_can_be_taken_in_a_proof() -> None:
    def first(x: Any, k: Any) -> Any:
        return x[:, :k]

    def padded(x: Any, k: Any) -> Any:
        return jnp.pad(x, ((0, 0), (0, x.shape[1] - k)))[:, k:]

    assert isinstance(traced(first, TOP), Fingerprint)
    assert isinstance(traced(padded, TOP), Fingerprint)


def test_an_equal_size_is_known_in_a_proof() -> None:
    def differences(x: Any, steps: Any) -> Any:
        return jnp.diff(x, axis=1) + jnp.zeros(steps)

    assert isinstance(traced(differences, NEXT), Fingerprint)


def test_a_size_is_open_only_with_what_it_depends_on() -> None:
    weights = exercise(
        Dimension(name="heads", noun="the heads", largest=4),
        Dimension(name="width", noun="the width", largest=12, multiple_of="heads", weights=True),
    )
    sizes = [{"batch": 3, "heads": 2, "width": 6}]
    (scope,) = scopes(weights, sizes, Rung.EVERY_OTHER_SIZE)
    assert (scope.symbolic, scope.sizes) == (("batch",), {"heads": 2, "width": 6})


@pytest.mark.parametrize(
    ("related", "told"),
    [
        (HEADS, "the batch, the heads and the width (a multiple of the heads, twice as many or"),
        (TOP, "the batch, k (at most the length) and the length"),
        (NEXT, "the batch, the steps and the length (the steps + 1)"),
    ],
)
def test_a_proof_says_which_sizes_it_holds_for(related: Exercise, told: str) -> None:
    names = tuple(each.name for each in related.dimensions)
    assert f"every size above 1 of {told}" in _sentence(related, [Scope(symbolic=names, sizes={})])
