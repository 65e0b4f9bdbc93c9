"""Hints, code, Markdown and arguments, before they become pages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typer
from rich.console import Console

from grader.cli import coercion
from grader.cli.problem import visible
from grader.cli.prose import Code, Prose, changed_lines, refill_comments
from grader.grading.color import Color
from grader.hints import parse_hints
from grader.suggestion import did_you_mean


def printed(page: object, width: int = 40, *, color: bool = False) -> str:
    file = io.StringIO()
    system = "standard" if color else None
    Console(file=file, width=width, color_system=system, force_terminal=color, _environ={}).print(
        page
    )
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


def test_hints_are_under_their_headings() -> None:
    text = "intro\n## One\n\na\n### part\n```\n## code\n```\n## Two\n~~~\n```\n## x\n~~~\nb\n"
    assert parse_hints(text) == (
        ("One", "a\n### part\n```\n## code\n```"),
        ("Two", "~~~\n```\n## x\n~~~\nb"),
    )
    assert parse_hints("# only a title\n") == ()


def test_wide_comments_are_rewrapped() -> None:
    rest = "    y = 1  # a comment that stays\n    # short"
    text = f"if x:\n    # one two three four\n    # five\n{rest}"
    assert refill_comments(text, 20) == f"if x:\n    # one two three\n    # four five\n{rest}"
    assert refill_comments(text, 80) == text


def test_changed_lines_are_missing_in_the_other_text() -> None:
    assert changed_lines("a\nb\nc", "a\nc") == {1}
    assert changed_lines("a\nc", "a\nb\nc") == set()
    assert changed_lines("a\nB\nc", "a\nb\nc") == {1}


def test_code_is_indented_and_wrapped_under_itself() -> None:
    assert printed(Code("def f():\n    return 1\n")) == "  def f():\n      return 1\n"
    assert all(line.startswith("  ") for line in printed(Code("x" * 100)).rstrip().split("\n"))


def test_code_in_prose_is_visible_with_and_without_colour() -> None:
    assert printed(Prose("use `None` here")) == "use `None` here\n"
    assert printed(Prose("use `None` here"), color=True) == "use \x1b[35mNone\x1b[0m here\n"


TABLE = """
| argument | means | for example |
|---|---|---|
| `variable_broadcast="params"` | all steps share one set | the weights of a cell |
| `variable_axes={"params": 0}` | each step has its own slice | the weights of a stack |
"""


@pytest.mark.parametrize("width", [60, 75, 90])
def test_tables_break_between_words(width: int) -> None:
    lines = printed(Prose(TABLE), width=width).splitlines()
    assert all(len(line) <= width for line in lines)
    words = {word for line in lines for word in line.split()}
    assert {*TABLE.replace("|", "").replace("---", "").split()} <= words


def test_tables_cut_no_word_off() -> None:
    lines = printed(Prose(TABLE), width=36).splitlines()
    assert all(len(line) <= 36 for line in lines)
    first = "".join(line[:13].strip() for line in lines)
    assert '`variable_broadcast="params"`' in first
    assert "…" not in first


def test_headings_are_at_the_left() -> None:
    assert printed(Prose("# Title\n\ntext\n\n## Part\n\nmore")).split("\n") == [
        "Title", "", "text", "", "Part", "", "more", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lst", "; did you mean list?"),
        ("LIST", "; did you mean list?"),
        ("exlpain", "; did you mean explain?"),
        ("zebra", ""),
        ("", ""),
    ],
)
def test_did_you_mean(word: str, meant: str) -> None:
    assert did_you_mean(word, ["list", "explain"]) == meant


def test_visible_text_is_one_harmless_line() -> None:
    assert visible("a\x1b[31m\n\u202eb\u00e9") == "a\\x1b[31m\\n\\u202eb\u00e9"


@pytest.mark.parametrize(
    ("convert", "given", "value"),
    [
        (coercion.whole(1), "3", 3),
        (coercion.whole(1), 3, 3),
        (coercion.whole(1), None, None),
        (coercion.real(), "1e-3", 0.001),
        (coercion.path, "a/b", Path("a/b")),
        (coercion.choice(Color), "never", Color.NEVER),
        (coercion.choice(Color), Color.NEVER, Color.NEVER),
        (coercion.each(coercion.path), ["a", "b"], [Path("a"), Path("b")]),
        (coercion.each(coercion.path), None, []),
    ],
)
def test_arguments_are_converted(convert: coercion.Convert, given: object, value: object) -> None:
    assert convert(given) == value


@pytest.mark.parametrize(
    ("convert", "given", "says"),
    [
        (coercion.whole(1), "0", "0 is not a whole number of at least 1"),
        (coercion.whole(1), "1.5", "1.5 is not a whole number"),
        (coercion.real(0.1), "nan", "nan is not a number of at least 0.1"),
        (coercion.choice(Color), "no", "no is none of auto, always, never"),
        (coercion.path, "", "it is empty"),
    ],
)
def test_an_invalid_argument_is_reported(
    convert: coercion.Convert, given: object, says: str
) -> None:
    with pytest.raises(typer.BadParameter, match=says):
        convert(given)
