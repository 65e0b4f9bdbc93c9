"""Right programs in unusual styles, which are proved all the same."""

from __future__ import annotations

import pytest
from equivalence_programs import RIGHT, look, program

PROGRAMS = {
    "json": program(
        top="import json\nKNOBS = json.loads('{\"params\": null}')",
        begin='Lifted = nn.vmap(nn.Dense, variable_axes=KNOBS, split_rngs={"params": False})',
    ).replace(
        "BatchDense(features)",
        "Lifted(features)",
    ),
    "protocol": program(
        top="import typing\n"
        "class Layer(typing.Protocol):\n"
        "    def apply(self, v, x): ...\n"
        "def run(layer: Layer, v, x):\n"
        "    return layer.apply(v, x)",
        end="outputs = run(model, variables, x_batch)",
    ),
    "np testing helper": program(
        top="import numpy as np\n"
        "def check():\n"
        "    np.testing.assert_allclose(nn_vmap_forward(0, jnp.ones((2, 3)), 2).sum(), 1)",
    ),
    "os env": program(
        top="import os\n"
        "os.environ.setdefault('JAX_PLATFORMS', 'cpu')\n"
        "os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'",
    ),
    "logging": program(
        top="import logging\n"
        "logger = logging.getLogger(__name__)\n"
        "logging.basicConfig(level=logging.INFO)",
        begin='logger.info("batch %s of %d", x_batch.shape, features)\n'
        'logger.debug(f"{features=}")',
    ),
    "waiting, and taking the time": program(
        top="import time",
        begin="start = time.perf_counter()",
        end='outputs = outputs.block_until_ready()\nprint(f"{time.perf_counter() - start:.3f} s")',
        result="jax.block_until_ready(outputs.reshape(-1))",
    ),
    "printing by jax": program(
        end='jax.debug.print("{} of {n}", outputs[0, 0], n=features)\n'
        'jax.debug.print("{m:.3f}", m=jnp.mean(outputs), ordered=True)'
    ),
    "printing numbers": program(end='print(f"mean {outputs.mean():.3f}, seed {seed:5d}")'),
    "seeds for what isn't drawn": program(
        top="import random\nimport numpy as np",
        begin="np.random.seed(seed)\nrandom.seed(seed)",
    ),
    "a command line that is read for nothing": program(
        top="import argparse\n"
        "parser = argparse.ArgumentParser(description='mine')\n"
        "parser.add_argument('--rate', type=float, default=0.1)\n"
        "parser.add_argument('--names', nargs='*', choices=['a', 'b'])\n"
        "options, _ = parser.parse_known_args([])",
    ),
    "settings at the top": program(
        top="from jax import config\n"
        "jax.config.update('jax_platform_name', 'cpu')\n"
        "config.update('jax_enable_x64', False)",
    ),
    "enum": program(
        top="import enum\n"
        "class Col(enum.Enum):\n"
        "    PARAMS = 'params'\n"
        "AXES = {Col.PARAMS.value: None}",
        begin="RNGS = {Col.PARAMS.value: False}\n"
        "Lifted = nn.vmap(nn.Dense, variable_axes=AXES, split_rngs=RNGS)",
    ).replace(
        "BatchDense(features)",
        "Lifted(features)",
    ),
    "strenum match": program(
        top="import enum\n"
        "class Mode(enum.StrEnum):\n"
        "    FLAT = 'flat'\n"
        "    FULL = 'full'\n"
        "MODE = Mode.FLAT",
        end="match MODE:\n"
        "    case Mode.FLAT:\n"
        "        outputs = outputs.reshape(-1)\n"
        "    case Mode.FULL:\n"
        "        pass",
    ),
    "enum is": program(
        top="import enum\nclass Mode(enum.Enum):\n    FLAT = 1\n    FULL = 2\nMODE = Mode.FLAT",
        end="if MODE is Mode.FLAT:\n    outputs = outputs.reshape(-1)",
    ),
    "dataclass config": program(
        top="import dataclasses\n"
        "@dataclasses.dataclass(frozen=True, kw_only=True)\n"
        "class Config:\n"
        "    features: int\n"
        "    axis: int = 0\n"
        "    knobs: dict = dataclasses.field(default_factory=dict)\n"
        "    def build(self):\n"
        "        return BatchDense(self.features)",
        begin="config = Config(features=features)",
    ).replace(
        "model = BatchDense(features)",
        "model = config.build()",
    ),
    "decorator": program(
        top="def flat(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(*args, **kwargs):\n"
        "        return f(*args, **kwargs).reshape(-1)\n"
        "    return inner\n"
        "@flat\n"
        "def forward(model, variables, x):\n"
        "    return model.apply(variables, x)",
        end="outputs = forward(model, variables, x_batch)",
    ),
    "timing decorator": program(
        top="import time\n"
        "def timed(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(*args):\n"
        "        start = time.perf_counter()\n"
        "        result = f(*args)\n"
        "        elapsed = time.perf_counter() - start\n"
        "        print(f'{elapsed:.3f}s')\n"
        "        return result\n"
        "    return inner\n"
        "@timed\n"
        "def forward(model, variables, x):\n"
        "    return model.apply(variables, x)",
        end="outputs = forward(model, variables, x_batch)",
    ),
    "contextmanager": program(
        top="import contextlib\n"
        "@contextlib.contextmanager\n"
        "def stage(name):\n"
        "    print('begin', name)\n"
        "    try:\n"
        "        yield name\n"
        "    finally:\n"
        "        print('end', name)",
        end="with stage('reshape'):\n    outputs = outputs.reshape(-1)",
    ),
    "context class": program(
        top="class Stage:\n"
        "    def __init__(self, name):\n"
        "        self.name = name\n"
        "    def __enter__(self):\n"
        "        return self\n"
        "    def __exit__(self, *error):\n"
        "        return False",
        end="with Stage('reshape') as s:\n    outputs = outputs.reshape(-1)",
    ),
    "class solver": program(
        top="class Solver:\n"
        "    def __init__(self, seed, features):\n"
        "        self._key = jax.random.PRNGKey(seed)\n"
        "        self._model = BatchDense(features)\n"
        "    def __call__(self, x):\n"
        "        variables = self._model.init(self._key, x)\n"
        "        return self._model.apply(variables, x)",
        end="outputs = Solver(seed, features)(x_batch)",
    ),
    "static and class methods": program(
        top="class Tools:\n"
        "    @staticmethod\n"
        "    def key(seed):\n"
        "        return jax.random.PRNGKey(seed)\n"
        "    @classmethod\n"
        "    def flat(cls, y):\n"
        "        return y.reshape(-1)\n"
        "    @property\n"
        "    def lifted(self):\n"
        "        return BatchDense",
        key="Tools.key(seed)",
        result="Tools.flat(outputs)",
    ).replace(
        "BatchDense(features)\n    var",
        "Tools().lifted(features)\n    var",
    ),
    "closure": program(
        top="def make(features):\n"
        "    model = BatchDense(features)\n"
        "    def run(key, x):\n"
        "        return model.apply(model.init(key, x), x)\n"
        "    return run",
        end="outputs = make(features)(jax.random.PRNGKey(seed), x_batch)",
    ),
    "partial": program(
        top="from functools import partial\n"
        "lift = partial(nn.vmap, variable_axes={'params': None}, split_rngs={'params': False})",
    ).replace(
        "BatchDense(features)",
        "lift(nn.Dense)(features)",
    ),
    "comprehension": program(
        end="flat = jnp.concatenate([y for y in [outputs.reshape(-1)]])\n"
        "outputs = [o for o in (outputs,) if o is not None][0]",
    ),
    "dict comprehension": program(
        end="variables = {n: {k: v for k, v in tree.items()} for n, tree in variables.items()}\n"
        "outputs = model.apply(variables, x_batch)",
    ),
    "walrus": program(
        end="if (flat := outputs.reshape(-1)).ndim == 1:\n    outputs = flat",
    ),
    "match on strings": program(
        top="def knob(name):\n"
        "    match name:\n"
        "        case 'axes':\n"
        "            return {'params': None}\n"
        "        case 'rngs':\n"
        "            return {'params': False}\n"
        "        case other:\n"
        "            raise ValueError(f'no {other}')",
    ).replace(
        "BatchDense(features)",
        "nn.vmap(nn.Dense, variable_axes=knob('axes'), split_rngs=knob('rngs'))(features)",
    ),
    "generator": program(
        top="def stages(model, key, x):\n"
        "    variables = model.init(key, x)\n"
        "    yield variables\n"
        "    yield model.apply(variables, x)",
        end="*_, outputs = stages(model, jax.random.PRNGKey(seed), x_batch)",
    ),
    "generator next": program(
        top="def stages(model, key, x):\n"
        "    variables = model.init(key, x)\n"
        "    yield model.apply(variables, x)",
        end="outputs = next(stages(model, jax.random.PRNGKey(seed), x_batch))",
    ),
    "call object": program(
        top="class Flatten:\n"
        "    def __call__(self, y):\n"
        "        return y.reshape(-1)\n"
        "flatten = Flatten()",
        result="flatten(outputs)",
    ),
    "lambda pipeline": program(
        top="compose = lambda *fs: lambda x: functools.reduce(lambda v, f: f(v), fs, x)",
        result="compose(jnp.asarray, jnp.ravel)(outputs)",
    ),
    "operator methods": program(
        top="import operator\nitem = operator.itemgetter('params')",
        end="variables = {'params': item(variables)}\noutputs = model.apply(variables, x_batch)",
    ),
    "assert isinstance int": program(
        begin="assert isinstance(features, int), type(features)\nassert isinstance(seed, int)",
    ),
    "raise type error": program(
        begin="if not isinstance(features, int):\n"
        "    raise TypeError(f'features must be an int, not {type(features).__name__}')",
    ),
    "raise value error": program(
        begin="if features < 1:\n"
        "    raise ValueError(f'features must be positive, got {features}')\n"
        "if x_batch.ndim != 2:\n"
        "    raise ValueError(f'expected 2 axes, got {x_batch.shape}')",
    ),
    "assert shapes": program(
        end="batch, in_dim = x_batch.shape\n"
        "assert outputs.shape == (batch, features), f'{outputs.shape}'\n"
        "assert variables['params']['kernel'].shape == (in_dim, features)",
    ),
    "type hints": program(
        top="from typing import Any, Callable, TypeVar\n"
        "T = TypeVar('T')\n"
        "Params = dict[str, Any]\n"
        "def ident(x: T) -> T:\n"
        "    return x",
        end="outputs: jax.Array = ident(outputs)",
    ),
    "typed dict": program(
        top="from typing import TypedDict\n"
        "class Knobs(TypedDict):\n"
        "    variable_axes: dict\n"
        "    split_rngs: dict\n"
        "KNOBS: Knobs = {'variable_axes': {'params': None}, 'split_rngs': {'params': False}}",
    ).replace(
        "BatchDense(features)",
        "nn.vmap(nn.Dense, **KNOBS)(features)",
    ),
    "named tuple": program(
        top="from typing import NamedTuple\nclass Out(NamedTuple):\n    y: jax.Array\n    n: int",
        end="out = Out(outputs, features)\noutputs = out.y",
    ),
    "namedtuple fn": program(
        top="from collections import namedtuple\nOut = namedtuple('Out', ['y', 'n'])",
        end="outputs = Out(y=outputs, n=features)._replace(n=1).y",
    ),
    "ABC": program(
        top="import abc\n"
        "class Base(abc.ABC):\n"
        "    @abc.abstractmethod\n"
        "    def run(self, x): ...\n"
        "class Impl(Base):\n"
        "    def run(self, x):\n"
        "        return x.reshape(-1)",
        result="Impl().run(outputs)",
    ),
    "generic": program(
        top="from typing import Generic, TypeVar\n"
        "T = TypeVar('T')\n"
        "class Box(Generic[T]):\n"
        "    def __init__(self, value: T):\n"
        "        self.value = value\n"
        "    def map(self, f):\n"
        "        return Box(f(self.value))",
        result="Box(outputs).map(jnp.ravel).value",
    ),
    "slots": program(
        top="class Box:\n"
        "    __slots__ = ('value',)\n"
        "    def __init__(self, value):\n"
        "        self.value = value",
        result="Box(outputs).value.reshape(-1)",
    ),
    "dunder all": program(
        top="__all__ = ['nn_vmap_forward']\n__version__ = '1.0'\n__author__ = 'me'",
    ),
    "try import": program(
        top="try:\n    import rich\nexcept ImportError:\n    rich = None",
    ),
    "warnings": program(
        top="import warnings\nwarnings.filterwarnings('ignore')",
    ),
    "sys stderr": program(
        top="import sys",
        begin="print('shape', x_batch.shape, file=sys.stderr)",
    ),
    "debug env": program(
        top="import os",
        begin="if os.environ.get('DEBUG'):\n    print('features', features)",
    ),
    "time local": program(
        top="import time",
        begin="t0 = time.time()",
        end="print('took', time.time() - t0)",
    ),
    "constants": program(
        top="from typing import Final\nBATCH_AXIS: Final = 0\nCOLLECTION: Final[str] = 'params'",
    ).replace(
        "BatchDense(features)",
        "nn.vmap(nn.Dense, in_axes=BATCH_AXIS, out_axes=BATCH_AXIS,"
        " variable_axes={COLLECTION: None}, split_rngs={COLLECTION: False})(features)",
    ),
    "mapping proxy": program(
        top="import types\nKNOBS = types.MappingProxyType({'params': None})",
    ).replace(
        "BatchDense(features)",
        "nn.vmap(nn.Dense, variable_axes=KNOBS, split_rngs={'params': False})(features)",
    ),
    "simple namespace": program(
        top="import types",
        begin="config = types.SimpleNamespace(features=features)",
    ).replace(
        "BatchDense(features)",
        "BatchDense(config.features)",
    ),
    "chainmap": program(
        top="import collections\n"
        "DEF = {'in_axes': 0}\n"
        "KN = collections.ChainMap({'out_axes': 0}, DEF)",
    ).replace(
        "BatchDense(features)",
        "nn.vmap(nn.Dense, variable_axes={'params': None},"
        " split_rngs={'params': False}, **KN)(features)",
    ),
    "itertools": program(
        top="import itertools",
        end="outputs = list(itertools.chain([outputs]))[0]",
    ),
    "registry": program(
        top="LAYERS = {}\n"
        "def register(name):\n"
        "    def add(f):\n"
        "        LAYERS[name] = f\n"
        "        return f\n"
        "    return add\n"
        "@register('flat')\n"
        "def flat(y):\n"
        "    return y.reshape(-1)",
        result="LAYERS['flat'](outputs)",
    ),
    "cached builder": program(
        top="@functools.cache\n"
        "def lifted():\n"
        "    knobs = {'params': False}\n"
        "    return nn.vmap(nn.Dense, variable_axes={'params': None}, split_rngs=knobs)",
    ).replace(
        "BatchDense(features)",
        "lifted()(features)",
    ),
    "cached property": program(
        top="class S:\n"
        "    def __init__(self, n):\n"
        "        self.n = n\n"
        "    @functools.cached_property\n"
        "    def model(self):\n"
        "        return BatchDense(self.n)",
    ).replace(
        "model = BatchDense(features)",
        "model = S(features).model",
    ),
    "frozen post init": program(
        top="import dataclasses\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class C:\n"
        "    n: int\n"
        "    def __post_init__(self):\n"
        "        object.__setattr__(self, 'm', self.n)",
    ).replace(
        "BatchDense(features)",
        "BatchDense(C(features).m)",
    ),
    "jit inner": program(
        end="@jax.jit\n"
        "def run(v, x):\n"
        "    return model.apply(v, x)\n"
        "outputs = run(variables, x_batch)",
    ),
    "static argnums": program(
        top="@functools.partial(jax.jit, static_argnums=(0,))\n"
        "def run(n, key, x):\n"
        "    m = BatchDense(n)\n"
        "    return m.apply(m.init(key, x), x)",
        end="outputs = run(features, jax.random.PRNGKey(seed), x_batch)",
    ),
    "isinstance own": program(
        top="class A: pass\nclass B(A): pass\nK = B()",
        end="if isinstance(K, A):\n    outputs = outputs.reshape(-1)",
    ),
    "isinstance dict": program(
        end="flat = {k: v for k, v in variables.items() if isinstance(v, dict)}\n"
        "outputs = model.apply(flat, x_batch)",
    ),
    "isinstance array": program(
        end="assert isinstance(outputs, jax.Array)\nassert isinstance(variables, dict)",
    ),
    "getattr method": program(
        end="outputs = getattr(model, 'apply')(variables, x_batch)",
    ),
    "getattr name": program(
        top="NAME = 'reshape'",
        result="getattr(outputs, NAME)(-1)",
    ),
    "hasattr": program(
        result="outputs.reshape(-1) if hasattr(outputs, 'reshape') else outputs",
    ),
    "try reraise": program(
        end="try:\n"
        "    outputs = model.apply(variables, x_batch)\n"
        "except Exception as error:\n"
        "    raise RuntimeError('apply failed') from error",
    ),
    "try finally": program(
        end="try:\n    outputs = model.apply(variables, x_batch)\nfinally:\n    print('done')",
    ),
    "global constant set once": program(
        top="COUNT = 0",
        begin="global COUNT\nCOUNT = 3",
    ),
    "set constant": program(
        top="ALLOWED = {'params', 'batch_stats'}",
        end="assert all(name in ALLOWED for name in variables)",
    ),
    "nested module": program(
        top="class Net(nn.Module):\n"
        "    n: int\n"
        "    def setup(self):\n"
        "        self.core = BatchDense(self.n)\n"
        "        nn.share_scope(self, self.core)\n"
        "    def __call__(self, x):\n"
        "        return self.core(x)",
    ).replace(
        "model = BatchDense(features)",
        "model = Net(features)",
    ),
    "module attr name": program(
        top="class Net(nn.Module):\n"
        "    n: int\n"
        "    @nn.compact\n"
        "    def __call__(self, x):\n"
        "        core = BatchDense(self.n, name=f'layer_{0}')\n"
        "        nn.share_scope(self, core)\n"
        "        return core(x)",
    ).replace(
        "model = BatchDense(features)",
        "model = Net(features)",
    ),
    "flatten_util": program(
        top="from jax.flatten_util import ravel_pytree",
        result="ravel_pytree(outputs)[0]",
    ),
    "unfreeze": program(
        top="from flax.core import freeze, unfreeze",
        end="variables = unfreeze(freeze(variables))\noutputs = model.apply(variables, x_batch)",
    ),
    "traverse": program(
        top="from flax import traverse_util",
        end="flat = traverse_util.flatten_dict(variables)\n"
        "variables = traverse_util.unflatten_dict(flat)\n"
        "outputs = model.apply(variables, x_batch)",
    ),
    "struct": program(
        top="from flax import struct\n@struct.dataclass\nclass State:\n    params: dict",
        end="state = State(params=variables['params'])\n"
        "outputs = model.apply({'params': state.params}, x_batch)",
    ),
    "copy": program(
        top="import copy",
        end="outputs = model.apply(copy.copy(variables), x_batch)",
    ),
    "deepcopy": program(
        top="import copy",
        end="outputs = copy.deepcopy(model).apply(variables, x_batch)",
    ),
    "aug assign": program(
        result="outputs.reshape(-1)",
        end="n = 1\nn *= features\nshape = ()\nshape += (-1,)\noutputs = outputs.reshape(shape)",
    ),
    "np prod": program(
        top="import numpy as np",
        result="outputs.reshape(np.prod(outputs.shape))",
    ),
    "math prod": program(
        top="import math",
        result="outputs.reshape(math.prod(outputs.shape))",
    ),
    "while": program(
        end="steps = 2\nwhile steps:\n    outputs = outputs.reshape(-1)\n    steps -= 1",
    ),
    "for enumerate": program(
        end="for i, f in enumerate((jnp.ravel, jnp.asarray)):\n    outputs = f(outputs)",
    ),
    "inspect sig": program(
        top="import inspect\nPARAMS = inspect.signature(nn.vmap).parameters",
    ),
    "string template": program(
        top="import string, textwrap, re\nDOC = textwrap.dedent('x')",
        begin="name = re.sub('a', 'b', 'params')\nassert name",
    ),
    "tests in file": RIGHT + "\n"
    "\n"
    "import unittest\n"
    "class T(unittest.TestCase):\n"
    "    def test(self):\n"
    "        self.assertEqual(nn_vmap_forward(0, jnp.ones((2, 3)), 2).shape, (4,))\n",
    "pytest in file": RIGHT + "\n"
    "\n"
    "def test_it():\n"
    "    import pytest\n"
    "    with pytest.raises(ValueError):\n"
    "        nn_vmap_forward(0, None, 2)\n",
    "argparse main": RIGHT + "\n"
    "\n"
    "def main():\n"
    "    import argparse, sys\n"
    "    p = argparse.ArgumentParser()\n"
    "    print(p.parse_args(), sys.argv)\n"
    "\n"
    "if __name__ == '__main__':\n"
    "    raise SystemExit(main())\n",
    "del": program(
        end="spare = outputs\ndel spare",
    ),
    "global key fn": program(
        top="KEY = jax.random.PRNGKey",
        key="KEY(seed)",
    ),
    "chained dataclass": program(
        top="from dataclasses import dataclass, replace, asdict\n"
        "@dataclass\n"
        "class C:\n"
        "    features: int = 3",
    ).replace(
        "BatchDense(features)",
        "BatchDense(**asdict(replace(C(), features=features)))",
    ),
    "overload": program(
        top="from typing import overload\n"
        "@overload\n"
        "def f(y: int) -> int: ...\n"
        "@overload\n"
        "def f(y: jax.Array) -> jax.Array: ...\n"
        "def f(y):\n"
        "    return y.reshape(-1)",
        result="f(outputs)",
    ),
    "exitstack": program(
        top="import contextlib",
        end="with contextlib.ExitStack() as stack:\n"
        "    stack.enter_context(jax.named_scope('x'))\n"
        "    outputs = outputs.reshape(-1)",
    ),
    "sentinel": program(
        top="_MISSING = object()\n"
        "def f(y, shape=_MISSING):\n"
        "    return y.reshape(-1) if shape is _MISSING else y.reshape(shape)",
        result="f(outputs)",
    ),
    "kwonly": program(
        top="def f(*, y, shape=(-1,)):\n    return y.reshape(shape)",
        result="f(y=outputs)",
    ),
    "metaclass registry": program(
        top="class Meta(type):\n"
        "    def __new__(mcs, name, bases, ns):\n"
        "        return super().__new__(mcs, name, bases, ns)\n"
        "class F(metaclass=Meta):\n"
        "    def go(self, y):\n"
        "        return y.reshape(-1)",
        result="F().go(outputs)",
    ),
    "rich method": program(
        top="class V:\n"
        "    def __init__(self, y):\n"
        "        self.y = y\n"
        "    def __rshift__(self, f):\n"
        "        return V(f(self.y))",
        result="(V(outputs) >> jnp.ravel).y",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_proved(name: str) -> None:
    looked = look(PROGRAMS[name])
    assert looked.proved, looked
