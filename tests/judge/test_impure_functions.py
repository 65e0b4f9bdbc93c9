"""Where a function changes something, keeps something, or gets something from chance."""

from __future__ import annotations

from typing import Final

import pytest

from grader.evidence.impurity import Impurity
from grader.model.source import Source
from tests.judge.marks import with_marks

CHANGED: Final = {
    "an item": "def f(x):\n    «x[0] = 1»",
    "in place": "def f(x):\n    «x += 1»",
    "an item in place": "def f(x):\n    «x[0] += 1»",
    "an item of an item": "def f(x):\n    «x[0][1] = 1»",
    "a method": "def f(x):\n    «x.sort()»",
    "a method of an item": "def f(x):\n    «x[0].fill(0)»",
    "by out": "def f(x):\n    «np.add(x, 1, out=x)»",
    "copied into": "def f(x):\n    «np.copyto(x, 1)»",
    "at an index": "def f(x):\n    «np.add.at(x, 0, 1)»",
    "by another name": "def f(x):\n    y = x\n    «y[0] = 1»",
    "by a part": "def f(x):\n    y = x[0]\n    «y += 1»",
    "as the same array": "def f(x):\n    y = np.asarray(x)\n    «y += 1»",
    "as a view": "def f(x):\n    y = x.reshape(-1)\n    «y += 1»",
    "a keyword argument": "def f(*, x):\n    «x += 1»",
    "a positional argument": "def f(x, /):\n    «x += 1»",
    "in a helper": "def g(y):\n    «y += 1»\ndef f(x):\n    g(x)",
    "in a function of its own": "def f(x):\n    def g(y):\n        «y += 1»\n    g(x)",
}
UNCHANGED: Final = {
    "a copy": "def f(x):\n    y = x.copy()\n    y += 1",
    "a new value": "def f(x):\n    x = x + 1",
    "a sum": "def f(x):\n    y = x + 1\n    y += 1",
    "a function of it": "def f(x):\n    y = np.sum(x)\n    y += 1",
    "a method that copies": "def f(x):\n    return x.sum()",
    "out of another": "def f(x):\n    np.add(x, 1, out=y)",
    "another array copied into": "def f(x):\n    np.copyto(y, x)",
    "a function of a mutator's name": "def f(x):\n    sort(x)",
    "an attribute": "def f(x):\n    y[0] = x",
    "in a function that isn't called": "def g(y):\n    y += 1\ndef f(x):\n    return x",
    "two names": "def f(x):\n    y, z = x, 1\n    y += 1",
}
CARRIED: Final = {
    "a list": "A = []\ndef f(x):\n    «A».append(x)",
    "a dict": "A = {}\ndef f(x):\n    «A»[0] = x",
    "an attribute": "A = B()\ndef f(x):\n    «A».y = x",
    "an attribute of an attribute": "A = B()\ndef f(x):\n    «A».y.z = x",
    "a deleted item": "A = {}\ndef f(x):\n    del «A»[0]",
    "a global name": "def f(x):\n    global a\n    «a» = x",
    "a count": "a = 0\ndef f(x):\n    global a\n    «a» += 1",
    "an iterator": "A = iter([])\ndef f(x):\n    next(«A»)",
    "by setattr": "A = B()\ndef f(x):\n    setattr(«A», 'y', x)",
    "a default": "def f(x, a=[]):\n    «a».append(x)",
    "a default of a keyword": "def f(x, *, a={}):\n    «a»[0] = x",
    "a default that is made": "def f(x, a=dict()):\n    «a»[0] = x",
    "in a helper": "A = []\ndef g(x):\n    «A».append(x)\ndef f(x):\n    g(x)",
    "read before": "A = []\ndef f(x):\n    y = «A»\n    A.append(x)",
}
FORGOTTEN: Final = {
    "its own list": "def f(x):\n    A = []\n    A.append(x)",
    "one of its own name": "A = []\ndef f(x):\n    A = []\n    A.append(x)",
    "a list that is only read": "A = []\ndef f(x):\n    return A[0]",
    "a global name that is only read": "a = 0\ndef f(x):\n    global a\n    return a",
    "a method that adds nothing": "A = []\ndef f(x):\n    return A.index(x)",
    "a default that can't change": "def f(x, a=(), b=1, c=d, e=g.h):\n    a.append(x)",
    "an argument without a default": "def f(x, *, a):\n    a.append(x)",
    "next of nothing": "A = iter([])\ndef f(x):\n    next()",
    "another function": "A = []\ndef f(x):\n    last(A)",
    "in a function that isn't called": (
        "A = []\ndef g(x):\n    A.append(x)\ndef f(x):\n    return x"
    ),
}
CHANCE: Final = {
    "numpy": "import numpy as np\ndef f(x):\n    return «np.random.normal()»",
    "python": "import random\ndef f(x):\n    return «random.random()»",
    "by name": "from random import random\ndef f(x):\n    return «random()»",
    "a generator": "import numpy as np\ndef f(x):\n    return «np.random.default_rng()»",
    "a generator at the top": (
        "import numpy as np\nR = np.random.default_rng()\ndef f(x):\n    return «R.normal()»"
    ),
    "the time": "import time\ndef f(x):\n    return «time.time()»",
    "the first": "import random\ndef f(x):\n    return «random.random()» + random.random()",
    "an object's place": "def f(x):\n    return «id(x)»",
    "in a helper": (
        "import random\ndef g():\n    return «random.random()»\ndef f(x):\n    return g()"
    ),
    "in a method": (
        "import random\nclass C:\n    def g(self):\n        return «random.random()»\n"
        "def f(x):\n    return C().g()"
    ),
    "in an object's method": (
        "import random\nclass C:\n    def __init__(self):\n        self.a = «random.random()»\n"
        "A = C()\ndef f(x):\n    return A.a"
    ),
    "in a function of an object": (
        "import random\ndef g():\n    return «random.random()»\n"
        "class C:\n    y = g()\ndef f(x):\n    return C.y"
    ),
    "in the function before one at the top": (
        "import random\nA = random.random()\ndef f(x):\n    return A + «random.random()»"
    ),
}
LOADED: Final = {
    "a number": "A = «random.random()»\ndef f(x):\n    return A",
    "a product": "A = 2 * «random.random()»\ndef f(x):\n    return A",
    "an argument": "A = float(«random.random()»)\ndef f(x):\n    return A",
    "a list": "A = [«time.time()»]\ndef f(x):\n    return A[0]",
    "a dict": "A = {0: «time.time()»}\ndef f(x):\n    return A[0]",
    "a text": "A = f'{«random.random()»}'\ndef f(x):\n    return A",
    "a pair": "A, B = «random.random()», 1\ndef f(x):\n    return A",
    "a walrus": "(A := «random.random()»)\ndef f(x):\n    return A",
    "a generator's": "A = «np.random.default_rng()».normal()\ndef f(x):\n    return A",
    "a generator's by name": (
        "R = np.random.default_rng()\nA = «R.normal()»\ndef f(x):\n    return A"
    ),
    "a default": "def f(x, a=«random.random()»):\n    return a",
    "a decorator's": "def g(y):\n    return h\n@g(«random.random()»)\ndef f(x):\n    return x",
    "an attribute": "class C:\n    a = «random.random()»\ndef f(x):\n    return C.a",
    "a condition": (
        "if «random.random()» < 0.5:\n    A = 1\nelse:\n    A = 2\ndef f(x):\n    return A"
    ),
    "an item": "A = {}\nA[0] = «random.random()»\ndef f(x):\n    return A[0]",
    "an added item": "A = []\nA.append(«random.random()»)\ndef f(x):\n    return A[0]",
    "added up": "A = 1\nA += «random.random()»\ndef f(x):\n    return A",
    "by another name": "A = «random.random()»\nB = A + 1\ndef f(x):\n    return B",
    "by a helper's global name": (
        "A = «random.random()»\ndef g():\n    return A\ndef f(x):\n    return g()"
    ),
    "in a loop": "A = []\nfor i in x:\n    A.append(«random.random()»)\ndef f(x):\n    return A",
}
CERTAIN: Final = {
    "a seeded generator": "import numpy as np\ndef f(x):\n    return np.random.default_rng(0)",
    "a seeded generator by name": (
        "import numpy as np\ndef f(x):\n    return np.random.default_rng(seed=0)"
    ),
    "a seeded generator at the top": (
        "import numpy as np\nR = np.random.default_rng(0)\ndef f(x):\n    return R.normal()"
    ),
    "jax": "import jax\ndef f(x):\n    return jax.random.normal(x)",
    "another module of that name": "import mine as random\ndef f(x):\n    return random.random()",
    "no import": "def f(x):\n    return random.random()",
    "another name for it": "from mine import id\ndef f(x):\n    return id(x)",
    "the generator itself": (
        "import numpy as np\nR = np.random.default_rng()\ndef f(x):\n    return R()"
    ),
    "what a call returns": "import random\ndef f(x):\n    return g()(x)",
    "not called": "import random\ndef f(x):\n    return random.random",
    "a number that isn't used": "import time\nA = time.time()\ndef f(x):\n    return x",
    "a class that isn't used": (
        "import random\nclass C:\n    x = random.random()\ndef f(x):\n    return x"
    ),
    "an item of another": (
        "import time\nA = []\nB = []\nB.append(time.time())\ndef f(x):\n    return A"
    ),
    "printed": "import time\nprint(time.time())\ndef f(x):\n    return x",
}


