"""wrong-axis-name: the mapped axis has no name, or not the one that the module looks for."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.deviation import Deviation
from grader.evidence.edits import argument_edits, knob_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Knob
from grader.evidence.settings import SettingDifference, placed, unnamed_axes
from grader.evidence.symptom import told_by
from grader.model.exercise import Check
from grader.rules.example import NORM
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    named = False
    for look, deviation in evidence.blamed(Knob.AXIS_NAME):
        named = True
        yield _by_call(evidence, look, deviation)
    looks = sorted(evidence.wrong, key=lambda look: look.mapped_size == 1)
    for look in () if named else looks:
        for difference in unnamed_axes(look):
            yield _by_module(evidence, look, difference)
            return


def _by_call(evidence: Evidence, look: Look, deviation: Deviation) -> Sighting:
    wanted, found = deviation.expected, deviation.actual
    return Sighting(
        message=f'the mapped axis is called "{found}", but the module looks for "{wanted}"'
        if found is not None
        else f'the mapped axis has no name, but the module looks for "{wanted}"',
        label=f'the module asks for "{wanted}"' if found is not None else "names no axis",
        details=told_by(look, deviation),
        why="A module written for one example finds the others by the name of the axis. Without "
        "the name it can't compute a mean over them.",
        help=f'give the axis the name that the module uses: axis_name="{wanted}"',
        span=evidence.landmarks.knob(deviation.call, Knob.AXIS_NAME),
        edits=knob_edits(evidence, deviation.call, Knob.AXIS_NAME, f'"{wanted}"'),
        case=look.case,
        evidence={"argument": "axis_name", "expected": wanted, "actual": found},
    )


def _by_module(evidence: Evidence, look: Look, difference: SettingDifference) -> Sighting:
    run, found = difference.run, difference.actual
    unnamed = found == "None"
    return Sighting(
        message=f"{run.class_name} doesn't know the name of the mapped axis"
        if unnamed
        else f"{run.class_name} looks for an axis {found}; the mapped one is {difference.expected}",
        label="axis_name is None, so it sees only one example"
        if unnamed
        else f"no axis is called {found}",
        details=text_lines(look.raised) if look.raised else (),
        why="Then each example is normalised by its own mean, which is the example itself, so the "
        "output says nothing about the input."
        if unnamed
        else "A module written for one example finds the others by the name of the axis.",
        help=f"tell it the axis: axis_name={difference.expected}",
        span=placed(evidence, difference),
        edits=argument_edits(evidence, run.span, "axis_name", difference.expected),
        case=look.case,
        evidence={
            "argument": "axis_name",
            "module": run.class_name,
            "expected": difference.expected,
            "actual": difference.actual,
        },
    )


RULE = Rule(
    id="wrong-axis-name",
    check=Check.LIFTED,
    title="the module doesn't find the mapped axis by its name",
    explanation="""\
Inside `nn.vmap` a module sees one example. A function that looks at all of them, such as the mean
in `nn.BatchNorm`, needs the name of the mapped axis. Both sides must agree on it: `nn.vmap(...,
axis_name="batch")` gives the axis the name, and the module asks for it with `axis_name="batch"`.

If the axis has no name or another one, JAX raises `NameError: Found an unbound axis name`, but only
in `apply`: `nn.BatchNorm` doesn't look at other examples during `init`. If the module doesn't name
the axis, each example is normalised by itself: its mean is the example itself, its variance is
zero, and every output is the same, whatever the input.
""",
    wrong=NORM.replace('        axis_name="batch",\n', ""),
    right=NORM,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.BatchNorm",
    find=_find,
    alters=frozenset({Trait.SHAPE, Trait.VALUES}),
)
