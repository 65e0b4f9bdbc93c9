"""Where reports go: the terminal, files, and what a CI system picks up."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, Self

from grader.catalogue import shipped
from grader.cli import ci
from grader.cli.bar import Bar, is_watched, stderr_console
from grader.cli.course import course_option
from grader.cli.fixing import fix, print_diff
from grader.cli.problem import visible
from grader.cli.targets import Target, check_targets, targets
from grader.errors import ExerciseBroken, Exit, ReportNotWritten
from grader.hints import hint_offer
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.progress import Progress as Remembered
from grader.progress.place import progress_file
from grader.render import RENDERERS
from grader.render.write import write_report

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from grader.cli.grading import Job
    from grader.grading.request import GradingRequest

LINES: Final = "jsonl"
"""The format that is written line by line, as soon as a submission is done."""


class Reporting:
    """Reports as they come, in a block that begins before the first case runs.

    Raises `CommandWrong` for reports that can't go where they should.
    """

    def __init__(self, request: GradingRequest) -> None:
        self._request = request
        self._targets = targets(request.reports)
        self._document = next((each for each in self._targets if each.path is None), None)
        self._reports: list[Report] = []
        self._many = False
        self._folders: dict[str, ExerciseFolder] = {}
        self._offers: list[str] = []
        self._bar: Bar | None = None
        self._spinner: Status | None = None
        self._shown: int | None = None

    def begin(self, jobs: Sequence[Job]) -> None:
        """Say at once what is being graded, and keep a bar going: on a terminal only."""
        self._many = len(jobs) > 1
        folders = [job.folder for job in jobs if isinstance(job.folder, ExerciseFolder)]
        self._folders = {each.exercise.slug: each for each in folders}
        kept = [*shipped(), *(each.folder for each in folders), progress_file()]
        graded = [job.submission.path for job in jobs]
        check_targets(self._targets, graded, [each for each in kept if each is not None])
        self._bar = Bar(_what(jobs), quiet=self._request.quiet)
        self._bar.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    def tell(self, done: int, total: int) -> None:
        """Move the bar; from any thread."""
        if self._bar is not None:
            self._bar.tell(done, total)

    def add(self, report: Report) -> None:
        """Take one report, and write it now if it is written line by line."""
        self._reports.append(report)
        if self._request.progress:
            self._remember(report)
        if self._document is not None and self._document.format == LINES:
            sys.stdout.write(RENDERERS[LINES](report))
            sys.stdout.flush()

    def show(self, report: Report) -> None:
        """Print the report of a single file at once, if somebody watches; called in a thread."""
        terminal = self._document is None and sys.stdout.isatty() and not ci.in_github_actions()
        if terminal and not (self._many or self._request.quiet or self._request.diff):
            self._stop()
            self._shown = len(report.findings)
            self._print_one(report)
            sys.stdout.flush()
            if is_watched() and any(each.edits for each in report.findings):
                self._spinner = stderr_console().status("checking what that changes …")
                self._spinner.start()

    def finish(self) -> int:
        """Write every report that was asked for; return an exit code for what failed."""
        self._stop()
        code = write_targets(self._targets, self._reports, many=self._many)
        if self._request.diff:
            self._reports = print_diff(self._reports)
        if self._request.fix:
            self._reports, lost = fix(self._reports)
            code = max(code, lost)
        actions = self._request.ci and ci.in_github_actions()
        if self._document is None:
            with ci.fenced() if actions and not self._request.diff else nullcontext():
                self._print()
        if actions:
            annotate = self._document is None and not self._request.diff
            ci.announce(self._reports, annotate=annotate)
        return code

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    def _print(self) -> None:
        from grader.render.terminal import render_later, render_summary

        console = self._console()
        for report in self._reports:
            if self._shown is not None:
                render_later(report, console, self._shown, verbose=self._request.verbose)
            elif not self._many or self._request.verbose:
                self._print_one(report)
                if self._many:
                    console.print()
        if self._many:
            render_summary(self._reports, console)
        elif self._offers and not self._request.quiet:
            console.print(f"\n {self._offers[-1]}", soft_wrap=True)

    def _print_one(self, report: Report) -> None:
        from grader.render.terminal import render_terminal

        asked = self._request
        render_terminal(report, self._console(), verbose=asked.verbose, quiet=asked.quiet)

    def _console(self) -> Console:
        from grader.render.console import console_for

        stream = sys.stderr if self._request.diff else sys.stdout
        return console_for(stream, self._request.color, os.environ)

    def _remember(self, report: Report) -> None:
        with Remembered.open() as progress:
            progress.record(report)
            folder = self._folders.get(report.exercise.slug) if report.exercise else None
            offer = _offer(folder, progress) if folder is not None else None
            if offer is not None:
                self._offers.append(offer)


def write_targets(found: Sequence[Target], reports: Sequence[Report], *, many: bool) -> int:
    """Write every report except lines already on stdout; return what couldn't be written."""
    code = int(Exit.PASSED)
    for target in found:
        try:
            _write(target, reports, many=many)
        except ReportNotWritten as error:
            print(f"grade: {visible(str(error))}", file=sys.stderr)
            code = int(Exit.BROKEN)
    return code


def _write(target: Target, reports: Sequence[Report], *, many: bool) -> None:
    if target.path is None and target.format == LINES:
        return
    renderer = RENDERERS[target.format]
    document = renderer.combined(reports) if many else renderer(reports[0])
    if target.path is None:
        sys.stdout.write(document)
    else:
        write_report(document, target.path)


def _offer(folder: ExerciseFolder, progress: Remembered) -> str | None:
    try:
        return hint_offer(folder, progress, course_option=course_option(folder))
    except ExerciseBroken:  # `grade hint` says so when asked
        return None


def _what(jobs: Sequence[Job]) -> str:
    if len(jobs) == 1:
        job = jobs[0]
        return f"grade · {job.folder.slug} · {visible(job.submission.path)}"
    return f"grade · {len(jobs)} files"
