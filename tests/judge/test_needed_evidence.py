"""A rule needs each part of its evidence: with one part changed in a recording, it says less."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from grader.judge import judge
from grader.labels import Labelled
from grader.model.finding import Finding
from grader.model.observation import Axis, Observation, Record
from grader.model.transcript import Exchange, Transcript
from tests.judge.perturbed import ALL, recorded, with_exchanges, with_other_answer

Change = Callable[[Record], Record]


def labelled(name: str) -> Labelled:
    return next(each for each in ALL if each.path.stem == name)


def with_records(transcript: Transcript, change: Change) -> Transcript:
    """Change what the submission was seen to do, in every case."""

    def changed(actual: Observation) -> Observation:
        return msgspec.structs.replace(actual, record=change(actual.record))

    exchanges = [
        msgspec.structs.replace(each, actual=changed(each.actual)) for each in transcript.exchanges
    ]
    return with_exchanges(transcript, exchanges)


def of(rule: str, transcript: Transcript) -> list[Finding]:
    return [each for each in judge(transcript) if each.rule == rule]


def test_flax_jit_is_not_blamed_beside_another_axis() -> None:
    jitted = recorded(labelled("layer_under_flax_jit"))

    def other_axis(record: Record) -> Record:
        calls = [msgspec.structs.replace(each, in_axes=Axis(value=1)) for each in record.lifted]
        return msgspec.structs.replace(record, lifted=tuple(calls))

    assert of("derived-key", jitted)
    assert not of("derived-key", with_records(jitted, other_axis))


def test_only_the_outermost_module_can_be_the_wrapper() -> None:
    wrapped = recorded(labelled("lift_inside_a_module"))

    def inside_another(record: Record) -> Record:
        runs = [
            msgspec.structs.replace(each, path=("outer", *each.path)) for each in record.modules
        ]
        return msgspec.structs.replace(record, modules=tuple(runs))

    assert "runs inside" in of("wrong-module", wrapped)[0].message
    inner = of("wrong-module", with_records(wrapped, inside_another))
    assert not any("runs inside" in each.message for each in inner)


def test_an_axis_that_fits_two_dimensions_is_not_named() -> None:
    accepted = recorded(labelled("axes_in_a_class"))
    exchanges = [with_other_answer(each, "an axis more") for each in accepted.exchanges]
    same_sizes = [
        each for each in exchanges if each.case.sizes["batch"] == each.case.sizes["features"] > 1
    ]

    def advice(some: list[Exchange]) -> str:
        (finding,) = of("wrong-shape", with_exchanges(accepted, some))
        return finding.help

    assert advice(exchanges).endswith("reshape them to (features, batch)")
    assert advice(same_sizes).endswith("reshape them to what the task says")
