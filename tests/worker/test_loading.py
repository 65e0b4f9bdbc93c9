"""A file becomes a module of its own, and what is wrong with its function is told."""

from __future__ import annotations

import inspect
import linecache
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model.exercise import Exercise
from grader.model.observation import (
    Completed,
    FunctionMissing,
    Loaded,
    LoadOutcome,
    OpaqueResult,
    Raised,
    SignatureWrong,
    Span,
)
from grader.worker.subject import Subject
from tests.observe import observe
from tests.worker.conftest import Run, make_case


def load(text: str, exercise: Exercise) -> LoadOutcome:
    return observe(text, exercise, ())[0]


def spanned(text: str, span: Span) -> str:
    """Cut the piece out of a text that a span within one line covers."""
    assert span.line == span.end_line
    return text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    "definition",
    [
        "def nn_vmap_forward(seed, x_batch, features): pass",
        "def nn_vmap_forward(a, b, /, c=1, *, d=2): pass",
        "def nn_vmap_forward(*args): pass",
        "nn_vmap_forward = lambda seed, x_batch, features: None",
        "class nn_vmap_forward:\n    def __init__(self, a, b, c): pass",
        "from functools import partial\nnn_vmap_forward = partial(lambda *a: None, 1)",
        "from jax import jit\n@jit\ndef nn_vmap_forward(seed, x_batch, features): pass",
        "nn_vmap_forward = type('T', (), {'__call__': lambda self, *args: None})()",
        "nn_vmap_forward = max",
        "\ufeffdef nn_vmap_forward(seed, x_batch, features): pass",
        "def nn_vmap_forward(seed,\r\n    x_batch, features): pass\r\n",
        "if __name__ == '__main__': exit(1)\nnn_vmap_forward = print",
    ],
)
def test_anything_that_takes_three_arguments_loads(definition: str, exercise: Exercise) -> None:
    assert load(definition, exercise) == Loaded()


def test_a_missing_function_is_reported_with_the_existing_ones(exercise: Exercise) -> None:
    text = "from math import sin\ndef nn_vmap_foward(): pass\nclass Helper: pass\nN = 3\n"
    assert load(text, exercise) == FunctionMissing(callables=("nn_vmap_foward", "Helper"))


def test_a_name_that_is_not_a_function_is_reported(exercise: Exercise) -> None:
    assert load("nn_vmap_forward = 3", exercise) == FunctionMissing(callables=(), found="3")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("def nn_vmap_forward(seed, x_batch)", "too many positional arguments"),
        ("def nn_vmap_forward(seed, x_batch, features, model)", "missing a required argument"),
        ("def nn_vmap_forward(*, seed, x_batch, features)", "too many positional arguments"),
        ("async def nn_vmap_forward(a: {1: 2}, b: 'x:y' = 3) -> (4)", "too many"),
    ],
)
def test_a_wrong_signature_is_reported_with_its_place(
    header: str, reason: str, exercise: Exercise
) -> None:
    text = f"import math\n\n{header}: return 1  # a: comment\n"
    outcome = load(text, exercise)
    assert isinstance(outcome, SignatureWrong)
    assert reason in outcome.reason
    assert outcome.signature.startswith("(")
    assert outcome.span is not None
    assert spanned(text, outcome.span) == header.removeprefix("async ")


def test_defaults_that_raise_when_shown_are_left_out(exercise: Exercise) -> None:
    text = "class D:\n    def __repr__(self): raise SystemExit\ndef nn_vmap_forward(a=D()): pass"
    outcome = load(text, exercise)
    assert isinstance(outcome, SignatureWrong)
    assert outcome.signature == "(a)"


@pytest.mark.parametrize(
    ("text", "line"),
    [("x = (1,\n", 1), ("a = 1\ndef f(:\n", 2), ("a\0", 1), ("return 1\n", 1), ("x = 1\n  y\n", 2)],
)
def test_a_syntax_error_points_at_its_line(text: str, line: int, exercise: Exercise) -> None:
    outcome = load(text, exercise)
    assert isinstance(outcome, Raised)
    assert (outcome.exception, outcome.module) == ("SyntaxError", "builtins")
    assert [frame.span.line for frame in outcome.frames] == [line]


