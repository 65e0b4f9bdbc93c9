"""Output from a class's gradebook: exports, pages, and what the terminal shows."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path

import msgspec

from grader.cli.problem import quoted_blank, visible
from grader.cli.targets import is_stdout
from grader.errors import CommandWrong, Exit, ReportNotWritten
from grader.gradebook.book import Gradebook
from grader.gradebook.classroom import Student
from grader.gradebook.outcome.exports import Platform, export, usual_name
from grader.gradebook.outcome.exports.grades import Exported, Grades
from grader.gradebook.outcome.feedback import write_feedback
from grader.gradebook.outcome.insight import Insight, insight
from grader.gradebook.outcome.insight_table import insight_lines
from grader.gradebook.outcome.lessons import taught_in
from grader.gradebook.outcome.page import write_pages
from grader.gradebook.outcome.programs import program_of
from grader.gradebook.request import ClassRequest
from grader.model.exercise import ExerciseFolder
from grader.model.submission import Unreadable, read_submission
from grader.render.console import console_for, page_for
from grader.render.terminal import print_lines
from grader.suggestion import did_you_mean


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One `--export`: a platform, and the file it goes to; None for the platform's usual name."""

    platform: Platform
    path: Path | None

    @property
    def target(self) -> Path:
        """The file that it goes to."""
        return self.path or usual_name(self.platform)

    @property
    def option(self) -> str:
        """The option as it was given."""
        given = f"={visible(str(self.path))}" if self.path is not None else ""
        return f"--export {self.platform}{given}"


def exports(raw: Sequence[str]) -> tuple[Export, ...]:
    """Read the `--export` options. Raises `CommandWrong` for a platform that isn't known."""
    return tuple(map(_export, raw))


def check_folders(asked: ClassRequest) -> None:
    """Raise `CommandWrong` where pages should go into what is a file."""
    for option, folder in (("--feedback", asked.feedback), ("--html", asked.html)):
        if folder is not None and folder.exists() and not folder.is_dir():
            raise CommandWrong(f"{option}: {visible(str(folder))} is a file; name a folder")


def _export(text: str) -> Export:
    name, equals, path = text.partition("=")
    if name not in {*Platform}:
        known = ", ".join(Platform)
        meant = did_you_mean(name, tuple(Platform)) or f"; there are {known}"
        raise CommandWrong(f"there is no export {quoted_blank(name)}{meant}")
    if equals and not path:
        raise CommandWrong(f"--export {name}= needs a path after the =")
    if is_stdout(path):
        raise CommandWrong(f"--export {name}={path}: an export is a file; name one")
    return Export(platform=Platform(name), path=Path(path) if path else None)


class Outputs:
    """All that is written once the class is graded."""

    def __init__(
        self,
        asked: ClassRequest,
        book: Gradebook,
        absent: Sequence[Student],
        folders: Sequence[ExerciseFolder],
    ) -> None:
        self._asked = asked
        self._book = book
        self._absent = absent
        self._folders = folders
        self.results = tuple(book.results())

    def write(self) -> int:
        """Write what was asked for; return an exit code for what couldn't be written."""
        code = int(Exit.PASSED)
        for make in self._writers():
            try:
                _tell(make())
            except ReportNotWritten as error:
                print(f"grade: {visible(str(error))}", file=sys.stderr)
                code = int(Exit.BROKEN)
        return code

    def _writers(self) -> Iterator[Callable[[], Exported]]:
        asked = self._asked
        grades = Grades(
            results=self.results,
            absent=self._absent,
            points=asked.points,
            anonymous=asked.anonymous,
        )
        for each in exports(asked.exports):
            yield partial(export, each.platform, grades, each.path)
        if asked.feedback is not None:
            yield partial(write_feedback, self.results, asked.feedback)
        if asked.html is not None:
            secret = self._book.secret() if asked.anonymous else None
            yield partial(write_pages, self._seen, self.results, asked.html, secret)

    @cached_property
    def _seen(self) -> Insight:
        lessons = {each.slug: taught_in(each) for each in self._folders}
        return insight(self.results, self._absent, lessons, starters(self._folders))

    def show(self) -> None:
        """Print what the class got wrong."""
        console = console_for(sys.stdout, self._asked.color, os.environ)
        name = None if self._asked.anonymous else _called
        print_lines(insight_lines(self._seen, page_for(console), name), console)


def starters(folders: Sequence[ExerciseFolder]) -> dict[str, str]:
    """Return the fingerprints of the starters: handing one in isn't an answer."""
    found = {}
    for folder in folders:
        with contextlib.suppress(Unreadable):  # `grade start` tells whoever needs it
            tree = read_submission(folder.starter).source.tree
            if tree is not None:
                found[program_of(tree).fingerprint] = "the starter"
    return found


def _called(student: Student) -> str:
    return student.name or student.key


def _tell(exported: Exported) -> None:
    for note in exported.notes:
        print(f"grade: {visible(note)}", file=sys.stderr)
    if len(exported.paths) == 1:
        print(f"grade: wrote {visible(str(exported.paths[0]))}", file=sys.stderr)
    elif exported.paths:
        folder = os.path.commonpath(exported.paths) or os.curdir
        print(f"grade: wrote {len(exported.paths)} files to {visible(folder)}", file=sys.stderr)
