"""The result of each check: when it passes, is skipped, or fails. Pure, like the judge.

A check passes only if something was observed that could have failed it, compared with the
reference; otherwise it is skipped. ARCHITECTURE.md describes the table `CHECKS` in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import msgspec

from grader.compare import OtherKind, OtherShape, OtherType, OtherValues, Same
from grader.evidence import Evidence, Look
from grader.evidence.altered import Part, lifted_part
from grader.evidence.loops import uncompared
from grader.evidence.nnx import nnx_look, nnx_looks, nnx_use
from grader.evidence.reach import gets_all, gives_constants, lifts_parts, reaches
from grader.evidence.recomputed import partly_outside
from grader.evidence.repeats import repeated
from grader.evidence.signs import (
    Sign,
    Signs,
    lifted_sign,
    nnx_params_sign,
    params_sign,
    rng_sign,
)
from grader.evidence.trail import Trail
from grader.evidence.uses import asked, counts_unseen, part, runs, unseen, used
from grader.model.exercise import Check, Use
from grader.model.observation import Completed, Loaded, Outcome
from grader.model.report import Status
from grader.model.transforms import needs_nnx


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check; if it was skipped, `missing` says in one line what was not seen."""

    status: Status
    missing: str = ""


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """What a check needs to pass, in words that complete "it needs", and how to evaluate it."""

    needs: str
    ends: Callable[[Evidence], Ended]


_PASSED: Final = Ended(status=Status.PASSED)
_FAILED: Final = Ended(status=Status.FAILED)


def _skipped(missing: str) -> Ended:
    return Ended(status=Status.SKIPPED, missing=missing)


_INCOMPLETE: Final = _skipped("some case got no answer")
_NOTHING_RAN: Final = _skipped("nothing was run")


# ---------------------------------------------------------------------------- what the outcomes say


def _loads(evidence: Evidence) -> Ended:
    return _PASSED if isinstance(evidence.transcript.loaded, Loaded) else _FAILED


def _runs(evidence: Evidence) -> Ended:
    if not evidence.looks:
        return _NOTHING_RAN
    return _PASSED if _complete(evidence) else _FAILED


def _complete(evidence: Evidence) -> bool:
    """Whether every case got an answer: in one without, anything may have been wrong."""
    looks = evidence.looks
    return bool(looks) and all(
        isinstance(look.exchange.actual.outcome, Completed) for look in looks
    )


# ----------------------------------------------------------------------------- what the answers say


def _shape(evidence: Evidence) -> Ended:
    comparisons = [look.comparison for look in evidence.completed]
    if any(isinstance(each, OtherKind | OtherShape | OtherType) for each in comparisons):
        return _FAILED
    return _PASSED if _complete(evidence) else _INCOMPLETE


def _values(evidence: Evidence) -> Ended:
    """In every case the reference's numbers, and the reference's answers aren't all the same."""
    comparisons = [look.comparison for look in evidence.completed]
    if any(isinstance(each, OtherValues) for each in comparisons):
        return _FAILED
    if not _complete(evidence):
        return _INCOMPLETE
    if not all(isinstance(each, Same) for each in comparisons):
        return _skipped("some answer has another shape or type, so its numbers weren't compared")
    expected = [look.expected.observation.outcome for look in evidence.completed]
    if not expected:
        return _skipped("the reference gave no answer to compare with")
    if expected.count(expected[0]) == len(expected):
        return _skipped("the reference's answers are all the same, so right numbers prove little")
    return _PASSED


def _pure(evidence: Evidence) -> Ended:
    """A repeated call got the same answer, and other calls got other answers."""
    looks = evidence.completed
    if not _complete(evidence):
        return _INCOMPLETE
    if any(isinstance(look.comparison, OtherKind) for look in looks):
        return _skipped("there is no answer to compare with another")
    if evidence.impure or evidence.mutates:
        return _skipped("the same arguments gave different answers, or were changed")
    if not repeated(looks):
        return _skipped("no call was repeated")
    if not _vary(evidence, lambda look: look.actual):
        return _skipped("the answer doesn't depend on the arguments, so a repeated call can't tell")
    return _PASSED


