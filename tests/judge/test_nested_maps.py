"""How nested maps differ from the task's: told by what each level maps, where that is certain."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import pytest

from grader.evidence import Look
from grader.evidence.nest import levels
from grader.evidence.nests import (
    Nests,
    first_shown,
    mapped_elsewhere,
    nest_of,
    nests,
    over,
    raised_by_axes,
    result_differs,
    same_nesting,
)
from grader.evidence.sized import Sized, one_wrong, taken_instead, unlike
from grader.model.case import Argument, ArrayValue, Case
from grader.model.exercise import Array, Dimension, Use
from grader.model.observation import (
    Axes,
    Axis,
    AxisTree,
    Frame,
    KnobValue,
    Observation,
    TransformRun,
)
from tests.judge.made import TASK, at, case, did, evidence, look, numbers, of, raised, ran, typed

USE: Final = Use(any_of=("jax.vmap",), of="the distance")
PAIRS: Final = msgspec.structs.replace(
    TASK,
    parameters=(Array(name="x", shape=("n", "k")), Array(name="y", shape=("m", "k"))),
    dimensions=tuple(Dimension(name=each, noun=f"the {each}", largest=6) for each in "nmk"),
    uses=(USE,),
)


def sized(n: int = 4, m: int = 3, k: int = 2) -> Case:
    x, y = (
        np.arange(size * k, dtype=np.float32).reshape(size, k) + first
        for size, first in ((n, 0), (m, 100))
    )
    arguments = tuple(
        Argument(name=a, value=ArrayValue.of(v)) for a, v in zip("xy", (x, y), strict=True)
    )
    return Case(arguments=arguments, sizes={"n": n, "m": m, "k": k})


CASE: Final = sized()
ANSWER: Final = numbers(*range(12), shape=(4, 3))
TURNED: Final = numbers(*range(12), shape=(3, 4))


def axes(*values: int | None) -> AxisTree:
    return AxisTree(items=tuple(Axis(value=each) for each in values))


def level(
    number: int,
    in_axes: Axes,
    *shapes: tuple[int, ...],
    of_case: Case | None = None,
    out: int = 0,
    **more: Any,
) -> TransformRun:
    """Return a map of arrays of these shapes; those of the task's arrays have their digests."""
    whole = {each.value.shape: of(each.value) for each in (of_case or CASE).arguments}
    plain = {
        "knobs": (
            KnobValue(name="in_axes", value=in_axes),
            KnobValue(name="out_axes", value=Axis(value=out)),
        ),
        "parts": (1,) * len(shapes),
        "inputs": tuple(typed(*each) for each in shapes),
        "digests": tuple(whole.get(each, "") for each in shapes),
        "outputs": (typed(4, 3) if number == 0 else typed(3),),
        "given_back": (of(ANSWER),) if number == 0 else ("",),
        "inside": number - 1 if number else None,
        "span": at(number + 1),
    }
    return ran(number, **(plain | more))


OUTER: Final = level(0, axes(0, None), (4, 2), (3, 2))
INNER: Final = level(1, axes(None, 0), (2,), (3, 2))
RIGHT: Final = did(ANSWER, transforms=(OUTER, INNER))


def played(
    *runs: TransformRun, answer: Any = TURNED, of_case: Case = CASE, expected: Any = RIGHT
) -> Look:
    return look(expected, did(answer, transforms=runs), of_case, PAIRS)


TOLD: Final = {
    "the task's": ((OUTER, INNER), [{("x", 0)}, {("y", 0)}]),
    "the other way round": (
        (level(0, axes(None, 0), (4, 2), (3, 2)), level(1, axes(0, None), (4, 2), (2,))),
        [{("y", 0)}, {("x", 0)}],
    ),
    "one level": ((level(0, axes(1, 1), (4, 2), (3, 2)),), [{("x", 1), ("y", 1)}]),
    "one number": ((level(0, Axis(value=0), (4, 2), (3, 2)),), [{("x", 0), ("y", 0)}]),
    "an entry too many": ((level(0, axes(0, 0, 0), (4, 2), (3, 2)),), []),
    "an axis that isn't there": ((level(0, axes(2, None), (4, 2), (3, 2)),), []),
    "an unknown array": ((level(0, axes(0, 0), (4, 2), (9, 9)),), []),
    "an inner one that's unknown": (
        (OUTER, level(1, axes(None, 0), (9,), (3, 2))),
        [{("x", 0)}],
    ),
    "an array without numbers": (
        (level(0, axes(0, None), (4, 2), (3, 2), digests=("", "")),),
        [{("x", 0)}],
    ),
    "another array": ((level(0, axes(0, None), (4, 2), (3, 2), digests=("?", "?")),), [{("x", 0)}]),
    "no map": ((), []),
    "a map that never ran": ((level(0, axes(0, None), (4, 2), (3, 2), ran=False),), []),
}


