"""Weights of NNX's layers that are shared where each should have its own, or the other way round.

What Linen says in `variable_axes` and `split_rngs`, an NNX program says by how it makes its layers
and which axes it maps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from grader.evidence import Evidence
from grader.evidence.exceptions import text_lines
from grader.evidence.nnx import (
    HeldPair,
    NnxLook,
    NnxSide,
    indices,
    is_constant,
    nnx_looks,
    outer_weight,
    outer_weights,
    stacked_axes,
    weights,
)
from grader.evidence.nnx_axes import OBJECT, mapped_otherwise, maps_one_key
from grader.evidence.nnx_calls import passes_otherwise
from grader.evidence.nnx_loops import hands_on, unstacked
from grader.evidence.notation import array_text, listing
from grader.evidence.provenance import DERIVING
from grader.evidence.scans import steps_noun
from grader.model.axes import CARRY
from grader.model.finding import ShapeRow
from grader.model.nnx import WEIGHTS, Held, NodeState
from grader.model.observation import Span, TransformRun
from grader.model.transforms import Does, transform
from grader.rules.rule import Sighting


def per_example(evidence: Evidence) -> Iterator[Sighting]:
    """Yield weights of which each index has its own, although they should be shared."""
    yield from _own(evidence, loops=False)


def per_step(evidence: Evidence) -> Iterator[Sighting]:
    """Yield weights of which each step has its own, although they should be shared."""
    yield from _own(evidence, loops=True)


def _own(evidence: Evidence, *, loops: bool) -> Iterator[Sighting]:
    for each in nnx_looks(evidence):
        found = _held(each, _OWN) if each.loops is loops else []
        if found and _several(each):
            yield _per_example(evidence, each, found)
            return


_SPLIT_IT = (
    "split the stream with nnx.split_rngs(splits=…), and map it in the function that makes the "
    "members: in_axes=0"
)
_SPLIT_AROUND = (
    "put nnx.split_rngs around the map, as a decorator above nnx.vmap, and draw the weights from "
    "the stream that the mapped function gets"
)
_OWN = (Held.ONE, Held.EACH)
_COMMON = (Held.EACH, Held.ONE)


def _split_it(evidence: Evidence) -> str:
    """Say how to split the stream: where the text does it, it does so at another place."""
    names = evidence.source.names
    calls = (each for each in evidence.source.nodes if isinstance(each, ast.Call))
    done = any(names.dotted(each.func).endswith("nnx.split_rngs") for each in calls)
    return _SPLIT_AROUND if done else _SPLIT_IT


def _held(each: NnxLook, how: tuple[Held, Held]) -> list[HeldPair]:
    """Return the weights that both sides hold in these ways, if the map goes over their axes.

    Weights that are mapped over a wrong axis, or not at all, are another mistake.
    """
    if any(other.noun == OBJECT for other in mapped_otherwise(each)):
        return []
    return [
        pair
        for pair in weights(each)
        if (pair.wanted, pair.found) == how and pair.expected.type == pair.actual.type
    ]


def _several(each: NnxLook) -> bool:
    """Whether the task's map has more than one index in this case."""
    return indices(each.expected) > 1


def _per_example(evidence: Evidence, each: NnxLook, found: list[HeldPair]) -> Sighting:
    run, words = _maker(each) or each.actual.run, _words(evidence, each)
    return Sighting(
        message=f"every {words.one} has its own copy of the weights",
        label=f"makes a layer for each {words.one}"
        if run is not each.actual.run
        else f"{words.does} the layer",
        shapes=tuple(_row(each, pair) for pair in found),
        details=(f"Inside the {words.name}, each index has its own {_names(found)}.",),
        why=f"Each copy is trained only on its own {words.one}, and a {words.all} of another size "
        "doesn't fit them at all.",
        help=f"make one layer outside of the {words.name}, and pass it with None in in_axes",
        span=(run.span if run is not None else None) or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": None, "actual": "an axis"},
    )


def _names(found: list[HeldPair]) -> str:
    return listing(dict.fromkeys(f"`{pair.name}`" for pair in found))


