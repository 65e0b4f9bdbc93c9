"""One change of a transcript: in what a side was observed to do, or in the submission's text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from grader.model.observation import Observation, Span
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from grader.process.soundness import is_sound
from tests.judge import perturbed
from tests.judge.perturbed import change_in, plain_of, with_other_answer

Path = tuple[str | int, ...]
Side = Literal["expected", "actual"]
Donor = Callable[[str], Transcript]


class Alter(msgspec.Struct, frozen=True, kw_only=True, tag="alter", omit_defaults=True):
    """Alter the value at `path`, in the exchange number `exchange`; None: in all of them."""

    side: Side
    path: Path
    kind: str
    exchange: int | None = None
    word: str = ""
    number: int = 0


class Graft(msgspec.Struct, frozen=True, kw_only=True, tag="graft", omit_defaults=True):
    """Put there what another recording has at the path `source` of a side."""

    side: Side
    path: Path
    donor: str
    donor_side: Side
    source: Path
    exchange: int | None = None


class Put(msgspec.Struct, frozen=True, kw_only=True, tag="put", omit_defaults=True):
    """Put a value there, as JSON has it."""

    side: Side
    path: Path
    value: Any
    exchange: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer", omit_defaults=True):
    """Make another answer of the submission's: one of `ANSWERS` or `NO_ANSWERS`."""

    kind: str
    exchange: int | None = None


class Mix(msgspec.Struct, frozen=True, kw_only=True, tag="mix", omit_defaults=True):
    """Take one exchange of another submission: a program that does otherwise in that case."""

    donor: str
    exchange: int


class Write(msgspec.Struct, frozen=True, kw_only=True, tag="write", omit_defaults=True):
    """Write something else at a span of the text: line, column, last line, last column."""

    span: tuple[int, int, int, int]
    text: str


class Text(msgspec.Struct, frozen=True, kw_only=True, tag="text", omit_defaults=True):
    """Take the text of another submission: no place that was observed fits it."""

    donor: str


Change = Alter | Graft | Put | Answer | Mix | Write | Text


def change(transcript: Transcript, each: Change, donor: Donor) -> Transcript:
    """Return the transcript with the change; as it is where no worker could send that."""
    match each:
        case Write():
            return _with_text(transcript, _written(transcript.source, each))
        case Text():
            return _with_text(transcript, donor(each.donor).source.text)
        case Mix():
            return _mixed(transcript, each, donor(each.donor))
        case Answer():
            return _in_exchanges(
                transcript, each.exchange, lambda one: with_other_answer(one, each.kind)
            )
        case _:
            return _in_exchanges(transcript, each.exchange, _observed(each, donor))


def _with_text(transcript: Transcript, text: str) -> Transcript:
    source = Source(transcript.source.name, text)
    return msgspec.structs.replace(transcript, source=source)


def _written(source: Source, each: Write) -> str:
    line, column, end_line, end_column = each.span
    lines = list(source.lines)
    if end_line > len(lines):
        return source.text
    first, last = lines[line - 1][: column - 1], lines[end_line - 1][end_column - 1 :]
    lines[line - 1 : end_line] = (first + each.text + last).split("\n")
    return "\n".join(lines)


def _mixed(transcript: Transcript, each: Mix, donor: Transcript) -> Transcript:
    exchanges = list(transcript.exchanges)
    if each.exchange < min(len(exchanges), len(donor.exchanges)):
        exchanges[each.exchange] = donor.exchanges[each.exchange]
    return perturbed.with_exchanges(transcript, exchanges)


def _in_exchanges(
    transcript: Transcript, number: int | None, do: Callable[[Exchange], Exchange]
) -> Transcript:
    exchanges = [
        do(one) if number is None or number == place else one
        for place, one in enumerate(transcript.exchanges)
    ]
    return perturbed.with_exchanges(transcript, exchanges)


def _observed(each: Alter | Graft | Put, donor: Donor) -> Callable[[Exchange], Exchange]:
    """Return what changes a side's observation as builtins, where that is an observation again."""

    def do(exchange: Exchange) -> Exchange:
        plain = plain_of(getattr(exchange, each.side))
        try:
            _change_in(plain, each, donor)
            made = msgspec.convert(plain, Observation)
        except (KeyError, IndexError, TypeError, msgspec.ValidationError):
            return exchange
        return (
            msgspec.structs.replace(exchange, **{each.side: made}) if is_sound(made) else exchange
        )

    return do


def _change_in(plain: Any, each: Alter | Graft | Put, donor: Donor) -> None:
    match each:
        case Alter():
            change_in(plain, perturbed.Change(each.path, each.kind, each.word, each.number))
        case Put():
            _put(plain, each.path, each.value)
        case Graft():
            found = plain_of(getattr(donor(each.donor).exchanges[0], each.donor_side))
            for step in each.source:
                found = found[step]
            _put(plain, each.path, found)


def _put(plain: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        plain = plain[step]
    plain[path[-1]] = value


def span_of(span: Span) -> tuple[int, int, int, int]:
    """Return a span as `Write` has it."""
    return span.line, span.column, span.end_line, span.end_column
