"""params-not-lifted: a collection is not passed on to the inner module at all."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Knob, Unlisted, collection_axis
from grader.evidence.notation import collection_noun
from grader.model.exercise import Check
from grader.rules import scan_weights
from grader.rules.example import RIGHT
from grader.rules.knob import entry_sighting
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from scan_weights.unlisted(evidence, scan_weights.of_params)
    for look, deviation in evidence.blamed(Knob.VARIABLE_AXES):
        if deviation.name == "params" and isinstance(deviation.actual, Unlisted):
            yield sighting(evidence, look, deviation)


def sighting(evidence: Evidence, look: Look, deviation: Deviation) -> Sighting:
    """Describe a collection that is not passed on."""
    name, ways = deviation.name, _ways(deviation)
    return entry_sighting(
        evidence,
        look,
        deviation,
        message=f"variable_axes doesn't name \"{name}\": {collection_noun(name)} aren't passed on"
        if ways is None
        else f'variable_axes passes "{name}" {ways}',
        label=f'says nothing about "{name}"' if ways is None else f'"{name}" is passed {ways}',
        details=text_lines(look.raised) if look.raised and name in look.raised.message else (),
        why=_WHY[ways],
        step="name it" if ways is None else "pass it in and out",
    )


_WHY = {
    None: "A collection that variable_axes doesn't name is not passed on: the module inside "
    "finds it empty.",
    "in only": "What the module writes doesn't come out: the update is lost.",
    "out only": "The variables that apply gets don't reach the module: each step starts from the "
    "initial values.",
}


def _ways(deviation: Deviation) -> str | None:
    """Say in which single direction a collection is passed on; None if in neither."""
    entries, name = deviation.call.variable_axes, deviation.name
    passed = [
        way
        for way in ("in", "out")
        if not isinstance(collection_axis(entries, name, way), Unlisted)
    ]
    return f"{passed[0]} only" if passed else None


RULE = Rule(
    id="params-not-lifted",
    check=Check.PARAMS,
    title="variable_axes leaves the parameters out",
    explanation="""\
A lifted module only sees the collections that `variable_axes` names. A dense layer keeps its
weights in `"params"`; if that name is missing or misspelt, the layer inside the transform has no
weights and Flax raises `ScopeCollectionNotFound`.

The keys of `variable_axes` are names of collections, not of parameters: `"params"`, not `"kernel"`.
The default is empty, so without the argument nothing is passed on.
""",
    wrong=RIGHT.replace('        variable_axes={"params": None},\n', ""),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NOTHING,
)
