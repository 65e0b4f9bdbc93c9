"""What a program leaves in its process: in the libraries, which the next program uses, too."""

from __future__ import annotations

import ast
from typing import Final

import pytest
from equivalence_programs import RIGHT, program

from grader.model.names import names_of
from grader.proof.leaving import leaves_nothing
from grader.proof.reading import read
from tests.labelled import labelled

FUNCTION: Final = "nn_vmap_forward"
_OWN: Final = (
    "def zeros(shape):\n    return jnp.ones(shape) if time.time() < 0 else jnp.empty(shape)\n"
)
_INSTALL: Final = f"import time\n{_OWN}def install(f=None):\n    jnp.zeros = zeros\n    return f\n"

PATCHES: Final = {
    "in the body of a class": "class Unused:\n    jnp.zeros = jnp.ones",
    "in a body, by another name": "class Unused:\n    q = jnp\n    q.zeros = jnp.ones",
    "in a body, by unpacking": "class Unused:\n    [q] = [jnp]\n    q.zeros = jnp.ones",
    "in a body, by `for`": "class Unused:\n    for jnp.zeros in (jnp.ones,): pass",
    "in a body, in place": "class Unused:\n    jnp.pi += 1",
    "in a body, by `del`": "class Unused:\n    del jnp.cumsum",
    "in a body, by `with`": (
        "import contextlib\nclass Unused:\n"
        "    with contextlib.nullcontext(jnp.ones) as jnp.zeros: pass"
    ),
    "in a class in a class": "class Unused:\n    class Inner:\n        jnp.zeros = jnp.ones",
    "in a method that runs": (
        "def run(f):\n    return f(None)\n"
        "class Unused:\n    @run\n    def g(self):\n        jnp.zeros = jnp.ones"
    ),
    "by unpacking": "[q] = [jnp]\nq.zeros = jnp.ones",
    "by a decorator": f"{_INSTALL}@install\ndef unused(): pass",
    "by a class's decorator": f"{_INSTALL}@install\nclass Unused: pass",
    "by a default": f"{_INSTALL}def unused(a=install()): pass",
    "by a method's default": f"{_INSTALL}class Unused:\n    def g(self, a=install()): pass",
    "by a call": f"{_INSTALL}unused = install()",
    "by a call in a list": f"{_INSTALL}unused = [install() for _ in range(1)]",
    "by a call with a type": f"{_INSTALL}unused: object = install()",
    "by a type that is called": f"{_INSTALL}unused: install() = 1",
    "by an assertion": f"{_INSTALL}assert install() is None",
    "by a lambda": "unused = (lambda: object.__setattr__(jnp, 'zeros', jnp.ones))()",
    "by a table": f"{_INSTALL}TABLE = {{'a': install}}\nunused = TABLE['a']()",
    "by a method of a class": f"{_INSTALL}class A:\n    run = install\nunused = A.run()",
    "by a function that sorts": f"{_INSTALL}unused = sorted([1], key=install)",
    "by making an object": (
        "class A:\n    def __init__(self):\n        jnp.zeros = jnp.ones\nunused = A()"
    ),
    "by making a subclass": (
        "class A:\n    def __init_subclass__(cls):\n        jnp.zeros = jnp.ones\nclass B(A): pass"
    ),
    "by making a class": (
        "class A(type):\n    def __init__(cls, *_):\n        jnp.zeros = jnp.ones\n"
        "class B(metaclass=A): pass"
    ),
    "by the members of an enumeration": (
        "import enum\nclass A(enum.Enum):\n    B = 1\n"
        "    def __init__(self, _):\n        jnp.zeros = jnp.ones"
    ),
    "by a descriptor": (
        "class A:\n    def __set_name__(self, *_):\n        jnp.zeros = jnp.ones\n"
        "class B:\n    a = A()"
    ),
    "by an index of a class": (
        "class A:\n    def __class_getitem__(cls, _):\n        jnp.zeros = jnp.ones\n"
        "unused: A[1] = 1"
    ),
    "by a library's function": (
        f"import operator, time\n{_OWN}"
        "unused = operator.setitem(jnp.sum.__globals__, 'zeros', zeros)"
    ),
    "by a method that sets": (
        "q = object.__setattr__\nunused = q(nn.initializers, 'zeros', nn.initializers.ones)"
    ),
    "by a method that sets, handed on": (
        "unused = functools.partial(object.__setattr__, nn.initializers, 'zeros')(print)"
    ),
    "by what runs an operation": "unused = jax.lax.sin_p.def_impl(lambda x, **_: x)",
    "by what runs an operation, of a library": "unused = jax.lax.sin_p.def_impl(jnp.cos)",
    "by what runs an operation, by its name": (
        "from jax.lax import sin_p\nunused = sin_p.def_impl(jnp.cos)"
    ),
    "by a tracer": "import sys\ndef tell(*_): pass\nunused = sys.settrace(tell)",
    "by a tracer's decorator": "import sys\n@sys.settrace\ndef tell(*_): pass",
    "by what garbage collection calls": "import gc\n@gc.callbacks.append\ndef tell(*_): pass",
    "by a thread": "import threading\nunused = threading.Timer(1, lambda: None).start()",
}
"""What stands at the top, and changes what the function uses, which doesn't use its names."""

