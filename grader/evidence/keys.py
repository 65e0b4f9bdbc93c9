"""What the keys of a run say together: whether they follow the seed, and how they were derived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from grader.evidence.look import KeyPair, Look
from grader.evidence.provenance import MAKERS, Provenance
from grader.observation import KeyStep, Root

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
    also depend on sizes, so only cases of the same sizes are compared, where there are any.
    """
    if evidence.seed_name is None or not evidence.answered_wrong:
        return
    streams = dict.fromkeys(pair.stream for look in evidence.looks for pair in look.keys)
    for stream in streams:
        pairs = _groups(evidence, stream)
        same = [pair for pair in pairs if _actual(pair[0], stream) == _actual(pair[1], stream)]
        if same and len(same) == len(pairs):
            yield SeedPair(stream=stream, first=same[0][0], second=same[0][1])
    known = [pair.actual.data for look in evidence.looks for pair in look.keys]
    if known and not any(known):
        yield from _same_answers(evidence)


def _groups(evidence: Evidence, stream: str) -> list[tuple[Look, Look]]:
    """Return the pairs of looks whose keys are known and whose seeds differ."""
    looks = [look for look in evidence.looks if _actual(look, stream) is not None]
    pairs = [
        (first, second)
        for index, second in enumerate(looks)
        for first in looks[:index]
        if evidence.seed(first.case) != evidence.seed(second.case)
        and (first.answer_wrong or second.answer_wrong)
        and _expected(first, stream) != _expected(second, stream)
    ]
    alike = [pair for pair in pairs if pair[0].case.sizes == pair[1].case.sizes]
    return alike or pairs


def _actual(look: Look, stream: str) -> str | None:
    return next((pair.actual.data for pair in look.keys if pair.stream == stream), None)


def _expected(look: Look, stream: str) -> str | None:
    return next((pair.expected.data for pair in look.keys if pair.stream == stream), None)


def _same_answers(evidence: Evidence) -> Iterator[SeedPair]:
    """Yield two looks that differ in nothing but the seed and have one answer."""
    looks = evidence.completed
    for index, second in enumerate(looks):
        for first in looks[:index]:
            seeds = evidence.seed(first.case), evidence.seed(second.case)
            if (
                seeds[0] != seeds[1]
                and _but_seed(evidence, first) == _but_seed(evidence, second)
                and first.result == second.result
                and first.exchange.expected.outcome != second.exchange.expected.outcome
            ):
                yield SeedPair(stream=None, first=first, second=second)


def _but_seed(evidence: Evidence, look: Look) -> list[object]:
    return [each for each in look.case.arguments if each.name != evidence.seed_name]


def derived(evidence: Evidence, look: Look) -> Iterator[KeyPair]:
    """Yield the keys that are not the reference's, where that shows in the answer."""
    if look.answer_wrong or look.raised is not None:
        for pair in look.keys:
            if pair.differs or _other_steps(evidence, pair):
                yield pair


def _other_steps(evidence: Evidence, pair: KeyPair) -> bool:
    """Whether unknown keys were made by more calls than the reference's, or by arithmetic.

    Under `jax.jit` no key is known, only how it was made.
    """
    if pair.actual.data is not None:
        return False
    if deriving_steps(pair.actual):
        return not deriving_steps(pair.expected)
    made = making_step(pair.actual)
    return made is not None and evidence.landmarks.computes(made.span)


def deriving_steps(provenance: Provenance) -> tuple[KeyStep, ...]:
    """Return the steps that made one key of another."""
    return tuple(step for step in provenance.steps if step.operation in {"split", "fold_in"})


def wrong_steps(pair: KeyPair) -> tuple[KeyStep, ...]:
    """Return the steps that made another key than the reference's out of the first one.

    There are none where they are the reference's own: then the first key is at fault.
    """
    same = _chain(pair.actual) == _chain(pair.expected)
    return () if same else deriving_steps(pair.actual)


def _chain(provenance: Provenance) -> list[tuple[object, ...]]:
    """Return how a key was derived: each operation, what it was given, and which key it is."""
    pairs = zip(provenance.steps, provenance.positions, strict=False)
    return [
        (step.operation, step.operands, len(step.made), place)
        for step, place in pairs
        if step.operation in {"split", "fold_in"}
    ]


def making_step(provenance: Provenance) -> KeyStep | None:
    """Return the step that made the first key, if it was seen."""
    return next((step for step in provenance.steps if step.operation in MAKERS), None)


def reused(look: Look) -> tuple[KeyPair, KeyPair] | None:
    """Return two streams that drew from one key, where the reference has one for each."""
    if not look.answer_wrong:
        return None
    for index, second in enumerate(look.keys):
        for first in look.keys[:index]:
            same = first.actual.data is not None and first.actual.data == second.actual.data
            if same and first.expected.data != second.expected.data:
                return first, second
    return None


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
