"""What an author's own check says: which findings come of it, and what it gets to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from grader.checks import observed
from grader.compare import Same
from grader.evidence import Evidence, Look
from grader.evidence.seen import seen, seen_in
from grader.judge import assess, judge
from grader.model.exercise import Check, CheckSpec
from grader.model.finding import Finding
from grader.model.observation import Completed, Record
from grader.model.report import Status
from grader.model.transcript import Exchange, Said, Transcript
from grader.rules import AUTHORS, rule_by_id
from tests.judge.made import TASK, case, did, evidence, numbers
from tests.judge.perturbed import ALL, recorded

RIGHT: Final = "nn-vmap-shared/accepted/positional_knobs"
WRONG: Final = "nn-vmap-shared/mistakes/weights_replaced"
CAUSE: Final = "nn-vmap-shared/mistakes/in_axes_one"
SILENT: Final = Said()

Says = Callable[[int, Look], Said | None]


def told(name: str, says: Says) -> Transcript:
    """Return a recording in which the author's check says this of each case that has an answer."""
    found = next(recorded(each) for each in ALL if str(each) == name)
    checks = (*found.exercise.checks, CheckSpec(check=Check.TASK, title="the task's own", weight=2))
    exercise = msgspec.structs.replace(found.exercise, checks=checks)
    looks = [Look(exercise, each) for each in found.exchanges]
    exchanges = tuple(
        msgspec.structs.replace(
            look.exchange,
            said=says(number, look)
            if isinstance(look.exchange.actual.outcome, Completed)
            else None,
        )
        for number, look in enumerate(looks)
    )
    return msgspec.structs.replace(found, exercise=exercise, exchanges=exchanges)


def always(message: str, line: int = 3) -> Says:
    return lambda _number, _look: Said(message=message, line=line)


def is_right(look: Look) -> bool:
    return isinstance(look.comparison, Same)


def found(transcript: Transcript) -> list[Finding]:
    return list(judge(transcript))


def status(transcript: Transcript) -> Status:
    checks = assess(judge(transcript), transcript).checks
    return next(each.status for each in checks if each.check is Check.TASK)


def test_a_message_about_a_right_answer_is_a_finding() -> None:
    transcript = told(RIGHT, always("The layer is made twice.\n\nWhy.\n\nnext: make it once."))
    (finding,) = found(transcript)
    assert (finding.rule, finding.check) == (AUTHORS, Check.TASK)
    assert (finding.message, finding.why, finding.help) == (
        "the layer is made twice", "Why.", "make it once",
    )  # fmt: skip
    assert finding.case == Evidence(transcript).looks[0].case
    assert finding.span == Evidence(transcript).landmarks.head
    assert status(transcript) is Status.FAILED


def test_nothing_said_is_a_tick_and_not_being_asked_is_none() -> None:
    assert found(told(RIGHT, lambda _number, _look: SILENT)) == []
    assert status(told(RIGHT, lambda _number, _look: SILENT)) is Status.PASSED
    assert status(told(RIGHT, lambda number, _look: SILENT if number else None)) is Status.SKIPPED


def test_the_title_weighs_as_the_author_says() -> None:
    right = told(RIGHT, lambda _number, _look: SILENT)
    wrong = told(RIGHT, always("no"))
    others = len(right.exercise.checks) - 1
    assert assess(judge(right), right).score == 1.0
    assert assess(judge(wrong), wrong).score == pytest.approx(others / (others + 2))


def test_it_explains_wrong_numbers_that_no_rule_knows() -> None:
    said = always("the weights are other ones")
    transcript = told(WRONG, lambda number, look: SILENT if is_right(look) else said(number, look))
    (finding,) = found(transcript)
    assert finding.rule == AUTHORS
    evidence = Evidence(transcript)
    assert finding.span == evidence.returned(evidence.answered_wrong[0])


def test_wrong_numbers_of_which_it_says_nothing_are_reported_beside_it() -> None:
    transcript = told(WRONG, lambda number, _look: SILENT if number else Said(message="odd"))
    assert [each.rule for each in found(transcript)] == [AUTHORS, "wrong-values"]


