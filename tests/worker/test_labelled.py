"""Every labelled submission is observed without a failure, and right ones make sense."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from grader.case import ArrayValue, Container
from grader.catalogue import exercises
from grader.exercise import ExerciseFolder
from grader.observation import ArrayType, Completed, Loaded, LoadOutcome, Observation
from tests.observe import observe
from tests.worker.conftest import make_case

FOLDER = exercises()[0]
# These end, hang or fill the process that they run in: the sandbox's tests run them.
UNSAFE = re.compile(r"expect(?:-file)?:.*\b(timed-out|out-of-memory|crashed)\b")
CASES = (make_case(), make_case(seed=1, container=Container.NUMPY))


def submissions(kind: str) -> list[Path]:
    return [
        path
        for path in sorted((FOLDER.folder / kind).glob("*.py"))
        if not UNSAFE.search(path.read_text(encoding="utf-8"))
    ]


def observed(path: Path) -> tuple[LoadOutcome, tuple[Observation, ...]]:
    text = path.read_text(encoding="utf-8")
    found = observe(text, FOLDER.exercise, CASES, path.name)
    encoded = msgspec.msgpack.encode(found)
    assert (
        msgspec.msgpack.decode(encoded, type=tuple[LoadOutcome, tuple[Observation, ...]]) == found
    )
    assert str(path.parent) not in encoded.decode("utf-8", "ignore")
    return found


@pytest.mark.parametrize("path", submissions("mistakes"), ids=lambda path: path.stem)
def test_mistakes_are_observed(path: Path) -> None:
    loaded, observations = observed(path)
    assert len(observations) == (len(CASES) if isinstance(loaded, Loaded) else 0)
    assert not any(each.record.truncated for each in observations)


@pytest.mark.parametrize("path", submissions("accepted"), ids=lambda path: path.stem)
def test_accepted_ones_make_sense(path: Path) -> None:
    loaded, observations = observed(path)
    assert loaded == Loaded()
    for observation in observations:
        assert isinstance(observation.outcome, Completed), observation.outcome
        assert isinstance(observation.outcome.result, ArrayValue)
        assert observation.mutated == ()
        assert not observation.record.truncated
    check_record(observations[0])


def check_record(observation: Observation) -> None:
    """A lifted run sees the batch, and the layer in it one example; the weights are shared."""
    record = observation.record
    lifted = [run for run in record.modules if run.lifted is not None and run.root is not None]
    assert lifted
    assert {run.lifted for run in lifted} <= {call.id for call in record.lifted}
    assert all(call.span is not None for call in record.lifted)
    inner = [run for run in record.modules if run.inside is not None]
    vector = ArrayType(dtype="float32", shape=(4,))
    assert any(run.inputs[:1] == (vector,) for run in inner)
    assert all(run.span is not None for run in record.modules)
    made = [variable for root in record.roots for variable in (*root.made, *root.given)]
    assert {variable.type.shape for variable in made} >= {(4, 2), (2,)}
    assert any(root.forward for root in record.roots)
    keys = {key.data for root in record.roots for key in root.keys}
    assert keys <= {"0" * 16, None} or "dropout" in str(record.roots)


def test_the_solution_makes_sense(exercise_folder: ExerciseFolder = FOLDER) -> None:
    _, observations = observed(exercise_folder.solution)
    check_record(observations[0])
