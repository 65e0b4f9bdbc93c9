"""Programs that are known to pass, so that another text of one needn't be run."""

from __future__ import annotations

import hashlib
from typing import Final

from grader.model.exercise import ExerciseFolder
from grader.model.sameness import same_program
from grader.model.submission import Submission
from grader.proof.reading import read

_DOCUMENTATION: Final = ("__doc__", "getdoc")


class Passing:
    """The solution of an exercise, and the programs that were added.

    Many learners make the same mistake, and what mends it makes the same program of their texts,
    often the solution. Texts that differ in comments, docstrings and layout alone do the same
    unless they look at themselves. Where one might, as a proof would doubt it, it isn't known.
    """

    def __init__(self, folder: ExerciseFolder, solution: str) -> None:
        self._functions = [each.exercise.function for each in folder.parts]
        digest = self._digest(solution)
        self._known = set() if digest is None else {digest}

    def holds(self, submission: Submission) -> bool:
        """Whether this program is known to pass."""
        return self._digest_of(submission) in self._known

    def add(self, submission: Submission) -> None:
        """Remember a program that passed."""
        digest = self._digest_of(submission)
        if digest is not None:
            self._known.add(digest)

    def _digest_of(self, submission: Submission) -> str | None:
        """Return what is alike for texts of one program; None if that isn't sure."""
        source = submission.source
        return self._digest(source.text) if len(source.files) == 1 else None

    def _digest(self, text: str) -> str | None:
        if any(each in text for each in _DOCUMENTATION):
            return None
        if any(read(text, function).doubt for function in self._functions):
            return None
        return hashlib.sha256(same_program(text).encode("utf-8", "surrogatepass")).hexdigest()
