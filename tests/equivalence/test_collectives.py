"""Programs that reduce over a mapped axis: compared for every size of it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from equivalence_programs import look, program
from jax import lax

from grader.worker.collectives import counting


def mapped(step: str, axis: str = "'i'") -> str:
    """Return a program that does a step on each example `y`, with the others under a name."""
    return program(end=f"outputs = jax.vmap(lambda y: {step}, axis_name={axis})(outputs)")


STEPS = (
    "y - jax.lax.pmean(y, 'i')",
    "y - jax.lax.pmean({'a': 2 * y}, 'i')['a']",
    "y / jax.lax.psum(1, 'i')",
    "y * jax.lax.axis_size('i')",
    "y - jax.lax.psum(y, axis_name='i')",
    "y - jax.lax.pmax(y, 'i')",
    "y - jax.lax.pmin(y, ('i',))",
    "y - jax.lax.pmean(jnp.stack([y, y**2]), 'i').sum(0)",
)


@pytest.mark.parametrize("step", STEPS)
def test_the_same_reduction_is_proved(step: str) -> None:
    assert look(mapped(step), mapped(step)).proved


@pytest.mark.parametrize("step", STEPS)
def test_another_reduction_is_not(step: str) -> None:
    others = [mapped(each) for each in STEPS if each != step]
    assert not any(look(each, mapped(step)).same for each in others)


@pytest.mark.parametrize(
    "step",
    [
        "y if jax.lax.axis_size('i') > 3 else 2 * y",
        "y * int(jax.lax.psum(1, 'i'))",
        "y + jnp.zeros(jax.lax.axis_size('i')).sum()",
        "y * len(str(jax.lax.psum(1, 'i')))",
        "y * {3: 1.0}.get(jax.lax.psum(1, 'i'), 2.0)",
        "y if not isinstance(jax.lax.axis_size('i'), int) else y / 2",
        "y if hasattr(jax.lax.psum(1, 'i'), 'dtype') else y / 2",
    ],
)
def test_a_decision_by_the_size_of_the_axis_is_not_proved(step: str) -> None:
    assert not look(mapped(step), mapped(step)).proved


def test_an_axis_is_counted_as_jax_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def results() -> list[jax.Array]:
        def step(y: jax.Array) -> object:
            size = lax.axis_size("i") * y
            return size, lax.psum((y, 1, 2.5), "i"), lax.pmean({"a": y, "b": 3}, "i")

        return jax.tree.leaves(jax.vmap(step, axis_name="i")(jnp.arange(12.0).reshape(4, 3)))

    def refuse(*_: object) -> object:
        raise jax.errors.InconclusiveDimensionOperation("symbolic")

    psum, expected = lax.psum, results()
    arrays = lambda leaf, name: psum(leaf, name) if isinstance(leaf, jax.Array) else refuse()  # noqa: E731
    for name, each in {"psum": arrays, "pmean": refuse, "axis_size": refuse}.items():
        monkeypatch.setattr(lax, name, each)
    for name, each in counting().items():
        monkeypatch.setattr(lax, name, each)
    for mine, theirs in zip(results(), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert jnp.result_type(mine) == jnp.result_type(theirs)
