"""What a text alone shows of keys, switches and orders, and where."""

from __future__ import annotations

import pytest

from grader.evidence.landmarks import Landmarks
from grader.model.observation import Span
from grader.model.source import Source
from tests.judge.marks import with_marks

ON = frozenset({"train", "deterministic"})
TURNED_ON = {
    "m(x, train=«True»)": "the only one",
    "m(x, train=«True»)\nm(x, other=True)": "another keyword",
    "m(x, train=«True»)\nm(x, train=False)": "one that is off",
    "def f(m, x):\n    return m(x, train=«True»)": "in the function itself",
    "def g(m, x):\n    return m(x, train=«True»)\n\ny = g": "in a function that is used",
    "@jit\ndef g(m, x):\n    return m(x, train=«True»)": "in a decorated function",
    "class A:\n    def g(m, x):\n        return m(x, train=«True»)": "in a class",
    "def g(m):\n    m(train=True)\n\nm(train=«True»)": "beside an unused function",
}
NOT_TURNED_ON = {
    "none": "m(x)",
    "two": "m(x, train=True)\nm(x, deterministic=True)",
    "only in an unused function": "def g(m, x):\n    return m(x, train=True)\n\ny = h",
    "a number": "m(x, train=1)",
    "no program": "m(x, train=True",
}


@pytest.mark.parametrize("text", TURNED_ON, ids=TURNED_ON.values())
def test_the_only_switch_that_is_on_is_found(text: str) -> None:
    source = Source("s.py", text.replace("«", "").replace("»", ""))
    assert with_marks(source, Landmarks(source, "f").turned_on(ON)) == text


@pytest.mark.parametrize("text", NOT_TURNED_ON.values(), ids=NOT_TURNED_ON.keys())
def test_no_switch_is_found_where_none_or_several_are_on(text: str) -> None:
    assert Landmarks(Source("s.py", text), "f").turned_on(ON) is None


SECOND = {
    "nn.Drop(r)(x, train=«on»)": "where it is made, by name",
    "nn.Drop(r)(x, «on»)": "where it is made, by position",
    "nn.Norm(train=False)(y, True)\nnn.Drop(r)(x, «not on»)": "beside another module",
    "drop = nn.Drop(r)\ny = drop(x, «on»)": "under a name",
    "def g(x):\n    m = nn.Drop(r)\n    m(x, «on»)\ndef h(m, x):\n    m(x, 1)": "in a function",
    "self.drop = nn.Drop(r)\ny = self.drop(x, train=«on»)": "as an attribute",
}
NO_SECOND = {
    "nothing": "nn.Drop(r)(x)",
    "unpacked": "nn.Drop(r)(*x, on)",
    "two calls": "drop = nn.Drop(r)\ny = drop(x, on), drop(x, off)",
    "another name": "other = nn.Norm(r)\nnn.Drop(r)\ny = other(x, on)",
}


def _second(text: str) -> tuple[Source, Span | None]:
    source = Source("s.py", text.replace("«", "").replace("»", ""))
    line = next(n for n, each in enumerate(source.lines, 1) if "nn.Drop(r)" in each)
    start = source.lines[line - 1].index("nn.Drop(r)") + 1
    made = Span(line=line, column=start, end_line=line, end_column=start + len("nn.Drop(r)"))
    return source, Landmarks(source, "f").passed(made, "train")


@pytest.mark.parametrize("text", SECOND, ids=SECOND.values())
def test_what_a_module_is_called_with_is_found(text: str) -> None:
    source, found = _second(text)
    assert with_marks(source, found) == text


@pytest.mark.parametrize("text", NO_SECOND.values(), ids=NO_SECOND.keys())
def test_nothing_is_found_where_a_module_is_called_otherwise(text: str) -> None:
    assert _second(text)[1] is None


CONSTANT = ("«PRNGKey(0)»", "x = «jax.random.key(7)»\ny = jax.random.key(seed)", "key()\n«key(1)»")
NOT_CONSTANT = ("key(seed)", "key(0)\nkey(1)", "f(0)", "key()", "key(0", "split(0)\nkey(a, 0)")


@pytest.mark.parametrize("text", CONSTANT)
def test_the_only_constant_key_is_found(text: str) -> None:
    source = Source("s.py", text.replace("«", "").replace("»", ""))
    assert with_marks(source, Landmarks(source, "f").constant_key) == text


@pytest.mark.parametrize("text", NOT_CONSTANT)
def test_no_key_is_found_where_none_or_several_are_constant(text: str) -> None:
    assert Landmarks(Source("s.py", text), "f").constant_key is None


FORTRAN = {
    'x.reshape(-1, order="F")': True,
    'x.reshape(-1, order="C")': False,
    'x.reshape(-1, axes="F")': False,
    "x.reshape(-1, order=F)": False,
    'x.reshape(-1, order="F"': False,
}


@pytest.mark.parametrize(("text", "expected"), FORTRAN.items())
def test_fortrans_order_is_recognised(text: str, *, expected: bool) -> None:
    assert Landmarks(Source("s.py", text), "f").fortran is expected


REORDERS = {
    "x.T": True,
    "jnp.transpose(x)": True,
    "swapaxes": True,
    "x.ravel()": False,
    "x.T(": False,
}


@pytest.mark.parametrize(("text", "expected"), REORDERS.items())
def test_reordered_axes_are_recognised(text: str, *, expected: bool) -> None:
    assert Landmarks(Source("s.py", text), "f").reorders is expected


def whole(text: str, call: str) -> Span:
    line = next(n for n, each in enumerate(text.splitlines(), 1) if call in each)
    start = text.splitlines()[line - 1].index(call) + 1
    return Span(line=line, column=start, end_line=line, end_column=start + len(call))


COMPUTES = {
    "key(seed)": False,
    "key(seed + 1)": True,
    "key(seed=-seed)": True,
    "key(s)\ns = seed * 2": True,
    "key(s)\nt = seed * 2": False,
    "key(s)\ns, t = seed * 2, 0": False,
    "key(not seed)": True,
}


@pytest.mark.parametrize(("text", "expected"), COMPUTES.items())
def test_arithmetic_in_an_argument_is_recognised(text: str, *, expected: bool) -> None:
    call = text.partition("\n")[0]
    marks = Landmarks(Source("s.py", text), "f")
    assert marks.computes(whole(text, call)) is expected
    assert marks.computes(None) is False


SETTINGS = {
    ("Dense(2, use_bias=False)", "use_bias", 1): "False",
    ("Dense(2)", "features", 0): "2",
    ("Dense(2, 3)", "features", 0): "2",
    ("Dense(2, features=5)", "features", 0): "5",
    ("Dense(n)", "features", 0): None,
    ("Dense()", "features", 0): None,
    ("Dense(2)", "use_bias", 1): None,
    ("Dense(a +\n b)", "features", 0): "a + b",
}


@pytest.mark.parametrize(("given", "expected"), SETTINGS.items())
def test_a_field_is_told_as_it_is_written(
    given: tuple[str, str, int], expected: str | None
) -> None:
    text, name, position = given
    lines = text.split("\n")
    span = Span(line=1, column=1, end_line=len(lines), end_column=len(lines[-1]) + 1)
    assert Landmarks(Source("s.py", text), "f").setting_text(span, name, position) == expected
    assert Landmarks(Source("s.py", text), "f").setting_text(None, name, position) is None
