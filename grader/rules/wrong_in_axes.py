"""wrong-in-axes: the lifted module maps over the wrong axis of its input."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation, one_of_each
from grader.evidence.drawings import of_inputs
from grader.evidence.edits import input_edits, knob_edits, unturned
from grader.evidence.lifting import (
    Knob,
    argument_of,
    axes_text,
    inner_shapes,
    leaf_axes,
    leaf_count,
    nested,
    with_leaves,
)
from grader.evidence.mapping import one_example, sees_the_whole
from grader.evidence.notation import array_text
from grader.evidence.symptom import told_by
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.model.observation import Axes, Axis, AxisTree, ModuleRun
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_FLAX = frozenset({"init", "init_with_output", "lazy_init", "apply"})
"""Methods that pass their arguments on to the module, all but the first."""
_NOT_MAPPED = Axis(value=None)


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look, deviation in evidence.blamed(Knob.IN_AXES):
        call = deviation.call
        given = f"in_axes={axes_text(call.in_axes)}"
        yield Sighting(
            message=_message(look, deviation, given),
            label=_label(look, deviation),
            shapes=_shapes(deviation),
            drawing=of_inputs(evidence, deviation),
            details=told_by(look, deviation),
            why=_why(deviation),
            help=_help(evidence, look, deviation),
            span=evidence.landmarks.knob(call, Knob.IN_AXES),
            edits=_edits(evidence, look, deviation),
            case=look.case,
            evidence={
                "argument": "in_axes",
                "expected": axes_text(deviation.reference.call.in_axes),
                "actual": axes_text(call.in_axes),
            },
        )
    if not evidence.answered_wrong:
        yield from _whole(evidence)


def _edits(evidence: Evidence, look: Look, deviation: Deviation) -> tuple[Edit, ...]:
    """Map the reference's axes, of the arguments as they came."""
    ours, theirs = deviation.call.in_axes, _wanted_axes(evidence, look, deviation)
    if ours == deviation.reference.call.in_axes:
        return unturned(evidence)
    if theirs is None:
        return ()
    given, wanted = deviation.run.run, deviation.reference.run
    if given is not None and wanted is not None and not _as_given(deviation, given, wanted):
        passed = input_edits(evidence, look.actual.maker, look.actual.answer)
        axes = knob_edits(evidence, deviation.call, Knob.IN_AXES, axes_text(theirs))
        return (*axes, *passed) if passed and axes else ()
    makers = [each.run for each in look.actual.lifted(look.actual.maker) if each.run is not None]
    turned = wanted is not None and not all(_as_given(deviation, e, wanted) for e in makers)
    axes = knob_edits(evidence, deviation.call, Knob.IN_AXES, axes_text(theirs))
    return (*axes, *unturned(evidence)) if turned else axes


def _as_given(deviation: Deviation, run: ModuleRun, reference: ModuleRun) -> bool:
    """Whether a run got the reference's arrays, maybe among others, in the shapes that it got."""
    places = [place for place in deviation.places if place < len(run.inputs)]
    return tuple(run.input_shapes[place] for place in places) == reference.input_shapes


def _whole(evidence: Evidence) -> Iterator[Sighting]:
    """Find a right answer from a module that got all examples at once, whatever nn.vmap maps."""
    looks = [look for look in evidence.looks if (look.mapped_size or 0) > 1]
    if looks and all(sees_the_whole(look) for look in looks):
        yield _whole_sighting(evidence, looks[0])


def _whole_sighting(evidence: Evidence, look: Look) -> Sighting:
    run = look.actual.lifted(look.actual.answer)[0]
    reference = look.expected.lifted(look.expected.answer)[0]
    inputs = reference.run.inputs if reference.run is not None else ()
    noun = look.mapped_noun(reference.call, inputs) or "the examples"
    module, wanted = evidence.exercise.module, axes_text(reference.call.in_axes)
    ours = axes_text(run.call.in_axes)
    knob = evidence.landmarks.knob(run.call, Knob.IN_AXES)
    added = ours == wanted
    return Sighting(
        message=f"nn.vmap doesn't map over {noun}: {module} gets all of it at once",
        label="the mapped axis was added only for this" if added else "no axis of the input",
        shapes=_inner_rows(look),
        why=f"Here {module} does all the work, and nn.vmap does nothing. A module written for one "
        "example couldn't do that.",
        help="pass the input to the lifted module unchanged, without an extra axis"
        if added
        else f"set in_axes to the axis that counts {noun}: in_axes={wanted}",
        span=(run.root.span or knob) if added else knob,
        edits=input_edits(evidence, look.actual.maker, look.actual.answer)
        if added
        else knob_edits(evidence, run.call, Knob.IN_AXES, wanted),
        case=look.case,
        evidence={"argument": "in_axes", "expected": wanted, "actual": ours},
    )


