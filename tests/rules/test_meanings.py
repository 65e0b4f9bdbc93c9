"""What is said of exceptions that the installed Python, JAX and Flax really raise."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from flax.core import freeze

from grader.evidence.exceptions import meaning
from grader.evidence.habits import _METHODS, _NAMES, keyword_here
from grader.evidence.meaning import Meaning
from grader.model.observation import Raised
from grader.model.source import Source

LIFTED = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})


@dataclass
class Stepping:
    factor: float

    def __call__(self, total: Any, row: Any) -> tuple[Any, Any]:
        return total * self.factor, row


NAMES: dict[str, Any] = {
    "Stepping": Stepping,
    "jax": jax,
    "jnp": jnp,
    "nn": nn,
    "nnx": nnx,
    "np": np,
    "x": jnp.ones((2, 3)),
    "key": jax.random.PRNGKey(0),
    "model": LIFTED(4),
    "tree": {"kernel": jnp.ones(3)},
    "FROZEN": freeze({"a": 1}),
}

RAISING = {
    "jax.lax.scan(Stepping(2.0), x[0], x)": "@dataclass(frozen=True)",
    "x ^ 2": "write ** for a power",
    "2.0 ^ 2": "write ** for a power",
    "np.ones(2) ^ 2": "write ** for a power",
    "nnx.Linear(2, 3, rngs=nnx.Rngs())": "nnx.Rngs(seed)",
    "nnx.Linear(2, 3, rngs=nnx.Rngs(dropout=0))": "nnx.Rngs(seed)",
    "jax.lax.scan(lambda s, r, d: (s, r), x[0], x)": "from outside",
    "jax.vmap(lambda a, b: a)(x)": "from outside",
    "nnx.vmap(lambda m, a: a, in_axes=(None, 0))(x)": "pass what is missing",
    "jax.vmap(lambda a, b: a, in_axes=(0, None))(x)": "pass what is missing",
    "model.apply(x, tree)": "pass what it returns to apply",
    "nn.vmap(lambda a: a)(x)": "jax.vmap or jax.grad",
    "nn.grad(lambda a: a.sum())(x)": "jax.vmap or jax.grad",
    "nn.jit(model.apply)(tree, x)": "jax.vmap or jax.grad",
    "model.kernel": 'variables["params"]',
    "jax.jit(lambda a, n: a[:n])(x, 1)": "static_argnums",
    "jax.jit(lambda n: jnp.zeros(n))(1)": "static_argnums",
    "jax.jit(lambda n: jnp.arange(n))(1)": "take sizes from shapes",
    "jax.jit(lambda n: jax.random.split(key, n))(2)": "take sizes from shapes",
    "jax.jit(lambda a: np.sin(a))(x)": "the functions of jax.numpy",
    "jax.grad(lambda a: float(a.sum()))(x)": "leave out float(",
    "jax.jit(lambda a: a.sum().item())(x)": "leave out float(",
    "jax.jit(lambda a: a.tolist())(x)": "leave out float(",
    "jax.vmap(lambda a: a if a.sum() > 0 else -a)(x)": "jnp.where",
    "jax.jit(lambda n: [1, 2, 3][n])(1)": "in a JAX array",
    "jax.jit(lambda n: range(n))(1)": "jax.lax.fori_loop",
    "jax.jit(lambda a: a[a > 0])(x)": "jnp.where",
    "[kept := [], jax.jit(lambda a: kept.append(a))(x), kept[0] + 1]": "instead of storing it",
    "jax.vmap(lambda a: f'{a.sum():.2f}')(x)": "jax.debug.print",
    "f'{x:.2f}'": "without the format",
    "jax.random.split(key, 3 / 1)": "divide with //",
    "range(4 / 2)": "divide with //",
    "jax.grad(lambda a: print(a))(x)": "a function without a return",
    "jax.grad(lambda a: a.sum(), argnums=1)(x)": "correct argnums",
    "jax.grad(lambda a: a.sum())(a=x)": "pass by position",
    "jax.vmap(lambda a: a, in_axes=('0',))(x)": "as a number",
    "jax.vmap(lambda a: a, out_axes=None)(x)": "such as out_axes=0",
    "jax.vmap(lambda a: a, out_axes=(0, 0))(x)": "write one number",
    "jax.lax.scan(lambda c, a: (c, a), x, x, 0.5)": "leave length out",
    "nn.scan(nn.Dense, split_rngs=True, length=2)(3).init(key, x)": "for each stream",
    "nn.vmap(nn.Dense, variable_axes={}, split_rngs={'params'})(3).init(key, x)": "each stream",
    "nn.vmap(nn.Dense).partial(features=3)": "pass them to the class",
    "nn.Dense()": "where the instance is made",
    "nnx.split_rngs(lambda rngs: rngs, splits=3)(nnx.Rngs(0))": "in two steps",
    "nnx.grad(lambda m: 0.0, argnums=nnx.Param)(x)": "nnx.DiffState(0",
    "nnx.grad(lambda m: 0.0, argnums=nnx.DiffState(nnx.Param, 0))(x)": "nnx.DiffState(0",
    "nnx.scan(lambda c, a: (c, a), x, x)": "to what it returns",
    "jax.grad(lambda a: 0.0)([*tree][0])": "with brackets",
    "jax.grad(lambda a: a * 2)(x)": "return one number",
    "jax.grad(lambda a: (a.sum(), a))(x)": "return one number",
    "jax.grad(lambda a: a * 2.0)(1)": "make it floats",
    "jax.grad(x.sum())(x)": "the function itself",
    "jax.vmap(lambda a, b: a, in_axes=(0, 0, 0))(x, x)": "give each of them an entry",
    "jax.vmap(lambda a: a, in_axes=5)(x)": "compare it with in_axes",
    "jax.vmap(lambda a, b: a)(x, jnp.ones(3))": "None is for one",
    "nnx.Linear(3, 3)": "rngs=nnx.Rngs(seed)",
    "nnx.Linear(3, 3, rngs=key)": "rngs=nnx.Rngs(seed)",
    "nnx.Linear(3, 3, rngs=0)": "rngs=nnx.Rngs(seed)",
    "nnx.Linear(3, 3, rngs=nnx.Rngs(0)).apply(x)": "like a function",
    "nnx.Linear(3, 3, rngs=nnx.Rngs(0)).init(key, x)": "like a function",
    "nnx.Dense(3, 3)": "use flax.nnx.Linear",
    "nnx.split_rngs(3)": "by name",
    "jax.grad(lambda a: a.sum(), 'a')(x)": "its arguments afterwards",
    "jax.grad(lambda a: a.sum(), has_aux=True)(x)": "leave out has_aux",
    "jax.lax.scan(lambda c, a: (c, a), x, 3)": "can use it from outside",
    "jax.lax.scan(x, x, x)": "without calling it",
    "jnp.concatenate([jnp.float32(1), jnp.float32(1)])": "print the shapes",
    "sum(x, axis=1)": "jnp.sum",
    "max(x, axis=1)": "jnp.sum",
    "x(x)": "order of the arguments",
    "jax.jit(lambda a: a(a))(x)": "order of the arguments",
    "(1, 2) * 0.5": "jax.tree.map",
    "jax.lax.scan(lambda c, a: (c, a[0]), 0.0, (jnp.ones(3), jnp.ones(4)))": "print the shapes",
    "jax.lax.scan(lambda c, _: (c, c), x, None)": "length=",
    "jax.lax.scan(lambda c, a: (c, a, a), x, x)": "return a pair",
    "jax.lax.cond(True, lambda a: a, lambda a: a.sum(), x)": "each of them returns",
    "jax.lax.fori_loop(0, 3, lambda i, a: (a, i), x)": "structure that a step returns",
    "jax.lax.while_loop(lambda a: True, lambda a: a.sum(), x)": "structure that a step returns",
    "jax.checkpoint(nn.Dense)(3)": "return arrays from it",
    "jax.vmap(nn.Dense)(x)": "return arrays from it",
    "jax.vmap(model)(x)": "model.apply(variables",
    "jax.tree.map(lambda a, b: a, {'a': x}, {'b': x})": "print both before",
    "jax.tree.map(lambda a, b: a, {'a': x}, [x])": "print both before",
    "jnp.concatenate([x, jnp.ones((3, 9))])": "print the shapes",
    "np.concatenate([x, np.ones((3, 9))])": "print the shapes",
    "jnp.stack([x, jnp.ones(3)])": "print the shapes",
    "np.stack([x, np.ones(3)])": "print the shapes",
    "jnp.stack([])": "print the list",
    "np.concatenate([])": "print the list",
    "x.sum(axis=4)": "print the shape of the array",
    "x.transpose(0, 2)": "print the shape of the array",
    "np.ones(3).sum(axis=4)": "print the shape of the array",
    "jnp.squeeze(x, axis=0)": "take an element",
    "jnp.einsum('ijk->ik', x)": "as many letters",
    "jnp.einsum('ij,ik->jk', x, jnp.ones((5, 3)))": "the letters of each array",
    "jnp.einsum('ij,jk->ik', x)": "as many letters",
    "1 if x > 0 else 0": "jnp.where",
    "1 if np.ones(3) > 0 else 0": "jnp.where",
    "[1, 2, 3][x]": "print the array",
    "float(x)": "print the array",
    "range(3)[np.ones(3)]": "print the array",
    "jnp.arange(x)": "print the array",
    "list(x.sum())": "where it is made",
    "len(x.sum())": "where it is made",
    "list(np.array(1.0))": "where it is made",
    "x['a']": "before the brackets",
    "x[jnp.ones(2)]": "in the brackets",
    "np.ones(3)[1.5]": "in the brackets",
    "jnp.zeros(3, 4)": "as one tuple",
    "x.astype('flaot32')": "as one tuple",
    "x.view(-1)": "use reshape",
    "jnp.ones(2.0)": "divide with //",
    "jnp.ones((x.shape[0], x.shape[1] / 1))": "divide with //",
    "jnp.ones(('a', 2))": "pass them by name",
    "jnp.sqrt([1.0])": "jnp.array(",
    "jnp.sum([1.0])": "jnp.array(",
    "x + jnp.int32(2**40)": "smaller numbers",
    "x.reshape(7, 13)": "reshape(-1)",
    "x + jax.random.key(1)": "derive another one",
    "jax.random.key(1) + x": "derive another one",
    "jnp.sum(x, keepdim=True)": "compare the name",
    "x.reshape(-1, inplace=True)": "compare the name",
    "(lambda a, b: a)(x)": "count the arguments",
    "nnx.grad(lambda m, a: a.sum())(x)": "pass what is missing",
    "x + None": "return it there",
    "None.shape": "return it there",
    "jax.jit(jnp.sin)[x]": "put its arguments",
    "model.apply[x]": "put its arguments",
    "jnp.sin + x": "put its arguments",
    "jax.vmap(jnp.sin).shape": "put its arguments",
    "map(abs, x)[0]": "list(",
    "len(a for a in x)": "list(",
    "[each['a'] for each in tree]": ".items()",
    "(x, x)['a']": "first, second",
    "[x, x].shape": "first, second",
    "tree.kernel": "in brackets",
    "tree.unfreeze()": "use it as a dict",
    "tree.copy(add_or_replace={})": "use it as a dict",
    "nn.Dense[3]": "parentheses instead of brackets",
    "1 / (x.shape[0] - 2)": "what is 0 here",
    "x + tree": "take the entry",
    "x + 'a'": "take the entry",
    "'a' + x": "take the entry",
    "jnp.cat([x, x])": "use jax.numpy.concatenate",
    "nn.Linear(3)": "use flax.linen.Dense",
    "x.unsqueeze(0)": "jnp.expand_dims",
    "jax.jit(lambda a: a.detach())(x)": "stop_gradient",
    "x.swapped": "check the spelling",
    "seed": "check its spelling",
    "tree['seed']": "print its keys",
    "x.seed": "check the spelling",
    "None.init(key)": "return it there",
    "tree.apply(x)": "in brackets",
    "FROZEN.parameters": "in brackets",
    "FROZEN + FROZEN": "take the entry",
    "FROZEN.__setitem__('a', 1)": "{**old, name: value}",
    "FROZEN.update({})": "{**old, name: value}",
    "x.__setitem__(0, 1)": "x.at[i].set(value)",
    "jnp.reshape(x)": "count the arguments",
    "x.reshape(-1, -1)": "the other sizes",
    "np.ones(3).reshape(2)": "reshape(-1)",
    "().append(1)": "a list of it first",
    "tree.iteritems()": "items()",
    "x.resolution": "check the spelling",
    "jax.random.normal(3, (2,))": "jax.random.PRNGKey returns",
    "jax.random.normal((2,), key)": "jax.random.PRNGKey returns",
    "jax.random.PRNGKey(1.5)": "jax.random.PRNGKey returns",
    "[*3]": "print it and its type",
}


@pytest.fixture(autouse=True)
def all_frames() -> Iterator[None]:
    """Leave jax's frames in tracebacks, as they are where a program is graded."""
    before = jax.config.jax_traceback_filtering
    jax.config.update("jax_traceback_filtering", "off")
    yield
    jax.config.update("jax_traceback_filtering", before)


