"""`grade watch` in a real pseudo-terminal."""

from __future__ import annotations

import os
import shutil
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")
if sys.platform == "win32":
    pytest.skip("no pseudo-terminal", allow_module_level=True)

from cli_course import Grade, environment  # noqa: E402 - after the skips

from grader.catalogue import exercises  # noqa: E402
from grader.progress import Attempt, Progress  # noqa: E402
from tests import two_files  # noqa: E402

FIRST, SECOND = exercises()[:2]
RIGHT = FIRST.solution.read_text(encoding="utf-8")
PER_EXAMPLE = RIGHT.replace('{"params": None}', '{"params": 0}')
UNFLATTENED = RIGHT.replace("outputs.reshape(-1)", "outputs")
BROKEN = RIGHT.replace("def ", "def def ")
SLOW = "import time\n" + RIGHT.replace("    key = ", "    time.sleep(60)\n    key = ")
assert len({RIGHT, PER_EXAMPLE, UNFLATTENED, BROKEN, SLOW}) == 5

SECOND_SCREEN, FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


class Watch:
    """A watch in a terminal, and the contents of its screen."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (40, 100), **env: str) -> None:
        self.screen = pyte.Screen(size[1], size[0])
        self._stream = pyte.Stream(self.screen)
        self.raw = self._unread = ""
        variables = environment(**{"TERM": "xterm-256color", **env})
        for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
            variables.pop(name, None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "grader", "watch", *arguments],
            dimensions=size,
            env=variables,
            encoding="utf-8",
            timeout=60,
        )

    def until(self, *texts: str, gone: str = "") -> None:
        """Read until all of `texts` are on the screen at once, and `gone` is not."""
        while True:
            shown = "\n".join(self.lines)
            if all(text in shown for text in texts) and not (gone and gone in shown):
                return
            try:
                self._read()
            except pexpect.EOF:
                raise AssertionError(f"ended without {texts}:\n{shown}") from None
            except pexpect.TIMEOUT:
                raise AssertionError(f"no {texts} on the screen:\n{shown}") from None

    def until_sent(self, text: str, *, after: int) -> None:
        """Read until the terminal has been sent `text` after as many characters."""
        while text not in self.raw[after:]:
            self._read()

    def _read(self) -> None:
        text = self.child.read_nonblocking(65536, timeout=60)
        self.raw += text
        self._unread += text
        # pyte has no second screen: clear the only one when it is left.
        ready, escape, rest = self._unread.rpartition("\x1b")
        if FIRST_SCREEN.startswith(escape + rest) and escape + rest != FIRST_SCREEN:
            self._unread = escape + rest
        else:
            ready, self._unread = self._unread, ""
        self._stream.feed(ready.replace(FIRST_SCREEN, "\x1b[2J\x1b[H"))

    def press(self, key: str) -> None:
        self.child.send(key)

    def resize(self, rows: int, columns: int) -> None:
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        while True:
            try:
                self._read()
            except pexpect.EOF:
                break
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def footer(self) -> str:
        return [line for line in self.lines if line][-1]


Start = Callable[..., Watch]


@pytest.fixture
def start(here: Path) -> Iterator[Start]:
    opened: list[Watch] = []
    assert here.is_dir()

    def begin(*arguments: str, size: tuple[int, int] = (40, 100), **env: str) -> Watch:
        opened.append(Watch(*arguments, size=size, **env))
        return opened[-1]

    yield begin
    for each in opened:
        each.child.close(force=True)


@pytest.fixture
def file(here: Path) -> Path:
    path = here / "my.py"
    path.write_text(UNFLATTENED, encoding="utf-8")
    return path


def replace(path: Path, text: str) -> None:
    """Save like many editors do: write a temporary file and rename it."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


# -------------------------------------------------------------------------------- a whole session


