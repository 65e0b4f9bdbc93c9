"""What is read off a run of a loop: whether it hands on, its direction, what its step returns."""

from __future__ import annotations

import pytest

from grader.evidence.loops import is_reverse, keeps_carry, only_carries, returns_one, step_returns
from grader.model.observation import ArrayType, Axis, BodyRun, KnobValue, TransformRun
from grader.model.source import Source

METHOD = """\
class step:
    def setup(self):
        return 1
    def __call__(self):
        return 2
"""
ROW = ArrayType(dtype="float32", shape=(3,))


def a_body(*kept: int, taken: int = 2) -> BodyRun:
    return BodyRun(inputs=(ROW,) * taken, outputs=(ROW,) * len(kept), kept=kept)


def a_run(
    *bodies: BodyRun, parts: tuple[int, ...] = (1, 1), reverse: int | None = None
) -> TransformRun:
    return TransformRun(
        number=0,
        transform="jax.lax.scan",
        call=0,
        target="step",
        span=None,
        given=(),
        knobs=() if reverse is None else (KnobValue(name="reverse", value=Axis(value=reverse)),),
        parts=parts,
        inputs=(ROW,) * sum(parts),
        digests=("",) * sum(parts),
        bodies=bodies,
    )


@pytest.mark.parametrize(
    ("run", "keeps"),
    [
        (a_run(a_body(0, -1)), True),
        (a_run(a_body(0, 1)), True),
        (a_run(a_body(-1, 0)), False),
        (a_run(a_body(1, 1)), False),
        (a_run(a_body(0, 1, -1), parts=(2, 1)), True),
        (a_run(a_body(1, 0, -1), parts=(2, 1)), False),
        (a_run(a_body(0, -1), a_body(-1, -1)), False),
        (a_run(a_body(0, -1), a_body(0, -1)), True),
        (a_run(), False),
        (a_run(a_body(0, taken=1), parts=(0, 1)), False),
        (a_run(a_body(0, taken=0), parts=()), False),
        # The carry starts as a Python number, which is no array of the run.
        (a_run(a_body(0, -1), parts=(0, 1)), True),
        (a_run(a_body(-1, -1), parts=(0, 1)), False),
    ],
)
def test_a_carry_is_kept_if_each_call_gives_back_the_very_same(
    run: TransformRun, *, keeps: bool
) -> None:
    assert keeps_carry(run) is keeps


@pytest.mark.parametrize(("knob", "expected"), [(None, False), (0, False), (1, True)])
def test_the_direction_is_the_knobs(knob: int | None, *, expected: bool) -> None:
    assert is_reverse(a_run(reverse=knob)) is expected


def test_a_loop_without_inputs_only_carries() -> None:
    assert only_carries(a_run(parts=(1, 0)))
    assert not only_carries(a_run())


@pytest.mark.parametrize(
    ("ours", "theirs", "one"),
    [
        ((a_body(-1),), (a_body(-1, -1),), True),
        ((a_body(-1),) * 2, (a_body(-1, -1),), True),
        ((a_body(-1, -1),), (a_body(-1, -1),), False),
        ((a_body(-1), a_body(-1, -1)), (a_body(-1, -1),), False),
        ((a_body(-1),), (a_body(-1),), False),
        ((a_body(-1),), (), False),
        ((), (a_body(-1, -1),), False),
    ],
)
def test_a_step_that_gives_one_array_in_place_of_a_pair(
    ours: tuple[BodyRun, ...], theirs: tuple[BodyRun, ...], *, one: bool
) -> None:
    assert returns_one(a_run(*ours), a_run(*theirs)) is one


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def step(c, x):\n    return c\n", 2),
        ("def other(c):\n    return c\n\ndef step(c, x):\n    return x\n", 5),
        (METHOD, 5),
        ("def step(c):\n    if c:\n        return c\n    return 0\n", None),
        ("def step(c):\n    pass\n", None),
        ("def step(c):\n    return\n", None),
        ("def step(c):\n    return c\ndef step(d):\n    return d\n", None),
        ("class step:\n    def step2(self):\n        return 1\n", None),
        ("def stop(c):\n    return c\n", None),
    ],
)
def test_what_the_only_step_returns(text: str, line: int | None) -> None:
    found = step_returns(Source("a.py", text), "step")
    assert (found.line if found is not None else None) == line
