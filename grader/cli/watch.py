"""`grade watch FILE`: grades again at every save, and answers single keys."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader import hints
from grader.beside import with_files
from grader.catalogue import catalogue
from grader.cli import early
from grader.cli.choose import following, named
from grader.cli.course import course_option
from grader.cli.gather import read
from grader.cli.grading import find_job
from grader.cli.keys import DOWN, PAGE_DOWN, PAGE_UP, UP, single_keys
from grader.cli.onward import begin
from grader.cli.problem import visible
from grader.cli.watch_screen import Page, Screen
from grader.errors import (
    CommandWrong,
    Exit,
)
from grader.grading.regrading import Call, Regrading, Version
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import Submission, Unreadable
from grader.progress import Progress

Names = Callable[[], frozenset[str]]
"""Tells which files of the folder are watched: more than one once the exercise is known."""

_DEBOUNCE_MS: Final = 30
_STEP_MS: Final = 5
_LOOK_MS: Final = 200
_SIGNAL_SECONDS: Final = 0.1


def watch(file: Path, request: GradingRequest) -> int:
    """Grade `file` at every save until `q`. Raises `CommandWrong` without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise CommandWrong(
            f"grade watch needs a terminal to draw on; grade {visible(str(file))} grades once"
        )
    if file.is_dir():
        raise CommandWrong(f"{visible(str(file))} is a folder; grade watch takes one file")
    if request.exercise is not None:
        named(request.exercise, catalogue(request.exercises))
    watched: Onward | None = Onward(file, request)
    with Session(early.take()) as session:
        while watched is not None:
            watched = _watched(watched.file, watched.request, session)
    return int(Exit.PASSED)


class Onward(NamedTuple):
    """The file to watch, and how it is graded."""

    file: Path
    request: GradingRequest


def _watched(file: Path, request: GradingRequest, session: Session) -> Onward | None:
    """Watch a file until `q`, or until `n`: then return the next one."""
    watcher = Watcher(file, request, session)
    with (
        watcher.on_screen(),
        _saves(file, watcher.saved, watcher.names),
        _resizes(watcher.resized),
        single_keys(watcher.press, watcher.stopped, watcher.continued),
    ):
        return watcher.run()


@contextlib.contextmanager
def _saves(file: Path, saved: Call, names: Names) -> Iterator[None]:
    """Call `saved` after every change of the files, also by editors that replace them."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(file, saved, names, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=1)


def _follow(file: Path, saved: Call, names: Names, stop: threading.Event) -> None:
    """Wait for the system to report changes, and look at the file where it doesn't."""
    from watchfiles import watch as watch_folder

    target = file.absolute()
    seen = None  # so that a save before the first look is not missed
    while not stop.is_set():
        try:
            for changes in watch_folder(
                target.parent,
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=_STEP_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                recursive=False,
                raise_interrupt=False,
            ):
                watched = names()
                before, seen = seen, [_state(target.parent / each) for each in sorted(watched)]
                if seen != before or any(Path(path).name in watched for _, path in changes):
                    saved()
        except (OSError, RuntimeError):  # the folder is gone; it may come back
            stop.wait(_LOOK_MS / 1000)


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is written or replaced; None if it doesn't exist."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextlib.contextmanager
def _resizes(resized: Call) -> Iterator[None]:
    if not hasattr(signal, "SIGWINCH"):
        yield
        return
    before = signal.signal(signal.SIGWINCH, lambda *_: resized())
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


# ----------------------------------------------------------------------------------------- watcher


