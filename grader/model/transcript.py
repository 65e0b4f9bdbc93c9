"""A transcript: everything that a run observed on both sides, in order. The judge's only input."""

from __future__ import annotations

import msgspec

from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Loaded, LoadOutcome, Observation
from grader.model.source import Source


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the author's `checks.py` said of a case: nothing, or a message.

    `line` is that of the `return` in `checks.py`, None if that isn't known.
    """

    message: str | None = None
    line: int | None = None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One case and what both sides did with it.

    `process` numbers the submission's process that ran it, from 0: repeating a case in the same
    process shows state or randomness, and repeating it in another process distinguishes them.
    `said` is None if the author's check wasn't called.
    """

    case: Case
    expected: Observation
    actual: Observation
    process: int = 0
    said: Said | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled mistake that a submission makes as well, in the words of its docstring.

    `cases` is in how many cases both gave the same numbers; 0 if both are proved to compute the
    same. `titled` says that the author wants `description` to be the message, `why` to explain it
    and `help` to be the next step; `line` is the code of the labelled line.
    """

    description: str
    cases: int = 0
    titled: bool = False
    why: str = ""
    help: str = ""
    line: str = ""


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """A run: the exercise, the submission's source, how it loaded, and every exchange.

    `known` is a labelled mistake that does the same as the submission. `altered`
    is one exchange more, in a process where other numbers came out of every lifted module.
    """

    exercise: Exercise
    source: Source
    loaded: LoadOutcome = Loaded()
    exchanges: tuple[Exchange, ...] = ()
    known: Known | None = None
    altered: Exchange | None = None