def _inner_rows(look: Look) -> tuple[ShapeRow, ...]:
    """Return what the module inside the lifted one sees, on both sides."""
    wanted, found = one_example(look.expected), one_example(look.actual)
    if wanted is None or found is None:
        return ()
    return tuple(
        ShapeRow(
            name="what each sees",
            expected=array_text(theirs.dtype, theirs.shape),
            actual=array_text(ours.dtype, ours.shape),
        )
        for theirs, ours in zip(wanted.inputs, found.inputs, strict=False)
    )


def _why(deviation: Deviation) -> str:
    ours, theirs = deviation.call.in_axes, deviation.reference.call.in_axes
    if ours == theirs:
        return "The axes of the input were swapped on the way."
    if _is_no_tuple(ours) or _misses_entries(deviation) or _nested(deviation) is not None:
        return "in_axes describes the tuple of arguments, so it has to have the same structure."
    if _is_whole(deviation.expected):
        return "Then each of them sees only a part of the input, and each a different one."
    place = _first_other(deviation)
    shared = ours == Axis(value=None) or (isinstance(ours, AxisTree) and not _maps(ours))
    if shared or (place is not None and _axis(deviation.actual, place) is None):
        return "What belongs to one example is then shared by all of them."
    return (
        "The module gets slices that aren't single examples: its weights get a different shape, "
        "which changes with the batch size."
    )


def _is_no_tuple(axes: Axes) -> bool:
    return isinstance(axes, AxisTree) and axes.kind != "tuple"


def _misses_entries(deviation: Deviation) -> bool:
    """Whether the number of entries differs from the number of arguments.

    If the module ran, it doesn't. If nothing is mapped, that alone is refused.
    """
    ours, theirs = deviation.call.in_axes, deviation.reference.call.in_axes
    if not isinstance(ours, AxisTree) or not deviation.refused or not _maps(ours):
        return False
    run = deviation.reference.run
    count = len(theirs.items) if isinstance(theirs, AxisTree) else len(run.inputs) if run else 0
    return count > 0 and len(ours.items) != count


def _maps(axes: AxisTree) -> bool:
    """Whether an entry maps something: others may belong to flags."""
    return any(each != Axis(value=None) for each in axes.items)


def _wanted_axes(evidence: Evidence, look: Look, deviation: Deviation) -> Axes | None:
    """Return the reference's axes, with the entries of flags that ours has; None if not known."""
    run, call = deviation.reference.run, deviation.reference.call
    ours: Axes | None = deviation.call.in_axes
    theirs = call.in_axes
    count = len(run.inputs) if run is not None else 0
    wanted = leaf_axes(theirs, count)
    plain = not isinstance(ours, AxisTree) or _is_no_tuple(ours)
    if plain or wanted is None or count == 0 or _nested(deviation) is not None:
        return theirs
    if isinstance(ours, AxisTree) and _misses_entries(deviation):
        passed = _passed(evidence, look)
        if passed == count or (passed is None and _is_for_the_module(deviation, ours, count)):
            return theirs
        ours = _as_long(ours, passed)
    if not isinstance(ours, AxisTree):
        return None
    if leaf_count(ours) <= count and not _has_trees(ours):
        return theirs
    arrays = deviation.run.run.inputs if deviation.run.run is not None else ()
    known = leaf_count(ours) == len(arrays) and len(deviation.places) == count
    places = deviation.places if known else _mapping(ours)
    entries = (Axis(value=axis) for axis in wanted)
    pairs = dict(zip(places, entries, strict=False))
    return with_leaves(ours, pairs) if len(places) == count else None


def _mapping(axes: AxisTree) -> tuple[int, ...]:
    """Return which single axes map something: others may belong to flags."""
    leaves = leaf_axes(axes, leaf_count(axes)) or ()
    return tuple(place for place, each in enumerate(leaves) if each is not None)


