"""What is told of results: their numbers as evidence, exchanged items, old values, texts."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.catalogue import exercises
from grader.evidence import Look
from grader.evidence.exceptions import text_lines
from grader.evidence.results import arrays, exchanged, outputs
from grader.judge import judge
from grader.model.case import ArrayValue, Case
from grader.model.finding import Finding
from grader.model.observation import (
    Completed,
    MappingResult,
    Observation,
    Raised,
    Result,
    SequenceResult,
    TimedOut,
)
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.observe import example_case

EXERCISE = exercises()[0].exercise
CASE = example_case(EXERCISE)


def array(values: object, dtype: str = "float32") -> ArrayValue:
    made: NDArray[np.generic] = np.asarray(values, dtype=dtype)
    return ArrayValue.of(made)


def items(*values: Result) -> SequenceResult:
    return SequenceResult(type_name="tuple", items=values)


def observed(result: Result) -> Observation:
    return Observation(outcome=Completed(result=result))


def look(expected: Result, actual: Result, case: Case = CASE) -> Look:
    exchange = Exchange(case=case, expected=observed(expected), actual=observed(actual))
    return Look(EXERCISE, exchange)


def findings(expected: Observation, actual: Observation) -> tuple[Finding, ...]:
    exchange = Exchange(case=CASE, expected=expected, actual=actual)
    text = f"def {EXERCISE.function}(seed, x_batch, features):\n    return x_batch\n"
    source = Source("submission.py", text)
    return judge(Transcript(exercise=EXERCISE, source=source, exchanges=(exchange,)))


def test_arrays_are_found_by_their_places() -> None:
    one, two = array([1.0]), array([2])
    mapping = MappingResult(type_name="dict", items={"a": two})
    assert arrays(observed(one)) == {"": one}
    assert arrays(observed(items(one, items(two), mapping))) == {
        "[0]": one,
        "[1][0]": two,
        "[2]['a']": two,
    }
    assert arrays(Observation(outcome=TimedOut(seconds=1.0))) == {}


def test_outputs_are_flat_short_and_json() -> None:
    wanted, found = np.arange(300.0).reshape(3, 100), np.full((2, 2), np.nan)
    told = outputs(look(array(wanted), array(found)), "")
    both = json.loads(msgspec.json.encode(told))["outputs"]
    assert both["expected"] == [float(n) for n in range(128)]
    assert both["actual"] == [None] * 4


def test_outputs_keep_the_precision_of_floats() -> None:
    told = outputs(look(array([0.1]), array([1.5], "float64")), "")
    assert told == {"outputs": {"expected": [0.100000001], "actual": [1.5]}}


@pytest.mark.parametrize(
    "odd",
    [array([1j], "complex64"), ArrayValue(dtype="strange", shape=(1,), data=b"x"), array([])],
)
def test_results_without_numbers_have_no_outputs(odd: ArrayValue) -> None:
    assert outputs(look(array([1.0]), odd), "") == {}
    assert outputs(look(array([1.0]), array([2.0])), "[3]") == {}


@pytest.mark.parametrize(
    ("actual", "rule"),
    [
        (array([3.0, 1.0, 2.5, 9.0, 0.0, 0.5]), "wrong-values"),
        (array([1.0, 3.0, 5.0, 2.0, 4.0, 6.0]), "wrong-order"),
        (array([1.0, 2.0, 3.0, 4.0, 5.0]), "wrong-shape"),
    ],
)
def test_findings_have_both_outputs(actual: ArrayValue, rule: str) -> None:
    expected = observed(array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    found = {each.rule: each for each in findings(expected, observed(actual))}
    assert rule in found
    both = found[rule].evidence["outputs"]
    assert both == {
        "expected": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "actual": np.frombuffer(actual.data, np.float32).tolist(),
    }


def test_exchanged_items_are_found_by_their_order() -> None:
    one, two, three = array([1.0]), array([[2.0]]), array([3.0])
    assert exchanged(look(items(one, two, three), items(three, one, two))) == (2, 0, 1)
    assert exchanged(look(items(one, two), items(two, three))) is None
    assert exchanged(look(items(one, two), items(one, two))) is None
    assert exchanged(look(items(one, two), items(two))) is None
    assert exchanged(look(one, two)) is None


def test_exchanged_items_of_different_shapes_are_one_mistake() -> None:
    one, two = array([1.0]), array([[2.0]])
    found = findings(observed(items(one, two)), observed(items(two, one)))
    rules = [each.rule for each in found]
    assert "wrong-order" in rules
    assert not {"wrong-shape", "wrong-values"} & set(rules)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            'D_0 needs PRNG for "dropout" (https://flax.readthedocs.io/en/latest/e.html#flax.E)',
            ('E: D_0 needs PRNG for "dropout"',),
        ),
        ("first\n\nsecond (https://flax-linen.readthedocs.io/x)\n", ("E: first", "second")),
        ("see (https://example.org/flax.readthedocs.io/)", None),
        ("", ("E",)),
    ],
)
def test_the_link_in_flaxs_messages_is_removed(text: str, lines: tuple[str, ...] | None) -> None:
    raised = Raised(exception="E", module="m", bases=(), message=text, frames=())
    assert text_lines(raised) == (lines or (f"E: {text}",))


@pytest.mark.parametrize(
    ("seconds", "told"), [(15.3253, "15 s"), (5.0, "5 s"), (9.26, "9.3 s"), (9.97, "10 s")]
)
def test_a_deadline_is_shown_with_few_digits(seconds: float, told: str) -> None:
    expected = observed(array([1.0]))
    (found,) = findings(expected, Observation(outcome=TimedOut(seconds=seconds)))
    assert found.message == f"no answer within {told}"


def test_the_limit_of_a_whole_run_blames_no_case() -> None:
    expected = observed(array([1.0]))
    answered = msgspec.structs.replace(expected, seconds=4.2)
    ends = Observation(outcome=TimedOut(seconds=0.1))
    played = [Exchange(case=CASE, expected=expected, actual=each) for each in [answered] * 14]
    late = Exchange(case=CASE, expected=expected, actual=ends)
    source = Source(
        "submission.py", f"def {EXERCISE.function}(seed, x_batch, features):\n    pass\n"
    )
    transcript = Transcript(exercise=EXERCISE, source=source, exchanges=(*played, late))
    (found,) = judge(transcript)
    assert (found.rule, found.message) == (
        "timed-out",
        "14 calls took 59 s together, which is too long",
    )
    assert found.case is None
