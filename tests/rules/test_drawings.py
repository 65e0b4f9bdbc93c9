"""Which axes a drawing names, by the cases that were seen."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from grader.evidence import drawings
from grader.evidence.lifting import Knob
from grader.judge import judge
from grader.model.finding import AxisDrawing
from grader.model.transcript import Transcript
from tests.labelled import labelled
from tests.recordings import recordings_of, replayed


def recording(slug: str, name: str) -> Transcript:
    (each,) = [
        each for each in labelled() if (each.folder.exercise.slug, each.path.stem) == (slug, name)
    ]
    return replayed(each, next(iter(recordings_of(each))))


def drawing(transcript: Transcript, rule: str) -> AxisDrawing:
    (found,) = [each.drawing for each in judge(transcript) if each.rule == rule]
    assert found is not None
    return found


def test_axes_are_named_where_the_sizes_of_all_cases_leave_no_doubt() -> None:
    found = drawing(recording("nn-vmap-shared", "in_axes_one"), "wrong-in-axes")
    assert (found.actual.axis, found.actual.noun) == (1, "the input width")
    assert (found.expected.axis, found.expected.noun) == (0, "the batch")
    assert found.actual.shape == found.expected.shape


def named(*cases: tuple[tuple[int, ...], tuple[int, int]], axis: int = 0) -> str:
    """What an axis of the input is called, given its shape and `(batch, in_dim)` in each case."""
    looks = []
    for shape, (batch, in_dim) in cases:
        run = SimpleNamespace(run=SimpleNamespace(inputs=(SimpleNamespace(shape=shape),)))
        deviation = SimpleNamespace(
            knob=Knob.IN_AXES, call=SimpleNamespace(span=None), run=run, reference=run, places=(0,)
        )
        sizes = {"batch": batch, "in_dim": in_dim, "features": 1}
        looks.append(SimpleNamespace(deviations=[deviation], case=SimpleNamespace(sizes=sizes)))
    exercise = recording("nn-vmap-shared", "in_axes_one").exercise
    return drawings._noun(SimpleNamespace(looks=looks, exercise=exercise), deviation, 0, axis)


@pytest.mark.parametrize(
    ("cases", "name"),
    [
        ([((2, 3), (2, 3))], "the batch"),
        ([((2, 2), (2, 2)), ((2, 3), (2, 3))], "the batch"),
        ([((2, 2), (2, 2))], ""),  # it may be transposed
        ([((3, 2), (2, 3))], ""),  # it is
        ([((2, 2), (2, 2)), ((3, 2), (2, 3))], ""),
        ([((2, 3), (2, 3)), ((4, 4), (4, 3))], ""),  # it only once had the task's shape
        ([((2, 3, 1), (2, 3))], ""),
    ],
)
def test_axes_are_named_only_if_no_case_leaves_a_doubt(cases: list, name: str) -> None:
    assert named(*cases) == name


def test_an_axis_that_is_not_there_has_no_name() -> None:
    assert named(((2, 3), (2, 3)), axis=2) == ""


def test_one_number_on_each_side_is_not_drawn() -> None:
    whole = recording("nn-vmap-shared", "in_axes_none")
    few = tuple(each for each in whole.exchanges if set(each.case.sizes.values()) == {1})
    assert few
    found = judge(msgspec.structs.replace(whole, exchanges=few))
    assert [(each.rule, each.drawing) for each in found if each.rule == "wrong-in-axes"] == [
        ("wrong-in-axes", None)
    ]


def test_an_output_is_drawn_as_it_came_out() -> None:
    found = drawing(recording("nn-vmap-shared", "out_axes_one"), "wrong-out-axes")
    assert found.actual.shape == found.expected.shape[::-1]
    assert (found.actual.axis, found.expected.axis) == (1, 0)


@pytest.mark.parametrize("name", ["one_copy_per_example", "ensemble"])
def test_what_should_be_shared_has_no_axis(name: str) -> None:
    found = drawing(recording("nn-vmap-shared", name), "per-example-params")
    assert found.actual.axis is not None
    assert found.expected.axis is None
    assert len(found.actual.shape) == len(found.expected.shape) + 1
