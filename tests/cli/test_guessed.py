"""A file that doesn't tell which exercise it is for is graded as one, and the report says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_course import Grade

GUESS = "no function that an exercise asks for"


@pytest.fixture(autouse=True)
def _course(course: Path) -> None:
    assert course.is_dir()


@pytest.mark.parametrize("text", ["", "print('hello')\n", "def other(x):\n    return x\n"])
def test_a_guess_is_told_with_what_to_do(grade: Grade, here: Path, text: str) -> None:
    (here / "mine.py").write_text(text)
    ran = grade("mine.py")
    assert ran.code == 1
    assert " ".join(ran.out.split()).count(f"{GUESS}, so sum-one is a guess.") == 1
    assert "--exercise NAME" in ran.out


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("mine.py", "print('hello')\n", ["--exercise", "product"]),
        ("product.py", "print('hello')\n", []),
        ("mine.py", "def prodct(seed, x):\n    return x\n", []),
        ("mine.py", "def f():\n    def product(seed, x):\n        return x\n", []),
    ],
)
def test_what_the_file_or_the_command_says_is_no_guess(
    grade: Grade, here: Path, name: str, text: str, options: list[str]
) -> None:
    (here / name).write_text(text)
    ran = grade(*options, name)
    assert ran.code == 1
    assert "product" in ran.out
    assert GUESS not in ran.out
