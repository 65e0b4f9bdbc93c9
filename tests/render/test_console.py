"""Colour and width, as wished for, as the environment says, as the stream is."""

from __future__ import annotations

import io

import pytest
from reports import MISTAKEN

from grader.render.console import console_for, page_for
from grader.render.layout import ASCII, UNICODE
from grader.render.terminal import render_terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "terminal", "env", "colored"),
    [
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", False, {"TERM": "xterm"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "0"}, False),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ("always", False, {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", True, {"FORCE_COLOR": "1", "TERM": "xterm"}, False),
    ],
)
def test_colour(color: str, terminal: bool, env: dict[str, str], colored: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    render_terminal(MISTAKEN, console_for(stream, color, env))
    assert ("\x1b[" in stream.getvalue()) is colored


@pytest.mark.parametrize(
    ("columns", "width"),
    [("60", 60), ("300", 100), ("7", 40), ("", 80), ("0", 80), ("-5", 80), ("many", 80)],
)
def test_width(columns: str, width: int) -> None:
    assert page_for(console_for(io.StringIO(), "auto", {"COLUMNS": columns})).width == width


def test_dumb_terminal_gets_ascii() -> None:
    assert page_for(console_for(Terminal(), "auto", {"TERM": "dumb"})).glyphs is ASCII
    assert page_for(console_for(Terminal(), "auto", {"TERM": "xterm"})).glyphs is UNICODE


def test_the_real_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "44", "FORCE_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    console = console_for(io.StringIO(), "auto", {})
    assert (page_for(console).width, console.color_system) == (80, None)


def test_closed_stream_gives_a_console() -> None:
    stream = io.StringIO()
    stream.close()
    assert console_for(stream, "auto", {}).color_system is None
