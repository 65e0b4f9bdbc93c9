"""What the keys of a run say together: whether they follow the seed, and how they were derived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.look import KeyPair, Look
from grader.evidence.provenance import MAKERS, Provenance
from grader.observation import KeyStep

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

Sizes = tuple[tuple[str, int], ...]


def seed_pairs(evidence: Evidence) -> Iterator[tuple[Look, Look]]:
    """Yield two looks with different seeds that came to one answer, where they shouldn't.

    Nothing is yielded if the key follows the seed in any way: that is a derived key. A key may
    also depend on sizes, so only cases of the same sizes are compared, where there are any.
    """
    if evidence.seed_name is None or not evidence.answered_wrong:
        return
    pairs = _groups(evidence)
    same = [pair for pair in pairs if _same_key(*pair)]
    if same and len(same) == len(pairs):
        yield same[0]
    if any(look.keys for look in evidence.looks) and not any(map(_known, evidence.looks)):
        yield from _same_answers(evidence)


def _groups(evidence: Evidence) -> list[tuple[Look, Look]]:
    """Return the pairs of looks whose keys are known and whose seeds differ."""
    looks = [look for look in evidence.looks if _known(look)]
    pairs = [
        (first, second)
        for index, second in enumerate(looks)
        for first in looks[:index]
        if evidence.seed(first.case) != evidence.seed(second.case)
        and (first.answer_wrong or second.answer_wrong)
        and not _same_expected(first, second)
    ]
    alike = [pair for pair in pairs if pair[0].case.sizes == pair[1].case.sizes]
    return alike or pairs


def _known(look: Look) -> bool:
    return any(pair.actual.data is not None for pair in look.keys)


def _same_expected(first: Look, second: Look) -> bool:
    return [p.expected.data for p in first.keys] == [p.expected.data for p in second.keys]


def _same_key(first: Look, second: Look) -> bool:
    return [p.actual.data for p in first.keys] == [p.actual.data for p in second.keys]


def _same_answers(evidence: Evidence) -> Iterator[tuple[Look, Look]]:
    """Yield two looks that differ in nothing but the seed and have one answer."""
    looks = evidence.completed
    for index, second in enumerate(looks):
        for first in looks[:index]:
            seeds = evidence.seed(first.case), evidence.seed(second.case)
            if (
                seeds[0] != seeds[1]
                and _but_seed(evidence, first) == _but_seed(evidence, second)
                and first.found == second.found
                and first.wanted != second.wanted
            ):
                yield first, second


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


def making_step(provenance: Provenance) -> KeyStep | None:
    """Return the step that made the first key, if it was seen."""
    return next((step for step in provenance.steps if step.operation in MAKERS), None)
