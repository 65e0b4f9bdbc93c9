"""How a lifted call differs from the task's, and what its arguments' shapes show."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.deviation import (
    Arrangement,
    arguments_exchanged,
    arrangement,
    collections_text,
    deviations,
    inputs_replaced,
    inputs_turned,
    split_text,
)
from grader.evidence.lifting import Knob
from grader.evidence.trail import Trail
from grader.model.observation import (
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    LiftedCall,
    ModuleRun,
    Names,
    Observation,
    SplitEntry,
    StreamKey,
    Variable,
)
from tests.judge.made import (
    case,
    did,
    lifted,
    look,
    module,
    numbers,
    of,
    raised,
    root,
    typed,
    variable,
)

Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
REFUSED: Final = raised("pytree structure error: different types at key path")
W: Final = variable("params/w", 2)
STAT: Final = variable("stats/m", 3)
SHARED: Final = AxisEntry(filter=Names(names=("params",)), axis=None)
EACH: Final = AxisEntry(filter=Names(names=("params",)), axis=0)


def axes(*values: Axes | int | None, **more: Any) -> AxisTree:
    items = tuple(
        each if isinstance(each, Axis | AxisTree) else Axis(value=each) for each in values
    )
    return AxisTree(items=items, **more)


def entry(name: str, axis: int | None, direction: str = "both") -> AxisEntry:
    more: Any = {} if direction == "both" else {"direction": direction}
    return AxisEntry(filter=Names(names=(name,)), axis=axis, **more)


def splits(**values: bool) -> tuple[SplitEntry, ...]:
    return tuple(SplitEntry(filter=Names(names=(n,)), split=each) for n, each in values.items())


def call(number: int = 0, **more: Any) -> LiftedCall:
    return lifted(number, **({"variable_axes": (SHARED,)} | more))


def run(
    *inputs: tuple[int, ...],
    of_call: int = 0,
    out: tuple[tuple[int, ...], ...] = ((3, 4),),
    **more: Any,
) -> ModuleRun:
    plain = {
        "lifted": of_call,
        "root": 1,
        "inputs": tuple(typed(*each) for each in inputs),
        "outputs": tuple(typed(*each) for each in out),
    }
    return module(**(plain | more))


def inner(*inputs: tuple[int, ...], of_call: int = 0, depth: int = 1, **more: Any) -> ModuleRun:
    arrays = tuple(typed(*each) for each in inputs)
    return module(**({"inside": of_call, "depth": depth, "root": 1, "inputs": arrays} | more))


def side(
    *calls: LiftedCall,
    runs: tuple[ModuleRun, ...],
    answer: Any = Z,
    given: tuple[Variable, ...] = (W,),
    made: tuple[Variable, ...] = (),
    keys: tuple[StreamKey, ...] = (),
    late: tuple[StreamKey, ...] = (),
    **more: Any,
) -> Observation:
    maker = root(0, kind="init", forward=False, made=given, keys=keys)
    applied = root(1, given=given, made=made, keys=late, **more)
    return did(answer, roots=(maker, applied), lifted=calls, modules=runs)


X: Final = ((3, 2),)
THEIRS: Final = side(call(), runs=(run(*X),), answer=Y)
PAIR: Final = ((4, 3), (3, 4))
BOTH: Final = side(call(out_axes=axes(1, 0)), runs=(run(*X, out=PAIR),), answer=Y)
TWO: Final = side(call(in_axes=axes(0, None)), runs=(run((3, 2), (2, 5)),), answer=Y)


def told(ours: Observation, theirs: Observation = THEIRS) -> list[tuple[str, str]]:
    return [(each.knob.value, each.name) for each in deviations(Trail(theirs), Trail(ours))]


def mine(
    *inputs: tuple[int, ...], runs: tuple[ModuleRun, ...] = (), answer: Any = Z, **more: Any
) -> Observation:
    """Return a side that lifts once, with other arguments of the call."""
    return side(call(**more), runs=(run(*(inputs or X)), *runs), answer=answer)


IN, OUT = [("in_axes", "")], [("out_axes", "")]
SIZE, NAME = [("axis_size", "")], [("axis_name", "")]
PARAMS: Final = [("variable_axes", "params")]
SQUARE: Final = side(call(), runs=(run((3, 3)),), answer=Y)
NAMED: Final = side(call(axis_name="batch"), runs=(run(*X),), answer=Y)
DEVIATING: Final = {
    "none": (mine(), THEIRS, []),
    "another axis": (mine(in_axes=Axis(value=1)), THEIRS, IN),
    "another axis of a square": (mine((3, 3), in_axes=Axis(value=1)), SQUARE, IN),
    "another axis of an array that was turned": (
        mine((2, 3), in_axes=Axis(value=1)),
        THEIRS,
        [],
    ),
    "another axis of one that each example sees alike": (
        mine((2, 3), runs=(inner((2,)),), in_axes=Axis(value=1)),
        side(call(), runs=(run(*X), inner((2,))), answer=Y),
        [],
    ),
    "another axis of one that each example sees otherwise": (
        mine((2, 3), runs=(inner((3,)), inner((2,), depth=2)), in_axes=Axis(value=1)),
        side(call(), runs=(run(*X), inner((2,))), answer=Y),
        IN,
    ),
    "the same axis of an array that was turned": (mine((2, 3)), THEIRS, IN),
    "no axis": (mine(in_axes=Axis(value=None)), THEIRS, IN),
    "no axis of another array": (mine((2,), in_axes=Axis(value=None)), THEIRS, IN),
    "more arguments": (mine((3, 2), (3, 9)), THEIRS, []),
    "more arguments over other axes": (mine((3, 2), (9, 3), in_axes=axes(0, 1)), THEIRS, []),
    "more arguments, the task's over another": (
        mine((3, 2), (2, 3), in_axes=axes(1, 0)),
        THEIRS,
        IN,
    ),
    "from the end": (mine(in_axes=Axis(value=-2)), THEIRS, []),
    "one of two": (
        side(call(in_axes=axes(0, 0)), runs=(run((3, 2), (2, 5)),)),
        TWO,
        IN,
    ),
    "a list that Flax refuses": (
        side(call(in_axes=axes(0, None, is_list=True)), runs=()),
        TWO,
        [],
    ),
    "a list that Flax refused": (
        side(
            call(in_axes=axes(0, None, is_list=True)), runs=(run((3, 2), (2, 5)),), answer=REFUSED
        ),
        TWO,
        IN,
    ),
    "a list that ran": (
        side(
            call(in_axes=axes(0, None, is_list=True)),
            runs=(run((3, 2), (2, 5)), inner((2,), (2, 5))),
        ),
        TWO,
        [],
    ),
    "a list on both sides": (
        side(call(in_axes=axes(0, None, is_list=True)), runs=(run((3, 2), (2, 5)),)),
        side(call(in_axes=axes(0, None, is_list=True)), runs=(run((3, 2), (2, 5)),), answer=Y),
        [],
    ),
    "another axis out": (mine(out_axes=Axis(value=1)), THEIRS, OUT),
    "the last axis out": (mine(out_axes=Axis(value=-2)), THEIRS, []),
    "a tuple of axes out": (mine(out_axes=axes(0)), THEIRS, []),
    "a tuple of axes out, and nothing came": (
        side(call(out_axes=axes(0)), runs=(run(*X, out=()),), answer=REFUSED),
        THEIRS,
        OUT,
    ),
    "a list of axes out, and nothing came": (
        side(call(out_axes=axes(0, is_list=True)), runs=(run(*X, out=()),), answer=REFUSED),
        THEIRS,
        OUT,
    ),
    "an axis out, and nothing came": (
        side(call(), runs=(run(*X, out=()),), answer=raised()),
        THEIRS,
        [],
    ),
    "another axis out, and nothing came": (
        side(call(out_axes=Axis(value=1)), runs=(run(*X, out=()),), answer=raised()),
        THEIRS,
        OUT,
    ),
    "a tuple of axes out, and something else raised": (
        side(call(out_axes=axes(0)), runs=(run(*X, out=()),), answer=raised()),
        THEIRS,
        [],
    ),
    "a list, and something else raised": (
        side(
            call(in_axes=axes(0, None, is_list=True)), runs=(run((3, 2), (2, 5)),), answer=raised()
        ),
        TWO,
        [],
    ),
    "axes of a dict, and something else raised": (
        side(
            call(in_axes=axes(axes(1, keys=("c",)), None)),
            runs=(run((3, 2), (2, 5)),),
            answer=raised(),
        ),
        TWO,
        IN,
    ),
    "a dict's arrays, which are in the order of their names": (
        side(
            call(in_axes=axes(axes(0, None, keys=("x", "a")))),
            runs=(run((2, 5), (3, 2)),),
        ),
        TWO,
        [],
    ),
    "another axis of a dict's array": (
        side(
            call(in_axes=axes(axes(1, None, keys=("x", "a")))),
            runs=(run((2, 5), (3, 2)),),
        ),
        TWO,
        IN,
    ),
    "an entry for several arrays": (
        side(
            call(in_axes=axes(0, None)),
            runs=(run((3, 2), (2, 5), (5,)), inner((2,), (2, 5), (5,))),
        ),
        TWO,
        [],
    ),
    "an entry of a flag before an array that isn't mapped": (
        side(
            call(in_axes=axes(None, 1, None)),
            runs=(run((2, 3), (3, 2)), inner((2,), (3, 2))),
        ),
        side(call(in_axes=axes(1, None)), runs=(run((2, 3), (3, 2)),), answer=Y),
        [],
    ),
    "results in another order, each with its axis": (
        side(call(out_axes=axes(0, 1)), runs=(run(*X, out=PAIR[::-1]),)),
        BOTH,
        [],
    ),
    "results in another order, and the axes as they were": (
        side(call(out_axes=axes(1, 0)), runs=(run(*X, out=PAIR),)),
        BOTH,
        [],
    ),
    "results with their axes exchanged, where an answer is missing": (
        side(call(out_axes=axes(0, 1)), runs=(run(*X, out=PAIR[::-1]),), answer=raised()),
        BOTH,
        OUT,
    ),
    "a dict of results, whose axes are in another order": (
        side(call(out_axes=axes(0, 1, keys=("z", "b"))), runs=(run(*X, out=PAIR),)),
        BOTH,
        [],
    ),
    "another size": (mine(axis_size=7), THEIRS, SIZE),
    "the same size": (mine(axis_size=3), THEIRS, []),
    "no size of no axis": (
        side(call(in_axes=Axis(value=None)), runs=(run(*X),)),
        side(call(in_axes=Axis(value=None), axis_size=3), runs=(run(*X),), answer=Y),
        SIZE,
    ),
    "the size of no axis": (
        side(call(in_axes=Axis(value=None), axis_size=3), runs=(run(*X),)),
        side(call(in_axes=Axis(value=None), axis_size=3), runs=(run(*X),), answer=Y),
        [],
    ),
    "a batch of another size": (mine((5, 2)), THEIRS, []),
    "another name": (mine(axis_name="b"), NAMED, NAME),
    "no name": (mine(), NAMED, NAME),
    "the name": (mine(axis_name="batch"), NAMED, []),
    "a name too many": (mine(axis_name="b"), THEIRS, []),
    "a weight for each": (mine(variable_axes=(EACH,)), THEIRS, PARAMS),
    "weights that aren't lifted": (mine(variable_axes=()), THEIRS, PARAMS),
    "weights of each on the way out": (
        mine(variable_axes=(entry("params", None, "in"), entry("params", 0, "out"))),
        THEIRS,
        PARAMS,
    ),
    "no call of the task's": (mine(in_axes=Axis(value=1)), did(Y), []),
    "another class": (mine(in_axes=Axis(value=1), target="Conv"), THEIRS, IN),
    "of another module": (mine(in_axes=Axis(value=1), defined_in="mine"), THEIRS, IN),
}


@pytest.mark.parametrize(("ours", "theirs", "found"), DEVIATING.values(), ids=DEVIATING)
def test_an_argument_with_another_effect_deviates(
    ours: Observation, theirs: Observation, found: list[tuple[str, str]]
) -> None:
    assert told(ours, theirs) == found


def test_calls_correspond_by_their_class_or_else_by_their_order() -> None:
    dense, conv = call(0), call(1, target="Conv")
    wrong = {"in_axes": Axis(value=1)}
    runs = run(*X), run(*X, of_call=1)
    theirs = side(dense, conv, runs=runs, answer=Y)
    assert told(side(call(0, **wrong), conv, runs=runs), theirs) == IN
    assert told(side(dense, call(1, target="Conv", **wrong), runs=runs), theirs) == IN
    mapped = side(dense, call(1, target="Conv", **wrong), runs=runs, answer=Y)
    assert told(side(dense, call(1, target="Other"), runs=runs), mapped) == []
    assert told(side(call(0, target="Other"), runs=runs[:1]), mapped) == []
    assert told(side(call(0, target="A"), call(1, target="B"), runs=runs), mapped) == IN
    twice = side(dense, call(1, **wrong), runs=runs, answer=Y)
    assert told(side(dense, call(1), runs=runs), twice) == IN
    assert told(side(dense, call(1, **wrong), runs=runs), twice) == []
    third = run(*X, of_call=2)
    assert told(side(dense, call(1, **wrong), call(2, **wrong), runs=(*runs, third)), twice) == []
    both = side(call(0, target="Conv"), call(1), runs=runs)
    assert told(both, side(dense, runs=runs[:1], answer=Y)) == []


def test_a_collection_may_come_out_without_going_in() -> None:
    lost = entry("stats", 0, "out")
    theirs = side(
        call(variable_axes=(SHARED, entry("stats", 0))), runs=(run(*X),), answer=Y, given=(W, STAT)
    )
    for ours, given, yes in (
        ((SHARED, lost), (W, STAT), True),
        ((SHARED,), (W, STAT), False),
        ((SHARED, entry("stats", None)), (W, STAT), False),
        ((SHARED, lost), (W,), False),
    ):
        actual = side(call(variable_axes=ours), runs=(run(*X),), given=given)
        found = deviations(Trail(theirs), Trail(actual))
        assert [(each.name, each.only_out) for each in found] == [("stats", yes)]
    (axis,) = deviations(
        Trail(theirs),
        Trail(
            side(
                call(variable_axes=(SHARED, entry("stats", 0)), in_axes=Axis(value=1)),
                runs=(run(*X),),
                given=(W, STAT),
            )
        ),
    )
    assert not axis.only_out
    assert axis.same_module
    assert collections_text(Trail(theirs), axis) == '{"params": None, "stats": 0}'
    some = side(call(variable_axes=(SHARED,)), runs=(run(*X),), answer=Y, given=(STAT, W))
    (other,) = deviations(Trail(some), Trail(mine(in_axes=Axis(value=1))))
    assert collections_text(Trail(some), other) == '{"params": None}'


def drawing(
    *,
    late: bool = False,
    makes: bool = True,
    answer: Any = Z,
    streams: Any = ("params", "dropout"),
    **split: bool,
) -> Observation:
    """Return a side whose layer is made with some streams, and perhaps applied with others."""
    first, *others = streams
    keys = (StreamKey(stream=first, data="k"),)
    more = tuple(StreamKey(stream=each, data="k") for each in others)
    runs = (run(*X, root=0), run(*X)) if makes else (run(*X),)
    return side(
        call(split_rngs=splits(**split)),
        runs=runs,
        answer=answer,
        keys=keys if late else (*keys, *more),
        late=more if late else (),
    )


def test_a_stream_is_compared_where_it_is_drawn_from() -> None:
    theirs = drawing(answer=Y, params=False, dropout=True)
    late = drawing(answer=Y, late=True, params=False, dropout=True)
    for ours, expected, names in (
        (drawing(params=False, dropout=True), theirs, []),
        (drawing(params=True, dropout=True), theirs, ["params"]),
        (drawing(params=False, dropout=False), theirs, ["dropout"]),
        (drawing(params=False), theirs, ["dropout"]),
        (drawing(params=False, dropout=False, streams=("params",)), theirs, []),
        (drawing(late=True, params=False, dropout=False), late, ["dropout"]),
        (drawing(late=True, params=True, dropout=True), late, ["params"]),
        (drawing(late=True, makes=False, params=True, dropout=True), late, []),
        (drawing(late=True, makes=False, params=True, dropout=False), late, ["dropout"]),
    ):
        found = [name for knob, name in told(ours, expected) if knob == Knob.SPLIT_RNGS]
        assert found == names
    first, *_ = deviations(Trail(theirs), Trail(drawing(params=True, dropout=True)))
    assert split_text(Trail(theirs), first) == '{"params": False, "dropout": True}'
    unlisted = drawing(answer=Y, params=False)
    first, *_ = deviations(Trail(unlisted), Trail(drawing(params=True)))
    assert split_text(Trail(unlisted), first) == '{"params": False}'


# ------------------------------------------------------------------------------------- shapes


FIRST: Final = axes(0, 0)


def shaped(*inputs: tuple[int, ...], in_axes: Axes = FIRST, **more: Any) -> Observation:
    return side(call(in_axes=in_axes), runs=(run(*inputs, **more),))


PAIR: Final = shaped((3, 2), (3, 5))
ARRANGED: Final = {
    "alike": (PAIR, Arrangement.ALIKE),
    "swapped": (shaped((3, 5), (3, 2)), Arrangement.SWAPPED),
    "others": (shaped((3, 5), (3, 9)), Arrangement.OTHER),
    "over other axes": (shaped((3, 5), (3, 2), in_axes=axes(1, 0)), Arrangement.OTHER),
    "of another number": (shaped((3, 2)), Arrangement.OTHER),
    "in another call": (shaped((3, 5), (3, 2), root=0), Arrangement.ALIKE),
}


@pytest.mark.parametrize(("ours", "how"), ARRANGED.values(), ids=ARRANGED)
def test_how_the_arguments_are_arranged(ours: Observation, how: Arrangement) -> None:
    assert arrangement(Trail(PAIR), Trail(ours)) is how


def test_square_arguments_may_be_swapped_or_transposed() -> None:
    theirs, ours = shaped((3, 5), (5, 3)), shaped((5, 3), (3, 5))
    assert arrangement(Trail(theirs), Trail(ours)) is Arrangement.SWAPPED_OR_TRANSPOSED
    assert arrangement(Trail(did()), Trail(ours)) is Arrangement.ALIKE


def test_arguments_may_come_in_another_order_each_with_its_axis() -> None:
    theirs = shaped((3, 2), (5, 3), in_axes=axes(0, 1))
    for ours, yes in (
        (shaped((5, 3), (3, 2), in_axes=axes(1, 0)), True),
        (shaped((5, 3), (3, 2), in_axes=axes(0, 1)), False),
        (shaped((3, 2), (5, 3), in_axes=axes(0, 1)), False),
        (shaped((3, 2), (5, 3), in_axes=axes(1, 0)), False),
        (did(Z), False),
    ):
        assert arguments_exchanged(Trail(theirs), Trail(ours)) is yes
    assert not arguments_exchanged(Trail(did()), Trail(PAIR))


def test_an_array_may_be_another_one_or_be_turned() -> None:
    for ours, replaced, turned in (
        (PAIR, False, False),
        (shaped((2, 3), (3, 5)), False, True),
        (shaped((3, 9), (3, 5)), True, False),
        (shaped((3, 9), (3, 5), in_axes=axes(1, 0)), False, False),
        (shaped((3, 9)), False, False),
        (shaped((2, 3)), False, True),
        (shaped((3, 9), (3, 5), root=0), False, False),
        (did(Z), False, False),
    ):
        assert inputs_replaced(Trail(PAIR), Trail(ours)) is replaced
        assert inputs_turned(Trail(PAIR), Trail(ours)) is turned


# -------------------------------------------------------------------------------------- a look


def beside(ours: Observation, theirs: Observation = THEIRS, **sizes: int) -> Look:
    return look(theirs, ours, case(**sizes))


def test_only_a_wrong_case_shows_other_shapes() -> None:
    theirs = side(call(in_axes=axes(0, 0)), runs=(run((3, 2), (3, 5)),), answer=Y)
    turned, other = shaped((2, 3), (3, 5)), shaped((3, 9), (3, 5))
    swapped = shaped((3, 5), (3, 2))
    for answer, yes in ((Z, True), (Y, False)):
        outcome = did(answer).outcome
        looks = [
            look(theirs, msgspec.structs.replace(each, outcome=outcome))
            for each in (turned, other, swapped)
        ]
        assert looks[0].inputs_turned is yes
        assert looks[1].inputs_replaced is yes
        assert looks[2].arguments_exchanged is yes


def test_a_case_is_as_long_as_what_the_task_maps() -> None:
    assert beside(mine()).mapped_size == 3
    assert beside(did(Z), did(Y)).mapped_size is None
    by_size = side(call(in_axes=Axis(value=None), axis_size=8), runs=(run(*X),), answer=Y)
    assert beside(mine(), by_size).mapped_size == 8
    unplaced = side(call(axis_size=8), runs=(), answer=raised(), raised=True)
    assert beside(mine(), unplaced).mapped_size == 8


def plain(*outputs: tuple[int, ...], answer: Any = Z, **more: Any) -> Observation:
    """Return a side whose module isn't lifted."""
    own = run(*X, of_call=0, out=outputs, **({"lifted": None} | more))
    return side(runs=(own,), answer=answer)


