"""What a terminal sends, split into keys."""

from __future__ import annotations

import pytest

from grader.cli.keys import DOWN, PAGE_DOWN, PAGE_UP, UP, keys_in


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("", []),
        ("h", ["h"]),
        ("hé \n", ["h", "é", " ", "\n"]),
        ("\x1b", ["\x1b"]),
        ("\x1b[A\x1b[A\x1b[Bq", [UP, UP, DOWN, "q"]),
        ("\x1bOA\x1bOB", [UP, DOWN]),
        ("\x1b[5~\x1b[6~", [PAGE_UP, PAGE_DOWN]),
        ("\x1b[1;5A", ["\x1b[1;5A"]),
        ("\x1b[3~x", ["\x1b[3~", "x"]),
    ],
)
def test_keys(sent: str, keys: list[str]) -> None:
    assert keys_in(sent) == keys
