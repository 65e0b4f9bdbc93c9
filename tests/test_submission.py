"""Reading a submission, and recognising the exercise that it is for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.catalogue import exercises
from grader.model.exercise import ExerciseFolder, Seed, Size
from grader.model.source import Source
from grader.model.submission import (
    LARGEST,
    Unreadable,
    Unrecognised,
    from_bytes,
    read_submission,
    recognise,
)


@pytest.fixture(scope="module")
def known() -> list[ExerciseFolder]:
    first = exercises()[0]
    other = msgspec.structs.replace(
        first.exercise,
        slug="other-task",
        function="other_task",
        parameters=(Seed(name="seed"), Size(name="members")),
    )
    return [first, msgspec.structs.replace(first, exercise=other)]


def test_bytes_become_text() -> None:
    submission = from_bytes("a.py", "# -*- coding: latin-1 -*-\n# \u00e9\n".encode("latin-1"))
    assert submission.source.text.endswith("\u00e9\n")
    assert submission.source.syntax_fault is None
    assert len(submission.sha256) == 64


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"# \xff\xfe\x80", "UTF-8"),
        (b"# coding: ascii\n\xff", "decoded"),
        (b"x = 1\0\ny = 2\n", "line 1 has a null byte"),
        (b"# coding: no-such\n", "decoded"),
        (b"# coding: utf-16\n", "its encoding is utf-16"),
        (b"#" * (LARGEST + 1), "larger"),
    ],
)
def test_undecodable_files_are_reported(data: bytes, problem: str) -> None:
    fault = from_bytes("a.py", data).source.syntax_fault
    assert fault is not None
    assert problem in fault.message


@pytest.mark.parametrize(
    ("deep", "line"),
    [
        ("x = " + "-" * 130 + "1", 2),
        ("x = " + " + ".join(["y"] * 130), 2),
        ("if a: pass\n" + "elif b: pass\n" * 130, 2),
        ("x = y" + ".z()" * 5_000, None),
    ],
    ids=["signs", "a sum", "elif", "too deep for Python, too"],
)
def test_what_is_nested_too_deep_is_not_said_to_be_no_python(deep: str, line: int | None) -> None:
    source = Source("a.py", f"first = 1\n{deep}\n")
    assert source.tree is None
    assert source.unfit is not None
    assert "120 levels deep, the most that is graded" in source.unfit.message
    assert source.unfit.line == line


def test_what_is_nested_less_deep_is_a_program() -> None:
    for text in ("x = " + "-" * 110 + "1", "if a: pass\n" + "elif b: pass\n" * 110):
        assert Source("a.py", text).tree is not None


def test_the_place_of_invalid_utf_8_is_reported() -> None:
    source = from_bytes("a.py", b"x = 1\ny = '\xe9'\n").source
    fault = source.syntax_fault
    assert fault is not None
    assert fault.span.line == 2
    assert source.unfit is not None
    assert source.unfit.line == 2
    assert "UTF-8" in source.unfit.help
    assert source.lines[1] == "y = '\ufffd'"


def test_missing_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no file"):
        read_submission(tmp_path / "a.py")
    (tmp_path / "link.py").symlink_to("nowhere.py")
    with pytest.raises(Unreadable, match="a broken link") as raised:
        read_submission(tmp_path / "link.py")
    assert "regular file" in raised.value.unfit.help
    with pytest.raises(Unreadable, match="folder"):
        read_submission(tmp_path)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("def other_task(seed, members): ...", "other_task"),
        ("other_task = make()", "other_task"),
        ("from x import y as other_task", "other_task"),
        ("def othertask(seed, members): ...", "other_task"),
        ("def other_task(seed, members)\n  pass", "other_task"),
        ("def answer(seed, members): ...", "other_task"),
        ("def nn_vmap_forwrad(seed, x, features): ...", "nn_vmap_forward"),
        ("def forward(seed, x_batch, features): ...", "nn_vmap_forward"),
        ("", "nn_vmap_forward"),
    ],
)
def test_recognises(text: str, function: str, known: list[ExerciseFolder]) -> None:
    assert recognise(Source("a.py", text), known).exercise.function == function


def test_two_functions_need_a_choice(known: list[ExerciseFolder]) -> None:
    text = "def other_task(): ...\ndef nn_vmap_forward(): ...\n"
    with pytest.raises(Unrecognised, match="several"):
        recognise(Source("a.py", text), known)
