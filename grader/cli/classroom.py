"""`grade class PATH`: a class's submissions, the gradebook, and its output."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from grader.cli import early
from grader.cli.bar import Bar
from grader.cli.choose import available, named
from grader.cli.class_outputs import Outputs, check_folders, exports
from grader.cli.class_reports import ClassReports, Kept
from grader.cli.clustered import clustered
from grader.cli.grading import exit_code
from grader.cli.interrupts import INTERRUPTS
from grader.cli.parallel import Parallel
from grader.cli.problem import visible
from grader.cli.targets import targets
from grader.gradebook.book import Gradebook
from grader.gradebook.classroom import Collected
from grader.gradebook.cluster.address import place
from grader.gradebook.doubts import several_people, undecided
from grader.gradebook.grading import grade_group
from grader.gradebook.groups import Group, Groups, grouped
from grader.gradebook.intake.collect import collect
from grader.gradebook.request import ClassRequest
from grader.gradebook.words import listed
from grader.grading.guarded import Folder, graded
from grader.grading.session import Session
from grader.model.report import Report
from grader.model.submission import Submission

_OWN: Final = Path(".grade")
_BOOK: Final = _OWN / "gradebook.sqlite"


def grade_class(path: Path, asked: ClassRequest) -> int:
    """Grade what a class handed in, and write what was asked for. Returns the exit code."""
    exports(asked.exports)
    targets(asked.reports)
    check_folders(asked)
    if asked.dask is not None:
        place(asked.dask, insecure=asked.insecure)
    known = available(asked.exercises, asked.exercise)
    chosen = named(asked.exercise, known) if asked.exercise is not None else None
    collected = collect(
        path,
        students=asked.students,
        roster=asked.roster,
        functions=[name for each in known.exercises for name in each.exercise.written],
        passed_over=[each for each in (asked.feedback, asked.html) if each is not None],
    )
    with INTERRUPTS.noted(), _opened(path, asked) as book:
        reports = ClassReports(asked, _paths(path, collected), [book.file])
        with Bar("reading", quiet=asked.quiet) as bar:
            groups = grouped(collected, known, chosen, asked, bar.tell)
        _tell_problems(collected, groups, asked)
        if groups.guessed:
            _note(
                "no file defines the function of an exercise: all are graded as "
                f"{groups.guessed}; say which one it is with --exercise"
            )
        ClassGrading(path, asked, collected, book, reports).run(groups)
        lost = reports.finish(Kept(book, groups.entries, path))
        outputs = Outputs(asked, book, collected.absent, known.exercises)
        lost = max(lost, outputs.write())
        if not (reports.takes_stdout or asked.quiet):
            outputs.show()
        INTERRUPTS.check()
        counting = [each.verdict for each in outputs.results if each.counts]
        return max(exit_code(counting, asked), lost)


def _note(text: str) -> None:
    print(f"grade: {visible(text)}", file=sys.stderr)


def _tell_problems(collected: Collected, groups: Groups, asked: ClassRequest) -> None:
    """Say what is wrong with files, and which ones are left out: a student's own first."""
    said = [*collected.problems]
    if collected.plain and asked.roster is None:
        said += several_people(groups.entries)
    said += undecided(groups.entries)
    left_out = [*groups.left_out, *collected.left_out]
    if left_out and not asked.quiet:
        said.append(f"not submissions, so skipped: {listed(left_out)}")
    if said and asked.anonymous:
        notes = "1 note names" if len(said) == 1 else f"{len(said)} notes name"
        said = [f"{notes} students or their files; without --anonymous you see them"]
    for each in said:
        _note(each)


def _opened(path: Path, asked: ClassRequest) -> Gradebook:
    folder = path if path.is_dir() else path.parent
    return Gradebook.open(asked.gradebook or folder / _BOOK, str(path.resolve()), _note)


def _paths(path: Path, collected: Collected) -> list[str]:
    """Return the files that no report may overwrite."""
    if not path.is_dir():
        return [str(path)]
    return [str(path / each.path) for each in collected.files]


class ClassGrading:
    """The gradings of a class: what the gradebook doesn't know is graded, and kept at once."""

    def __init__(
        self,
        path: Path,
        asked: ClassRequest,
        collected: Collected,
        book: Gradebook,
        reports: ClassReports,
    ) -> None:
        self._path = path
        self._asked = asked
        self._collected = collected
        self._book = book
        self._reports = reports

    def run(self, groups: Groups) -> None:
        """Pass on every report. Raises `KeyboardInterrupt` when the command is interrupted."""
        self._book.begin(groups.entries)
        unknown: list[Group] = []
        for group in groups.groups:
            if self._asked.again or not self._book.known(group.entries):
                unknown.append(group)
            else:
                self._add(group)
        if unknown:
            self._grade(unknown)

    def _add(self, group: Group) -> None:
        self._reports.add(Kept(self._book, group.entries, self._path))

    def _grade(self, groups: Sequence[Group]) -> None:
        bar = Bar("grading", quiet=self._asked.quiet, timed=True)
        done = 0
        try:
            with bar, contextlib.closing(self._graded(groups)) as graded_groups:
                bar.start()
                bar.tell(0, len(groups))
                for done, group in enumerate(graded_groups, 1):
                    bar.tell(done, len(groups))
                    self._add(group)
        except KeyboardInterrupt:
            if self._asked.again:
                _note(f"{done} of {len(groups)} are graded again and kept; --again starts over")
                raise
            done = sum(self._book.known(each.entries) for each in groups)  # also one kept since
            kept = f"{done} of {len(groups)} are graded and kept"
            _note(f"{kept}; the same command goes on from there")
            raise

    def _graded(self, groups: Sequence[Group]) -> Generator[Group]:
        """Grade in a cluster or in threads here; yield what is kept."""
        if self._asked.dask is not None:
            where = place(self._asked.dask, insecure=self._asked.insecure)
            yield from clustered(
                where,
                groups,
                asked=self._asked,
                collected=self._collected,
                book=self._book,
                note=_note,
            )
            return
        with Session(early.take(), gradings=len(groups), at_once=self._asked.at_once) as session:
            yield from self._parallel(session, groups)

    def _parallel(self, session: Session, groups: Sequence[Group]) -> Iterator[Group]:
        """Grade several at a time; yield them as they end."""
        gradings = Parallel(
            partial(self._grade_one, session),
            groups,
            threads=self._asked.at_once,
            told=INTERRUPTS.wake,
            in_order=False,
        )
        try:
            yield from gradings.results(INTERRUPTS.wait)
        except KeyboardInterrupt:
            gradings.abandon(session.abort)
            raise

    def _grade_one(self, session: Session, group: Group) -> Group:
        def grade(submission: Submission, folder: Folder) -> Report:
            report = graded(session, submission, folder, self._asked)
            INTERRUPTS.check()  # an interrupted grading says nothing about the submission
            return report

        read = partial(group.submission, self._collected.read)
        try:
            return grade_group(group, read, grade, self._book, again=self._asked.again)
        finally:
            session.finish_one()
