"""evaluation-mode: a module that should train runs in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import argument_edits, expression_edits, literal_edits
from grader.evidence.settings import EVALUATION, SettingDifference, placed, setting_differences
from grader.evidence.updates import idle
from grader.model.edit import Edit
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
    """Describe a module that doesn't update anything, although no setting explains it."""
    name = "/".join((variable.collection, *variable.path))
    layer = look.actual.layer
    inner = look.actual.within(layer) if layer is not None else ()
    run = next((each for each in inner if each.path == variable.path[:-1]), layer)
    what = run.own_name if run is not None else "the module"
    edits = literal_edits(evidence, evidence.landmarks.turned_on(EVALUATION), "False")
    return Sighting(
        message=f"{what} runs in evaluation mode: it doesn't update {name}",
        label="updates nothing",
        details=(f"apply got {name}, was allowed to change it, and returned it unchanged.",),
        why="The parts of the module that only run in training never run: the statistics that "
        "evaluation needs keep their initial values.",
        help="turn training mode on: write False here"
        if edits
        else "run the module in training mode",
        edits=edits,
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
        why="The parts of the module that only run in training never run: the model trains "
        "without them, and nothing raises.",
        help=f"turn training mode on: {name}=False",
        span=placed(evidence, difference),
        edits=_edits(evidence, difference),
        case=look.case,
        evidence={"setting": name, "module": run.class_name, "expected": False, "actual": True},
    )


def _edits(evidence: Evidence, difference: SettingDifference) -> tuple[Edit, ...]:
    place = placed(evidence, difference)
    written = literal_edits(evidence, place, "False")
    if difference.passed and place != difference.run.span:
        return written or expression_edits(evidence, place, "False")
    if written or difference.passed:
        return written  # Flax refuses a field that is also passed
    return argument_edits(evidence, difference.run.span, difference.name, "False")


RULE = Rule(
    id="evaluation-mode",
    check=Check.PARAMS,
    title="the module runs in evaluation mode, not in training mode",
    explanation="""\
Some layers behave differently in training and in evaluation. `nn.Dropout` drops outputs unless
`deterministic` is true; `nn.BatchNorm` uses the statistics of the batch, and updates the running
statistics, unless `use_running_average` is true. A module often has a field for this, and
evaluation is the safe default. For a training step you have to turn evaluation mode off explicitly.

If you don't, the model still trains, but the layer doesn't do its job: dropout doesn't regularise,
and the running statistics keep their initial values, so that in the real evaluation the model
normalises with a mean of 0 and a variance of 1.
""",
    wrong=DROPOUT.replace("(features, deterministic=False)", "(features)"),
    right=DROPOUT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Dropout",
    find=_find,
    alters=NUMBERS,
    hides=frozenset({"missing-rng", "discarded-update"}),
)
