"""What is said of distorted recordings changes only after somebody has read the change."""

from __future__ import annotations

import pytest

from tests.distorted import Distorted, said_of, slugs, stored

STORED = [
    pytest.param(each, said, id=f"{each.recording}-{number}")
    for slug in slugs()
    for number, (each, said) in enumerate(stored(slug))
]


@pytest.mark.parametrize(("each", "said"), STORED)
def test_a_distorted_recording_gets_the_stored_words(each: Distorted, said: str) -> None:
    """If they are meant to change: `make record` stores the new ones; read the diff."""
    assert said_of(each) == said


def test_many_are_stored() -> None:
    assert len(STORED) >= 200
