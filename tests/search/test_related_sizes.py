"""Sizes that depend on each other: which are drawn, and which declarations are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from grader.model.case import Case
from grader.model.exercise import Array, Dimension, Exercise, Size
from grader.model.relations import fitted, is_allowed, misrelated
from grader.search.cases import plan
from grader.search.plan import distinct_sizes, edge_sizes, small_sizes, traced_sizes

BATCH = Dimension(name="batch", noun="the batch", largest=12, far=40)
HEADS = Dimension(name="heads", noun="the heads", largest=4, far=9)
LENGTH = Dimension(name="length", noun="the length", largest=9, far=50)
WIDTH = Dimension(name="width", noun="the width", largest=12, multiple_of="heads")
WINDOW = Dimension(name="window", noun="the window", largest=9, at_most="length")
PADDED = Dimension(
    name="padded", noun="the padded length", largest=17, equal_to="length", times=2, plus=-1
)


def exercise(*dimensions: Dimension) -> Exercise:
    return Exercise(
        slug="related",
        title="",
        topic="",
        level=1,
        function="related",
        parameters=(
            *(Array(name=f"x_{each.name}", shape=(each.name,)) for each in dimensions),
            *(Size(name=each.name) for each in dimensions),
        ),
        dimensions=dimensions,
        output=(),
        checks=(),
        takeaway="",
    )


def weighty(dimension: Dimension) -> Dimension:
    return Dimension(
        name=dimension.name,
        noun=dimension.noun,
        largest=dimension.largest,
        weights=True,
        multiple_of=dimension.multiple_of,
        at_most=dimension.at_most,
    )


MULTIPLE = exercise(BATCH, HEADS, WIDTH)
RELATED = {
    "a multiple": MULTIPLE,
    "declared before what it is a multiple of": exercise(WIDTH, BATCH, HEADS),
    "a multiple that weights have": exercise(BATCH, weighty(HEADS), weighty(WIDTH)),
    "at most": exercise(BATCH, LENGTH, WINDOW),
    "at most, in weights": exercise(BATCH, weighty(LENGTH), weighty(WINDOW)),
    "equal": exercise(BATCH, LENGTH, PADDED),
    "in a chain": exercise(
        HEADS,
        WIDTH,
        Dimension(name="kept", noun="what is kept", largest=12, at_most="width"),
        Dimension(name="more", noun="one more", largest=13, equal_to="kept", plus=1),
    ),
}
HOLDS: dict[str, Callable[[dict[str, int]], bool]] = {
    "width": lambda sizes: sizes["width"] % sizes["heads"] == 0,
    "window": lambda sizes: sizes["window"] <= sizes["length"],
    "padded": lambda sizes: sizes["padded"] == 2 * sizes["length"] - 1,
    "kept": lambda sizes: sizes["kept"] <= sizes["width"],
    "more": lambda sizes: sizes["more"] == sizes["kept"] + 1,
}


@cache
def drawn(exercise: Exercise) -> tuple[Case, ...]:
    made = plan(exercise, count=40, seed=3)
    smaller = (case for group in made.smaller for case in group)
    return (*made.discriminating, *made.edges, *made.rest, *smaller)


@pytest.mark.parametrize("related", RELATED.values(), ids=RELATED)
def test_every_case_keeps_to_the_declaration(related: Exercise) -> None:
    assert not list(misrelated(related))
    for case in drawn(related):
        assert all(size >= 1 for size in case.sizes.values())
        for name in case.sizes:
            assert HOLDS.get(name, bool)(case.sizes), case.sizes
        for name, size in case.sizes.items():
            assert case[f"x_{name}"].shape == (size,)  # type: ignore[union-attr]


@pytest.mark.parametrize("related", RELATED.values(), ids=RELATED)
def test_no_size_but_the_far_ones_is_above_the_largest(related: Exercise) -> None:
    sizes = [case.sizes for case in drawn(related)]
    usual = [
        each for each in sizes if all(each[one.name] <= one.largest for one in related.dimensions)
    ]
    above = {tuple(each.values()) for each in sizes} - {tuple(each.values()) for each in usual}
    assert len(above) <= 1


def test_multiples_differ_in_how_often_they_have_the_other() -> None:
    sizes = [case.sizes for case in drawn(MULTIPLE)]
    assert {each["width"] for each in sizes} >= set(range(1, 13))
    assert len({each["width"] // each["heads"] for each in sizes}) > 4
    distinct = distinct_sizes(MULTIPLE)
    assert len(set(distinct.values())) == 3
    assert distinct["width"] > distinct["heads"] > 1


def test_edges_have_the_ends_of_what_is_allowed() -> None:
    edges = edge_sizes(MULTIPLE)
    assert any(each["heads"] == each["width"] > 1 for each in edges)
    assert any(each["heads"] == 1 < each["width"] for each in edges)
    windows = edge_sizes(RELATED["at most"])
    assert any(each["window"] == each["length"] > 1 for each in windows)
    assert any(each["window"] == 1 < each["length"] for each in windows)


def test_sizes_are_fitted_below_what_was_wanted() -> None:
    assert fitted(MULTIPLE, {"batch": 5, "heads": 4, "width": 11}) == {
        "batch": 5,
        "heads": 4,
        "width": 8,
    }
    assert fitted(MULTIPLE, {"batch": 5, "heads": 4, "width": 3})["width"] == 4
    assert not is_allowed(MULTIPLE, {"batch": 5, "heads": 4, "width": 3})


def test_small_sizes_come_once() -> None:
    found = [tuple(each.values()) for each in small_sizes(RELATED["equal"])]
    assert found == [(1, 1, 1), (2, 1, 1), (1, 2, 3), (2, 2, 3)]
    assert all(is_allowed(MULTIPLE, sizes) for sizes in traced_sizes(MULTIPLE))


REFUSED: dict[str, tuple[tuple[Dimension, ...], str]] = {
    "unknown": (
        (BATCH, Dimension(name="width", noun="", largest=8, multiple_of="head")),
        '"head", multiple_of of "width", is not a dimension',
    ),
    "itself": (
        (BATCH, Dimension(name="width", noun="", largest=8, at_most="width")),
        'the dimension "width" depends on itself',
    ),
    "a circle": (
        (
            Dimension(name="one", noun="", largest=8, at_most="other"),
            Dimension(name="other", noun="", largest=8, multiple_of="one"),
        ),
        "the dimensions one, other depend on each other in a circle",
    ),
    "two at once": (
        (
            BATCH,
            HEADS,
            Dimension(name="width", noun="", largest=8, multiple_of="heads", at_most="batch"),
        ),
        'the dimension "width" has multiple_of and at_most: it can depend on one other only',
    ),
    "too small a multiple": (
        (BATCH, Dimension(name="width", noun="", largest=8, multiple_of="batch")),
        'the largest "width" is 8, and a multiple of "batch" may be 12: make it at least that',
    ),
    "below one": (
        (BATCH, Dimension(name="width", noun="", largest=11, equal_to="batch", plus=-1)),
        '"width" would be 0 where "batch" is 1: sizes are 1 or more',
    ),
    "another largest": (
        (BATCH, Dimension(name="width", noun="", largest=12, equal_to="batch", plus=2)),
        'the largest "width" is 12, and it follows from "batch": write 14',
    ),
    "a far that follows": (
        (BATCH, Dimension(name="width", noun="", largest=12, equal_to="batch", far=40)),
        'far of "width" follows from "batch": leave it out',
    ),
    "times alone": (
        (BATCH, Dimension(name="width", noun="", largest=8, times=2)),
        'the dimension "width" has times or plus without equal_to',
    ),
    "no times": (
        (BATCH, Dimension(name="width", noun="", largest=8, equal_to="batch", times=0, plus=8)),
        'times of "width" is 0: it is 1 or more',
    ),
}


@pytest.mark.parametrize(("dimensions", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused(dimensions: tuple[Dimension, ...], problem: str) -> None:
    assert list(misrelated(exercise(*dimensions))) == [problem]
