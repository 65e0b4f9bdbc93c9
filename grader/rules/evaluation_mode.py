"""evaluation-mode: a module that should train runs as in evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.settings import EVALUATION, SettingDifference, placed, setting_differences
from grader.evidence.updates import idle
from grader.model.exercise import Check
from grader.model.observation import Variable
from grader.rules.example import DROPOUT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS

_EFFECTS = {
    "deterministic": "Nothing is dropped, and no random number is drawn.",
    "use_running_average": "It normalises with the running statistics, and doesn't update them.",
}


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in (each for each in evidence.wrong if not each.actual.doubtful):
        for difference in setting_differences(look):
            modes = difference.expected, difference.actual
            if difference.name in EVALUATION and modes == ("False", "True"):
                yield _sighting(evidence, look, difference)
                return
    looks = evidence.answered_wrong
    if looks and all(map(idle, looks)):
        yield _idle(evidence, looks[0], idle(looks[0])[0])


def _idle(evidence: Evidence, look: Look, variable: Variable) -> Sighting:
    """Return what is said where no setting tells, but the module updates nothing."""
    name = "/".join((variable.collection, *variable.path))
    layer = look.actual.layer
    inner = look.actual.within(layer) if layer is not None else ()
    run = next((each for each in inner if each.path == variable.path[:-1]), layer)
    what = run.own_name if run is not None else "the module"
    return Sighting(
        message=f"{what} runs in evaluation mode: it leaves {name} as it was",
        label="updates nothing",
        details=(f"apply was given {name}, was allowed to change it, and returned it unchanged.",),
        why="What a module only does in training never happens: the statistics that evaluation "
        "needs keep their first values.",
        help="run the module in training mode",
        span=evidence.landmarks.turned_on(EVALUATION)
        or (run.span if run is not None else None)
        or evidence.landmarks.head,
        case=look.case,
        evidence={"variable": name, "module": what},
    )


def _sighting(evidence: Evidence, look: Look, difference: SettingDifference) -> Sighting:
    run, name = difference.run, difference.name
    return Sighting(
        message=f"{run.own_name} runs in evaluation mode: {name} is True",
        label=f"{name} is True here",
        details=(_EFFECTS[name],),
        why="What a module only does in training never happens: the model trains without it, and "
        "nothing raises.",
        help=f"make it for training: {name}=False",
        span=placed(evidence, difference),
        case=look.case,
        evidence={"setting": name, "module": run.class_name, "expected": False, "actual": True},
    )


RULE = Rule(
    id="evaluation-mode",
    check=Check.PARAMS,
    title="the module runs in evaluation mode, not in training mode",
    explanation="""\
Some layers do one thing in training and another in evaluation. `nn.Dropout` drops outputs unless
`deterministic` is true; `nn.BatchNorm` takes the statistics of the batch, and updates the running
ones, unless `use_running_average` is true. A module often hands these on as a field of its own,
and evaluation is the safe default. For a training step it has to be turned off explicitly.

Left in evaluation mode the model does train, only without what the layer is for: dropout doesn't
regularise, and the running statistics stay at their first values, so that at the real evaluation
the model normalises with a mean of 0 and a variance of 1.
""",
    wrong=DROPOUT.replace("(features, deterministic=False)", "(features)"),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dropout",
    find=_find,
    alters=NUMBERS,
    hides=frozenset({"missing-rng", "discarded-update"}),
)
