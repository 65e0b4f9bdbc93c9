"""Flax's checks give the same answers from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from flax.core import scope
from flax.errors import NameInUseError, ScopeParamShapeError

from grader.worker.flax_checks import remember_checks
from grader.worker.flax_draws import Draws

CHECK: Callable[[Any], bool] = scope._is_valid_rng
KEYS = {
    "raw": lambda: jax.random.PRNGKey(0),
    "typed": lambda: jax.random.key(0),
    "typed rbg": lambda: jax.random.key(0, impl="rbg"),
    "raw rbg": lambda: jax.random.PRNGKey(0, impl="rbg"),
    "several": lambda: jax.random.split(jax.random.key(0)),
    "several raw": lambda: jax.random.split(jax.random.PRNGKey(0)),
    "floats": lambda: jnp.ones(2),
    "NumPy's": lambda: np.zeros(2, np.uint32),
    "NumPy's floats": lambda: np.zeros(2, np.float32),
    "number": lambda: 7,
    "lazy": lambda: scope.LazyRng.create(jax.random.key(0), "layer"),
    "nothing": lambda: None,
}


PARAM = scope.Scope.param
VALIDATE = nn.Module._validate_setup


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for home, name, original in (
        (scope, "_is_valid_rng", CHECK),
        (scope.Scope, "param", PARAM),
        (nn.Module, "_validate_setup", VALIDATE),
    ):
        monkeypatch.setattr(home, name, original)  # puts it back
    remember_checks(Draws())
    yield


@pytest.fixture
def check() -> Callable[[Any], bool]:
    return scope._is_valid_rng


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Flax has traced for its shape."""
    found: list[object] = []
    original = jax.eval_shape

    def counted(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found.append(function)
        return original(function, *args, **kwargs)

    monkeypatch.setattr(jax, "eval_shape", counted)
    return found


@pytest.mark.parametrize("kind", KEYS)
def test_each_kind_of_key(check: Callable[[Any], bool], kind: str) -> None:
    key = KEYS[kind]()
    assert check is not CHECK
    assert [check(key), check(key)] == [CHECK(key)] * 2


def test_the_configured_kind_of_key_counts(check: Callable[[Any], bool]) -> None:
    two, four = jnp.zeros(2, jnp.uint32), jnp.zeros(4, jnp.uint32)
    assert [check(two), check(four)] == [True, False]
    with jax.default_prng_impl("rbg"):
        assert [check(two), check(four)] == [False, True]


def test_stand_ins_of_a_trace(check: Callable[[Any], bool]) -> None:
    found = []
    for shape in ((2,), (3,)):
        jax.eval_shape(
            lambda key: found.append((check(key), CHECK(key))),
            jax.ShapeDtypeStruct(shape, jnp.uint32),
        )
    assert found == [(True, True), (False, False)]


def _params(in_dim: int, features: int) -> Any:
    return nn.Dense(features).init(jax.random.key(0), jnp.ones((2, in_dim)))


def test_a_shape_is_worked_out_once(asked: list[object]) -> None:
    params = _params(3, 2)
    nn.Dense(2).apply(params, jnp.ones((2, 3)))
    first = len(asked)
    nn.Dense(2).apply(params, jnp.ones((2, 3)))
    assert (first, len(asked)) == (2, 2)


@pytest.mark.parametrize("tried", [(3, 2), (5, 2), (3, 7)])
def test_a_wrong_shape_is_told(tried: tuple[int, int]) -> None:
    for sizes in ((3, 2), (5, 2), (3, 7)):
        nn.Dense(sizes[1]).apply(_params(*sizes), jnp.ones((2, sizes[0])))
    params = _params(4, 6)
    with pytest.raises(ScopeParamShapeError):
        nn.Dense(tried[1]).apply(params, jnp.ones((2, tried[0])))


def test_an_own_initialiser_is_always_asked() -> None:
    def ones(_: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        called.append(shape)
        return jnp.ones(shape, dtype)

    called: list[tuple[int, ...]] = []
    model = nn.Dense(2, kernel_init=ones)
    params = model.init(jax.random.key(0), jnp.ones((2, 3)))
    for _ in range(3):
        model.apply(params, jnp.ones((2, 3)))
    assert called == [(3, 2)] * 4


def test_boxed_parameters_stay_boxed() -> None:
    boxed = nn.with_partitioning(nn.initializers.ones, ("a", None))

    class Layer(nn.Module):
        @nn.compact
        def __call__(self, x: Any) -> Any:
            return self.param("scale", boxed, (3,), unbox=False), x

    variables = Layer().init(jax.random.key(0), jnp.ones(3))
    for _ in range(2):
        value, _ = Layer().apply(variables, jnp.ones(3))
        assert isinstance(value, nn.Partitioned)


def test_a_name_is_taken_once() -> None:
    class Layer(nn.Module):
        twice: bool

        @nn.compact
        def __call__(self, x: Any) -> Any:
            for _ in range(1 + self.twice):
                x = x + self.param("bias", nn.initializers.zeros, (3,))
            return x

    variables = Layer(twice=False).init(jax.random.key(0), jnp.ones(3))
    Layer(twice=False).apply(variables, jnp.ones(3))
    with pytest.raises(NameInUseError):
        Layer(twice=True).apply(variables, jnp.ones(3))


class _Plain(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        return x


class _SetUp(_Plain):
    def setup(self) -> None:
        self.inner = nn.Dense(2)


class _AfterInit(_Plain):
    def __post_init__(self) -> None:
        super().__post_init__()


class _Holding(_Plain):
    inner: Any


@pytest.mark.parametrize(
    ("make", "checked"),
    [
        (lambda: nn.Dense(2), False),
        (lambda: nn.vmap(nn.Dense, variable_axes={}, split_rngs={})(2), False),
        (_Plain, False),
        (_SetUp, True),
        (_AfterInit, True),
        (lambda: _Holding(nn.Dense(2)), True),
        (lambda: _Holding((nn.Dense(2),)), True),
        (lambda: _Holding({"a": nn.Dense(2)}), True),
        (lambda: _Holding(3), False),
    ],
)
def test_which_setups_are_tried(
    make: Callable[[], nn.Module], checked: bool, asked: list[object]
) -> None:
    make()._validate_setup()
    assert bool(asked) == checked


def test_a_broken_setup_is_told_before_the_transform() -> None:
    class Broken(nn.Module):
        def setup(self) -> None:
            raise ZeroDivisionError

        def __call__(self, x: Any) -> Any:
            return x

    with pytest.raises(ZeroDivisionError):
        nn.vmap(Broken, variable_axes={}, split_rngs={})().init(jax.random.key(0), jnp.ones(3))
