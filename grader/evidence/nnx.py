"""What both sides did with NNX: which run gave the answer, on which layers, from which keys.

The weights are compared as the module sees them while it runs: one array for all indices of the
map, or one for each. That doesn't depend on how the axes were spelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import msgspec

from grader.evidence.evidence import Evidence
from grader.evidence.look import Look
from grader.evidence.nest import out_axis
from grader.evidence.scans import (
    is_nnx_loop,
    length_of,
    scanned,
    weights_entry,
)
from grader.evidence.trail import Trail
from grader.evidence.uses import SEVERAL, chains, in_several
from grader.model.exercise import Exercise, Use
from grader.model.nnx import WEIGHTS, Held, NnxCall, NnxDraw, NnxLayer, NodeState
from grader.model.observation import ArrayType, TransformRun, Variable
from grader.model.transforms import Does, needs_nnx, transform

_LIBRARY: Final = "flax.nnx."
_CONTAINERS: Final = frozenset({"Sequential"})
"""Classes that have no weights and compute nothing, but call what is in them."""


def of_library(call: NnxCall | NnxLayer) -> bool:
    """Whether a layer that is called or made is NNX's own, not the learner's."""
    return call.defined_in.startswith(_LIBRARY)


def is_layer(each: NnxCall | NnxLayer) -> bool:
    """Whether it is a layer of NNX's own that has weights or computes something."""
    return of_library(each) and each.class_name not in _CONTAINERS