def test_a_session_from_start_to_pass(grade: Grade, start: Start, here: Path) -> None:
    slug = FIRST.exercise.slug
    assert grade("start").code == 0
    (file,) = here.glob("*.py")
    watch = start(file.name, "--cases", "5")
    watch.until("not passed", "q quit", gone="grading")
    assert "s solution" not in watch.footer
    watch.press("n")  # nothing happens before a pass

    replace(file, UNFLATTENED)
    watch.until("not-flattened", gone="grading")
    file.write_text(PER_EXAMPLE, encoding="utf-8")
    watch.until("per-example-params", gone="grading")

    watch.press("h")
    watch.until(f"hint 1 of 3 · {slug}", "space back")
    watch.press("h")
    watch.until(f"hint 2 of 3 · {slug}")
    watch.press("e")
    watch.until("per-example-params · check params", "space more")
    watch.press("s")
    watch.until("Pass first to see the solution; h shows a hint.")
    watch.press("\x1b")
    watch.until("not passed", "e explain", gone="The solution is")

    replace(file, RIGHT)
    watch.until("passed   8 of 8 checks", "s solution", gone="grading")
    assert "e explain" not in watch.footer
    watch.press("s")
    watch.until(f"solution · {slug}")
    watch.press("l")
    watch.until(FIRST.lesson.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "))
    watch.press("a")
    watch.until("no proof was asked for", gone="grading")
    watch.press("r")
    watch.until("Proved:", gone="grading")

    watch.press("n")
    following = SECOND.exercise
    watch.until(f"{following.slug} · {following.folder_name}.py", "not passed", gone="grading")
    assert "n next" not in watch.footer
    watch.press("q")
    assert watch.end() == 0
    assert "not passed   1 of 8 checks" in "\n".join(watch.lines), "the last report stays"
    assert "q quit" not in "\n".join(watch.lines)
    assert (here / f"{following.folder_name}.py").read_bytes() == SECOND.starter.read_bytes()

    with Progress.open() as progress:
        attempts = progress.attempts(slug, 20)[::-1]
        assert progress.hints_shown(slug) == 2
    verdicts = [(each.verdict, each.rules) for each in attempts]
    assert verdicts == [
        ("failed", ("raised",)),
        ("failed", ("not-flattened",)),
        ("failed", ("per-example-params",)),
        *[("passed", ())] * 3,
    ]


@pytest.mark.slow
def test_a_hint_is_offered_when_a_mistake_keeps_coming_back(start: Start, file: Path) -> None:
    slug, rules = FIRST.exercise.slug, ("not-flattened",)
    with Progress.open() as progress:
        for digest in "ab":
            attempt = Attempt(1.0, slug, str(file), digest, "failed", rules, 0.0)
            progress.record_attempt(attempt)
    watch = start(file.name, "--cases", "5")
    watch.until("not-flattened again, 3 times in a row: h shows you a hint")


# ------------------------------------------------------------------------------------- the file


def test_a_save_during_a_grading_starts_again(start: Start, file: Path) -> None:
    watch = start(file.name, "--timeout", "300", "--cases", "5")
    watch.until("not-flattened", gone="grading")
    file.write_text(SLOW, encoding="utf-8")
    watch.until("not-flattened", "grading …")  # the last report stays
    file.write_text(RIGHT, encoding="utf-8")
    watch.until("passed   8 of 8 checks", gone="grading")
    watch.press("q")
    assert watch.end() == 0
    with Progress.open() as progress:
        verdicts = [each.verdict for each in progress.attempts(None, 20)]
    assert verdicts == ["passed", "failed"]


def test_watch_waits_for_a_file_that_disappears(start: Start, file: Path) -> None:
    file.write_text(BROKEN, encoding="utf-8")
    watch = start(file.name)
    watch.until("syntax-error")
    file.unlink()
    watch.until("my.py is not there; waiting for it", gone="syntax-error")
    replace(file, BROKEN)
    watch.until("syntax-error", gone="waiting")
    watch.press("q")
    assert watch.end() == 0


def test_watch_waits_for_a_file_that_does_not_exist_yet(start: Start, here: Path) -> None:
    watch = start("later.py")
    watch.until("later.py is not there; waiting for it")
    (here / "later.py").write_text(BROKEN, encoding="utf-8")
    watch.until("syntax-error", gone="waiting")


def test_a_folder_that_disappears(start: Start, here: Path) -> None:
    folder = here / "folder"
    folder.mkdir()
    (folder / "my.py").write_text(BROKEN, encoding="utf-8")
    watch = start("folder/my.py")
    watch.until("syntax-error")
    shutil.rmtree(folder)
    watch.until("folder/my.py is not there; waiting for it")
    folder.mkdir()
    (folder / "my.py").write_text(BROKEN, encoding="utf-8")
    watch.until("syntax-error", gone="waiting")


# ----------------------------------------------------------------------------------- the terminal


@pytest.mark.slow
def test_pages_start_at_the_top_and_name_the_keys_at_any_width(start: Start, file: Path) -> None:
    watch = start(file.name, "--cases", "5", size=(24, 120))
    watch.until("not-flattened", gone="grading")
    for columns in (60, 80, 120):
        watch.resize(24, columns)
        watch.press("\x1b")
        watch.until(" grade · ", "expected", "q quit")
        assert watch.lines[0].startswith(" grade · ")
        for key, heading in (("h", " of 3 · "), ("e", "not-flattened · "), ("l", ", many")):
            watch.press(key)
            watch.until(heading, "q quit")
            assert heading in watch.lines[0]


@pytest.mark.slow
def test_pages_are_scrolled_and_follow_the_size(start: Start, file: Path) -> None:
    file.write_text(BROKEN, encoding="utf-8")
    watch = start(file.name, size=(12, 80))
    watch.until("syntax-error")
    watch.press("l")
    first = FIRST.lesson.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    watch.until(first, "space more")
    watch.press("\x1b[B")
    watch.until("space more", gone=first)
    watch.press("\x1b[A")
    watch.until(first)
    watch.press(" ")
    watch.until("space more", gone=first)
    watch.press("b")
    watch.until(first)
    watch.resize(200, 60)
    watch.until(first, "Your task", "space back")
    watch.resize(12, 100)
    watch.until(first, "space more", gone="Your task")
    watch.press("\x7f")
    watch.until("syntax-error", gone=first)


@pytest.fixture
def shell(here: Path, file: Path) -> Iterator[Watch]:
    """A shell that has jobs, with a watch in its foreground."""
    assert here == file.parent
    file.write_text(BROKEN, encoding="utf-8")
    watch = Watch("--help")
    watch.child.close(force=True)
    variables = environment(TERM="xterm-256color", PS1="ready$ ", PYTHON=sys.executable)
    watch.child = pexpect.spawn(
        "/bin/bash",
        ["--norc", "--noprofile", "-i"],
        dimensions=(40, 100),
        env=variables,
        encoding="utf-8",
        timeout=60,
        cwd=str(here),
    )
    watch.until("ready$")
    watch.press('"$PYTHON" -m grader watch my.py --timeout 300 --cases 5\n')
    watch.until("syntax-error", "q quit", gone="grading")
    yield watch
    watch.child.close(force=True)


def modes(watch: Watch) -> list[object]:
    """Return how the terminal treats what is typed and printed."""
    found: list[object] = termios.tcgetattr(watch.child.fileno())[:4]
    return found


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on(shell: Watch, file: Path) -> None:
    raw = modes(shell)
    file.write_text(SLOW, encoding="utf-8")
    shell.until("syntax-error", "grading")
    shell.press("\x1a")
    shell.until("Stopped", "ready$", gone="grading")
    assert shell.raw.rindex(FIRST_SCREEN) > shell.raw.rindex(SECOND_SCREEN)
    shell.press("fg\n")
    shell.until("syntax-error", "grading")
    file.write_text(PER_EXAMPLE, encoding="utf-8")
    shell.until("per-example-params", gone="grading")
    assert modes(shell) == raw
    shell.press("q")
    shell.until("ready$", gone="q quit")
    shell.press("stty -a; echo code=$?\n")
    shell.until("code=0", " icanon", " echo ")


def test_ctrl_z_without_a_shell_changes_nothing(start: Start, file: Path) -> None:
    file.write_text(BROKEN, encoding="utf-8")
    watch = start(str(file))
    watch.until("syntax-error", "q quit", gone="grading")
    raw, drawn = modes(watch), len(watch.raw)
    watch.press("\x1a")
    watch.until_sent(SECOND_SCREEN, after=drawn)
    watch.press("l")
    watch.until("nn.vmap", gone="syntax-error")
    assert modes(watch) == raw


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_ctrl_c_stops_and_gives_the_terminal_back(shell: Watch) -> None:
    shell.press("\x03")
    shell.until("grade: interrupted", "ready$")
    assert shell.raw.rindex(FIRST_SCREEN) > shell.raw.rindex(SECOND_SCREEN)
    shell.press("echo code=$?; stty -a\n")
    shell.until("code=130", " icanon", " echo ")


def test_a_closed_terminal_stops_watch(start: Start, file: Path) -> None:
    file.write_text(BROKEN, encoding="utf-8")
    watch = start(file.name)
    watch.until("syntax-error")
    pid = watch.child.pid
    watch.child.close(force=False)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# -------------------------------------------------------------------------------- where it refuses


@pytest.mark.parametrize("arguments", [("my.py",), ("gone.py",)])
def test_without_a_terminal(program: Grade, file: Path, arguments: tuple[str, ...]) -> None:
    assert file.is_file()
    ran = program("watch", *arguments)
    assert (ran.code, ran.out) == (2, "")
    name = arguments[0]
    assert ran.err == (
        f"grade: grade watch needs a terminal to draw on; grade {name} grades once\n"
    )


def test_on_a_dumb_terminal(start: Start, file: Path) -> None:
    watch = start(file.name, TERM="dumb")
    assert watch.end() == 2
    assert "needs a terminal to draw on" in watch.raw
    assert "\x1b" not in watch.raw


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["."], ". is a folder; grade watch takes one file"),
        (["my.py", "--exercise", "nothing"], "there is no exercise nothing"),
        (["my.py", "--exercises", "nowhere"], "nowhere has no folder called exercises in it"),
    ],
)
def test_a_wrong_command(start: Start, file: Path, arguments: list[str], says: str) -> None:
    assert file.is_file()
    watch = start(*arguments)
    assert watch.end() == 2
    assert says in " ".join(watch.raw.split())
    assert SECOND_SCREEN not in watch.raw


@pytest.mark.slow
def test_a_save_of_a_helper_grades_again(start: Start, here: Path) -> None:
    two_files.write_course(here / "course")
    two_files.hand_in(here, two_files.WRONG)
    watch = start("mine.py", "--cases", "5", GRADER_EXERCISES=str(here / "course"))
    watch.until("not passed", "helpers.py", "per-example-params", "q quit", gone="grading")
    replace(here / "helpers.py", two_files.HELPERS)
    watch.until("passed", "q quit", gone="not passed")
    (here / "helpers.py").unlink()
    watch.until("helpers.py isn't beside your file", gone="grading")
    (here / "helpers.py").write_text(two_files.HELPERS, encoding="utf-8")
    watch.until("passed", "q quit", gone="not passed")
    watch.press("q")
    assert watch.end() == 0
