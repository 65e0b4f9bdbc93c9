"""Whether two programs are the same: fingerprints, what they cover, and the words for it.

A worker traces its side's function with symbolic sizes, then at some executed ones, and sends
fingerprints of what it saw; the judge's side compares the two here. Nothing in this file imports
jax.

Equal fingerprints of one scope mean that both sides apply the same operations to the same operands
in the same order, for every seed and every value of the arrays, at the sizes of the scope. The
claim is about the output, not about parameters or keys, and about arguments as jax arrays. What it
rests on is a table in `ARCHITECTURE.md`.
"""

from __future__ import annotations

import msgspec

from grader.evidence.notation import listing
from grader.model.exercise import Dimension, Exercise, Key, Seed
from grader.model.relations import relation
from grader.model.report import Equivalence, Equivalent
from grader.model.trace import Fingerprint, Scope, Trace, Untraceable, in_plain_words
from grader.proof.reading import Reading

_NOT_FOLLOWED = "a proof can't follow that"
_HOW = "followed for all of them at once, both take the same steps"
_SAME_STEPS = "a proof needs the same steps for every size and seed"


Pairs = list[tuple[Fingerprint, Fingerprint]]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: its traces, and what its text says of them."""

    traces: tuple[Trace, ...]
    reading: Reading = Reading()


def compare(  # noqa: PLR0911  # one for each answer
    exercise: Exercise, reference: Side, submission: Side, *, values_differ: bool = False
) -> Equivalence:
    """Say what the two sides' traces prove; `values_differ` says that an executed case differs.

    Unequal fingerprints prove nothing: programs that are written differently can agree. Nor do
    traces at given sizes alone, which say nothing about others.
    """
    if values_differ:
        return Equivalence(
            status=Equivalent.DIFFERENT, scope="gives different output than the reference"
        )
    if submission.reading.doubt:
        return _unknown(f"{submission.reading.doubt}: {_NOT_FOLLOWED}")
    pairs = _common(reference.traces, submission.traces)
    widest = _widest(pairs)
    if not widest:
        return _unknown(_why_not_traced(submission.traces))
    doubts = [
        each
        for left, right in widest
        for each in (_doubt(reference, left, "the reference"), _doubt(submission, right, "it"))
    ]
    if any(left.digest != right.digest for left, right in widest):
        doubts.append("it takes different steps than the reference, which may be right anyway")
    if any(doubts):
        return _unknown(next(filter(None, doubts)))
    sentence = _sentence(exercise, [left.scope for left, _ in widest])
    if not widest[0][0].scope.symbolic:
        return _unknown(f"{sentence}, but other sizes could not be traced")
    odd = _odd(exercise, reference.traces, pairs)
    if odd:
        return _unknown(f"with {odd} it isn't what it is for sizes in general")
    return Equivalence(status=Equivalent.PROVED, scope=f"{sentence}: {_HOW}")


def _doubt(side: Side, trace: Fingerprint, program: str) -> str:
    """Say what a fingerprint of a program doesn't vouch for; empty if it vouches for its scope."""
    decided = side.reading.decided(trace.decisions)
    if decided:
        where = "" if program == "it" else f"in {program}, "
        return f"{where}{decided}: {_SAME_STEPS}"
    return f"{program} {trace.detail}" if trace.detail else ""


def _odd(exercise: Exercise, expected: tuple[Trace, ...], pairs: Pairs) -> str:
    """Name sizes at which a program isn't what it is for all of them; empty if there are none."""
    held = {repr(left.scope) for left, right in pairs if left.digest == right.digest}
    nouns = {dimension.name: dimension.noun for dimension in exercise.dimensions}
    for each in expected:
        if not each.scope.symbolic and repr(each.scope) not in held:
            sizes = each.scope.sizes.items()
            return listing([f"{nouns[name]} of {size}" for name, size in sizes])
    return ""


def fixed_sizes(reference: Side, submission: Side) -> tuple[dict[str, int], ...]:
    """Return the sizes that aren't symbolic where both were traced: a proof holds for those only.

    They are empty if all are symbolic.
    """
    return tuple(
        left.scope.sizes for left, _ in _widest(_common(reference.traces, submission.traces))
    )


def _common(expected: tuple[Trace, ...], actual: tuple[Trace, ...]) -> Pairs:
    found = {repr(each.scope): each for each in actual if isinstance(each, Fingerprint)}
    traced = [each for each in expected if isinstance(each, Fingerprint)]
    return [(each, found[repr(each.scope)]) for each in traced if repr(each.scope) in found]


def _widest(pairs: Pairs) -> Pairs:
    """Keep the pairs with the most symbolic dimensions."""
    most = max((len(left.scope.symbolic) for left, _ in pairs), default=0)
    return [(left, right) for left, right in pairs if len(left.scope.symbolic) == most]


def _unknown(why: str) -> Equivalence:
    return Equivalence(status=Equivalent.UNKNOWN, scope=why)


def _why_not_traced(actual: tuple[Trace, ...]) -> str:
    """Give the reason of the last rung: the others fail for what only they ask."""
    reasons = [trace.reason for trace in actual if isinstance(trace, Untraceable)]
    return in_plain_words(reasons[-1]) if reasons else "not traced"


def _of(exercise: Exercise, dimension: Dimension) -> str:
    """Name a dimension whose size is open, with what its size is to another's."""
    if dimension.multiple_of:
        noun = exercise.dimension(dimension.multiple_of).noun
        return f"{dimension.noun} (a multiple of {noun}, twice as many or more)"
    related = relation(exercise, dimension)
    return f"{dimension.noun} ({related})" if related else dimension.noun


def _sentence(exercise: Exercise, scopes: list[Scope]) -> str:
    """Name what `scopes` cover, which all have the same symbolic dimensions."""
    seeded = any(isinstance(each, Seed | Key) for each in exercise.parameters)
    parts = ["every seed and all values" if seeded else "all values"]
    nouns = {each.name: each.noun for each in exercise.dimensions}
    first = scopes[0]
    if first.symbolic:
        told = [_of(exercise, each) for each in exercise.dimensions if each.name in first.symbolic]
        parts.append(f"every size above 1 of {listing(told)}")
    if first.sizes:
        shapes = dict.fromkeys("x".join(map(str, scope.sizes.values())) for scope in scopes)
        axes = " x ".join(nouns[name] for name in first.sizes)
        parts.append(f"{axes} of {listing(list(shapes))}")
    for name in first.numbers:
        chosen = dict.fromkeys(f"{scope.numbers[name]:g}" for scope in scopes)
        article = "an" if name[0] in "aeio" else "a"
        parts.append(f"{article} {name} of {listing(list(chosen))}")
    for name in first.others:
        values = dict.fromkeys(repr(scope.others[name]) for scope in scopes)
        parts.append(f"{name} {listing(list(values))}")
    left_out = next((scope.left_out for scope in scopes if scope.left_out), ())
    if left_out:
        parts.append(f"with and without {listing(left_out)}")
    return f"it computes the same as the reference for {', '.join(parts)}"