class NnxSide:
    """One side of a case. `run` is the map or loop that gave the answer, None if none ran.

    Without a `use` the task asks for neither, and all layers count, wherever they ran.
    """

    def __init__(self, trail: Trail, use: Use | None) -> None:
        self.trail = trail
        self.record = trail.record.nnx
        self._use = use

    @cached_property
    def run(self) -> TransformRun | None:
        """The outermost run with the answer's numbers, or else the last one with a result.

        Of several of one call it's one in which layers ran: jax runs no function again that it has
        traced for arrays of these types.
        """
        same = [run for run in self.giving if self.trail.answer_digest in run.given_back]
        found = next(reversed(same or self.giving), None)
        alike = [run for run in self.giving if found is not None and run.span == found.span]
        called = [run for run in same or alike if self._calls_layers(run)]
        called = called or [run for run in alike if self._calls_layers(run)]
        return called[-1] if called else found

    @cached_property
    def calls_layers(self) -> bool:
        """Whether layers ran inside any outermost run with a result."""
        return any(map(self._calls_layers, self.giving))

    def _calls_layers(self, run: TransformRun) -> bool:
        within = self._within(run)
        return any(each.inside in within for each in self.every_call)

    @cached_property
    def giving(self) -> tuple[TransformRun, ...]:
        """The outermost runs with a result that has arrays, and those that raised."""
        found = chains(self.trail, self._use) if self._use is not None else ()
        return tuple(chain[0] for chain in found if chain[0].outputs or chain[0].raised)

    @cached_property
    def depth(self) -> int:
        """How many of the task's transforms run inside each other."""
        found = chains(self.trail, self._use) if self._use is not None else ()
        return max((len(each) for each in found), default=0)

    @property
    def within_several(self) -> bool:
        """Whether the run is part of another transform's that runs a function several times."""
        return self.run is not None and in_several(self.trail, self.run)

    @cached_property
    def inside(self) -> frozenset[int | None]:
        """The numbers of the run that gave the answer, and of all runs inside it."""
        return self._within(self.run) if self.run is not None else frozenset()

    def _within(self, run: TransformRun) -> frozenset[int | None]:
        found: set[int | None] = {run.number}
        for each in self.trail.record.transforms:  # in the order in which they started
            if each.inside in found:
                found.add(each.number)
        return frozenset(found)

    @cached_property
    def calls(self) -> tuple[NnxCall, ...]:
        """The calls of NNX's own layers in that run; all that there are if there is no run."""
        return tuple(
            each for each in self.every_call if self.run is None or each.inside in self.inside
        )

    @cached_property
    def every_call(self) -> tuple[NnxCall, ...]:
        """The calls of NNX's own layers, wherever they were."""
        return tuple(filter(is_layer, self.record.calls))

    @property
    def library_layers(self) -> tuple[NnxLayer, ...]:
        """The layers of NNX's own that were made, wherever that was."""
        return tuple(filter(is_layer, self.record.layers))

    @property
    def mapped(self) -> bool:
        """Whether layers ran inside the map or loop that gave the answer."""
        return self.run is not None and bool(self.calls)

    def layers(self, name: str) -> tuple[NnxLayer, ...]:
        """Return the layers of a class that gave the answer, or may have.

        Inside a map an object is a copy, so a layer is told by its numbers.
        """
        found = tuple(each for each in self.record.layers if each.class_name == name)
        used = {numbers_of(each.variables) for each in self.calls} - {None}
        same = tuple(each for each in found if numbers_of(each.variables) in used)
        makers = {run.number for run, state in self.made if self._went_in(state)}
        made = tuple(each for each in found if each.inside in makers)
        return same or made or found

    def _went_in(self, state: NodeState) -> bool:
        """Whether an object that a map returned is one that went into the last map."""
        own = numbers_of(state.variables)
        return own is not None and own in {numbers_of(each.variables) for each in self.arguments()}

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the layers that were called, in order."""
        return tuple(each.class_name for each in self.calls)

    def draws(self, classes: tuple[str, ...]) -> tuple[NnxDraw, ...]:
        """Return the keys that were drawn to make the layers of these classes."""
        numbers = {layer.number for name in classes for layer in self.layers(name)}
        return tuple(each for each in self.record.draws if each.layer in numbers)

    def arguments(self) -> tuple[NodeState, ...]:
        """Return the objects that went into the map or loop that gave the answer."""
        found = self.run.states if self.run is not None else ()
        return tuple(each for each in found if each.argument >= 0)

    @cached_property
    def made(self) -> tuple[tuple[TransformRun, NodeState], ...]:
        """The objects that maps and loops returned, each with the run that made it."""
        return tuple(
            (run, state)
            for run in self.trail.record.transforms
            if run.ran and transform(run.transform).does in SEVERAL
            for state in run.states
            if state.argument < 0
        )


Numbers = tuple[tuple[object, ...], ...]


def numbers_of(variables: tuple[Variable, ...]) -> Numbers | None:
    """Return what tells a layer from others: its arrays' digests; None if any isn't known."""
    found = tuple((each.path, each.digest) for each in variables)
    return found if found and all(each.digest is not None for each in variables) else None


class NnxLook(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Both sides of a case, for the map or loop of NNX that the task asks for, if it does."""

    look: Look
    use: Use | None
    expected: NnxSide
    actual: NnxSide

    @property
    def maps(self) -> bool:
        """Whether the task asks for a map."""
        return self.use is not None and transform(self.use.title).does is Does.MAPS

    @property
    def loops(self) -> bool:
        """Whether the task asks for a loop."""
        return self.use is not None and not self.maps

    @cached_property
    def comparable(self) -> bool:
        """Whether each side has one run with a result, as deep, and the learner's isn't in a map.

        Several loops may share the steps, and one inside another goes over other axes.
        """
        one = len(self.actual.giving) == len(self.expected.giving) == 1
        return one and self.expected.depth == self.actual.depth and not self.actual.within_several

    @cached_property
    def made(self) -> tuple[tuple[NnxLayer, NnxLayer], ...]:
        """The layers that both sides made; none if they are of other classes.

        Of several of one class that are alike, as the members of an ensemble, it's the first.
        Others are told by their weights' shapes, or else by the order in which they were made.
        """
        names = set(self.expected.classes)
        if len(names) == 1:
            theirs, ours = (side.layers(*names) for side in (self.expected, self.actual))
            alike = all(len({layer.settings for layer in each}) == 1 for each in (theirs, ours))
            if alike:
                return ((theirs[0], ours[0]),)
        if self.maps:
            return ()
        theirs, ours = self.expected.library_layers, self.actual.library_layers
        by_shapes = {shapes_of(each): each for each in ours}
        if len(by_shapes) == len(ours) and by_shapes.keys() == {*map(shapes_of, theirs)}:
            return tuple((each, by_shapes[shapes_of(each)]) for each in theirs)
        same = [each.class_name for each in theirs] == [each.class_name for each in ours]
        return tuple(zip(theirs, ours, strict=True)) if same else ()

    @property
    def pairs(self) -> tuple[tuple[NnxCall, NnxCall], ...]:
        """The calls of the same layers on both sides; none if the layers differ."""
        if self.expected.classes != self.actual.classes:
            return ()
        return tuple(zip(self.expected.calls, self.actual.calls, strict=True))


def shapes_of(layer: NnxLayer) -> tuple[object, ...]:
    """Return what tells a layer from others: its class, and the shapes of its variables."""
    return layer.class_name, *((each.path, each.type.shape) for each in layer.variables)


def nnx_use(exercise: Exercise) -> Use | None:
    """Return the map or loop of NNX that an exercise asks for, None if it asks for none."""
    for use in exercise.uses:
        row = transform(use.title)
        if row.of_nnx and (row.does is Does.MAPS or row.gives_loops):
            return use
    return None


def nnx_looks(evidence: Evidence) -> Iterator[NnxLook]:
    """Yield the cases of an exercise that asks for a map or loop of NNX, the smallest first."""
    use = nnx_use(evidence.exercise)
    if use is not None:
        yield from (nnx_look(look, use) for look in evidence.looks)


def layer_looks(evidence: Evidence) -> Iterator[NnxLook]:
    """Yield the cases of every exercise about NNX, whatever it asks for, the smallest first."""
    use = nnx_use(evidence.exercise)
    if needs_nnx(evidence.exercise):
        yield from (nnx_look(look, use) for look in evidence.looks)


def nnx_look(look: Look, use: Use | None) -> NnxLook:
    """Return both sides of a case."""
    return NnxLook(
        look=look,
        use=use,
        expected=NnxSide(look.expected, use),
        actual=NnxSide(look.actual, use),
    )


