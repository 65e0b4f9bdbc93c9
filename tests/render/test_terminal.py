"""The terminal report: its form at three widths, its colours, and what a stream can't take."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable

import msgspec
import pyte
import pytest
from reports import EXERCISE, MISTAKEN, NASTY, PER_EXAMPLE, PROVED, REPORTS, report

from grader.model.report import Output, Report
from grader.render import RENDERERS
from grader.render.console import console_for
from grader.render.terminal import render_terminal
from grader.render.text import render
from grader.render.visible import cells

Golden = Callable[[str, str], None]
CSI = "\x1b["


class Stream(io.TextIOWrapper):
    """A text stream of an encoding, that may be a terminal."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n", errors="strict")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


def printed(one: Report, stream: Stream, width: int = 80, **env: str) -> str:
    console = console_for(stream, "auto", {"COLUMNS": str(width), "TERM": "xterm", **env})
    render_terminal(one, console)
    return stream.text()


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, width: int, golden: Golden) -> None:
    golden(f"{name}-{width}.txt", render(REPORTS[name], width))


def test_golden_verbose(golden: Golden) -> None:
    golden("mistaken-verbose.txt", render(MISTAKEN, 80, verbose=True))


def test_golden_quiet(golden: Golden) -> None:
    golden("nasty-quiet.txt", render(NASTY, 80, quiet=True))


@pytest.mark.parametrize("name", REPORTS)
def test_golden_ascii(name: str, golden: Golden) -> None:
    text = printed(REPORTS[name], Stream("ascii"), 60)
    golden(f"{name}-ascii.txt", text)


@pytest.mark.parametrize("width", [40, 43, 60, 61, 80, 99, 100])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    for line in render(REPORTS[name], width).splitlines():
        assert cells(line) <= width, line


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_prints_on_a_stream_of_any_encoding(encoding: str) -> None:
    assert "per-example-params" in printed(NASTY, Stream(encoding))


@pytest.mark.parametrize("terminal", [False, True])
def test_colour_changes_no_text(terminal: bool) -> None:
    stream = Stream(terminal=terminal)
    text = printed(NASTY, stream, 80)
    assert (CSI in text) == terminal
    plain = render(NASTY, 80)
    assert _without_sgr(text) == plain


def test_the_learners_text_is_harmless_on_a_terminal() -> None:
    text = printed(NASTY, Stream(terminal=True), 80)
    screen = pyte.Screen(80, 200)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    lines = [line.rstrip() for line in screen.display[: text.count("\n")]]
    assert screen.title == ""
    # pyte composes what combines.
    assert lines == unicodedata.normalize("NFC", render(NASTY, 80)).splitlines()


def test_carets_are_under_the_span_on_a_terminal() -> None:
    text = printed(NASTY, Stream(terminal=True), 80)
    screen = pyte.Screen(80, 200)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    row = next(number for number, line in enumerate(screen.display) if "hler = " in line)
    start = _column_of(screen, row, "nn.vmap(nn.Dense)")
    assert _column_of(screen, row + 1, "^" * 17) == start


def _column_of(screen: pyte.Screen, row: int, text: str) -> int:
    """Return the terminal column of `text`, whose characters are narrow."""
    data = [screen.buffer[row][column].data for column in range(80)]
    return next(at for at in range(80) if "".join(data[at : at + len(text)]) == text)


def _without_sgr(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_quiet_says_where_and_which_rule() -> None:
    text = render(MISTAKEN, 80, quiet=True)
    assert text.splitlines()[0] == (
        "my_solution.py:9:23: every example has its own copy of the weights [per-example-params]"
    )


def test_passed_shows_the_takeaway_and_every_check() -> None:
    text = " ".join(render(PROVED, 60).split())
    assert EXERCISE.takeaway in text
    assert all(check.title in text for check in EXERCISE.checks)


def test_output_is_capped_and_fenced() -> None:
    loud = report("", PER_EXAMPLE, output=Output(stdout="ha\n" * 5000))
    text = render(loud, 80)
    assert text.count("\u2502 ha") == 20
    assert "4980 more lines" in text


def test_coloured_text_can_be_searched() -> None:
    assert PER_EXAMPLE.message in printed(MISTAKEN, Stream(terminal=True))


def test_a_missing_protection_is_reported() -> None:
    environment = msgspec.structs.replace(PROVED.environment, missing=("landlock", "seccomp"))
    text = " ".join(render(msgspec.structs.replace(PROVED, environment=environment), 60).split())
    assert "It ran without landlock, seccomp: grade doctor says why." in text
    assert "It ran without" not in render(PROVED, 60)


def test_the_solution_of_a_course_is_found_by_the_command_that_is_printed() -> None:
    course = msgspec.structs.replace(PROVED, course_option=" --exercises 'my own'")
    lines = render(course, 40).split("\n")
    assert any("grade solution nn-vmap-shared --exercises 'my own'" in each for each in lines)


def test_a_command_is_never_broken() -> None:
    """`grade explain params-rng-not-lifted` is 35 cells, and has less than that beside `next:`."""
    for rule in (
        "per-example-params",
        "params-rng-not-lifted",
        "a-rule-as-long-as-the-page-is-wide",
    ):
        finding = msgspec.structs.replace(PER_EXAMPLE, rule=rule)
        lines = render(report("x = 1\n", finding), 40).split("\n")
        assert f"grade explain {rule}" in [line.strip() for line in lines]
    assert any("grade solution nn-vmap-shared" in line for line in render(PROVED, 40).split("\n"))


@pytest.mark.parametrize(
    "printed_text",
    [
        "\x1b[1mpath\x1b[0m",
        "\x1b[38;2;1;2;3mpath\x1b[m",
        "\x1b[2K\x1b[1Gpath",
        "\x1b]0;title\x07path",
        "\x1b]8;;https://example.org\x1b\\path\x1b]8;;\x1b\\",
        "path\x1b[1",
    ],
)
@pytest.mark.parametrize("name", ["text", "markdown", "html", "junit", "exercism"])
def test_printed_text_is_shown_without_its_styling(name: str, printed_text: str) -> None:
    one = report("x = 1\n", output=Output(stdout=f"a {printed_text} b\n"))
    document = RENDERERS[name](one)
    assert "a path b" in document or ("a path" in document and printed_text.endswith("[1"))
    assert "\x1b" not in document
    assert "x1b" not in document


def test_text_that_looks_like_styling_stays_visible() -> None:
    text = render(report("x = 1\n", output=Output(stdout="\x1b7 \x9b31m \x1b(B \r \u202e\n")))
    assert r"\x1b7 \x9b31m \x1b(B \r \u202e" in text
