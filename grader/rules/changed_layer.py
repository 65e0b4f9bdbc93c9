"""changed-layer: the right module, made with other settings, and it shows."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.notation import array_text
from grader.evidence.settings import SettingDifference, settings_that_show
from grader.exercise import Check
from grader.finding import ShapeRow
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    seen: set[str] = set()
    for look in evidence.wrong:
        for difference in settings_that_show(evidence, look):
            if difference.name not in seen:
                seen.add(difference.name)
                yield _sighting(evidence, look, difference)


_PARAMETERS = (
    "Parameters that are missing, of another type or drawn in another way make it another "
    "layer, even where a fresh one gives the same output."
)
_NUMBERS = "From the same input and weights it computes other numbers than the task's layer."


def _sighting(evidence: Evidence, look: Look, difference: SettingDifference) -> Sighting:
    run = difference.run
    name, actual = difference.name, difference.actual_text
    return Sighting(
        message=f"the layer is made with {name}={actual}, which the task doesn't ask for"
        if difference.by_default
        else f"{run.own_name} is made with {name}={actual}, not with {difference.expected}",
        label=f"changes {difference.effect}",
        shapes=_rows(look),
        why=_NUMBERS if difference.effect == "the numbers" else _PARAMETERS,
        help=f"leave {name} as it is by default"
        if difference.by_default
        else f"make it with {name}={difference.expected}, as the task has it",
        span=evidence.landmarks.setting(run.span, name, difference.position),
        case=look.case,
        evidence={
            "setting": name,
            "expected": difference.expected,
            "actual": difference.actual,
        },
    )


def _rows(look: Look) -> tuple[ShapeRow, ...]:
    """Return the parameters that are missing, or of another dtype."""
    return tuple(
        ShapeRow(
            name=each.name,
            expected=array_text(each.expected.type.dtype, each.expected.type.shape)
            if each.expected
            else None,
            actual=array_text(each.actual.type.dtype, each.actual.type.shape)
            if each.actual
            else None,
        )
        for each in look.variables
        if each.expected is None
        or each.actual is None
        or each.expected.type.dtype != each.actual.type.dtype
    )


RULE = Rule(
    id="changed-layer",
    check=Check.PARAMS,
    title="the layer was made with other settings",
    explanation="""\
The right module was used, but made with settings that change it: without a bias, with another
initialiser, with another dtype. The task takes the layer with its defaults.

Some of these don't show at first. A fresh bias is zero, so a layer without one gives the same
output, until training would have moved the bias. Another initialiser gives other numbers from the
same key; a narrower dtype rounds every step. Passing a default explicitly changes nothing and is
fine.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features=features, use_bias=False)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dense",
    find=_find,
    explains=frozenset({"wrong-values", "wrong-dtype"}),
)
