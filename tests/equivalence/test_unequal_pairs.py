"""Pairs of programs that differ on some input, none of which may be proved the same.

Each is held up by one layer, and would be by that one alone: `digest` (the fingerprints differ),
`trace` (there is no fingerprint), `detail` (equal fingerprints, with a doubt that the trace itself
shows), or `text` (equal fingerprints of programs whose text says that more may happen).
"""

from __future__ import annotations

import pytest
from equivalence_programs import RIGHT, Looked, look, program

from grader.proof.transparency import Reach

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
    "printing inside": program(end='jax.debug.print("{}", outputs)'),
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
    "NumPy": program(top="import numpy as np", result="np.asarray(outputs).reshape(-1)"),
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
def test_there_is_no_fingerprint(name: str) -> None:
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


# ------------------------------------------------------------------------- what only the text shows


def halved(test: str, top: str = "", begin: str = "") -> str:
    """Return a program that halves its outputs where `test` holds, which is never in a trace."""
    return program(top=top, begin=begin, end=f"if {test}:\n    outputs = outputs / 2")


SIZES = {
    "a size": halved("x_batch.shape[0] == 7"),
    "a size among some": halved("x_batch.shape[0] in (7, 9)"),
    "a size as a key": halved("{7: True}.get(x_batch.shape[0], False)"),
    "two sizes that are equal": halved("x_batch.shape[0] == features"),
    "sizes in a set": halved("len({x_batch.shape[0], features}) == 1"),
    "sizes as keys": halved("len({x_batch.shape[0]: 1, features: 2}) == 1"),
    "sizes as keys, put in one by one": halved(
        "len(d) == 1", begin="d = {}\nd[x_batch.shape[0]] = 1\nd[features] = 2"
    ),
    "sizes as keys, by a comprehension": halved(
        "len({s: 1 for s in (x_batch.shape[0], features)}) == 1"
    ),
    "sizes as keys of dict()": halved("len(dict([(x_batch.shape[0], 1), (features, 2)])) == 1"),
    "a remainder": halved("x_batch.shape[0] % 7 == 0"),
    "a shape": halved("outputs.shape == (7, features)"),
    "a size through a helper": halved("f(x_batch)", top="def f(x):\n    return x.shape[0] == 7"),
    "a size through a list": halved("s[0] == 7", begin="s = []\ns.append(x_batch.shape[0])"),
    "a size through a module": halved(
        "Odd().apply({}, x_batch) == 7",
        top="class Odd(nn.Module):\n    def __call__(self, x):\n        return x.shape[0]",
    ),
    "a size through a tree": halved("jax.tree.map(jnp.shape, x_batch)[0] == 7"),
    "a size through a field": halved("model.features == 7"),
    "a condition in one line": program(
        result="(outputs / 2 if x_batch.shape[0] == 7 else outputs).reshape(-1)"
    ),
    "and, or": program(end="outputs = (x_batch.shape[0] == 7 and [outputs / 2] or [outputs])[0]"),
    "a filter": program(
        end="for _ in [1 for s in (x_batch.shape[0],) if s == 7]:\n    outputs = outputs / 2"
    ),
    "an assertion that fails for one": program(begin="assert x_batch.shape[0] != 7"),
    "an assertion turned over": program(begin="assert not x_batch.shape[0] == 7"),
    "a division by zero for one": program(begin="unused = 1 // (features - 99)"),
    "match": program(end="match x_batch.shape[0]:\n    case 7:\n        outputs = outputs / 2"),
    "max": program(begin="unused = max(x_batch.shape[0], 1)"),
}

NOTICING = {
    "isinstance of a tracer": halved("not isinstance(seed, jax.core.Tracer)"),
    "isinstance of an int": halved("isinstance(seed, int)"),
    "type": halved("type(x_batch) is type(jnp.ones(1))", begin="type(0)"),
    "hasattr": halved("hasattr(seed, 'bit_length')"),
    "getattr": program(
        end="outputs = outputs * (1.0 - 0.5 * (getattr(seed, 'bit_length', None) is not None))"
    ),
    "an attribute that tracers have": halved("x_batch.aval is None"),
    "try": program(
        end="try:\n    outputs = outputs * (1.0 + 0 * int(seed))\nexcept Exception: pass"
    ),
    "suppress": program(
        top="import contextlib",
        end="with contextlib.suppress(Exception):\n    outputs = outputs / (1 + 0 * int(seed))",
    ),
    "the frames": program(top="import sys", begin="unused = sys._getframe(1).f_code"),
    "inspect": program(top="import inspect", begin="unused = inspect.stack"),
    "whether jax traces": halved("jax.core.trace_ctx is None"),
    "the environment": halved("os.environ.get('ODD')", top="import os"),
    "the text of a tracer": halved("len(f'{seed}') < 12"),
    "the text of a tracer by %": halved("len('%s' % seed) < 12"),
    "the text of a tracer by format": halved("len('{}'.format(seed)) < 12"),
    "the text of a tracer by str": halved("len(str(seed)) < 12"),
    "text that is kept while it is printed": program(
        begin="kept = []\nprint(kept.append(f'{seed}'))", end="unused = len(kept[0])"
    ),
    "eval": halved("eval('isinstance(seed, int)')"),
    "a builtin through its other name": halved("f(seed)", top="f = callable"),
    "another alphabet": halved("ｉｓｉｎｓｔａｎｃｅ(seed, int)"),
    "a builtin that another scope binds": halved(
        "isinstance(seed, int)", top="def unused(isinstance):\n    return isinstance"
    ),
    "a class that gives a telling name": halved(
        "Odd.aval is seed", top="class Odd:\n    aval = None"
    ),
    "identity": halved("x_batch.reshape(x_batch.shape) is x_batch and False"),
    "operators of its own": program(
        top="class Odd:\n    def __eq__(self, other):\n        return True"
    ),
}

