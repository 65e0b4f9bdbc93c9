"""A finding whose edits do something else than it advises in words is seen as such."""

from __future__ import annotations

import msgspec
import pytest

from grader.judge import judge
from tests.labelled import labelled
from tests.recordings import path_of, replayed
from tests.rules.contradictions import contradictions

DISAGREEING = {
    "a search": ("print the shapes before this line", "x = 1\n", "x = 2\n"),
    "another value": ("name it: out_axes=(1, 0)", "x = 1\n", "out_axes=(0, 1)\n"),
    "another key": ("make the key: jax.random.PRNGKey(seed)", "x\n", "jax.random.key(0)\n"),
    "another name": ("write in_axes instead of in_axis", "in_axis=0\n", "out_axes=0\n"),
    "what stays": ("leave use_bias as it is by default", "use_bias=True\n", "use_bias=False\n"),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_a_contradiction_is_seen(name: str) -> None:
    text, before, after = DISAGREEING[name]
    mistake = next(each for each in labelled() if each.expected)
    transcript = replayed(mistake, path_of(mistake))
    (finding, *_) = judge(transcript)
    told = msgspec.structs.replace(finding, help=text)
    assert list(contradictions(told, before, after))