@pytest.mark.parametrize(("runs", "mapped"), TOLD.values(), ids=TOLD)
def test_each_level_maps_axes_of_the_tasks_arrays(
    runs: tuple[TransformRun, ...], mapped: list[set[tuple[str, int]]]
) -> None:
    one = played(*runs)
    assert [each.mapped for each in levels(one, one.actual, USE)] == mapped
    assert (nest_of(one, USE) is not None) is bool(mapped)
    assert nest_of(played(OUTER, expected=did(ANSWER)), USE) is None


def test_arrays_of_one_shape_are_told_by_their_numbers() -> None:
    square = sized(3, 3, 2)
    for digests, mapped in (
        ((of(square["x"]), of(square["y"])), {("x", 0)}),
        (("", ""), None),
        ((of(square["y"]), of(square["x"])), {("y", 0)}),
    ):
        run = level(0, axes(0, None), (3, 2), (3, 2), of_case=square, digests=digests)
        one = played(run, of_case=square)
        found = [each.mapped for each in levels(one, one.actual, USE)]
        assert found == ([] if mapped is None else [mapped])
    same = msgspec.structs.replace(
        square,
        arguments=tuple(msgspec.structs.replace(e, value=square["x"]) for e in square.arguments),
    )
    run = level(0, axes(0, None), (3, 2), (3, 2), of_case=same)
    one = played(run, of_case=same)
    assert not levels(one, one.actual, USE)


def mapped_other(
    *runs: TransformRun, answer: Any = TURNED, **more: Any
) -> tuple[int, set[Any]] | None:
    found = nest_of(played(*runs, answer=answer, **more), USE)
    assert found is not None
    other = mapped_elsewhere(found)
    return None if other is None else (other[0].run.number, set(other[1]))


BY_LIBRARY: Final = raised("no", library="jax.vmap")
WRONG_OUTER: Final = level(0, axes(1, None), (4, 2), (3, 2))
SHORT: Final = level(1, axes(None, 0), (4,), (3, 2))
ELSEWHERE: Final = {
    "the outer one": ((WRONG_OUTER, SHORT), TURNED, (0, {("x", 0)})),
    "the inner one": ((OUTER, level(1, axes(None, 1), (2,), (3, 2))), TURNED, (1, {("y", 0)})),
    "the inner one in the other order": (
        (level(0, axes(None, 0), (4, 2), (3, 2)), level(1, axes(1, None), (4, 2), (2,))),
        TURNED,
        (1, {("x", 0)}),
    ),
    "both": (
        (level(0, axes(1, 1), (4, 2), (3, 2)), level(1, axes(0, 0), (4,), (3,))),
        TURNED,
        (0, {("x", 0)}),
    ),
    "neither": ((OUTER, INNER), TURNED, None),
    "wrong numbers": ((WRONG_OUTER, SHORT), numbers(*range(1, 13), shape=(4, 3)), None),
    "a level less": ((WRONG_OUTER,), TURNED, None),
    "an exception of the library's": (
        (msgspec.structs.replace(WRONG_OUTER, raised=True),),
        BY_LIBRARY,
        (0, {("x", 0)}),
    ),
    "an exception of the program's": (
        (msgspec.structs.replace(WRONG_OUTER, raised=True),),
        raised(),
        None,
    ),
    "an exception elsewhere": ((WRONG_OUTER, SHORT), BY_LIBRARY, None),
    "a level too many": (
        (OUTER, INNER, level(2, axes(0, 0), (2,), (2,))),
        BY_LIBRARY,
        None,
    ),
}


