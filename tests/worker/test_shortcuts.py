"""Operations that run here at once give what jax gives, and the rest goes jax's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax._src import pjit
from jax.extend.core import primitives

from grader.worker.arithmetic import tiers
from grader.worker.arithmetic.shortcuts import _Jitted, _Operation, shorten_paths
from grader.worker.arithmetic.tiers import begin_case, compile_all, prefer_numpy

ROW = jnp.arange(6, dtype=np.float32)
ROWS = jnp.arange(12, dtype=np.float32).reshape(3, 4)
OLD_KEY = jax.random.PRNGKey(5)
KEY = jax.random.key(5)


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = pjit._pjit_call_impl_python  # type: ignore[attr-defined]
    prefer_numpy()
    shorten_paths()
    begin_case()
    yield
    pjit._pjit_call_impl_python = before  # type: ignore[attr-defined]


@pytest.fixture
def detours(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the operations that go jax's way from now on."""
    names: list[str] = []

    def note(name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **parameters: Any) -> Any:
            names.append(name)
            return usual(*args, **parameters)

        return noted

    for each in {id(it): it for it in (*vars(primitives).values(), pjit.jit_p)}.values():
        impl = getattr(each, "impl", None)
        if isinstance(impl, _Jitted | _Operation):
            monkeypatch.setattr(impl, "_usual", note(each.name, impl._usual))
    return names


def test_it_is_installed_once() -> None:
    before = lax.add_p.impl, primitives.random_bits_p.impl, pjit.jit_p.impl
    shorten_paths()
    assert (lax.add_p.impl, primitives.random_bits_p.impl, pjit.jit_p.impl) == before
    assert isinstance(lax.add_p.impl, _Operation)


HERE: dict[str, Callable[[], Any]] = {
    "an operation": lambda: lax.add(ROW, ROW),
    "a part": lambda: lax.slice(ROW, (1,), (4,)),
    "a number of Python": lambda: lax.neg_p.bind(2.5),
    "a whole number of Python": lambda: lax.neg_p.bind(2**31 - 1),
    "a weak type": lambda: lax.mul(jnp.asarray(2.0), jnp.asarray(3.0)),
    "a type": lambda: lax.convert_element_type(ROW, np.int32),
    "no arguments": lambda: lax.iota(np.int32, 5),
    "an operation for each row": lambda: jax.vmap(lax.add)(ROWS, ROWS),
    "a jitted function for each row": lambda: jax.vmap(lambda row: jnp.where(row > 2, row, 0))(
        ROWS
    ),
    "a sum over the rows": lambda: jax.vmap(lambda row: lax.psum(row, "rows"), axis_name="rows")(
        ROWS
    ),
    "a scan": lambda: lax.scan(lambda total, row: (total + row, total), jnp.zeros(4), ROWS),
    "a loop": lambda: lax.fori_loop(0, 3, lambda _, total: total * 2, ROW),
    "a choice": lambda: lax.cond(ROW[0] > 1, lambda row: row + 1, lambda row: row - 1, ROW),
    "a gradient": lambda: jax.grad(lambda row: (jnp.sin(row) * row).sum())(ROW),
    "a key of a seed": lambda: jax.random.key(2**31 - 1),
    "a key of each seed": lambda: jax.vmap(jax.random.key)(jnp.arange(3)),
    "a key of a negative seed": lambda: jax.random.PRNGKey(-3),
    "a key and a number": lambda: jax.random.fold_in(KEY, 2**32 - 1),
    "an old key and a number": lambda: jax.random.fold_in(OLD_KEY, 7),
    "a key and numbers": lambda: jax.vmap(jax.random.fold_in, (None, 0))(KEY, jnp.arange(9)),
    "two keys": lambda: jax.random.split(KEY),
    "no keys": lambda: jax.random.split(KEY, (0, 2)),
    "many keys": lambda: jax.random.split(OLD_KEY, 20),
    "keys of keys": lambda: jax.vmap(jax.random.split)(jax.random.split(KEY, 3)),
    "a few bits": lambda: jax.random.bits(KEY, (2, 3)),
    "a single number": lambda: jax.random.bits(KEY),
    "short bits": lambda: jax.random.bits(KEY, (2, 2), np.uint8),
    "many bits": lambda: jax.random.bits(OLD_KEY, (9, 5)),
}