def beside(each: NnxLook) -> NnxCall | None:
    """Return the first call of a layer if all are outside of maps, and no map gives an array."""
    if each.use is None:
        return None
    maps = [chain[0] for chain in chains(each.actual.trail, each.use)]
    calls = [call for call in each.actual.every_call if call.class_name in each.expected.classes]
    if not each.expected.mapped or any(run.outputs for run in maps):
        return None
    return calls[0] if calls and all(call.inside is None for call in calls) else None


def indices(side: NnxSide) -> int:
    """Return how many indices a map has, or steps a loop, 0 if that isn't known."""
    if side.run is not None and is_nnx_loop(side.run):
        return length_of(side.run) or 0
    outputs = side.run.outputs if side.run is not None else ()
    if side.run is None or len(outputs) != 1:
        return 0
    shape = outputs[0].shape
    axis = out_axis(side.run, len(shape))
    return shape[axis] if 0 <= axis < len(shape) else 0


class HeldPair(msgspec.Struct, frozen=True, kw_only=True):
    """A weight that both sides' layers have, as each of them sees it."""

    expected: Variable
    actual: Variable
    wanted: Held
    found: Held

    @property
    def name(self) -> str:
        """The name in the layer: `kernel`."""
        return ".".join(self.actual.path)


def weights(each: NnxLook) -> Iterator[HeldPair]:
    """Yield the weights of the layers that gave the answer, on both sides."""
    for ours, theirs in ((actual, expected) for expected, actual in each.pairs):
        seen = zip(ours.variables, held_by(each.actual, ours), strict=False)
        by_path = {variable.path: (variable, held) for variable, held in seen}
        for variable, held in zip(theirs.variables, held_by(each.expected, theirs), strict=False):
            other, found = by_path.get(variable.path, (None, held))
            if variable.collection == WEIGHTS and other is not None:
                yield HeldPair(expected=variable, actual=other, wanted=held, found=found)


def held_by(side: NnxSide, call: NnxCall) -> tuple[Held, ...]:
    """Say for each variable of a layer whether all indices have one array, or each its own.

    Inside a loop every array has a tracer, so what went into it tells.
    """
    run = side.run
    if run is None or not is_nnx_loop(run):
        return call.held
    return tuple(_in_steps(side, run, call, each) for each in call.variables)


def _in_steps(side: NnxSide, run: TransformRun, call: NnxCall, inner: Variable) -> Held:
    found = set()
    for state in side.arguments():
        axis = weights_entry(run, state.argument)
        for each in state.variables if axis is not None else ():
            if each.path[-len(inner.path) :] == inner.path and axis is not None:
                own = axis.value is not None and stacked_axes(each.type, inner.type)
                same = axis.value is None and each.type == inner.type
                found |= {Held.EACH} if own else {Held.ONE} if same else set()
    if not found and inner.digest is not None:
        return Held.ONE  # it's from outside
    if not found and any(each.inside in side.inside for each in side.layers(call.class_name)):
        return _drawn_in_steps(side, run)
    return found.pop() if len(found) == 1 else Held.UNKNOWN


def _drawn_in_steps(side: NnxSide, run: TransformRun) -> Held:
    """Say whether each step that makes a layer has its own key for that.

    With nothing to go over, all steps are alike.
    """
    if not scanned(run) and not side.arguments():
        return Held.ONE
    axes = (
        weights_entry(run, state.argument)
        for state in side.arguments()
        if any(each.collection == "RngKey" for each in state.variables)
    )
    return (
        Held.EACH
        if any(each is not None and each.value is not None for each in axes)
        else Held.UNKNOWN
    )


def wants_own(each: NnxLook) -> bool:
    """Whether each index of the reference's map, or step of its loop, has its own weights."""
    return any(Held.EACH in held_by(each.expected, call) for call in each.expected.calls)


def is_constant(variable: Variable) -> bool:
    """Whether all its numbers are known to be the same, as those of a fresh bias.

    A map has one array of those for all, even where each makes its own.
    """
    sizes = variable.type.shape
    several = {axis for axis, size in enumerate(sizes) if size > 1}
    return variable.largest == 0.0 or (
        variable.digest is not None and several <= set(variable.alike_along)
    )


def stacked_axes(outer: ArrayType, inner: ArrayType) -> frozenset[int]:
    """Return the axes that may be the one that an array has beside those that a layer sees."""
    shape = outer.shape
    return frozenset(n for n in range(len(shape)) if shape[:n] + shape[n + 1 :] == inner.shape)


def outer_weight(side: NnxSide, inner: Variable) -> Variable | None:
    """Return a layer's weight as it is outside of the map, if it was seen there."""
    return next(outer_weights(side, inner), None)


def outer_weights(side: NnxSide, inner: Variable) -> Iterator[Variable]:
    """Yield a layer's weight as it went into the map, and as it was made."""
    states = (*side.arguments(), *(state for _, state in side.made))
    for variable in (each for state in states for each in state.variables):
        same = variable.path[-len(inner.path) :] == inner.path
        if same and stacked_axes(variable.type, inner.type):
            yield variable