def _vary(evidence: Evidence, side: Callable[[Look], Trail]) -> bool:
    """Whether a side's answers differ; if cases share their sizes, whether these differ.

    Zeros of the right shape differ from size to size without depending on the arguments' values.
    """
    answers: dict[tuple[tuple[str, int], ...], dict[bytes, Outcome]] = {}
    for look in evidence.completed:
        same_sizes = answers.setdefault(tuple(look.case.sizes.items()), {})
        arguments = msgspec.msgpack.encode(look.case.arguments)
        same_sizes.setdefault(arguments, side(look).observation.outcome)
    groups = [list(each.values()) for each in answers.values() if len(each) > 1]
    everything = [outcome for each in answers.values() for outcome in each.values()]
    return any(len(each) > 1 and each.count(each[0]) < len(each) for each in groups or [everything])


# ------------------------------------------------------------------------------ what was recorded


def _lifted(evidence: Evidence) -> Ended:
    signs = Signs(
        against="what ran inside nn.vmap is not the task's module on one example",
        unseen="in some case no run of a lifted module was seen",
        open="nn.vmap wasn't seen to map more than one example",
    )
    ended = _recorded(evidence, lifted_sign, signs)
    if ended.status is Status.PASSED and lifted_part(evidence) in {Part.SOME, Part.NONE}:
        return _skipped("the answer isn't only what the lifted module returns")
    return ended


def _transform(evidence: Evidence) -> Ended:
    """Every asked transform ran, nested as in the reference, and the answer comes from it."""
    if not _complete(evidence):
        return _INCOMPLETE
    uses = evidence.exercise.uses
    if not uses or not all(asked(evidence, use) for use in uses):
        return _skipped("the reference uses no transform of the table")
    return next((_skipped(words) for words, missing in _LACKS if missing(evidence)), _PASSED)


def _shallow(evidence: Evidence) -> bool:
    return unseen(evidence) or not all(_as_deep(evidence, use) for use in evidence.exercise.uses)


def _idle(evidence: Evidence) -> bool:
    return not all(reaches(evidence, use) for use in evidence.exercise.uses)


def _mapped(evidence: Evidence) -> bool:
    """Whether NNX's layers ran in the map where the reference's do, and never beside it."""
    looks = [each for each in nnx_looks(evidence) if each.expected.mapped]
    beside = any(each.actual.every_call and not each.actual.calls_layers for each in looks)
    return not looks or (any(each.actual.mapped for each in looks) and not beside)


def _as_deep(evidence: Evidence, use: Use) -> bool:
    return len(used(evidence, use)) >= len(asked(evidence, use))


_LACKS: Final[tuple[tuple[str, Callable[[Evidence], bool]], ...]] = (
    ("no run of the transform was seen, or fewer were nested", _shallow),
    (
        "the answer isn't only what the transform gives",
        lambda evidence: part(evidence) in {Part.SOME, Part.NONE},
    ),
    ("the answer's integers weren't seen to come from the transform", counts_unseen),
    ("the transform did less for the answer than the reference's", _idle),
    ("the transform gives the same numbers whatever the arguments are", gives_constants),
    ("only parts of the module were lifted, not all of it", lifts_parts),
    ("the layers didn't run inside the transform", lambda evidence: not _mapped(evidence)),
    (
        "some layers ran outside of the transform",
        lambda evidence: any(partly_outside(evidence, use) for use in evidence.exercise.uses),
    ),
    ("each run of the mapped function had all of the layer's input", gets_all),
    (
        "an answer is wrong, and the loop ran several times or in a map: it wasn't compared",
        uncompared,
    ),
)
"""What an asked transform may lack, in words, and how to find it."""


def _task(evidence: Evidence) -> Ended:
    """The author's own check was called on every case, and had nothing to say."""
    said = [look.exchange.said for look in evidence.looks]
    if any(each is not None and each.message is not None for each in said):
        return _FAILED
    if not _complete(evidence):
        return _INCOMPLETE
    return _skipped("the author's check wasn't called on every case") if None in said else _PASSED