def _is_for_the_module(deviation: Deviation, axes: AxisTree, count: int) -> bool:
    """Whether no entry is a flag's; a lifted function needs none for its first argument."""
    function = not deviation.call.is_class and axes.items[0] == _NOT_MAPPED
    return len(_mapping(axes)) != count or (function and len(axes.items) == count + 1)


def _has_trees(axes: AxisTree) -> bool:
    return any(isinstance(each, AxisTree) for each in axes.items)


def _as_long(axes: AxisTree, count: int | None) -> AxisTree | None:
    """Return axes with this many entries: what is left out, or added, has no axis."""
    if count is None or any(each != _NOT_MAPPED for each in axes.items[count:]):
        return None
    more = (_NOT_MAPPED,) * (count - len(axes.items))
    return msgspec.structs.replace(axes, items=(*axes.items[:count], *more))


def _passed(evidence: Evidence, look: Look) -> int | None:
    """Return how many arguments the call that raised passes to the module; None if not known."""
    root = look.actual.answer
    call = evidence.source.call_at(root.span) if root is not None else None
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr not in _FLAX:
        return None
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    return None if starred or not call.args else len(call.args) - 1


def _first_other(deviation: Deviation) -> int | None:
    """Return the first of several arguments that is mapped differently, counted from 0."""
    wanted, found = deviation.expected, deviation.actual
    if not isinstance(wanted, tuple) or not isinstance(found, tuple) or len(wanted) < 2:
        return None
    pairs = zip(wanted, found, strict=False)
    return next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), None)


def _axis(axes: object, place: int) -> int | None:
    axis = axes[place] if isinstance(axes, tuple) else None
    return axis if isinstance(axis, int) else None


def _argument_noun(look: Look, deviation: Deviation, place: int) -> str | None:
    """Return what messages call the axis along which an argument is mapped."""
    axis, inputs = _axis(deviation.actual, place), deviation.inputs
    if axis is None or place >= len(inputs):
        return None
    return look.axis_noun(inputs[place].shape, axis)


def _message(look: Look, deviation: Deviation, given: str) -> str:
    wanted = _wanted_noun(look, deviation)
    found = _noun(look, deviation)
    if isinstance(deviation.call.in_axes, Axis) and deviation.call.in_axes.invalid is not None:
        return f"{given} isn't an axis; Flax takes a number, None, or a tuple of them"
    built = _build_fault(deviation) if look.raised is not None else None
    if built is not None:
        return f"{given} {built}"
    if deviation.call.in_axes == deviation.reference.call.in_axes and len(deviation.inputs) > 1:
        return f"{given} doesn't map over {wanted}: an argument came with its axes swapped"
    if _is_whole(deviation.expected):
        over = found or "an axis of the input"
        return f"{given} maps over {over}; no input should be mapped"
    if _is_whole(deviation.actual):
        return f"{given} maps over nothing; it should map over {wanted}"
    told = _of_argument(look, deviation, wanted)
    if told is None and found is not None and found != wanted:
        told = f"maps over {found}, not over {wanted}"
    if told is None:
        told = f"doesn't map over {wanted}"
    return f"{given} {told}"


def _nested(deviation: Deviation) -> int | None:
    """Return the first argument that is a single array but has several axes."""
    run, reference = deviation.reference.run, deviation.reference.call
    arrays = run.inputs if run is not None else ()
    return nested(deviation.call.in_axes, reference.in_axes, arrays) if deviation.refused else None


def _build_fault(deviation: Deviation) -> str | None:
    """Say how the structure differs from the module's arguments, if it does."""
    place = _nested(deviation)
    given = deviation.call.in_axes
    if isinstance(given, AxisTree) and given.kind != "tuple":
        return f"is a {given.kind}; Flax takes a tuple, with an entry for each argument"
    if place is not None:
        return f"has several axes for argument {place + 1}, which is one array"
    return "doesn't have an entry for each argument" if _misses_entries(deviation) else None


def _of_argument(look: Look, deviation: Deviation, wanted: str) -> str | None:
    """Say how the first of several arguments is mapped differently."""
    place = _first_other(deviation)
    if place is None or _axis(deviation.expected, place) is None:
        return None
    if _axis(deviation.actual, place) is None:
        return f"gives all of {wanted} the whole of {_argument(deviation, place)}"
    along = _argument_noun(look, deviation, place)
    if along is None or along == wanted:
        return None
    return f"takes {_argument(deviation, place)} along {along}, not along {wanted}"


