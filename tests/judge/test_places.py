"""Places in a text: spans, definitions, and what findings point at."""

from __future__ import annotations

import ast

import pytest

from grader.catalogue import exercises
from grader.evidence.impurity import Impurity
from grader.evidence.landmarks import Landmarks
from grader.evidence.lifting import Knob
from grader.judge import static_findings
from grader.model.observation import Axis, AxisEntry, LiftedCall, Names, Span, SplitEntry
from grader.model.source import Source
from tests.judge.marks import marked

EXERCISE = exercises()[0].exercise


def lifted(span: Span, params: int) -> LiftedCall:
    return LiftedCall(
        id=0,
        transform="vmap",
        target="Dense",
        span=span,
        given=(),
        in_axes=Axis(value=1),
        out_axes=Axis(value=2),
        variable_axes=(AxisEntry(filter=Names(names=("params",)), axis=params),),
        split_rngs=(SplitEntry(filter=Names(names=("params",)), split=True),),
    )


@pytest.mark.parametrize(
    ("call", "knob", "expected"),
    [
        ('nn.vmap(D, variable_axes={"params": 0})', Knob.VARIABLE_AXES, '{"params": 0}'),
        ('nn.vmap(D, {"params": 0}, {"params": True})', Knob.SPLIT_RNGS, '{"params": True}'),
        ("nn.vmap(D, {}, {}, 1, 2)", Knob.OUT_AXES, "2"),
        ("nn.vmap(D, in_axes=1)", Knob.OUT_AXES, "nn.vmap(D, in_axes=1)"),
        ("nn.vmap(D, **knobs)", Knob.IN_AXES, "nn.vmap(D, **knobs)"),
        ("nn.vmap(*args)", Knob.VARIABLE_AXES, "nn.vmap(*args)"),
        ("functools.partial(nn.vmap, in_axes=1)", Knob.IN_AXES, "1"),
        ("partial(nn.vmap, D, {0: 0})", Knob.VARIABLE_AXES, "{0: 0}"),
        ('nn.vmap(D, variable_axes={\n  "x": 1,\n  "params": 0})', Knob.VARIABLE_AXES, "0"),
        ("nn.vmap(D, variable_axes=dict(\n  params=\n 7))", Knob.VARIABLE_AXES, "7"),
        ('f("批次 🧪") + nn.vmap(D, in_axes=1)', Knob.IN_AXES, "1"),
    ],
)
def test_where_an_argument_is_written(call: str, knob: Knob, expected: str) -> None:
    source = Source("s.py", f"é = {call}\n")
    tree = source.tree
    assert tree is not None
    value = tree.body[0].value  # type: ignore[attr-defined]
    node = value.right if call.startswith("f(") else value
    landmarks = Landmarks(source, "f")
    params = 7 if "7" in call else 0
    span = landmarks.knob(lifted(source.span(node), params), knob, "params")
    assert marked(source, span) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    return 1 + 1\n", "1 + 1"),
        ("def f():\n    def g():\n        return 2\n    return g()\n", "g()"),
        ("def f():\n    if a:\n        return 1\n    return 2\n", "2"),
        ("def g():\n    return 3\nf = jax.jit(g, static_argnums=2)\n", "3"),
        ("def g():\n    return 3\nh = g\nf = h\n", "3"),
        ("f = lambda *a: a[0]\n", "a[0]"),
        ("if x:\n    pass\nelse:\n    def f():\n        return 4\n", "4"),
    ],
)
def test_what_the_function_returns(text: str, expected: str) -> None:
    source = Source("s.py", text)
    assert marked(source, Landmarks(source, "f").returned()) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "1"), (1, "return"), (2, "a, b")], ids=["first", "bare", "last"]
)
def test_of_several_returns_the_one_that_is_reached(number: int, expected: str) -> None:
    text = "def f():\n    if a:\n        return 1\n    if b:\n        return\n    return a, b\n"
    source = Source("s.py", text)
    returns = [each for each in source.nodes if isinstance(each, ast.Return)]
    reached = sorted(returns, key=lambda each: each.lineno)[number]
    assert marked(source, Landmarks(source, "f").returned("", reached)) == expected


