"""Programs that differ from the reference in its scope, and whose trace looks the same.

None may be proved. Each is found by the stand-ins, which note what they are asked; by a look at the
text; by what the program keeps from call to call; or by the stand-ins' answers, which are those of
the int that they stand for.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from equivalence_programs import Looked, look, program


@pytest.fixture(autouse=True)
def libraries() -> Iterator[None]:
    """Take back what a program writes to a library, which the tests after it use, too."""
    names, codes = list(np.__all__), dict(np.typecodes)
    functions = (copy.copy, jnp.sum, jax.random.split)
    before = [dict(vars(each)) for each in functions]
    yield
    np.__all__[:] = names
    np.typecodes.clear()
    np.typecodes.update(codes)
    for function, attributes in zip(functions, before, strict=True):
        vars(function).clear()
        vars(function).update(attributes)


def halved(test: str, top: str = "", begin: str = "") -> str:
    """Return a program that halves its outputs where `test` holds, which is never in a trace."""
    begin = f"size = x_batch.shape[0]\n{begin}"
    return program(top=top, begin=begin, end=f"if {test}:\n    outputs = outputs / 2")


DECIDING: dict[str, str] = {
    "a length": halved("len(x_batch) == 7"),
    "an output's length": halved("len(outputs) == 7"),
    "whether an array waits in a map": program(
        end="outputs = jax.vmap(lambda y: y if hasattr(y, 'block_until_ready') or features != 7"
        " else y / 2)(outputs)",
    ),
    "whether a sum with the seed waits": program(
        end="if not hasattr(seed + 0, 'block_until_ready'):\n    outputs = outputs / 2",
    ),
    "a value's text": halved("f'{jnp.mean(outputs):.2f}' == '7.00'"),
    "a length that something is looked up by": halved("len(x_batch) in {7: 1}"),
    "a length's text": halved("str(len(x_batch)) == '7'"),
    "NumPy's array": halved(
        "isinstance(x_batch, np.ndarray) and size > 6", top="import numpy as np"
    ),
    "no array of jax": halved("not isinstance(x_batch, jax.Array) and size > 6"),
    "what only NumPy's array has": halved("hasattr(x_batch, 'flags') and size > 6"),
    "what NumPy's array hasn't": halved("not hasattr(x_batch, 'at') and size > 6"),
    "a default for what NumPy's array hasn't": halved("getattr(x_batch, 'at', 0) == 0"),
    "an attribute that a property can't get in a trace": program(
        top="class A:\n"
        "    def __init__(self, s):\n"
        "        self.s = s\n"
        "    @property\n"
        "    def v(self):\n"
        "        return self.s.bit_length() * 0 + 1",
        end="if hasattr(A(seed), 'v'):\n    outputs = outputs / 2",
    ),
    "a default for what a property can't get": program(
        top="class A:\n"
        "    def __init__(self, s):\n"
        "        self.s = s\n"
        "    @property\n"
        "    def v(self):\n"
        "        return self.s.bit_length()",
        end="if getattr(A(seed), 'v', None) is not None:\n    outputs = outputs / 2",
    ),
    "an error that a class made by a metaclass drops": program(
        top="class M(type): pass\n"
        "C = M('C', (), {'__enter__': lambda s: s, '__ex' + 'it__': lambda *_: True})",
        end="with C():\n    float(seed)\n    outputs = outputs / 2",
    ),
    "a text that is printed to an object": program(
        top="class S:\n    def write(self, t):\n        self.t = t\n    def flush(self): pass",
        begin="s = S()\nprint(x_batch.shape, file=s, end='')",
        end="if s.t == '7':\n    outputs = outputs / 2",
    ),
    "a test that is passed on": halved(
        "list(itertools.takewhile(lambda n: n != 7, x_batch.shape)) == []",
        top="import itertools",
    ),
    "a method called like an array's that gives a size": halved(
        "Box().mean(x_batch) == 7",
        top="class Box:\n    def mean(self, x):\n        return x.shape[0]",
    ),
    "two modules compared": halved(
        "nn.Dense(size) == nn.Dense(7)",
    ),
    "a module as a key": halved(
        "{nn.Dense(7): 1}.get(nn.Dense(size))",
    ),
    "a module among some": halved(
        "nn.Dense(size) in (nn.Dense(7), nn.Dense(9))",
    ),
    "a size that apply gives back": halved(
        "nn.Dense(size).apply({}, method=lambda m: m.features) == 7",
    ),
    "a decorator that turns the arguments round": program(
        top="def turn(f):\n"
        "    return lambda a, b: f(b, a)\n"
        "@turn\n"
        "def scaled(n, y):\n"
        "    return y / 2 if n == 7 else y",
        end="outputs = scaled(outputs, x_batch.shape[0])",
    ),
    "two dataclasses compared": halved(
        "Cfg(size) == Cfg(7)",
        top="import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Cfg:\n    n: int",
    ),
    "a dataclass in a set": halved(
        "Cfg(size) in {Cfg(7)}",
        top="import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass Cfg:\n    n: int",
    ),
    "a named tuple compared": halved(
        "P(size) == (7,)",
        top="import typing\nclass P(typing.NamedTuple):\n    n: int",
    ),
    "a place in a tuple": halved(
        "(5, 7, size).index(size) == 1",
    ),
    "a count in a list": halved(
        "[7, 9].count(size)",
    ),
    "operator.eq": halved(
        "operator.eq(size, 7)",
        top="import operator",
    ),
    "operator.contains": halved(
        "operator.contains((7,), size)",
        top="import operator",
    ),
    "a partial that is mapped": halved(
        "any(map(functools.partial(operator.eq, 7), x_batch.shape))",
        top="import operator",
    ),
    "a negated comparison": halved(
        "not size != 7",
    ),
    "a difference that may be zero": halved(
        "not (size - 7)",
    ),
    "a comparison as an index": program(
        end="outputs = (outputs, outputs / 2)[x_batch.shape[0] == 7]",
    ),
    "match on a size": program(
        end="match x_batch.shape[0]:\n    case 7:\n        outputs = outputs / 2",
    ),
    "match on a shape": program(
        end="match x_batch.shape:\n    case (7, _):\n        outputs = outputs / 2",
    ),
    "match on a field": program(
        top="import dataclasses\n@dataclasses.dataclass\nclass C:\n    n: int",
        end="match C(x_batch.shape[0]):\n    case C(n=7):\n        outputs = outputs / 2",
    ),
    "a size as a key": halved(
        "{7: 1}.get(size)",
    ),
    "two frozen dicts compared": halved(
        "freeze({'n': size}) == freeze({'n': 7})",
        top="from flax.core import freeze",
    ),
    "two types of arrays compared": halved(
        "S(x_batch.shape, jnp.float32) == S((7, 3), jnp.float32)",
        top="S = jax.ShapeDtypeStruct",
    ),
    "two tree structures compared": halved(
        "jax.tree.structure(S(size)) == jax.tree.structure(S(7))",
        top="import flax.struct\n"
        "@flax.struct.dataclass\n"
        "class S:\n"
        "    n: int = flax.struct.field(pytree_node=False)",
    ),
    "two of flax's dataclasses compared": halved(
        "S(size) == S(7)",
        top="import flax.struct\n@flax.struct.dataclass\nclass S:\n    n: int",
    ),
    "a comparison that is mapped over a tree": halved(
        "jax.tree.leaves(jax.tree.map(lambda n: n == 7, [size]))[0]",
    ),
    "a comparison that is reduced": halved(
        "functools.reduce(lambda a, b: a or b == 7, x_batch.shape, False)",
    ),
    "two sizes in a set": halved(
        "len({size, x_batch.shape[0]}) == 1",
    ),
    "a cached decision": halved(
        "seven(size)",
        top="@functools.lru_cache\ndef seven(n):\n    return n == 7",
    ),
    "a cache that mixes up 7 and 7.0": program(
        top="@functools.lru_cache(maxsize=None)\ndef keep(n):\n    return n\nkeep(7.0)",
        begin="kept = keep(x_batch.shape[0])",
    ),
    "the length of a size's text": halved(
        "len(str(size)) == 1",
    ),
    "a size's text in an f-string": halved(
        "f'{size}' == '7'",
    ),
    "a size's text by %": halved(
        "'%s' % size == '7'",
    ),
    "the text of an array": halved(
        "'7' in str(x_batch)",
    ),
    "NumPy's type for a size": halved(
        "np.asarray(size).dtype != object and size == 7",
        top="import numpy as np",
    ),
    "NumPy's comparison": halved(
        "np.equal(size, 7)",
        top="import numpy as np",
    ),
    "NumPy's array of a shape": halved(
        "(np.array(x_batch.shape) == 7).any()",
        top="import numpy as np",
    ),
    "a division by zero for one size": program(
        begin="1 // (x_batch.shape[0] - 9)",
    ),
    "a remainder by zero for one size": program(
        begin="5 % (x_batch.shape[0] - 9)",
    ),
    "an assertion that fails for one size": program(
        begin="assert x_batch.shape[0] != 7",
    ),
    "a negated assertion": program(
        begin="assert not x_batch.shape == (7, 7)",
    ),
    "an index while printing": program(
        begin="print([1][x_batch.shape[0] == 7])",
    ),
    "the text of the seed": halved(
        "len(str(seed)) < 4",
    ),
    "an attribute that an int has": halved(
        "getattr(seed, 'bit_length', None) is not None",
    ),
    "the type of an array": halved(
        "'Tracer' not in type(x_batch).__name__",
    ),
    "a shape compared": halved(
        "x_batch.shape == (size, size)",
    ),
    "operator.eq over a tree": halved(
        "jax.tree.map(operator.eq, [size], [13])[0]",
        top="import operator",
    ),
    "a list's method over a tree": halved(
        "jax.tree.map([13].count, [size])[0]",
    ),
    "a dict's method over a tree": halved(
        "jax.tree.map({13: 1}.get, [size])[0]",
    ),
    "the text of a leaf": halved(
        "jax.tree.map(str, [size])[0] == '13'",
    ),
    "what counts as a leaf": halved(
        "len(jax.tree.leaves((size, 3), is_leaf=functools.partial(operator.eq, (13, 3)))) == 1",
        top="import operator",
    ),
    "a frozen dict of pairs": halved(
        "len(FrozenDict([(size, 1), (13, 2)])) == 1",
        top="from flax.core import FrozenDict",
    ),
    "a list's method as a layer": halved(
        "nn.Sequential([[13].count]).apply({}, size)",
    ),
    "a list's method as an initialiser": halved(
        "nn.with_partitioning([13].count, ('x',))(size).value",
    ),
    "bool as the start of a variable": halved(
        "not Odd().apply({}, size, mutable=['c'])[0]",
        top="class Odd(nn.Module):\n"
        "    @nn.compact\n"
        "    def __call__(self, size):\n"
        "        return self.variable('c', 'x', bool, size - 13).value",
    ),
    "a function called like NumPy's": halved(
        "_wrapreduction(size).dtype != object and size == 13",
        top="import numpy as np\ndef _wrapreduction(n):\n    return np.asarray(n)",
    ),
    "a product that is no int": halved(
        "not isinstance(np.prod(x_batch.shape), int) and size == 13",
        top="import numpy as np",
    ),
    "an attribute of a product": halved(
        "hasattr(np.prod(x_batch.shape), 'dtype') and size == 13",
        top="import numpy as np",
    ),
    "whether any size is one": halved(
        "np.any(x_batch.shape) - 1 == 0 and size == 13",
        top="import numpy as np",
    ),
    "a decision after many that don't count": program(
        begin="\n".join(f"print(features == {n})" for n in range(45)),
        end="if x_batch.shape[0] == 13:\n    outputs = outputs / 2",
    ),
    "what only the first call does": program(
        top="L = []\ndef first():\n    return not L and not L.append(1)",
        end="if not first() and x_batch.shape[0] == 13:\n    outputs = outputs / 2",
    ),
    "what a compiled function writes once": program(
        top="L = []\n@jax.jit\ndef f():\n    L.append(1)\n    return 0.0",
        begin="first = not L\nf()",
        end="if not first and x_batch.shape[0] == 13:\n    outputs = outputs / 2",
    ),
}

SEEN_IN_THE_TEXT: dict[str, str] = {
    "an array that doesn't wait in a map": program(
        top="def f(y, n):\n"
        "    try:\n"
        "        return y.block_until_ready()\n"
        "    except AttributeError:\n"
        "        return y / 2 if n == 7 else y",
        end="outputs = jax.vmap(lambda y: f(y, features))(outputs)",
    ),
    "what NumPy draws after it was seeded": program(
        top="import numpy as np",
        end="np.random.seed(seed)\nif np.random.rand() > 0.9999:\n    outputs = outputs / 2",
    ),
    "what Python draws after it was seeded": program(
        top="import random",
        end="random.seed(seed)\nif random.random() > 0.9999:\n    outputs = outputs / 2",
    ),
    "a function that jax prints with": program(end="jax.debug.callback(print, outputs)"),
    "jax's printing under another name": program(
        top="show = jax.debug.print", end="show('{}', outputs)"
    ),
    "what a command line says": program(
        top="import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--half', action='store_true')\n"
        "options, _ = parser.parse_known_args([])",
        end="if options.half:\n    outputs = outputs / 2",
    ),
    "a function that reads a command line": program(
        top="import argparse\nT = []\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--n', type=T.append, default='1')\n"
        "options, _ = parser.parse_known_args([])",
        end="if len(T) > 1:\n    outputs = outputs / 2",
    ),
    "a parser that is another object": program(
        top="import argparse\nT = []\n"
        "class P:\n    def add_argument(self, n):\n        T.append(n)\n"
        "parser = argparse.ArgumentParser()\nparser = P()\nparser.add_argument(1)",
        end="if len(T) > 1:\n    outputs = outputs / 2",
    ),
    "a setting that makes it raise": program(top="jax.config.update('jax_debug_nans', True)"),
    "a setting that isn't in the text": program(
        top="NAME = 'jax_enable_x64'\njax.config.update(NAME, False)"
    ),
    "an error that a finally forgets": program(
        top="def f(s, y):\n"
        "    try:\n"
        "        int(s)\n"
        "        y = y / 2\n"
        "    finally:\n"
        "        return y",
        end="outputs = f(seed, outputs)",
    ),
    "an error that an exit stack swallows": program(
        top="import contextlib",
        end="with contextlib.ExitStack() as s:\n"
        "    s.push(lambda *e: True)\n"
        "    int(seed)\n"
        "    outputs = outputs / 2",
    ),
    "an error that a lambda swallows": program(
        top="class Q:\n    __enter__ = lambda self: self\n    __exit__ = lambda self, *e: True",
        end="with Q():\n    int(seed)\n    outputs = outputs / 2",
    ),
    "an error that another name's method swallows": program(
        top="class Q:\n"
        "    def __enter__(self):\n"
        "        return self\n"
        "    def leave(self, *e):\n"
        "        return True\n"
        "    __exit__ = leave",
        end="with Q():\n    int(seed)\n    outputs = outputs / 2",
    ),
    "an error that __getattr__ takes over": program(
        top="class A:\n"
        "    def __init__(self, s):\n"
        "        self.s = s\n"
        "    @property\n"
        "    def v(self):\n"
        "        return self.s.bit_length()\n"
        "    def __getattr__(self, name):\n"
        "        return None",
        end="if A(seed).v is not None:\n    outputs = outputs / 2",
    ),
    "an identifier drawn by chance": program(
        top="import uuid",
        end="if uuid.uuid4().int % 10**9 == 0:\n    outputs = outputs / 2",
    ),
    "the environment in a class body": program(
        top="import os\nclass C:\n    flag = os.getenv('ODD')",
        end="if C.flag:\n    outputs = outputs / 2",
    ),
    "the clock by another name": program(
        top="from time import time as now",
        end="outputs = outputs / (2 if now() > 2e9 else 1)",
    ),
    "a comparison by its method": halved(
        "features.__eq__(7)",
    ),
    "the text of a shape": halved(
        "repr(x_batch.shape).startswith('(7')",
    ),
    "the seed by identity": halved(
        "seed is 1",
    ),
    "an array by identity": halved(
        "x_batch.T.T is x_batch",
    ),
    "isinstance by another name": halved(
        "check(seed, int)",
        top="check = isinstance",
    ),
    "isinstance in a partial": halved(
        "list(map(functools.partial(isinstance, seed), (int,)))[0]",
    ),
    "type by another name": halved(
        "kind(seed) is int",
        top="kind = type",
    ),
    "an int's own comparison": halved(
        "(7).__eq__(features) is True",
    ),
    "the class of an array": halved(
        "x_batch.__class__.__name__ == 'ArrayImpl'",
    ),
    "an attribute of real arrays": halved(
        "getattr(x_batch, 'unsafe_buffer_pointer', None) is not None",
    ),
    "jax's tracers": halved(
        "not isinstance(x_batch, jax.core.Tracer)",
    ),
    "a pattern of a type": program(
        end="match seed:\n    case int():\n        outputs = outputs / 2",
    ),
    "dispatch by type": program(
        top="@functools.singledispatch\n"
        "def f(s, y):\n"
        "    return y\n"
        "@f.register\n"
        "def _(s: int, y):\n"
        "    return y / 2",
        end="outputs = f(seed, outputs)",
    ),
    "what json can't write": halved(
        "json.dumps({'s': seed}, default=lambda o: 0) == '{\"s\": 5}'",
        top="import json",
    ),
    "a weak type": halved(
        "not x_batch.weak_type",
    ),
    "whether NumPy calls it a scalar": halved(
        "np.isscalar(seed)",
        top="import numpy as np",
    ),
    "whether jax calls it a scalar": halved(
        "jnp.isscalar(features)",
    ),
    "a module that is passed on": program(
        top="def pick(lib):\n    return lib.isscalar",
        end="if pick(jnp)(features):\n    outputs = outputs / 2",
    ),
    "two arrays compared by jax": halved(
        "bool(jnp.array_equal(jnp.zeros(features), jnp.zeros(7)))",
    ),
    "an error that is caught": program(
        end="try:\n    outputs = outputs * (1.0 + 0 * int(seed))\nexcept Exception: pass",
    ),
    "an error that is suppressed": program(
        top="import contextlib",
        end="with contextlib.suppress(Exception):\n    outputs = outputs / (1 + 0 * int(seed))",
    ),
    "an error that a context swallows": program(
        top="class Quiet:\n"
        "    def __enter__(self):\n"
        "        return self\n"
        "    def __exit__(self, *e):\n"
        "        return True",
        end="with Quiet():\n    outputs = outputs / (1 + 0 * int(seed))",
    ),
    "an error that is caught in a helper": program(
        top="def f(s, y):\n"
        "    try:\n"
        "        return y / (1 + 0 * int(s))\n"
        "    except TypeError:\n"
        "        return y",
        end="outputs = f(seed, outputs)",
    ),
    "an error that a generator swallows": program(
        top="import contextlib\n"
        "@contextlib.contextmanager\n"
        "def quiet():\n"
        "    try:\n"
        "        yield\n"
        "    except Exception:\n"
        "        pass",
        end="with quiet():\n    outputs = outputs / (1 + 0 * int(seed))",
    ),
    "a static argument that compares less than it holds": program(
        top="import dataclasses\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class Cfg:\n"
        "    name: str\n"
        "    n: int = dataclasses.field(compare=False)\n"
        "@functools.partial(jax.jit, static_argnums=0)\n"
        "def scale(cfg):\n"
        "    return jnp.ones(()) * cfg.n",
        end="outputs = outputs * (scale(Cfg('a', features)) / scale(Cfg('a', features)))",
    ),
    "a static argument that equals all others": program(
        top="class Cfg:\n"
        "    def __init__(self, n):\n"
        "        self.n = n\n"
        "    def __eq__(self, other):\n"
        "        return True\n"
        "    def __hash__(self):\n"
        "        return 1\n"
        "@functools.partial(jax.jit, static_argnums=0)\n"
        "def scale(cfg):\n"
        "    return jnp.ones(cfg.n)",
        end="outputs = outputs[:, :scale(Cfg(features)).shape[0]]",
    ),
    "text that is run": program(
        top="NS = {}\nexec('def f(n):\\n    return n == 7', NS)",
        end="if NS['f'](features):\n    outputs = outputs / 2",
    ),
    "text that is evaluated": program(
        top="F = eval('lambda m: m.features == 7')",
        end="if model.apply(variables, method=F):\n    outputs = outputs / 2",
    ),
    "how often a cache was asked": program(
        top="@functools.cache\ndef box():\n    return 0",
        begin="box()",
        end="if box.cache_info().hits > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of flax's": program(
        begin="D = nn.Dense\nD.calls = getattr(D, 'calls', 0) + 1",
        end="if D.calls > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of flax's by its name": program(
        begin="setattr(nn.Dense, 'calls', getattr(nn.Dense, 'calls', 0) + 1)",
        end="if nn.Dense.calls > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of jax's": program(
        begin="jnp.calls = getattr(jnp, 'calls', 0) + 1",
        end="if jnp.calls > 99:\n    outputs = outputs / 2",
    ),
    "globals that wraps updates": program(
        top="def a():\n    pass\n@functools.wraps(a, updated=('__globals__',))\ndef b():\n    pass",
        end="b()",
    ),
    "the clock": program(
        top="import time",
        end="if time.time() > 2e9:\n    outputs = outputs / 2",
    ),
    "the clock when it is loaded": program(
        top="import time\nLATE = time.time() > 2e9",
        end="if LATE:\n    outputs = outputs / 2",
    ),
    "a function chosen by the clock": program(
        top="import time\n"
        "if time.time() > 2e9:\n"
        "    def f(y):\n"
        "        return y / 2\n"
        "else:\n"
        "    def f(y):\n"
        "        return y",
        end="outputs = f(outputs)",
    ),
    "the date": program(
        top="import datetime",
        end="if datetime.date.today().day == 31:\n    outputs = outputs / 2",
    ),
    "chance": program(
        top="import random",
        end="if random.random() < 1e-9:\n    outputs = outputs / 2",
    ),
    "NumPy's chance": program(
        top="import numpy as np",
        end="if np.random.rand() < 1e-9:\n    outputs = outputs / 2",
    ),
    "the environment": program(
        top="import os",
        end="if os.environ.get('ODD'):\n    outputs = outputs / 2",
    ),
    "the command line": program(
        top="import sys",
        end="if len(sys.argv) > 5:\n    outputs = outputs / 2",
    ),
    "the caller's frame": program(
        top="import sys",
        end="if sys._getframe(1).f_code.co_name == 'call':\n"
        "    pass\n"
        "else:\n"
        "    outputs = outputs / 2",
    ),
    "the stack": program(
        top="import inspect",
        end="if len(inspect.stack()) < 5:\n    outputs = outputs / 2",
    ),
    "an address": halved(
        "id(seed) % 4096 == 0",
    ),
    "an address in a text": halved(
        "'0x7f' not in repr(object())",
    ),
    "a hash that differs from process to process": halved(
        "hash('x') % 97 == 0",
    ),
    "the order of a set": program(
        end="for n in {'a', 'b'}:\n    first = n\nif first == 'a':\n    outputs = outputs / 2",
    ),
    "threads": program(
        top="import threading",
        end="if threading.active_count() > 20:\n    outputs = outputs / 2",
    ),
    "the devices": halved(
        "jax.device_count() > 1",
    ),
    "whether jax traces": halved(
        "jax.core.trace_ctx.is_top_level()",
    ),
    "a file": halved(
        "open('/etc/hostname').read() == 'x'",
    ),
    "the name of a method": halved("x_batch.tolist.__qualname__[0] != 'D'"),
    "the text about a method": halved("x_batch.tolist.__doc__ is not None"),
    "the name of a method that a function borrows": program(
        top="def f(): pass",
        begin="functools.update_wrapper(f, x_batch.tolist)",
        end="if f.__qualname__[0] != 'D':\n    outputs = outputs / 2",
    ),
    "a class that is made to drop errors": program(
        top="C = type('C', (), {'__enter__': lambda s: s, '__ex' + 'it__': lambda *_: True})",
        end="with C():\n    [0] * seed\n    outputs = outputs / 2",
    ),
    "an error that NumPy's tests expect": program(
        top="import numpy as np",
        begin="found = []\ndef f():\n    [0] * seed\n    found.append(1)\n    raise ValueError\n"
        "np.testing.assert_raises(Exception, f)",
        end="if found:\n    outputs = outputs / 2",
    ),
    **{
        f"an error that is caught by what {call} calls": program(
            top="import numpy as np\nfound = []\n"
            "def f(_):\n"
            "    try:\n"
            "        float(found[0])\n"
            "        found.append(1)\n"
            "    except TypeError:\n"
            "        pass",
            begin=f"found[:] = [seed]\n{call}",
            end="if found[1:]:\n    outputs = outputs / 2",
        )
        for call in (
            "jax.tree.map(f, 0)",
            "max([0], key=f)",
            "np.apply_along_axis(f, 0, np.zeros(1))",
            "print(jax.tree.map(f, 0))",
        )
    },
    "an error that `list` drops": program(
        top="class A:\n"
        "    def __init__(self, found):\n"
        "        self.found = found\n"
        "    def __iter__(self):\n"
        "        return iter(self.found)\n"
        "    def __len__(self):\n"
        "        [0] * seed\n"
        "        self.found.append(1)\n"
        "        return 1",
        begin="a = A([])\nlist(a)",
        end="if a.found:\n    outputs = outputs / 2",
    ),
    "an error that `pprint` drops": program(
        top="import pprint\n"
        "class A:\n"
        "    def __init__(self, s, found):\n"
        "        self.s, self.found = s, found\n"
        "    def __lt__(self, other):\n"
        "        [0] * self.s\n"
        "        self.found.append(1)\n"
        "        return True",
        begin="found = []\npprint.pformat({A(seed, found): 1, A(seed, found): 2})",
        end="if found:\n    outputs = outputs / 2",
    ),
    "a length that is asked for by another name": program(
        top="import operator",
        end="if operator.length_hint(x_batch) == 7:\n    outputs = outputs / 2",
    ),
    "a number that NumPy keeps": program(
        top="import numpy as np",
        begin="np.setbufsize(np.getbufsize() + 16)",
        end="if np.getbufsize() > 9999:\n    outputs = outputs / 2",
    ),
    "a name that `logging` keeps": program(
        top="import logging",
        begin="logging.addLevelName(77, logging.getLevelName(77) + 'x')",
        end="if len(logging.getLevelName(77)) > 99:\n    outputs = outputs / 2",
    ),
    "state in a class that is said to be jax's": program(
        top="class Box:\n    __module__ = 'jax'\n    calls = [0]",
        begin="Box.calls[0] += 1",
        end="if Box.calls[0] > 99:\n    outputs = outputs / 2",
    ),
    "a module within a module": halved(
        "len(logging.sys.argv) > 9",
        top="import logging",
    ),
    "an event loop": program(
        top="import asyncio\nasync def f(y):\n    return y",
        end="outputs = asyncio.run(f(outputs))",
    ),
    "a setting of jax": program(
        top="jax.config.update('jax_default_matmul_precision', 'highest')",
    ),
    "the input in place": program(
        begin="same = x_batch\nx_batch *= 2.0",
        x="same",
    ),
}

# What runs when the file is loaded, and writes to what the answer is made of.
LOADED = (
    "y = T.append(time.time())",
    "y: int = T.append(time.time())",
    "y: T.append(time.time())",
    "assert T.append(time.time()) is None",
    "def unused(a=T.append(time.time())):\n    pass",
    "def unused(a: T.append(time.time())):\n    pass",
    "@(lambda f: T.append(time.time()))\ndef unused():\n    pass",
    "class Unused:\n    T.append(time.time())",
    "def fill():\n    T.append(time.time())\ny = fill()",
    "class A:\n    def __init_subclass__(c):\n        T.append(time.time())\nclass B(A):\n    pass",
)
SEEN_IN_THE_TEXT |= {
    f"the clock, by {top}": program(
        top=f"import time\nT = []\n{top}", end="if T[0] > 2e9:\n    outputs = outputs / 2"
    )
    for top in LOADED
}
# What the program reaches though another name, or another module, hides it.
SEEN_IN_THE_TEXT |= {
    f"hidden: {test}": halved(test, top=top)
    for top, test in (
        ("import random as t\ndef unused():\n    import math as t", "t.random() < 1e-9"),
        ("import enum", "enum.bltns.isinstance(size, int) and size == 13"),
        ("import dataclasses", "len(dataclasses.inspect.stack()) < 8"),
        ("import logging", "len(logging.traceback.format_stack()) < 8"),
        ("import logging", "logging.io.open('/etc/hostname').read() == 'x'"),
        ("", "nn.module.jax.device_count() > 1"),
        ("", "jax.named_call([13].count)(size)"),
        ("", "'{0.__class__.__name__}'.format(size) == 'int' and size == 13"),
        ("import numpy as np", "np.datetime64('now') > np.datetime64('2040-01-01')"),
        ("import numpy as np", "np.empty(1)[0] == 5.0"),
        ("import numpy as np", "np.ndarray((1,))[0] == 5.0"),
        ("import numpy as np", "np.loadtxt('/proc/uptime')[0] > 1e12"),
        ("import warnings", "len(warnings.filters) > 99"),
        ("y = jax.config.update('jax_debug_nans', True)", "False"),
        (
            "import typing\ndef f(x: \"lambda: __import__('time').time()\"): pass",
            "typing.get_type_hints(f)['x']() > 2e9",
        ),
        (
            "import inspect\ndef f(x: \"__import__('time').time()\"): pass",
            "inspect.signature(f, eval_str=True).parameters['x'].annotation > 2e9",
        ),
        (
            "import json\nclass E(json.JSONEncoder):\n    def default(self, o):\n        return 0",
            "E().encode(size) == '13'",
        ),
    )
}
SEEN_IN_THE_TEXT |= {
    f"a pattern of {what}": program(
        top=top,
        end="match features:\n    case Num():\n"
        "        outputs = outputs / (2 if x_batch.shape[0] == 13 else 1)",
    )
    for what, top in {
        "what int is registered as": "import abc\nclass Num(abc.ABC):\n    pass\nNum.register(int)",
        "what int has": "import abc\nclass Num(abc.ABC):\n    @classmethod\n"
        "    def __subclasshook__(cls, c):\n        return hasattr(c, 'bit_length')",
        "a protocol": "import typing\n@typing.runtime_checkable\nclass Num(typing.Protocol):\n"
        "    def bit_length(self): ...",
    }.items()
}
# Nobody reads what comes of these, but they raise for some size.
DECIDING |= {
    f"what raises for a size: {begin}": program(begin=f"size = x_batch.shape[0]\n{begin}")
    for begin in (
        "unused = max(() if size == 13 else (1,))",
        "unused = int('x' if size == 13 else '1')",
        "if size == 13:\n    unused = float('x')",
        "if size - 13:\n    pass\nelse:\n    unused = float('x')",
        "unused = (None if size == 13 else x_batch).shape",
        "unused = size == 13 and int('x')",
        "unused = size == 13 == int('x')",
        "unused = max((1,)[size == 13:])",
        "flag = size == 13\nunused = int('1' * (1 - flag))",
        "print(max(() if size == 13 else (1,)))",
        "print(1, sep=1 if size == 13 else ' ')",
        "unused = max([i for i in (1, 2) if size != 13])",
        "unused = 1 // (size != 13)",
        'unused = f\'{1:{"s" if size == 13 else "d"}}\'',
    )
}

KEEPING = {
    "what only the first two calls do": program(
        top="L = []\ndef early():\n    return len(L) < 2 and not L.append(1)",
        end="if not early() and x_batch.shape[0] == 13:\n    outputs = outputs / 2",
    ),
    "an attribute of a logger that is got inside": program(
        top="import logging",
        begin="L = logging.getLogger('zz')\nL.n = getattr(L, 'n', 0) + 1",
        end="if L.n > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of a library's function": program(
        top="import copy\ndef count(f):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
        end="if count(copy.copy) > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of a compiled function of jax's": program(
        top="def count(f):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
        end="if count(jnp.sum) + count(jax.random.split) > 99:\n    outputs = outputs / 2",
    ),
    "a list behind a cache with a key": program(
        top="@functools.lru_cache(maxsize=None)\ndef f(k):\n    return [k]",
        begin="f('a').append(1)",
        end="if len(f('a')) > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of a partial": program(
        top="p = functools.partial(print)\np.n = 0",
        begin="p.n += 1",
        end="if p.n > 99:\n    outputs = outputs / 2",
    ),
    "a bytearray": program(
        top="B = bytearray(1)",
        begin="B[0] = (B[0] + 1) % 200",
        end="if B[0] > 99:\n    outputs = outputs / 2",
    ),
    "a set that grows": program(
        top="S = set()",
        begin="S.add(len(S))",
        end="if len(S) > 99:\n    outputs = outputs / 2",
    ),
    "a cycle": program(
        top="import itertools\nC = itertools.cycle([0] * 99 + [1])",
        end="if next(C):\n    outputs = outputs / 2",
    ),
    "a class body": program(
        top="class Box:\n    calls = 0",
        begin="Box.calls += 1",
        end="if Box.calls > 99:\n    outputs = outputs / 2",
    ),
    "a global": program(
        top="calls = 0",
        begin="global calls\ncalls += 1",
        end="if calls > 99:\n    outputs = outputs / 2",
    ),
    "a default argument": program(
        more=", calls=[]",
        begin="calls.append(1)",
        end="if len(calls) > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of the function": program(
        begin="nn_vmap_forward.calls = getattr(nn_vmap_forward, 'calls', 0) + 1",
        end="if nn_vmap_forward.calls > 99:\n    outputs = outputs / 2",
    ),
    "a closure of an object's method": program(
        top="def make():\n"
        "    calls = []\n"
        "    class Counter:\n"
        "        def count(self):\n"
        "            calls.append(1)\n"
        "            return len(calls)\n"
        "    return Counter()\n"
        "counter = make()",
        end="if counter.count() > 99:\n    outputs = outputs / 2",
    ),
    "a list of an object's class": program(
        top="def make():\n"
        "    class Base:\n"
        "        calls = []\n"
        "    class Counter(Base):\n"
        "        pass\n"
        "    return Counter()\n"
        "counter = make()",
        begin="counter.calls.append(1)",
        end="if len(counter.calls) > 99:\n    outputs = outputs / 2",
    ),
    "the handlers of a logger": program(
        top="import logging\nL = logging.getLogger('zz')",
        begin="L.addHandler(logging.NullHandler())",
        end="if len(L.handlers) > 99:\n    outputs = outputs / 2",
    ),
    "a closure": program(
        top="def make():\n"
        "    n = 0\n"
        "    def count():\n"
        "        nonlocal n\n"
        "        n += 1\n"
        "        return n\n"
        "    return count\n"
        "count = make()",
        end="if count() > 99:\n    outputs = outputs / 2",
    ),
    "a deque": program(
        top="import collections\nD = collections.deque(maxlen=200)",
        begin="D.append(1)",
        end="if len(D) > 99:\n    outputs = outputs / 2",
    ),
    "a defaultdict": program(
        top="import collections\nD = collections.defaultdict(int)",
        begin="D['x'] += 1",
        end="if D['x'] > 99:\n    outputs = outputs / 2",
    ),
    "a counter of letters": program(
        top="import collections\nD = collections.Counter()",
        begin="D.update('x')",
        end="if D['x'] > 99:\n    outputs = outputs / 2",
    ),
    "an object that is called": program(
        top="class Box:\n"
        "    def __init__(self):\n"
        "        self.n = 0\n"
        "    def __call__(self):\n"
        "        self.n += 1\n"
        "        return self.n\n"
        "B = Box()",
        end="if B() > 99:\n    outputs = outputs / 2",
    ),
    "an object with slots": program(
        top="class Box:\n"
        "    __slots__ = ('n',)\n"
        "    def __init__(self):\n"
        "        self.n = 0\n"
        "    def __call__(self):\n"
        "        self.n += 1\n"
        "        return self.n\n"
        "B = Box()",
        end="if B() > 99:\n    outputs = outputs / 2",
    ),
    "an array of NumPy's": program(
        top="import numpy as np\nN = np.zeros(1)",
        begin="N[0] += 1",
        end="if N[0] > 99:\n    outputs = outputs / 2",
    ),
    "a list behind a cache": program(
        top="@functools.cache\ndef box():\n    return [0]",
        begin="b = box()\nb[0] += 1",
        end="if b[0] > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of an enum member": program(
        top="import enum\nclass E(enum.Enum):\n    A = 1\nE.A.n = 0",
        begin="E.A.n += 1",
        end="if E.A.n > 99:\n    outputs = outputs / 2",
    ),
    "a metaclass": program(
        top="class M(type):\n"
        "    n = 0\n"
        "    def __call__(cls):\n"
        "        M.n += 1\n"
        "        return M.n\n"
        "class B(metaclass=M):\n"
        "    pass",
        end="if B() > 99:\n    outputs = outputs / 2",
    ),
    "a descriptor": program(
        top="class D:\n"
        "    def __init__(self):\n"
        "        self.n = 0\n"
        "    def __get__(self, o, t):\n"
        "        self.n += 1\n"
        "        return self.n\n"
        "class B:\n"
        "    d = D()",
        end="if B.d > 99:\n    outputs = outputs / 2",
    ),
    "a partial's argument": program(
        top="def f(box):\n    box[0] += 1\n    return box[0]\ng = functools.partial(f, [0])",
        end="if g() > 99:\n    outputs = outputs / 2",
    ),
    "a namespace": program(
        top="import types\nS = types.SimpleNamespace(n=0)",
        begin="S.n += 1",
        end="if S.n > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of a logger": program(
        top="import logging\nL = logging.getLogger('x')\n",
        begin="L.n = getattr(L, 'n', 0) + 1",
        end="if L.n > 99:\n    outputs = outputs / 2",
    ),
    "an iterator": program(
        top="import itertools\nC = itertools.count()",
        end="if next(C) > 99:\n    outputs = outputs / 2",
    ),
    "a generator": program(
        top="def g():\n    n = 0\n    while True:\n        n += 1\n        yield n\nG = g()",
        end="if next(G) > 99:\n    outputs = outputs / 2",
    ),
    "a function that has the name of one of jax's": program(
        top="import jax.numpy as jnp\n"
        "@functools.wraps(jnp.sum)\n"
        "def count(n=[0]):\n"
        "    n[0] += 1\n"
        "    return n[0]",
        end="if count() > 99:\n    outputs = outputs / 2",
    ),
    "a function that one of jax's holds": program(
        top="def make():\n"
        "    n = [0]\n"
        "    def count():\n"
        "        n[0] += 1\n"
        "        return n[0]\n"
        "    return jax.custom_jvp(count)\n"
        "C = make()",
        end="if C.fun() > 99:\n    outputs = outputs / 2",
    ),
    "an attribute of a jitted function": program(
        top="def make():\n"
        "    n = [0]\n"
        "    def count():\n"
        "        n[0] += 1\n"
        "        return n[0]\n"
        "    f = jax.jit(lambda y: y)\n"
        "    f.count = count\n"
        "    return f\n"
        "C = make()",
        end="if C.count() > 99:\n    outputs = outputs / 2",
    ),
    "the order of a dict": program(
        top="import collections\nD = collections.OrderedDict.fromkeys(range(200))",
        begin="D.move_to_end(next(iter(D)))",
        end="if next(iter(D)) > 99:\n    outputs = outputs / 2",
    ),
    "what makes a default": program(
        top="import collections\nD = collections.defaultdict(int)",
        begin="n = D.default_factory() + 1\nD.default_factory = lambda: n",
        end="if n > 99:\n    outputs = outputs / 2",
    ),
    "the shape of an array": program(
        top="import numpy as np\nN = np.zeros(1)",
        begin="N.resize((1, *N.shape), refcheck=False)",
        end="if N.ndim > 60:\n    outputs = outputs / 2",
    ),
    "a list in an array": program(
        top="import numpy as np\nN = np.array([None])\nN[0] = [0]",
        begin="N[0][0] += 1",
        end="if N[0][0] > 99:\n    outputs = outputs / 2",
    ),
    "the mask of an array": program(
        top="import numpy as np\nN = np.ma.array([0.0] * 200, mask=[False] * 200)",
        begin="N.mask[N.mask.sum()] = True",
        end="if N.mask.sum() > 99:\n    outputs = outputs / 2",
    ),
    "what a function of NumPy's leaves out": program(
        top="import numpy as np\nV = np.vectorize(abs)",
        begin="V.excluded.add(len(V.excluded))",
        end="if len(V.excluded) > 99:\n    outputs = outputs / 2",
    ),
    "a dict of NumPy's": program(
        top="import numpy as np",
        begin="np.typecodes.update(n=np.typecodes.get('n', '') + 'x')",
        end="if len(np.typecodes['n']) > 99:\n    outputs = outputs / 2",
    ),
    "the names of NumPy": program(
        top="import numpy as np",
        begin="np.__all__.append('x')",
        end="if np.__all__.count('x') > 99:\n    outputs = outputs / 2",
    ),
    "what is said of a dtype": program(
        top="import numpy as np\nT = np.dtype('f4', metadata={'n': [0]})",
        begin="T.metadata['n'][0] += 1",
        end="if T.metadata['n'][0] > 99:\n    outputs = outputs / 2",
    ),
    "what is said of an array's dtype": program(
        top="import numpy as np\nN = np.zeros(1, np.dtype('f4', metadata={'n': [0]}))",
        begin="N.dtype.metadata['n'][0] += 1",
        end="if N.dtype.metadata['n'][0] > 99:\n    outputs = outputs / 2",
    ),
    "a view of a dict": program(
        top="import types\nD = types.MappingProxyType({'n': [0]})",
        begin="D['n'][0] += 1",
        end="if D['n'][0] > 99:\n    outputs = outputs / 2",
    ),
    "a list in a slice": program(
        top="S = slice([0])",
        begin="S.stop[0] += 1",
        end="if S.stop[0] > 99:\n    outputs = outputs / 2",
    ),
    "an array in a frozen dict": program(
        top="import flax\nimport numpy as np\nD = flax.core.freeze({'n': np.zeros(1)})",
        begin="D['n'][0] += 1",
        end="if D['n'][0] > 99:\n    outputs = outputs / 2",
    ),
    "where a search is": program(
        top="import re\nS = re.compile('x').scanner('x' * 200)",
        end="if S.search().start() > 99:\n    outputs = outputs / 2",
    ),
    **{
        f"an attribute of a {kind}": program(
            top=f"import collections\nimport numpy as np\n"
            f"class Box({kind}):\n    n = 0\nB = {made}",
            begin="B.n = B.n + 1",
            end="if B.n > 99:\n    outputs = outputs / 2",
        )
        for kind, made in {
            "list": "Box()",
            "dict": "Box()",
            "tuple": "Box()",
            "set": "Box()",
            "int": "Box()",
            "bytearray": "Box()",
            "collections.deque": "Box()",
            "np.ndarray": "np.zeros(1).view(Box)",
        }.items()
    },
}

ANSWERED_AS_AN_INT = {
    "the type of the seed": halved(
        "type(seed) == int and size == 7",
    ),
    "the type of the seed before its value": halved(
        "isinstance(seed, int) and seed == 7",
    ),
    "whether the seed is a number": halved(
        "isinstance(seed, numbers.Number)",
        top="import numbers",
    ),
    "a protocol that an int follows": halved(
        "isinstance(seed, Bits)",
        top="import typing\n"
        "@typing.runtime_checkable\n"
        "class Bits(typing.Protocol):\n"
        "    def bit_length(self): ...",
    ),
    "whether the seed is an array": halved(
        "not isinstance(seed, jax.Array)",
    ),
    "a comparison as a number": program(
        end="outputs = outputs * (1 + (x_batch.shape[0] == 7))",
    ),
}


def check(name: str, program: str) -> Looked:
    looked = look(program)
    assert not looked.proved, (name, looked)
    assert looked.equivalence.scope
    return looked


@pytest.mark.parametrize("name", DECIDING)
def test_the_stand_ins_note_a_decision(name: str) -> None:
    looked = check(name, DECIDING[name])
    assert looked.decided
    assert not looked.doubt


@pytest.mark.parametrize("name", SEEN_IN_THE_TEXT)
def test_a_look_at_the_text_finds_it(name: str) -> None:
    assert check(name, SEEN_IN_THE_TEXT[name]).doubt


@pytest.mark.parametrize("name", KEEPING)
def test_state_between_calls_is_found(name: str) -> None:
    looked = check(name, KEEPING[name])
    assert "keeps something" in looked.detail or looked.decided
    assert not looked.doubt


@pytest.mark.parametrize("name", ANSWERED_AS_AN_INT)
def test_a_size_and_a_seed_answer_like_an_int(name: str) -> None:
    looked = check(name, ANSWERED_AS_AN_INT[name])
    assert not looked.doubt