def test_the_shapes_of_the_output() -> None:
    for ours, shaped_so, sized_so, unlifted in (
        (plain((3, 4)), True, True, False),
        (plain((4, 3)), False, True, True),
        (plain((3, 9)), False, False, True),
        (plain((4, 3), inside=0), False, True, False),
        (side(call(), runs=(run(*X, out=((4, 3),)),)), False, True, False),
        (did(Z), False, False, False),
    ):
        one = beside(ours)
        assert (one.shaped_as_expected, one.sized_as_expected) == (shaped_so, sized_so)
        assert one.misshapen_unlifted is unlifted
    none = beside(did(Z), did(Y))
    assert (none.shaped_as_expected, none.sized_as_expected) == (False, False)


def failing(*more: ModuleRun, by: bool = True, name: str = "Dense", calls: Any = ()) -> Observation:
    top = run(*X, lifted=None, raised=True, class_name=name)
    return side(*calls, runs=(top, *more), answer=raised(), raised=by)


INNER: Final = side(call(), runs=(run(*X), inner((2,))), answer=Y)


def test_the_tasks_module_may_raise_without_being_lifted() -> None:
    assert beside(failing(), INNER).raised_unlifted
    assert not beside(failing(by=False), INNER).raised_unlifted
    assert not beside(failing(name="Conv"), INNER).raised_unlifted
    assert not beside(failing(calls=(call(),)), INNER).raised_unlifted
    assert not beside(failing(), THEIRS).raised_unlifted
    assert not beside(failing(), did(Y)).raised_unlifted
    assert not beside(plain((3, 4)), INNER).raised_unlifted
    assert not beside(did(raised()), INNER).raised_unlifted
    fine = side(runs=(run(*X, lifted=None),), answer=raised(), raised=True)
    assert not beside(fine, INNER).raised_unlifted


