"""Each operation gives in NumPy what it gives in XLA."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.ad_checkpoint import checkpoint_name
from jax.extend.core import primitives
from jax.extend.random import threefry_prng_impl

from grader.worker.arithmetic.control import CONTROL
from grader.worker.arithmetic.evaluation import Program
from grader.worker.arithmetic.kernels import KERNELS
from grader.worker.arithmetic.step import Budget, Unsupported

FLOATS = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.25, 1e-3, 0.49999997, -0.99, 88.0, -88.0,
     1e10, -1e10, 3e38, 1e-37, 7.0, -3.0, 12.75, np.inf, -np.inf, np.nan], np.float32
)  # fmt: skip
INTEGERS = np.array([0, 1, -1, 2, 3, -3, 7, 31, 32, 33, 255, -256, 2**31 - 1, -(2**31)], np.int32)
UNSIGNED = np.array([0, 1, 2, 3, 31, 32, 200, 2**31, 2**32 - 1], np.uint32)
BOOLEANS = np.array([True, False, True])
SMALL = np.linspace(-0.95, 0.95, 13, dtype=np.float32)
ABOVE = np.linspace(1.0, 40.0, 13, dtype=np.float32)


def both(function: Callable[..., Any], *args: Any) -> tuple[list[Any], list[Any]]:
    """Return the results in NumPy, and those of XLA."""
    closed = jax.make_jaxpr(function)(*args)
    program = Program(closed)
    leaves = jax.tree.leaves(args)
    operands = [
        kind.as_numpy(jax.random.key_data(each) if kind.keys else each)
        for each, kind in zip(leaves, program.takes, strict=True)
    ]
    with np.errstate(all="ignore"):
        ours = program.run(operands, Budget(100_000))
    compiled = jax.jit(function).lower(*args).compile()
    theirs = [
        jax.random.key_data(each) if jnp.issubdtype(each.dtype, jax.dtypes.prng_key) else each
        for each in jax.tree.leaves(compiled(*args))
    ]
    return ours, [np.asarray(each) for each in theirs]


def check(
    function: Callable[..., Any], *args: Any, atol: float = 1e-36, signs: bool = False
) -> None:
    """Demand equal types and integers, and floats that differ in the last bits only.

    With `signs`, 0.0 and -0.0 differ.
    """
    for ours, theirs in zip(*both(function, *args), strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        if ours.dtype.kind == "f":
            np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=atol)
            zeros = (ours == 0) & (theirs == 0) & signs
            np.testing.assert_array_equal(np.signbit(ours[zeros]), np.signbit(theirs[zeros]))
        else:
            np.testing.assert_array_equal(ours, theirs)


def pairs(values: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Return all pairs of the values, as two arrays."""
    both = np.array(list(itertools.product(values, values)), values.dtype)
    return both[:, 0], both[:, 1]


