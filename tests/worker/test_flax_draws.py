"""What Flax draws from a key is the same from memory, and nothing else is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import flax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from flax.core import scope
from jax._src import pjit

from grader.worker.arithmetic.shortcuts import shorten_paths
from grader.worker.arithmetic.tiers import begin_case, installed, prefer_numpy
from grader.worker.flax_checks import remember_checks
from grader.worker.flax_draws import Draws

KEYS: dict[str, Callable[[int], jax.Array]] = {"raw": jax.random.PRNGKey, "typed": jax.random.key}
ROWS = jnp.ones((2, 6))

drawn: list[Any] = []
"""The shapes that `draw` was asked for."""


def draw(key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    drawn.append(shape)
    return jax.random.normal(key, shape)


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for home, name in (
        (scope, "_is_valid_rng"),
        (scope, "_fold_in_static"),
        (scope.Scope, "param"),
        (nn.Module, "_validate_setup"),
        (pjit, "_pjit_call_impl_python"),
    ):
        monkeypatch.setattr(home, name, getattr(home, name))  # puts it back
    prefer_numpy()
    shorten_paths()
    drawn.clear()
    begin_case()
    yield


def remember() -> None:
    draws = Draws()
    draws.remember_keys()
    remember_checks(draws)


MODELS: dict[str, Callable[[], nn.Module]] = {
    "a layer": lambda: nn.Dense(3),
    "layers": lambda: nn.Sequential([nn.Dense(4), nn.tanh, nn.Dense(3, use_bias=False)]),
    "other initialisers": lambda: nn.Dense(
        3, kernel_init=nn.initializers.glorot_uniform(), bias_init=nn.initializers.normal(0.5)
    ),
    "norms": lambda: nn.Sequential([nn.LayerNorm(), nn.GroupNorm(num_groups=2), nn.RMSNorm()]),
    "a half": lambda: nn.Dense(3, param_dtype=jnp.float16),
    "a mapped layer, one set of weights": lambda: nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )(3),
    "a mapped layer, weights for each": lambda: nn.vmap(
        nn.Dense, variable_axes={"params": 0}, split_rngs={"params": True}
    )(3),
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", MODELS)
def test_first_values_are_the_same_from_memory(name: str, kind: str) -> None:
    def made(seed: int) -> Any:
        begin_case()
        return MODELS[name]().init(KEYS[kind](seed), ROWS)

    before = [made(seed) for seed in (0, 1)]
    remember()
    for _ in range(3):
        for seed, expected in enumerate(before):
            found = made(seed)
            assert jax.tree.structure(found) == jax.tree.structure(expected)
            for left, right in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
                assert left.aval == right.aval
                assert left.sharding == right.sharding
                assert not left.committed
                np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("kind", KEYS)
def test_keys_are_the_same_from_memory(kind: str) -> None:
    class Stream(nn.Module):
        @nn.compact
        def __call__(self) -> list[jax.Array]:
            return [self.make_rng("noise"), self.make_rng("noise")]

    def made() -> list[jax.Array]:
        return Stream().apply({}, rngs={"noise": KEYS[kind](3)})

    before = made()
    remember()
    for found in (made(), made()):
        for left, right in zip(found, before, strict=True):
            assert left.dtype == right.dtype
            assert (left == right).all()


@pytest.mark.parametrize("kind", KEYS)
def test_the_same_key_and_shape_are_drawn_once(kind: str) -> None:
    remembering = Draws().of(draw)
    one, other = KEYS[kind](1), KEYS[kind](2)
    values = [remembering(key, (3,)) for key in (one, other, one, other)]
    assert len(drawn) == 2
    np.testing.assert_array_equal(values[0], values[2])
    assert (values[0] != values[1]).any()
    remembering(one, (4,))
    assert len(drawn) == 3


def test_it_takes_as_many_operations_of_a_case() -> None:
    tiers = installed()
    assert tiers is not None
    remembering, key = Draws().of(draw), jax.random.PRNGKey(1)
    left = []
    for _ in range(3):
        begin_case()
        remembering(key, (3,))
        left.append(tiers.left)
    assert len({*left}) == 1
    tiers.left = 1
    remembering(key, (3,))
    assert len(drawn) == 2, "drawn again: it would have been compiled by now"


def test_each_has_its_own_memory() -> None:
    remembering, key = Draws().of(draw), jax.random.PRNGKey(1)
    first, second = remembering(key, (3,)), remembering(key, (3,))
    kept = np.array(second)
    first.delete()
    np.testing.assert_array_equal(second, kept)
    np.testing.assert_array_equal(remembering(key, (3,)), kept)


def test_settings_count() -> None:
    remembering, key = Draws().of(draw), jax.random.PRNGKey(1)
    plain = remembering(key, (5,))
    with jax.threefry_partitionable(False):
        assert (remembering(key, (5,)) != plain).any()
    with jax.enable_x64(True):
        assert remembering(key, (5,)).dtype == np.float64
    assert len(drawn) == 3


def test_a_setting_of_flax_counts() -> None:
    remember()
    one = nn.Dense(3).init(jax.random.PRNGKey(0), ROWS)
    name = "flax_fix_rng_separator"
    before = getattr(flax.config, name)
    try:
        flax.config.update(name, not before)
        other = nn.Dense(3).init(jax.random.PRNGKey(0), ROWS)
    finally:
        flax.config.update(name, before)
    assert (one["params"]["kernel"] != other["params"]["kernel"]).any()


def test_what_an_initialiser_became_counts() -> None:
    remember()
    initializer = nn.initializers.normal(1.0)

    def drawn_now() -> jax.Array:
        return nn.Dense(3, kernel_init=initializer).init(KEY, ROWS)["params"]["kernel"]

    first = drawn_now()
    names = initializer.__code__.co_freevars
    initializer.__closure__[names.index("stddev")].cell_contents = 2.0
    np.testing.assert_array_equal(drawn_now(), 2 * first)
    initializer.__code__ = nn.initializers.uniform(1.0).__code__.replace(co_freevars=names)
    assert (drawn_now() != 2 * first).any()


def test_another_way_to_fold_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    remember()
    right = nn.Dense(3).init(jax.random.PRNGKey(0), ROWS)
    monkeypatch.setattr(jax.random, "fold_in", lambda key, _: key)
    wrong = nn.Dense(3).init(jax.random.PRNGKey(0), ROWS)
    assert (right["params"]["kernel"] != wrong["params"]["kernel"]).any()


def holding(value: Any) -> Callable[..., jax.Array]:
    return lambda key, shape: draw(key, shape) + value


HOLDING = holding(np.ones(3))
KEY = jax.random.PRNGKey(1)
NOT_REMEMBERED: dict[str, Callable[[Draws], Any]] = {
    "a traced key": lambda draws: jax.jit(lambda key: draws.of(draw)(key, (3,)))(KEY),
    "a key of each example": lambda draws: jax.vmap(lambda key: draws.of(draw)(key, (3,)))(
        jnp.stack([KEY, KEY])
    ),
    "a large array": lambda draws: draws.of(draw)(KEY, (100, 50)),
    "what holds an array": lambda draws: draws.of(HOLDING)(KEY, (3,)),
}


@pytest.mark.parametrize("name", NOT_REMEMBERED)
def test_all_else_is_drawn_each_time(name: str) -> None:
    draws = Draws()
    for number in (1, 2):
        begin_case()
        NOT_REMEMBERED[name](draws)
        assert len(drawn) == number


def test_a_key_that_was_put_somewhere_gives_what_is_there() -> None:
    remembering = Draws().of(draw)
    remembering(KEY, (3,))
    assert remembering(jax.device_put(KEY, jax.devices()[0]), (3,)).committed


def test_what_is_wrong_is_up_to_flax() -> None:
    remember()
    scope._fold_in_static(KEY, (1,))
    for wrong in (1.0, []):
        with pytest.raises(ValueError, match="int or string"):
            scope._fold_in_static(KEY, (wrong,))
