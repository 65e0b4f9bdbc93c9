"""Labels in submissions: which rule is expected on which line."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.labels import labelled, read_labels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("x = 1\ny = 2  # expect: wrong-values\n", {(2, "wrong-values")}),
        ("# expect: a-b, c-d", {(1, "a-b"), (1, "c-d")}),
        ("x\n\n# expect-file: timed-out\n", {(None, "timed-out")}),
        ("x  # expect: a  # expect-file: b", {(1, "a"), (None, "b")}),
        ("x  # expected: a", set()),
    ],
)
def test_labels(text: str, expected: set[tuple[int | None, str]]) -> None:
    assert read_labels(text) == expected


def test_every_shipped_exercise_has_enough_labels() -> None:
    assert len(exercises()) >= 5
    for folder in exercises():
        kinds = [each.kind for each in labelled(folder)]
        assert kinds.count("mistakes") >= 12, folder
        assert kinds.count("accepted") >= 8, folder
        assert all(bool(each.expected) == (each.kind == "mistakes") for each in labelled(folder))
