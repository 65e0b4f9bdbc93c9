"""Code in colours: what each stretch of a program, whole or a fragment, is styled as."""

from __future__ import annotations

import pytest

from grader.cli.highlight import highlighted

WHOLE = [
    ("x = 1", []),
    ("def f(x): return x", [("def", "bold"), ("return", "bold")]),
    ("a = None  # none", [("None", "bold"), ("# none", "italic magenta")]),
    ("s = 'é' + \"b\"", [("'é'", "green"), ('"b"', "green")]),
    ('"""Two\nlines."""\nx', [('"""Two\nlines."""', "green")]),
    ("a = 1\r\nif a: pass", [("if", "bold"), ("pass", "bold")]),
    ("match = type", []),
]
FRAGMENTS = [
    ("y = nn.vmap(  # lifted", [("# lifted", "italic magenta")]),
    ("    in_axes=0,  # first\n  out", [("# first", "italic magenta")]),
    ("for t in '", [("for", "bold"), ("in", "bold")]),
    ("$ pip install x", []),
    ("return ...", [("return", "bold")]),
    ("", []),
]


@pytest.mark.parametrize(("code", "styled"), [*WHOLE, *FRAGMENTS])
def test_what_is_styled(code: str, styled: list[tuple[str, str]]) -> None:
    text = highlighted(code)
    assert text.plain == code.replace("\r", "")
    assert [(text.plain[each.start : each.end], each.style) for each in text.spans] == styled


def test_an_f_string_is_a_string_in_every_python() -> None:
    spans = highlighted("f'a{b}c'").spans
    assert {each.style for each in spans} == {"green"}
    assert (spans[0].start, spans[-1].end) == (0, 8)
