"""By what a gradient is taken: the numbers of the arguments and the state that came back tell."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.differentiated import chosen, object_at
from grader.evidence.gradients import gradients, raised_by_gradient
from grader.model.case import Argument, ArrayValue
from grader.model.exercise import Array, Use
from grader.model.nnx import NodeState
from grader.model.observation import (
    Axes,
    Axis,
    AxisTree,
    KnobValue,
    Observation,
    Span,
    TransformRun,
    Variable,
)
from grader.rules.other_gradient import RULE
from tests.judge.made import (
    TASK,
    at,
    case,
    did,
    evidence,
    look,
    node,
    numbers,
    of,
    raised,
    ran,
    typed,
    variable,
)

W, X, U, V = numbers(1, 2), numbers(3, 4), numbers(5, 6), numbers(7, 8)
GRAD: Final = msgspec.structs.replace(
    TASK,
    parameters=tuple(Array(name=each, shape=("inputs",)) for each in "wxuv"),
    uses=(Use(any_of=("jax.grad", "nnx.grad"), of="loss"),),
)
SAME: Final = msgspec.structs.replace(
    case(),
    arguments=tuple(
        Argument(name=n, value=each) for n, each in zip("wxuv", (W, X, U, U), strict=True)
    ),
)
TEXT: Final = """\
import jax
def forward(w, x, u, v):
    return jax.grad(loss)(w, x)
