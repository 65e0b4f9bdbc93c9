"""What the keys of a run say together: whether they follow the seed, and how they were derived."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum, unique
from typing import TYPE_CHECKING

import msgspec

from grader.compare import numbers
from grader.evidence.configuration import changed, changed_within
from grader.evidence.look import KeyPair, Look
from grader.evidence.provenance import (
    DERIVING,
    MAKERS,
    Provenance,
    expression,
    follows_argument,
    provenances,
)
from grader.evidence.results import arrays
from grader.model.observation import Configured, KeyStep, Root, Variable

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

Sizes = tuple[tuple[str, int], ...]


class SeedPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two looks with different seeds that came to one key of `stream`, or to one answer.

    `stream` is None where only the answers tell.
    """

    stream: str | None
    first: Look
    second: Look


def seed_pairs(evidence: Evidence) -> Iterator[SeedPair]:
    """Yield what doesn't follow the seed although it should, once for each stream.

    Nothing is yielded if the key follows the seed in any way: that is a derived key. A key may
    also depend on sizes, so only cases of the same sizes are compared, where there are any. A
    constant key is one whether the program went on to an answer or raised.
    """
    if evidence.seed_name is None or not any(look.failed for look in evidence.looks):
        return
    streams = dict.fromkeys(pair.stream for look in evidence.looks for pair in look.keys)
    for stream in streams:
        pairs = _groups(evidence, stream)
        same = [pair for pair in pairs if _actual(pair[0], stream) == _actual(pair[1], stream)]
        if same and len(same) == len(pairs):
            yield SeedPair(stream=stream, first=same[0][0], second=same[0][1])
    keys = [pair.actual for look in evidence.looks for pair in look.keys]
    if keys and not any(key.identity or follows_argument(key) for key in keys):
        yield from _same_answers(evidence)


def _groups(evidence: Evidence, stream: str) -> list[tuple[Look, Look]]:
    """Return the pairs of looks whose keys are known and whose seeds differ."""
    looks = [
        (look, evidence.seed(look.case), _expected(look, stream))
        for look in evidence.looks
        if _actual(look, stream) is not None
    ]
    pairs = [
        (first, second)
        for index, (second, seed, expected) in enumerate(looks)
        for first, other_seed, other_expected in looks[:index]
        if other_seed != seed and (_shows(first) or _shows(second)) and other_expected != expected
    ]
    alike = [pair for pair in pairs if pair[0].case.sizes == pair[1].case.sizes]
    return alike or pairs


def _shows(look: Look) -> bool:
    """Whether a wrong key matters: the answer is wrong, or what was to give it raised."""
    return look.answer_wrong or (look.raised is not None and look.actual.tried)


def _actual(look: Look, stream: str) -> str | None:
    return next((pair.actual.identity for pair in look.keys if pair.stream == stream), None)


def _expected(look: Look, stream: str) -> str | None:
    return next((pair.expected.data for pair in look.keys if pair.stream == stream), None)


def _same_answers(evidence: Evidence) -> Iterator[SeedPair]:
    """Yield two looks that differ in nothing but the seed and have one answer.

    All such pairs have to, and a row of one number is no answer that tells: `nn.relu` gives zeros.
    """
    pairs = [
        (first, second)
        for index, second in enumerate(evidence.completed)
        for first in evidence.completed[:index]
        if evidence.seed(first.case) != evidence.seed(second.case)
        and _but_seed(evidence, first) == _but_seed(evidence, second)
        and first.exchange.expected.outcome != second.exchange.expected.outcome
    ]
    telling = [pair for pair in pairs if _varies(pair[0])]
    if telling and all(first.result == second.result for first, second in pairs):
        yield SeedPair(stream=None, first=telling[0][0], second=telling[0][1])


def _varies(look: Look) -> bool:
    """Whether an answer has numbers that differ from each other."""
    found = [numbers(each) for each in arrays(look.exchange.actual).values()]
    return any(each is not None and len(set(each.reshape(-1).tolist())) > 1 for each in found)


