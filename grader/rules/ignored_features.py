"""ignored-features: a size that is passed has no effect on the layer."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.notation import array_text
from grader.evidence.settings import size_settings
from grader.exercise import Check
from grader.finding import ShapeRow
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for name in evidence.sizes():
        pair = _same_for_two(evidence, name)
        if pair is not None:
            yield _sighting(evidence, name, *pair)


def _same_for_two(evidence: Evidence, name: str) -> tuple[Look, Look] | None:
    """Return two looks with different sizes and one layer; None if any two layers differ by it.

    The other sizes have to agree where they can: a layer may take another of them in its place.
    """
    known = [(look, _made_size(evidence, look)) for look in evidence.looks]
    sized = [(look, size) for look, size in known if size is not None]
    pair: tuple[Look, Look] | None = None
    for index, (look, size) in enumerate(sized):
        for other, other_size in sized[:index]:
            if look.case.sizes[name] != other.case.sizes[name] and _comparable(look, other, name):
                if size != other_size:
                    return None
                pair = pair or (other, look)
    wrong = pair is not None and any(look.wrong for look in pair)
    return pair if wrong else _constant(sized, name)


def _comparable(look: Look, other: Look, name: str) -> bool:
    """Whether all sizes but `name` agree."""
    return all(
        size == other.case.sizes[each] for each, size in look.case.sizes.items() if each != name
    )


def _constant(sized: list[tuple[Look, str]], name: str) -> tuple[Look, Look] | None:
    """Return two looks with different sizes, if the layer has one size in every case."""
    if len({size for _, size in sized}) != 1:
        return None
    look = sized[0][0]
    others = [each for each, _ in sized if each.case.sizes[name] != look.case.sizes[name]]
    return (look, others[0]) if others and any(each.wrong for each, _ in sized) else None


def _made_size(evidence: Evidence, look: Look) -> str | None:
    """Return what the layer was made with for the size, else what its output has, as text."""
    layer = look.actual.layer
    given = {each.name: each.text for each in layer.settings} if layer is not None else {}
    fields = [each for each in size_settings(evidence, look) if each in given]
    if fields:
        return given[fields[0]]
    if look.actual.answer is not None or look.wanted is None or look.found is None:
        return None
    return str(look.found.shape)


def _sighting(evidence: Evidence, name: str, first: Look, second: Look) -> Sighting:
    noun = evidence.exercise.dimension(name).noun
    look = second if second.wrong else first
    layer = look.actual.layer
    sizes = sorted((first.case.sizes[name], second.case.sizes[name]))
    field = next(iter(size_settings(evidence, look)), name)
    return Sighting(
        message=f"{name} is ignored: {sizes[0]} and {sizes[1]} give a layer of one size",
        label=f"always of this size, whatever {name} is",
        shapes=tuple(row for each in (first, second) for row in _rows(each, name)),
        why="The size of the layer has to follow the argument, or the function only works for "
        "one value of it.",
        help=f"make the layer with the argument {name}, which counts {noun}",
        span=evidence.landmarks.instance(layer.span if layer is not None else None, field),
        case=look.case,
        evidence={"size": name, "values": sizes},
    )


def _rows(look: Look, name: str) -> Iterator[ShapeRow]:
    """Yield what came back for one value of the size."""
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
The function takes a size as an argument, and the layer is made with another one: a constant, or a
size of the input. Two values of the argument then give layers of the same size.

It works in the one case that was tried. Anywhere else the output has the wrong shape, or, where
broadcasting makes it fit, the loss is computed from the wrong pairs.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features=4)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dense",
    find=_find,
    explains=frozenset({"wrong-shape", "wrong-values"}),
)