class Watcher:
    """The state of a watch: the file's last state, the current grading, and the screen."""

    def __init__(self, file: Path, request: GradingRequest, session: Session) -> None:
        self._file = file
        self._request = request
        self._calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._watching = True
        self._screen = Screen(file, request)
        self._regrading = Regrading(
            session, self, read=partial(read, file), look=self._version, deliver=self._calls.put
        )
        self._prove = True
        self._submission: Submission | None = None
        self._folder: ExerciseFolder | None = None
        self._following: Onward | None = None

    @contextlib.contextmanager
    def on_screen(self) -> Iterator[None]:
        """Have the screen for as long as the block runs."""
        self._screen.enter()
        try:
            yield
        finally:
            self._screen.leave()

    def run(self) -> Onward | None:
        """Grade, and do what is asked for until `q` or `n`; return what comes after `n`."""
        self._look()
        try:
            while self._watching:
                self._next_call()()
        finally:
            self._regrading.stop()
        return self._following

    def _next_call(self) -> Call:
        """Wait for a call, and let Python run the handlers of signals meanwhile.

        The system may give a signal to any thread, which doesn't wake this one, the only one that
        runs handlers: a continue after Ctrl-Z would only be noticed at the next key.
        """
        while True:
            with contextlib.suppress(queue.Empty):
                return self._calls.get(timeout=_SIGNAL_SECONDS)

    # ------------------------------------------------------- events, from threads and signals

    def saved(self) -> None:
        """Grade the file if it has changed."""
        self._calls.put(self._look)

    def resized(self) -> None:
        """Draw the screen for its new size."""
        self._calls.put(self._screen.draw)

    def press(self, key: str) -> None:
        """Handle a key: one letter, or one of the names in `keys`."""
        self._calls.put(partial(self._press, key))

    def stopped(self) -> None:
        """Drop the grading under way before Ctrl-Z takes effect: its deadlines would go on.

        Called in a signal handler, as is `continued`.
        """
        self._regrading.drop()
        self._screen.suspend()

    def continued(self) -> None:
        """Draw everything again after Ctrl-Z."""
        self._screen.resume()
        self._calls.put(self._resume)

    def _resume(self) -> None:
        if self._regrading.under_way and self._submission is not None:
            self._start(self._submission, prove=self._prove)
        self._look()
        self._screen.draw()

    # --------------------------------------------------------------------------------- grading

    def _look(self) -> None:
        """Grade the file, if it exists and has changed."""
        try:
            submission = self._read()
        except Unreadable:
            self._regrading.stop()
            self._submission = None
            self._screen.wait("can't be read" if os.path.lexists(self._file) else "is not there")
            return
        if self._submission is None or submission.sha256 != self._submission.sha256:
            self._submission = submission
            self._start(submission, prove=True)

    def _read(self) -> Submission:
        """Read the file, and what its exercise allows beside it, once that is known."""
        submission = read(self._file)
        return submission if self._folder is None else with_files(submission, self._folder.exercise)

    def names(self) -> frozenset[str]:
        """Return the names of the files that the report is about."""
        beside = self._folder.exercise.files if self._folder is not None else ()
        return frozenset({self._file.name, *beside})

    def _start(self, submission: Submission, *, prove: bool) -> None:
        self._prove = prove
        self._regrading.start(submission, replace(self._request, prove=prove))
        self._screen.begin()  # while the process loads it

    def _version(self) -> Version:
        job = find_job(self._file, self._request)
        return Version(job.submission, job.folder)

    def changed(self) -> None:
        """Grade the file even if it hasn't changed."""
        self._submission = None
        self._look()

    def recognised(self, folder: ExerciseFolder) -> None:
        """Show which exercise it is."""
        self._folder = folder
        if self._submission is not None:
            self._submission = with_files(self._submission, folder.exercise)
        self._screen.about(folder)

    def remember(self, report: Report, folder: ExerciseFolder) -> tuple[Report, str | None]:
        """Keep the attempt; return the report to show, and the offer of a hint."""
        report = msgspec.structs.replace(report, course_option=course_option(folder))
        wanted = self._request.progress
        return report, hints.record(report, folder, "h shows you a hint") if wanted else None

    def show(self, report: Report, offer: str | None) -> None:
        """Show a report."""
        self._screen.show(report, offer)

    def refuse(self, why: str) -> None:
        """Say why the file can't be graded."""
        self._screen.refuse(why)

    def broke(self, error: Exception) -> None:
        """Raise a fault of the grader's own, in the main thread."""
        raise error

    # ------------------------------------------------------------------------------------ keys

    def _press(self, key: str) -> None:
        pages = {
            "h": Page.HINT,
            "e": Page.EXPLANATION,
            "s": Page.SOLUTION,
            "l": Page.LESSON,
            "d": Page.DIFF,
        }
        lines = {UP: -1, "k": -1, DOWN: 1, "j": 1}
        screens = {PAGE_UP: -1, "b": -1, PAGE_DOWN: 1}
        key = key.lower() if len(key) == 1 else key
        if key in {"q", "\x04"}:
            self._watching = False
        elif key in pages:
            self._screen.turn(pages[key])
        elif key in lines:
            self._screen.scroll(lines[key])
        elif key in screens:
            self._screen.scroll_pages(screens[key])
        elif key == " ":
            self._screen.go_on()
        elif key in {"\x1b", "\r", "\n", "\x7f"}:
            self._screen.turn(Page.REPORT)
        elif key == "n" and self._screen.passed:
            self._go_on()
        elif key == "r":
            self.changed()
        elif key == "a" and self._submission is not None:
            self._start(self._submission, prove=False)

    def _go_on(self) -> None:
        """Begin the next exercise beside this file, and watch that."""
        known = catalogue(self._request.exercises).exercises
        with Progress.open() as progress:
            folder = following(known, self._folder, progress)
            if folder is None:
                self._screen.refuse("You have passed every other exercise.")
                return
            try:
                keep = progress if self._request.progress else None
                begun = begin(folder, self._file.parent, keep)
            except CommandWrong as error:
                self._screen.refuse(str(error))
                return
        named = folder.exercise.slug if self._request.exercise else None
        request = replace(self._request, exercise=named)
        self._following = Onward(begun.file, request)
        self._watching = False
