"""jax lowers everything in one context, but for other threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import pytest
from jax._src.interpreters import mlir

from grader.worker.lowering import share_context


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlir, "make_ir_context", mlir.make_ir_context)  # puts it back
    share_context()


def test_programs_are_lowered_in_one_context() -> None:
    one, other = (jax.jit(each).lower(jnp.ones(3)) for each in (jnp.sin, jnp.cos))
    assert one.compiler_ir().context is other.compiler_ir().context


def test_a_program_can_be_lowered_while_another_is() -> None:
    @jax.jit
    def outer(x: jax.Array) -> jax.Array:
        with jax.ensure_compile_time_eval():
            return x * jax.jit(lambda y: jnp.cumsum(y)[-1])(jnp.arange(7.0))

    assert outer(jnp.float32(2)) == 42


def test_other_threads_lower_in_their_own_contexts() -> None:
    with ThreadPoolExecutor(4) as pool:
        contexts = list(pool.map(lambda _: mlir.make_ir_context(), range(4)))
    assert mlir.make_ir_context() not in contexts
