"""What a program raises is told: its class, its text, and the program's own frames."""

from __future__ import annotations

import threading

import pytest

from grader.model.exercise import Exercise
from grader.model.observation import Frame, Observation, OutOfMemory, Raised, Span
from grader.worker.subject import Subject
from tests.worker.conftest import HEADER, Run, make_case

START = HEADER.count("\n") + 1  # the line after the header


def raised(observation: Observation) -> Raised:
    assert isinstance(observation.outcome, Raised), observation.outcome
    return observation.outcome


def test_frames_are_the_programs_own_with_their_columns(run: Run) -> None:
    text = (
        "def helper(ü, x):\n"
        "    return {'größe': 1, 'b': x.missing + 1}\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return jax.tree.map(functools.partial(helper, 'ü'), x_batch)\n"
    )
    assert raised(run(text)).frames == (
        Frame(function="nn_vmap_forward", span=_line(START + 3, 12, 65)),
        Frame(function="helper", span=_line(START + 1, 30, 39)),
    )


def _line(number: int, column: int, end: int) -> Span:
    return Span(line=number, column=column, end_line=number, end_column=end)


def test_the_library_is_named_when_the_error_came_from_one(run_body: Run) -> None:
    outcome = raised(run_body("nn.Dense(features).apply({}, x_batch)"))
    assert outcome.exception == "ScopeCollectionNotFound"
    assert outcome.module == "flax.errors"
    assert outcome.bases == ("FlaxError", "Exception", "BaseException")
    assert outcome.library == "flax.core.scope.Scope.param"
    assert "https://flax.readthedocs.io" in outcome.message
    assert raised(run_body("raise ValueError('mine')")).library is None
    assert raised(run_body("nn.vmap(nn.Dense, in_axis=0)")).library is None


def test_frames_survive_the_filtering_of_jax(run_body: Run) -> None:
    body = "def inner(x):\n    return x + np.asarray(x)\nreturn jax.jit(inner)(x_batch)"
    outcome = raised(run_body(body))
    assert outcome.exception == "TracerArrayConversionError"
    assert [frame.function for frame in outcome.frames] == ["nn_vmap_forward", "inner"]
    assert "traceback" not in outcome.message.lower()


def test_a_deep_recursion_keeps_both_ends(run: Run) -> None:
    text = (
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return again(1)\n"
        "def again(n):\n"
        "    return again(n + 1)\n"
    )
    outcome = raised(run(text))
    assert outcome.exception == "RecursionError"
    assert len(outcome.frames) <= 40
    assert outcome.frames[0].function == "nn_vmap_forward"
    assert outcome.frames[-1].function == "again"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('a' * 10**6)", "a" * 1999 + "…"),
        ("raise ValueError('\\udfff')", "\\udfff"),
        ("e = ValueError('a')\ne.add_note('b')\nraise e", "a\nb"),
        ("raise KeyError('a')", "'a'"),
        ("sys.exit(3)", "3"),
        ("raise KeyboardInterrupt", ""),
    ],
)
def test_the_text_is_cut_and_can_be_encoded(run_body: Run, body: str, message: str) -> None:
    assert raised(run_body(body)).message == message


LIARS = """\
class Silent(Exception):
    def __str__(self): sys.exit("shown")
class Text(str):
    def __str__(self): return self
    def __getitem__(self, index): sys.exit("cut")
    def __len__(self): sys.exit("measured")
class Odd(Exception):
    def __str__(self): return Text("odd")
class Meta(type):
    __name__ = property(lambda cls: sys.exit("asked for its name"))
    def __getattribute__(cls, name): sys.exit("asked for an attribute")
class Liar(Exception, metaclass=Meta):
    __class__ = property(lambda self: sys.exit("asked for its class"))
    __traceback__ = property(lambda self: sys.exit("asked for its traceback"))
    __cause__ = property(lambda self: sys.exit("asked for its cause"))
    def __getattribute__(self, name): sys.exit("asked for an attribute")
def nn_vmap_forward(seed, x_batch, features):
    raise {}
"""


@pytest.mark.parametrize(
    ("error", "exception", "message"),
    [
        ("Silent()", "Silent", "(the exception's text can't be shown)"),
        ("Odd()", "Odd", "odd"),
        ("Liar('text')", "Liar", "text"),
    ],
)
def test_lying_exceptions_are_reported_anyway(
    run: Run, error: str, exception: str, message: str
) -> None:
    outcome = raised(run(LIARS.format(error)))
    assert (outcome.exception, outcome.message) == (exception, message)
    assert outcome.module == "submission"
    assert [frame.function for frame in outcome.frames] == ["nn_vmap_forward"]


@pytest.mark.parametrize(
    "body",
    ["return np.zeros(2**48)", "raise MemoryError", "return jnp.zeros((2**24, 2**24)) + 1"],
)
def test_running_out_of_memory_is_its_own_outcome(run_body: Run, body: str) -> None:
    outcome = run_body(body).outcome
    assert isinstance(outcome, OutOfMemory)
    assert [frame.function for frame in outcome.frames] == ["nn_vmap_forward"]


def test_exceptions_of_callbacks_hide_the_graders_frames(run: Run) -> None:
    text = (
        "def bad(x):\n"
        "    raise ValueError('inside')\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return jax.pure_callback(bad, jax.ShapeDtypeStruct((6,), 'float32'), x_batch)\n"
    )
    message = raised(run(text)).message
    assert "ValueError: inside" in message
    assert "submission.py" in message
    assert "observe" not in message
    assert "subject.py" not in message


def test_where_returns_the_place_of_a_running_thread(exercise: Exercise) -> None:
    text = HEADER + (
        "import threading\n"
        "started, stop = threading.Event(), threading.Event()\n"
        "def nn_vmap_forward(seed, x_batch, features):\n"
        "    return wait()\n"
        "def wait():\n"
        "    started.set()\n"
        "    stop.wait()\n"
    )
    with Subject(exercise, "waits.py", text) as subject:
        subject.load()
        names = subject.function.__globals__
        thread = threading.Thread(target=subject.call, args=(make_case(),))
        thread.start()
        assert names["started"].wait(30)
        frames = subject.where(thread.ident or 0)
        names["stop"].set()
        thread.join()
        assert subject.where(thread.ident or 0) == ()
    assert [frame.function for frame in frames] == ["nn_vmap_forward", "wait"]
    assert frames[0].span.line == START + 3


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("return jax.random.PRNGkey(seed)", "PRNGKey"),
        ("return jnp.resahpe(x_batch, -1)", "reshape"),
        ("from flax.linen import Dens", "Dense"),
        ("return jpn.sum(x_batch)", "jnp"),
        ("return jnp.no_such_thing_at_all", None),
        ("return x_batch.shap", None),
        ("raise NameError('name is not what it was')", None),
        ("e = AttributeError(\"module 'a' has no attribute 'b'\")\ne.obj = 3\nraise e", None),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(run_body: Run, body: str, meant: str | None) -> None:
    assert raised(run_body(body)).meant == meant
