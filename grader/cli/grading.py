"""`grade FILE …`: chooses files and exercises, reports, and returns the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.beside import with_files
from grader.catalogue import BrokenExercise, Catalogue, catalogue
from grader.cli import early
from grader.cli.choose import available, named
from grader.cli.course import course_option
from grader.cli.fixing import check_fixing
from grader.cli.gather import Gathered, gather
from grader.cli.interrupts import INTERRUPTS
from grader.cli.parallel import Parallel
from grader.cli.problem import visible
from grader.errors import CommandWrong, Exit
from grader.grading.recognition import exercise_of
from grader.grading.request import GradingRequest
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report, Verdict
from grader.model.submission import Submission, Unrecognised, defines_some

if TYPE_CHECKING:
    from grader.cli.reporting import Reporting
    from grader.grading.session import Session

Tell = Callable[[int, int], None]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to grade, and as which exercise."""

    submission: Submission
    folder: ExerciseFolder | BrokenExercise


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What to grade; `problems` say in a line each what can't be graded, `note` what isn't."""

    jobs: tuple[Job, ...]
    problems: tuple[str, ...]
    note: str = ""


def grade_files(files: tuple[Path, ...], request: GradingRequest) -> int:
    """Grade files and folders of files, report, and return the worst exit code."""
    from grader.cli.reporting import Reporting

    check_fixing(request, files)
    reporting = Reporting(request)
    work = find_work(files, request)
    for problem in work.problems:
        print(f"grade: {problem}", file=sys.stderr)
    if not work.jobs:
        return int(Exit.WRONG_COMMAND)
    if work.note and not request.quiet:
        print(f"grade: {work.note}", file=sys.stderr)
    reports: list[Report] = []
    with INTERRUPTS.noted(), reporting:
        reporting.begin(work.jobs)
        try:
            for report in run_jobs(work.jobs, request, reporting.tell, reporting.show):
                reporting.add(report)
                reports.append(report)
        except KeyboardInterrupt:
            _keep(reports, work.jobs, reporting)
            raise
        lost = reporting.finish()
        _tell_errors(reports)
        sys.stdout.flush()
        INTERRUPTS.check()
    return max(
        exit_code([each.verdict for each in reports], request),
        Exit.WRONG_COMMAND if work.problems else 0,
        lost,
    )


def _keep(reports: Sequence[Report], jobs: Sequence[Job], reporting: Reporting) -> None:
    """Write the reports that were finished when the command was interrupted."""
    if reports:
        reporting.finish()
        _tell_errors(reports)
        sys.stdout.flush()
        print(f"grade: {len(reports)} of {len(jobs)} files were graded", file=sys.stderr)


def _tell_errors(reports: Sequence[Report]) -> None:
    """Say in full why a file could not be graded; the table of several files has no room."""
    if len(reports) > 1:
        summaries = [each.summary for each in reports if each.verdict is Verdict.ERROR]
        for each in dict.fromkeys(summaries):
            print(f"grade: {visible(each)}", file=sys.stderr)


def find_job(file: Path, request: GradingRequest) -> Job:
    """Read one file and choose its exercise. Raises `CommandWrong`."""
    work = _work((file,), request, catalogue(request.exercises))
    for problem in work.problems:
        raise CommandWrong(problem)
    return work.jobs[0]


def find_work(files: Sequence[Path], request: GradingRequest) -> Work:
    """Read every file and choose its exercise. Raises `CommandWrong` for a wrong `--exercise`."""
    return _work(files, request, available(request.exercises, request.exercise))


def _work(files: Sequence[Path], request: GradingRequest, known: Catalogue) -> Work:
    chosen = named(request.exercise, known) if request.exercise is not None else None
    asked = [chosen] if isinstance(chosen, ExerciseFolder) else known.exercises
    gathered = gather(files, [name for each in asked for name in each.exercise.written])
    folders = [chosen or exercise_of(each, known) for each in gathered.submissions]
    return _with_files(_decided(gathered, folders), files)


def _with_files(work: Work, named: Sequence[Path]) -> Work:
    """Add the files beside each submission; what is beside another is no submission itself.

    A file that was named and defines the task's function is one all the same.
    """
    if not any(_files_of(job) for job in work.jobs):
        return work
    own = {os.path.realpath(each) for each in named}
    paths = {
        os.path.realpath(Path(job.submission.path).parent / name)
        for job in work.jobs
        for name in _files_of(job)
        if Path(job.submission.path).name not in _files_of(job)
    }
    jobs = [
        each
        for each in work.jobs
        if (path := os.path.realpath(each.submission.path)) not in paths
        or (path in own and _answers(each))
    ]
    return msgspec.structs.replace(work, jobs=tuple(map(_job_with_files, jobs)))


def _answers(job: Job) -> bool:
    """Whether a submission defines a function that its exercise asks for."""
    folder = job.folder
    return isinstance(folder, ExerciseFolder) and defines_some(job.submission.source, folder)


def _files_of(job: Job) -> tuple[str, ...]:
    return job.folder.exercise.files if isinstance(job.folder, ExerciseFolder) else ()


def _job_with_files(job: Job) -> Job:
    if not isinstance(job.folder, ExerciseFolder):
        return job
    return Job(submission=with_files(job.submission, job.folder.exercise), folder=job.folder)


def _decided(
    gathered: Gathered, folders: Sequence[ExerciseFolder | BrokenExercise | Unrecognised]
) -> Work:
    """Grade a file that could be for several exercises as most of the files beside it.

    One such file must not keep the others from being graded; alone it can't be graded.
    """
    jobs, problems = [], list(gathered.problems)
    for submission, found in zip(gathered.submissions, folders, strict=True):
        path = visible(submission.path)
        if not isinstance(found, Unrecognised):
            jobs.append(Job(submission=submission, folder=found))
        elif len(folders) == 1 or not found.choices:
            problems.append(f"{path}: {found}; say which exercise with --exercise")
        else:
            folder = max(found.choices, key=folders.count)
            slug = folder.exercise.slug
            print(f"grade: {path}: {found}; graded as {slug} (see --exercise)", file=sys.stderr)
            jobs.append(Job(submission=submission, folder=folder))
    return Work(jobs=tuple(jobs), problems=tuple(problems), note=gathered.note)


def run_jobs(
    jobs: Sequence[Job], request: GradingRequest, tell: Tell, show: Callable[[Report], None]
) -> Iterator[Report]:
    """Grade each job, several at a time where that was asked for; yield reports in order.

    `show` gets the report of an only job before it is known whether the fixed program passes.
    When interrupted, yield those that are finished and raise `KeyboardInterrupt`.
    """
    from grader.grading.session import Session

    alone = tell if len(jobs) == 1 else _untold
    with Session(early.take(), gradings=len(jobs), at_once=request.at_once) as session:
        gradings = Parallel(
            lambda job: _graded(session, job, request, alone, show),
            jobs,
            threads=request.at_once,
            told=INTERRUPTS.wake,
        )
        try:
            for done, report in enumerate(gradings.results(INTERRUPTS.wait), 1):
                if len(jobs) > 1:
                    tell(done, len(jobs))
                yield report
        except KeyboardInterrupt:
            yield from gradings.abandon(session.abort)
            raise


def _untold(_done: int, _total: int) -> None:
    """Nobody follows the cases of one file among several."""


def _graded(
    session: Session, job: Job, request: GradingRequest, tell: Tell, show: Callable[[Report], None]
) -> Report:
    from grader.grading.guarded import graded

    option = course_option(job.folder) if isinstance(job.folder, ExerciseFolder) else ""

    def told(report: Report) -> Report:
        return msgspec.structs.replace(report, course_option=option)

    try:
        report = graded(
            session,
            job.submission,
            job.folder,
            request,
            tell=tell,
            show=lambda first: show(told(first)),
        )
    finally:
        session.finish_one()
    return told(report)


def exit_code(verdicts: Iterable[Verdict], request: GradingRequest) -> int:
    """Return the worst exit code."""
    codes = {
        Verdict.PASSED: Exit.PASSED,
        Verdict.FAILED: Exit.NOT_PASSED,
        Verdict.UNGRADABLE: Exit.NOT_PASSED,
        Verdict.ERROR: Exit.BROKEN,
    }
    worst = max((codes[each] for each in verdicts), default=Exit.PASSED)
    if request.exit_zero and worst is Exit.NOT_PASSED:
        return int(Exit.PASSED)
    return int(worst)
