"""Which texts show that nothing lasts from one call to the next."""

from __future__ import annotations

import ast
import re
from typing import Final

import pytest

from grader.catalogue import exercises
from grader.evidence.impurity import Impurity
from grader.evidence.keeping import keeps_nothing
from grader.model.source import Source
from tests.judge.test_impure_functions import CARRIED
from tests.labelled import labelled

HEAD: Final = "import functools\nimport flax.linen as nn\nimport jax\nimport jax.numpy as jnp\n"


def programs(text: str) -> dict[str, str]:
    """Read programs, each after a line with its name."""
    parts = (each.partition("\n") for each in text.split("\n== ")[1:])
    return {name: program for name, _, program in parts}


UNMARKED: Final = {name: re.sub("[«»]", "", text) for name, text in CARRIED.items()}
NOTHING: Final = programs(
    """
== a function
def f(x):
    y = x + 1
    return y
== a lifted class
L = nn.vmap(nn.Dense, variable_axes={'params': None})
def f(x):
    return L(3)
== a mapped function
g = jax.vmap(lambda x: x + 1)
def f(x):
    return g(x)
== constants
A = 3
B = (1, -2.5, 'x')
C: int = 2 * A
def f(x):
    return x
== settings
AXES = {'params': None}
def f(x):
    return nn.vmap(nn.Dense, variable_axes=AXES)
== a module
class M(nn.Module):
    n: int = 3
    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.n)(x)
def f(x):
    return M()
== a module's setup
class M(nn.Module):
    def setup(self):
        self.d = nn.Dense(3)
    def __call__(self, x):
        return self.d(x)
def f(x):
    return M()
== a module of a module
class M(nn.Module):
    n: int
class N(M):
    pass
def f(x):
    return N(3)
== a compiled function
@jax.jit
def g(x):
    return x
@functools.partial(jax.jit, static_argnums=0)
def h(n, x):
    return x
def f(x):
    return h(3, g(x))
== a list of its own
def f(x):
    rows = []
    for r in x:
        rows.append(r)
    return rows
== a sum in place
def f(x):
    total = 0
    for r in x:
        total += r
    return total
== what runs only as a program
def f(x):
    return x
if __name__ == '__main__':
    s = []
    print(f(1))
== defaults
def f(x, n=3, scale=-1.0, layer=nn.Dense):
    return layer(n)
"""
)
SOMETHING: Final = UNMARKED | programs(
    """
== a cache
@functools.lru_cache
def f(x):
    return x
== a cache of a name
from functools import cache as c
@c
def f(x):
    return x
== a cached method
class M(nn.Module):
    @functools.cached_property
    def n(self):
        return 1
== an attribute of the function
def f(x):
    f.calls = 1
    return x
== a list under another name
A = []
def f(x):
    b = A
    b.append(x)
== a list in a tuple
A = (1, [])
def f(x):
    b = A[1]
    b.append(x)
== a list of a class
class M(nn.Module):
    seen = []
    def g(self, x):
        s = self.seen
        s.append(x)
== a list in a closure
def keep():
    store = []
    def g(x):
        store[:] = [x]
    return g
f = keep()
== a count in a closure
def keep():
    n = 0
    def g(x):
        nonlocal n
        n += 1
    return g
== an object
class C:
    n = 0
A = C()
def f(x):
    return x
== a generator
g = (i for i in range(3))
def f(x):
    return x
== an iterator of a library
import itertools
c = itertools.count()
def f(x):
    return next(c)
== an array of numpy
import numpy as np
A = np.zeros(3)
def f(x):
    np.copyto(A, x)
== streams of keys
from flax import nnx
r = nnx.Rngs(0)
def f(x):
    return r.params()
== a method of a dunder name
A = {}
def f(x):
    A.__setitem__(0, x)
== a class attribute by its class
class M(nn.Module):
    n = 0
    def g(self):
        M.n = 1
== a class's attribute in place
class M(nn.Module):
    n = 0
    def g(self):
        self.n += 1
== a default of a lambda
f = lambda x, a=[]: a
== another name for jax
jax = object()
A = jax.tree_util.Partial(3)
def f(x):
    return A
== a list in a decorator of its own
def counted(g):
    calls = []
    def inner(x):
        calls.append(1)
        return g(x)
    return inner
@counted
def f(x):
    return x
== a list that jax makes
A = jax.tree.leaves((1,))
def f(x):
    A.append(x)
== a list that jax.numpy makes
A = jnp.array_split(jnp.ones(3), 3)
def f(x):
    A.append(x)
== a list that is bound to an argument
def g(memory, x):
    m = memory
    m.append(x)
f = functools.partial(g, [])
== an attribute of itself
def g(self):
    self.n = 1
def f(x):
    g(f)
== an attribute of a library's class, by a method
class M(nn.Module):
    def setup(self):
        self.n = 1
def f(x):
    M.setup(nn.Dense)
== a rule of a library's function
def f(x):
    jax.nn.relu.defjvp(lambda p, t: (p[0], t[0]))
== a type that jax knows
def f(x):
    jax.tree_util.register_pytree_node(g, None, None)
== a filter of warnings
import warnings
def f(x):
    warnings.simplefilter('error')
== a wrapper's attributes
def f(x):
    functools.update_wrapper(jnp.zeros, f)
== what runs, whatever it looks like
__name__ = '__main__'
if __name__ == '__main__':
    f = functools.partial(print, file=open('a'))
== statements
for i in range(3):
    pass
def f(x):
    return x
"""
)


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_plain_programs_keep_nothing(text: str) -> None:
    assert keeps_nothing(ast.parse(HEAD + text))


@pytest.mark.parametrize("text", SOMETHING.values(), ids=SOMETHING.keys())
def test_anything_else_is_left_open(text: str) -> None:
    assert not keeps_nothing(ast.parse(HEAD + text))


def test_without_a_text_nothing_follows() -> None:
    assert not keeps_nothing(None)


def test_what_keeps_something_is_never_taken_for_plain() -> None:
    plain = [each for each in labelled() if keeps_nothing(each.submission.source.tree)]
    assert len(plain) > len(labelled()) / 2
    rules = {rule for each in plain for _, rule in each.expected}
    assert "stateful" not in rules
    for each in plain:
        source, function = each.submission.source.home(each.folder.exercise.entry)
        assert Impurity(source, function).memory is None


def test_solutions_are_plain() -> None:
    texts = {each.slug: Source(each.slug, each.solution.read_text("utf-8")) for each in exercises()}
    plain = [slug for slug, source in texts.items() if keeps_nothing(source.tree)]
    assert len(plain) > len(texts) / 2
