"""What a record doesn't show is held against nobody, and no message claims to know it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from grader.judge import judge
from grader.labels import Labelled
from grader.model.observation import Observation
from grader.model.transcript import Transcript
from grader.rules import rule_by_id
from tests.judge.perturbed import ACCEPTED, ALL, plain_of, recorded, with_exchanges

UNSEEN = (
    ("modules", "given"),
    ("modules", "taken"),
    ("modules", "digest"),
    ("modules", "span"),
    ("roots", "digest"),
    ("roots", "data"),
    ("roots", "made_by"),
    ("roots", "span"),
    ("roots", "largest"),
    ("lifted", "span"),
    ("keys", "span"),
    ("keys", "taken"),
)
"""Parts of a record, and what may be unknown of all that is in them."""
SIDES = ("expected", "actual")
EXCHANGES = 6
MISTAKEN = tuple(each for each in ALL if each.expected and recorded(each).exchanges)


def named(name: str) -> Transcript:
    """Return the recording of the first submission with this name."""
    return recorded(next(each for each in ALL if each.path.stem == name))


def edited(transcript: Transcript, side: str, part: str, what: Any) -> Transcript:
    """Return it with one part of each record of one side passed through `what`."""
    exchanges = []
    for each in transcript.exchanges[:EXCHANGES]:
        plain = plain_of(getattr(each, side))
        plain["record"][part] = what(plain["record"].get(part, []))
        other = msgspec.convert(plain, Observation)
        exchanges.append(msgspec.structs.replace(each, **{side: other}))
    return with_exchanges(transcript, exchanges)


TRUE_ANYWAY = {"derived-key", "discarded-update"}
"""Rules that say what the answer or the key is; what is hidden only said it better."""


def without(name: str) -> Any:
    """Return what makes a field unknown, wherever it is in a tree."""

    def hide(plain: Any) -> Any:
        match plain:
            case dict():
                return {key: None if key == name else hide(plain[key]) for key in plain}
            case list():
                return [hide(each) for each in plain]
            case _:
                return plain

    return hide


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("part", "name"), UNSEEN)
def test_a_right_program_is_not_accused_without_observations(
    part: str, name: str, side: str
) -> None:
    for each in ACCEPTED[::15]:
        assert judge(edited(recorded(each), side, part, without(name))) == (), each


@pytest.mark.parametrize(
    "each",
    [
        pytest.param(each, id=str(each), marks=pytest.mark.slow if number % 3 else ())
        for number, each in enumerate(MISTAKEN[::25])
    ],
)
def test_missing_records_add_only_symptoms(each: Labelled) -> None:
    some = recorded(each)
    some = with_exchanges(some, list(some.exchanges[:EXCHANGES]))
    told = {finding.rule for finding in judge(some)}
    for side in SIDES:
        for part, name in UNSEEN:
            found = {finding.rule for finding in judge(edited(some, side, part, without(name)))}
            more = found - told - TRUE_ANYWAY
            assert all(rule_by_id(rule).shows for rule in more), (side, part, name)


def test_a_key_of_unknown_origin_is_not_described() -> None:
    some = edited(named("key_split_first"), "expected", "keys", lambda _: [])
    (finding,) = judge(some)
    assert finding.rule == "derived-key"
    assert finding.help == "make the key as the task says"
