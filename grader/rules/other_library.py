"""other-library: an answer with Linen's modules where the task is about NNX, or the other way."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.uses import unseen
from grader.model.exercise import Check, Use
from grader.model.observation import Span
from grader.model.transforms import transform
from grader.rules.example import LAYER, LAYER_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Accuse where modules of the other library ran, and none of the task's."""
    if unseen(evidence) or not evidence.looks:
        return
    for use in evidence.exercise.uses:
        found = _found(evidence, use)
        if found is not None:
            yield _sighting(evidence, use, *found)
            return


def _found(evidence: Evidence, use: Use) -> tuple[str, Span | None] | None:
    """Return the library that the program uses instead of the task's, and where."""
    if transform(use.title).holder == "flax.linen":
        other = evidence.other_library
        return (other.title, other.span) if other is not None else None
    records = [each.actual.record for each in evidence.looks]
    if not transform(use.title).of_nnx or any(each.nnx.layers for each in records):
        return None
    lifted = [each.span for record in records for each in record.lifted]
    places = [*lifted, *(each.span for record in records for each in record.roots)]
    return ("Flax Linen", places[0]) if places else None


def _sighting(evidence: Evidence, use: Use, name: str, span: Span | None) -> Sighting:
    title = "Flax NNX" if transform(use.title).of_nnx else "Flax Linen"
    return Sighting(
        message=f"the program uses {name}, but the task is about {title}",
        label=f"this is {name}",
        details=(f"No module of {title} ran.",),
        why="A module of Linen has no variables: init makes them, and apply gets them. A module of "
        "NNX is an object that holds its own. The transforms of one don't fit the other's modules.",
        help=f"use {title}: its modules, and {use.title}({use.of}, …)",
        span=span or evidence.landmarks.head,
        case=evidence.looks[0].case,
        evidence={"expected": title, "actual": name},
    )


RULE = Rule(
    id="other-library",
    check=Check.TRANSFORM,
    title="the program uses another library than the task is about",
    explanation="""\
Flax has two ways to write a network. In Linen (`flax.linen`) a module is a description: `init`
makes its variables, `apply` gets them, and `nn.vmap` says for each collection what is shared. In
NNX (`flax.nnx`) a module is an object that holds its arrays, and `nnx.vmap` maps the object itself.

Both can do the same. But they derive their random numbers differently, so the weights differ, and
the task practises one of them.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
""",
    right=LAYER,
    uses=LAYER_USES,
    link="https://flax.readthedocs.io/en/latest/migrating/linen_to_nnx.html",
    find=_find,
    hides=frozenset({"missing-transform", "forbidden-transform", "not-an-array"}),
)
