"""Labelled submissions are observed without a failure, and right ones make sense."""

from __future__ import annotations

import re
from pathlib import Path
from zlib import crc32

import msgspec
import pytest

from grader.catalogue import exercises
from grader.model.case import Container
from grader.model.exercise import ExerciseFolder
from grader.model.observation import (
    Completed,
    Loaded,
    LoadOutcome,
    Observation,
    OpaqueResult,
    Raised,
    Record,
)
from tests.observe import example_case, observe

# These end, hang or fill the process that they run in: the sandbox's tests run them.
UNSAFE = re.compile(r"expect(?:-file)?:.*\b(timed-out|out-of-memory|crashed)\b")
FOLDERS = {each.exercise.slug: each for each in exercises()}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs write where nothing of ours is: nothing shuts them in here."""
    monkeypatch.chdir(tmp_path)


def submissions(kind: str, one_in: int) -> list[object]:
    """Some of the labelled submissions of each exercise; all of them are graded elsewhere.

    A file's name decides: which ones run stays the same when others are added.
    """
    return [
        pytest.param(folder, path, id=f"{slug}-{path.stem}")
        for slug, folder in FOLDERS.items()
        for path in sorted((folder.folder / kind).glob("*.py"))
        if crc32(path.stem.encode()) % one_in == 0
        if not UNSAFE.search(path.read_text(encoding="utf-8"))
    ]


def observed(folder: ExerciseFolder, path: Path) -> tuple[LoadOutcome, tuple[Observation, ...]]:
    exercise = folder.exercise
    cases = (example_case(exercise), example_case(exercise, 1, Container.NUMPY))
    found = observe(path.read_text(encoding="utf-8"), exercise, cases, path.name)
    encoded = msgspec.msgpack.encode(found)
    expected = tuple[LoadOutcome, tuple[Observation, ...]]
    assert msgspec.msgpack.decode(encoded, type=expected) == found
    assert len(encoded) < 2**18
    assert str(path.parent).encode() not in encoded
    assert not any(each.record.truncated for each in found[1])
    return found


@pytest.mark.parametrize(("folder", "path"), submissions("mistakes", one_in=24))
def test_mistakes_are_observed(folder: ExerciseFolder, path: Path) -> None:
    loaded, observations = observed(folder, path)
    assert len(observations) == (2 if isinstance(loaded, Loaded) else 0)


@pytest.mark.parametrize(("folder", "path"), submissions("accepted", one_in=12))
def test_accepted_ones_make_sense(folder: ExerciseFolder, path: Path) -> None:
    loaded, observations = observed(folder, path)
    assert loaded == Loaded()
    check(folder, observations)


@pytest.mark.parametrize("slug", FOLDERS)
def test_solutions_make_sense(slug: str) -> None:
    _, observations = observed(FOLDERS[slug], FOLDERS[slug].solution)
    check(FOLDERS[slug], observations)


def check(folder: ExerciseFolder, observations: tuple[Observation, ...]) -> None:
    """Check the answers; an exception that only NumPy arrays cause is no fault of a program."""
    with_jax, with_numpy = observations
    excused = isinstance(with_numpy.outcome, Raised)
    for observation in (with_jax,) if excused else observations:
        assert isinstance(observation.outcome, Completed), observation.outcome
        assert not isinstance(observation.outcome.result, OpaqueResult)
        assert observation.mutated == ()
    if folder.exercise.module:
        check_lifted(observations[0].record, own_calls=folder.exercise.flax_class is None)


def check_lifted(record: Record, *, own_calls: bool) -> None:
    """Check what was lifted. The grader itself calls a class, at no place of the program."""
    assert all(call.span is not None for call in record.lifted)
    assert all(run.span is not None for run in record.modules if run.lifted is not None)
    assert any(root.forward for root in record.roots)
    assert all((root.span is not None) == own_calls for root in record.roots)
    lifted = {run.lifted for run in record.modules if run.root is not None} - {None}
    assert lifted
    assert lifted <= {call.id for call in record.lifted}
    assert any(run.inside in lifted for run in record.modules)
