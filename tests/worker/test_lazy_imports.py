"""What jax and Flax seldom use is loaded when a program uses it, and is whole then."""

from __future__ import annotations

import subprocess
import sys

import pytest

_IMPORT = """
import sys
from importlib.util import _LazyModule
from grader.worker.lazy_imports import seldom_used_later

def waiting():
    return {name for name, module in sys.modules.items() if type(module) is _LazyModule}

with seldom_used_later():
    import jax, flax.linen as nn
assert not any("grader" in type(each).__module__ for each in sys.meta_path)
"""


def _printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_tables_and_other_chips_are_not_loaded_with_jax() -> None:
    """Importing jax and Flax leaves out what prints tables and compiles for other chips."""
    absent = "{'unittest.mock', 'jax._src.pallas.core', 'rich.live', 'yaml.loader'}"
    assert _printed(f"print({absent} & set(sys.modules), len(waiting()) > 4)") == "set() True"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import rich.table; print(rich.table.Table('a').columns[0].header)", "a"),
        ("from rich.text import Text; print(Text('a').plain)", "a"),
        ("import yaml; print(yaml.safe_load('a: 1'))", "{'a': 1}"),
        ("from etils import epath; print(epath.Path('/').exists())", "True"),
        ("from jax.experimental import pallas; print(callable(pallas.pallas_call))", "True"),
        ("import jax.extend.pallas as p; print('__file__' in vars(p))", "True"),
        (
            "x = jax.numpy.ones(3); print(len(nn.Dense(2).tabulate(jax.random.key(0), x)) > 99)",
            "True",
        ),
        ("import json; print('json' in waiting())", "False"),
        ("import inspect; print(len(inspect.stack()), waiting())", "1 set()"),
    ],
)
def test_a_module_is_loaded_at_its_first_use(program: str, said: str) -> None:
    """A program that uses one of them sees no difference."""
    assert _printed(program) == said
