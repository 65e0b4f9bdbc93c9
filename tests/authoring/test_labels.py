"""Labels in submissions: which rule is expected on which line."""

from __future__ import annotations

import pytest

from grader.labels import read_labels


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
