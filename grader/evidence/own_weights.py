"""The weights of the NNX module that a learner writes as a class, beside those of the reference's.

A task about NNX needn't name any attribute. So weights are compared by what they are: their kind,
their type and their shape, each array once, however often it's used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from grader.evidence.look import Look
from grader.evidence.nnx import is_constant
from grader.model.nnx import WEIGHTS, NnxLayer, NnxRecord
from grader.model.observation import Variable

_STREAMS: Final = ("RngKey", "RngCount", "RngState")
_ASIDE: Final = frozenset({"Variable", "BatchStat", "Cache", "Intermediate", "Perturbation"})
"""Types of NNX's variables that training doesn't change. Any other one is a kind of `Param`."""

Kind = tuple[str, tuple[int, ...]]


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What differs: `missing` are the reference's, `surplus` the learner's, and `own` all of these.

    `demoted` are variables of the learner's that are as the missing weights, but aren't `Param`.
    """

    missing: tuple[Variable, ...]
    surplus: tuple[Variable, ...]
    own: tuple[Variable, ...]
    demoted: tuple[Variable, ...] = ()

    @property
    def resized(self) -> bool:
        """Whether there are as many as in the reference, of other sizes."""
        return sorted(map(_form, self.missing)) == sorted(map(_form, self.surplus))


def made_model(record: NnxRecord) -> NnxLayer | None:
    """Return the object of the learner's class: the first that is made, by the grader."""
    first = next(iter(record.layers), None)
    return first if first is not None and first.span is None and first.inside is None else None


def weights_beside(look: Look) -> Weights | None:
    """Compare the weights of both sides as they were made; None if one side's aren't known.

    An axis of size 1 counts for nothing, nor does the order of axes: a bias (1, features) is the
    same weight.
    """
    ours, theirs = (made_model(each.record.nnx) for each in (look.actual, look.expected))
    if ours is None or theirs is None or look.actual.record.truncated:
        return None
    own, wanted = tuple(_weights(ours)), tuple(_weights(theirs))
    missing, surplus = _without(wanted, own), _without(own, wanted)
    aside = tuple(each for each in ours.variables if each.collection in _ASIDE)
    lost = _without(missing, aside)
    demoted = _without(aside, _without(aside, missing)) if not surplus and not lost else ()
    return Weights(missing=missing, surplus=surplus, own=own, demoted=demoted)


def _weights(model: NnxLayer) -> Iterator[Variable]:
    for each in model.variables:
        if each.collection not in _ASIDE and each.collection not in _STREAMS:
            yield each


def _without(some: Iterable[Variable], others: Iterable[Variable]) -> tuple[Variable, ...]:
    """Return the variables that no other one corresponds to, each of which counts once.

    Where several would do, it's the one of the same name.
    """
    kept, left = list(some), list(others)
    for same in (_same_name, _same_kind):
        for each in tuple(kept):
            other = next((one for one in left if same(each, one)), None)
            if other is not None:
                kept.remove(each)
                left.remove(other)
    return tuple(kept)


def _same_kind(one: Variable, other: Variable) -> bool:
    return kind(one) == kind(other)


def _same_name(one: Variable, other: Variable) -> bool:
    return _same_kind(one, other) and one.path == other.path


def kind(variable: Variable) -> Kind:
    """Return what two weights have in common that may be the same one: dtype and sizes."""
    sizes = sorted(size for size in variable.type.shape if size != 1)
    return variable.type.dtype, tuple(sizes)


def _form(variable: Variable) -> tuple[int, str]:
    return len(variable.type.shape), variable.type.dtype


def restarted(look: Look) -> tuple[Variable, Variable] | None:
    """Return a weight of the class itself that starts with other numbers, after the task's.

    It has to be the only one of its sizes. Weights from other keys are another mistake, so the
    class's own keys are the task's, or all numbers of the weight are the same.
    """
    ours, theirs = (made_model(each.record.nnx) for each in (look.actual, look.expected))
    weights = weights_beside(look)
    if ours is None or theirs is None or weights is None or weights.missing or weights.surplus:
        return None
    wanted = _alone(theirs, look.expected.record.nnx)
    found = _alone(ours, look.actual.record.nnx)
    other = [one for one in wanted if one in found and _differ(wanted[one], found[one])]
    if len(other) != 1:
        return None
    one, two = wanted[other[0]], found[other[0]]
    drawn = _draws(ours, look.actual.record.nnx) == _draws(theirs, look.expected.record.nnx)
    return (one, two) if drawn or is_constant(two) else None


def _alone(model: NnxLayer, record: NnxRecord) -> dict[Kind, Variable]:
    """Return the weights that no layer of the model has, if there is one of their sizes."""
    inner = {one.digest for each in record.layers[1:] for one in each.variables}
    own = [each for each in _weights(model) if each.digest not in inner]
    kinds = [kind(each) for each in own]
    return {kind(each): each for each in own if kinds.count(kind(each)) == 1}


def _differ(one: Variable, other: Variable) -> bool:
    return None not in (one.digest, other.digest) and one.digest != other.digest


def _draws(model: NnxLayer, record: NnxRecord) -> list[tuple[str | None, int]]:
    """Return the keys that the class drew itself, not its layers."""
    return [(each.data, each.count) for each in record.draws if each.layer == model.number]


def copies(weights: Weights) -> tuple[tuple[Variable, Variable], ...]:
    """Return the surplus weights that have the numbers of another one, with that one."""
    return tuple(
        (each, other)
        for each in weights.surplus
        for other in weights.own
        if other.path != each.path and other.digest == each.digest is not None
        if not is_constant(each)
    )


def in_each_call(look: Look) -> NnxLayer | None:
    """Return the first layer that the model doesn't have: it was made when the model ran."""
    model = made_model(look.actual.record.nnx)
    if model is None:
        return None
    own = {each.digest for each in model.variables}
    for layer in look.actual.record.nnx.layers[1:]:
        numbers = {each.digest for each in layer.variables if each.collection == WEIGHTS}
        if numbers and None not in numbers and not numbers & own:
            return layer
    return None
