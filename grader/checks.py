"""How each check ends: what passes it, what leaves it open, what fails it. Pure, as the judge is.

A check passes only where something was observed that could have failed it, compared with what the
reference shows; else it is skipped. `CHECKS` is the table that ARCHITECTURE.md tells in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto, unique
from itertools import pairwise
from typing import Final

import msgspec

from grader.compare import OtherKind, OtherShape, OtherType, OtherValues, Same
from grader.evidence import Evidence, Look
from grader.evidence.mapping import Mapped, mapped
from grader.evidence.randomness import Drawn, drawn
from grader.evidence.repeats import repeated
from grader.evidence.trail import Trail
from grader.exercise import Check
from grader.observation import Completed, Loaded
from grader.report import Status


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """What a check needs to pass, in words that complete "it needs", and how it ends."""

    needs: str
    ends: Callable[[Evidence], Status]


@unique
class _Sign(Enum):
    """What one case says of a check. `OPEN`: seen, but too small to tell. `UNSEEN`: not seen."""

    FOR = auto()
    AGAINST = auto()
    OPEN = auto()
    UNSEEN = auto()


# ---------------------------------------------------------------------------- what the outcomes say


def _loads(evidence: Evidence) -> Status:
    return Status.PASSED if isinstance(evidence.transcript.loaded, Loaded) else Status.FAILED


def _runs(evidence: Evidence) -> Status:
    if not evidence.looks:
        return Status.SKIPPED
    return Status.PASSED if _complete(evidence) else Status.FAILED


def _complete(evidence: Evidence) -> bool:
    """Whether every case was answered: what raised in one may have been wrong in it."""
    looks = evidence.looks
    return bool(looks) and all(
        isinstance(look.exchange.actual.outcome, Completed) for look in looks
    )


# ----------------------------------------------------------------------------- what the answers say


def _shape(evidence: Evidence) -> Status:
    comparisons = [look.comparison for look in evidence.completed]
    if any(isinstance(each, OtherKind | OtherShape | OtherType) for each in comparisons):
        return Status.FAILED
    return Status.PASSED if _complete(evidence) else Status.SKIPPED


def _values(evidence: Evidence) -> Status:
    """The same numbers in every case, and not always the same ones."""
    comparisons = [look.comparison for look in evidence.completed]
    if any(isinstance(each, OtherValues) for each in comparisons):
        return Status.FAILED
    same = all(isinstance(each, Same) for each in comparisons)
    telling = _complete(evidence) and same and _vary(evidence, lambda look: look.expected)
    return Status.PASSED if telling else Status.SKIPPED


def _pure(evidence: Evidence) -> Status:
    """A call was repeated and answered alike, by a program that doesn't always say the same."""
    looks = evidence.completed
    if not _complete(evidence) or any(isinstance(look.comparison, OtherKind) for look in looks):
        return Status.SKIPPED
    if evidence.impure or evidence.mutates:
        return Status.SKIPPED
    seen = repeated(looks) and _vary(evidence, lambda look: look.actual)
    return Status.PASSED if seen else Status.SKIPPED


def _vary(evidence: Evidence, side: Callable[[Look], Trail]) -> bool:
    """Whether a side's answers to cases of the same sizes are not all one."""
    answers: dict[tuple[tuple[str, int], ...], object] = {}
    for look in evidence.completed:
        outcome = side(look).observation.outcome
        sizes = tuple(look.case.sizes.items())
        if answers.setdefault(sizes, outcome) != outcome:
            return True
    return False


# ------------------------------------------------------------------------------ what was recorded


def _lifted(evidence: Evidence) -> Status:
    return _recorded(evidence, _lifted_in)


def _lifted_in(look: Look) -> _Sign:
    match mapped(look):
        case Mapped.EXAMPLES:
            return _Sign.FOR
        case Mapped.ONE:
            return _Sign.OPEN
        case Mapped.NOTHING:
            return _Sign.UNSEEN
        case Mapped.WHOLE | Mapped.ANOTHER:
            return _Sign.AGAINST


def _params(evidence: Evidence) -> Status:
    return _recorded(evidence, _params_in)


def _params_in(look: Look) -> _Sign:
    """Compare the variables: the same tree and shapes, no more alike, and written where asked."""
    if not look.expected.variables or not look.actual.variables:
        return _Sign.UNSEEN
    differ = bool(look.variables) and not _moved(look)
    if differ or any(_more_alike(look)) or not _written(look):
        return _Sign.AGAINST
    return _Sign.FOR


