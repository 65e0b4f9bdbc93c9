"""Where a submission's lifted call differs from the reference's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum, unique

import msgspec

from grader.evidence.lifting import (
    CollectionAxis,
    Knob,
    StreamSplit,
    Unlisted,
    array_axes,
    by_name,
    collection_axis,
    inner_shapes,
    mapped_size,
    nested,
    places_of,
    stream_split,
    without_axes,
)
from grader.evidence.trail import LiftedRun, Trail
from grader.model.observation import ArrayType, Axes, AxisTree, Completed, LiftedCall, Raised

_STRUCTURE = re.compile("pytree structure error|tree prefix")

Effect = CollectionAxis | StreamSplit | tuple[int | None, ...] | str


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of a lifted call that has another effect than the reference's.

    `name` is the collection or the stream, empty for the other arguments. `expected` and
    `actual` are the effect: an axis, None for shared, whether it is split, or `Unlisted`; the axis
    of each array; the length or the name of the mapped axis.
    """

    knob: Knob
    name: str
    expected: Effect
    actual: Effect
    run: LiftedRun
    reference: LiftedRun
    refused: bool = False
    """Whether Flax refused the structure of `in_axes` or `out_axes`."""

    @property
    def same_module(self) -> bool:
        """Whether both lift the same class or function."""
        ours, theirs = self.run.call, self.reference.call
        return (ours.defined_in, ours.target) == (theirs.defined_in, theirs.target)

    @property
    def only_out(self) -> bool:
        """Whether a given collection comes out of the lifted module but doesn't go in."""
        given = any(each.collection == self.name for each in self.run.root.given)
        out = collection_axis(self.call.variable_axes, self.name, "out")
        return (
            self.knob is Knob.VARIABLE_AXES
            and given
            and isinstance(self.actual, Unlisted)
            and not isinstance(out, Unlisted)
        )

    @property
    def call(self) -> LiftedCall:
        """The faulty call to `nn.vmap`."""
        return self.run.call

    @property
    def places(self) -> tuple[int, ...]:
        """Which of the arrays that went in are the reference's: there may be more."""
        return _in_places(self.run, self.reference) or tuple(range(len(_inputs(self.run))))

    @property
    def out_places(self) -> tuple[int, ...]:
        """Which of the results are the reference's: there may be more."""
        outputs = self.run.run.outputs if self.run.run is not None else ()
        return _out_places(self.run, self.reference) or tuple(range(len(outputs)))

    @property
    def out_places_known(self) -> bool:
        """Whether the shapes tell which of a dict's results is which, where that matters."""
        theirs = self.reference.run.outputs if self.reference.run is not None else ()
        axes = array_axes(self.reference.call.out_axes, theirs) or ()
        if self.refused or not by_name(self.call.out_axes):
            return True
        each = set(zip(map(str, without_axes(theirs, axes)), axes, strict=False))
        return len(each) == len({shape for shape, _ in each})

    @property
    def inputs(self) -> tuple[ArrayType, ...]:
        """The arrays that went in, without those that the reference doesn't have."""
        return tuple(_inputs(self.run)[place] for place in self.places)


def deviations(expected: Trail, actual: Trail, *, misplaced: bool = False) -> tuple[Deviation, ...]:
    """Compare the lifted runs that led to the answer with the reference's, argument by argument.

    `misplaced`: the answer has another shape, so of several results the one with another axis
    counts.
    """
    found: list[Deviation] = []
    for run in actual.decisive:
        reference = _counterpart(expected, actual, run)
        if reference is not None:
            found.extend(_variable_axes(expected, run, reference))
            found.extend(_split_rngs(expected, actual, run, reference))
            mapped = tuple(_in_axes(actual, run, reference))
            found.extend(mapped or _axis_size(run, reference))
            found.extend(_out_axes(actual, run, reference, misplaced=misplaced))
            found.extend(_axis_name(run, reference))
    return tuple(found)