def _row(each: NnxLook, pair: HeldPair) -> ShapeRow:
    wanted = pair.expected.type
    outer = outer_weight(each.actual, pair.actual)
    if outer is None:
        return ShapeRow(
            name=pair.name,
            expected=array_text(wanted.dtype, wanted.shape),
            actual=array_text(pair.actual.type.dtype, pair.actual.type.shape),
            remark="one for each index",
        )
    return ShapeRow(
        name=pair.name,
        expected=array_text(wanted.dtype, wanted.shape),
        actual=array_text(outer.type.dtype, outer.type.shape),
        remark="one for each index",
        surplus_axis=min(stacked_axes(outer.type, pair.actual.type), default=None),
    )


def _maker(each: NnxLook) -> TransformRun | None:
    """Return the map that made the layers."""
    return next((run for run, state in each.actual.made if _has_weights(state)), None)


def _has_weights(state: NodeState) -> bool:
    return any(each.collection == WEIGHTS for each in state.variables)


def split(evidence: Evidence) -> Iterator[Sighting]:
    """Yield a stream that was split although the weights should be drawn once.

    Keys that the program itself derived are other keys than the task's, which is told as that.
    """
    for each in nnx_looks(evidence):
        own = [pair.name for pair in _held(each, _OWN)]
        alike = _alike(each.actual)
        derived = any(step.operation in DERIVING for step in each.actual.trail.record.keys)
        if each.look.answer_wrong and _several(each) and _drawn_in_a_map(each) and not derived:
            names = [name for name in own if name not in alike]
            if names:
                yield _split(evidence, each, names)
                return


def _drawn_in_a_map(each: NnxLook) -> bool:
    """Whether the weights were drawn from a stream that has several keys."""
    draws = each.actual.draws(each.expected.classes)
    return bool(draws) and all(draw.data is None and draw.inside is not None for draw in draws)


def _split(evidence: Evidence, each: NnxLook, names: list[str]) -> Sighting:
    runs = each.actual.trail.record.transforms
    splits = (one for one in runs if transform(one.transform).does is Does.SPLITS)
    run = next(splits, _maker(each) or each.actual.run)
    noun, words = listing(f"`{name}`" for name in names), _words(evidence, each)
    return Sighting(
        message=f"the stream is split: every {words.one} draws its weights from its own key",
        label=f"gives each {words.one} its own key" if run is not None else "",
        details=(f"{noun} isn't the same for all {words.one}s.",),
        why=f"What the {words.one}s share must be drawn once. With split keys each {words.one} "
        "gets different numbers, so there is nothing left to share.",
        help=f"make one layer from nnx.Rngs itself, outside of the {words.name}",
        span=(run.span if run is not None else None) or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": False, "actual": True},
    )


def shared(evidence: Evidence) -> Iterator[Sighting]:
    """Yield weights that are the same for all, although each should have its own."""
    if passes_otherwise(evidence):
        return
    for each in nnx_looks(evidence):
        telling = _telling(each)
        if (telling and hands_on(each) is None) or unstacked(each):
            yield _shared(evidence, each, telling)
            return


def _telling(each: NnxLook) -> list[HeldPair]:
    """Return the weights that are one for all in a failing case, where each should have its own."""
    if not each.look.failed or not _several(each):
        return []
    return [pair for pair in _held(each, _COMMON) if not is_constant(pair.actual)]


def _shared(evidence: Evidence, each: NnxLook, found: list[HeldPair]) -> Sighting:
    run = each.actual.run
    made = each.actual.layers(each.expected.classes[0])
    outside = next((layer.span for layer in made if layer.inside is None), None)
    words = _words(evidence, each)
    return Sighting(
        message=f"the weights are shared: one {words.set} for all {words.several}, not one each",
        label="makes the only layer"
        if outside is not None
        else f"all {words.several} have these weights",
        shapes=tuple(_common_row(each, pair) for pair in found),
        details=text_lines(each.look.raised) if each.look.raised is not None else (),
        why="With one set of weights it is the same layer in every member: all gradients go into "
        "that set, so the members can't learn to differ."
        if each.maps
        else "With one set of weights, it is the same layer again and again.",
        help=_MAKE_THEM.format("map" if each.maps else "scan"),
        span=outside or (run.span if run is not None else None) or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": "an axis", "actual": None},
    )


_MAKE_THEM = (
    "make the layers in a function that nnx.vmap maps over split streams, and {} the object that "
    "it returns: in_axes=0"
)


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """What messages call the transform, what it does, one index of it, and all of them."""

    name: str
    does: str
    one: str
    all: str
    several: str
    set: str = "layer"


