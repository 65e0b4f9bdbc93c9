"""`grade FILE …`: which files, which exercises, what is reported where, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from grader.catalogue import exercises
from grader.cli import early
from grader.cli.choose import named
from grader.cli.problem import CommandWrong, Exit, visible
from grader.exercise import ExerciseFolder
from grader.report import Report, Verdict
from grader.submission import (
    Submission,
    Unreadable,
    Unrecognised,
    read_submission,
    recognise,
    unread,
)

_SKIPPED: Final = frozenset({"__pycache__", ".git", ".venv", "venv", "node_modules"})


class GradeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `grade FILE`. `reports` are as given, `FORMAT[=PATH]`."""

    exercise: str | None = None
    reports: tuple[str, ...] = ()
    cases: int = 100
    seed: int = 0
    timeout: float | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    exit_zero: bool = False
    jobs: int | None = None
    ci: bool = True
    require_sandbox: bool = False
    progress: bool = True
    exercises: tuple[Path, ...] = ()


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to grade, and as which exercise."""

    submission: Submission
    folder: ExerciseFolder


def grade_files(files: tuple[Path, ...], options: GradeOptions) -> int:
    """Grade files and folders of files, report, and return the worst exit code."""
    from grader.cli.reporting import Reporting
    from grader.render.write import ReportNotWritten

    reporting = Reporting(options)
    jobs = find_jobs(files, options)
    reports = []
    reporting.begin(jobs)
    with reporting:
        for report in run_jobs(jobs, options, reporting.tell):
            reporting.add(report)
            reports.append(report)
        try:
            reporting.finish()
        except ReportNotWritten as error:
            print(f"grade: {visible(str(error))}", file=sys.stderr)
            return int(Exit.BROKEN)
    return exit_code(reports, options)


def find_jobs(files: Sequence[Path], options: GradeOptions) -> list[Job]:
    """Read every file and choose its exercise. Raises `CommandWrong`."""
    known = exercises(options.exercises)
    try:
        return [_job(submission, known, options) for submission in _submissions(files)]
    except Unreadable as error:
        raise CommandWrong(visible(str(error))) from error


def _submissions(files: Sequence[Path]) -> Iterator[Submission]:
    """Read each file, and for a folder the Python files in it, by name.

    What can't be read in a folder fails by itself, and nobody else's file with it.
    """
    for path in files:
        if not path.is_dir():
            yield _read(path)
            continue
        found = sorted(
            each
            for each in path.rglob("*.py")
            if not each.is_dir() and not _SKIPPED.intersection(each.relative_to(path).parts)
        )
        if not found:
            raise CommandWrong(f"there is no Python file in {visible(str(path))}")
        for each in found:
            try:
                yield _read(each)
            except Unreadable as error:
                yield unread(each, str(error))


def _read(path: Path) -> Submission:
    """Read a file, but not through a link that leads out of its folder.

    Who hands in such a link in place of a file would be shown what it leads to.
    """
    if path.is_symlink() and path.exists() and not _inside(path):
        raise Unreadable(f"{path} is a link that leads out of its folder; grade what it leads to")
    return read_submission(path)


def _inside(link: Path) -> bool:
    return link.resolve().is_relative_to(link.parent.resolve())


def _job(submission: Submission, known: Sequence[ExerciseFolder], options: GradeOptions) -> Job:
    if options.exercise is not None:
        return Job(submission=submission, folder=named(options.exercise, known))
    try:
        return Job(submission=submission, folder=recognise(submission.source, known))
    except Unrecognised as error:
        path = visible(submission.path)
        raise CommandWrong(f"{path}: {error}; say which exercise with --exercise") from error


def run_jobs(
    jobs: Sequence[Job], options: GradeOptions, tell: Callable[[int, int], None]
) -> Iterator[Report]:
    """Grade each job, several at a time where that was asked for; yield reports in order."""
    from grader.process.worker import NurseryBroken
    from grader.reference import ReferenceBroken
    from grader.session import Asked, SandboxMissing, Session, error_report

    asked = Asked(
        cases=options.cases,
        seed=options.seed,
        timeout=options.timeout,
        require_sandbox=options.require_sandbox,
    )
    with Session(early.take()) as session:

        def grade(
            job: Job, tell: Callable[[int, int], None] = lambda _done, _total: None
        ) -> Report:
            try:
                return session.grade(job.submission, job.folder, asked, tell)
            except (NurseryBroken, ReferenceBroken, SandboxMissing) as error:
                return error_report(job.submission, job.folder.exercise, str(error), asked)

        if len(jobs) == 1:
            yield grade(jobs[0], tell)
            return
        workers = options.jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for done, report in enumerate(pool.map(grade, jobs), 1):
                tell(done, len(jobs))
                yield report


def exit_code(reports: Sequence[Report], options: GradeOptions) -> int:
    """Return the worst of the reports' exit codes."""
    codes = {
        Verdict.PASSED: Exit.PASSED,
        Verdict.FAILED: Exit.NOT_PASSED,
        Verdict.UNGRADABLE: Exit.NOT_PASSED,
        Verdict.ERROR: Exit.BROKEN,
    }
    worst = max((codes[report.verdict] for report in reports), default=Exit.PASSED)
    if options.exit_zero and worst is Exit.NOT_PASSED:
        return int(Exit.PASSED)
    return int(worst)
