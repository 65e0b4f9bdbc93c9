"""A look at one exchange: both sides' trails, the compared answers, and the deviations."""

from __future__ import annotations

import math
from functools import cached_property
from operator import le
from typing import Final

import msgspec
import numpy as np

from grader.compare import (
    Comparison,
    OtherShape,
    Same,
    Tolerance,
    close,
    compare,
    numbers,
    tolerance_of,
)
from grader.evidence.deviation import (
    Arrangement,
    Deviation,
    arguments_exchanged,
    arrangement,
    deviations,
    inputs_replaced,
    inputs_turned,
)
from grader.evidence.lifting import array_axes, mapped_size
from grader.evidence.order import Order, rearranged
from grader.evidence.provenance import Provenance, provenances
from grader.evidence.trail import Trail
from grader.model.case import ArrayValue, Case, Container, IntValue
from grader.model.exercise import Exercise, leaves
from grader.model.observation import (
    ArrayType,
    Completed,
    LiftedCall,
    ModuleRun,
    Raised,
    Result,
    SequenceResult,
    Span,
    Variable,
    digest,
)
from grader.model.transcript import Exchange


class VariableDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that only one side has, or that has another type."""

    collection: str
    path: tuple[str, ...]
    expected: Variable | None
    actual: Variable | None

    @property
    def name(self) -> str:
        """The variable's name in the tree: `params/kernel`."""
        return "/".join((self.collection, *self.path))

    @property
    def one_sided(self) -> bool:
        """Whether only one side has it."""
        return self.expected is None or self.actual is None


