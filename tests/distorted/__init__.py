"""Distorted recordings: what no program of ours does, and what is said of it, stored as text.

A labelled submission shows a condition of the judge from one side. A recording with one thing
changed shows the other side: a reference that lifts nothing, a run without a place, a statement
that isn't there. They were drawn at random, and those are kept that show a condition's other side
where no recording and no unit test does. What is said of them isn't right or wrong: it's held, so
that a change of the judge is seen. `make record` renews it; `make mutate ARGS="--distort 200"`
draws more for the mutants that nothing notices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from grader.labels import Labelled
from grader.model.transcript import Transcript
from tests.distorted.changes import Change, change
from tests.judge.perturbed import recorded, with_exchanges
from tests.labelled import labelled
from tests.recordings import FOLDER
from tests.recordings.findings import described, judge_again


class Distorted(msgspec.Struct, frozen=True, kw_only=True):
    """The first exchanges of a recording, and what is changed in them or in the text."""

    recording: str
    exchanges: int
    changes: tuple[Change, ...]

    @property
    def transcript(self) -> Transcript:
        """The recording with the changes made."""
        transcript = recorded(named(self.recording))
        some = with_exchanges(transcript, list(transcript.exchanges[: self.exchanges]))
        for each in self.changes:
            some = change(some, each, _donor)
        return some


def named(name: str) -> Labelled:
    """Return a labelled submission by its exercise, kind and name."""
    return _by_name()[name]


def _donor(name: str) -> Transcript:
    return recorded(named(name))


@cache
def _by_name() -> dict[str, Labelled]:
    return {str(each): each for each in labelled()}


def path_of(slug: str) -> Path:
    """Return where the distorted recordings of an exercise are stored."""
    return FOLDER / slug / "distorted.txt"


def slugs() -> list[str]:
    """Return the exercises that have labelled submissions."""
    return sorted({each.folder.exercise.slug for each in labelled()})


def stored(slug: str) -> Iterator[tuple[Distorted, str]]:
    """Yield each distorted recording of an exercise, and what is said of it according to the file.

    The one is a line of JSON, the other the indented lines below it.
    """
    path = path_of(slug)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for entry in text.split("\n\n"):
        line, _, said = entry.partition("\n")
        if line:
            yield msgspec.json.decode(line, type=Distorted), said.rstrip("\n") + "\n"


def said_of(each: Distorted) -> str:
    """Return what the judge says of a distorted recording, as the file has it."""
    return described(judge_again(each.transcript))


def write(slug: str, more: Iterable[Distorted] = ()) -> None:
    """Store what is said now of an exercise's distorted recordings, and of some more."""
    known = [each for each, _ in stored(slug)]
    entries = sorted({msgspec.json.encode(each).decode(): each for each in (*known, *more)}.items())
    if entries:
        texts = [f"{line}\n{said_of(each)}" for line, each in entries]
        path_of(slug).write_text("\n".join(texts), encoding="utf-8", newline="\n")
