"""ignored-features: a size argument has no effect on the layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import field_edits, given_name, not_overwritten
from grader.evidence.notation import array_text
from grader.evidence.settings import size_settings
from grader.evidence.sized import Sized, one_wrong, taken_instead, unlike
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.model.observation import Span
from grader.rules import nnx_layer
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_layer.ignored(evidence)
    for name in evidence.sizes():
        sized = tuple(_sized(evidence, name))
        instead = taken_instead(evidence, sized, name)
        pairs = unlike(sized, name)
        pair = _same_for_two(pairs, name) or (one_wrong(pairs) if instead else None)
        if pair is not None:
            yield _sighting(evidence, name, (pair[0].look, pair[1].look), instead)


def _sized(evidence: Evidence, name: str) -> Iterator[Sized]:
    """Yield the size of the layer in each look where it is a known number."""
    for look in evidence.looks:
        layer = look.actual.layer
        given = {each.name: each.text for each in layer.settings} if layer is not None else {}
        texts = [given[each] for each in size_settings(look, name) if each in given]
        if texts and texts[0].isdigit() and not look.in_parts:
            yield Sized(look=look, size=int(texts[0]))


def _same_for_two(pairs: list[tuple[Sized, Sized]], name: str) -> tuple[Sized, Sized] | None:
    """Return two looks with different arguments and layers of the same size.

    Cases that differ only in the argument are the best evidence. If there are any, all of them must
    agree: if the layer's size follows the argument in any way, it doesn't ignore it.
    """
    best = [pair for pair in pairs if _differ_only_in(*pair, name)]
    if any(first.size != second.size for first, second in best or pairs):
        return None
    return one_wrong(best or pairs)


def _differ_only_in(first: Sized, second: Sized, name: str) -> bool:
    ours, theirs = first.look.case.sizes, second.look.case.sizes
    return all(ours[each] == theirs[each] for each in ours if each != name)


def _sighting(
    evidence: Evidence, name: str, pair: tuple[Look, Look], instead: str | None
) -> Sighting:
    noun = evidence.exercise.dimension(name).noun
    look = next(each for each in pair if each.wrong)
    layer = look.actual.layer
    sizes = sorted(each.case.sizes[name] for each in pair)
    field = next(iter(size_settings(look, name)), name)
    given = next((e.text for e in layer.settings if e.name == field), "") if layer else ""
    made = layer.span if layer is not None else None
    named = _named(evidence, field) if made is None else None
    span = named or evidence.landmarks.setting(made, field, 0, given, size=True)
    return Sighting(
        message=f"{name} is ignored: the layer has the size of {instead}"
        if instead is not None
        else f"{name} is ignored: {sizes[0]} and {sizes[1]} give layers of the same size",
        label=f"this is {instead}" if instead is not None else f"{given}, whatever {name} is",
        shapes=tuple(row for each in pair for row in _rows(each, name)),
        why=f"The size of the layer must follow the {evidence.exercise.sort(name)}; otherwise the "
        f"{evidence.exercise.kind} only works for one value of it.",
        help=f"make the layer with the {evidence.exercise.sort(name)} "
        f"{evidence.exercise.in_text(name)}, which counts {noun}",
        span=span,
        edits=_overwritten(evidence, name)
        or _given_there(evidence, named, name)
        or field_edits(evidence, made, field, 0, name),
        case=look.case,
        evidence={"size": name, "values": sizes},
    )


def _named(evidence: Evidence, field: str) -> Span | None:
    """Return the only value in the function that is passed by the field's name."""
    calls = [each for each in evidence.landmarks.own if isinstance(each, ast.Call)]
    found = [each.value for call in calls for each in call.keywords if each.arg == field]
    return evidence.source.span(found[0]) if len(found) == 1 else None


def _overwritten(evidence: Evidence, name: str) -> tuple[Edit, ...]:
    """Delete the statements that give the argument another value."""
    own = given_name(evidence, evidence.landmarks.entry, name)
    return (not_overwritten(evidence, [own]) if own is not None else None) or ()


def _given_there(evidence: Evidence, place: Span | None, name: str) -> tuple[Edit, ...]:
    """Pass the argument at a place."""
    own = given_name(evidence, evidence.landmarks.entry, name)
    return (Edit(span=place, text=own),) if place is not None and own is not None else ()


def _rows(look: Look, name: str) -> Iterator[ShapeRow]:
    """Yield the result for one value of the size."""
    wanted, found = look.wanted, look.found
    if wanted is not None and found is not None:
        yield ShapeRow(
            name=f"{name} {look.case.sizes[name]}",
            expected=array_text(wanted.dtype, wanted.shape),
            actual=array_text(found.dtype, found.shape),
        )


RULE = Rule(
    id="ignored-features",
    check=Check.PARAMS,
    title="the layer's size doesn't follow the argument",
    explanation="""\
The function gets a size as an argument, but makes the layer with a different one: a constant, or a
size of the input. Then two values of the argument give layers of the same size.

It works for the one value that you tried. For any other the output has the wrong shape, or, if
broadcasting makes it fit, the loss is computed from the wrong pairs.
""",
    wrong=RIGHT.replace("features=features", "features=4"),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dense",
    find=_find,
    alters=frozenset({Trait.SHAPE, Trait.VALUES}),
)