def _but_seed(evidence: Evidence, look: Look) -> list[object]:
    return [each for each in look.case.arguments if each.name != evidence.seed_name]


@unique
class Fault(StrEnum):
    """What is wrong with the way in which a key was made."""

    FIRST = "first"
    """The first key is another one; it is derived from there as the reference does."""
    KEPT_WHOLE = "kept whole"
    """The reference derives a key of the first one, and here the first one is used itself."""
    OTHER_PART = "other part"
    """It is split as the reference does, and another one of the keys is taken."""
    STEPS = "steps"
    """It is derived in another way."""
    UNKNOWN = "unknown"
    """Nothing that was seen tells."""


def derived(evidence: Evidence, look: Look) -> Iterator[KeyPair]:
    """Yield the keys that are not the reference's, where that shows in the answer."""
    if _shows(look):
        for pair in look.keys:
            known = pair.differs and not only_kind(pair) and not pair.actual.in_array
            if (known and not configured(look, pair)) or _other_steps(evidence, look, pair):
                yield pair


def other_kinds(look: Look) -> Iterator[KeyPair]:
    """Yield the keys that are of another implementation than the reference's."""
    if _shows(look):
        yield from (pair for pair in look.keys if pair.other_kind)


def configured(look: Look, pair: KeyPair) -> Configured | None:
    """Return the setting by which a key came out another one, or other numbers out of the key.

    The key was made as the reference's was, of the same seed.
    """
    if fault(pair) is not Fault.UNKNOWN or pair.other_kind or pair.actual.data is None:
        return None
    if pair.differs:
        shifted = changed(look, "jax_random_seed_offset")
        split = changed(look, "jax_threefry_partitionable") if _chain(pair.actual) else None
        return shifted or split
    ours, theirs = pair.actual.root, pair.expected.root
    setting = changed_within(ours, theirs, "jax_threefry_partitionable")
    return setting if drawn_otherwise(look, pair) else None


def _drawn_alike(look: Look, pair: KeyPair) -> bool:
    """Whether the variables of a stream came out as the reference's, so that the key is its key."""
    ours = [each for each in look.actual.variables if each.collection == pair.stream]
    theirs = [each for each in look.expected.variables if each.collection == pair.stream]
    known = [(each.path, each.digest) for each in ours]
    return None not in dict(known).values() and sorted(known) == sorted(
        (each.path, each.digest) for each in theirs
    )


def drawn_otherwise(look: Look, pair: KeyPair) -> bool:
    """Whether a variable of the same place and type came out of one key with other numbers."""
    theirs = {_place_of(each): each.digest for each in pair.expected.root.made}
    ours = [each for each in pair.actual.root.made if each.collection == pair.stream]
    return look.answer_wrong and any(
        len({theirs.get(_place_of(each)), each.digest} - {None}) == 2 for each in ours
    )


def _place_of(variable: Variable) -> tuple[object, ...]:
    return variable.collection, variable.path, variable.type


def only_kind(pair: KeyPair) -> bool:
    """Whether a key differs in its implementation alone: it was made as the reference's was."""
    return pair.other_kind and fault(pair) is Fault.UNKNOWN


def _other_steps(evidence: Evidence, look: Look, pair: KeyPair) -> bool:
    """Whether unknown keys were made by more calls than the reference's, or by arithmetic.

    Under `jax.jit` no key is known, only how it was made.
    """
    if pair.actual.data is not None or _drawn_alike(look, pair):
        return False
    if deriving_steps(pair.actual):
        return not deriving_steps(pair.expected)
    made = making_step(pair.actual)
    return made is not None and evidence.landmarks.computes(made.span)