def test_text_that_is_nested_too_deeply_is_a_syntax_error(exercise: Exercise) -> None:
    outcome = load("x = " + "-" * 200_000 + "1", exercise)
    assert isinstance(outcome, Raised)
    assert outcome.exception == "SyntaxError"


def test_exceptions_while_loading_are_reported(exercise: Exercise) -> None:
    text = "import flax.linen as nn\n\nLayer = nn.vmap(nn.Danse)\n"
    outcome = load(text, exercise)
    assert isinstance(outcome, Raised)
    assert (outcome.exception, outcome.bases[0]) == ("AttributeError", "Exception")
    assert spanned(text, outcome.frames[0].span) == "nn.Danse"


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "Exception"])
def test_nothing_escapes_from_loading(name: str, exercise: Exercise) -> None:
    outcome = load(f"raise {name}", exercise)
    assert isinstance(outcome, Raised)
    assert outcome.exception == name


def test_tools_find_the_module(run: Run) -> None:
    observation = run(
        "import copy, dataclasses, inspect, pickle, typing\n"
        "@dataclasses.dataclass\n"
        "class Box:\n"
        "    value: 'typing.ClassVar[int] | int' = 1\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    assert pickle.loads(pickle.dumps(Box())) == Box()\n"
        "    assert 'value' in inspect.getsource(Box)\n"
        "    assert inspect.getsource(nn_vmap_forward).startswith('def nn_vmap')\n"
        "    assert sys.modules[__name__].Box is Box\n"
        "    return __name__, __file__.rsplit('/')[-1]\n"
    )
    assert isinstance(observation.outcome, Completed), observation.outcome
    assert [item.text for item in observation.outcome.result.items] == [
        "'submission'",
        "'submission.py'",
    ]


def test_the_graders_future_imports_do_not_affect_the_program(run: Run) -> None:
    annotated = "def nn_vmap_forward(s: int, x, f): return nn_vmap_forward.__annotations__['s']"
    outcome = run(annotated).outcome
    assert outcome == Completed(result=OpaqueResult(type_name="type", text="the class int"))


def test_restore_leaves_nothing_behind(exercise: Exercise) -> None:
    before = dict(sys.modules)
    with Subject(exercise, "gone.py", "nn_vmap_forward = print") as subject:
        assert subject.load() == Loaded()
        subject.call(make_case())
        assert sys.modules["submission"].__file__ == str(Path("gone.py").absolute())
    assert "submission" not in sys.modules or sys.modules["submission"] is before["submission"]
    assert str(Path("gone.py").absolute()) not in linecache.cache


def test_a_function_exists_only_after_loading(exercise: Exercise) -> None:
    with Subject(exercise, "a.py", "def nn_vmap_forward(a, b, c): pass") as subject:
        with pytest.raises(RuntimeError):
            _ = subject.function
        subject.load()
        assert inspect.isfunction(subject.function)


BEFORE_THE_BACKEND = """\
from grader.catalogue import exercises
from grader.model.observation import Completed, Loaded
from grader.worker.subject import Subject
from tests.worker.conftest import make_case

TEXT = '''
import jax
jax.config.update("jax_num_cpu_devices", 2)
def nn_vmap_forward(seed, x_batch, features): return jax.device_count()
'''
exercise = next(each.exercise for each in exercises() if each.exercise.slug == "nn-vmap-shared")
subject = Subject(exercise, "a.py", TEXT)
assert subject.load() == Loaded()
outcome = subject.call(make_case()).outcome
assert isinstance(outcome, Completed) and outcome.result.text == "2", outcome
"""


def test_no_backend_runs_before_the_file_is_loaded(root: Path) -> None:
    """A file may configure jax at its top, which it can't once there is a backend."""
    command = [sys.executable, "-c", BEFORE_THE_BACKEND]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
