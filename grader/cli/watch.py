"""`grade watch FILE`: grades again at every save, and answers single keys."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from enum import Enum, auto, unique
from pathlib import Path
from typing import Final, assert_never

import msgspec

from grader.cli import early
from grader.cli.grading import GradeOptions, find_jobs
from grader.cli.hints import hint_offer
from grader.cli.keys import single_keys
from grader.cli.problem import CommandWrong, Exit, visible
from grader.cli.watch_screen import Page, Screen
from grader.process.worker import NurseryBroken
from grader.progress import Progress
from grader.reference import ReferenceBroken
from grader.report import Report
from grader.session import Asked, Cancelled, Grading, SandboxMissing, Session, error_report
from grader.submission import Unreadable

_DEBOUNCE_MS: Final = 30
_STEP_MS: Final = 10


# ------------------------------------------------------------------------------------------ events


@unique
class Happened(Enum):
    """What needs no more than its name."""

    SAVED = auto()
    RESIZED = auto()


class Key(msgspec.Struct, frozen=True):
    """A key was pressed."""

    char: str


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A grading is done. `number` is which one; a later one makes it stale."""

    number: int
    report: Report
    offer: str | None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The file can't be graded at all; `reason` says why."""

    number: int
    reason: str


Event = Happened | Key | Graded | Refused


def watch(file: Path, options: GradeOptions) -> int:
    """Grade `file` at every save until `q`. Raises `CommandWrong` where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandWrong(
            f"grade watch needs a terminal to draw on; grade {visible(str(file))} grades once"
        )
    if file.is_dir():
        raise CommandWrong(f"{visible(str(file))} is a folder; grade watch takes one file")
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with Session(early.take()) as session:
        watcher = Watcher(file, options, session, events)
        with (
            _file_events(file, events),
            _resizes(events),
            single_keys(lambda char: events.put(Key(char))),
        ):
            return watcher.run()


@contextlib.contextmanager
def _file_events(file: Path, events: queue.SimpleQueue[Event]) -> Iterator[None]:
    """Tell of every change of the file, also by editors that put a new one in its place."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(file, events, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=1)


def _follow(file: Path, events: queue.SimpleQueue[Event], stop: threading.Event) -> None:
    from watchfiles import watch as watch_folder

    target = file.absolute()
    while not stop.is_set():
        try:
            for changes in watch_folder(
                target.parent,
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=_STEP_MS,
                rust_timeout=200,
                stop_event=stop,
                recursive=False,
                raise_interrupt=False,
            ):
                if any(Path(path).name == target.name for _, path in changes):
                    events.put(Happened.SAVED)
        except (OSError, RuntimeError):  # the folder is gone; it may come back
            pass
        stop.wait(0.2)


@contextlib.contextmanager
def _resizes(events: queue.SimpleQueue[Event]) -> Iterator[None]:
    if not hasattr(signal, "SIGWINCH"):
        yield
        return
    before = signal.signal(signal.SIGWINCH, lambda *_: events.put(Happened.RESIZED))
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


# ----------------------------------------------------------------------------------------- watcher


class Watcher:
    """The state of a watch: the last report, the grading that is under way, the page shown."""

    def __init__(
        self,
        file: Path,
        options: GradeOptions,
        session: Session,
        events: queue.SimpleQueue[Event],
    ) -> None:
        self._file = file
        self._options = options
        self._session = session
        self._events = events
        self._screen = Screen(file, options)
        self._number = 0
        self._grading: Grading | None = None
        self._thread: threading.Thread | None = None
        self._contents: bytes | None = None

    def run(self) -> int:
        """Grade, and handle events until one ends it."""
        self._look()
        try:
            while True:
                match self._events.get():
                    case Happened.SAVED:
                        self._look()
                    case Happened.RESIZED:
                        self._screen.draw()
                    case Key(char=char):
                        if char in {"q", "Q", "\x04"}:
                            return int(Exit.PASSED)
                        self._press(char.lower())
                    case Graded() as done:
                        self._done(done)
                    case Refused() as refused:
                        if refused.number == self._number:
                            self._screen.refuse(refused.reason)
                    case _ as never:
                        assert_never(never)
        finally:
            self._stop()
            self._screen.leave()

    # --------------------------------------------------------------------------------- grading

    def _look(self) -> None:
        """Grade the file, if it is there and not as it was."""
        try:
            contents = self._file.read_bytes()
        except OSError as error:
            self._stop()
            self._contents = None
            reason = "is not there" if isinstance(error, FileNotFoundError) else "can't be read"
            self._screen.wait(reason)
            return
        if contents != self._contents:
            self._contents = contents
            self._start()

    def _start(self, *, prove: bool = True) -> None:
        self._stop()
        self._number += 1
        self._screen.begin()
        self._thread = threading.Thread(
            target=self._grade, args=(self._number,), kwargs={"prove": prove}, daemon=True
        )
        self._thread.start()

    def _stop(self) -> None:
        """Cancel the grading that is under way."""
        self._number += 1
        if self._grading is not None:
            with contextlib.suppress(NurseryBroken):
                self._grading.cancel()
            self._grading = None

    def _grade(self, number: int, *, prove: bool) -> None:
        """Grade once, in a thread; what comes of it goes to the events."""
        asked = Asked(
            cases=self._options.cases,
            seed=self._options.seed,
            timeout=self._options.timeout,
            prove=prove,
            require_sandbox=self._options.require_sandbox,
        )
        try:
            (job,) = find_jobs((self._file,), self._options)
        except (CommandWrong, Unreadable) as error:
            self._events.put(Refused(number=number, reason=str(error)))
            return
        grading = self._session.grading(job.submission, job.folder, asked)
        if number != self._number:
            return
        self._grading = grading
        try:
            report = grading.run()
        except Cancelled:
            return
        except (NurseryBroken, ReferenceBroken, SandboxMissing) as error:
            report = error_report(job.submission, job.folder.exercise, str(error), asked)
        if number == self._number:
            self._screen.folder = job.folder
            self._events.put(Graded(number=number, report=report, offer=self._record(report)))

    def _record(self, report: Report) -> str | None:
        """Remember the attempt; return the offer of a hint, if it is time for one."""
        folder = self._screen.folder
        if not self._options.progress or folder is None:
            return None
        with Progress.open() as progress:
            progress.record(report)
            return hint_offer(folder, progress)

    def _done(self, done: Graded) -> None:
        if done.number == self._number:
            self._grading = None
            self._screen.show(done.report, done.offer)

    # ------------------------------------------------------------------------------------ keys

    def _press(self, char: str) -> None:
        pages = {"h": Page.HINT, "e": Page.EXPLANATION, "s": Page.SOLUTION, "l": Page.LESSON}
        if char in pages:
            self._screen.turn(pages[char])
        elif char == "r":
            self._contents = None
            self._look()
        elif char == "a":
            if self._contents is not None:
                self._start(prove=False)
        elif char in {"\x1b", " ", "\r", "\n"}:
            self._screen.turn(Page.REPORT)