def arguments_exchanged(expected: Trail, actual: Trail) -> bool:
    """Whether a lifted run got the reference's arguments in another order, each with its axis."""
    for run in actual.decisive:
        reference = _counterpart(expected, actual, run)
        if reference is not None and _shapes(_inputs(run)) != _shapes(_inputs(reference)):
            ours, theirs = _with_axes(run), _with_axes(reference)
            if ours == theirs:
                return True
    return False


@unique
class Arrangement(StrEnum):
    """How the shapes of a call's arguments relate to the reference's, if the axes are the same."""

    ALIKE = "alike"
    SWAPPED = "swapped"
    """They are the same shapes in another order."""
    SWAPPED_OR_TRANSPOSED = "swapped or transposed"
    """Each is also a transposition of the right one."""
    OTHER = "other"


def arrangement(expected: Trail, actual: Trail) -> Arrangement:
    """Return how the arguments of the call that answers are arranged."""
    found = Arrangement.ALIKE
    for run, reference in _answering(expected, actual):
        ours, theirs = _shapes(_inputs(run)), _shapes(_inputs(reference))
        if ours == theirs:
            continue
        if run.call.in_axes != reference.call.in_axes or sorted(ours) != sorted(theirs):
            return Arrangement.OTHER
        turned = all(sorted(a) == sorted(b) for a, b in zip(ours, theirs, strict=True))
        found = Arrangement.SWAPPED_OR_TRANSPOSED if turned else Arrangement.SWAPPED
    return found


def inputs_replaced(expected: Trail, actual: Trail) -> bool:
    """Whether the axes are the reference's, but an array isn't the reference's in any axis order.

    Then the array is wrong. At some sizes such an array looks like a transposed one.
    """
    for run, reference in _answering(expected, actual):
        ours, theirs = _shapes(_inputs(run)), _shapes(_inputs(reference))
        same_axes = run.call.in_axes == reference.call.in_axes and len(ours) == len(theirs)
        pairs = zip(ours, theirs, strict=False)
        if same_axes and any(sorted(a) != sorted(b) for a, b in pairs):
            return True
    return False


def inputs_turned(expected: Trail, actual: Trail) -> bool:
    """Whether an array came in with its axes in another order, where their sizes show it."""
    return any(
        _transposed(_inputs(run), _inputs(reference))
        for run, reference in _answering(expected, actual)
    )


def _answering(expected: Trail, actual: Trail) -> Iterator[tuple[LiftedRun, LiftedRun]]:
    """Yield the runs in the call that gave the answer, each with the reference's."""
    for run in actual.decisive:
        reference = _counterpart(expected, actual, run)
        if reference is not None and run.root is actual.answer and run.run is not None:
            yield run, reference


def _with_axes(run: LiftedRun) -> list[str]:
    """Return the shapes of the arguments, each with its axis, in sorted order."""
    axes = _array_axes(run, _inputs(run)) or ()
    return sorted(map(str, zip(_shapes(_inputs(run)), axes, strict=False)))


def _counterpart(expected: Trail, actual: Trail, run: LiftedRun) -> LiftedRun | None:
    """Return the reference's lifted run that corresponds to `run`, by its position."""
    references = expected.lifted(expected.answer)
    siblings = actual.lifted(run.root)
    if any(_target(each) == _target(run) for each in references):
        references = tuple(each for each in references if _target(each) == _target(run))
        siblings = tuple(each for each in siblings if _target(each) == _target(run))
    elif {_target(each) for each in siblings} & {_target(each) for each in references}:
        return None
    runs = [each.run for each in siblings]
    place = runs.index(run.run) if run.run in runs else 0
    return references[min(place, len(references) - 1)] if references else None


def _target(run: LiftedRun) -> tuple[str, str]:
    return run.call.defined_in, run.call.target


def _deviation(
    run: LiftedRun,
    reference: LiftedRun,
    knob: Knob,
    effects: tuple[Effect, Effect],
    name: str = "",
    *,
    refused: bool = False,
) -> Deviation:
    expected, actual = effects
    return Deviation(
        knob=knob,
        name=name,
        expected=expected,
        actual=actual,
        run=run,
        reference=reference,
        refused=refused,
    )