UNARY: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "abs": (lax.abs, (FLOATS, INTEGERS)),
    "acos": (lax.acos, (SMALL,)),
    "acosh": (lax.acosh, (ABOVE,)),
    "asin": (lax.asin, (SMALL,)),
    "asinh": (lax.asinh, (SMALL, ABOVE)),
    "atan": (lax.atan, (FLOATS,)),
    "atanh": (lax.atanh, (SMALL,)),
    "cbrt": (lax.cbrt, (SMALL, ABOVE)),
    "ceil": (lax.ceil, (FLOATS,)),
    "cos": (lax.cos, (SMALL, ABOVE)),
    "cosh": (lax.cosh, (SMALL, ABOVE)),
    "erf": (lax.erf, (FLOATS, SMALL)),
    "erf_inv": (lax.erf_inv, (SMALL, np.array([-1.0, 1.0], np.float32))),
    "erfc": (lax.erfc, (SMALL,)),
    "exp": (lax.exp, (SMALL, ABOVE, FLOATS)),
    "exp2": (lax.exp2, (SMALL, ABOVE)),
    "expm1": (lax.expm1, (SMALL, ABOVE)),
    "floor": (lax.floor, (FLOATS,)),
    "is_finite": (lax.is_finite, (FLOATS,)),
    "log": (lax.log, (FLOATS, ABOVE)),
    "log1p": (lax.log1p, (SMALL, ABOVE)),
    "logistic": (lax.logistic, (FLOATS, SMALL)),
    "neg": (lax.neg, (FLOATS, INTEGERS, UNSIGNED)),
    "not": (lax.bitwise_not, (INTEGERS, UNSIGNED, BOOLEANS)),
    "round": (lax.round, (FLOATS, SMALL)),
    "rsqrt": (lax.rsqrt, (ABOVE,)),
    "sign": (lax.sign, (FLOATS, INTEGERS)),
    "sin": (lax.sin, (SMALL, ABOVE)),
    "sinh": (lax.sinh, (SMALL, ABOVE)),
    "sqrt": (lax.sqrt, (FLOATS, ABOVE)),
    "square": (lax.square, (FLOATS, INTEGERS)),
    "tan": (lax.tan, (SMALL,)),
    "tanh": (lax.tanh, (FLOATS, SMALL)),
}
BINARY: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "add": (lax.add, (FLOATS, INTEGERS, UNSIGNED)),
    "and": (lax.bitwise_and, (INTEGERS, UNSIGNED, BOOLEANS)),
    "atan2": (lax.atan2, (SMALL,)),
    "div": (lax.div, (FLOATS, INTEGERS, UNSIGNED)),
    "eq": (lax.eq, (FLOATS, INTEGERS, BOOLEANS)),
    "ge": (lax.ge, (FLOATS, INTEGERS, UNSIGNED)),
    "gt": (lax.gt, (FLOATS, INTEGERS, UNSIGNED)),
    "le": (lax.le, (FLOATS, INTEGERS, UNSIGNED)),
    "lt": (lax.lt, (FLOATS, INTEGERS, UNSIGNED)),
    "max": (lax.max, (FLOATS, INTEGERS, UNSIGNED)),
    "min": (lax.min, (FLOATS, INTEGERS, UNSIGNED)),
    "mul": (lax.mul, (FLOATS, INTEGERS, UNSIGNED)),
    "ne": (lax.ne, (FLOATS, INTEGERS, BOOLEANS)),
    "nextafter": (lax.nextafter, (SMALL,)),
    "or": (lax.bitwise_or, (INTEGERS, UNSIGNED, BOOLEANS)),
    "pow": (lax.pow, (SMALL, ABOVE)),
    "rem": (lax.rem, (FLOATS, INTEGERS, UNSIGNED)),
    "shift_left": (lax.shift_left, (INTEGERS, UNSIGNED)),
    "shift_right_arithmetic": (lax.shift_right_arithmetic, (INTEGERS, UNSIGNED)),
    "shift_right_logical": (lax.shift_right_logical, (INTEGERS, UNSIGNED)),
    "sub": (lax.sub, (FLOATS, INTEGERS, UNSIGNED)),
    "xor": (lax.bitwise_xor, (INTEGERS, UNSIGNED, BOOLEANS)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_operand(name: str) -> None:
    function, operands = UNARY[name]
    check(lambda *given: [function(each) for each in given], *operands, signs=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_operands(name: str) -> None:
    function, operands = BINARY[name]
    given = [pairs(each) for each in operands]
    check(lambda *them: [function(*each) for each in them], *given)


@pytest.mark.slow
def test_conversions() -> None:
    types = (np.float32, np.int32, np.uint32, np.int8, np.uint8, np.int16, np.bool_)
    for values in (FLOATS, INTEGERS, UNSIGNED, BOOLEANS):
        check(lambda given: [lax.convert_element_type(given, each) for each in types], values)
    check(lambda given: lax.bitcast_convert_type(given, np.uint32), SMALL)


MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4)
CUBE = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
KEY = jax.random.key(3)


@jax.custom_vjp
def doubled(x: Any) -> Any:
    """A function with a gradient of its own."""
    return x * 2


doubled.defvjp(lambda x: (x * 2, None), lambda _, slope: (slope * 2,))


def keys_moved(keys: Any) -> list[Any]:
    """Move key arrays in each way that has to know of their last axis."""
    return [
        keys.T,
        keys[1],
        keys[:, 1:],
        keys.reshape(6),
        keys[:, None],
        jnp.broadcast_to(keys[0], (4, 3)),
        jnp.concatenate([keys, keys], 1),
        lax.rev(keys, (1,)),
        lax.squeeze(keys[:1], (0,)),
        *jnp.unstack(keys, axis=1),
        jnp.stack([keys, keys], 1),
        *jnp.split(keys, 3, 1),
    ]


OTHERS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "argmax": (lambda x: [jnp.argmax(x), jnp.argmax(x, 1), jnp.argmax(FLOATS)], (MATRIX,)),
    "argmin": (lambda x: [jnp.argmin(x), jnp.argmin(x, 0)], (MATRIX,)),
    "broadcast_in_dim": (
        lambda x: [
            lax.broadcast_in_dim(x, (3, 2, 4), (0, 2)),
            jnp.broadcast_to(x[:, None], (2, 3, 5, 4)),
        ],
        (MATRIX,),
    ),
    "clamp": (lambda x: lax.clamp(2.0, x, 7.0), (MATRIX,)),
    "concatenate": (lambda x, y: jnp.concatenate([x, y[0]], 0), (MATRIX, CUBE)),
    "copy": (jnp.copy, (MATRIX,)),
    "cumsum": (
        lambda x: [jnp.cumsum(x, 1), lax.cumsum(x, 0, reverse=True), jnp.cumsum(INTEGERS)],
        (MATRIX,),
    ),
    "cumprod": (lambda x: [jnp.cumprod(x, 1), lax.cumprod(x, 0, reverse=True)], (MATRIX,)),
    "cummax": (lambda x: [lax.cummax(x, 1), lax.cummin(x, 0, reverse=True)], (MATRIX,)),
    "dot_general": (
        lambda x, y: [
            x @ x.T,
            jnp.einsum("ij,kij->k", x, y),
            jnp.einsum("bij,bkj->bik", y, y),
            jnp.einsum("bij,bik->kjb", y, y),
            lax.dot(x[0], x[1]),
            INTEGERS @ INTEGERS,
        ],
        (MATRIX, CUBE),
    ),
    "dynamic_slice": (
        lambda x, i: [
            lax.dynamic_slice(x, (i, i), (2, 2)),
            lax.dynamic_slice(x, (i + 5, i - 5), (2, 3)),
            lax.dynamic_update_slice(x, x[:2, :2] * 0, (i + 5, i)),
        ],
        (MATRIX, 1),
    ),
    "gather": (
        lambda x, y, i: [
            x[i],
            x[:, i],
            y[i, i],
            y[:, i, i],
            y[i, :, i],
            y[i[:, None], i[None]],
            jnp.take(x, i + 7, 0),
            jnp.take(x, i + 7, 1, mode="clip"),
            jnp.take(INTEGERS, i + 30),
            jnp.take(UNSIGNED, i + 30),
            jnp.take_along_axis(x, i[None], 1),
        ],
        (MATRIX, CUBE, np.array([1, 0, 1], np.int32)),
    ),
    "integer_pow": (lambda x: [x**2, x**5, (x + 1) ** -2, INTEGERS**3], (MATRIX,)),
    "iota": (lambda: [jnp.arange(5), lax.broadcasted_iota(np.uint8, (2, 3), 1)], ()),
    "pad": (
        lambda x: [
            lax.pad(x, 9.0, [(1, 2, 0), (0, 1, 2)]),
            lax.pad(x, 9.0, [(-1, 0, 0), (2, -3, 1)]),
        ],
        (MATRIX,),
    ),
    "reduce": (
        lambda x, y: [
            x.sum(), x.sum(0), y.sum((0, 2)), y.max(1), x.min(), y.prod(0),
            INTEGERS.sum(), (x > 3).all(1), (x > 3).any(), x.mean(1), y.var(0), FLOATS.max(),
        ],
        (MATRIX, CUBE),
    ),
    "reshape": (lambda x, y: [x.ravel(), y.reshape(4, 6), x[0, 0].reshape(1, 1)], (MATRIX, CUBE)),
    "rev": (lambda x, y: [x[::-1], jnp.flip(y)], (MATRIX, CUBE)),
    "round": (lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), (FLOATS,)),
    "scatter": (
        lambda x, y, i: [
            x.at[i].set(7.0),
            x.at[:, i].set(x[:, :3] * 2),
            y.at[i, i].add(1.5),
            y.at[i, :, i].add(y[:1, :, 0] + 1),
            x.at[1].add(x[0]),
            x.at[1, 2].set(0.0),
        ],
        (MATRIX, CUBE, np.array([1, 0, 1], np.int32)),
    ),
    "select_n": (lambda x: [jnp.where(x > 3, x, -x), jnp.where(True, x, 0.0)], (MATRIX,)),
    "slice": (lambda x, y: [x[1:, ::2], y[:, 2:0:-1], x[0], y[1, 1:, 3]], (MATRIX, CUBE)),
    "split": (lambda x: jnp.split(x, [1, 3], 1), (MATRIX,)),
    "squeeze": (lambda x: lax.squeeze(x[:1, :, None], (0, 2)), (MATRIX,)),
    "stack": (lambda x, y: [jnp.stack([x, x + 1], 1), *y], (MATRIX, CUBE)),
    "transpose": (lambda x, y: [x.T, y.transpose(2, 0, 1), jnp.moveaxis(y, 0, 1)], (MATRIX, CUBE)),
    "optimization_barrier": (lambda x: lax.optimization_barrier((x, x + 1)), (MATRIX,)),
    "random": (
        lambda key: [
            key,
            jax.random.split(key, 3),
            jax.random.split(key, (2, 2)),
            jax.random.fold_in(key, 7),
            jax.random.bits(key, (3, 5)),
            jax.random.bits(key, (4,), np.uint8),
            jax.random.bits(key, (4,), np.uint16),
            jax.random.normal(key, (3, 4)),
            jax.random.normal(key),
            jax.random.uniform(key, (6,)),
            jax.random.randint(key, (6,), 0, 10),
            jax.random.bernoulli(key, 0.3, (7,)),
            jax.random.truncated_normal(key, -2.0, 2.0, (5,)),
            jax.vmap(lambda each: jax.random.normal(each, (2,)))(jax.random.split(key, 3)),
            jax.vmap(jax.random.fold_in, (None, 0))(key, jnp.arange(4)),
            jax.vmap(jax.random.fold_in)(jax.random.split(key, 3), jnp.arange(3)),
            jax.vmap(lambda each: jax.random.split(each, 2))(jax.random.split(key, 3)),
            jax.random.clone(key),
            jax.random.key_data(key),
            jax.random.wrap_key_data(jax.random.key_data(key)),
            keys_moved(jax.random.split(key, (2, 3))),
        ],
        (KEY,),
    ),
    "seeds": (
        lambda seed: [
            jax.random.PRNGKey(seed),
            jax.random.key(seed),
            jax.vmap(jax.random.key)(jnp.arange(3) + seed),
            jax.random.normal(jax.random.PRNGKey(seed), (2,)),
            jax.random.split(jax.random.PRNGKey(seed)),
            threefry_prng_impl.split(jax.random.PRNGKey(seed), (2, 3)),
            threefry_prng_impl.random_bits(jax.random.PRNGKey(seed), 32, (4,)),
        ],
        (2**31 - 1,),
    ),
    "cond": (
        lambda x, i: [
            lax.cond(i > 0, lambda y: y + 1, lambda y: y * 2, x),
            lax.switch(i + 7, [lambda y: y, lambda y: -y], x),
        ],
        (MATRIX, 1),
    ),
    "scan": (
        lambda x: [
            lax.scan(lambda c, a: (c * 0.5 + a, (c, a.sum())), x[0], x),
            lax.scan(lambda c, a: (c * 0.5 + a, c), x[0], x, reverse=True),
            lax.map(lambda a: a + x[1], x),
            jax.grad(lambda z: lax.scan(lambda c, a: (c * a, None), 1.0, z[0])[0])(x),
        ],
        (MATRIX + 1,),
    ),
    "while": (
        lambda x: [
            lax.while_loop(lambda c: c.sum() < 500, lambda c: c * 2, x),
            lax.fori_loop(0, 4, lambda i, c: c + i, x),
        ],
        (MATRIX,),
    ),
    "calls": (
        lambda x: [
            jax.nn.relu(x - 4),
            jax.nn.gelu(x),
            jax.nn.softmax(x),
            jax.nn.silu(x),
            jax.grad(lambda y: jax.checkpoint(jnp.tanh)(y).sum())(x),
            jax.grad(lambda y: jax.nn.relu(y - 3).sum())(x),
            jax.jit(jnp.sum)(x),
            checkpoint_name(x, "hidden"),
            lax.stop_gradient(x),
            doubled(x),
            primitives.add_jaxvals_p.bind(x, x),
            jax.scipy.special.logsumexp(x),
        ],
        (MATRIX,),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_other_operations(name: str) -> None:
    function, operands = OTHERS[name]
    check(function, *operands, atol=1e-6)


OF_OTHER_VERSIONS = {"one_minus_square"} - set(
    map(str, (getattr(primitives, each) for each in vars(primitives) if each.endswith("_p")))
)


def used(jaxpr: Any) -> set[str]:
    """Return the names of all primitives of a jaxpr and of those within it."""
    names = set()
    for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        names.add(equation.primitive.name)
        for value in equation.params.values():
            for each in value if isinstance(value, tuple | list) else [value]:
                if hasattr(each, "eqns"):
                    names |= used(each)
    return names


def test_each_operation_is_compared_with_xla() -> None:
    tried = set()
    for function, operands in OTHERS.values():
        tried |= used(jax.make_jaxpr(function)(*operands))
    missing = {*KERNELS, *CONTROL} - tried - set(UNARY) - set(BINARY) - OF_OTHER_VERSIONS
    assert sorted(missing) == []


TINY: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a power of e": (jnp.exp, (np.array([-86, -88, -95, -104, -200, -np.inf], np.float32),)),
    "a function of it": (
        lambda x: jnp.log(jax.nn.softmax(x)),
        (np.array([0, -86, -95, -100], np.float32),),
    ),
    "a product": (lambda x: (x * x) > 0, (np.array([1e-20, 1e-18], np.float32),)),
    "a loop": (
        lambda x: lax.fori_loop(0, 8, lambda _, c: c * x, x),
        (np.array([1e-5, -1e-5], np.float32),),
    ),
    "a number of the text": (lambda x: x / (x + 1e-40), (np.zeros(2, np.float32),)),
}