class KeyPair(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that both sides used for one stream."""

    stream: str
    expected: Provenance
    actual: Provenance

    @property
    def differs(self) -> bool:
        """Whether both are known and differ."""
        known = self.expected.data is not None and self.actual.data is not None
        return known and self.expected.data != self.actual.data

    @property
    def agrees(self) -> bool:
        """Whether both are known and the same."""
        return self.expected.data is not None and self.expected.data == self.actual.data

    @property
    def other_kind(self) -> bool:
        """Whether their implementations are known to differ."""
        kinds = {self.expected.implementation, self.actual.implementation}
        return len(kinds) == 2 and "" not in kinds


class Look:
    """Facts derived from one exchange; the exercise determines the tolerance and the words."""

    def __init__(self, exercise: Exercise, exchange: Exchange) -> None:
        self.exercise = exercise
        self.exchange = exchange
        self.case: Case = exchange.case
        self.expected = Trail(exchange.expected)
        self.actual = Trail(exchange.actual)

    @cached_property
    def size(self) -> tuple[int, bool, int, tuple[int, ...]]:
        """How large the case is: smaller ones make better examples."""
        sizes = tuple(self.case.sizes.values())
        values = [argument.value for argument in self.case.arguments]
        numbers = sum(value.value for value in values if isinstance(value, IntValue))
        return math.prod(sizes), self.case.container is not Container.JAX, numbers, sizes

    @cached_property
    def mapped_size(self) -> int | None:
        """How many examples the reference maps over; None if it lifts nothing."""
        for lifted in self.expected.lifted(self.expected.answer):
            inputs = lifted.run.inputs if lifted.run is not None else ()
            return mapped_size(lifted.call, inputs) or lifted.call.axis_size
        return None

    @cached_property
    def raised(self) -> Raised | None:
        """The exception, if the submission's function raised one."""
        outcome = self.exchange.actual.outcome
        return outcome if isinstance(outcome, Raised) else None

    @cached_property
    def raised_unlifted(self) -> bool:
        """Whether the task's own module raised, running without being lifted."""
        root, wanted = self.actual.answer, self.expected.layer
        if self.raised is None or root is None or wanted is None or self.actual.record.lifted:
            return False
        top = self.actual.top(root)
        inner = self.expected.innermost(self.expected.answer)
        same = top is not None and inner is not None and top.class_name == inner.class_name
        return same and top is not None and root.raised and top.raised

    @cached_property
    def misshapen_unlifted(self) -> bool:
        """Whether a module that wasn't lifted gave the answer, with other shapes."""
        root = self.actual.answer
        return root is not None and not self.actual.is_lifted(root) and not self.shaped_as_expected

    @cached_property
    def shaped_as_expected(self) -> bool:
        """Whether the module's output has the shapes of the reference's."""
        wanted, found = self._shapes(self.expected), self._shapes(self.actual)
        return wanted is not None and wanted == found

    @cached_property
    def sized_as_expected(self) -> bool:
        """Whether the module's outputs have the reference's sizes, in any order of axes."""
        wanted, found = self._shapes(self.expected), self._shapes(self.actual)
        return None not in (wanted, found) and _turned(wanted) == _turned(found)

    def _shapes(self, trail: Trail) -> list[tuple[int, ...]] | None:
        top = trail.top(trail.answer) if trail.answer is not None else None
        return [each.shape for each in top.outputs] if top is not None else None

    @cached_property
    def tolerance(self) -> Tolerance:
        """How far values may lie apart in this case."""
        return tolerance_of(self.case, self.exchange.expected, self.exercise.tolerance)

    @cached_property
    def comparison(self) -> Comparison | None:
        """How the answers compare; None unless both sides returned."""
        expected, actual = self.exchange.expected.outcome, self.exchange.actual.outcome
        if isinstance(expected, Completed) and isinstance(actual, Completed):
            return compare(expected.result, actual.result, self.tolerance)
        return None

    @cached_property
    def result(self) -> Result | None:
        """What the submission returned, None if it didn't."""
        outcome = self.exchange.actual.outcome
        return outcome.result if isinstance(outcome, Completed) else None

    @cached_property
    def wanted(self) -> ArrayValue | None:
        """The array that was expected, None if the answer is something else."""
        outcome = self.exchange.expected.outcome
        result = outcome.result if isinstance(outcome, Completed) else None
        return result if isinstance(result, ArrayValue) else None

    @cached_property
    def found(self) -> ArrayValue | None:
        """The array that came back, None if it is something else."""
        return self.result if isinstance(self.result, ArrayValue) else None

    @property
    def given(self) -> str | None:
        """The digest of all arrays of the answer, comparable to a run's digest of its output."""
        outcome = self.exchange.actual.outcome
        items = outcome.result if isinstance(outcome, Completed) else None
        found = items.items if isinstance(items, SequenceResult) else (items,)
        digests = [digest(each.data) for each in found if isinstance(each, ArrayValue)]
        return digest("".join(digests).encode()) if len(digests) == len(found) else None

    @cached_property
    def passed_on(self) -> Order | None:
        """The order in which the answer has the numbers of the module's output.

        None if it has other numbers, or if that isn't known: the module's output may have been a
        tracer, or one of several.
        """
        return _passed_on(self.actual, self.found)

    @cached_property
    def processed(self) -> bool:
        """Whether the answer has other numbers than the module gave, unlike the reference's."""
        run = _only_run(self.actual)
        if run is None or self.found is None or _passed_on(self.expected, self.wanted) is None:
            return False
        (output,) = run.outputs
        alike = output.dtype == self.found.dtype and math.prod(output.shape) == math.prod(
            self.found.shape
        )
        return alike and self.passed_on is None

    @property
    def dtype(self) -> str:
        """The dtype that was expected."""
        return self.wanted.dtype if self.wanted is not None else "float32"

    @cached_property
    def factor(self) -> float | None:
        """The common factor by which all numbers of a wrong answer are off, or None."""
        right = numbers(self.wanted) if self.wanted is not None else None
        read = numbers(self.found) if self.found is not None else None
        if right is None or read is None or right.shape != read.shape or right.size < 2:
            return None
        top = int(np.argmax(np.abs(np.nan_to_num(right, posinf=0, neginf=0))))
        divisor = right.reshape(-1)[top]
        factor = float((read.reshape(-1)[top] / divisor).real) if divisor else math.nan
        if not math.isfinite(factor) or factor == 1:
            return None
        alike = close(right * factor, read, Tolerance(relative=1e-4, absolute=1e-30))
        return factor if bool(np.all(alike)) else None

    @cached_property
    def variables(self) -> tuple[VariableDifference, ...]:
        """The variables with another place or type, in the reference's collections.

        Empty if either side's variables weren't seen, or if the call that answers got parts of
        right ones: in a right answer, or as one call of several that share the work.
        """
        return () if self.shares_work or (self.in_parts and not self.failed) else self._unlike

    @cached_property
    def _unlike(self) -> tuple[VariableDifference, ...]:
        wanted = {(each.collection, each.path): each for each in self.expected.variables}
        found = {(each.collection, each.path): each for each in self.actual.variables}
        collections = {collection for collection, _ in wanted}
        if not wanted or not found:
            return ()
        places = [*wanted, *(place for place in found if place not in wanted)]
        return tuple(
            VariableDifference(
                collection=place[0],
                path=place[1],
                expected=wanted.get(place),
                actual=found.get(place),
            )
            for place in places
            if place[0] in collections and not _same_type(wanted.get(place), found.get(place))
        )

    @cached_property
    def made_elsewhere(self) -> bool:
        """Whether another call than the one that answers made the reference's variables."""
        root, maker = self.actual.answer, self.actual.maker
        if root is None or maker is None or maker is root:
            return False
        wanted = {(each.collection, each.path, each.type) for each in self.expected.variables}
        return wanted == {(each.collection, each.path, each.type) for each in maker.made}

    @cached_property
    def moved(self) -> bool:
        """Whether the variables were made like the reference's and only moved in the tree later."""
        root, maker = self.actual.answer, self.actual.maker
        if root is None or maker is None or not self.made_elsewhere:
            return False
        digests = {each.digest for each in maker.made}
        return all(each.digest in digests for each in root.given)

    @cached_property
    def in_parts(self) -> bool:
        """Whether the answer came from parts of variables that were made like the reference's.

        A stack of layers may run in several loops, each with some layers. A part has as many axes.
        """
        root, maker = self.actual.answer, self.actual.maker
        if root is None or maker is None or not self._unlike or not self.made_elsewhere:
            return False
        made = {(each.collection, each.path): each.type for each in maker.made}
        return all(
            (whole := made.get((each.collection, each.path))) is not None
            and each.type.dtype == whole.dtype
            and len(each.type.shape) == len(whole.shape)
            and all(map(le, each.type.shape, whole.shape))
            for each in root.given
        )

    @property
    def shares_work(self) -> bool:
        """Whether the call that answers got parts of right variables, and another got some, too."""
        return self.in_parts and sum(bool(root.given) for root in self.actual.forward) > 1

    @cached_property
    def answer_wrong(self) -> bool:
        """Whether the submission returned something else than the reference."""
        return self.comparison is not None and not isinstance(self.comparison, Same)

    @property
    def failed(self) -> bool:
        """Whether the submission gave no answer, or a different one than the reference."""
        return self.raised is not None or self.answer_wrong

    @cached_property
    def wrong(self) -> bool:
        """Whether anything is visibly wrong: the answer, the variables, or an exception."""
        return self.failed or bool(self.variables)

    @cached_property
    def deviations(self) -> tuple[Deviation, ...]:
        """Where the lifted calls deviate from the reference's, if anything is wrong at all.

        A collection that is written but doesn't go in is wrong, although the first step can't show
        it.
        """
        if self.wrong:
            return self._deviations
        written = self.expected.written & self.actual.written
        found = self._deviations if written else ()
        return tuple(each for each in found if each.only_out and each.name in written)

    @cached_property
    def _deviations(self) -> tuple[Deviation, ...]:
        turned = isinstance(self.comparison, OtherShape)
        return deviations(self.expected, self.actual, misplaced=turned)

    @cached_property
    def arguments_exchanged(self) -> bool:
        """Whether the lifted module was called with its arguments in another order."""
        return self.wrong and arguments_exchanged(self.expected, self.actual)

    @cached_property
    def arrangement(self) -> Arrangement:
        """How the arguments' shapes relate to the reference's, in the call that gave the answer."""
        return arrangement(self.expected, self.actual)

    @cached_property
    def inputs_replaced(self) -> bool:
        """Whether the lifted module got another array, mapped along the reference's axis."""
        return self.wrong and inputs_replaced(self.expected, self.actual)

    @cached_property
    def inputs_turned(self) -> bool:
        """Whether the lifted module got an array that was transposed."""
        return self.wrong and inputs_turned(self.expected, self.actual)

    @cached_property
    def fits_turned(self) -> frozenset[Span | None]:
        """The places of lifted calls that gave a right answer for an array that was transposed."""
        if self.wrong or not inputs_turned(self.expected, self.actual):
            return frozenset()
        return frozenset(each.call.span for each in self.actual.decisive)

    @cached_property
    def keys(self) -> tuple[KeyPair, ...]:
        """The keys that both sides drew from, for the streams that both used."""
        late = self.expected.late_streams
        found = {each.stream: each for each in provenances(self.actual, late)}
        return tuple(
            KeyPair(stream=each.stream, expected=each, actual=found[each.stream])
            for each in provenances(self.expected, late)
            if each.stream in found
        )

    @cached_property
    def other_key(self) -> bool:
        """Whether a different key than the reference's is known to have been used."""
        return any(pair.differs for pair in self.keys)

    def mapped_noun(self, call: LiftedCall, inputs: tuple[ArrayType, ...]) -> str | None:
        """Return what messages call the axis that a lifted call maps over."""
        axes = array_axes(call.in_axes, inputs, ran=True)
        for axis, array in zip(axes or (), inputs, strict=False):
            if axis is not None:
                return self.axis_noun(array.shape, axis)
        return None

    def axis_noun(self, shape: tuple[int, ...], axis: int) -> str | None:
        """Return what messages call an axis of an array argument, identified by its shape."""
        for name in self._axis_names(shape):
            if 0 <= axis < len(name):
                return self.exercise.dimension(name[axis]).noun
        return None

    def _axis_names(self, shape: tuple[int, ...]) -> list[tuple[str, ...]]:
        names: list[tuple[str, ...]] = []
        for parameter in self.exercise.parameters:
            names.extend(each.shape for each in leaves(parameter))
        sizes = self.case.sizes
        return [each for each in names if tuple(sizes.get(name) for name in each) == shape]


def _turned(shapes: list[tuple[int, ...]] | None) -> list[list[int]]:
    return [sorted(each) for each in shapes or ()]


def _only_run(trail: Trail) -> ModuleRun | None:
    """Return the run of the only call into Flax, if it gave one array whose hash is known."""
    roots = [root for root in trail.forward if not root.raised]
    run = trail.top(roots[0]) if len(roots) == 1 else None
    return run if run is not None and run.digest is not None and len(run.outputs) == 1 else None


def _passed_on(trail: Trail, answer: ArrayValue | None) -> Order | None:
    """Return the order in which an answer has the numbers of the module's output."""
    run = _only_run(trail)
    if run is None or run.digest is None or answer is None:
        return None
    return rearranged(answer, run.outputs[0].shape, run.digest)


def _same_type(wanted: Variable | None, found: Variable | None) -> bool:
    return wanted is not None and found is not None and wanted.type == found.type


_MOST_KEPT: Final = 256
_KEPT: dict[int, Look] = {}
"""The last looks, by the ids of their exchanges, which they keep alive."""


def look_at(exercise: Exercise, exchange: Exchange) -> Look:
    """Return the look at an exchange: the same one again while a transcript grows.

    A transcript is judged after each round of cases, and what is derived from an exchange depends
    on nothing else.
    """
    found = _KEPT.get(id(exchange))
    if found is None or found.exchange is not exchange or found.exercise is not exercise:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[id(exchange)] = Look(exercise, exchange)
    return found
