"""changed-layer: the right module, but made with different settings that have an effect."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import (
    altered_class,
    argument_edits,
    field_edits,
    left_out,
    literal_edits,
    restored,
)
from grader.evidence.notation import value_text
from grader.evidence.settings import (
    SettingDifference,
    given_class,
    placed,
    settings_that_show,
    varies,
)
from grader.evidence.shape_rows import shape_row
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.rules import nnx_class_weights, nnx_layer
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from tuple(nnx_layer.changed(evidence)) or nnx_class_weights.restart(evidence)
    seen: set[str] = set()
    for look in evidence.wrong:
        for difference in settings_that_show(evidence, look):
            if difference.name not in seen:
                seen.add(difference.name)
                yield _sighting(evidence, look, difference)


_PARAMETERS = (
    "A layer whose parameters are missing, have another type or are drawn in another way is a "
    "different layer, even if a fresh one gives the same output."
)
_LONGEST = 60
"""Longer code isn't quoted in a one-line message."""

_NUMBERS = "From the same input and weights it computes other numbers than the task's layer."


def _sighting(evidence: Evidence, look: Look, difference: SettingDifference) -> Sighting:
    name = difference.name
    return Sighting(
        message=_message(evidence, look, difference),
        label=f"changes {difference.effect}" if difference.effect else _label(difference),
        shapes=_rows(look) if difference.changes_tree else (),
        why=_PARAMETERS if difference.effect not in {"the numbers", ""} else _NUMBERS,
        help=_help(evidence, difference),
        span=placed(evidence, difference),
        edits=_edits(evidence, difference),
        case=look.case,
        certain=difference.certain,
        evidence={
            "setting": name,
            "expected": difference.expected,
            "actual": difference.actual,
        },
    )


def _message(evidence: Evidence, look: Look, difference: SettingDifference) -> str:
    made = f"made with {_given(evidence, difference)}"
    if difference.by_default:
        return f"the layer is {made}, which the task doesn't ask for"
    who = difference.run.own_name
    if difference.argument is None:
        return f"{who} is {made}, not with {difference.expected_text}"
    passed = value_text(look.case[difference.argument])
    return f"{who} is {made}, not with the argument {difference.argument}, here {passed}"


def _given(evidence: Evidence, difference: SettingDifference) -> str:
    """Return the setting as it was written if it is a short call, otherwise its value."""
    name = difference.name
    text = evidence.landmarks.setting_text(difference.run.span, name, difference.position)
    is_code = difference.actual[:1].isalpha() and "." in difference.actual
    short = text is not None and len(text) <= _LONGEST
    return f"{name}={text if is_code and short else difference.actual_text}"


def _label(difference: SettingDifference) -> str:
    return f"the task has {difference.argument or difference.expected_text} here"


def _help(evidence: Evidence, difference: SettingDifference) -> str:
    """Say what to write. Inside the task's class there are no arguments to name."""
    name = difference.name
    if difference.by_default:
        return f"leave {name} as it is by default"
    if difference.argument is None and varies(evidence, difference):
        return f"use {given_class(evidence.exercise)} from the starter unchanged"
    if difference.argument is None:
        return f"make it with {name}={difference.expected_text}, as the task has it"
    if evidence.exercise.is_field(difference.argument):
        return f"make it with the field: {name}=self.{difference.argument}"
    if difference.inner:
        given = given_class(evidence.exercise)
        return f"use {given} from the starter unchanged: it passes {name} on"
    return f"make it with the argument: {name}={difference.argument}"


def _edits(evidence: Evidence, difference: SettingDifference) -> tuple[Edit, ...]:
    """Make the layer as the task does: without the setting, or with the task's value."""
    name, made = difference.name, difference.run.span
    gone = left_out(evidence, made, name) if difference.by_default else ()
    if gone or (difference.inner and difference.argument is not None):
        return gone
    if difference.argument is not None:
        return field_edits(evidence, made, name, difference.position, difference.argument)
    if varies(evidence, difference):
        own = altered_class(evidence)
        return restored(evidence, own.name) if own is not None else ()
    wanted = difference.expected_text
    written = literal_edits(evidence, placed(evidence, difference), wanted)
    if written or difference.by_default:
        return written
    return argument_edits(evidence, made, name, wanted, difference.position)


def _rows(look: Look) -> tuple[ShapeRow, ...]:
    """Return the parameters that are missing, or have another dtype."""
    return tuple(
        shape_row(each)
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
You used the right module, but with settings that change it: without a bias, with another
initialiser, with another dtype. The task uses the layer with its defaults.

Some of these don't show at first. A fresh bias is zero, so a layer without one gives the same
output, until training would have changed the bias. Another initialiser draws different numbers from
the same key; a narrower dtype rounds every step. Passing a default explicitly changes nothing and
is fine.
""",
    wrong=RIGHT.replace("features=features)", "features=features, use_bias=False)"),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dense",
    find=_find,
    alters=NUMBERS,
    hides=frozenset({"wrong-dtype"}),
)