@pytest.mark.parametrize("name", TINY)
def test_what_is_too_small_is_zero(name: str) -> None:
    function, operands = TINY[name]
    budget = Budget(1000)
    program = Program(jax.make_jaxpr(function)(*operands))
    with np.errstate(all="ignore", under="call", call=budget.note_underflow):
        ours = program.run(operands, budget)
    theirs = jax.jit(function).lower(*operands).compile()(*operands)
    for one, other in zip(ours, jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=0)


FLAGS = np.array([True, False, False])
MASKED: dict[str, Callable[[Any], Any]] = {
    "truth values": lambda flags: flags * jnp.inf,
    "on the right": lambda flags: -jnp.inf * flags,
    "as floats": lambda flags: flags.astype(jnp.float32) * jnp.nan,
    "of another shape": lambda flags: (
        flags.astype(jnp.float32)[:, None] * jnp.full((3, 2), jnp.inf)
    ),
    "turned": lambda flags: (
        jnp.stack([flags] * 2).astype(jnp.float32).T * jnp.full((3, 2), jnp.inf)
    ),
    "in a map": jax.vmap(lambda flag: flag * jnp.inf),
    "times one, and used twice": lambda flags: flags * 1.0 * jnp.inf + flags * 1.0,
    "of numbers below zero": lambda flags: flags * -5.0,
    "squared": lambda flags: jnp.square(flags.astype(jnp.float32)) * jnp.inf,
    "turned around": lambda flags: flags.astype(jnp.float32)[::-1] * jnp.full(3, jnp.inf),
    "as integers first": lambda flags: flags.astype(jnp.int32) * jnp.inf,
    "subtracted": lambda flags: (1 - flags.astype(jnp.float32)) * -jnp.inf,
    "chosen": lambda flags: jnp.where(flags, 1.0, 0.0) * jnp.inf,
}
"""The last five are no masks to XLA: what they give is NaN or infinite."""


@pytest.mark.parametrize("function", MASKED.values(), ids=MASKED)
def test_a_product_with_a_mask_is_a_choice(function: Callable[[Any], Any]) -> None:
    check(function, FLAGS, signs=True)


def test_matrices_with_a_mask_are_left_to_xla_if_something_is_infinite() -> None:
    def product(flags: Any, numbers: Any) -> Any:
        return flags.astype(jnp.float32) @ numbers

    check(product, FLAGS, np.ones(3, np.float32))
    with pytest.raises(Unsupported):
        both(product, FLAGS, np.full(3, np.inf, np.float32))
