"""Reports of earlier verifications, kept while nothing changes that they depend on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.grading.packing import Unreadable, packed, unpacked
from grader.grading.request import GradingRequest
from grader.grading.setup import setup_digest
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import Submission
from grader.rules import TITLED, rule_by_id

_BY_CHANCE: Final = frozenset({"timed-out", "out-of-memory", "crashed", "nondeterministic"})
"""Rules whose findings may be the machine's doing: such a file is graded again each time."""


class KeptReports:
    """Keeps the reports on one exercise's submissions in the cache; None as the folder: nowhere.

    Known mistakes explain symptoms. So only a report that has one, or that has been explained in an
    author's own words, changes with them. `request` is how those that are kept were graded.
    """

    def __init__(
        self, folder: ExerciseFolder, request: GradingRequest, cache_folder: Path | None
    ) -> None:
        self.folder = folder
        self.request = request
        self._places = cache_folder / "verified" / folder.exercise.slug if cache_folder else None
        self._with_known = setup_digest(folder, request)
        self._without = setup_digest(folder, request, with_known=False)

    def find(self, submission: Submission) -> Report | None:
        """Return the report that the submission would get."""
        for setup in (self._without, self._with_known):
            path = self._path(submission, setup)
            data = cache.read(path) if path is not None else None
            if data is not None:
                try:
                    return unpacked(data)
                except Unreadable:
                    continue
        return None

    def keep(self, submission: Submission, report: Report) -> None:
        """Keep a report, unless chance may have a part in it."""
        rules = {each.rule for each in report.findings}
        depends = any(each == TITLED or rule_by_id(each).shows is not None for each in rules)
        path = self._path(submission, self._with_known if depends else self._without)
        if path is not None and not rules & _BY_CHANCE:
            cache.write(path, packed(report))

    def _path(self, submission: Submission, setup: str) -> Path | None:
        """Return where the report on a submission is that was graded in this setup."""
        if self._places is None:
            return None
        parts = (setup, submission.path, submission.source.text, submission.sha256)
        name = hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest()[:32]
        return self._places / name
