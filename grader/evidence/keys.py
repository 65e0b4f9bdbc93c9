"""What the keys of a run show: whether they follow the seed, and how they were derived."""

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
    """Two looks with different seeds that led to the same key of `stream`, or to the same answer.

    `stream` is None if only the answers are the evidence.
    """

    stream: str | None
    first: Look
    second: Look


def seed_pairs(evidence: Evidence) -> Iterator[SeedPair]:
    """Yield what doesn't follow the seed although it should, once for each stream.

    Nothing is yielded if the key follows the seed in any way: then it is a derived key. A key may
    also depend on sizes, so cases with the same sizes are compared, if there are any. A constant
    key counts whether the program returned an answer or raised.
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
    """Return the pairs of looks with known keys and different seeds."""
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
    """Whether a wrong key matters: the answer is wrong, or the call that should give it raised."""
    return look.answer_wrong or (look.raised is not None and look.actual.tried)


def _actual(look: Look, stream: str) -> str | None:
    return next((pair.actual.identity for pair in look.keys if pair.stream == stream), None)


def _expected(look: Look, stream: str) -> str | None:
    return next((pair.expected.data for pair in look.keys if pair.stream == stream), None)


def _same_answers(evidence: Evidence) -> Iterator[SeedPair]:
    """Yield two looks that differ only in the seed and have the same answer.

    This must hold for all such pairs, and for answers that vary: `nn.relu` may give only zeros.
    """
    pairs = [
        (first, second)
        for index, second in enumerate(evidence.completed)
        for first in evidence.completed[:index]
        if _but_seed(evidence, first) == _but_seed(evidence, second)
        and first.exchange.expected.outcome != second.exchange.expected.outcome
    ]
    varied = [pair for pair in pairs if _varies(pair[0])]
    if varied and all(first.result == second.result for first, second in pairs):
        yield SeedPair(stream=None, first=varied[0][0], second=varied[0][1])


def _varies(look: Look) -> bool:
    """Whether an answer has numbers that differ from each other."""
    found = [numbers(each) for each in arrays(look.exchange.actual).values()]
    return any(each is not None and len(set(each.reshape(-1).tolist())) > 1 for each in found)


def _but_seed(evidence: Evidence, look: Look) -> list[object]:
    return [each for each in look.case.arguments if each.name != evidence.seed_name]


@unique
class Fault(StrEnum):
    """What is wrong with the way a key was made."""

    FIRST = "first"
    """The first key is a different one; the derivation is the reference's."""
    KEPT_WHOLE = "kept whole"
    """The reference derives a key from the first one, but here the first one itself is used."""
    OTHER_PART = "other part"
    """It is split as in the reference, but a different one of the keys is used."""
    STEPS = "steps"
    """It is derived differently."""
    UNKNOWN = "unknown"
    """Unknown: no observation shows it."""


def derived(evidence: Evidence, look: Look) -> Iterator[KeyPair]:
    """Yield the keys that are not the reference's, if that affects the answer."""
    if _shows(look):
        for pair in look.keys:
            known = pair.differs and not only_kind(pair) and not pair.actual.in_array
            if (known and not configured(look, pair)) or _other_steps(evidence, look, pair):
                yield pair


def other_kinds(look: Look) -> Iterator[KeyPair]:
    """Yield the keys with another implementation than the reference's."""
    if _shows(look):
        yield from (pair for pair in look.keys if pair.other_kind)


