"""What a submission's lifted module was mapped over: the examples, or something else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum, auto, unique

from grader.evidence.lifting import mapped_size
from grader.evidence.look import Look
from grader.evidence.trail import LiftedRun, Trail
from grader.model.observation import ArrayType, ModuleRun


@unique
class Mapped(Enum):
    """What `nn.vmap` was seen to do in the call that gave the answer.

    `EXAMPLES`: it maps the reference's module over an axis longer than 1. `ONE`: over an axis of
    length 1, because a case or a loop has no more. `WHOLE`: the module inside gets all examples at
    once. `ANOTHER`: another module ran. `NOTHING`: nothing was seen.
    """

    EXAMPLES = auto()
    ONE = auto()
    WHOLE = auto()
    ANOTHER = auto()
    NOTHING = auto()


def mapped(look: Look) -> Mapped:
    """Say what was mapped in one case."""
    wanted = look.expected.lifted(look.expected.answer)
    found = look.actual.lifted(look.actual.answer)
    if not wanted or not found:
        return Mapped.NOTHING
    if not _same_module(look.expected, look.actual):
        return Mapped.ANOTHER
    if sees_the_whole(look):
        return Mapped.WHOLE
    longer = any(size > 1 for size in _sizes(look.actual))
    return Mapped.EXAMPLES if longer else Mapped.ONE


def sees_the_whole(look: Look) -> bool:
    """Whether the module inside the lifted one gets all examples at once, unlike the reference's.

    Then `nn.vmap` maps an axis that was only added for it.
    """
    wanted, ours = one_example(look.expected), one_example(look.actual)
    outer = look.expected.lifted(look.expected.answer)
    if wanted is None or ours is None or outer[0].run is None:
        return False
    all_of_it = _extent(outer[0].run.inputs)
    return _extent(wanted.inputs) != all_of_it == _extent(ours.inputs)


def _extent(arrays: Iterable[ArrayType]) -> list[int]:
    return [math.prod(each.shape) for each in arrays]


def _sizes(trail: Trail) -> Iterable[int]:
    """Yield the lengths of the axes that the answer's lifted runs map, including nested ones."""
    calls = {call.id: call for call in trail.record.lifted}
    for run in trail.runs(trail.answer) if trail.answer is not None else ():
        call = calls.get(run.lifted) if run.lifted is not None else None
        if call is not None:
            call = call.of_method(run.method)
            yield mapped_size(call, run.inputs, _next_inputs(trail, run)) or call.axis_size or 0


def _next_inputs(trail: Trail, lifted: ModuleRun) -> tuple[ArrayType, ...]:
    """Return what the run just inside of a lifted one got, at the same place in the model."""
    runs = trail.runs(trail.answer) if trail.answer is not None else ()
    within = [each for each in runs if each.depth > lifted.depth and each.path == lifted.path]
    return min(within, key=lambda run: run.depth).inputs if within else ()


def one_example(trail: Trail) -> ModuleRun | None:
    """Return the innermost run at the lifted module's place: what one example sees."""
    for lifted in trail.lifted(trail.answer):
        if lifted.run is not None:
            return max(_inside(trail, lifted), key=lambda run: run.depth, default=None)
    return None


def _inside(trail: Trail, lifted: LiftedRun) -> list[ModuleRun]:
    """Return the runs at the lifted module's place that are not lifted themselves."""
    path = lifted.run.path if lifted.run is not None else ()
    runs = trail.runs(lifted.root)
    return [each for each in runs if each.lifted is None and each.path == path]


def _same_module(expected: Trail, actual: Trail) -> bool:
    """Whether the inner module is the one that the reference lifts, or has the same parameters.

    A class of the exercise's own is defined by the file, under any name.
    """
    wanted = one_example(expected)
    if wanted is None:
        return False
    name = f"{wanted.defined_in}.{wanted.class_name}"
    runs = actual.runs(actual.answer) if actual.answer is not None else ()
    inside = [each for each in runs if each.inside is not None and each.lifted is None]
    if not wanted.defined_in.startswith("flax."):
        return bool(inside)
    return any(name in (f"{each.defined_in}.{each.class_name}", *each.bases) for each in inside)