def raised(text: str) -> Raised:
    with pytest.raises(Exception) as caught:
        eval(text, NAMES)
    error, frame = caught.value, caught.tb
    while frame.tb_next is not None:
        frame = frame.tb_next
    home = frame.tb_frame.f_globals.get("__name__")
    kinds = [each.__name__ for each in type(error).__mro__]
    return Raised(
        exception=kinds[0],
        module=type(error).__module__,
        bases=tuple(kinds[1:-1]),
        message=str(error),
        frames=(),
        library=f"{home}.{frame.tb_frame.f_code.co_qualname}" if home else None,
    )


def told(text: str) -> Meaning:
    return meaning(raised(text), Source("a.py", f"from flax import nnx\n{text}"))


@pytest.mark.parametrize("text", RAISING)
def test_an_exception_has_a_next_step_of_its_own(text: str) -> None:
    found = told(text)
    assert RAISING[text] in found.help, (raised(text), found)
    assert found.why


def test_not_all_that_is_immutable_is_an_array() -> None:
    found = told("setattr(int, 'a', 1)")
    assert not found.message
    assert not found.why


def test_names_of_other_libraries_are_missing_here_and_what_is_named_is_there() -> None:
    for full, here in _NAMES.items():
        home, _, name = full.rpartition(".")
        assert not hasattr(importlib.import_module(home), name), full
        place, _, name = here.rpartition(".")
        assert hasattr(importlib.import_module(place), name), here


@pytest.mark.parametrize("name", _METHODS)
def test_methods_of_other_libraries_are_missing_here(name: str) -> None:
    found = told(f"x.{name}")
    assert found.help == f"write {_METHODS[name]}"


@pytest.mark.parametrize(
    ("text", "name", "here"),
    [
        ("x.sum(dim=0)", "dim", "axis"),
        ("jnp.mean(x, keepdim=True)", "keepdim", "keepdims"),
        ("jnp.concatenate([x, x], dim=1)", "dim", "axis"),
        ("jax.nn.softmax(x, dim=1)", "dim", "axis"),
        ("nn.Dense(units=3)", "units", "features"),
        ("LIFTED(out_features=3)", "out_features", "features"),
        ("nn.Dense(3, bias=False)", "bias", "use_bias"),
        ("nnx.Linear(3, 3, bias=False, rngs=nnx.Rngs(0))", "bias", "use_bias"),
        ("x.sum(inplace=True)", "inplace", None),
        ("(lambda a: a)(dim=1)", "dim", None),
    ],
)
def test_arguments_are_called_what_they_are_called_here(
    text: str, name: str, here: str | None
) -> None:
    NAMES["LIFTED"] = LIFTED
    assert keyword_here(raised(text).message, name) == here