def source_of(text: str) -> Source:
    return Source("s.py", text.replace("«", "").replace("»", ""))


@pytest.mark.parametrize("text", CHANGED.values(), ids=CHANGED)
def test_an_argument_is_changed(text: str) -> None:
    source = source_of(text)
    assert with_marks(source, Impurity(source, "f").change) == text


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED)
def test_no_argument_is_changed(text: str) -> None:
    assert Impurity(source_of(text), "f").change is None


@pytest.mark.parametrize("text", CARRIED.values(), ids=CARRIED)
def test_something_outlives_a_call(text: str) -> None:
    source = source_of(text)
    assert with_marks(source, Impurity(source, "f").memory) == text


@pytest.mark.parametrize("text", FORGOTTEN.values(), ids=FORGOTTEN)
def test_nothing_outlives_a_call(text: str) -> None:
    assert Impurity(source_of(text), "f").memory is None


@pytest.mark.parametrize("text", CHANCE.values(), ids=CHANCE)
def test_something_is_left_to_chance(text: str) -> None:
    source = source_of(text)
    assert with_marks(source, Impurity(source, "f").chance) == text
    assert not Impurity(source, "f").drawn_while_loading


@pytest.mark.parametrize("text", LOADED.values(), ids=LOADED)
def test_something_is_left_to_chance_while_the_file_is_loaded(text: str) -> None:
    text = f"import random, time\nimport numpy as np\n{text}"
    source = source_of(text)
    assert with_marks(source, Impurity(source, "f").chance) == text
    assert Impurity(source, "f").drawn_while_loading


def test_a_methods_class_is_a_part_of_it() -> None:
    text = "import random\nclass C:\n    a = «random.random()»\n    def f(self):\n        return 1"
    source = source_of(text)
    assert with_marks(source, Impurity(source, "C.f").chance) == text


@pytest.mark.parametrize("text", CERTAIN.values(), ids=CERTAIN)
def test_nothing_is_left_to_chance(text: str) -> None:
    assert Impurity(source_of(text), "f").chance is None
