"""`grade -` reads a submission from standard input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_course import Grade

Feed = Callable[[bytes], None]


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    return lambda data: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input_is_graded(grade: Grade, feed: Feed) -> None:
    feed(b"def nn_vmap_forward(seed, x_batch, features:\n")
    ran = grade("-", "--report", "json")
    report = json.loads(ran.out)
    assert ran.code == 1
    assert report["submission"]["path"] == "<stdin>"
    assert [each["rule"] for each in report["findings"]] == ["syntax-error"]


def test_standard_input_is_graded_once_beside_files(grade: Grade, feed: Feed, here: Path) -> None:
    (here / "a.py").write_text("x = (\n")
    feed(b"x = )\n")
    ran = grade("-", "a.py", "-", "--report", "concise")
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["<stdin>", "a.py"]


def test_an_empty_input_is_an_empty_file(grade: Grade, feed: Feed) -> None:
    feed(b"")
    assert "the file is empty" in grade("-").out


def test_bytes_that_are_not_text_are_reported(grade: Grade, feed: Feed) -> None:
    feed(b"\xff\xfex\x00")
    ran = grade("-", "--report", "concise")
    assert (ran.code, "unreadable-file" in ran.out) == (1, True)


def test_a_closed_input_is_a_wrong_command(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = grade("-")
    assert (ran.code, ran.out) == (2, "")
    assert "standard input is closed" in ran.err