REMEMBERING = {
    "a global": program(
        top="calls = 0",
        begin="global calls\ncalls += 1",
        result="(outputs / 2 if calls > 99 else outputs).reshape(-1)",
    ),
    "a list of the module": program(top="calls = []", begin="calls.append(1)"),
    "a list by another name": program(top="calls = []", begin="mine = calls\nmine.append(1)"),
    "a list in place": program(top="calls = []", begin="mine = calls\nmine += [1]"),
    "a list through its class": program(top="calls = []", begin="list.append(calls, 1)"),
    "a default argument": program(more=", calls=[]", begin="calls.append(1)"),
    "a dict": program(top="seen = {}", begin="seen['x'] = 1"),
    "an attribute": program(begin="nn_vmap_forward.calls = 1"),
    "a class": program(top="class Box:\n    calls = 0", begin="Box.calls = 1"),
    "a setup that is none": program(
        top="class Box:\n    calls = 0\n    def setup(self):\n        self.calls = self.calls + 1\n"
        "BOX = Box()",
        begin="BOX.setup()",
    ),
    "setup outside of a class": program(
        top="class Box:\n    calls = 0\nBOX = Box()\ndef setup(self):\n    self.calls = 1",
        begin="setup(BOX)",
    ),
    "a closure": program(
        top="def make():\n    calls = []\n    def count():\n        calls.append(1)\n"
        "    return count\ncount = make()",
        begin="count()",
    ),
    "an iterator": program(top="ONCE = zip((1,))", begin="unused = [each for each in ONCE]"),
    "a generator": program(
        top="ONCE = (each for each in (1,))", begin="unused = [each for each in ONCE]"
    ),
    "an iterator in a walrus": program(
        top="ONE = tuple((ONCE := zip((1,))))", begin="unused = [each for each in ONCE]"
    ),
    "next": program(
        top="import itertools\nCOUNT = itertools.count()", begin="unused = next(COUNT)"
    ),
    "a cache that mixes up 2 and 2.0": program(
        top="@functools.lru_cache\ndef same(n):\n    return n\nsame(2.0)",
        begin="unused = same(features)",
    ),
    "a bound module": program(
        top="DROP = nn.Dropout(0.5, deterministic=True).bind({})", end="unused = DROP(outputs)"
    ),
    "a bound module through a function": program(
        top="def make():\n    return nn.Dropout(0.5, deterministic=True).bind({})\nDROP = make()",
        end="unused = DROP(outputs)",
    ),
    "a shared scope": program(top="A, B = nn.Dense(1), nn.Dense(2)", begin="nn.share_scope(A, A)"),
    "a module of jax": program(top="jax.numpy.answer = 42"),
    "a method of flax": program(top="nn.Dense.odd = 42"),
    "setattr": program(top="setattr(nn.Dense, 'odd', 42)"),
    "a setting of jax": program(top="jax.config.update('jax_log_compiles', False)"),
    "the clock": program(top="import time", begin="unused = time.time()"),
    "NumPy's random numbers": program(top="import numpy as np", begin="unused = np.random.rand()"),
    "the order of a set": program(begin="unused = [each for each in {'a', 'b'}]"),
    "the input in place": program(begin="same = x_batch\nx_batch *= 2.0", x="same"),
    "a buffer that is given away": program(begin="jax.jit(lambda x: x, donate_argnums=0)(x_batch)"),
    "a buffer that is given away in secret": program(
        begin="jax.jit(lambda x: x, **{'donate_' + 'argnums': 0})(x_batch)"
    ),
    "a file": program(begin="unused = open"),
    "a module of its own": program(top="import submission_under_test"),
    "all of a module": program(top="from jax.numpy import *"),
    "the main block that does run": program(
        top="for __name__ in ('__main__',): pass\nif __name__ == '__main__':\n    odd = isinstance"
    ),
}


@pytest.mark.parametrize("name", SIZES)
def test_decisions_by_size_are_found_in_the_text(name: str) -> None:
    looked = look(SIZES[name])
    check(looked)
    assert looked.same, "the fingerprints alone tell them apart"
    assert not looked.detail
    assert looked.reach is not Reach.EVERY_SIZE


@pytest.mark.parametrize("name", NOTICING | REMEMBERING)
def test_what_a_trace_can_miss_is_found_in_the_text(name: str) -> None:
    looked = look((NOTICING | REMEMBERING)[name])
    check(looked)
    assert looked.reach is Reach.NOTHING
