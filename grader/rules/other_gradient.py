"""other-gradient: the gradient is taken with respect to another argument."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherValues
from grader.evidence import Evidence
from grader.evidence.differentiated import Chosen
from grader.evidence.edits import Edits, argument_edits, name_of
from grader.evidence.gradients import Gradients, argument_at, gradients
from grader.evidence.notation import listing
from grader.model.exercise import Check
from grader.model.observation import TransformRun
from grader.model.transforms import transform
from grader.rules.example import SLOPE, SLOPE_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for each in gradients(evidence):
        if set(each.found) != set(each.wanted) and not _may_be_left_out(each):
            yield _sighting(evidence, each)
            return
        if each.chosen is not None:
            yield _other_variables(evidence, each, each.chosen)
            return


def _may_be_left_out(found: Gradients) -> bool:
    """Whether the right gradient is among several, and numbers alone are wrong.

    Then the program may have left the others out, and something else is wrong.
    """
    several = set(found.wanted).issubset(found.found)
    return several and isinstance(found.look.comparison, OtherValues)


def _sighting(evidence: Evidence, found: Gradients) -> Sighting:
    run = found.actual
    ours, theirs = listing(found.found), listing(found.wanted)
    return Sighting(
        message=f"{run.transform} differentiates with respect to {ours}, not {theirs}",
        label=f"this is the gradient by {ours}",
        why="argnums says which argument varies, the first one by default. All others are constant "
        "for the gradient, and the result has that argument's shape.",
        help=f"set argnums to the position of {theirs} among the function's arguments"
        f"{_rest(found)}",
        span=evidence.landmarks.keyword(run.span, "argnums", _position(run)),
        edits=_edits(evidence, found),
        case=found.look.case,
        evidence={"argument": "argnums", "expected": theirs, "actual": ours},
    )


def _rest(found: Gradients) -> str:
    """Say what else argnums has to tell, if an object's `Param` aren't what is wanted."""
    return f", and filter its {listing(found.types)} with nnx.DiffState" if _filters(found) else ""


def _filters(found: Gradients) -> bool:
    return found.types not in {(), ("Param",)}


def _position(run: TransformRun) -> int | None:
    """Return the place of argnums, which NNX takes by name alone."""
    return None if transform(run.transform).of_nnx else 1


def _other_variables(evidence: Evidence, found: Gradients, chosen: Chosen) -> Sighting:
    run = found.actual
    ours, theirs = listing(chosen.found) or "nothing", listing(chosen.wanted)
    alone = " alone" if set(chosen.wanted).issubset(chosen.found) else ""
    right = _filtered(evidence, chosen, "nnx")
    return Sighting(
        message=f"{run.transform} differentiates with respect to {ours}, not {theirs}{alone}",
        label=f"this is the gradient by {ours}",
        why="By default, an object is differentiated by its nnx.Param variables. nnx.DiffState in "
        "argnums selects others. All variables that aren't selected are constant for the gradient.",
        help=f"set argnums={right}"
        if right is not None
        else f"give nnx.DiffState in argnums a filter that matches {theirs}{alone}",
        span=evidence.landmarks.keyword(run.span, "argnums"),
        edits=_filter_edits(evidence, run, chosen),
        case=found.look.case,
        evidence={"argument": "argnums", "expected": theirs, "actual": ours},
    )


def _filtered(evidence: Evidence, chosen: Chosen, nnx: str) -> str | None:
    """Return the argnums of the right variables, None if more than a type has to be told."""
    if chosen.whole:
        return str(chosen.place)
    return _of_type(evidence, chosen.place, chosen.wanted if chosen.by_type else (), nnx)


def _of_type(evidence: Evidence, place: int, types: tuple[str, ...], nnx: str) -> str | None:
    """Write the filter of a type that is NNX's or the file's, None if there are several."""
    name = types[0] if len(types) == 1 else ""
    own = evidence.source.class_called(name) is not None
    if not own and name not in _TYPES:
        return None
    return f"{nnx}.DiffState({place}, {name if own else f'{nnx}.{name}'})"


_TYPES = frozenset({"LoRAParam", "BatchStat", "Cache", "Intermediate"})
"""NNX's own types of variables that no other one of NNX's derives from."""


def _filter_edits(evidence: Evidence, run: TransformRun, chosen: Chosen) -> Edits:
    nnx = name_of(evidence.source, "flax.nnx")
    right = _filtered(evidence, chosen, nnx) if nnx is not None else None
    return argument_edits(evidence, run.span, "argnums", right) if right is not None else ()


def _edits(evidence: Evidence, found: Gradients) -> Edits:
    """Write the position of the right argument, if the program could take that gradient."""
    run, wanted = found.actual, found.wanted
    if len(run.outputs) != len(found.expected.outputs) and not run.states:
        return ()
    places = range(len(run.parts))
    names = [argument_at(found.look, run, place, found.expected) for place in places]
    if len(wanted) != 1 or names.count(wanted[0]) != 1:
        return ()
    place, nnx = names.index(wanted[0]), name_of(evidence.source, "flax.nnx")
    right: str | None = str(place)
    if _filters(found):
        right = _of_type(evidence, place, found.types, nnx) if nnx is not None else None
    if right is None:
        return ()
    return argument_edits(evidence, run.span, "argnums", right, _position(run))


RULE = Rule(
    id="other-gradient",
    check=Check.TRANSFORM,
    title="the gradient is taken with respect to another argument",
    explanation="""\
`jax.grad(f)` is the gradient with respect to the first argument of `f`; `argnums` names another
one, or several. The gradient has the shape of that argument. If the argument is the data, the
weights don't learn: what would change is the data.

The gradient of an object of NNX is by its `nnx.Param`, of every kind. As `argnums`,
`nnx.DiffState(0, nnx.LoRAParam)` takes those of one kind alone, and other filters take others.
""",
    wrong=SLOPE.replace("argnums=0", "argnums=1"),
    right=SLOPE,
    uses=SLOPE_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.grad.html",
    find=_find,
    hides=frozenset({"not-an-array"}),
)