def _params(evidence: Evidence) -> Ended:
    signs = Signs(
        against="the observed variables differ from the reference's",
        unseen="in some case no variables were seen",
        open="no variables were seen",
    )
    return _recorded(evidence, lambda look: _params_sign(evidence, look), signs)


def _params_sign(evidence: Evidence, look: Look) -> Sign:
    """Look at Linen's variables, or where the exercise is about NNX, at those of its modules."""
    if not needs_nnx(evidence.exercise):
        return params_sign(look)
    return nnx_params_sign(nnx_look(look, nnx_use(evidence.exercise)))


def _rng(evidence: Evidence) -> Ended:
    signs = Signs(
        against="the observed keys, or how they were split, differ from the reference's",
        unseen="in some case no key was seen",
        open="no key was seen",
    )
    seeded = _follows_seed(evidence)
    return _recorded(evidence, lambda look: rng_sign(look, seeded=seeded), signs)


def _follows_seed(evidence: Evidence) -> bool:
    """Whether the numbers are right, and differ, in cases that differ only in the seed."""
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


def _recorded(evidence: Evidence, sign: Callable[[Look], Sign], words: Signs) -> Ended:
    """Pass if some case supports it, none contradicts it, and every case was seen.

    A function that jax compiled before, or that caches its answer, leaves nothing to see: such a
    case is excused if another one was seen that is alike. A trace may have compiled it, so that its
    process shows nothing at some sizes; then another one does.
    """
    if not _complete(evidence):
        return _INCOMPLETE
    signs = [(look, sign(look)) for look in evidence.looks]
    found = {each for _, each in signs}
    told = [look for look, each in signs if each in {Sign.FOR, Sign.OPEN}]
    seen = [alike for look in told for alike in _alike(look)]
    if Sign.AGAINST in found:
        return _skipped(words.against)
    unseen = [look for look, each in signs if each is Sign.UNSEEN]
    if not all(any(alike in seen for alike in _alike(look)) for look in unseen):
        return _skipped(words.unseen)
    return _PASSED if Sign.FOR in found else _skipped(words.open)


def _alike(look: Look) -> Iterator[object]:
    """Yield what jax, or a program, may have kept of an earlier call: at the same sizes, or types.

    The same layer may run on parts of several inputs, or inside a map over some of their axes.
    """
    yield look.case.sizes
    for use in look.exercise.uses:
        yield from ((run.span, run.inputs) for run in runs(look.actual, use) if run.inputs)


CHECKS: Final[dict[Check, Needed]] = {
    Check.LOADS: Needed(needs="a file that loads and defines the function", ends=_loads),
    Check.RUNS: Needed(needs="an answer to every case", ends=_runs),
    Check.SHAPE: Needed(needs="an answer to every case", ends=_shape),
    Check.VALUES: Needed(
        needs="an answer of the right shape to every case, and a reference whose answers aren't "
        "all the same",
        ends=_values,
    ),
    Check.LIFTED: Needed(
        needs="a reference that lifts a module with nn.vmap, and a run in which nn.vmap maps that "
        "module over more than one example",
        ends=_lifted,
    ),
    Check.TRANSFORM: Needed(
        needs="a reference that uses each transform in `uses`, and runs of them in the program, as "
        "deep in each other as in the reference",
        ends=_transform,
    ),
    Check.PARAMS: Needed(
        needs="a reference whose call of Flax has variables, and variables of the program to "
        "compare with them",
        ends=_params,
    ),
    Check.RNG: Needed(
        needs="a seed that the reference's answers depend on, and the program's keys, or right "
        "numbers for several seeds",
        ends=_rng,
    ),
    Check.TASK: Needed(
        needs="a file checks.py in the exercise's folder, called on every case", ends=_task
    ),
    Check.PURE: Needed(
        needs="two calls with the same arguments, and answers that depend on the arguments",
        ends=_pure,
    ),
}


def observed(evidence: Evidence) -> dict[Check, Ended]:
    """Return the result of each check by what was observed, without the rules' findings."""
    if not isinstance(evidence.transcript.loaded, Loaded):
        return dict.fromkeys(Check, _NOTHING_RAN) | {Check.LOADS: _FAILED}
    return {check: needed.ends(evidence) for check, needed in CHECKS.items()}
