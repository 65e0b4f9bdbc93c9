"""What a text may hold without a proof being lost, and where the reason is said to stand."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import pytest
from equivalence_programs import RIGHT, exercise, program

from grader.proof.transparency import Reach, transparency
from grader.proof.transparency.allowed import ATTRIBUTES, KNOWN, SIZE_KNOWN, TELLING


def reach(text: str) -> Reach:
    return transparency(text, exercise()).reach


def test_the_reason_is_the_first_of_the_worst() -> None:
    text = program(
        begin="if features > 3:\n    pass\ntry:\n    pass\nfinally:\n    pass\nglobal calls"
    )
    found = transparency(text, exercise())
    assert found.reach is Reach.NOTHING
    assert text.splitlines()[(found.line or 0) - 1].strip() == "try:"
    assert found.sentence.startswith(f"line {found.line} uses `try`")


@pytest.mark.parametrize(
    "text", ["def f(:", "x = 1\0", "(" * 5000, "x" + ".T" * 30000, "é" * 60000]
)
def test_opaque_code_is_not_proved(text: str) -> None:
    assert reach(text) is Reach.NOTHING


@pytest.mark.parametrize(
    "line",
    [
        "odd = x_batch.ndim == 2",
        "if x_batch.ndim != 2:\n    raise ValueError(f'not {x_batch.shape}')",
        "odd = x_batch.dtype == jnp.float32 and True",
        "odd = x_batch - 1 / 3",
        "odd = x_batch / jnp.sqrt(x_batch.shape[1])",
        "odd = features * x_batch.shape[0] + 1",
        "odd = [jnp.ones(3) * i for i in range(3)]",
        "for i, each in enumerate((x_batch, x_batch)):\n    odd = each * i",
        "d = {}\nd['x'] = x_batch\nd.update(y=1)\nodd = d['x']",
        "n = 0\nn += 1",
        "n = features + 1\nn += features",
        "assert x_batch.shape == (x_batch.shape[0], x_batch.shape[1]), 'two axes'",
        "assert all(leaf.ndim == 2 for leaf in jax.tree.leaves(x_batch))",
        "assert model is not None" if False else "assert x_batch is not None",
        "print('%d examples' % features, x_batch.shape, sep='')",
        "print('{}'.format(features))",
        "with jax.named_scope('step'):\n    odd = x_batch * 2",
        "import jax.random as jr\nodd = jr.key(0)",
        "first, *rest = x_batch.shape\ndel rest",
        "def inner(y: 'jax.Array', *, scale: float = 2.0) -> jax.Array:\n    return y * scale",
        "odd = (lambda y: y.T)(x_batch)",
        "odd = (m := nn.Dense(features))",
        "odd = frozenset({'params'})",
        "odd = {nn.DenyList('params'): None, ('a', 'b'): 0, True: 1}",
    ],
)
def test_plain_lines_keep_every_size(line: str) -> None:
    found = transparency(program(begin=line), exercise())
    assert found.reach is Reach.EVERY_SIZE, found


@pytest.mark.parametrize(
    "line",
    [
        "odd = features - 1",
        "odd = -features",
        "odd = x_batch / features",
        "odd = features // 2",
        "odd = 2**features",
        "odd = not features",
        "odd = int(features)",
        "odd = x_batch.squeeze()",
        "odd = jnp.squeeze(x_batch)",
        "while features < 0:\n    pass",
        "a = b = x_batch.shape\nif b == a:\n    pass",
        "for n in x_batch.shape:\n    if n == 7:\n        pass",
        "(n, m) = x_batch.shape\nodd = n == m",
        "n = 0\nn += features\nodd = n > 3",
        "d = {}\nd['n'] = features\nodd = d['n'] == 3",
        "n = len(x_batch)\nodd = n == 7",
        "d = {}\nd.setdefault(features, 1)",
        "odd = (lambda n: n == 7)(features)",
        "odd = functools.partial(lambda n: n, features)() == 7",
        "odd = nn.Dense(features).features == 7",
        "odd = functools.reduce(lambda n, m: n * m, x_batch.shape) == 12",
    ],
)
def test_decisions_by_sizes_cost_the_sizes(line: str) -> None:
    found = transparency(program(begin=line), exercise())
    assert found.reach is Reach.SIZES_AS_GIVEN, found


def test_a_recursive_call_may_pass_a_size_as_an_array() -> None:
    text = program(begin="unused = x_batch == 7")
    assert reach(text) is Reach.EVERY_SIZE
    called = text + "\n\ndef other(n):\n    return nn_vmap_forward(0, n, 1)\n"
    assert reach(called) is Reach.SIZES_AS_GIVEN
    trial = text + "\nprint(nn_vmap_forward(0, jnp.ones((2, 3)), 1))\n"
    assert reach(trial) is Reach.EVERY_SIZE


def test_without_the_exercise_any_parameter_may_be_a_size() -> None:
    text = program(begin="unused = x_batch == 7")
    assert transparency(text).reach is Reach.SIZES_AS_GIVEN
    assert transparency(RIGHT).reach is Reach.EVERY_SIZE


def test_more_parameters_than_are_passed_are_defaults() -> None:
    assert reach(program(more=", scale=2", begin="odd = scale - 1")) is Reach.EVERY_SIZE
    starred = RIGHT.replace("(seed, x_batch, features):", "(*given):").replace(
        "    model =", "    seed, x_batch, features = given\n    odd = x_batch == 3\n    model =", 1
    )
    assert reach(starred) is Reach.SIZES_AS_GIVEN


@pytest.mark.parametrize(
    "text",
    [
        RIGHT + "\n" + "    outputs = outputs\n" * 2400,
        "def f(a):\n    r = []\n" + "    r.append(1)\n" * 3000,
        "def f(a):\n" + "".join(f"    a{i} = a{i + 1}\n" for i in range(3000)) + "    a3000 = a\n",
    ],
)
def test_long_texts_are_analysed_in_reasonable_time(text: str) -> None:
    before = time.process_time()
    transparency(text[:50_000], exercise())
    assert time.process_time() - before < 5


# ------------------------------------------------------------- the allow-list against the libraries


def resolve(dotted: str) -> bool:
    names = dotted.split(".")
    for length in range(len(names) - 1, 0, -1):
        try:
            found = __import__(".".join(names[:length]), fromlist=["*"])
        except ImportError:
            continue
        for name in names[length:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def test_the_names_exist() -> None:
    missing = {name for name in KNOWN | SIZE_KNOWN if not resolve(name)}
    assert not missing


def test_class_fields_must_not_shadow_attributes_of_tracers() -> None:
    found: set[str] = set()

    def look_on(x: jax.Array) -> jax.Array:
        found.update(dir(x), dir(x.shape[0]), dir(x.aval))
        return x

    size = jax.export.symbolic_shape("b")[0]
    jax.make_jaxpr(look_on)(jax.ShapeDtypeStruct((size,), jnp.float32))
    found.update(dir(jnp.ones(1)), dir(jax.ShapeDtypeStruct((), jnp.float32)))
    public = {name for name in found if not name.startswith("_")}
    assert public - TELLING - ATTRIBUTES == set()