"""


CALL: Final = Span(line=3, column=12, end_line=3, end_column=26)


def tree(*places: int) -> AxisTree:
    items = tuple(Axis(value=each) for each in places)
    return AxisTree(items=items)


def taken(argnums: Axes | int | None, *arrays: ArrayValue, **more: Any) -> TransformRun:
    """Return a run of a gradient with these arguments, an array each."""
    axes = Axis(value=argnums) if isinstance(argnums, int) else argnums
    plain = {
        "knobs": () if axes is None else (KnobValue(name="argnums", value=axes),),
        "parts": (1,) * len(arrays),
        "inputs": tuple(typed(*each.shape) for each in arrays),
        "digests": tuple(of(each) for each in arrays),
        "outputs": (typed(2),),
        "span": CALL,
    }
    return ran(transform="jax.grad", **(plain | more))


def side(*runs: TransformRun, wrong: bool = True) -> Observation:
    return did(numbers(0) if wrong else None, transforms=runs)


THEIRS: Final = did(transforms=(taken(0, W, X),))
HIDDEN: Final = numbers(9, 9)


def beside(*runs: TransformRun, expected: Observation = THEIRS, wrong: bool = True) -> Look:
    return look(expected, side(*runs, wrong=wrong), SAME, GRAD)


FOUND: Final = {
    "the second": (taken(1, W, X), ("x",)),
    "the first": (taken(0, W, X), ("w",)),
    "the first by default": (taken(None, X, W), ("x",)),
    "both": (taken(tree(0, 1), W, X), ("w", "x")),
    "a place that isn't there": (taken(2, W, X), None),
    "a place from the end": (taken(-1, W, X), None),
    "what is no argument of the task": (taken(0, HIDDEN, X), None),
    "what may be either of two": (taken(0, U, X), None),
    "a tracer": (taken(0, W, X, digests=("", of(X))), None),
    "one known of two": (taken(tree(0, 1), W, HIDDEN), None),
    "no number": (taken(Axis(value=None), W, X), None),
    "a right answer": (taken(1, W, X), None),
}


@pytest.mark.parametrize(("run", "names"), FOUND.values(), ids=FOUND)
def test_an_argument_is_told_by_its_numbers(
    run: TransformRun, names: tuple[str, ...] | None, request: pytest.FixtureRequest
) -> None:
    one = beside(run, wrong="right" not in request.node.callspec.id)
    found = [each.found for each in gradients(evidence([one], TEXT, GRAD))]
    assert found == ([] if names is None else [names])


def test_what_is_no_argument_of_the_task_is_told_by_the_reference() -> None:
    expected = did(transforms=(taken(0, W, HIDDEN),))
    (one,) = gradients(evidence([beside(taken(1, W, HIDDEN), expected=expected)], TEXT, GRAD))
    assert one.found == ("its argument 2",)
    twice = did(transforms=(taken(0, W, HIDDEN, HIDDEN),))
    assert not list(gradients(evidence([beside(taken(1, W, HIDDEN), expected=twice)], TEXT, GRAD)))


LONG: Final = numbers(3, 4, 5)
LONGER: Final = msgspec.structs.replace(
    case(),
    arguments=tuple(
        Argument(name=n, value=each) for n, each in zip("wxuv", (W, LONG, U, V), strict=True)
    ),
)
TRACED: Final = {
    "the second": (taken(1, W, LONG, digests=("", "")), ("x",)),
    "the first": (taken(0, W, LONG, digests=("", "")), ("w",)),
    "both": (taken(tree(0, 1), W, LONG, digests=("", "")), ("w", "x")),
    "in another order": (taken(0, LONG, W, digests=("", "")), None),
    "of another type": (taken(0, W, LONG, inputs=(typed(2), typed(9)), digests=("", "")), None),
    "one array more": (taken(0, W, LONG, U, digests=("", "", "")), None),
    "another array": (taken(1, W, HIDDEN, digests=("", of(HIDDEN))), None),
}


@pytest.mark.parametrize(("run", "names"), TRACED.values(), ids=TRACED)
def test_what_jax_compiles_is_told_by_its_types_if_no_two_are_alike(
    run: TransformRun, names: tuple[str, ...] | None
) -> None:
    expected = did(transforms=(taken(0, W, LONG),))
    one = look(expected, side(run), LONGER, GRAD)
    found = [each.found for each in gradients(evidence([one], TEXT, GRAD))]
    assert found == ([] if names is None else [names])


def test_what_has_the_type_of_another_argument_is_not_told_by_it() -> None:
    traced = taken(1, W, X, digests=("", ""))
    assert not list(gradients(evidence([beside(traced)], TEXT, GRAD)))


def test_what_isnt_known_on_either_side_is_not_named() -> None:
    unknown = taken(0, W, X, digests=("", of(X)))
    nothing = taken(0, W, X, parts=(0, 2))
    for run, expected in (
        (unknown, did(transforms=(taken(1, W, X, digests=("", of(X))),))),
        (nothing, did(transforms=(taken(1, W, X, parts=(0, 2)),))),
        (taken(1, W, X), did(transforms=(unknown,))),
    ):
        assert not list(gradients(evidence([beside(run, expected=expected)], TEXT, GRAD)))


ANOTHER: Final = {
    "the second": (taken(1, W, X), THEIRS, "x, not w", ["0"]),
    "the second of three": (
        taken(1, U, X, W, digests=("", of(X), of(W))),
        THEIRS,
        "x, not w",
        ["2"],
    ),
    "another of as many": (
        taken(tree(0, 1), X, U, digests=(of(X), of(X))),
        THEIRS,
        "x and x, not w",
        [],
    ),
    "the right one twice": (taken(1, W, X, W), THEIRS, "x, not w", []),
    "more results": (taken(1, W, X, outputs=(typed(2), typed(2))), THEIRS, "x, not w", []),
    "two of two": (
        taken(tree(0, 1), W, X),
        did(transforms=(taken(tree(0, 2), W, X, HIDDEN),)),
        "w and x, not w and its argument 3",
        [],
    ),
    "no place": (taken(1, W, X, span=None), THEIRS, "x, not w", []),
}


@pytest.mark.parametrize(("run", "expected", "words", "edits"), ANOTHER.values(), ids=ANOTHER)
def test_a_gradient_by_another_argument_is_told(
    run: TransformRun, expected: Observation, words: str, edits: list[str]
) -> None:
    found = list(RULE.find(evidence([beside(run, expected=expected)], TEXT, GRAD)))
    assert [each.message.partition(" respect to ")[2] for each in found] == [words]
    assert [each.text.removeprefix(", argnums=") for one in found for each in one.edits] == edits


BOTH: Final = taken(tree(0, 1), W, X)


def test_the_right_gradient_among_several_explains_no_wrong_numbers() -> None:
    other_shape = look(THEIRS, did(numbers(0), transforms=(BOTH,)), SAME, GRAD)
    other_numbers = look(THEIRS, did(numbers(7, 7, 7), transforms=(BOTH,)), SAME, GRAD)
    not_among = look(THEIRS, did(numbers(7, 7, 7), transforms=(taken(1, W, X),)), SAME, GRAD)
    told = [
        bool(list(RULE.find(evidence([each], TEXT, GRAD))))
        for each in (other_shape, other_numbers, not_among)
    ]
    assert told == [True, False, True]


def test_what_raises_after_another_gradient_is_its_consequence() -> None:
    wrong = beside(taken(1, W, X))
    run = taken(1, W, W)

    def after(*runs: TransformRun) -> Look:
        return look(THEIRS, did(raised(), transforms=runs), SAME, GRAD)

    for one, yes in {
        after(run): True,
        after(msgspec.structs.replace(run, raised=True)): False,
        after(msgspec.structs.replace(run, ran=False)): False,
        after(msgspec.structs.replace(run, span=at(2))): False,
        after(): False,
    }.items():
        assert raised_by_gradient(evidence([wrong, one], TEXT, GRAD), one) is yes
    right = beside(taken(0, W, X))
    assert not raised_by_gradient(evidence([right, after(run)], TEXT, GRAD), after(run))


# ------------------------------------------------------------------------------- objects of NNX

KERNEL: Final = variable("Param/kernel", 2, 3, digest="k")
BIAS: Final = variable("Param/bias", 3, digest="b")
SCALE: Final = variable("BatchStat/scale", 3, digest="s")
COUNT: Final = variable("RngCount/count", digest="c")


def by(*states: NodeState, **more: Any) -> TransformRun:
    plain = {"parts": (0, 0), "states": states}
    return ran(transform="nnx.grad", **(plain | more))


NAMED: Final = {
    "the only one": (by(node(0, KERNEL)), by(node(0, BIAS)), "the module"),
    "none there": (by(node(1, KERNEL)), by(node(0, KERNEL)), None),
    "an array beside it": (by(node(0, KERNEL), parts=(1, 0)), by(node(0, KERNEL)), None),
    "an argument that isn't counted": (
        by(node(0, KERNEL), parts=()),
        by(node(0, BIAS)),
        "the module",
    ),
    "a stream alone": (by(node(0, COUNT)), by(node(0, KERNEL)), None),
    "one of two": (
        by(node(0, BIAS), node(1, KERNEL)),
        by(node(0, KERNEL, name="A"), node(1, BIAS, name="B")),
        "the B",
    ),
    "one of two of a class": (
        by(node(0, BIAS), node(1, KERNEL)),
        by(node(0, KERNEL), node(1, BIAS)),
        "its argument 2",
    ),
    "one of two alike": (
        by(node(0, BIAS), node(1, KERNEL)),
        by(node(0, BIAS), node(1, BIAS)),
        None,
    ),
    "unknown numbers": (
        by(node(0, variable("Param/a", 2)), node(1, KERNEL)),
        by(node(0, variable("Param/a", 2)), node(1, BIAS)),
        None,
    ),
    "one that comes back": (
        by(node(0, BIAS), node(-1, KERNEL)),
        by(node(0, KERNEL), node(-1, BIAS)),
        "the module",
    ),
    "the only one beside two": (
        by(node(0, KERNEL)),
        by(node(0, KERNEL, name="A"), node(1, BIAS, name="B")),
        "the A",
    ),
    "one of two beside the only one": (
        by(node(0, BIAS), node(1, KERNEL)),
        by(node(0, KERNEL)),
        None,
    ),
}


@pytest.mark.parametrize(("run", "reference", "name"), NAMED.values(), ids=NAMED)
def test_an_object_is_named_if_it_is_certain_which_it_is(
    run: TransformRun, reference: TransformRun, name: str | None
) -> None:
    assert object_at(run, 0, reference) == name


OBJECT: Final = node(0, KERNEL, BIAS, SCALE, COUNT)


def back(*variables: Variable, **more: Any) -> TransformRun:
    """Return a gradient by an object, which has these variables."""
    return by(OBJECT, node(-1, *variables), **more)


BIASES: Final = tuple(variable(f"Param/b{n}", 3) for n in range(3))
MANY: Final = by(node(0, *BIASES, KERNEL, SCALE), node(-1, *BIASES, KERNEL))
CHOSEN: Final = {
    "the same": (back(KERNEL, BIAS), back(BIAS, KERNEL), None),
    "one weight": (
        back(KERNEL),
        back(KERNEL, BIAS),
        (("kernel",), ("kernel", "bias"), False, False),
    ),
    "another kind": (back(SCALE), back(KERNEL, BIAS), (("BatchStat",), ("Param",), True, False)),
    "all where the weights are wanted": (
        back(KERNEL, BIAS, SCALE),
        back(KERNEL, BIAS),
        (("BatchStat", "Param"), ("Param",), True, False),
    ),
    "the weights where all are wanted": (
        back(KERNEL, BIAS),
        back(KERNEL, BIAS, SCALE),
        (("Param",), ("BatchStat", "Param"), True, True),
    ),
    "counts don't count": (back(KERNEL, COUNT), back(KERNEL), None),
    "another object": (by(node(0, KERNEL), node(-1, KERNEL)), back(BIAS), None),
    "raised": (back(KERNEL, raised=True), back(BIAS), None),
    "a reference that raised": (back(KERNEL), back(BIAS, raised=True), None),
    "two results": (by(OBJECT, node(-1, KERNEL), node(-1, BIAS)), back(BIAS), None),
    "no result": (by(OBJECT), back(BIAS), None),
    "too many to name": (
        by(node(0, *BIASES, KERNEL, SCALE), node(-1, *BIASES)),
        MANY,
        (("b0", "b1", "b2"), ("b0", "b1", "b2", "kernel"), False, False),
    ),
    "one of some that are alike": (
        by(node(0, *BIASES), node(-1, BIASES[0])),
        by(node(0, *BIASES), node(-1, *BIASES[:2])),
        None,
    ),
}


@pytest.mark.parametrize(("run", "reference", "told"), CHOSEN.values(), ids=CHOSEN)
def test_the_variables_that_a_gradient_is_by_are_those_that_come_back(
    run: TransformRun, reference: TransformRun, told: tuple[Any, ...] | None
) -> None:
    found = chosen(run, reference, 0, 0)
    said = (found.found, found.wanted, found.by_type, found.whole) if found is not None else None
    assert said == told


def of_nnx(*runs: TransformRun) -> list[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """Say what is found of the last run, beside the first one as the reference's."""
    expected, actual = (did(numbers(n), transforms=(each,)) for n, each in enumerate(runs))
    found = gradients(evidence([look(expected, actual, SAME, GRAD)], TEXT, GRAD))
    return [(each.found, each.types, each.chosen is not None) for each in found]


