"""What is said of distorted recordings changes only after somebody has read the change."""

from __future__ import annotations

import re
from typing import Final

import pytest

from grader.rules import RULES
from tests.distorted import Distorted, slugs, stored
from tests.judge.consistent import assert_consistent
from tests.recordings.findings import described, judge_again

RULE: Final = re.compile(r"  [a-z]")

STORED = [
    pytest.param(each, said, id=f"{each.recording}-{number}")
    for slug in slugs()
    for number, (each, said) in enumerate(stored(slug))
]


@pytest.mark.parametrize(("each", "said"), STORED)
def test_a_distorted_recording_gets_the_stored_words(each: Distorted, said: str) -> None:
    """If they are meant to change: `make record` stores the new ones; read the diff."""
    transcript = each.transcript
    judged = judge_again(transcript)
    assert described(judged) == said
    assert_consistent(transcript, judged.findings)


def test_the_stored_ones_reach_most_rules() -> None:
    texts = [said for slug in slugs() for _, said in stored(slug)]
    rules = {line.split()[0] for said in texts for line in said.splitlines() if RULE.match(line)}
    reached = rules & {each.id for each in RULES}
    assert len(reached) >= len(RULES) * 0.8, {each.id for each in RULES} - reached
