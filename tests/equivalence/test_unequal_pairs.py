"""Pairs of programs that differ on some input, none of which may be proved the same.

Each is held up by one layer, and would be by that one alone: `digest` (the fingerprints differ),
`trace` (there is no fingerprint), or `detail` (equal fingerprints, with a doubt that the trace
itself shows). What a fingerprint can't show is in `test_hidden_differences`.
"""

from __future__ import annotations

import pytest
from equivalence_programs import RIGHT, Looked, look, program

# ------------------------------------------------------------------------------- other fingerprints

CONSTANT = "W = jnp.array([1.0, 2.0, 3.0], jnp.float32)"


def by_constant(top: str) -> str:
    return program(top=top, result="(outputs.reshape(-1)[:, None] * W).reshape(-1)")


def branching(first: str, second: str) -> str:
    return program(
        end="outputs = jax.lax.cond(\n"
        f"    jnp.sum(x_batch) > 0, lambda y: {first}, lambda y: {second}, outputs\n)"
    )


def scanning(step: str, more: str = "") -> str:
    return program(
        end="total, outputs = jax.lax.scan(\n"
        f"    lambda c, y: ({step}), jnp.zeros(features), outputs{more}\n)"
    )


def looping(body: str, test: str = "jnp.sum(y) < 9.0") -> str:
    return program(end=f"outputs = jax.lax.while_loop(lambda y: {test}, lambda y: {body}, outputs)")


CUSTOM = """
@jax.custom_jvp
def activation(x):
    return {forward}

activation.defjvp(lambda primals, tangents: (activation(primals[0]), tangents[0]))
"""


def custom(forward: str) -> str:
    return program(top=CUSTOM.format(forward=forward), result="activation(outputs).reshape(-1)")


DIFFERENT = {
    "the seed is ignored": program(key="jax.random.PRNGKey(0)"),
    "the next seed": program(key="jax.random.PRNGKey(seed + 1)"),
    "a derived key": program(key="jax.random.fold_in(jax.random.PRNGKey(seed), 0)"),
    "a split key": program(key="jax.random.split(jax.random.PRNGKey(seed))[0]"),
    "another kind of random bits": program(key='jax.random.key(seed, impl="rbg")'),
    "a key made at import": program(top="KEY = jax.random.PRNGKey(3)", key="KEY"),
    "transposed": program(result="outputs.T.reshape(-1)"),
    "reversed": program(result="outputs[::-1].reshape(-1)"),
    "columns first": program(result="outputs.reshape(-1, order='F')"),
    "not flattened": program(result="outputs"),
    "a tuple": program(result="(outputs.reshape(-1),)"),
    "a pair": program(result="(outputs.reshape(-1), None)"),
    "a dict": program(result="{'y': outputs.reshape(-1)}"),
    "another dtype": program(result="outputs.astype(jnp.float16).reshape(-1)"),
    "rounded on the way": program(
        result="outputs.astype(jnp.float16).astype(jnp.float32).reshape(-1)"
    ),
    "zero added": program(result="(outputs + 0.0).reshape(-1)"),
    "precision": program(
        end="kernel = variables['params']['kernel']\n"
        "outputs = jnp.dot(x_batch, kernel, precision='highest') + variables['params']['bias']"
    ),
    "an activation": program(result="nn.relu(outputs).reshape(-1)"),
    "other arguments are equal sizes": RIGHT.replace("BatchDense(features)", "BatchDense(4)"),
    "the features for the width": RIGHT.replace(
        "BatchDense(features)", "BatchDense(x_batch.shape[1])"
    ),
}

PAIRS = {
    "a constant": (by_constant(CONSTANT), by_constant(CONSTANT.replace("3.0", "4.0"))),
    "a constant's dtype": (
        by_constant(CONSTANT),
        by_constant(CONSTANT.replace("float32", "float16")),
    ),
    "a constant's shape": (by_constant(CONSTANT), by_constant("W = jnp.ones((1, 3))")),
    "a typed key for a key": (
        program(top="KEY = jax.random.key(1)", key="KEY"),
        program(top="KEY = jax.random.key(2)", key="KEY"),
    ),
    "the order of operands": (
        program(result="(outputs - x_batch.sum()).reshape(-1)"),
        program(result="(x_batch.sum() - outputs).reshape(-1)"),
    ),
    "commuted operands": (
        program(result="jnp.maximum(outputs, outputs * 2).reshape(-1)"),
        program(result="jnp.maximum(outputs * 2, outputs).reshape(-1)"),
    ),
    "branches": (branching("y * 2", "y"), branching("y", "y * 2")),
    "what a branch does": (branching("y * 2", "y"), branching("y * 3", "y")),
    "a scan's step": (scanning("c + y, c * y"), scanning("c + y, c + y")),
    "a scan's carry": (scanning("c + y, c * y"), scanning("c - y, c * y")),
    "a scan's direction": (scanning("c + y, c * y"), scanning("c + y, c * y", ", reverse=True")),
    "a loop's body": (looping("y + 1.0"), looping("y + 2.0")),
    "a loop's test": (looping("y + 1.0"), looping("y + 1.0", "jnp.sum(y) < 8.0")),
    "a custom derivative's function": (custom("jnp.sin(x)"), custom("jnp.cos(x)")),
    "an axis": (
        program(result="(outputs - outputs.max(axis=0)).reshape(-1)"),
        program(result="(outputs - outputs.max(axis=1, keepdims=True)).reshape(-1)"),
    ),
    "weak types that change a dtype": (
        program(result="(outputs.astype(jnp.bfloat16) * jnp.float32(0.1)).reshape(-1)"),
        program(result="(outputs.astype(jnp.bfloat16) * 0.1).reshape(-1)"),
    ),
    "a reshape across a transpose": (
        program(result="outputs.reshape(features, -1).T.reshape(-1)"),
        program(result="outputs.T.reshape(-1)"),
    ),
}


