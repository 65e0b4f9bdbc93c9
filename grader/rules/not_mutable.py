"""not-mutable: a module writes a collection that apply wasn't allowed to change."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import update_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.notation import collection_noun
from grader.evidence.symptom import raised_by_knobs
from grader.evidence.updates import refused
from grader.model.exercise import Check
from grader.rules.example import NORM
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.looks:
        told = None if raised_by_knobs(look) else refused(look)
        if told is not None and look.raised is not None:
            name, root = told
            yield Sighting(
                message=f'{root.kind} is not allowed to change "{name}", but the module writes it',
                label=f'mutable doesn\'t name "{name}"',
                details=text_lines(look.raised),
                why="apply is pure and can't change its arguments. Instead, it returns "
                f"{_new(name)} if you ask for them.",
                help=_advice(name, root.kind),
                span=evidence.landmarks.keyword(root.span, "mutable") or evidence.landmarks.head,
                edits=update_edits(evidence, root, name) if root.kind == "apply" else (),
                case=look.case,
                evidence={"argument": "mutable", "collection": name},
            )
            return


def _advice(name: str, kind: str) -> str:
    if kind == "bind":
        return f'call apply instead of bind, with mutable=["{name}"]: it returns the updates, too'
    return f'allow it: mutable=["{name}"]; then apply returns the output and the updates'


def _new(collection: str) -> str:
    return f"new values of {collection_noun(collection)}"


RULE = Rule(
    id="not-mutable",
    check=Check.PARAMS,
    title="apply may not change a collection that the module writes",
    explanation="""\
`apply` changes nothing: it takes variables and returns an output. If a module writes variables, as
`nn.BatchNorm` does with its running statistics, it needs your permission:
`mutable=["batch_stats"]`. Then `apply` returns two things, the output and the new values of those
collections. Without it, Flax raises `ModifyScopeVariableError`.

`mutable` takes names of collections, not of layers or variables. `mutable=True` allows all of them,
which is fine, too.
""",
    wrong=NORM.replace("y, updates = ", "y = ")
    .replace(', mutable=["batch_stats"]', "")
    .replace("updates[", "variables["),
    right=NORM,
    link="https://flax-linen.readthedocs.io/en/latest/guides/training_techniques/batch_norm.html",
    find=_find,
    alters=NOTHING,
)
