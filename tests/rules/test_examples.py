"""The example programs that `explain` shows do what it says of them."""

from __future__ import annotations

import re

import msgspec
import pytest

from grader.judge import judge
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Crashed, Observation, OutOfMemory, TimedOut
from grader.model.source import Source
from grader.model.transcript import Exchange, Known, Said, Transcript
from grader.rules import AUTHORS, RULES, TITLED, Rule, rule_by_id
from grader.rules.example import RIGHT
from tests.labelled import labelled
from tests.recordings.programs import observe, reference_observations

CONTRACT = {
    "loads": {"syntax-error", "import-failed", "missing-function", "wrong-signature"},
    "runs": {"raised", "timed-out", "out-of-memory", "crashed"},
    "shape": {"not-an-array", "not-flattened", "wrong-shape", "wrong-dtype"},
    "values": {"wrong-order", "wrong-values"},
    "lifted": {"no-nn-vmap", "wrong-module", "wrong-in-axes", "wrong-out-axes"},
    "params": {"per-example-params", "params-not-lifted", "changed-layer", "ignored-features"},
    "rng": {"split-params-rng", "params-rng-not-lifted", "ignored-seed", "derived-key"},
    "pure": {"nondeterministic", "stateful", "mutated-input"},
}
"""The rules that other programs know, by their checks. Others may be added."""
OUTCOMES = {
    "timed-out": TimedOut(seconds=5.0),
    "out-of-memory": OutOfMemory(limit=2**30),
    "crashed": Crashed(reason="the process ended with status 0"),
}


References = dict[str, tuple[Observation, ...]]


@pytest.fixture(scope="module")
def references(forward: Exercise, exercise: Exercise, telling: tuple[Case, ...]) -> References:
    """Observe for each right program what its wrong ones are compared with.

    The first one is the exercise's own task, so that is compared with the solution.
    """
    found = {RIGHT: reference_observations(exercise, telling)}
    for rule in RULES:
        if rule.right not in found:
            _, found[rule.right] = observe(rule.right, task(forward, rule), telling, "right.py")
    return found


def task(forward: Exercise, rule: Rule) -> Exercise:
    """Return the exercise of a rule's examples."""
    made = msgspec.structs.replace(forward, uses=rule.uses, forbids=rule.forbids)
    if rule.flax_class is None:
        return made
    return msgspec.structs.replace(
        made, function="Forward", flax_class=rule.flax_class, module="", output=()
    )


def run(
    text: str, exercise: Exercise, cases: tuple[Case, ...], expected: tuple[Observation, ...]
) -> Transcript:
    """Observe a program twice over, as two processes would."""
    exchanges: list[Exchange] = []
    transcript = Transcript(exercise=exercise, source=Source("example.py", text))
    for process in (0, 1):
        loaded, actual = observe(text, exercise, cases)
        transcript = msgspec.structs.replace(transcript, loaded=loaded)
        exchanges += [
            Exchange(case=case, expected=theirs, actual=ours, process=process)
            for case, theirs, ours in zip(cases, expected, actual, strict=False)
        ]
    return msgspec.structs.replace(transcript, exchanges=tuple(exchanges))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_wrong_program_breaks_only_this_rule(
    rule: Rule, forward: Exercise, telling: tuple[Case, ...], references: References
) -> None:
    exercise = task(forward, rule)
    if rule.id in OUTCOMES:
        case, expected = telling[0], references[rule.right][0]
        actual = msgspec.structs.replace(expected, outcome=OUTCOMES[rule.id])
        exchange = Exchange(case=case, expected=expected, actual=actual)
        transcript = Transcript(
            exercise=exercise, source=Source("example.py", rule.wrong), exchanges=(exchange,)
        )
    else:
        transcript = run(rule.wrong, exercise, telling, references[rule.right])
    if rule.id == TITLED:
        known = Known(description="takes the largest of each row", titled=True)
        transcript = msgspec.structs.replace(transcript, known=known)
    if rule.id == AUTHORS:
        said = Said(message="the layer is initialised twice", line=3)
        exchanges = (msgspec.structs.replace(each, said=said) for each in transcript.exchanges)
        transcript = msgspec.structs.replace(transcript, exchanges=tuple(exchanges))
    assert [each.rule for each in judge(transcript)] == [rule.id]


RIGHTS = {rule.right: rule for rule in RULES}


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_the_right_program_has_no_finding(
    right: str, forward: Exercise, telling: tuple[Case, ...], references: References
) -> None:
    exercise = task(forward, RIGHTS[right])
    assert judge(run(right, exercise, telling, references[right])) == ()


def test_the_rules_that_other_programs_know_are_there() -> None:
    checks = {rule.id: rule.check.value for rule in RULES}
    for check, ids in CONTRACT.items():
        assert {each: checks.get(each) for each in ids} == dict.fromkeys(ids, check)


def test_every_rule_has_a_label_and_every_label_a_rule() -> None:
    """A rule that nobody has labelled isn't tested, and a label of no rule is out of date."""
    shown = {rule for each in labelled() for _, rule in each.expected}
    assert shown == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_texts(rule: Rule) -> None:
    assert rule_by_id(rule.id) is rule
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    assert rule.title == rule.title.strip(". ")
    assert len(rule.title) <= 70
    assert rule.link.startswith("https://")
    assert rule.explanation.endswith(".\n")
    assert rule.wrong != rule.right


def test_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rule_by_id("no-such-rule")