@pytest.mark.parametrize(
    "text", ["", "def f():\n    pass\n", "f = g\ng = f\n", "from g import f\n"]
)
def test_there_can_be_nothing_to_point_at(text: str) -> None:
    assert Landmarks(Source("s.py", text), "f").returned() is None


@pytest.mark.parametrize(
    ("returned", "place", "expected"),
    [
        ("a, b + 1, c", "[1]", "b + 1"),
        ("[a, (b, c)]", "[1][0]", "b"),
        ("a, b", "", "a, b"),
        ("a, *b", "[1]", "a, *b"),
        ("a, b", "[2]", "a, b"),
        ("pair(a, b)", "[1]", "pair(a, b)"),
    ],
)
def test_an_item_of_what_the_function_returns(returned: str, place: str, expected: str) -> None:
    source = Source("s.py", f"def f():\n    return {returned}\n")
    assert marked(source, Landmarks(source, "f").returned(place)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "def nn_vmap_forward(): pass",
        "nn_vmap_forward = other",
        "from a import b as nn_vmap_forward",
        "from a import *",
        "if x:\n    def nn_vmap_forward(): pass",
        "try:\n    import a\nexcept ImportError:\n    nn_vmap_forward = 1",
        "for nn_vmap_forward in (): pass",
        "a, (b, nn_vmap_forward) = x",
        "(nn_vmap_forward := 3)",
        "globals()['nn_vmap_' + 'forward'] = 3",
        "exec(open('x').read())",
        "class nn_vmap_forward: pass",
        "match x:\n    case 1:\n        def nn_vmap_forward(): pass",
        "with a as nn_vmap_forward: pass",
    ],
)
def test_a_file_that_may_define_the_function_is_run(text: str) -> None:
    assert static_findings(Source("s.py", text), EXERCISE) == ()


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("x = 1\ndef f(:\n", "syntax-error", 2),
        ("return 1\n", "syntax-error", 1),
        ("a = 1\nb = '\0'\n", "syntax-error", 2),
        ("(" * 500 + ")" * 500, "syntax-error", 1),
        ("import a\n\ndef nn_vmap_foward(): pass\n", "missing-function", 3),
        ("class A:\n    def nn_vmap_forward(self): pass\n", "missing-function", 2),
        ("def solve(): pass\n", "missing-function", None),
        ("", "missing-function", None),
    ],
)
def test_facts_found_without_running(text: str, rule: str, line: int | None) -> None:
    (finding,) = static_findings(Source("s.py", text), EXERCISE)
    assert finding.rule == rule
    assert (finding.span.line if finding.span else None) == line


def impurity(body: str, before: str = "") -> tuple[Source, Impurity]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = Source("s.py", f"{before}\ndef f(seed, x, memory={{}}):\n{lines}")
    return source, Impurity(source, "f")


