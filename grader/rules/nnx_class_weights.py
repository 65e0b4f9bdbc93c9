"""The weights of a learner's NNX class: others than the task's, or that aren't weights at all.

No attribute is named in what is said but the learner's own: the task needn't name any.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.evidence import Evidence, Look
from grader.evidence.nnx import is_constant
from grader.evidence.notation import array_text, listing
from grader.evidence.own_weights import (
    Weights,
    copies,
    in_each_call,
    restarted,
    weights_beside,
)
from grader.model.exercise import Check, Library
from grader.model.finding import ShapeRow
from grader.model.nnx import NnxLayer
from grader.model.observation import Span, Variable
from grader.rules.rule import Sighting

_OTHERS = "Other parameters are another model, and weights that fit the task's don't fit it."
_LONGEST = 4


def _is_nnx_class(evidence: Evidence) -> bool:
    wanted = evidence.exercise.flax_class
    return wanted is not None and wanted.library == Library.NNX


def other_weights(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting if the class has other weights than the reference's in every wrong case.

    If all answers are right, only weights too many or too few count: the same numbers in another
    arrangement are as good.
    """
    wrong = evidence.answered_wrong
    asked = any(each.check is Check.PARAMS for each in evidence.exercise.checks)
    if not _is_nnx_class(evidence) or not (wrong or asked):
        return
    told = [(look, weights_beside(look)) for look in wrong or evidence.completed]
    for look, weights in told[:1]:
        if weights is not None and all(_tells(each, right=not wrong) for _, each in told):
            yield _sighting(evidence, look, weights)


def _tells(weights: Weights | None, *, right: bool) -> bool:
    if weights is None or not (weights.missing or weights.surplus):
        return False
    return not right or not (weights.missing and weights.surplus)


def _sighting(evidence: Evidence, look: Look, weights: Weights) -> Sighting:
    call = in_each_call(look) if not weights.surplus else None
    if call is not None:
        return _in_each_call(evidence, look, weights, call)
    if weights.demoted:
        return _demoted(evidence, look, weights)
    twice = copies(weights)
    names = _names(weights.surplus)
    return Sighting(
        message=_message(weights),
        label="has other weights than the task's" if names else "lacks some of the task's weights",
        shapes=_rows(weights),
        details=tuple(f"{_name(a)} starts with the numbers of {_name(b)}." for a, b in twice[:2]),
        why=_OTHERS,
        help=_help(weights),
        span=_assigned(evidence, {each.path[0] for each, _ in twice})
        or _place(evidence, look, weights.surplus),
        case=look.case,
        evidence={"expected": _types(weights.missing), "actual": names},
    )


def _message(weights: Weights) -> str:
    missing, names = len(weights.missing), _names(weights.surplus)
    if weights.resized:
        return f"{listing(names)} {'has' if len(names) == 1 else 'have'} another size"
    if missing and names:
        there = "is" if len(names) == 1 else "are"
        return f"there {there} {listing(names)} instead of what the task has"
    if missing:
        some = "a weight" if missing == 1 else f"{missing} weights"
        return f"{some} of the task's module {_are(missing == 1)} missing"
    inner = all(len(each.path) > 1 for each in weights.surplus)
    return f"the task has no {'layer' if inner else 'weight'} {listing(names)}"


def _help(weights: Weights) -> str:
    if copies(weights):
        return "use one and the same layer where the task shares its weights"
    if not weights.surplus:
        return "make each of them in __init__, with nnx.Param or in a layer"
    return "compare the layers and their sizes with the task"


def _are(one: bool) -> str:
    return "is" if one else "are"


def _in_each_call(evidence: Evidence, look: Look, weights: Weights, layer: NnxLayer) -> Sighting:
    return Sighting(
        message=f"the layer nnx.{layer.class_name} is made in each call, not once with the module",
        label="makes another layer in each call",
        shapes=_rows(weights),
        why="An NNX module owns its weights from the start. A layer that is made in __call__ is "
        "another one each time: nothing that it learns is kept.",
        help="make the layer in __init__, keep it as an attribute, and call that",
        span=layer.span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": _types(weights.missing), "actual": []},
    )