def _moved(look: Look) -> bool:
    """Whether the variables were made as the reference's and only then put into another tree."""
    root, maker = look.actual.answer, look.actual.maker
    if root is None or maker is None or maker is root:
        return False
    wanted = {(each.collection, each.path, each.type) for each in look.expected.variables}
    made = {(each.collection, each.path, each.type) for each in maker.made}
    digests = {each.digest for each in maker.made}
    return wanted == made and all(each.digest in digests for each in root.given)


def _written(look: Look) -> bool:
    """Whether the collections came out that the reference's call updates.

    What a bound module updates isn't recorded, so that its answer has to be right.
    """
    bound = look.actual.answer is not None and look.actual.answer.kind == "bind"
    return look.expected.written <= look.actual.written or (bound and not look.answer_wrong)


def _more_alike(look: Look) -> Iterator[bool]:
    wanted = {(each.collection, each.path): each for each in look.expected.variables}
    for found in look.actual.variables:
        known = wanted.get((found.collection, found.path))
        if known is not None and known.digest is not None:
            yield not set(found.alike_along) <= set(known.alike_along)


def _rng(evidence: Evidence) -> Status:
    seeded = _follows_seed(evidence)

    def sign(look: Look) -> _Sign:
        match drawn(look):
            case Drawn.SAME:
                return _Sign.FOR
            case Drawn.OTHERWISE:
                return _Sign.AGAINST
            case Drawn.UNKNOWN:
                return _Sign.FOR if seeded else _Sign.UNSEEN
            case Drawn.NOTHING:
                return _Sign.OPEN if seeded else _Sign.UNSEEN

    return _recorded(evidence, sign)


def _follows_seed(evidence: Evidence) -> bool:
    """Whether the numbers are right in cases that differ in the seed alone, and so do they."""
    looks = evidence.completed
    if evidence.seed_name is None or not all(isinstance(each.comparison, Same) for each in looks):
        return False
    groups: dict[bytes, list[Look]] = {}
    for look in looks:
        rest = [each for each in look.case.arguments if each.name != evidence.seed_name]
        groups.setdefault(msgspec.msgpack.encode(rest), []).append(look)
    return any(
        first.exchange.expected.outcome != second.exchange.expected.outcome
        for group in groups.values()
        for first, second in pairwise(group)
    )


def _recorded(evidence: Evidence, sign: Callable[[Look], _Sign]) -> Status:
    """Pass where some case says so, none says otherwise, and none went unseen.

    A function that jax compiled before, or whose answer was kept, leaves nothing to see: a case is
    excused where the same process was seen at the same sizes.
    """
    if not _complete(evidence):
        return Status.SKIPPED
    signs = [(look, sign(look)) for look in evidence.looks]
    seen = {_shape_of(look) for look, each in signs if each in {_Sign.FOR, _Sign.OPEN}}
    unseen = {_shape_of(look) for look, each in signs if each is _Sign.UNSEEN}
    found = {each for _, each in signs}
    passed = _Sign.FOR in found and _Sign.AGAINST not in found and unseen <= seen
    return Status.PASSED if passed else Status.SKIPPED


def _shape_of(look: Look) -> tuple[int, tuple[tuple[str, int], ...]]:
    return look.exchange.process, tuple(look.case.sizes.items())


CHECKS: Final[dict[Check, Needed]] = {
    Check.LOADS: Needed(needs="a file that loads and defines the function", ends=_loads),
    Check.RUNS: Needed(needs="an answer to every case", ends=_runs),
    Check.SHAPE: Needed(needs="an answer to every case", ends=_shape),
    Check.VALUES: Needed(
        needs="an answer to every case, and a reference whose answers to cases of the same sizes "
        "differ",
        ends=_values,
    ),
    Check.LIFTED: Needed(
        needs="a reference that lifts a module with nn.vmap, and a run of that module in which "
        "nn.vmap maps the same axis",
        ends=_lifted,
    ),
    Check.PARAMS: Needed(
        needs="a reference that makes variables with Flax, and the variables of the program",
        ends=_params,
    ),
    Check.RNG: Needed(
        needs="a seed that the reference's answers depend on, and the keys of the program or "
        "right numbers for several seeds",
        ends=_rng,
    ),
    Check.PURE: Needed(
        needs="two calls with the same arguments, and answers that depend on the arguments",
        ends=_pure,
    ),
}


def observed(evidence: Evidence) -> dict[Check, Status]:
    """Return how each check ends by what was observed, whatever the rules have found."""
    if not isinstance(evidence.transcript.loaded, Loaded):
        return dict.fromkeys(Check, Status.SKIPPED) | {Check.LOADS: Status.FAILED}
    return {check: needed.ends(evidence) for check, needed in CHECKS.items()}


def why_skipped(check: Check) -> str:
    """Say in a line what is missing where a check was skipped."""
    return f"not shown: it takes {CHECKS[check].needs}"