@pytest.mark.parametrize(
    ("before", "body", "expected"),
    [
        ("import numpy as np", "return np.random.rand()", "np.random.rand()"),
        ("from time import time_ns", "return time_ns()", "time_ns()"),
        ("import random", "random.seed(seed)\nreturn random.random()", "random.random()"),
        ("import numpy as np\nr = np.random.default_rng()", "return r.normal()", "r.normal()"),
        ("import time\ndef g():\n    return time.time()", "return g()", "time.time()"),
        ("", "return hash('a')", "hash('a')"),
        ("import os", "return os.urandom(4)", "os.urandom(4)"),
        ("import numpy.random as r", "return r.normal()", "r.normal()"),
        ("from numpy.random import default_rng", "r = default_rng()", "default_rng()"),
        ("import random\nr: object = random.Random()", "return r.random()", "r.random()"),
        ("import time", "a = time.time(); b = time.time()", "time.time()"),
        (
            "import uuid\ndef h():\n    return uuid.uuid4()\ndef g():\n    return h()",
            "g()",
            "uuid.uuid4()",
        ),
        ("from random import random as chance", "return chance()", "chance()"),
    ],
)
def test_where_randomness_is_found(before: str, body: str, expected: str) -> None:
    source, places = impurity(body, before)
    assert marked(source, places.chance) == expected


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ("import jax\nfrom jax import random", "return random.normal(jax.random.key(0))"),
        ("import numpy as np", "return np.random.default_rng(seed)"),
        ("import math", "return math.sqrt(2)"),
        ("import numpy as np", "return np.random.default_rng(seed=seed)"),
        ("import numpy as np\nr = np.random.default_rng(3)", "return r.normal()"),
        ("from a import hash", "return hash('a')"),
        ("import time\ndef g():\n    return time.time()", "return x"),
        ("", "return x.hash()"),
        ("", "return time()"),
        ("import time\nr = max(1, 2)", "return r.real()"),
        ("", "return (lambda: 1)()"),
    ],
)
def test_calls_that_are_not_random(before: str, body: str) -> None:
    assert impurity(body, before)[1].chance is None


@pytest.mark.parametrize(
    ("before", "body", "line"),
    [
        ("n = 0", "global n\ny = x * n\nn += 1\nreturn y", 4),
        ("c = {}", "if seed not in c:\n    c[seed] = x\nreturn c[seed]", 3),
        ("c = []", "c.append(x)\nreturn c", 3),
        ("", "memory[0] = x\nreturn memory", 3),
        ("c = {}\ndef g(a):\n    c[0] = a", "g(x)\nreturn x", 3),
        ("", "f.calls += 1\nreturn x", 3),
        ("c = iter(())", "y = x\nreturn next(c)", 4),
        ("class C: pass", "setattr(C, 'n', x)\nreturn C.n", 3),
        ("c = {}", "c['a'].b.append(x)", 3),
        ("c = {}", "c.a[0] = x", 3),
        ("c = {}", "del c[seed]", 3),
        ("n = 0", "global n\nprint(n)\ndel n", 4),
        ("c = set()", "y = c\nc.discard(x)", 3),
        ("c = {}", "def g():\n    c[0] = x\nreturn g()", 4),
    ],
)
def test_where_state_is_found(before: str, body: str, line: int) -> None:
    span = impurity(body, before)[1].memory
    assert span is not None
    assert span.line == line


@pytest.mark.parametrize(
    ("signature", "carries"),
    [
        ("def f(a, c=[], /): c.append(a)", True),
        ("def f(a, *, c=[]): c.append(a)", True),
        ("def f(a, *, b, c=[]): c.append(a)", True),
        ("def f(a, c=[], d=0): c.append(a)", True),
        ("f = lambda a, c=[]: c.append(a)", True),
        ("def f(a, c=()): c.append(a)", False),
        ("def f(a, c=None): c.append(a)", False),
        ("def f(a, c=D): c.append(a)", False),
        ("def f(a, c=m.D): c.append(a)", False),
        ("def f(a, *, b=[], c): c.append(a)", False),
        ("def f(c, a=[]): c.append(a)", False),
    ],
)
def test_a_default_that_is_made_once_is_state(signature: str, carries: bool) -> None:
    assert (Impurity(Source("s.py", signature), "f").memory is not None) == carries