def _variable_axes(trail: Trail, run: LiftedRun, reference: LiftedRun) -> Iterator[Deviation]:
    for name in dict.fromkeys(each.collection for each in trail.variables):
        for direction in ("in", "out"):
            wanted = collection_axis(reference.call.variable_axes, name, direction)
            found = collection_axis(run.call.variable_axes, name, direction)
            if wanted != found:
                yield _deviation(run, reference, Knob.VARIABLE_AXES, (wanted, found), name)
                break


def _split_rngs(
    expected: Trail, actual: Trail, run: LiftedRun, reference: LiftedRun
) -> Iterator[Deviation]:
    """Compare the streams that a run draws from.

    If the reference passes a stream to the call that gives the answer, it's drawn from there; other
    streams are drawn from when the variables are made.
    """
    given = [key.stream for root in expected.record.roots for key in root.keys]
    own = {key.stream for key in run.root.keys}
    makes = actual.maker is None or run.root is actual.maker
    for name in dict.fromkeys(given):
        late = name in expected.late_streams
        draws = run.root is actual.answer if late else makes and name in own
        wanted = stream_split(reference.call.split_rngs, name)
        found = stream_split(run.call.split_rngs, name)
        if draws and wanted != found:
            yield _deviation(run, reference, Knob.SPLIT_RNGS, (wanted, found), name)


def collections_text(expected: Trail, deviation: Deviation) -> str:
    """Write `variable_axes` with all collections of the task, so that none gets lost."""
    return dict_text(wanted_axes(expected, deviation.reference, deviation.name))


def split_text(expected: Trail, deviation: Deviation) -> str:
    """Write `split_rngs` with all streams that are drawn from, so that none gets lost."""
    return dict_text(wanted_split(expected, deviation.reference))


def dict_text(values: Mapping[str, object]) -> str:
    """Write an argument of `nn.vmap` that has a value for each name."""
    return "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}"


def wanted_axes(expected: Trail, reference: LiftedRun, *more: str) -> dict[str, int | None]:
    """Return the reference's value for each collection that it uses, and for `more`."""
    entries = reference.call.variable_axes
    names = dict.fromkeys((*(each.collection for each in expected.variables), *more))
    found = {name: collection_axis(entries, name, "in") for name in names}
    return {
        name: axis
        for name, axis in sorted(found.items(), key=lambda item: item[0] != "params")
        if not isinstance(axis, Unlisted)
    }


def wanted_split(expected: Trail, reference: LiftedRun) -> dict[str, bool]:
    """Return the reference's value for each stream that it draws from."""
    given = [key.stream for root in expected.record.roots for key in root.keys]
    found = {name: stream_split(reference.call.split_rngs, name) for name in given}
    return {name: split for name, split in found.items() if isinstance(split, bool)}


def _in_axes(actual: Trail, run: LiftedRun, reference: LiftedRun) -> Iterator[Deviation]:
    """Compare `in_axes`: they deviate if they differ and give one example another shape.

    If the arrays have the reference's shapes, different axes are enough. Equal axes are wrong for
    an array that was transposed before.
    """
    if _is_in_other_form(run, reference):
        return
    answers, refused = run.root is actual.answer, _refuses_structure(actual)
    wanted_inputs = _inputs(reference)
    inputs = _inputs(run) if run.run is not None else wanted_inputs
    wanted = array_axes(reference.call.in_axes, wanted_inputs)
    found = _array_axes(run, inputs, fits=not refused)
    places = None if refused else _in_places(run, reference)
    if len(inputs) > len(wanted_inputs) > 0 or places is not None:
        own = tuple(found[place] for place in places) if found and places else wanted
        if refused and found is None and not run.inner:
            own = ()  # there isn't an entry for each argument
        if own != wanted:
            effects = wanted or (), own or ()
            yield _deviation(run, reference, Knob.IN_AXES, effects, refused=refused)
        return
    deviates = wanted != found or (answers and _transposed(inputs, wanted_inputs))
    if refused and _refused_tree(run, reference):
        deviates = True
    elif len(inputs) < len(wanted_inputs) and run.call.in_axes == reference.call.in_axes:
        deviates = False  # it was called with other arguments
    elif _shapes(inputs) != _shapes(wanted_inputs):
        deviates = deviates and (_inner(reference) != _inner(run) or _unmapped(wanted, found))
    if deviates:
        effects = wanted or (), found or ()
        yield _deviation(run, reference, Knob.IN_AXES, effects, refused=refused)