def check(looked: Looked) -> None:
    assert not looked.proved, looked


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_programs_have_different_fingerprints(name: str) -> None:
    looked = look(DIFFERENT[name])
    check(looked)
    assert looked.traced
    assert not looked.same


@pytest.mark.parametrize("name", PAIRS)
def test_the_two_have_different_fingerprints(name: str) -> None:
    reference, submission = PAIRS[name]
    assert look(reference, reference).same
    looked = look(submission, reference)
    check(looked)
    assert looked.traced
    assert not looked.same


# ---------------------------------------------------------------------------- no fingerprint at all

UNTRACEABLE = {
    "a pure callback": program(
        end="outputs = jax.pure_callback(lambda y: y, outputs, outputs, vmap_method='sequential')"
    ),
    "an io callback": program(
        top="from jax.experimental import io_callback",
        end="outputs = io_callback(lambda y: y, outputs, outputs, ordered=True)",
    ),
    "an io callback beside it": program(
        top="from jax.experimental import io_callback",
        end="io_callback(lambda y: None, None, outputs)",
    ),
    "a debug callback": program(end="jax.debug.callback(lambda y: None, outputs)"),
    "printing what acts when it is printed": program(
        top="class Teller:\n    def __format__(self, how):\n        return how",
        begin="teller = Teller()",
        end='jax.debug.print("{} {}", outputs, teller)',
    ),
    "waiting where a call has nothing to wait for": program(
        end="outputs = jax.vmap(lambda y: y.block_until_ready())(outputs)"
    ),
    "waiting for the seed": program(key="jax.random.PRNGKey(seed.block_until_ready())"),
    "a mutable array": program(
        end="cell = jax.new_ref(outputs)\ncell[...] = cell[...] + 1.0\noutputs = cell[...]"
    ),
    "numbers from the device": program(
        end="zero, one = jnp.float32(0), jnp.float32(1)\n"
        "outputs = outputs + jax.lax.rng_uniform(zero, one, (features,))"
    ),
    "compiler options": program(
        end="fast = jax.jit(lambda y: y + 0, compiler_options={'xla_cpu_enable_fast_math': True})\n"
        "outputs = fast(outputs)"
    ),
    "int(seed)": program(key="jax.random.PRNGKey(int(seed))"),
    "NumPy": program(top="import numpy as np", result="np.negative(outputs).reshape(-1)"),
    "a decision by the seed": program(end="if seed == 7:\n    outputs = outputs * 2"),
    "a decision by a value": program(end="if x_batch.sum() > 0:\n    outputs = outputs * 2"),
    "the seed as a key of a dict": program(end="outputs = outputs * {7: 2.0}.get(seed, 1.0)"),
    "SystemExit": program(end="raise SystemExit(0)"),
    "KeyboardInterrupt": program(end="raise KeyboardInterrupt"),
    "an error that raises again": program(
        top="class Hostile(BaseException):\n"
        "    def __str__(self):\n        raise SystemExit(0)\n"
        "    __repr__ = __str__\n",
        end="raise Hostile",
    ),
}


@pytest.mark.parametrize("name", UNTRACEABLE)
def test_programs_without_a_fingerprint(name: str) -> None:
    looked = look(UNTRACEABLE[name])
    check(looked)
    assert not looked.traced
    assert looked.equivalence.scope


# ---------------------------------------------------------------------- doubts that the trace shows

DOUBTFUL = {
    "raises for seed 0, and nobody looks": (RIGHT, program(begin="unused = 10 // seed")),
    "overflows in jax only": (
        program(key="jax.random.PRNGKey(seed + 1)"),
        program(key="jax.random.PRNGKey(jnp.int32(seed) + 1)"),
    ),
    "a size that is negative for few features, and nobody looks": (
        RIGHT,
        program(
            begin="unused = jax.random.split(jax.random.PRNGKey(0), x_batch.shape[0] * -1 + 3)"
        ),
    ),
    "an array that no machine can hold, and nobody looks": (
        RIGHT,
        program(begin="unused = jnp.zeros((x_batch.shape[0],) * 12)"),
    ),
    "an array that no machine can hold on the way to a number": (
        RIGHT,
        program(begin="unused = jnp.zeros((x_batch.shape[0],) * 6).sum()"),
    ),
    "a size that is too large for a small integer, and nobody looks": (
        RIGHT,
        program(begin="unused = jnp.asarray(x_batch.shape[0], jnp.int8)"),
    ),
    "a number that is too large for many examples, and nobody looks": (
        RIGHT,
        program(begin="unused = jnp.asarray(x_batch.shape[0] * 600000000)"),
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_the_fingerprint_has_a_doubt(name: str) -> None:
    reference, submission = DOUBTFUL[name]
    looked = look(submission, reference)
    check(looked)
    assert looked.same
    assert looked.detail
