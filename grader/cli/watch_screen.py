"""What `grade watch` draws: a page, and a last line that says what the keys do."""

from __future__ import annotations

import os
import sys
from enum import Enum, auto, unique
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.console import Console, RenderableType
from rich.text import Text

from grader.cli.console import console as new_console
from grader.cli.console import put
from grader.cli.grading import GradeOptions
from grader.cli.hints import read_hints
from grader.cli.options import Color
from grader.cli.pages import hint_page, lesson_page, rule_page, solution_page
from grader.cli.problem import visible
from grader.exercise import ExerciseFolder
from grader.progress import Progress
from grader.render.console import console_for
from grader.render.terminal import render_terminal
from grader.report import Report, Verdict

if TYPE_CHECKING:
    from grader.render.console import Color as RenderColor

_CLEAR = "\x1b[H\x1b[2J"
_LINE = "\r\x1b[2K"


@unique
class Page(Enum):
    """What takes the screen."""

    REPORT = auto()
    HINT = auto()
    EXPLANATION = auto()
    SOLUTION = auto()
    LESSON = auto()


class Screen:
    """Draws the whole screen for a page, and the last line alone when only that changes.

    The last report stays until the next one is there. All text of the learner's goes through the
    renderers, which make it harmless.
    """

    def __init__(self, file: Path, options: GradeOptions) -> None:
        self._file = visible(str(file))
        self._options = options
        self._report: Report | None = None
        self._offer: str | None = None
        self._page = Page.REPORT
        self._message: str | None = None
        self._status = ""
        self._beside: RenderableType = ""
        self.folder: ExerciseFolder | None = None

    # ---------------------------------------------------------------------------------- states

    def begin(self) -> None:
        """A grading has begun."""
        self._status = "grading …"
        if self._report is None:
            self._message = f"grading {self._file} …"
            self.draw()
        else:
            self._draw_footer()

    def show(self, report: Report, offer: str | None) -> None:
        """A report is there."""
        self._report, self._offer = report, offer
        self._message, self._status, self._page = None, "", Page.REPORT
        self.draw()

    def refuse(self, reason: str) -> None:
        """The file can't be graded as it is."""
        self._message, self._status, self._page = visible(reason), "", Page.REPORT
        self.draw()

    def wait(self, why: str) -> None:
        """The file is not there; the watch goes on."""
        self._message = f"{self._file} {why}; waiting for it"
        self._status, self._page = "waiting …", Page.REPORT
        self.draw()

    def turn(self, page: Page) -> None:
        """Show another page, once the exercise is known that it is about."""
        if page is not Page.REPORT and self.folder is None:
            return
        self._page = page
        if page is not Page.REPORT:
            self._beside = self._page_beside(page)
        self.draw()

    def leave(self) -> None:
        """Take the footer away, and leave the last page on the screen."""
        self._write(_LINE)

    # --------------------------------------------------------------------------------- drawing

    def draw(self) -> None:
        """Draw everything anew, for the size that the terminal has now."""
        self._write(_CLEAR)
        if self._page is Page.REPORT:
            self._draw_report()
        else:
            put(self._console(), self._beside)
        self._write("\n")
        self._draw_footer()

    def _draw_report(self) -> None:
        if self._message is not None or self._report is None:
            put(self._console(), Text(f" {self._message or ''}"))
            return
        console = console_for(sys.stdout, cast("RenderColor", self._options.color), os.environ)
        render_terminal(self._report, console, verbose=self._options.verbose)
        if self._offer is not None:
            put(self._console(), Text(f"\n {self._offer}"))

    def _page_beside(self, page: Page) -> RenderableType:
        assert self.folder is not None
        match page:
            case Page.HINT:
                return self._hint(self.folder)
            case Page.EXPLANATION:
                return self._explanation()
            case Page.SOLUTION:
                return self._solution(self.folder)
            case _:
                return lesson_page(self.folder)

    def _hint(self, folder: ExerciseFolder) -> RenderableType:
        hints, slug = read_hints(folder), folder.exercise.slug
        with Progress.open() as progress:
            number = progress.show_next_hint(slug, len(hints))
        return hint_page(hints[number - 1], number, len(hints), slug)

    def _explanation(self) -> RenderableType:
        from grader.rules import rule_by_id

        if self._report is None or not self._report.findings:
            return Text(" There is no finding to explain.")
        return rule_page(rule_by_id(self._report.findings[0].rule))

    def _solution(self, folder: ExerciseFolder) -> RenderableType:
        with Progress.open() as progress:
            passed = progress.standing(folder.exercise.slug).passed
        if not passed and (self._report is None or self._report.verdict is not Verdict.PASSED):
            return Text(" The solution is for after a pass; h shows a hint.")
        return solution_page(folder, folder.solution.read_text(encoding="utf-8"))

    def _draw_footer(self) -> None:
        console = self._console()
        keys = "h hint  e explain  s solution  l lesson  r run  a all  q quit"
        back = "" if self._page is Page.REPORT else "space back  "
        status = f"{self._status}  " if self._status else ""
        text = Text(f" {status}{back}{keys}", style="dim", no_wrap=True, overflow="crop")
        text.truncate(max(console.width - 1, 1))
        with console.capture() as captured:
            console.print(text, end="")
        self._write(_LINE + captured.get())

    def _console(self) -> Console:
        return new_console(Color(self._options.color))

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