def gave(array: Any, answer: Any, *, roots: int = 0, **more: Any) -> Observation:
    """Return a side whose only call gave an array, and what it answered."""
    own = run(*X, **({"digest": of(array), "outputs": (typed(*array.shape),)} | more))
    made = side(call(), runs=(own,), answer=answer)
    others = tuple(root(2 + n, given=(W,)) for n in range(roots))
    return msgspec.structs.replace(
        made, record=msgspec.structs.replace(made.record, roots=(*made.record.roots, *others))
    )


GAVE: Final = gave(Y, Y)
PROCESSED: Final = {
    "other numbers": (gave(Y, Z), GAVE, True),
    "the same": (gave(Z, Z), GAVE, False),
    "another dtype": (gave(Y, msgspec.structs.replace(Z, dtype="int32")), GAVE, False),
    "another number of them": (gave(Y, numbers(1, 2)), GAVE, False),
    "another shape": (gave(Y, numbers(4, 5, 6, shape=(3, 1))), GAVE, True),
    "an unknown output": (gave(Y, Z, digest=None), GAVE, False),
    "one of several calls": (gave(Y, Z, roots=1), GAVE, False),
    "two outputs": (gave(Y, Z, outputs=(typed(3), typed(3))), GAVE, False),
    "a reference that changes them": (gave(Y, Z), gave(Z, Y), False),
    "no array": (gave(Y, (Z, Z)), GAVE, False),
}


