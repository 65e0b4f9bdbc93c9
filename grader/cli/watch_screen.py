"""The screen of `grade watch`: as much of a page as fits, and what the keys do."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from enum import Enum, auto, unique
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from grader.cli.console import console as new_console
from grader.cli.console import rendered
from grader.cli.fixing import fix_lines
from grader.cli.pages import hint_page, lesson_page, rule_page, solution_page
from grader.cli.problem import visible
from grader.grading.request import GradingRequest
from grader.hints import read_hints
from grader.model.exercise import ExerciseFolder
from grader.model.report import Repaired, Report, Verdict
from grader.progress import Progress
from grader.render.console import console_for
from grader.render.terminal import render_terminal

_ENTER: Final = "\x1b[?1049h\x1b[H"
_LEAVE: Final = "\x1b[?1049l"
_TOP: Final = "\x1b[H"
_CLEAR_LINE: Final = "\x1b[2K"  # before the text: after a full line it would take its last letter
_CLEAR_BELOW: Final = "\x1b[J"
_STYLE: Final = re.compile(r"\x1b\[[0-9;]*m")


@unique
class Page(Enum):
    """What takes the screen."""

    REPORT = auto()
    HINT = auto()
    EXPLANATION = auto()
    SOLUTION = auto()
    LESSON = auto()
    DIFF = auto()


class Screen:
    """Draws a page on the terminal's second screen, and under it what the keys do.

    The last report stays until the next one is there. All text of the learner's goes through the
    renderers, which make it harmless.
    """

    def __init__(self, file: Path, request: GradingRequest) -> None:
        self._file = visible(str(file))
        self._request = request
        self._report: Report | None = None
        self._offer: str | None = None
        self._page = Page.REPORT
        self._message: str | None = None
        self._status = ""
        self._beside: RenderableType = ""
        self._first = 0
        self._rows: list[str] = []
        self._room = 1
        self._more = False
        self._passed = False
        self._folder: ExerciseFolder | None = None

    @property
    def passed(self) -> bool:
        """Whether the exercise has been passed, now or before."""
        return self._passed

    # ---------------------------------------------------------------------------------- states

    def about(self, folder: ExerciseFolder) -> None:
        """The file is known to be for this exercise."""
        if self._folder != folder:
            self._folder = folder
            with Progress.open() as progress:
                self._passed = progress.standing(folder.exercise.slug).passed

    def begin(self) -> None:
        """A grading has begun."""
        self._status = "grading …"
        if self._report is None:
            self._message = f"grading {self._file} …"
        self.draw()

    def show(self, report: Report, offer: str | None) -> None:
        """Show a report; if it only adds to the one that is shown, don't scroll."""
        more = self._report is not None and self._report.repair.status is Repaired.NONE
        more = more and self._report_is_of(report) and self._message is None
        self._report, self._offer = report, offer
        self._passed = self._passed or report.verdict is Verdict.PASSED
        if more and not self._status:
            self.draw()
        else:
            self._say(None, "")

    def _report_is_of(self, later: Report) -> bool:
        shown = self._report
        return shown is not None and (shown.sha256, shown.duration_s) == (
            later.sha256,
            later.duration_s,
        )

    def refuse(self, reason: str) -> None:
        """The file can't be graded as it is."""
        self._say(visible(reason), "")

    def wait(self, why: str) -> None:
        """The file doesn't exist; keep watching."""
        self._say(f"{self._file} {why}; waiting for it", "waiting …")

    def _say(self, message: str | None, status: str) -> None:
        self._message, self._status = message, status
        self._page, self._first = Page.REPORT, 0
        self.draw()

    # ------------------------------------------------------------------------------------ keys

    def turn(self, page: Page) -> None:
        """Show another page, once the exercise is known that it is about."""
        if page is not Page.REPORT:
            if self._folder is None:
                return
            self._beside = self._page_beside(page, self._folder)
        self._page, self._first = page, 0
        self.draw()

    def scroll(self, lines: int) -> None:
        """Move down by so many lines, or up."""
        self._first += lines
        self.draw()

    def scroll_pages(self, pages: int) -> None:
        """Move down by so many screens, or up."""
        self.scroll(pages * max(self._room - 1, 1))

    def go_on(self) -> None:
        """Show what comes next: the rest of the page, then the report again."""
        if self._more:
            self.scroll_pages(1)
        else:
            self.turn(Page.REPORT)

    # --------------------------------------------------------------------------------- drawing

    def enter(self) -> None:
        """Take the second screen."""
        if os.name == "nt":
            os.system("")  # noqa: S605, S607 - has the Windows console obey escape sequences
        self._write(_ENTER)

    def leave(self) -> None:
        """Give the terminal back, with all of the last page on it."""
        self._write(_LEAVE)
        self._write(self._text())

    def suspend(self) -> None:
        """Give the terminal back for a while. Safe in a signal handler."""
        os.write(sys.stdout.fileno(), _LEAVE.encode())

    def resume(self) -> None:
        """Take the second screen again, to be drawn. Safe in a signal handler."""
        os.write(sys.stdout.fileno(), _ENTER.encode())

    def draw(self) -> None:
        """Draw everything again, for the terminal's new size."""
        columns, lines = _size()
        self._rows = self._text().splitlines()
        self._more = True  # the longest footer
        self._room = max(lines - 1 - len(self._footer(columns)), 1)
        self._first = max(0, min(self._first, self._last_first(columns)))
        end = self._end(columns)
        self._more = end < len(self._rows)
        shown = (*self._rows[self._first : end], "")
        drawn = "".join(f"{_CLEAR_LINE}{row}\r\n" for row in shown)
        footer = "\r\n".join(f"{_CLEAR_LINE}{row}" for row in self._footer(columns))
        self._write(f"{_TOP}{drawn}{footer}{_CLEAR_BELOW}")

    def _last_first(self, columns: int) -> int:
        """Return the row from which on all the rest fits."""
        room, first = self._room, len(self._rows)
        while first > 0 and room >= _height(self._rows[first - 1], columns):
            first -= 1
            room -= _height(self._rows[first], columns)
        return min(first, max(len(self._rows) - 1, 0))

    def _end(self, columns: int) -> int:
        """Return the row before which the screen is full."""
        room, end = self._room, self._first
        while end < len(self._rows) and room >= _height(self._rows[end], columns):
            room -= _height(self._rows[end], columns)
            end += 1
        return max(end, self._first + 1)

    # ----------------------------------------------------------------------------------- pages

    def _text(self) -> str:
        if self._page is not Page.REPORT:
            return rendered(self._console(), self._beside)
        if self._message is not None or self._report is None:
            return rendered(self._console(), Text(f" {self._message or ''}"))
        console = console_for(sys.stdout, self._request.color, os.environ)
        with console.capture() as captured:
            render_terminal(self._report, console, verbose=self._request.verbose)
        offer = "" if self._offer is None else f"\n {self._offer}\n"
        return captured.get() + offer

    def _page_beside(self, page: Page, folder: ExerciseFolder) -> RenderableType:
        match page:
            case Page.HINT:
                return self._hint(folder)
            case Page.EXPLANATION:
                return self._explanation()
            case Page.SOLUTION:
                return self._solution(folder)
            case Page.DIFF:
                return self._diff()
            case _:
                return lesson_page(folder)

    def _hint(self, folder: ExerciseFolder) -> RenderableType:
        hints, slug = read_hints(folder), folder.exercise.slug
        with Progress.open() as progress:
            number = progress.show_next_hint(slug, len(hints))
        return hint_page(hints[number - 1], number, len(hints), slug)

    def _explanation(self) -> RenderableType:
        from grader.rules import rule_by_id

        if self._report is None or not self._report.findings:
            return Text("There is no finding to explain.")
        return rule_page(rule_by_id(self._report.findings[0].rule))

    def _diff(self) -> RenderableType:
        lines = [*fix_lines(self._report)] if self._report is not None else []
        passed = self._report is not None and self._report.verdict is Verdict.PASSED
        nothing = " It passes: nothing has to be fixed." if passed else " No fix is known."
        return Text("\n".join(f" {each}" for each in lines) or nothing)

    def _solution(self, folder: ExerciseFolder) -> RenderableType:
        if not self._passed:
            return Text("Pass first to see the solution; h shows a hint.")
        return solution_page(folder, folder.solution.read_text(encoding="utf-8"))

    # ---------------------------------------------------------------------------------- footer

    def _footer(self, columns: int) -> list[str]:
        """Return the lines under the page: what is going on, and what the keys do."""
        rows, row = [], ""
        for word in self._words():
            if row and cell_len(row) + 2 + cell_len(word) > columns - 1:
                rows.append(row)
                row = ""
            row += f"  {word}" if row else f" {word}"
        return [self._dim(each) for each in (*rows, row)]

    def _words(self) -> Iterator[str]:
        if self._status:
            yield self._status
        if self._more:
            yield "space more"
        elif self._page is not Page.REPORT:
            yield "space back"
        yield "h hint"
        if self._report is not None and self._report.findings:
            yield "e explain"
            if self._report.has_repair_to_show:
                yield "d diff"
        if self._passed:
            yield "n next"
            yield "s solution"
        yield from ("l lesson", "r run", "a all", "q quit")

    def _dim(self, text: str) -> str:
        return rendered(self._console(), Text(text, style="dim", no_wrap=True)).rstrip("\n")

    def _console(self) -> Console:
        return new_console(self._request.color)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def _size() -> tuple[int, int]:
    try:
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        columns, lines = 0, 0
    return columns or 80, lines or 24


def _height(row: str, columns: int) -> int:
    return max(-(-cell_len(_STYLE.sub("", row)) // max(columns, 1)), 1)