def _demoted(evidence: Evidence, look: Look, weights: Weights) -> Sighting:
    names = [_name(each) for each in weights.demoted]
    kinds = listing(dict.fromkeys(f"nnx.{each.collection}" for each in weights.demoted))
    one = len(names) == 1
    return Sighting(
        message=f"{listing(names)} {_are(one)} {kinds}, not nnx.Param",
        label="training doesn't change this",
        why="Gradients and optimizers take the nnx.Param of a module. Every other variable stays "
        "as it is.",
        help=f"make {'it' if one else 'them'} with nnx.Param",
        span=_place(evidence, look, weights.demoted),
        case=look.case,
        evidence={"expected": "Param", "actual": names},
    )


def restart(evidence: Evidence) -> Iterator[Sighting]:
    """Yield a weight of the class itself that starts with other numbers than the task's."""
    for look in evidence.answered_wrong if _is_nnx_class(evidence) else ():
        found = restarted(look)
        if found is not None:
            yield _restart(evidence, look, *found)
            return


def _restart(evidence: Evidence, look: Look, wanted: Variable, ours: Variable) -> Sighting:
    return Sighting(
        message=f"{_name(ours)} starts with other numbers than the task's weight",
        label="is initialised in another way",
        details=(f"largest magnitude   expected {wanted.largest:.6g}   found {ours.largest:.6g}",)
        if wanted.largest is not None and ours.largest is not None
        else (),
        why="Weights that start otherwise are another model, although their shapes are right.",
        help="initialise it as the task says",
        span=_place(evidence, look, (ours,)),
        case=look.case,
        evidence={"weight": _name(ours), "expected": wanted.digest, "actual": ours.digest},
    )


def _rows(weights: Weights) -> tuple[ShapeRow, ...]:
    """Return the weights that only one side has: the reference's have no name for the learner."""
    found = [
        ShapeRow(name=_name(each), expected=None, actual=_type(each)) for each in weights.surplus
    ]
    lost = [
        ShapeRow(name="a weight", expected=_type(each), actual=None) for each in weights.missing
    ]
    return (*lost, *found)


def _type(variable: Variable) -> str:
    return array_text(variable.type.dtype, variable.type.shape)


def _types(variables: Sequence[Variable]) -> list[str]:
    return [_type(each) for each in variables]


def _name(variable: Variable) -> str:
    return ".".join(variable.path)


def _names(variables: Sequence[Variable]) -> list[str]:
    """Return the names of the layers that hold these weights, each once."""
    names = list(dict.fromkeys(".".join(each.path[:-1]) or each.path[-1] for each in variables))
    return names if len(names) <= _LONGEST else [*names[:_LONGEST], f"{len(names) - _LONGEST} more"]


def _place(evidence: Evidence, look: Look, variables: Sequence[Variable]) -> Span | None:
    """Return where the first of these weights, or its layer, is made."""
    digests = {each.digest for each in variables if not is_constant(each)} - {None}
    for layer in look.actual.record.nnx.layers[1:]:
        if digests & {each.digest for each in layer.variables} and layer.span is not None:
            return layer.span
    names = {each.path[0] for each in variables}
    return _assigned(evidence, names) or _constructor(evidence)


def _assigned(evidence: Evidence, names: set[str]) -> Span | None:
    """Return the value that the constructor first gives one of these attributes."""
    made = evidence.source.function(f"{evidence.exercise.function}.__init__")
    nodes = ast.walk(made) if made is not None else ()
    found = (each for each in nodes if isinstance(each, ast.Assign) and names & set(_targets(each)))
    first = min(found, key=lambda each: each.lineno, default=None)
    return evidence.source.span(first.value) if first is not None else None


def _targets(node: ast.Assign) -> Iterator[str]:
    return (each.attr for each in node.targets if isinstance(each, ast.Attribute))


def _constructor(evidence: Evidence) -> Span | None:
    made = evidence.source.function(f"{evidence.exercise.function}.__init__")
    if isinstance(made, ast.FunctionDef):
        return evidence.source.head(made)
    return evidence.landmarks.head