@pytest.mark.parametrize(("ours", "theirs", "yes"), PROCESSED.values(), ids=PROCESSED)
def test_the_answer_may_have_other_numbers_than_the_module_gave(
    ours: Observation, theirs: Observation, *, yes: bool
) -> None:
    assert beside(ours, theirs).processed is yes


def test_a_call_that_raised_is_none_that_gave_the_answer() -> None:
    ours = gave(Y, Z)
    failed = root(2, given=(W,), raised=True)
    record = msgspec.structs.replace(ours.record, roots=(*ours.record.roots, failed))
    assert beside(msgspec.structs.replace(ours, record=record), GAVE).processed


def test_all_numbers_may_be_off_by_one_factor() -> None:
    for answer, factor in (
        (numbers(2, 4, 6), 2.0),
        (numbers(1, 2, 3), None),
        (numbers(2, 4, 7), None),
        (numbers(2, 4, 6, shape=(1, 3)), None),
        (numbers(float("inf"), 1, float("inf")), None),
        ((Z, Z), None),
    ):
        assert look(did(), did(answer)).factor == factor
    assert look(did(numbers(2)), did(numbers(4))).factor is None
    assert look(did(numbers(0, 0)), did(numbers(4, 4))).factor is None
    assert look(did((Y, Y)), did(Z)).factor is None