def fault(pair: KeyPair) -> Fault:
    """Return what is wrong with the way in which a key was made."""
    if not pair.actual.sure and deriving_steps(pair.actual):
        return Fault.STEPS
    actual, expected = _chain(pair.actual), _chain(pair.expected)
    made, wanted = making_step(pair.actual), making_step(pair.expected)
    if actual == expected:
        return Fault.FIRST if _other_seed(made, wanted) else Fault.UNKNOWN
    if not actual:
        return Fault.KEPT_WHOLE if made is not None else Fault.UNKNOWN
    if [each[:-1] for each in actual] == [each[:-1] for each in expected]:
        return Fault.OTHER_PART
    return Fault.STEPS


def _other_seed(made: KeyStep | None, wanted: KeyStep | None) -> bool:
    """Whether two first keys are known to be made of different numbers."""
    if made is None or wanted is None:
        return False
    return made.operands[:1] != wanted.operands[:1]


def deriving_steps(provenance: Provenance) -> tuple[KeyStep, ...]:
    """Return the steps that made one key of another."""
    return tuple(step for step in provenance.steps if step.operation in DERIVING)


def _chain(provenance: Provenance) -> list[tuple[object, ...]]:
    """Return how a key was derived: each operation, what it was given, and which key it is."""
    pairs = zip(provenance.steps, provenance.positions, strict=False)
    return [
        (step.operation, _count(step), place) for step, place in pairs if step.operation in DERIVING
    ]


def _count(step: KeyStep) -> object:
    """Return how many keys a step split, or what it folded in."""
    return len(step.made) if step.operation == "split" else step.operands


def making_step(provenance: Provenance) -> KeyStep | None:
    """Return the step that made the first key, if it was seen.

    Where all that was seen is all steps of the run, it is the only one of them.
    """
    made = [step for step in provenance.steps if step.operation in MAKERS]
    return made[0] if made and (provenance.sure or len(made) == 1) else None


def reused(look: Look) -> tuple[KeyPair, KeyPair] | None:
    """Return two streams that drew from one key, where the reference has one for each."""
    if not _shows(look):
        return None
    for index, second in enumerate(look.keys):
        for first in look.keys[:index]:
            same = first.actual.data is not None and first.actual.data == second.actual.data
            if same and first.expected.data != second.expected.data:
                return first, second
    return None


def task_key(evidence: Evidence, stream: str) -> str | None:
    """Return how the reference makes the key of a stream, as an expression of the seed.

    None where that isn't known, or differs from case to case.
    """
    return in_all(_expressions(evidence, stream))


def task_seed_key(evidence: Evidence, stream: str) -> str | None:
    """Return how the reference makes the first key, of which that of a stream is derived."""
    return in_all(_expressions(evidence, stream, first=True))


def _expressions(evidence: Evidence, stream: str, *, first: bool = False) -> set[str | None]:
    name = evidence.seed_name or ""
    return {
        expression(key, str(evidence.seed(look.case)), name, first=first)
        for look in evidence.looks
        for key in provenances(look.expected, look.expected.late_streams)
        if key.stream == stream
    }


def in_all(texts: set[str | None]) -> str | None:
    """Return what is the same in all cases, None if nothing is."""
    return next(iter(texts)) if len(texts) == 1 else None


def unfed_streams(look: Look) -> Iterator[tuple[str, Root]]:
    """Yield the streams that the call which gave the answer needs a key for, and that call.

    Without one Flax falls back on the stream "params", and only raises where that has none.
    """
    root = look.actual.answer
    if root is None or not root.forward or not (look.answer_wrong or unfed(look)):
        return
    given = {key.stream for key in root.keys}
    for stream in sorted(look.expected.late_streams - given):
        yield stream, root


def unfed(look: Look) -> bool:
    """Whether Flax raised because a stream that the reference has a key for was given none."""
    raised, root = look.raised, look.actual.answer
    if raised is None or raised.exception != "InvalidRngError" or root is None or not root.forward:
        return False
    given = {key.stream for key in root.keys}
    missing = look.expected.late_streams - given
    return look.actual.failed(root) and any(
        f'PRNG for "{stream}"' in raised.message for stream in missing
    )
