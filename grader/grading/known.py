"""Known mistakes: they can explain a wrong program that no rule explains.

The recorder sees what was lifted, drawn and lost, so it can't explain a program that lifts
correctly and then computes something else. If such a program is proved to compute the same as one
of the exercise's labelled mistakes, or gave the same numbers in all cases, the description of that
mistake explains it. So it does for a loop in a map over the examples, where the steps of a labelled
one show what is wrong, and its own don't, and for a key that is derived in `jax.jit`.
"""

from __future__ import annotations

import ast
import hashlib
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.evidence.authors_words import words_of
from grader.grading.known_answers import KnownAnswers
from grader.labels import MISTAKES, Labelled, labelled
from grader.model.exercise import ExerciseFolder
from grader.model.observation import Loaded
from grader.model.submission import Submission
from grader.model.trace import Trace
from grader.model.transcript import Known, Transcript
from grader.process.side import Side
from grader.proof.proof import Proof
from grader.rules import BY_NUMBERS, TITLED, UNEXPLAINED
from grader.rules.mistake import code

_SECONDS: Final = 15.0
_AT_ONCE: Final = 2

Sizes = tuple[dict[str, int], ...]
Traces = tuple[Trace, ...]


class _Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled mistake: its text, and what its docstring says of it.

    `explained` says that a rule explains it, but not wherever it is made.
    """

    submission: Submission
    known: Known
    explained: bool = False


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
        self._answers = KnownAnswers(folder.exercise, open_side, cache_folder)
        self._traced: dict[str, Traces] | None = None
        self._turn = threading.Lock()

    @cached_property
    def _mistakes(self) -> list[_Mistake]:
        return _mistakes(self._folder)

    def like(
        self, proof: Proof, sizes: Sizes, transcript: Transcript, rules: Collection[str]
    ) -> Known | None:
        """Return the mistake that a submission makes as well, None if none is known.

        Those that are labelled `wrong-values` explain wrong numbers. Those with the author's own
        words explain every wrong answer.
        """
        unexplained = UNEXPLAINED in rules
        mistakes = [each for each in self._mistakes if each.known.titled or unexplained]
        for explained in (False, True):
            some = [each for each in mistakes if each.explained is explained]
            found = some and (
                self._proved(proof, sizes, some)
                or self._answers.like(transcript, [(each.submission, each.known) for each in some])
            )
            if found:
                return found
        return None

    def _proved(self, proof: Proof, sizes: Sizes, mistakes: list[_Mistake]) -> Known | None:
        if not proof.traced or proof.proved():
            return None  # what is wrong shows in no trace, so none tells it from another mistake
        with self._turn:
            if self._traced is None:
                self._traced = self._trace(self._mistakes, sizes)
        for each in mistakes:
            traces = self._traced[each.submission.sha256]
            if each.submission.digests:
                continue  # a look at one text doesn't see what the others do
            if proof.is_same(each.submission.source.text, traces):
                return each.known
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


def known_texts(folder: ExerciseFolder) -> tuple[str, ...]:
    """Return the texts of an exercise's known mistakes: reports may name them."""
    return tuple(file.text for each in _mistakes(folder) for file in each.submission.source.files)


def _mistakes(folder: ExerciseFolder) -> list[_Mistake]:
    """Return the mistakes that have a description, and that no rule explains, or not always."""
    found = []
    for each in labelled(folder):
        labels = {rule for _, rule in each.expected}
        explained = len(labels) == 1 and labels <= BY_NUMBERS
        if each.kind == MISTAKES and (explained or labels in ({UNEXPLAINED}, {TITLED})):
            submission = each.submission
            tree = submission.source.tree
            text = ast.get_docstring(tree) if tree is not None else None
            if text:
                known = _described(text, _labelled_line(each), titled=labels == {TITLED})
                found.append(_Mistake(submission=submission, known=known, explained=explained))
    return found


def _described(text: str, line: str, *, titled: bool) -> Known:
    """Read a docstring: its first line, or all of it if its words are for learners."""
    if not titled:
        return Known(description=text.splitlines()[0].rstrip("."))
    words = words_of(text)
    return Known(description=words.message, titled=True, why=words.why, help=words.help, line=line)


def _labelled_line(each: Labelled) -> str:
    """Return the code of the line with the label, "" if the label is for the whole file."""
    numbers = [number for number, _ in each.expected if number is not None]
    lines = each.submission.source.lines
    return code(lines[numbers[0] - 1]) if numbers else ""