def _argument(deviation: Deviation, place: int) -> str:
    """Return what messages call the argument that one of the reference's arrays came in."""
    run, places = deviation.run.run, deviation.places
    own = places[place] if place < len(places) else place
    count = len(run.inputs if run is not None else deviation.places)
    number = argument_of(deviation.call.in_axes, own, max(count, own + 1))
    return "an argument" if number is None else f"argument {number + 1}"


def _is_whole(axes: object) -> bool:
    """Whether no array is mapped, so that every example sees all of them."""
    return isinstance(axes, tuple) and set(axes) == {None}


def _help(evidence: Evidence, look: Look, deviation: Deviation) -> str:
    if deviation.call.in_axes == deviation.reference.call.in_axes:
        return "pass the input as it comes, with its axes in their order"
    axes = _wanted_axes(evidence, look, deviation)
    if axes is None and _misses_entries(deviation):
        return "give in_axes an entry for each argument that the module is called with, and no more"
    if axes is None:
        noun, call = _wanted_noun(look, deviation), deviation.reference.call
        return f"give the input its axis in in_axes, which counts {noun}: {axes_text(call.in_axes)}"
    wanted = f"in_axes={axes_text(axes)}"
    if axes != deviation.reference.call.in_axes and _misses_entries(deviation):
        return f"give in_axes an entry for each argument that is passed: {wanted}"
    if _is_whole(deviation.expected):
        return f"let all of them see the whole input: {wanted}"
    return f"set in_axes to the axis that counts {_wanted_noun(look, deviation)}: {wanted}"


def _label(look: Look, deviation: Deviation) -> str:
    if _is_no_tuple(deviation.call.in_axes):
        return "must be a tuple"
    if _nested(deviation) is not None:
        return "needs one axis for each argument"
    if _misses_entries(deviation):
        return "needs an entry for each argument"
    place = _first_other(deviation)
    if place is not None and _axis(deviation.actual, place) is None:
        return f"{_argument(deviation, place)} is not mapped"
    if place is not None:
        return f"another axis of {_argument(deviation, place)} was expected"
    noun = _noun(look, deviation)
    return f"maps along {noun}" if noun is not None else "not the axis that counts the examples"


def _noun(look: Look, deviation: Deviation) -> str | None:
    """Return what messages call the axis that is mapped over."""
    axes = deviation.actual if isinstance(deviation.actual, tuple) else ()
    mapped = (place for place, axis in enumerate(axes) if axis is not None)
    return next((_argument_noun(look, deviation, place) for place in mapped), None)


def _wanted_noun(look: Look, deviation: Deviation) -> str:
    """Return what messages call the axis that should be mapped over."""
    run, call = deviation.reference.run, deviation.reference.call
    return look.mapped_noun(call, run.inputs if run is not None else ()) or "the examples"


def _shapes(deviation: Deviation) -> tuple[ShapeRow, ...]:
    """Return the shapes of one example, as the inner module sees it."""
    run, reference = deviation.run.run, deviation.reference.run
    if run is None or reference is None:
        return ()
    wanted = inner_shapes(deviation.reference.call, reference.inputs) or ()
    found = one_of_each(deviation.run) or ()
    pairs = zip(wanted, (found[n] for n in deviation.places if n < len(found)), strict=False)
    return tuple(
        ShapeRow(
            name="one example"
            if len(wanted) == 1
            else f"{_argument(deviation, place)}, one example",
            expected=array_text(w.dtype, w.shape),
            actual=array_text(f.dtype, f.shape),
        )
        for place, (w, f) in enumerate(pairs)
        if w.shape != f.shape
    )


RULE = Rule(
    id="wrong-in-axes",
    check=Check.LIFTED,
    title="in_axes maps over the wrong axis of the input",
    explanation="""\
`in_axes` says which axis of each input counts the examples. The lifted module removes that axis and
runs the inner module once for each index along it. `None` maps nothing: every example sees the
whole array.

For `x` of shape `(batch, in) = (2, 3)`, each number is the run that gets that part:

```text
in_axes=0    in_axes=1    in_axes=None
  0 0 0        0 1 2        * * *
  1 1 1        0 1 2        * * *
```

With another axis, the inner module sees slices across the batch. Then its weights have the batch
size in their shape, and each output mixes all examples. If the array happens to be square, you
can't see the mistake in any shape.
""",
    wrong=RIGHT.replace("in_axes=0", "in_axes=1"),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
)