def _is_in_other_form(run: LiftedRun, reference: LiftedRun) -> bool:
    """Whether a module ran over as many indices, with fewer arrays: two are joined, say.

    An object of the learner's own may also hold them, of which nothing is recorded.
    """
    theirs, ours = _inputs(reference), _inputs(run)
    if not run.inner or len(ours) >= len(theirs):
        return False
    length = mapped_size(run.call, ours, _seen_inside(run))
    return not ours or length == mapped_size(reference.call, theirs)


def _array_axes(
    run: LiftedRun, inputs: tuple[ArrayType, ...], *, fits: bool = False
) -> tuple[int | None, ...] | None:
    """Return the axis of each array; `fits`: Flax didn't refuse the structure."""
    ran = fits or bool(run.inner)
    return array_axes(run.call.in_axes, inputs, ran=ran, inner=_seen_inside(run))


def one_of_each(run: LiftedRun) -> tuple[ArrayType, ...] | None:
    """Return the shapes of one example of each array, None if the axes don't fit them."""
    inside = _seen_inside(run)
    return inner_shapes(run.call, _inputs(run), ran=bool(run.inner), inner=inside)


def _seen_inside(run: LiftedRun) -> tuple[ArrayType, ...]:
    """Return what the module inside got, nothing if it didn't run."""
    return min(run.inner, key=lambda each: each.depth).inputs if run.inner else ()


def _refuses_structure(trail: Trail) -> bool:
    """Whether the exception says that axes don't have the structure of the values."""
    outcome = trail.observation.outcome
    return isinstance(outcome, Raised) and bool(_STRUCTURE.search(outcome.message))


def _refused_tree(run: LiftedRun, reference: LiftedRun) -> bool:
    """Whether `in_axes`, or an entry of it, has a structure that Flax refuses, so nothing ran."""
    ours, theirs = run.call.in_axes, reference.call.in_axes
    others = [isinstance(axes, AxisTree) and axes.kind != "tuple" for axes in (ours, theirs)]
    refused = others == [True, False] or nested(ours, theirs, _inputs(reference)) is not None
    return refused and (run.run is None or not run.inner)


def _unmapped(wanted: tuple[int | None, ...] | None, found: tuple[int | None, ...] | None) -> bool:
    """Whether all examples see a whole array of which each should see its own part."""
    pairs = zip(wanted or (), found or (), strict=False)
    return any(ours is not None and theirs is None for ours, theirs in pairs)


def _inputs(run: LiftedRun) -> tuple[ArrayType, ...]:
    return run.run.inputs if run.run is not None else ()