@pytest.mark.parametrize(
    "body",
    [
        "c = []\nc.append(x)\nreturn c",
        "y = {}\ny[0] = x\nreturn y",
        "c = iter(x)\nreturn next(c)",
        "return c.count(x) + len(y)",
        "return c[0]",
        "next()",
        "(c or y).append(x)",
        "x.c.append(y)",
        "return min(c)",
    ],
)
def test_local_values_are_not_state(body: str) -> None:
    assert impurity(body, "c = []\ny = {}")[1].memory is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x *= 2", "x *= 2"),
        ("x[0] = 1", "x[0] = 1"),
        ("y = np.asarray(x)\ny += 1", "y += 1"),
        ("y = x[1:]\ny.sort()", "y.sort()"),
        ("np.multiply(x, 2, out=x)", "np.multiply(x, 2, out=x)"),
        ("np.copyto(x, 0)", "np.copyto(x, 0)"),
        ("y = x.reshape(-1)\ny[0] += 1", "y[0] += 1"),
        ("y = np.atleast_2d(x)[0]\ny[0] = 1", "y[0] = 1"),
        ("y = x.T.sort()\nx.T.sort()", "x.T.sort()"),
        ("rng.shuffle(x)", "rng.shuffle(x)"),
        ("np.add.at(x, 0, 1)", "np.add.at(x, 0, 1)"),
        ("a = b = x\nb.fill(0)", "b.fill(0)"),
        ("a, x[1] = 1, 2\nx[0] = 3", "x[0] = 3"),
        ("def g(z):\n    z.fill(0)\ng(x)", "z.fill(0)"),
        ("def g(z):\n    z.fill(0)\nx.sort()", "x.sort()"),
    ],
)
def test_where_an_argument_is_changed(body: str, expected: str) -> None:
    source, places = impurity(body)
    assert marked(source, places.change) == expected


@pytest.mark.parametrize(
    "body",
    [
        "x = 2",
        "y = x + 1\ny += 1",
        "y = np.array(x)\ny[0] = 1",
        "y = x.copy()\ny.sort()",
        "np.multiply(x, 2, out=y)",
        "np.copyto(y, x)",
        "y.at[0].set(x)",
        "z = asarray(x)\nz += 1",
        "sort(x)",
        "sorted(x).sort()",
        "y = {'x': 1}\ny['x'] = x",
        "np.put(y, 0, x)",
        "y = f(x).view()\ny += 1",
    ],
)
def test_what_does_not_change_an_argument(body: str) -> None:
    assert impurity(body)[1].change is None


@pytest.mark.parametrize(
    ("text", "name", "position", "value", "expected"),
    [
        ("m = nn.Dense(3, False)", "use_bias", 1, "False", "False"),
        ("K = {'use_bias': False}\nm = nn.Dense(3, **K)", "use_bias", 1, "False", "False"),
        ("m = nn.Dense(3)", "use_bias", 1, "False", "nn.Dense(3)"),
        ("n = 3\nm = nn.Dense(n)", "features", 0, "3", "3"),
        ("n = 3\nprint(n + 1)\nm = nn.Dense(n)", "features", 0, "3", "n"),
        ("a = C(rate=1)\nm = a.clone(rate=2)", "rate", 0, "2", "2"),
        ("a = C(rate=1)\nm = a.clone(name='x')", "rate", 0, "1", "1"),
        (
            "m = C(on=False)\nsetattr(m, 'on', True)\nm = m\nm = C(on=False)",
            "on",
            0,
            "True",
            "True",
        ),
    ],
)
def test_where_a_setting_is_written(
    text: str, name: str, position: int, value: str, expected: str
) -> None:
    source = Source("s.py", text)
    tree = source.tree
    assert tree is not None
    made = source.span(tree.body[-1].value)  # type: ignore[attr-defined]
    span = Landmarks(source, "f").setting(made, name, position, value)
    assert marked(source, span) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def key(n):\n    return PRNGKey(n)\nkey(7)", "7"),
        ("SEED = 7\nPRNGKey(SEED)", "7"),
        ("PRNGKey(7)", "PRNGKey(7)"),
        ("def f(seed):\n    return PRNGKey(seed)\nf(7)", "PRNGKey(seed)"),
    ],
)
def test_where_the_constant_of_a_key_is_written(text: str, expected: str) -> None:
    source = Source("s.py", text)
    tree = source.tree
    assert tree is not None
    (call,) = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and "PRNG" in ast.dump(n.func)]
    assert marked(source, Landmarks(source, "f").seeded(source.span(call), "7")) == expected
