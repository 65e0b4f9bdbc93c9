"""other-layers: the learner's class has other parameters than the task's, or under other names."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.evidence import Evidence, Look
from grader.evidence.lifting import Knob
from grader.evidence.look import VariableDifference
from grader.evidence.notation import listing
from grader.evidence.shape_rows import shape_row
from grader.model.exercise import Check, FlaxClass, Library
from grader.model.observation import Span, Variable
from grader.rules import changed_layer, ignored_features, nnx_class_weights, wrong_module
from grader.rules.rule import Rule, Sighting

_NAMES = (
    "Flax draws the weights of a layer from the key and from the layer's name. Under another name "
    "it starts out with other weights, and saved weights don't fit."
)
_OTHERS = "Other parameters are another model, and weights that fit the task's don't fit it."


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Speak only of a learner's class, in which no known setting explains the difference.

    If all answers are right, only a parameter too many counts, such as a scale that starts at one:
    zeros under another name are as good, if the task doesn't name them.
    """
    if evidence.exercise.flax_class is None:
        return
    if any(changed_layer.RULE.find(evidence)) or any(ignored_features.RULE.find(evidence)):
        return
    yield from nnx_class_weights.other_weights(evidence)
    wrong = evidence.answered_wrong
    every = wrong or evidence.completed
    looks = [look for look in every if look.variables and (wrong or _has_more(look))]
    told = next(((look, left) for look in looks if (left := _unexplained(look))), None)
    if told is not None and len(looks) == len(every):
        yield _sighting(evidence, *told)


def _has_more(look: Look) -> bool:
    return all(each.expected is None for each in look.variables)


def _unexplained(look: Look) -> Sequence[VariableDifference]:
    """Leave out those of the module to lift, where a rule tells how it was lifted otherwise."""
    wanted = look.expected.lifted(look.expected.answer)
    found = look.actual.lifted(look.actual.answer)
    inner = look.expected.innermost(look.expected.answer)
    if not wanted or inner is None:
        return look.variables
    theirs = {(each.call.defined_in, each.call.target) for each in wanted}
    lifted = any((each.call.defined_in, each.call.target) in theirs for each in found)
    sized = any(each.knob in _SIZING for each in look.deviations)
    runs = [each.run for each in (*wanted, *found)]
    plain = [each for each in look.actual.record.modules if each.class_name == inner.class_name]
    paths = [each.path for each in (*runs, *plain) if each is not None and each.path]
    renamed = lifted and not wrong_module.has_other_parts(look)
    return [
        each
        for each in look.variables
        if not any(each.path[: len(path)] == path for path in paths)
        or (renamed if each.one_sided else lifted and not sized)
    ]


_SIZING = frozenset({Knob.IN_AXES, Knob.AXIS_SIZE, Knob.VARIABLE_AXES})
"""The arguments of `nn.vmap` that shapes of parameters depend on."""


def _sighting(evidence: Evidence, look: Look, left: Sequence[VariableDifference]) -> Sighting:
    missing = [each.expected for each in left if each.expected is not None]
    surplus = [each.actual for each in left if each.actual is not None]
    renamed = _kinds(missing) == _kinds(surplus) and all(each.one_sided for each in left)
    wanted, found = _layers(missing), _layers(surplus)
    if renamed:
        wanted, found = _shortest(wanted, found)
    return Sighting(
        message=_renamed(wanted, found) if renamed else _message(left),
        label="has other parameters than the task's" if not renamed else "has another name",
        shapes=tuple(map(shape_row, left)),
        why=_NAMES if renamed else _OTHERS,
        help=_name_them(evidence, wanted)
        if renamed
        else "compare the layers, their sizes and their names with the task",
        span=_place(evidence, look, found if renamed else _layers(surplus)),
        case=look.case,
        evidence={"expected": wanted, "actual": found},
    )


def _name_them(evidence: Evidence, wanted: Sequence[str]) -> str:
    """Say under which names to make the layers: an attribute can't have the name of a field."""
    names = f"name the layer{'s' * (len(wanted) > 1)} {listing(wanted)}, as the task does"
    fields = (each for each in wanted if evidence.exercise.is_field(each))
    taken = next(fields, None)
    return names if taken is None else f'{names}: name="{taken}", since the field has that name'