@pytest.mark.parametrize(("runs", "answer", "told"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_level_that_maps_what_none_should_is_told(
    runs: tuple[TransformRun, ...], answer: Any, told: tuple[int, set[Any]] | None
) -> None:
    assert mapped_other(*runs, answer=answer) == told


def test_a_third_level_that_raised_is_not_told() -> None:
    third = level(2, axes(0, 0), (2,), (2,), raised=True)
    assert mapped_other(OUTER, INNER, third, answer=BY_LIBRARY) is None


def test_a_case_may_raise_because_of_the_axes_of_another() -> None:
    wrong = msgspec.structs.replace(WRONG_OUTER, raised=True)
    here = raised("no", library="jax.vmap", frames=(Frame(function="f", span=at(3)),))
    telling, silent = played(wrong, answer=here), played(answer=here)
    assert raised_by_axes(evidence([telling, silent], "", PAIRS), silent)
    assert raised_by_axes(evidence([telling], "", PAIRS), telling)
    assert not raised_by_axes(evidence([silent], "", PAIRS), silent)
    other = played(answer=msgspec.structs.replace(here, exception="OtherError"))
    assert not raised_by_axes(evidence([telling, other], "", PAIRS), other)
    moved = played(answer=msgspec.structs.replace(here, frames=()))
    assert not raised_by_axes(evidence([telling, moved], "", PAIRS), moved)
    right = played(OUTER, INNER, answer=ANSWER)
    assert not raised_by_axes(evidence([telling, right], "", PAIRS), right)
    unasked = msgspec.structs.replace(PAIRS, uses=())
    assert not raised_by_axes(evidence([telling], "", unasked), telling)


OTHER_WAY: Final = (
    level(0, axes(None, 0), (4, 2), (3, 2), outputs=(typed(3, 4),), given_back=(of(TURNED),)),
    level(1, axes(0, None), (4, 2), (2,), outputs=(typed(4),)),
)
PUT_LAST: Final = msgspec.structs.replace(
    level(0, axes(0, None), (4, 2), (3, 2), out=1, outputs=(typed(3, 4),), given_back=(of(TURNED),))
)
ORDERS: Final = {
    "the other way round": (OTHER_WAY, TURNED, True),
    "put last": ((PUT_LAST, INNER), TURNED, True),
    "the task's": ((OUTER, INNER), TURNED, False),
    "another answer": (OTHER_WAY, numbers(1), False),
    "a right answer": ((PUT_LAST, INNER), ANSWER, False),
    "a result without numbers": (
        (msgspec.structs.replace(PUT_LAST, given_back=("",)), INNER),
        numbers(*range(1, 13), shape=(3, 4)),
        True,
    ),
    "a result without numbers, of another shape": (
        (msgspec.structs.replace(PUT_LAST, given_back=("",)), INNER),
        numbers(*range(12)),
        False,
    ),
    "no array": (OTHER_WAY, (ANSWER, ANSWER), False),
    "one level": ((level(0, axes(0, None), (4, 2), (3, 2)),), TURNED, False),
    "two results": (
        (msgspec.structs.replace(PUT_LAST, outputs=(typed(3, 4),) * 2), INNER),
        TURNED,
        False,
    ),
}


@pytest.mark.parametrize(("runs", "answer", "yes"), ORDERS.values(), ids=ORDERS)
def test_the_result_may_have_its_axes_in_another_order(
    runs: tuple[TransformRun, ...], answer: Any, *, yes: bool
) -> None:
    found = nest_of(played(*runs, answer=answer), USE)
    assert found is not None
    assert result_differs(found) is yes
    assert same_nesting(found) is (runs != OTHER_WAY and len(runs) == 2)


def found_in(*looks: Look, **change: Any) -> int:
    task = msgspec.structs.replace(PAIRS, **change)
    return len(list(nests(evidence(looks, "", task))))


def test_only_cases_that_failed_are_looked_at() -> None:
    wrong, right = played(OUTER, INNER), played(OUTER, INNER, answer=ANSWER)
    assert found_in(wrong, right) == 1
    assert found_in(played()) == 0
    assert found_in(played(OUTER), played(answer=raised())) == 0
    for title in ("nnx.vmap", "jax.lax.scan"):
        other = Use(any_of=(title, "jax.vmap"), of="f")
        assert found_in(wrong, uses=(other,)) == 0


def in_case(of_case: Case, in_axes: AxisTree) -> Nests:
    shapes = [each.value.shape for each in of_case.arguments]
    ours, theirs = (level(0, each, *shapes, of_case=of_case) for each in (in_axes, axes(0, None)))
    one = played(ours, of_case=of_case, expected=did(ANSWER, transforms=(theirs,)))
    found = nest_of(one, USE)
    assert found is not None
    return found


def test_the_smallest_case_that_shows_the_same_is_shown() -> None:
    small = sized(4, 3, 3)
    other, alike = in_case(small, axes(None, 1)), in_case(small, axes(1, None))
    telling = in_case(CASE, axes(1, None))
    assert first_shown(iter([other, alike, telling]), lambda _: True) is alike
    assert first_shown(iter([other, telling]), lambda _: True) is telling
    assert first_shown(iter([other, alike, telling]), lambda each: each is other) is other
    assert first_shown(iter([other]), lambda _: False) is None


def test_what_a_level_maps_is_said_in_words() -> None:
    one = played()
    assert over(one, frozenset({("x", 0), ("y", 1)})) == "the n and the k"
    assert over(one, frozenset({("z", 1)})) == "axis 1 of z"
    assert over(one, frozenset()) == "nothing"


# ----------------------------------------------------------------------------------- sizes


def of_size(size: int, *, wrong: bool = True, **sizes: int) -> Sized:
    answer: Observation = did(numbers(9)) if wrong else did()
    return Sized(look=look(did(), answer, case(**sizes)), size=size)


def test_cases_with_other_arguments_are_compared() -> None:
    a, b, c = of_size(1, width=4), of_size(1, width=4), of_size(1, width=5)
    assert unlike([a, b, c], "width") == [(a, c), (b, c)]
    right = of_size(1, wrong=False, width=6), of_size(1, wrong=False, width=7)
    assert one_wrong([right, (right[0], c)]) == (right[0], c)
    assert one_wrong([right]) is None


def test_another_size_is_named_that_always_fits() -> None:
    def told(*some: Sized) -> str | None:
        return taken_instead(evidence([]), some, "width")

    assert told(of_size(3, batch=3), of_size(5, batch=5)) == "the batch"
    assert told(of_size(3, batch=3), of_size(3, batch=3)) is None
    assert told(of_size(3, batch=3), of_size(5, batch=6)) is None
    assert told(of_size(3, batch=3, width=3), of_size(5, batch=5, width=5)) is None
    assert told() is None