def numbers(array: jax.Array) -> jax.Array:
    """Return an array that NumPy can compare."""
    is_key = jnp.issubdtype(array.dtype, jax.dtypes.prng_key)
    return jax.random.key_data(array) if is_key else array


def check_same(ours: Any, theirs: Any) -> None:
    assert jax.tree.structure(ours) == jax.tree.structure(theirs)
    for left, right in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        assert type(left) is type(right)
        assert left.aval == right.aval
        assert left.sharding == right.sharding
        assert numbers(left).committed == numbers(right).committed
        np.testing.assert_allclose(numbers(left), numbers(right), rtol=1e-6)


@pytest.mark.parametrize("name", HERE)
def test_results_are_those_of_jax(
    name: str, detours: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = HERE[name]()
    assert not detours
    monkeypatch.setattr(tiers, "_is_usual", lambda: False)
    check_same(ours, HERE[name]())
    assert detours


NOT_HERE: dict[str, tuple[str, Callable[[], Any]]] = {
    "a large array": ("broadcast_in_dim", lambda: lax.broadcast(ROW, (300, 300))),
    "an array that was put somewhere": (
        "add",
        lambda: lax.add(jax.device_put(ROW, jax.devices()[0]), ROW),
    ),
    "another kind of key": ("random_bits", lambda: jax.random.bits(jax.random.key(0, impl="rbg"))),
    "a complex number": ("add", lambda: lax.add(jnp.asarray(1j), jnp.asarray(1j))),
}


@pytest.mark.parametrize("name", NOT_HERE)
def test_the_rest_goes_the_way_of_jax(name: str, detours: list[str]) -> None:
    operation, run = NOT_HERE[name]
    run()
    assert operation in detours


def test_errors_are_those_of_jax() -> None:
    gone = jnp.asarray([1.0, 2.0])
    gone.delete()
    with pytest.raises(RuntimeError, match="deleted"):
        lax.neg(gone)
    with pytest.raises(OverflowError):
        lax.neg_p.bind(2**40)
    jax.random.split(KEY, 3)
    with pytest.raises(TypeError):
        jax.random.split(KEY, 3.0)
    jax.random.bits(KEY, (3,))
    with pytest.raises(TypeError):
        jax.random.bits(KEY, (3.0,))
    lax.slice(ROW, (1,), (3,))
    with pytest.raises(TypeError):
        lax.slice(ROW, (1.0,), (3,))
    with jax.debug_nans(True), pytest.raises(FloatingPointError):
        lax.log(-ROW - 1)


def test_results_have_their_own_memory() -> None:
    given = np.ones(3, np.float32)
    result = lax.reshape(jnp.asarray(given), (3, 1))
    assert not np.shares_memory(np.asarray(lax.squeeze(result, (1,))), np.asarray(result))


def test_other_random_bits_are_heeded() -> None:
    draw = lambda: jax.random.bits(OLD_KEY, (7,))  # noqa: E731
    here = np.asarray(draw())
    with jax.threefry_partitionable(False):
        other = np.asarray(draw())
        compiled = jax.jit(draw).lower().compile()()
    assert (here != other).any()
    np.testing.assert_array_equal(other, compiled)
    np.testing.assert_array_equal(draw(), here)


def test_wide_numbers_stay_wide() -> None:
    lax.convert_element_type(ROW, np.int32)
    with jax.enable_x64(True):
        wide = lax.add(jnp.asarray(2**40), jnp.asarray(1))
        assert wide.dtype == np.int64
        assert int(wide) == 2**40 + 1


def test_nothing_runs_here_once_all_is_compiled(detours: list[str]) -> None:
    lax.neg(ROW)
    assert not detours
    compile_all()
    lax.neg(ROW)
    assert detours == ["neg"]