def configured(look: Look, pair: KeyPair) -> Configured | None:
    """Return the setting that changed a key, or the numbers drawn from it.

    The key was made like the reference's, from the same seed.
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
    """Whether a stream's variables equal the reference's, so that its key must be the same."""
    ours = [each for each in look.actual.variables if each.collection == pair.stream]
    theirs = [each for each in look.expected.variables if each.collection == pair.stream]
    known = [(each.path, each.digest) for each in ours]
    return None not in dict(known).values() and sorted(known) == sorted(
        (each.path, each.digest) for each in theirs
    )


def drawn_otherwise(look: Look, pair: KeyPair) -> bool:
    """Whether the same key gave a variable of the same place and type other numbers."""
    theirs = {_place_of(each): each.digest for each in pair.expected.root.made}
    ours = [each for each in pair.actual.root.made if each.collection == pair.stream]
    return look.answer_wrong and any(
        len({theirs.get(_place_of(each)), each.digest} - {None}) == 2 for each in ours
    )


def _place_of(variable: Variable) -> tuple[object, ...]:
    return variable.collection, variable.path, variable.type


def only_kind(pair: KeyPair) -> bool:
    """Whether a key differs only in its implementation: it was made like the reference's."""
    return pair.other_kind and fault(pair) is Fault.UNKNOWN


def _other_steps(evidence: Evidence, look: Look, pair: KeyPair) -> bool:
    """Whether unknown keys were made with more calls than the reference's, or with arithmetic.

    Under `jax.jit` the keys are unknown, but not how they were made.
    """
    if pair.actual.data is not None or _drawn_alike(look, pair):
        return False
    if deriving_steps(pair.actual):
        return not deriving_steps(pair.expected)
    made = making_step(pair.actual)
    return made is not None and evidence.landmarks.computes(made.span)


def fault(pair: KeyPair) -> Fault:
    """Return what is wrong with the way a key was made."""
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
    """Whether two first keys are known to be made from different numbers."""
    if made is None or wanted is None:
        return False
    return made.operands[:1] != wanted.operands[:1]


def deriving_steps(provenance: Provenance) -> tuple[KeyStep, ...]:
    """Return the steps that derived one key from another."""
    return tuple(step for step in provenance.steps if step.operation in DERIVING)


def _chain(provenance: Provenance) -> list[tuple[object, ...]]:
    """Return how a key was derived: each operation, its operands, and which of its keys it is."""
    pairs = zip(provenance.steps, provenance.positions, strict=False)
    return [
        (step.operation, _count(step), place) for step, place in pairs if step.operation in DERIVING
    ]


def _count(step: KeyStep) -> object:
    """Return how many keys a step split, or what it folded in."""
    return len(step.made) if step.operation == "split" else step.operands


def making_step(provenance: Provenance) -> KeyStep | None:
    """Return the step that made the first key, if it was seen.

    If only all steps of the run are known, it must be the only one of them.
    """
    made = [step for step in provenance.steps if step.operation in MAKERS]
    return made[0] if made and (provenance.sure or len(made) == 1) else None


def reused(look: Look) -> tuple[KeyPair, KeyPair] | None:
    """Return two streams that drew from the same key, although the reference has one for each."""
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

    None if that isn't known, or differs from case to case.
    """
    return in_all(_expressions(evidence, stream))


def task_seed_key(evidence: Evidence, stream: str) -> str | None:
    """Return how the reference makes the first key, from which a stream's key is derived."""
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
    """Return the common value of all cases, None if there is none."""
    return next(iter(texts)) if len(texts) == 1 else None


def unfed_streams(look: Look) -> Iterator[tuple[str, Root]]:
    """Yield the streams for which the call that gave the answer has no key, and that call.

    Without a key Flax uses the stream "params", and only raises if that has none.
    """
    root = look.actual.answer
    if root is None or not root.forward or not (look.answer_wrong or unfed(look)):
        return
    given = {key.stream for key in root.keys}
    for stream in sorted(look.expected.late_streams - given):
        yield stream, root


def unfed(look: Look) -> bool:
    """Whether Flax raised because a stream got no key, although the reference has one for it."""
    raised, root = look.raised, look.actual.answer
    if raised is None or raised.exception != "InvalidRngError" or root is None or not root.forward:
        return False
    given = {key.stream for key in root.keys}
    missing = look.expected.late_streams - given
    return look.actual.failed(root) and any(
        f'PRNG for "{stream}"' in raised.message for stream in missing
    )