def test_a_gradient_by_an_object_is_compared_variable_by_variable() -> None:
    of_weights, of_kernel = back(KERNEL, BIAS), back(KERNEL)
    types = ("Param",)
    assert of_nnx(of_weights, of_weights) == [(("the module",), types, False)]
    assert of_nnx(of_weights, of_kernel) == [(("the module",), types, True)]
    second = by(node(1, KERNEL, BIAS, SCALE), node(-1, KERNEL), knobs=taken(1).knobs)
    assert of_nnx(of_weights, second) == [(("the module",), types, True)]
    array = taken(0, W, X, states=(node(1, KERNEL, BIAS, SCALE),), parts=(1, 0))
    assert of_nnx(of_weights, array) == [(("w",), types, False)]
    assert of_nnx(taken(0, W, X), taken(1, W, X)) == [(("x",), (), False)]


def test_what_raises_after_a_gradient_by_other_variables_is_its_consequence() -> None:
    wrong = look(did(transforms=(back(KERNEL, BIAS),)), side(back(KERNEL, span=at(3))), SAME, GRAD)
    after = look(THEIRS, did(raised(), transforms=(back(BIAS, span=at(3)),)), SAME, GRAD)
    assert raised_by_gradient(evidence([wrong, after], TEXT, GRAD), after)


def test_five_variables_are_too_many_to_name() -> None:
    five = tuple(variable(f"Param/b{n}", n + 1) for n in range(5))
    for ours, theirs, named in ((4, 3, True), (4, 5, False), (5, 4, False)):
        runs = [by(node(0, *five), node(-1, *five[:n])) for n in (ours, theirs)]
        assert (chosen(*runs, 0, 0) is not None) is named
