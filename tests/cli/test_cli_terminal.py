"""The commands in a real pseudo-terminal."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")
if sys.platform == "win32":
    pytest.skip("no pseudo-terminal", allow_module_level=True)

from cli_course import environment  # noqa: E402 - after the skips

from grader.catalogue import exercises  # noqa: E402
from grader.progress import Attempt, Progress  # noqa: E402

Terminal = Callable[..., "Screen"]


class Screen:
    """A terminal of a given size, the program in it, and the contents of its screen."""

    def __init__(self, arguments: tuple[str, ...], size: tuple[int, int], **env: str) -> None:
        rows, columns = size
        self.raw = io.StringIO()
        self.display = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.display)
        variables = environment(**{"TERM": "xterm-256color", **env})
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PAGER", "LESS", *env):
            if name not in env:
                variables.pop(name, None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "grader", *arguments],
            dimensions=size,
            env=variables,
            encoding="utf-8",
            timeout=30,
        )
        self.child.logfile_read = self.raw

    def until(self, text: str) -> None:
        self.child.expect_exact(text)

    def end(self) -> int:
        """Wait for the program's end and return its exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        self._stream.feed(self.raw.getvalue())
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.display.display]


@pytest.fixture
def terminal(here: Path) -> Iterator[Terminal]:
    opened: list[Screen] = []
    assert here.is_dir()

    def start(*arguments: str, size: tuple[int, int] = (200, 80), **env: str) -> Screen:
        opened.append(Screen(arguments, size, **env))
        return opened[-1]

    yield start
    for each in opened:
        each.child.close(force=True)


def test_grade_alone_greets_a_newcomer(terminal: Terminal) -> None:
    screen = terminal()
    assert screen.end() == 0
    text = "\n".join(screen.lines)
    assert "You haven't begun an exercise yet." in text
    assert "  grade start" in text
    assert "  grade --help" in text


def test_grade_alone_shows_the_learners_progress(terminal: Terminal, here: Path) -> None:
    assert terminal("start").end() == 0
    (file,) = here.glob("*.py")
    terminal("hint").end()
    screen = terminal()
    screen.end()
    text = "\n".join(screen.lines)
    assert ": started, 1 hint." in text
    assert f"  grade watch {file.name}" in text
    assert "you have seen 1 of" in text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gone.py", "your file is gone"),
        ("f (notebook)", "the next hint"),
    ],
)
def test_the_welcome_without_a_file(terminal: Terminal, here: Path, name: str, says: str) -> None:
    slug = exercises()[0].exercise.slug
    attempt = Attempt(1.0, slug, str(here / name), "d", "failed", ("raised",), 0.0)
    with Progress.open() as progress:
        progress.record_attempt(attempt)
    screen = terminal()
    assert screen.end() == 0
    text = "\n".join(screen.lines)
    assert f"You are at {slug}: 1 attempt." in text
    assert says in text
    assert "grade watch" not in text


@pytest.mark.slow
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_output_fits_any_screen_width(terminal: Terminal, columns: int) -> None:
    for command in ("list", "start", "hint", "explain"):
        screen = terminal(command, size=(200, columns))
        assert screen.end() == 0
        plain = screen.raw.getvalue().split("\r\n")
        assert screen.display.cursor.y == len(plain) - 1, "no line was wrapped by the terminal"


@pytest.mark.slow
def test_colour_on_a_terminal_unless_it_is_turned_off(terminal: Terminal) -> None:
    def escapes(*arguments: str, **env: str) -> str:
        screen = terminal(*arguments, **env)
        screen.end()
        return screen.raw.getvalue()

    terminal("start").end()
    assert "\x1b[" in escapes("hint", "--all")
    assert "\x1b[" not in escapes("hint", "--all", "--color", "never")
    assert "\x1b[" not in escapes("hint", "--all", TERM="dumb")
    assert "\x1b[" not in escapes("hint", "--all", NO_COLOR="1")
    assert "\x1b[" in escapes("hint", "--all", "--color", "always", TERM="dumb")


@pytest.mark.skipif(shutil.which("less") is None, reason="no less here")
def test_a_long_lesson_is_paged_and_q_quits(terminal: Terminal) -> None:
    screen = terminal("show", size=(20, 80))
    screen.until("\x1b[")
    screen.until(":")
    screen.child.send("\x03")  # the pager's to handle
    screen.child.send("q")
    assert screen.end() == 0
    assert "next: grade start" not in screen.raw.getvalue()


def test_the_learners_own_pager(terminal: Terminal) -> None:
    screen = terminal("show", size=(20, 80), PAGER="tail -n 1")
    assert screen.end() == 0
    assert screen.raw.getvalue().startswith("next: grade start")


def test_a_lesson_that_fits_is_not_paged(terminal: Terminal) -> None:
    screen = terminal("show", size=(400, 80), PAGER="false")
    assert screen.end() == 0
    assert "next: grade start" in screen.raw.getvalue()


def test_the_solution_on_a_terminal_says_what_it_is(terminal: Terminal) -> None:
    assert terminal("start").end() == 0
    screen = terminal("solution", "--reveal")
    assert screen.end() == 0
    assert screen.lines[0].startswith("solution ")