def _shapes(arrays: tuple[ArrayType, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(array.shape for array in arrays)


def _in_places(run: LiftedRun, reference: LiftedRun) -> tuple[int, ...] | None:
    """Return which arrays, of more or of a dict's, are the reference's; None if some is missing."""
    arrays, wanted = _inputs(run), _inputs(reference)
    if len(arrays) < len(wanted) + (not by_name(run.call.in_axes)):
        return None
    axes = array_axes(reference.call.in_axes, wanted) or (None,) * len(wanted)
    found = _array_axes(run, arrays) or (None,) * len(arrays)
    return places_of(wanted, axes, arrays, found, whole=True)


def _transposed(arrays: tuple[ArrayType, ...], wanted: tuple[ArrayType, ...]) -> bool:
    """Whether some array has the expected sizes in another order."""
    pairs = zip(_shapes(arrays), _shapes(wanted), strict=False)
    return any(a != b and sorted(a) == sorted(b) for a, b in pairs)


def _inner(run: LiftedRun) -> tuple[tuple[int, ...], ...] | None:
    """Return the shapes that the inner module saw, or would have seen if it had run."""
    if run.inner:
        return _shapes(min(run.inner, key=lambda each: each.depth).inputs)
    arrays = inner_shapes(run.call, _inputs(run))
    return None if arrays is None else _shapes(arrays)


def _out_axes(
    actual: Trail, run: LiftedRun, reference: LiftedRun, *, misplaced: bool
) -> Iterator[Deviation]:
    """Compare `out_axes`; without an output, a tree that Flax refused deviates, too."""
    refused = _refuses_structure(actual)
    wanted_outputs = reference.run.outputs if reference.run is not None else ()
    outputs = run.run.outputs if run.run is not None else ()
    wanted = array_axes(reference.call.out_axes, wanted_outputs)
    found = array_axes(run.call.out_axes, outputs or wanted_outputs)
    if len(outputs) > len(wanted_outputs) > 0:
        places = _out_places(run, reference, misplaced=misplaced)
        own = tuple(found[place] for place in places) if found and places else wanted
        if own != wanted:
            yield _deviation(run, reference, Knob.OUT_AXES, (wanted or (), own or ()))
        return
    ours, theirs = run.call.out_axes, reference.call.out_axes
    built_alike = _build(ours) == _build(theirs) and nested(ours, theirs, wanted_outputs) is None
    answered = isinstance(actual.observation.outcome, Completed)
    if answered and not misplaced and _exchanged(run, reference):
        return
    if wanted != found or not (outputs or built_alike or not refused):
        effects = wanted or (), found or ()
        yield _deviation(run, reference, Knob.OUT_AXES, effects, refused=refused)


def _exchanged(run: LiftedRun, reference: LiftedRun) -> bool:
    """Whether the results are the reference's in another order, each with its axis.

    The shapes don't tell that from exchanged axes, but the answer's do.
    """
    sides = []
    for each in (run, reference):
        arrays = each.run.outputs if each.run is not None else ()
        axes = array_axes(each.call.out_axes, arrays) or ()
        sides.append(sorted(map(str, zip(_shapes(arrays), axes, strict=False))))
    return bool(sides[0]) and sides[0] == sides[1]


def _out_places(
    run: LiftedRun, reference: LiftedRun, *, misplaced: bool = True
) -> tuple[int, ...] | None:
    """Return which of the results are the reference's; None if that isn't known."""
    outputs = run.run.outputs if run.run is not None else ()
    theirs = reference.run.outputs if reference.run is not None else ()
    axes = array_axes(run.call.out_axes, outputs)
    wanted = array_axes(reference.call.out_axes, theirs)
    if axes is None or wanted is None:
        return None
    return places_of(theirs, wanted, outputs, axes, misplaced=misplaced)


def _build(axes: Axes) -> tuple[bool, bool]:
    """Return whether axes are a tree, and whether it is a list or a dict."""
    return isinstance(axes, AxisTree), isinstance(axes, AxisTree) and axes.kind != "tuple"


def _axis_size(run: LiftedRun, reference: LiftedRun) -> Iterator[Deviation]:
    """Compare the length of the mapped axis, if the call gives it or no input determines it."""
    wanted_inputs = _inputs(reference)
    inputs = _inputs(run) if run.run is not None else wanted_inputs
    wanted = mapped_size(reference.call, wanted_inputs) or reference.call.axis_size
    if _array_axes(run, inputs) is None or _is_in_other_form(run, reference):
        return  # the axes don't fit the arguments, so it's unknown
    told = mapped_size(run.call, inputs, _seen_inside(run))
    found = run.call.axis_size
    if wanted != (found or told) and (found is not None or told is None):
        yield _deviation(run, reference, Knob.AXIS_SIZE, (wanted, found))


def _axis_name(run: LiftedRun, reference: LiftedRun) -> Iterator[Deviation]:
    wanted, found = reference.call.axis_name, run.call.axis_name
    if wanted is not None and wanted != found:
        yield _deviation(run, reference, Knob.AXIS_NAME, (wanted, found))
