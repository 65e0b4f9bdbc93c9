"""Where a function returns, is made of, and gets its settings: the characters that are marked."""

from __future__ import annotations

from typing import Final

import pytest

from grader.evidence.landmarks import Landmarks
from grader.model.observation import Span
from grader.model.source import Source
from tests.judge.made import lifted
from tests.judge.marks import with_marks


def place_of(text: str, part: str) -> Span:
    start = text.index(part)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    last = text[:start] + part
    end_column = len(last) - last.rfind("\n")
    return Span(line=line, column=column, end_line=last.count("\n") + 1, end_column=end_column)


def plain(text: str) -> Source:
    return Source("s.py", text.replace("«", "").replace("»", ""))


RETURNED: Final = {
    "the value": ("def f(x):\n    return «x»", ""),
    "the last one": ("def f(x):\n    if x:\n        return 1\n    return «x»", ""),
    "the last with a value": ("def f(x):\n    if x:\n        return «x»\n    return", ""),
    "an item": ("def f(x):\n    return x, «y»", "[1]"),
    "an item of an item": ("def f(x):\n    return x, [y, «z»]", "[1][1]"),
    "an item too many": ("def f(x):\n    return «(x, y)»", "[2]"),
    "an item behind a star": ("def f(x):\n    return «(*x, y)»", "[1]"),
    "an item of a name": ("def f(x):\n    return «x»", "[0]"),
    "of a lambda": ("f = lambda x: «x + 1»", ""),
    "not of an inner function": ("def f(x):\n    def g():\n        return 1\n    return «x»", ""),
    "of a coroutine": ("async def f(x):\n    return «x»", ""),
}


@pytest.mark.parametrize(("text", "place"), RETURNED.values(), ids=RETURNED)
def test_what_a_function_returns(text: str, place: str) -> None:
    source = plain(text)
    assert with_marks(source, Landmarks(source, "f").returned(place)) == text


@pytest.mark.parametrize("text", ["def f(x):\n    pass", "def f(x):\n    return", "g = 1"])
def test_nothing_is_returned(text: str) -> None:
    assert Landmarks(plain(text), "f").returned() is None


def test_a_function_may_end_without_a_return() -> None:
    for text, yes in (
        ("def f(x):\n    pass", True),
        ("def f(x):\n    return x", False),
        ("def f(x):\n    if x:\n        return x", True),
        ("f = lambda x: x", False),
        ("g = 1", False),
    ):
        assert Landmarks(plain(text), "f").ends_without_return is yes


HEADS: Final = {
    "a function": "«def f(x):»\n    return x",
    "a coroutine": "«async def f(x):»\n    return x",
    "a lambda": "«f = lambda x: x»",
    "another name for it": "«def g(x):»\n    return x\nf = g",
    "something else": "«f = 3»",
}


@pytest.mark.parametrize("text", HEADS.values(), ids=HEADS)
def test_the_line_that_defines_a_function(text: str) -> None:
    source = plain(text)
    assert with_marks(source, Landmarks(source, "f").head) == text


SETTINGS: Final = {
    "a keyword": ("m = «Dense(size=3)»", "Dense(size=3)", "m = Dense(size=«3»)"),
    "by position": ("m = Dense(3)", "Dense(3)", "m = Dense(«3»)"),
    "a constant": ("S = 3\nm = Dense(size=S)", "Dense(size=S)", "S = «3»\nm = Dense(size=S)"),
    "none": ("m = Dense()", "Dense()", "m = «Dense()»"),
    "of a lifted class": (
        "m = nn.vmap(D)(size=3)",
        "nn.vmap(D)(size=3)",
        "m = nn.vmap(D)(size=«3»)",
    ),
    "of no call": ("m = Dense", "Dense", "m = «Dense»"),
    "in a class of several lines": (
        "m = nn.vmap(\n    D,\n)()",
        "nn.vmap(\n    D,\n)()",
        "m = nn.vmap(\n    D,\n)«()»",
    ),
}


@pytest.mark.parametrize(("text", "part", "marked"), SETTINGS.values(), ids=SETTINGS)
def test_where_a_setting_was_written(text: str, part: str, marked: str) -> None:
    source = plain(text)
    marks = Landmarks(source, "f")
    made = place_of(source.text, part)
    assert with_marks(source, marks.setting(made, "size", 0, "3")) == marked


def test_a_size_is_a_mistake_where_it_was_used() -> None:
    source = plain("S = 3\nm = Dense(size=S)")
    span = Landmarks(source, "f").setting(
        place_of(source.text, "Dense(size=S)"), "size", 0, "3", size=True
    )
    assert with_marks(source, span) == "S = 3\nm = Dense(size=«S»)"


SEEDED: Final = {
    "a constant": ("SEED = «0»\nk = key(SEED)", "key(SEED)"),
    "a number": ("k = «key(0)»", "key(0)"),
    "nothing": ("k = «key()»", "key()"),
    "another number": ("SEED = 1\nk = «key(SEED)»", "key(SEED)"),
    "no call": ("k = «key»", "key"),
}


@pytest.mark.parametrize(("text", "part"), SEEDED.values(), ids=SEEDED)
def test_the_number_that_a_key_is_made_of(text: str, part: str) -> None:
    source = plain(text)
    marks = Landmarks(source, "f")
    assert with_marks(source, marks.seeded(place_of(source.text, part), "0")) == text


TARGETS: Final = {
    "the first": ("L = nn.vmap(«Dense», in_axes=0)", "nn.vmap(Dense, in_axes=0)"),
    "by name": ("L = nn.vmap(in_axes=0, target=«Dense»)", "nn.vmap(in_axes=0, target=Dense)"),
    "none": ("L = «nn.vmap(in_axes=0)»", "nn.vmap(in_axes=0)"),
    "no call": ("«L» = 1", "L"),
}


@pytest.mark.parametrize(("text", "part"), TARGETS.values(), ids=TARGETS)
def test_where_a_class_is_lifted(text: str, part: str) -> None:
    source = plain(text)
    span = place_of(source.text, part)
    assert with_marks(source, Landmarks(source, "f").target(lifted(0, span=span))) == text


KEYWORDS: Final = {
    "a keyword": ("f(x, a=«1»)", "f(x, a=1)"),
    "by position": ("f(x, «1»)", "f(x, 1)"),
    "another": ("«f(x, b=1)»", "f(x, b=1)"),
    "a dict": ("D = dict(a=«1»)\nf(x, **D)", "f(x, **D)"),
    "no call": ("«f»", "f"),
}


@pytest.mark.parametrize(("text", "part"), KEYWORDS.values(), ids=KEYWORDS)
def test_where_a_keyword_was_written(text: str, part: str) -> None:
    source = plain(text)
    span = Landmarks(source, "f").keyword(place_of(source.text, part), "a", 1)
    assert with_marks(source, span) == text
