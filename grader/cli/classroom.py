"""`grade class PATH`: a class's submissions, the gradebook, and what comes out of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from grader.cli import early
from grader.cli.abreast import Abreast
from grader.cli.bar import Bar
from grader.cli.choose import available, named
from grader.cli.class_reports import ClassReports, Kept
from grader.cli.grading import exit_code
from grader.cli.interrupts import INTERRUPTS
from grader.cli.problem import visible
from grader.cli.words import count
from grader.errors import CommandWrong
from grader.gradebook.book import Gradebook
from grader.gradebook.classroom import Collected
from grader.gradebook.collect import collect
from grader.gradebook.grading import grade_group
from grader.gradebook.groups import Group, Groups, grouped
from grader.gradebook.request import ClassRequest
from grader.grading.guarded import Folder, graded
from grader.grading.session import Session
from grader.model.report import Report
from grader.model.submission import Submission

_UNWINDING: Final = 0.5
"""Seconds that the threads of an interrupted run have, to put away what they hold."""
_BOOK: Final = Path(".grade", "gradebook.sqlite")


def grade_class(path: Path, asked: ClassRequest) -> int:
    """Grade what a class handed in, and write what was asked for. Returns the exit code."""
    known = available(asked.exercises, asked.exercise)
    chosen = named(asked.exercise, known) if asked.exercise is not None else None
    functions = [each.exercise.function for each in known.exercises]
    collected = collect(path, students=asked.students, roster=asked.roster, functions=functions)
    for problem in collected.problems:
        _note(problem)
    if not collected.files:
        raise CommandWrong(f"there is no submission in {visible(str(path))}")
    with INTERRUPTS.noted(), _opened(path, asked) as book:
        reports = ClassReports(asked, _paths(path, collected), [book.file])
        with Bar("reading", quiet=asked.quiet) as bar:
            groups = grouped(collected, known, chosen, asked, bar.tell)
        book.begin(groups.entries)
        _grade(groups, collected, book, asked, reports)
        lost = reports.finish(Kept(book, groups.entries))
        counting = [each.verdict for each in book.results() if each.counts]
        return max(exit_code(counting, asked), lost)


def _note(text: str) -> None:
    print(f"grade: {visible(text)}", file=sys.stderr)


def _opened(path: Path, asked: ClassRequest) -> Gradebook:
    folder = path if path.is_dir() else path.parent
    return Gradebook.open(asked.gradebook or folder / _BOOK, str(path.resolve()), _note)


def _paths(path: Path, collected: Collected) -> list[str]:
    """Return the files that no report may overwrite."""
    if not path.is_dir():
        return [str(path)]
    return [str(path / each.path) for each in collected.files]


def _grade(
    groups: Groups,
    collected: Collected,
    book: Gradebook,
    asked: ClassRequest,
    reports: ClassReports,
) -> None:
    """Grade what the gradebook doesn't know, and pass on every report."""
    unknown: list[Group] = []
    for group in groups.groups:
        if asked.again or not book.known(group.entries):
            unknown.append(group)
        else:
            reports.add(map(book.report, group.entries))
    if unknown:
        _grade_each(unknown, collected, book, asked, reports)


def _grade_each(
    groups: Sequence[Group],
    collected: Collected,
    book: Gradebook,
    asked: ClassRequest,
    reports: ClassReports,
) -> None:
    """Grade several at a time. Raises `KeyboardInterrupt` when the command is interrupted."""
    text = f"grade class · {count(len(groups), 'submission')}"
    with Session(early.take()) as session, Bar(text, quiet=asked.quiet, timed=True) as bar:
        bar.start()

        def grade(submission: Submission, folder: Folder) -> Report:
            return graded(session, submission, folder, asked)

        def work(group: Group) -> Group:
            read = partial(collected.read, group.handed)
            return grade_group(group, read, grade, book, again=asked.again)

        gradings = Abreast(
            work,
            groups,
            threads=asked.jobs or os.cpu_count() or 1,
            told=INTERRUPTS.wake,
            in_order=False,
        )
        done = 0
        try:
            for group in gradings.results(INTERRUPTS.wait):
                done += 1
                bar.tell(done, len(groups))
                reports.add(map(book.report, group.entries))
        except KeyboardInterrupt:
            gradings.give_up()
            session.abort()
            gradings.join(_UNWINDING)
            bar.stop()
            _note(
                f"{done} of {len(groups)} are graded and kept; the same command goes on from there"
            )
            raise