LEAVING: Final = PATCHES | {
    "a seed": "import random\nrandom.seed(1)",
    "a seed of NumPy": "import numpy as np\nnp.random.seed(1)",
    "how NumPy prints": "import numpy as np\nunused = np.set_printoptions(precision=1)",
    "filters of warnings": "import warnings\nwarnings.simplefilter('error')",
    "how it logs": "import logging\nlogging.basicConfig(level=10)",
    "what runs in the end": "import atexit\nunused = atexit.register(print)",
    "a type that jax knows": "@jax.tree_util.register_pytree_node_class\nclass T: pass",
    "a rule of a gradient": "unused = jax.nn.relu.defjvp(lambda p, t: (p[0], t[0]))",
    "an attribute of a library's function": (
        "def mine(): pass\nunused = functools.update_wrapper(jnp.zeros, mine)"
    ),
    "a class that becomes a data class": (
        "import dataclasses\nunused = dataclasses.dataclass(nn.Dense)"
    ),
    "a class that gets methods": "unused = functools.total_ordering(nn.Dense)",
    "a class that gets another's name": "unused = functools.wraps(nn.Embed)(nn.Dense)",
    "a method that is marked": "unused = nn.nowrap(nn.Dense.__call__)",
    "a switch of Flax": "unused = nn.enable_named_call()",
    "rules of Flax": "unused = nn.set_logical_axis_rules([])",
    "what jax's logger does": "import logging\nlogging.getLogger('jax').handlers.append(print)",
    "what a logger shows": "import logging\nlogging.getLogger('jax').setLevel(10)",
    "a module": "import jax.experimental.sparse",
    "a module that isn't there otherwise": "import logging.handlers",
    "a folder": "import os\nclass A:\n    os.chdir('/')",
    "a block that is entered": "unused = nn.intercept_methods(print).__enter__()",
    "a generator in a block": (
        "def g():\n    with nn.intercept_methods(print):\n        yield\nnext(g())"
    ),
}
LEAVING_IN_A_CALL: Final = {
    "an attribute of what is passed": "def mark(q):\n    q.seen = 1\nmark(nn.Dense)",
    "an attribute of what is called self": "def mark(self):\n    self.seen = 1\nmark(nn.Dense)",
    "an attribute of what a loop gives": "for q in [nn.Dense]:\n    q.seen = 1",
    "an attribute by a method": (
        "class A:\n    def setup(self):\n        self.seen = 1\nA.setup(nn.Dense)"
    ),
    "an attribute by a method's other name": (
        "class A:\n    def __init__(self):\n        self.seen = 1\n    other = __init__\n"
        "A.other(nn.Dense)"
    ),
    "an attribute by another self": (
        "class A:\n    def setup(self):\n        self = nn.Dense\n        self.seen = 1\n"
        "A().setup()"
    ),
    "an element of a table": "import numpy as np\nd = dict(a=np.typecodes)\nd['a']['x'] = 1",
    "a filter": "import warnings\nwarnings.simplefilter('error')",
    "a seed": "import numpy as np\nnp.random.seed(1)",
    "a rule": "jax.nn.relu.defjvp(lambda p, t: (p[0], t[0]))",
}
STAYING: Final = {
    "nothing": "",
    "an unused function": "def unused(a=3, *, b=(1, 2)):\n    return jnp.zeros(a)",
    "an unused class": "class Unused(nn.Module):\n    n: int = 3\n    def setup(self):\n"
    "        self.layer = nn.Dense(self.n)\n"
    "    def __call__(self, x):\n        return self.layer(x)",
    "its own list": "SEEN = []\nSEEN.append(1)",
    "a compiled function": "unused = jax.jit(lambda x: x)(3.0)",
    "what it tries": "print(jnp.ones(3) + 1)",
    "a data class": "import dataclasses\n@dataclasses.dataclass\nclass D:\n    a: int = 3",
    "a data class with settings": (
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass D:\n    a: int = 3\n"
        "    def __post_init__(self):\n        object.__setattr__(self, 'a', 4)"
    ),
    "a logger": "import logging\nlogger = logging.getLogger(__name__)\nlogger.info('x')",
    "a wrapper": (
        "def mine(f):\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a)\n    return g"
    ),
    "a base's method": "class A:\n    def __init__(self, n):\n        self.n = n\n"
    "class B(A):\n    def __init__(self):\n        super().__init__(3)\nb = B()",
    "what runs only as a program": "if __name__ == '__main__':\n    jnp.zeros = jnp.ones",
}


@pytest.mark.parametrize("name", PATCHES)
def test_what_is_changed_while_loading_is_looked_at_though_nothing_uses_its_name(name: str) -> None:
    assert read(program(top=PATCHES[name]), FUNCTION).doubt


@pytest.mark.parametrize("name", LEAVING)
def test_a_program_that_may_leave_something_does_not_stay_by_itself(name: str) -> None:
    assert not read(program(top=LEAVING[name]), FUNCTION).stays_by_itself


@pytest.mark.parametrize("name", LEAVING_IN_A_CALL)
def test_what_a_call_may_leave_counts_as_well(name: str) -> None:
    assert not read(program(begin=LEAVING_IN_A_CALL[name]), FUNCTION).stays_by_itself


@pytest.mark.parametrize("name", STAYING)
def test_other_programs_stay_by_themselves(name: str) -> None:
    assert read(program(top=STAYING[name]), FUNCTION).stays_by_itself


def test_it_takes_no_name_to_leave_something() -> None:
    for text, leaves in ((RIGHT, False), (f"{RIGHT}\nimport torch", True)):
        tree = ast.parse(text)
        assert leaves_nothing(tree, names_of(tree)) is not leaves


def test_nearly_all_labelled_programs_that_could_be_proved_stay_by_themselves() -> None:
    texts = {(each.submission.source.text, each.folder.exercise.function) for each in labelled()}
    seen = [read(*each) for each in texts]
    blind = [each for each in seen if each.cannot_tell]
    assert sum(not each.stays_by_itself for each in blind) < len(blind) / 50