def test_a_consequence_of_a_cause_is_silent() -> None:
    plain = [each.rule for each in found(told(CAUSE, lambda _number, _look: SILENT))]
    assert "wrong-in-axes" in plain

    def says(_number: int, look: Look) -> Said:
        return SILENT if is_right(look) else Said(message="rows are mixed", line=3)

    assert [each.rule for each in found(told(CAUSE, says))] == plain


@pytest.mark.parametrize(
    ("of_right", "of_wrong", "aside"),
    [("", "no", False), ("no", "", True), ("no", "no", False)],
)
def test_what_is_said_of_right_answers_alone_explains_no_wrong_one(
    of_right: str, of_wrong: str, *, aside: bool
) -> None:
    exchanges = [
        Exchange(case=case(), expected=did(), actual=did(answer), said=Said(message=words))
        for answer, words in ((None, of_right), (numbers(7, 7, 7), of_wrong))
    ]
    (sighting,) = rule_by_id(AUTHORS).find(evidence(Look(TASK, each) for each in exchanges))
    assert sighting.aside is aside
    assert sighting.certain is bool(of_right)


def test_two_messages_are_two_findings_at_one_place() -> None:
    said = [Said(message="a", line=3), Said(message="b", line=5)]
    transcript = told(RIGHT, lambda number, _look: said[number % 2])
    assert {each.message for each in found(transcript)} == {"a", "b"}
    numbered = told(RIGHT, lambda number, _look: Said(message=f"{number} keys", line=3))
    assert len(found(numbered)) == 1
    assert found(numbered)[0].evidence["cases"] == len(numbered.exchanges)
    unplaced = told(RIGHT, lambda number, _look: Said(message="ab"[number % 2]))
    assert {each.message for each in found(unplaced)} == {"a", "b"}


def test_without_a_check_of_its_own_an_exercise_has_no_such_result() -> None:
    transcript = next(recorded(each) for each in ALL if str(each) == RIGHT)
    assert observed(Evidence(transcript))[Check.TASK].status is Status.SKIPPED
    assert Check.TASK not in [each.check for each in assess((), transcript).checks]


# ----------------------------------------------------------------------------- what it gets to see


def exchanges(name: str) -> tuple[Exchange, ...]:
    return next(recorded(each) for each in ALL if str(each) == name).exchanges


def test_it_sees_parameters_transforms_keys_and_layers() -> None:
    first = exchanges(RIGHT)[0]
    what = seen(first.actual)
    sizes = first.case.sizes
    assert what.parameters == {
        "params/kernel": (sizes["in_dim"], sizes["features"]),
        "params/bias": (sizes["features"],),
    }
    assert [(each.name, each.of) for each in what.transforms] == [("nn.vmap", "Dense")]
    assert [each.name for each in what.keys] == ["PRNGKey"]
    assert [each.name for each in what.layers] == ["VmapDense"]
    assert what.layers[0].settings["features"] == str(sizes["features"])
    assert what.streams == ("params",)


def test_it_sees_nnx_as_well() -> None:
    name = next(str(each) for each in ALL if str(each).startswith("nnx-vmap-shared/accepted/"))
    what = seen(exchanges(name)[0].actual)
    assert {"nnx.vmap"} <= {each.name for each in what.transforms}
    assert "Linear" in {each.name for each in what.layers}
    assert any(each.endswith("/kernel") for each in what.parameters)
    assert "default" in what.streams


def test_a_compiled_call_is_seen_as_the_first_of_its_shapes_was() -> None:
    first = exchanges(RIGHT)[0]
    compiled = msgspec.structs.replace(
        first, actual=msgspec.structs.replace(first.actual, record=Record())
    )
    assert seen_in(compiled, (first,)) == seen(first.actual)
    elsewhere = msgspec.structs.replace(compiled, process=1)
    assert seen_in(elsewhere, (first,)).transforms == ()


def test_shapes_are_never_those_of_other_sizes() -> None:
    first = exchanges(RIGHT)[0]
    other = next(each for each in exchanges(RIGHT) if each.case.sizes != first.case.sizes)
    compiled = msgspec.structs.replace(
        other, actual=msgspec.structs.replace(other.actual, record=Record()), process=0
    )
    what = seen_in(compiled, (first,))
    assert what.parameters == {}
    assert what.keys == seen(first.actual).keys
