"""Weights of NNX's layers that were drawn from other keys than the task's.

A stream of `nnx.Rngs` is a key and a count: each key that it gives is made of both. So a layer has
other weights if its stream has another key, or has given keys before.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import msgspec

from grader.evidence import Evidence
from grader.evidence.edits import Edits, given_name
from grader.evidence.edits.text import replaced
from grader.evidence.nnx import (
    NnxLook,
    NnxSide,
    Numbers,
    layer_looks,
    numbers_of,
    shapes_of,
)
from grader.evidence.notation import listing
from grader.evidence.own_weights import weights_beside
from grader.evidence.provenance import DERIVING, MAKERS
from grader.evidence.uses import single
from grader.model.nnx import NnxDraw, NnxStream
from grader.model.observation import KeyStep, Span, TransformRun
from grader.rules import nnx_class_keys
from grader.rules.rule import Sighting


class _Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of the streams that were drawn from outside of maps, and the first draws of each."""

    look: NnxLook
    wanted: frozenset[str]
    found: frozenset[str]


def ignored_seed(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting if two seeds lead to the same key, in all cases.

    A class gets its stream from the grader: one of its own is told by `nnx_class_keys`.
    """
    if evidence.seed_name is None or evidence.exercise.flax_class is not None:
        return
    keys = [each for each in map(_keys, layer_looks(evidence)) if each is not None]
    pairs = [
        (first, second)
        for first, second in combinations(keys, 2)
        if evidence.seed(first.look.look.case) != evidence.seed(second.look.look.case)
        and not first.wanted & second.wanted
    ]
    if any(first.found != second.found for first, second in pairs):
        return
    wrong = [pair for pair in pairs if pair[0].look.look.failed or pair[1].look.look.failed]
    for first, second in wrong[:1]:
        yield _ignored(evidence, first, second)


def _keys(each: NnxLook) -> _Keys | None:
    """Return the keys of both sides, None if one of them isn't known."""
    classes = each.expected.classes
    wanted, found = _known(each.expected, classes), _known(each.actual, classes)
    if not wanted or not found:
        return None
    return _Keys(look=each, wanted=wanted, found=found)


def _known(side: NnxSide, classes: tuple[str, ...]) -> frozenset[str]:
    """Return the keys of the streams that the layers were drawn from, empty if any isn't known.

    Inside a map a stream has several keys: then it counts what they were split from.
    """
    draws = _telling(side, classes)
    found = frozenset(each.data for each in draws if each.data is not None)
    return found if all(each.data is not None for each in draws) else frozenset()


def _telling(side: NnxSide, classes: tuple[str, ...]) -> tuple[NnxDraw, ...]:
    """Return the draws for the layers, or the last one before them if they were made in a map."""
    own = side.draws(classes)
    if not own or not all(map(_mapped, own)):
        return own
    draws = side.record.draws
    layers = {layer.number for layer in side.library_layers}
    before = [each for each in draws[: draws.index(own[0])] if each.layer not in layers]
    return tuple(before[-1:])


def _ignored(evidence: Evidence, first: _Keys, second: _Keys) -> Sighting:
    seeds = [evidence.seed(each.look.look.case) for each in (first, second)]
    name = evidence.seed_name
    shown = second if second.look.look.failed else first
    stream = _stream(shown.look.actual, shown.found)
    span = stream.span if stream is not None else None
    key = next(iter(sorted(shown.found)))
    return Sighting(
        message=f"{name} is ignored: {name} {seeds[0]} and {name} {seeds[1]} give the same key",
        label=f"the key doesn't depend on {name}",
        details=(f"Both times the weights were drawn from a stream with the key {key}.",),
        why="Runs with different seeds should start from different weights.",
        help=f"make the stream from the argument: nnx.Rngs({name})",
        span=span or evidence.landmarks.head,
        edits=_seed_edits(evidence, span),
        case=shown.look.look.case,
        evidence={"seeds": seeds},
        certain=True,
    )


def _stream(side: NnxSide, keys: frozenset[str]) -> NnxStream | None:
    """Return the stream with one of these keys that the program made in this call."""
    return next((each for each in side.record.streams if each.data in keys), None)


def _seed_edits(evidence: Evidence, span: Span | None) -> Edits:
    """Make the `nnx.Rngs` at a place from the seed."""
    call, name = evidence.source.call_at(span), evidence.seed_name
    own = given_name(evidence, call, name) if name is not None else None
    if call is None or own is None:
        return ()
    values = [*call.args, *(each.value for each in call.keywords)]
    if len(values) != 1 or isinstance(values[0], ast.Starred):
        return ()
    return replaced(evidence.source, values[0], own)


def derived(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting if the weights were drawn from another key than the task's."""
    constant = (ignored_seed(evidence), nnx_class_keys.ignored_seed(evidence))
    if any(True for found in constant for _ in found):
        return
    for each in layer_looks(evidence):
        same = set(each.actual.classes) == set(each.expected.classes)
        if each.look.answer_wrong and same:
            found = (
                _other_key(evidence, each)
                or _in_another_order(evidence, each)
                or _exchanged(evidence, each)
                or _later(evidence, each)
                or _unsplit(evidence, each)
            )
            if found is not None:
                yield found
                return


def _other_key(evidence: Evidence, each: NnxLook) -> Sighting | None:
    """Describe a stream with another key; nothing if any key isn't known."""
    classes = each.expected.classes
    wanted, found = _known(each.expected, classes), _known(each.actual, classes)
    if not wanted or wanted & found or not each.actual.draws(classes):
        return None
    told = _telling(each.actual, classes)
    streams = each.actual.record.streams
    unknown = any(stream.data is None and stream.inside is None for stream in streams)
    nothing = not told and _step(each.actual) is None
    if unknown or nothing or any(draw.data is None for draw in told):
        return None
    return _sighting(evidence, each, wanted, found)


def _mapped(draw: NnxDraw) -> bool:
    """Whether a stream of several keys was drawn from, inside a transform."""
    return draw.data is None and draw.inside is not None


def _sighting(
    evidence: Evidence, each: NnxLook, wanted: frozenset[str], found: frozenset[str]
) -> Sighting:
    step, stream = _step(each.actual), _stream(each.actual, found)
    span = step.span if step is not None else stream.span if stream is not None else None
    expected, actual = next(iter(sorted(wanted))), next(iter(sorted(found)), None)
    made = f"jax.random.{step.operation}" if step is not None else "nnx.Rngs"
    shown = (f"key   expected {expected}   found {actual}",) if actual is not None else ()
    return Sighting(
        message="the weights are drawn from a key that isn't the task's",
        label=f"the keys are made by {made} here"
        if step is not None
        else f"this isn't {_of_task(evidence)}",
        details=shown,
        why="From another key come other weights. Nobody can repeat this run from the seed alone.",
        help=f"draw from {_stream_name(evidence)}, and let NNX derive the keys from it",
        span=span or evidence.landmarks.head,
        edits=_seed_edits(evidence, span) if step is None else (),
        case=each.look.case,
        evidence={"expected": expected, "actual": actual},
    )


def _stream_name(evidence: Evidence) -> str:
    """Return what messages call the task's stream."""
    of_class = evidence.exercise.flax_class is not None
    return "the rngs that the class is given" if of_class else f"nnx.Rngs({evidence.seed_name})"


def _of_task(evidence: Evidence) -> str:
    name = _stream_name(evidence)
    return name if evidence.exercise.flax_class is not None else f"the stream of {name}"


def _step(side: NnxSide) -> KeyStep | None:
    """Return the last of the program's own steps that derived a key."""
    steps = [each for each in side.trail.record.keys if each.operation in DERIVING]
    makers = [each for each in side.trail.record.keys if each.operation in MAKERS]
    return next(iter(reversed(steps)), None) if makers else None


def _later(evidence: Evidence, each: NnxLook) -> Sighting | None:
    """Describe a stream that has given keys before it gives those of the task."""
    classes = each.expected.classes
    theirs = _first(each.expected, classes)
    ours = _first(each.actual, classes)
    if theirs is None or ours is None or ours.data != theirs.data or ours.count <= theirs.count:
        return None
    before = ours.count - theirs.count
    earlier = [
        draw
        for draw in each.actual.record.draws
        if draw.data == ours.data and draw.count in range(theirs.count, ours.count)
    ]
    if not each.maps and _has_more(each) and not _only_tries(each):
        return None  # what draws them is the mistake
    first = earlier[0] if earlier else ours
    return Sighting(
        message=f'the stream "{ours.stream}" has given {_number(before)} before it draws for the '
        "task's layer",
        label="this takes a key from the stream",
        details=(f"count   expected {theirs.count}   found {ours.count}",),
        why="A stream counts the keys that it gives, and each of them is made of its key and the "
        "count. After an earlier one, all that follow are other keys.",
        help="draw nothing from the stream before the task's layer is made",
        span=_maker(each, first) or first.span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": theirs.count, "actual": ours.count},
    )


def _unsplit(evidence: Evidence, each: NnxLook) -> Sighting | None:
    """Describe layers that take key after key from a stream that the task splits first."""
    classes = each.expected.classes
    ours, theirs = each.actual.draws(classes), each.expected.draws(classes)
    known = bool(ours) and all(draw.data is not None for draw in ours)
    if not known or not theirs or not all(map(_mapped, theirs)) or len(each.actual.calls) < 2:
        return None
    return Sighting(
        message="the layers take one key after the other from the stream, which isn't split",
        label="takes the next keys of the stream",
        details=(f"The counts of the keys are {listing(str(draw.count) for draw in ours[:6])}.",),
        why="nnx.split_rngs takes a single key from the stream, and splits it into one for each "
        "layer. Other keys give other weights.",
        help="split the stream with nnx.split_rngs before the layers are made from it",
        span=ours[0].span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": "split", "actual": [draw.count for draw in ours[:6]]},
    )


def _has_more(each: NnxLook) -> bool:
    """Whether a program makes other layers than the task's, or its class has other weights."""
    if each.look.exercise.flax_class is not None and _has_other_weights(each):
        return True
    sides = (each.expected, each.actual)
    theirs, ours = (Counter(map(shapes_of, side.library_layers)) for side in sides)
    return theirs != ours


def _has_other_weights(each: NnxLook) -> bool:
    weights = weights_beside(each.look)
    return weights is None or bool(weights.missing or weights.surplus)


def _only_tries(each: NnxLook) -> bool:
    """Whether the layers beside the task's have no part in the answer: they only took keys.

    Nobody calls them, or the task's transform gets what it should, and its loop gives the answer.
    """
    if each.look.exercise.flax_class is not None and _has_other_weights(each):
        return False
    if len(each.actual.every_call) == len(each.expected.every_call):
        return each.actual.classes == each.expected.classes
    run = each.actual.run
    gives = run is None or each.actual.trail.answer_digest in run.given_back
    pairs = [single(each.look, use) for use in each.look.exercise.uses]
    return gives and any(
        both is not None and _gets_the_same(both[0][0], both[1][0]) for both in pairs
    )


def _gets_the_same(ours: TransformRun, theirs: TransformRun) -> bool:
    return bool(ours.digests) and all(ours.digests) and ours.digests == theirs.digests


def _maker(each: NnxLook, draw: NnxDraw) -> Span | None:
    """Return where the learner's module was made that has the layer which took a key."""
    layers = each.actual.record.layers
    inner = next((layer for layer in layers if layer.number == draw.layer), None)
    own = {one.digest for one in inner.variables} - {None} if inner is not None else set()
    around = [layer for layer in layers if own <= {one.digest for one in layer.variables}]
    outer = max(around, key=lambda layer: len(layer.variables), default=None)
    return outer.span if own and outer is not None else None


def _in_another_order(evidence: Evidence, each: NnxLook) -> Sighting | None:
    """Describe a layer that draws where another one of the task's does, if its shapes tell it."""
    theirs, ours = _order(each.expected), _order(each.actual)
    if each.maps or Counter(theirs) != Counter(ours):
        return None
    moved = [one for one in ours if theirs.count(one) == 1 and theirs.index(one) != ours.index(one)]
    layers = [layer for layer in each.actual.library_layers if shapes_of(layer) in moved]
    if not layers:
        return None
    found, wanted = (order.index(shapes_of(layers[0])) for order in (ours, theirs))
    return Sighting(
        message="the weights are drawn in another order than the task's",
        label=f"is drawn {_ordinal(found)}, in the task {_ordinal(wanted)}",
        why="A stream counts the keys that it gives. Each layer takes the next ones, so its "
        "weights depend on what was made before.",
        help="make the layers in the task's order",
        span=layers[0].span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": wanted + 1, "actual": found + 1},
    )


def _exchanged(evidence: Evidence, each: NnxLook) -> Sighting | None:
    """Describe a layer that does the work of an equal one, which was made before or after it."""
    theirs, ours = _numbers_called(each.expected), _numbers_called(each.actual)
    if each.maps or theirs == ours or not theirs or set(theirs) != set(ours):
        return None
    place = next(n for n, pair in enumerate(zip(theirs, ours, strict=True)) if len({*pair}) == 2)
    if not (_gave_another(each, ours[place]) and _is_in_place(each, place)):
        return None
    layers = {numbers_of(one.variables): one for one in each.actual.library_layers}
    drawn = [numbers for numbers in layers if numbers in ours]
    found, wanted = (drawn.index(numbers[place]) for numbers in (ours, theirs))
    return Sighting(
        message="the weights are drawn in another order than the task's",
        label=f"is called {_ordinal(place)} and drawn {_ordinal(found)}; the task's layer that is "
        f"called {_ordinal(place)} is drawn {_ordinal(wanted)}",
        why="A stream counts the keys that it gives. Each layer takes the next ones, so equal "
        "layers have other weights, by the order in which they are made.",
        help="make the layers in the task's order",
        span=layers[ours[place]].span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": wanted + 1, "actual": found + 1},
    )


def _gave_another(each: NnxLook, numbers: Numbers | None) -> bool:
    """Whether a layer gave something else than in the task.

    Layers that get the same input may be called in any order.
    """
    theirs, ours = (
        next(call.digest for call in side.calls if numbers_of(call.variables) == numbers)
        for side in (each.expected, each.actual)
    )
    return theirs is not None and ours is not None and theirs != ours


def _is_in_place(each: NnxLook, place: int) -> bool:
    """Whether a layer gets what the task's layer gets that is called there, and so do the others.

    What came before is right then; and of layers that should follow each other, none stands beside
    another.
    """
    theirs, ours = ([call.given for call in side.calls] for side in (each.expected, each.actual))
    known = None not in theirs and None not in ours
    shared = [[given.index(one) for one in given] for given in (theirs, ours)]
    return known and theirs[place] == ours[place] and shared[0] == shared[1]


def _numbers_called(side: NnxSide) -> tuple[Numbers | None, ...]:
    """Return what tells the layers that were called, in order; nothing if that isn't sure."""
    made = {numbers_of(layer.variables) for layer in side.library_layers} - {None}
    called = tuple(numbers_of(call.variables) for call in side.calls)
    return called if len({*called}) == len(called) and made.issuperset(called) else ()


def _order(side: NnxSide) -> list[tuple[object, ...]]:
    """Return what drew from the streams, in order: layers by their shapes, and the rest."""
    layers = {layer.number: shapes_of(layer) for layer in side.library_layers}
    found: list[tuple[object, ...]] = []
    last: int | None = None
    for draw in side.record.draws:
        own = layers.get(draw.layer) if draw.layer is not None else None
        if own is None or draw.layer != last:
            found.append(own or ("", draw.data))
        last = draw.layer
    return found


def _ordinal(place: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth")
    return names[place] if place < len(names) else f"as number {place + 1}"


def _number(count: int) -> str:
    return "one key" if count == 1 else f"{count} keys"


def _first(side: NnxSide, classes: tuple[str, ...]) -> NnxDraw | None:
    """Return the first draw for the layers, or the one that was split for them."""
    told = [each for each in _telling(side, classes) if each.data is not None]
    return min(told, key=lambda each: each.count, default=None)
