"""How a lifted loop differs from the task's, and which of it has an effect."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.scan_faults import Knob, causes, faults, raised_by_scan, shown
from grader.evidence.scan_steps import Other, other_steps
from grader.evidence.scans import answering, exchanged, same_arrays, scan_use, scans, steps_noun
from grader.model.exercise import Use
from grader.model.observation import (
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    BodyRun,
    Collections,
    Configured,
    KnobValue,
    Names,
    Observation,
    Setting,
    SplitEntry,
    StreamKey,
    TransformRun,
    Variable,
)
from tests.judge.made import (
    TASK,
    at,
    case,
    did,
    evidence,
    look,
    module,
    numbers,
    of,
    raised,
    ran,
    root,
    typed,
    variable,
)

USE: Final = Use(any_of=("nn.scan",), of="the cell")
LOOP: Final = msgspec.structs.replace(TASK, uses=(USE,))
Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
OUT: Final = numbers(*range(8), shape=(2, 4))
W: Final = variable("params/w", 4, digest="w")
NOBODY: Final = Names(names=())
PARAMS: Final = Names(names=("params",))
STATS: Final = Names(names=("stats",))


def told(
    broadcast: Names = PARAMS,
    carried: Names = NOBODY,
    axes: tuple[AxisEntry, ...] = (),
    **splits: bool,
) -> Collections:
    return Collections(
        broadcast=broadcast,
        carried=carried,
        axes=axes,
        splits=tuple(
            SplitEntry(filter=Names(names=(name,)), split=each) for name, each in splits.items()
        ),
    )


def loop(
    in_axes: Axes | int = 1,
    *,
    out: int = 0,
    length: int | None = None,
    what: Collections | None = None,
    number: int = 0,
    **more: Any,
) -> TransformRun:
    """Return a loop over x (3, 2), after a carry (4,), in one call of Flax."""
    axis = Axis(value=in_axes) if isinstance(in_axes, int) else in_axes
    plain = {
        "knobs": (
            KnobValue(name="in_axes", value=axis),
            KnobValue(name="out_axes", value=Axis(value=out)),
            KnobValue(name="length", value=Axis(value=length)),
        ),
        "parts": (1, 1),
        "inputs": (typed(4), typed(3, 2)),
        "digests": ("c", "x"),
        "outputs": (typed(4), typed(2, 4)),
        "given_back": ("d", of(OUT)),
        "root": 1,
        "collections": what or told(params=False),
        "span": at(3),
    }
    return ran(number, **({"transform": "nn.scan"} | plain | more))


def side(
    *runs: TransformRun,
    answer: Any = None,
    given: tuple[Variable, ...] = (W,),
    keys: tuple[StreamKey, ...] = (),
    late: tuple[StreamKey, ...] = (),
    failed: bool = False,
    **record: Any,
) -> Observation:
    roots = (
        root(0, kind="init", forward=False, made=given, keys=keys),
        root(1, given=given, keys=late, raised=failed),
    )
    return did(OUT if answer is None else answer, roots=roots, transforms=runs, **record)


KEY: Final = (StreamKey(stream="params", data="k"),)
THEIRS: Final = side(loop(), answer=Y)


def beside(ours: Observation, theirs: Observation = THEIRS, task: Any = LOOP, **sizes: int) -> Look:
    return look(theirs, ours, case(**sizes), task)


def found(ours: Observation, theirs: Observation = THEIRS, *, reorders: bool = True) -> list[str]:
    return [each.knob.value + each.name for each in faults(beside(ours, theirs), reorders=reorders)]


EACH: Final = told(NOBODY, axes=(AxisEntry(filter=PARAMS, axis=0),), params=True)
STACKED: Final = variable("params/w", 2, 4)
OTHER_OUT: Final = numbers(*range(8), shape=(4, 2))
FAULTS: Final = {
    "none": (side(loop()), []),
    "another axis": (side(loop(0)), ["in_axes"]),
    "another axis of the same length": (
        side(loop(0, inputs=(typed(4), typed(2, 2)))),
        [],
    ),
    "another axis, and a right answer": (side(loop(0), answer=Y), []),
    "another axis of another array": (side(loop(0, digests=("c", "z"))), ["length"]),
    "another axis of an unknown array": (side(loop(0, digests=("c", ""))), ["in_axes"]),
    "an axis from the end": (side(loop(-1)), []),
    "an entry for each": (side(loop(AxisTree(items=(Axis(value=1),)))), []),
    "a list of entries": (side(loop(AxisTree(items=(Axis(value=1),), is_list=True))), ["in_axes"]),
    "another length": (side(loop(length=7)), ["length"]),
    "the length": (side(loop(length=2)), []),
    "another length, and a right answer": (side(loop(length=7), answer=Y), []),
    "other output axes": (
        side(
            loop(out=1, outputs=(typed(4), typed(4, 2)), given_back=("d", of(OTHER_OUT))),
            answer=OTHER_OUT,
        ),
        ["out_axes"],
    ),
    "other output axes of what isn't the answer": (
        side(
            loop(out=1, outputs=(typed(4), typed(4, 2)), given_back=("d", of(OTHER_OUT))), answer=Z
        ),
        [],
    ),
    "other output axes of an unknown result": (
        side(loop(out=1, outputs=(typed(4), typed(4, 2)), given_back=("d", "")), answer=OTHER_OUT),
        ["out_axes"],
    ),
    "other output axes of an unknown result of another shape": (
        side(loop(out=1, outputs=(typed(4), typed(4, 2)), given_back=("d", "")), answer=Z),
        [],
    ),
    "weights for each step": (side(loop(what=EACH), given=(STACKED,)), ["collectionparams"]),
    "weights for each step that don't show": (side(loop(what=EACH)), []),
    "weights that are carried": (
        side(loop(what=told(NOBODY, PARAMS)), given=(STACKED,)),
        ["collectionparams"],
    ),
    "no loop": (side(), []),
    "two loops": (side(loop(0), loop(number=1)), []),
    "a loop that never ran": (side(loop(0, ran=False)), []),
    "another loop": (side(loop(0, transform="jax.lax.scan", collections=None)), []),
    "a loop of another call": (side(loop(0, root=7)), []),
    "nothing known of it": (side(loop(0, collections=None)), []),
}


@pytest.mark.parametrize(("ours", "names"), FAULTS.values(), ids=FAULTS)
def test_a_fault_has_an_effect_of_its_own(ours: Observation, names: list[str]) -> None:
    assert found(ours) == names
    assert not list(scans(beside(ours, did(Y))))
    assert not list(scans(beside(ours, task=TASK)))


def test_a_stream_is_compared_where_it_is_drawn_from() -> None:
    theirs = side(
        loop(root=0, what=told(params=False, dropout=True)),
        loop(what=told(params=False, dropout=True), number=1),
        answer=Y,
        keys=KEY,
        late=(StreamKey(stream="dropout", data="d"),),
    )

    def ours(in_init: Collections, later: Collections, **more: Any) -> Observation:
        late = (StreamKey(stream="dropout", data="d"),)
        return side(
            loop(root=0, what=in_init), loop(what=later, number=1), keys=KEY, late=late, **more
        )

    right = told(params=False, dropout=True)
    assert found(ours(right, right), theirs) == []
    assert found(ours(told(params=True, dropout=True), right), theirs) == ["streamparams"]
    assert found(ours(right, told(params=True, dropout=True)), theirs) == []
    assert found(ours(right, told(params=False, dropout=False)), theirs) == ["streamdropout"]
    assert found(ours(told(params=False, dropout=False), right), theirs) == []
    assert found(ours(told(params=True, dropout=True), right, answer=Y), theirs) == []
    unlisted = side(loop(root=0, what=told()), loop(what=told(), number=1), answer=Y, keys=KEY)
    assert found(ours(told(params=True), right), unlisted) == []


def failing(
    message: str,
    name: str = "ValueError",
    *,
    by: bool = True,
    library: str | None = "flax",
    **change: Any,
) -> Observation:
    return side(
        loop(raised=by, **change), answer=raised(message, name, library=library), failed=True
    )


RAISED: Final = {
    "an axis": (failing("anything", in_axes=0), ["in_axes"]),
    "an axis, by the program": (failing("anything", library=None, in_axes=0), []),
    "an axis, elsewhere": (failing("anything", by=False, in_axes=0), []),
    "a length": (failing("scan got `length` argument of 7", length=7), ["length"]),
    "a length, with other words": (failing("no", length=7), []),
    "an output axis": (failing("axis out of bounds", out=1), ["out_axes"]),
    "weights for each step": (
        failing("no", "ScopeParamShapeError", what=EACH),
        ["collectionparams"],
    ),
    "weights that aren't there": (
        failing("no", "ScopeParamNotFoundError", what=told(NOBODY)),
        ["collectionparams"],
    ),
    "carried weights": (
        failing("carry input and carry output differ", what=told(NOBODY, PARAMS)),
        ["collectionparams"],
    ),
    "an axis and a length": (failing("anything", in_axes=0, length=7), ["in_axes"]),
    "a length and an output axis": (failing("scan got `length` 7", length=7, out=1), ["length"]),
    "weights and an output axis": (
        failing("no", "ScopeParamShapeError", what=EACH, out=1),
        ["collectionparams"],
    ),
    "nothing": (failing("no"), []),
}


@pytest.mark.parametrize(("ours", "names"), RAISED.values(), ids=RAISED)
def test_an_exception_is_told_by_what_can_cause_it(ours: Observation, names: list[str]) -> None:
    assert found(ours) == names
    one = beside(ours)
    assert raised_by_scan(one) is bool(names)
    assert all(map(causes, faults(one)))


def test_other_faults_are_told_with_the_one_that_raised() -> None:
    both = failing("scan got `length` 7", length=7, out=1)
    assert found(both, reorders=False) == ["length", "out_axes"]
    weights = failing("scan got `length` 7", length=7, what=EACH)
    assert sorted(found(weights)) == ["collectionparams", "length"]


def test_a_fault_is_shown_once_in_the_smallest_case_that_shows_the_same() -> None:
    small, large = beside(side(loop(0)), batch=2), beside(side(loop(0)), batch=3, inputs=2, width=5)
    other = beside(
        side(loop(0, inputs=(typed(4), typed(3, 5)))),
        side(loop(inputs=(typed(4), typed(3, 5))), answer=Y),
        batch=2,
    )
    assert len(list(shown(evidence([small, large], "", LOOP), Knob.IN_AXES))) == 1
    assert len(list(shown(evidence([large, other], "", LOOP), Knob.IN_AXES))) == 1
    assert not list(shown(evidence([small], "", LOOP), Knob.LENGTH))
    assert not list(shown(evidence([small], "", TASK), Knob.IN_AXES))


def test_the_loop_that_a_task_asks_for() -> None:
    for titles, use in (
        (("nn.scan",), True),
        (("jax.lax.scan",), False),
        (("nn.vmap",), False),
        (("nn.remat",), False),
    ):
        task = msgspec.structs.replace(TASK, uses=(Use(any_of=titles, of="f"),))
        assert (scan_use(task) is not None) is use


def test_what_the_steps_are_called() -> None:
    def of_length(steps: int, **sizes: int) -> Look:
        theirs = side(loop(inputs=(typed(4), typed(3, steps))), answer=Y)
        return beside(side(loop()), theirs, **sizes)

    assert (
        steps_noun(evidence([of_length(2, inputs=2), of_length(3, inputs=3, batch=9)], "", LOOP))
        == "the inputs"
    )
    assert (
        steps_noun(evidence([of_length(2, inputs=2), of_length(7, inputs=3)], "", LOOP))
        == "the steps"
    )
    assert steps_noun(evidence([], "", LOOP)) == "the steps"


def test_arrays_may_be_the_same_or_exchanged() -> None:
    for run, same in (
        (loop(), True),
        (loop(digests=("c", "z")), False),
        (loop(digests=("c", "")), True),
        (loop(digests=("z", "x")), True),
        (loop(inputs=(typed(4), typed(3, 9))), False),
    ):
        scan = answering(beside(side(run)))
        assert scan is not None
        assert same_arrays(scan) is same
    swapped = beside(side(loop(inputs=(typed(3, 2), typed(4)))))
    assert exchanged(swapped) is not None
    assert exchanged(beside(side(loop()))) is None
    assert exchanged(beside(side())) is None


# ---------------------------------------------------------------------------------- another step

STEP_OUT: Final = numbers(*range(8), shape=(2, 4))
SAME_RESULT: Final = numbers(*range(1, 9), shape=(2, 4))


def stepping(
    answer: Any = STEP_OUT,
    *,
    given: tuple[Variable, ...] = (W,),
    keys: tuple[StreamKey, ...] = KEY,
    settings: Any = (),
    **more: Any,
) -> Observation:
    run = loop(**({"given_back": ("d", of(STEP_OUT))} | more))
    top = module(root=1, settings=settings)
    return side(run, answer=answer, given=given, keys=keys, modules=(top,))


RIGHT_STEP: Final = stepping(SAME_RESULT, given_back=("e", of(SAME_RESULT)))
DEEP: Final = variable("params/cell/w", 4, digest="w")
STEPS: Final = {
    "other numbers": (stepping(), Other.NUMBERS),
    "a right answer": (stepping(SAME_RESULT), None),
    "the same numbers": (stepping(given_back=("e", of(SAME_RESULT))), None),
    "another carry": (stepping(digests=("z", "x")), None),
    "an unknown carry": (stepping(digests=("", "x")), None),
    "another shape of the carry": (stepping(inputs=(typed(9), typed(3, 2))), None),
    "other weights": (stepping(given=(variable("params/w", 4, digest="o"),)), None),
    "another key": (stepping(keys=(StreamKey(stream="params", data="o"),)), None),
    "an unknown key": (stepping(keys=(StreamKey(stream="params", data=None),)), None),
    "not what came back": (stepping(numbers(*range(2, 10), shape=(2, 4))), None),
    "under one more name": (stepping(given=(DEEP,)), Other.INSIDE),
    "under one more name, and more": (
        stepping(given=(DEEP, variable("params/other/b", 4))),
        Other.INSIDE,
    ),
    "other names": (stepping(given=(variable("params/v", 4),)), Other.TREE),
    "other shapes": (stepping(given=(variable("params/w", 9),)), Other.TREE),
    "reversed": (
        stepping(knobs=(*loop().knobs, KnobValue(name="reverse", value=Axis(value=1)))),
        None,
    ),
    "a carry that is kept": (
        stepping(
            bodies=(
                BodyRun(inputs=(typed(4), typed(3)), outputs=(typed(4), typed(4)), kept=(0, -1)),
            )
        ),
        None,
    ),
    "another axis": (stepping(in_axes=0), None),
    "another setting": (
        stepping(settings=(Setting(name="rate", text="2", default=False),)),
        Other.NUMBERS,
    ),
}


@pytest.mark.parametrize(("ours", "how"), STEPS.values(), ids=STEPS)
def test_another_step_is_told_by_its_numbers_or_its_parameters(
    ours: Observation, how: Other | None
) -> None:
    some = evidence([beside(ours, RIGHT_STEP)], "", LOOP)
    assert [each.how for each in other_steps(some)] == ([] if how is None else [how])


def test_a_setting_or_a_setting_of_jax_tells_why_a_step_gives_other_numbers() -> None:
    rates = [(Setting(name="rate", text=each, default=False),) for each in "12"]
    theirs = stepping(SAME_RESULT, given_back=("e", of(SAME_RESULT)), settings=rates[0])
    for settings, count in ((rates[0], 1), (rates[1], 0)):
        some = evidence([beside(stepping(settings=settings), theirs)], "", LOOP)
        assert len(list(other_steps(some))) == count
    x64 = Configured(name="jax_enable_x64", value="True", usual="False")

    def with_module(observation: Observation, given: str, *configured: Configured) -> Observation:
        record = observation.record
        roots = tuple(msgspec.structs.replace(each, configured=configured) for each in record.roots)
        top = module(root=1, taken="t", given=given)
        return msgspec.structs.replace(
            observation, record=msgspec.structs.replace(record, roots=roots, modules=(top,))
        )

    for configured, count in (((), 1), ((x64,), 0)):
        ours, expected = with_module(stepping(), "a", *configured), with_module(RIGHT_STEP, "b")
        assert len(list(other_steps(evidence([beside(ours, expected)], "", LOOP)))) == count


def test_a_stats_collection_is_compared_by_its_own_filter() -> None:
    stat = variable("stats/m", 4)
    theirs = side(loop(what=told(PARAMS, STATS)), answer=Y, given=(W, stat))
    ours = side(loop(what=told(PARAMS)), given=(W, variable("stats/m", 9)))
    assert found(ours, theirs) == ["collectionstats"]
