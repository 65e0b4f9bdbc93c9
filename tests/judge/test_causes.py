"""Which finding silences which: causes, the symptoms that they account for, and last resorts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import pytest

from grader.evidence import Evidence
from grader.judge import judge
from grader.model.exercise import Check
from grader.model.finding import Severity
from grader.model.transcript import Transcript
from grader.rules import RULES
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import EVERYTHING, NOTHING, NUMBERS, Trait
from tests.judge.perturbed import ALL, recorded

SEEN: Final = Sighting(message="it was seen", help="undo it")


def made_up(*sightings: Sighting, in_a_case: bool = True, name: str = "made-up") -> Rule:
    """Make a cause rule as a file of its own would declare it, and no other file."""

    def find(evidence: Evidence) -> Iterator[Sighting]:
        case = evidence.looks[0].case if in_a_case else None
        for each in sightings:
            yield msgspec.structs.replace(each, case=case)

    return Rule(
        id=name,
        check=Check.LIFTED,
        title="a made-up mistake",
        explanation="It was made up.\n",
        wrong="",
        right=RIGHT,
        link="https://example.org",
        find=find,
    )


def having(rule: Rule, **fields: object) -> Rule:
    return msgspec.structs.replace(rule, **fields)


def a_recording(name: str) -> Transcript:
    return next(recorded(each) for each in ALL if str(each) == name)


def rules_of(transcript: Transcript, rules: Iterable[Rule]) -> list[str]:
    return [each.rule for each in judge(transcript, tuple(rules))]


VALUES: Final = "nn-vmap-shared/mistakes/weights_replaced"
SHAPE: Final = "nn-vmap-shared/mistakes/first_feature_only"
ORDER: Final = "nn-vmap-shared/mistakes/fortran_order"
PROCESSED: Final = "nn-vmap-shared/mistakes/relu_on_output"


@pytest.mark.parametrize(
    ("recording", "symptom"),
    [(VALUES, "wrong-values"), (SHAPE, "wrong-shape"), (ORDER, "wrong-order")],
)
def test_a_new_cause_silences_symptoms_without_an_edit_of_another_rule(
    recording: str, symptom: str
) -> None:
    transcript = a_recording(recording)
    assert rules_of(transcript, RULES) == [symptom]
    assert rules_of(transcript, (made_up(SEEN), *RULES)) == ["made-up"]
    assert rules_of(transcript, (made_up(), *RULES)) == [symptom]


@pytest.mark.parametrize(
    ("recording", "alters", "shown"),
    [
        (VALUES, NUMBERS, []),
        (SHAPE, NUMBERS, ["wrong-shape"]),
        (ORDER, NUMBERS, ["wrong-order"]),
        (SHAPE, frozenset({Trait.SHAPE}), []),
        (VALUES, frozenset({Trait.SHAPE}), ["wrong-values"]),
        (VALUES, NOTHING, ["wrong-values"]),
    ],
)
def test_a_cause_does_not_silence_symptoms_of_other_traits(
    recording: str, alters: frozenset[Trait], shown: list[str]
) -> None:
    cause = having(made_up(SEEN), alters=alters)
    assert rules_of(a_recording(recording), (cause, *RULES)) == ["made-up", *shown]


def test_a_symptom_with_its_own_evidence_is_never_silent() -> None:
    found = rules_of(a_recording(PROCESSED), (made_up(SEEN), *RULES))
    assert found == ["made-up", "wrong-values"]


def test_a_cause_that_gives_the_wrong_numbers_exactly_silences_a_certain_symptom() -> None:
    exact = made_up(msgspec.structs.replace(SEEN, exact=True))
    assert rules_of(a_recording(PROCESSED), (exact, *RULES)) == ["made-up"]
    elsewhere = having(exact, alters=frozenset({Trait.SHAPE}))
    assert rules_of(a_recording(PROCESSED), (elsewhere, *RULES)) == ["made-up", "wrong-values"]


@pytest.mark.parametrize("exact", [True, False])
def test_a_warning_silences_nothing(exact: bool) -> None:
    warning = msgspec.structs.replace(SEEN, severity=Severity.WARNING, exact=exact)
    found = rules_of(a_recording(VALUES), (made_up(warning), *RULES))
    assert found == ["made-up", "wrong-values"]


def test_a_cause_silences_another_cause_only_by_name() -> None:
    transcript = a_recording(VALUES)
    other = made_up(SEEN, name="other")
    assert rules_of(transcript, (made_up(SEEN), other)) == ["made-up", "other"]
    hiding = having(made_up(SEEN), hides=frozenset({"other"}))
    assert rules_of(transcript, (hiding, other)) == ["made-up"]
    sure = made_up(msgspec.structs.replace(SEEN, certain=True), name="other")
    assert rules_of(transcript, (hiding, sure)) == ["made-up", "other"]


def test_a_silent_finding_silences_nothing() -> None:
    hiding = having(made_up(SEEN), alters=NOTHING, hides=frozenset({"other"}))
    other = made_up(SEEN, name="other")
    found = rules_of(a_recording(VALUES), (hiding, other, *RULES))
    assert found == ["made-up", "wrong-values"]


def test_a_last_resort_is_reported_only_without_other_findings() -> None:
    transcript = a_recording(VALUES)
    resort = made_up(msgspec.structs.replace(SEEN, last_resort=True), name="resort")
    assert rules_of(transcript, (resort,)) == ["resort"]
    assert rules_of(transcript, (resort, made_up(SEEN))) == ["made-up"]
    caseless = having(made_up(SEEN, in_a_case=False), alters=NOTHING)
    assert rules_of(transcript, (caseless, resort)) == ["resort", "made-up"]


def test_causes_come_before_their_symptoms() -> None:
    ids = [rule.id for rule in RULES]
    for place, rule in enumerate(RULES):
        assert rule.hides <= set(ids[place + 1 :])
        assert not [other.id for other in RULES[: place + 1] if rule.accounts_for(other)]


def test_each_trait_of_an_answer_has_one_symptom() -> None:
    shown = [rule.shows for rule in RULES if rule.shows is not None]
    assert sorted(shown) == sorted(EVERYTHING)
