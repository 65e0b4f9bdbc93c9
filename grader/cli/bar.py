"""A progress bar of the gradings on stderr, only on a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from grader.render.console import usable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn


def is_watched() -> bool:
    """Whether somebody watches stderr, on a terminal that can redraw a line."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def stderr_console() -> Console:
    """Return the console for progress."""
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False, _environ=usable(os.environ))


def _timed_columns() -> tuple[ProgressColumn, ...]:
    from rich.progress import ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed * 60:.0f}/min")

    return Rate(), TimeRemainingColumn(compact=True)


class Bar:
    """A bar that is on the screen from `start` or the first `tell` to the end of its block.

    One that is `timed` says how many are done in a minute, and how long the rest will take.
    """

    def __init__(self, text: str, *, quiet: bool = False, timed: bool = False) -> None:
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        if is_watched() and not quiet:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                *(_timed_columns() if timed else ()),
                console=stderr_console(),
                transient=True,
            )
            self._task = self._progress.add_task(text, total=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Show the bar, moving, before anything is done."""
        if self._progress is not None:
            self._progress.start()

    def tell(self, done: int, total: int) -> None:
        """Move the bar, and show it again if a line was printed since. Any thread may call this."""
        with self._lock:
            if self._progress is not None and total:
                self._progress.update(self._task, completed=done, total=total)
                self._progress.start()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the bar off the screen while a line is printed."""
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
            yield

    def stop(self) -> None:
        """Remove the bar for good."""
        with self.aside():
            self._progress = None