def test_axes_are_called_by_the_shapes_of_the_arguments() -> None:
    one = beside(mine())
    assert one.axis_noun((3, 2), 1) == "the inputs"
    assert one.axis_noun((3, 2), 2) is None
    assert one.axis_noun((3, 2), -1) is None
    assert one.axis_noun((9, 2), 0) is None
    assert one.mapped_noun(call(in_axes=axes(None, 1)), (typed(9), typed(3, 2))) == "the inputs"
    assert one.mapped_noun(call(in_axes=Axis(value=None)), (typed(3, 2),)) is None


def test_variables_may_be_made_elsewhere_or_moved() -> None:
    known, other = variable("params/a/w", 2, digest="w"), variable("params/w", 2, digest="w")

    def applied(given: Variable, made: Variable) -> Observation:
        roots = (root(0, kind="init", forward=False, made=(made,)), root(1, given=(given,)))
        return did(Z, roots=roots)

    theirs = applied(other, other)
    strange = variable("params/w", 2, digest="z")
    for given, made, elsewhere, moved in (
        (known, other, True, True),
        (strange, other, True, False),
        (other, known, False, False),
    ):
        one = beside(applied(given, made), theirs)
        assert (one.made_elsewhere, one.moved) == (elsewhere, moved)
    once = did(Z, roots=(root(0, made=(other,)),))
    assert not beside(once, theirs).made_elsewhere
    assert not beside(did(Z), theirs).moved
