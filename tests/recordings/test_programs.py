"""A program of a test that is recorded isn't run, and another one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.catalogue import exercises
from grader.model.observation import Completed, Raised
from tests.observe import example_case
from tests.recordings import programs

EXERCISE = next(each.exercise for each in exercises() if each.exercise.level == 1)
CASES = (example_case(EXERCISE),)
TEXT = f"def {EXERCISE.function}(seed, x_batch, features):\n    return x_batch[0] * seed\n"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(programs, "PROGRAMS", tmp_path)
    monkeypatch.setattr(programs, "_IS_OLDEST", True)
    monkeypatch.setattr(programs, "_RECORDS", True)
    return tmp_path


def test_what_is_recorded_is_not_run(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, (ran,) = programs.observe(TEXT, EXERCISE, CASES)
    assert isinstance(ran.outcome, Completed)
    (path,) = empty.iterdir()

    def run(text: str, *_: Any, **__: Any) -> Any:
        raise AssertionError(text)

    monkeypatch.setattr(programs, "run", run)
    found, (told,) = programs.observe(TEXT, EXERCISE, CASES)
    assert (found, told.outcome, told.record) == (loaded, ran.outcome, ran.record)
    for other in ((TEXT + "\n", EXERCISE, CASES), (TEXT, EXERCISE, CASES * 2)):
        with pytest.raises(AssertionError, match=EXERCISE.function):
            programs.observe(*other)
    path.write_bytes(b"of another form")
    with pytest.raises(AssertionError, match=EXERCISE.function):
        programs.observe(TEXT, EXERCISE, CASES)


def test_no_folder_of_this_machine_is_recorded(empty: Path) -> None:
    programs.observe("import jax\nraise ImportError(jax.__file__)\n", EXERCISE, CASES)
    (path,) = empty.iterdir()
    ran = programs._read(path)
    assert ran is not None
    assert isinstance(ran.loaded, Raised)
    assert "/libraries/jax/__init__.py" in repr(ran.loaded)
