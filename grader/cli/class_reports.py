"""The `--report`s of a class: one document of all, or a line for each as soon as it is there."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

from grader.cli.class_outputs import exports
from grader.cli.reporting import LINES, write_targets
from grader.cli.targets import check_apart, check_input, check_place, check_targets, targets
from grader.gradebook.book import Entry, Gradebook, at
from grader.gradebook.request import ClassRequest
from grader.model.report import Report
from grader.render import RENDERERS


class Kept(Sequence[Report]):
    """The reports of a folder's or zip's files; each is read from the gradebook when asked for."""

    def __init__(self, book: Gradebook, entries: Sequence[Entry], path: Path) -> None:
        self._book = book
        self._entries = entries
        self._path = path

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Report: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Report]: ...
    def __getitem__(self, place: int | slice) -> Report | Sequence[Report]:
        if isinstance(place, slice):
            return Kept(self._book, self._entries[place], self._path)
        entry = self._entries[place]
        return at(self._book.report(entry), str(self._path / entry.handed.path))


class ClassReports:
    """What `--report` asks for. Raises `CommandWrong` for one that can't go where it should."""

    def __init__(self, asked: ClassRequest, files: Sequence[str], kept: Sequence[Path]) -> None:
        self._targets = targets(asked.reports)
        check_targets(self._targets, files, kept)
        exported = [(each.option, each.target) for each in exports(asked.exports)]
        for option, path in exported:
            check_place(option, path, files, kept)
        places = [(each.option, each.path) for each in self._targets if each.path is not None]
        check_apart([*places, *exported])
        if asked.roster is not None:
            for option, path in (*places, *exported):
                check_input(option, path, "the roster", asked.roster)
        self._document = next((each for each in self._targets if each.path is None), None)

    @property
    def takes_stdout(self) -> bool:
        """Whether stdout holds a document, and nothing else."""
        return self._document is not None

    def add(self, reports: Iterable[Report]) -> None:
        """Take reports as they come; what goes out one by one goes out now."""
        if self._document is not None and self._document.format == LINES:
            for report in reports:
                sys.stdout.write(RENDERERS[LINES](report))
            sys.stdout.flush()

    def finish(self, reports: Sequence[Report]) -> int:
        """Write the documents; return an exit code for what couldn't be written."""
        return write_targets(self._targets, reports, many=True)
