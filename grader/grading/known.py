"""Known mistakes: they can explain a wrong program that no rule explains.

The recorder sees what was lifted, drawn and lost, so it can't explain a program that lifts
correctly and then computes something else. If such a program is proved to compute the same as one
of the exercise's labelled mistakes, the description of that mistake explains it.
"""

from __future__ import annotations

import ast
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.labels import MISTAKES, labelled
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Loaded
from grader.model.submission import Submission, read_submission
from grader.model.trace import Trace
from grader.process.side import Side
from grader.proof.proof import Proof
from grader.rules import UNEXPLAINED

_SECONDS: Final = 15.0
_AT_ONCE: Final = 2

Sizes = tuple[dict[str, int], ...]
Traces = tuple[Trace, ...]


class _Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled mistake: its text, and the first line of its docstring."""

    submission: Submission
    description: str


class KnownMistakes:
    """One exercise's mistakes that no rule explains, traced on first use."""

    def __init__(
        self,
        folder: ExerciseFolder,
        open_side: Callable[[Submission], Side],
        cache_folder: Path | None,
    ) -> None:
        self._folder = folder
        self._open_side = open_side
        self._cache = cache_folder
        self._traced: dict[str, Traces] | None = None
        self._turn = threading.Lock()

    def like(self, proof: Proof, sizes: Sizes) -> str | None:
        """Describe the mistake that computes the same as a submission, None if none does."""
        if not proof.traced:
            return None
        mistakes = _mistakes(self._folder)
        with self._turn:
            if self._traced is None:
                self._traced = self._trace(mistakes, sizes)
        for each in mistakes:
            traces = self._traced[each.submission.sha256]
            if proof.is_same(each.submission.source.text, traces):
                return each.description
        return None

    def _trace(self, mistakes: list[_Mistake], sizes: Sizes) -> dict[str, Traces]:
        path = self._path(mistakes, sizes)
        data = cache.read(path) if path is not None else None
        if data is not None:
            try:
                return msgspec.msgpack.decode(data, type=dict[str, Traces])
            except (msgspec.DecodeError, RecursionError):
                pass
        submissions = [each.submission for each in mistakes]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            traced = pool.map(lambda each: self._trace_one(each, sizes), submissions)
            found = dict(zip((each.sha256 for each in submissions), traced, strict=True))
        if path is not None:
            cache.write(path, msgspec.msgpack.encode(found))
        return found

    def _trace_one(self, submission: Submission, sizes: Sizes) -> Traces:
        side = self._open_side(submission)
        try:
            side.enter_sandbox()
            if not isinstance(side.load(_SECONDS), Loaded):
                return ()
            side.begin_trace(sizes)
            return side.finish_trace(_SECONDS)
        finally:
            side.end()

    def _path(self, mistakes: list[_Mistake], sizes: Sizes) -> Path | None:
        if self._cache is None:
            return None
        texts = [each.submission.sha256 for each in mistakes]
        content = msgspec.msgpack.encode((self._folder.exercise, texts, sizes))
        name = hashlib.sha256(content + cache.versions_digest().encode()).hexdigest()[:20]
        return self._cache / "known" / f"{self._folder.exercise.slug}-{name}.msgpack"


def _mistakes(folder: ExerciseFolder) -> list[_Mistake]:
    """Return the mistakes that have a description and are labelled only with wrong numbers."""
    found = []
    for each in labelled(folder):
        if each.kind == MISTAKES and {rule for _, rule in each.expected} == {UNEXPLAINED}:
            submission = read_submission(each.path)
            tree = submission.source.tree
            text = ast.get_docstring(tree) if tree is not None else None
            if text:
                description = text.splitlines()[0].rstrip(".")
                found.append(_Mistake(submission=submission, description=description))
    return found