def _renamed(wanted: Sequence[str], found: Sequence[str]) -> str:
    one = len(found) == 1
    layers = f"the layer {found[0]} isn't" if one else f"the layers {listing(found)} aren't"
    return f"{layers} called {listing(wanted)}"


def _shortest(wanted: list[str], found: list[str]) -> tuple[list[str], list[str]]:
    """Leave out what both names of a layer end with: one layer inside of another is its own."""
    pairs = [_without_end(*pair) for pair in zip(wanted, found, strict=False)]
    if len(wanted) != len(found) or not all(all(pair) for pair in pairs):
        return wanted, found
    return list(dict.fromkeys(a for a, _ in pairs)), list(dict.fromkeys(b for _, b in pairs))


def _without_end(one: str, other: str) -> tuple[str, str]:
    ours, theirs = one.split("/"), other.split("/")
    while len(ours) > 1 and len(theirs) > 1 and ours[-1] == theirs[-1]:
        ours, theirs = ours[:-1], theirs[:-1]
    return "/".join(ours), "/".join(theirs)


def _message(differences: Sequence[VariableDifference]) -> str:
    """Say what is missing or surplus, or else which has another shape."""
    missing = _layers([each.expected for each in differences if each.actual is None])
    surplus = _layers([each.actual for each in differences if each.expected is None])
    if missing and surplus:
        there = "there is" if len(surplus) == 1 else "there are"
        return f"{there} {listing(surplus)} instead of {listing(missing)}"
    if missing:
        return f"the parameters of {listing(missing)} are missing"
    if surplus:
        own = all(len(each.path) == 1 for each in differences if each.expected is None)
        return f"the task has no {'parameter' if own else 'layer'} {' or '.join(surplus)}"
    sized = _layers([each.expected for each in differences])
    return f"{listing(sized)} {'has' if len(sized) == 1 else 'have'} another size"


def _layers(variables: Sequence[Variable | None]) -> list[str]:
    """Return the paths of the layers that hold these variables, each once."""
    paths = ("/".join(each.path[:-1]) or each.path[-1] for each in variables if each is not None)
    return list(dict.fromkeys(paths))


def _kinds(variables: Sequence[Variable]) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.collection, each.path[-1], each.type.dtype, each.type.shape) for each in variables
    )


def _place(evidence: Evidence, look: Look, layers: Sequence[str]) -> Span | None:
    """Return where the first such layer is made or assigned, else where the method begins."""
    made = {"/".join(run.path): run.span for run in look.actual.record.modules}
    spans = (made.get(each) or _assigned(evidence, each) for each in layers)
    return next((each for each in spans if each is not None), evidence.landmarks.head)


def _assigned(evidence: Evidence, name: str) -> Span | None:
    """Return the attribute of this name that `setup` assigns, if there is one alone."""
    found = [
        target
        for node in evidence.source.nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and ast.unparse(target) == f"self.{name}"
    ]
    return evidence.source.span(found[0]) if len(found) == 1 else None


RULE = Rule(
    id="other-layers",
    check=Check.PARAMS,
    title="the module has other parameters than the task's, or under other names",
    explanation="""\
The task says which layers the module has, of which sizes and under which names. Flax draws the
weights of a layer from the key and from its name: `name="hidden"`, the attribute in `setup`, or
`Dense_0` if it has none. With other names or sizes, the same key gives other weights.

In NNX a module owns its weights from the start: what `__init__` keeps as `nnx.Param`, or in layers.
Names don't matter there, but each weight has to be one of the task's, and no more.
""",
    wrong="""\
import flax.linen as nn


class Forward(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features, name="first")(x)
""",
    right="""\
import flax.linen as nn


class Forward(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features, name="out")(x)
""",
    link="https://flax-linen.readthedocs.io/en/latest/guides/flax_fundamentals/flax_basics.html",
    find=_find,
    flax_class=FlaxClass(library=Library.LINEN, fields=("features",)),
)
