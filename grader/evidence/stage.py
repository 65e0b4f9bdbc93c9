"""The stage at which the numbers of a wrong answer went wrong, if it was recorded."""

from __future__ import annotations

from enum import StrEnum, unique

from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.updates import unaccounted
from grader.model.observation import ModuleRun, digest


@unique
class Stage(StrEnum):
    """The first thing that differs from the reference."""

    INPUT = "input"
    VARIABLES = "variables"
    OUTPUT = "output"
    BOTH = "input and output"


def stage(look: Look) -> Stage | None:
    """Return the first stage where a wrong answer differs from the reference, None if unknown.

    Both modules must have been called once, with concrete numbers.
    """
    ours, theirs = _run(look, actual=True), _run(look, actual=False)
    if (
        not look.answer_wrong
        or ours is None
        or theirs is None
        or None in (ours.given, theirs.given)
    ):
        return None
    if ours.given == theirs.given and _written_alike(look):
        return Stage.OUTPUT
    return _earlier(look, ours, theirs)


def _earlier(look: Look, ours: ModuleRun, theirs: ModuleRun) -> Stage | None:
    """Return the stage of a module that gave another output than the reference's."""
    if None in (ours.taken, theirs.taken):
        return None
    if look.variables or look.other_key or look.deviations:
        return None
    if len(ours.inputs) > len(theirs.inputs):
        return None  # the reference's may be among them
    same_variables = _digests(look, actual=True) == _digests(look, actual=False)
    if not _is_passed_on(look, ours):
        both = _inputs(ours) != _inputs(theirs) and look.given is not None
        return Stage.BOTH if both and not look.expected.written and same_variables else None
    if _inputs(ours) != _inputs(theirs):
        return Stage.INPUT if same_variables else None
    return Stage.VARIABLES if not same_variables and _replaced(look) else None


def _is_passed_on(look: Look, ours: ModuleRun) -> bool:
    """Whether the answer has the module's outputs, and behind them only updated variables."""
    found = list(arrays(look.exchange.actual).values())
    outputs, updates = found[: len(ours.outputs)], found[len(ours.outputs) :]
    given = digest("".join(digest(each.data) for each in outputs).encode())
    root = look.actual.answer
    made = {each.digest for each in root.made} if root is not None else set()
    return given == ours.given and all(digest(each.data) in made for each in updates)


def astray(look: Look) -> bool:
    """Whether something outside of the module made this answer wrong, whatever other cases show.

    In this case the one call of Flax is the task's, so a mistake that only shows in others, as a
    constant key does where the seed is another, doesn't account for it.
    """
    calls = [root for root in look.actual.forward if not root.raised]
    if len(calls) != 1 or not look.shaped_as_expected:
        return False
    match stage(look):
        case Stage.INPUT | Stage.BOTH:
            return look.found is not None
        case Stage.OUTPUT:
            return not look.deviations and bool(unaccounted(look))
        case _:
            return False


def _inputs(run: ModuleRun) -> tuple[object, ...]:
    """Return what a module got: numbers and shapes, since a reshaped array has the same digest."""
    return run.taken, run.inputs


def _replaced(look: Look) -> bool:
    """Whether the module was applied with different variables than `init` made for it."""
    answer, maker = look.actual.answer, look.actual.maker
    if answer is None or maker is None or answer is maker:
        return False
    wanted = {(each.collection, each.path): each.digest for each in look.expected.variables}
    made = {(each.collection, each.path): each.digest for each in maker.made}
    return None not in made.values() and wanted == made


def _written_alike(look: Look) -> bool:
    """Whether both calls returned the same variables next to the output."""
    wanted, found = look.expected.answer, look.actual.answer
    made = {(each.collection, each.path): each.digest for each in found.made} if found else {}
    return wanted is not None and all(
        each.digest is not None and made.get((each.collection, each.path)) == each.digest
        for each in wanted.made
        if each.collection in look.expected.written
    )


def _run(look: Look, *, actual: bool) -> ModuleRun | None:
    trail = look.actual if actual else look.expected
    return trail.top(trail.answer) if trail.answer is not None else None


def _digests(look: Look, *, actual: bool) -> list[tuple[object, ...]]:
    trail = look.actual if actual else look.expected
    return [(each.collection, each.path, each.digest) for each in trail.variables]