def _words(evidence: Evidence, each: NnxLook) -> _Words:
    if each.maps:
        return _Words(name="map", does="maps", one="example", all="batch", several="members")
    several = f"of {steps_noun(evidence)}"
    return _Words(name="loop", does="scans", one="step", all="sequence", several=several, set="set")


def carried_on(evidence: Evidence) -> Iterator[Sighting]:
    """Yield weights that a loop hands from step to step, although each step has its own."""
    for each in nnx_looks(evidence):
        run, telling = hands_on(each), _telling(each)
        if run is not None and telling:
            yield _carried(evidence, each, run, telling)
            return


def _carried(
    evidence: Evidence, each: NnxLook, run: TransformRun, found: list[HeldPair]
) -> Sighting:
    noun = steps_noun(evidence)
    return Sighting(
        message=f"the weights are carried: each of {noun} hands the same ones to the next",
        label="marks the weights as the carry",
        shapes=tuple(_common_row(each, pair) for pair in found),
        why="The carry is for what a step changes, such as a counter. Weights stay as they are, so "
        f"all of {noun} have one set.",
        help=_MAKE_THEM.format("scan"),
        span=evidence.landmarks.keyword(run.span, "in_axes") or evidence.landmarks.head,
        case=each.look.case,
        evidence={"argument": "in_axes", "expected": "an axis", "actual": CARRY},
    )


def _common_row(each: NnxLook, pair: HeldPair) -> ShapeRow:
    outer = outer_weight(each.expected, pair.expected)
    wanted = outer.type if outer is not None else pair.expected.type
    return ShapeRow(
        name=pair.name,
        expected=array_text(wanted.dtype, wanted.shape),
        actual=array_text(pair.actual.type.dtype, pair.actual.type.shape),
    )


def unsplit(evidence: Evidence) -> Iterator[Sighting]:
    """Yield layers with weights for each index that are all alike, which they shouldn't be."""
    for each in nnx_looks(evidence):
        mapped = maps_one_key(each)
        if mapped is not None:
            yield _one_key(evidence, each, mapped)
            return
        ours, theirs = _alike(each.actual), _alike(each.expected)
        names = [name for name in ours if name not in theirs]
        if names and each.look.failed and _held_by_each(each):
            yield _unsplit(evidence, each, names)
            return


def _one_key(evidence: Evidence, each: NnxLook, run: TransformRun) -> Sighting:
    return Sighting(
        message="the stream is not split: it has one key, and no axis that could be mapped",
        label="maps the stream",
        details=text_lines(each.look.raised) if each.look.raised is not None else (),
        why=f"{run.transform} takes a slice of each of the stream's arrays for every index. A "
        "stream of nnx.Rngs has one key, until nnx.split_rngs gives it an axis of keys.",
        help=_split_it(evidence),
        span=run.span or evidence.landmarks.head,
        case=each.look.case,
        evidence={"expected": True, "actual": False},
    )


def _held_by_each(each: NnxLook) -> bool:
    """Whether the task gives each index its own weights, and so does the program."""
    held = [(pair.wanted, pair.found) for pair in weights(each)]
    return (Held.EACH, Held.EACH) in held


def _alike(side: NnxSide) -> list[str]:
    """Return the weights that have the same numbers for all indices, from when they were made."""
    found = []
    for call in side.calls:
        for inner in call.variables:
            outer = tuple(outer_weights(side, inner))
            alike = (stacked_axes(one.type, inner.type) & set(one.alike_along) for one in outer)
            if outer and not any(map(is_constant, outer)) and all(alike):
                found.append(".".join(inner.path))
    return list(dict.fromkeys(found))


def _unsplit(evidence: Evidence, each: NnxLook, names: list[str]) -> Sighting:
    maker = _maker(each)
    noun, words = listing(f"`{name}`" for name in names), _words(evidence, each)
    return Sighting(
        message=f"the stream is not split: all {words.several} draw their weights from the same "
        "key",
        label=f"makes {'every member' if each.maps else 'every layer'} from the same key",
        details=(f"All slices of {noun} are the same numbers.",),
        why="Weights that start out identical get the same gradient from the same input, and stay "
        "identical forever. You can't see it in any shape, and nothing raises.",
        help=_split_it(evidence),
        span=_place(evidence, maker),
        case=each.look.case,
        evidence={"expected": True, "actual": False},
    )


def _place(evidence: Evidence, maker: TransformRun | None) -> Span | None:
    return (maker.span if maker is not None else None) or evidence.landmarks.head
