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
        submissions = list(_submissions(files))
    except Unreadable as error:
        raise CommandWrong(visible(str(error))) from error
    folders = [_folder(each, known, options) for each in submissions]
    return [
        Job(submission=submission, folder=_decided(submission, folder, folders))
        for submission, folder in zip(submissions, folders, strict=True)
    ]


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
                yield unread(each, error.unfit)


def _read(path: Path) -> Submission:
    """Read a file, but not through a link that leads out of its folder.

    Who hands in such a link in place of a file would be shown what it leads to.
    """
    if path.suffix == ".ipynb":
        raise Unreadable(f"{path} is a notebook: in it, from grader import grade, and grade(f)")
    if path.is_symlink() and path.exists() and not _inside(path):
        raise Unreadable(
            f"{path} is a link that leads out of its folder, and is not followed",
            "put the file itself there, in place of the link",
        )
    return read_submission(path)


def _inside(link: Path) -> bool:
    return link.resolve().is_relative_to(link.parent.resolve())


def _folder(
    submission: Submission, known: Sequence[ExerciseFolder], options: GradeOptions
) -> ExerciseFolder | Unrecognised:
    """Return the exercise that a file is for, or why that can't be told from the file."""
    if options.exercise is not None:
        return named(options.exercise, known)
    try:
        return recognise(submission.source, known)
    except Unrecognised as error:
        return error


def _decided(
    submission: Submission,
    found: ExerciseFolder | Unrecognised,
    others: Sequence[ExerciseFolder | Unrecognised],
) -> ExerciseFolder:
    """Grade a file that could be for several exercises as most of the files beside it.

    One such file must not keep the others from being graded. Alone it raises `CommandWrong`.
    """
    if not isinstance(found, Unrecognised):
        return found
    path = visible(submission.path)
    if len(others) == 1 or not found.choices:
        raise CommandWrong(f"{path}: {found}; say which exercise with --exercise") from found
    chosen = max(found.choices, key=others.count)
    slug = chosen.exercise.slug
    print(f"grade: {path}: {found}; graded as {slug} (see --exercise)", file=sys.stderr)
    return chosen


def run_jobs(
    jobs: Sequence[Job], options: GradeOptions, tell: Callable[[int, int], None]
) -> Iterator[Report]:
    """Grade each job, several at a time where that was asked for; yield reports in order."""
    from grader.grading.assembly import error_report
    from grader.grading.grading import SandboxMissing, grade
    from grader.grading.reference import ReferenceBroken
    from grader.grading.request import GradingRequest
    from grader.grading.session import Session
    from grader.process.worker import NurseryBroken

    asked = GradingRequest(
        cases=options.cases,
        seed=options.seed,
        timeout=options.timeout,
        require_sandbox=options.require_sandbox,
    )
    with Session(early.take()) as session:

        def graded(
            job: Job, tell: Callable[[int, int], None] = lambda _done, _total: None
        ) -> Report:
            try:
                return grade(session, job.submission, job.folder, asked, tell)
            except (NurseryBroken, ReferenceBroken, SandboxMissing) as error:
                return error_report(job.submission, job.folder.exercise, str(error), asked)

        if len(jobs) == 1:
            yield graded(jobs[0], tell)
            return
        workers = options.jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for done, report in enumerate(pool.map(graded, jobs), 1):
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
