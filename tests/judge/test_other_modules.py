"""Whether what was lifted is the task's module, and which lifted call an exception came from."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.symptom import raised_by_knobs, shown, told_by
from grader.model.observation import (
    Axis,
    AxisEntry,
    Configured,
    ModuleRun,
    Names,
    Observation,
    Setting,
    Span,
    SplitEntry,
    StreamKey,
    Variable,
    digest,
)
from grader.rules.wrong_module import RULE, has_other_parts, raises_as_other
from tests.judge.made import (
    TASK,
    did,
    evidence,
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

VMAP: Final = msgspec.structs.replace(TASK, module="nn.Dense")
OWN: Final = msgspec.structs.replace(TASK, module="Layer")
Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
X: Final = (typed(3, 3),)
W: Final = variable("params/w", 2, digest="w")
OTHER_NAME: Final = variable("params/v", 2, digest="w")
OTHER_SHAPE: Final = variable("params/w", 9, digest="x")
TEXT: Final = """\
import flax.linen as nn
def forward(seed, x, width):
    return nn.vmap(Other)(width).apply(v, x)
"""
CALL_AT: Final = Span(line=3, column=12, end_line=3, end_column=26)
IN_FLAX: Final[dict[str, Any]] = {"target": "Dense", "defined_in": "flax.linen.linear"}
IN_TASK: Final[dict[str, Any]] = {"target": "Layer", "defined_in": "submission"}
CONV: Final[dict[str, Any]] = {"target": "Conv", "defined_in": "flax.linen.linear"}
MINE: Final[dict[str, Any]] = {"target": "Mine", "defined_in": "submission"}
SUB: Final[dict[str, Any]] = {**MINE, "bases": ("flax.linen.linear.Dense",)}


def all_of(array: Any) -> str:
    return digest(of(array).encode())


def ran(gave: Any = Y, taken: str | None = "x", **more: Any) -> ModuleRun:
    plain = {
        "lifted": 0,
        "root": 1,
        "inputs": X,
        "outputs": (typed(3),),
        "digest": of(gave),
        "taken": taken,
        "given": all_of(gave),
    }
    return module(**(plain | more))


def side(
    of_call: dict[str, Any],
    run: ModuleRun | None = None,
    answer: Any = Z,
    *,
    given: tuple[Variable, ...] = (W,),
    more: tuple[ModuleRun, ...] = (),
    keys: tuple[StreamKey, ...] = (),
    failed: bool = False,
    late: tuple[StreamKey, ...] = (),
    **record: Any,
) -> Observation:
    roots = (
        root(0, kind="init", forward=False, made=given, keys=keys),
        root(1, given=given, raised=failed, configured=record.pop("configured", ()), keys=late),
    )
    call = lifted(0, span=CALL_AT, **of_call)
    return did(answer, roots=roots, lifted=(call,), modules=(*more, run or ran()), **record)


DENSE: Final = side(IN_FLAX, answer=Y)
LAYER: Final = side(IN_TASK, answer=Y)


def said(ours: Observation, theirs: Observation = DENSE, task: Any = VMAP) -> str | None:
    found = list(RULE.find(evidence([look(theirs, ours, task=task)], TEXT, task)))
    assert len(found) < 2
    return found[0].message if found else None


OTHER: Final = "Conv is lifted, not nn.Dense"
OWN_ONE: Final = "Mine is lifted, not nn.Dense"
CHANGED: Final = "Layer computes something other than the task's Layer"
REBUILT: Final = "this Layer isn't the task's Layer: it has different parameters"
X64: Final = Configured(name="jax_enable_x64", value="True", usual="False")
KEYS: Final = tuple((StreamKey(stream="params", data=each),) for each in "ab")
SAID: Final = {
    "another layer with other names": (side(CONV, given=(OTHER_NAME,)), OTHER),
    "another layer with other shapes, and a right answer": (
        side(CONV, answer=Y, given=(OTHER_SHAPE,)),
        OTHER,
    ),
    "another layer with other shapes, and a wrong one": (side(CONV, given=(OTHER_SHAPE,)), None),
    "another layer that gave other numbers": (side(CONV, ran(Z)), OTHER),
    "another layer of which other numbers were made": (side(CONV, ran(Y)), None),
    "another layer that is right": (side(CONV, answer=Y), None),
    "the task's layer, changed": (
        side(IN_FLAX, ran(Z)),
        "Dense computes something other than the task's nn.Dense",
    ),
    "the task's layer with other names": (side(IN_FLAX, given=(OTHER_NAME,)), None),
    "its own class with the same parameters": (side(MINE, answer=Y), None),
    "its own class with other names": (side(MINE, given=(OTHER_NAME,)), OWN_ONE),
    "a subclass that gave other numbers": (side(SUB, ran(Z)), OWN_ONE),
    "a subclass with other shapes, and a right answer": (
        side(SUB, answer=Y, given=(OTHER_SHAPE,)),
        None,
    ),
    "a subclass with another setting": (
        side(SUB, ran(Z, settings=(Setting(name="rate", text="2", default=False),))),
        OWN_ONE,
    ),
    "other numbers from another key": (side(CONV, ran(Z), keys=KEYS[0]), OTHER),
    "other numbers with a setting of jax": (side(CONV, ran(Z), configured=(X64,)), None),
    "another layer that raised": (side(CONV, ran(raised=True), raised("no"), failed=True), OTHER),
    "its own class that raised": (side(MINE, ran(raised=True), raised("no"), failed=True), None),
    "another layer, beside something that raised": (
        side(CONV, ran(), raised("no"), failed=True),
        None,
    ),
    "another layer over another axis": (
        side({**CONV, "in_axes": Axis(value=1)}, ran(Z)),
        None,
    ),
}


@pytest.mark.parametrize(("ours", "words"), SAID.values(), ids=SAID)
def test_another_module_is_told_if_that_shows(ours: Observation, words: str | None) -> None:
    assert said(ours) == words


def test_other_numbers_are_told_of_the_same_key_alone() -> None:
    keyed = side(IN_FLAX, answer=Y, keys=KEYS[0])
    assert said(side(CONV, ran(Z), keys=KEYS[0]), keyed) == OTHER
    assert said(side(CONV, ran(Z), keys=KEYS[1]), keyed) is None


def test_a_subclass_whose_setting_is_named_is_not_told() -> None:
    settings = [(Setting(name="rate", text=each, default=False),) for each in "12"]
    theirs = side(IN_FLAX, ran(settings=settings[0]), answer=Y)
    for of_call, words in ((SUB, None), (CONV, OTHER)):
        ours = side(of_call, ran(Z, settings=settings[1]), given=(OTHER_NAME,))
        modes = [
            (Setting(name="deterministic", text=each, default=False),) for each in ("True", "False")
        ]
        evaluated = side(of_call, ran(Z, settings=modes[1]), given=(OTHER_NAME,))
        trained = side(IN_FLAX, ran(settings=modes[0]), answer=Y)
        assert said(evaluated, trained) == words
        assert said(ours, theirs) in {words, OWN_ONE}


LATE: Final = (StreamKey(stream="dropout", data="d"),)
CLASSES: Final = {
    "other numbers": (side(IN_TASK, ran(Z)), CHANGED),
    "the same numbers": (side(IN_TASK, ran(Y)), None),
    "a right answer": (side(IN_TASK, ran(Z), answer=Y), None),
    "another input": (side(IN_TASK, ran(Z, "other")), None),
    "an input of another shape": (side(IN_TASK, ran(Z, inputs=(typed(9),))), None),
    "an unknown input": (side(IN_TASK, ran(Z, None)), None),
    "an unknown output": (side(IN_TASK, ran(Z, given=None)), None),
    "other variables": (side(IN_TASK, ran(Z), given=(variable("params/w", 2, digest="o"),)), None),
    "changed afterwards": (side(IN_TASK, ran(Z), answer=numbers(7)), None),
    "with a setting of jax": (side(IN_TASK, ran(Z), configured=(X64,)), None),
    "in init": (side(IN_TASK, ran(Z, root=0)), None),
    "other names": (side(IN_TASK, ran(Z), given=(OTHER_NAME,), answer=Y), REBUILT),
    "other shapes": (side(IN_TASK, ran(Z), given=(OTHER_SHAPE,), answer=Y), None),
    "another collection": (
        side(IN_TASK, given=(variable("cache/w", 2), W), answer=Y),
        None,
    ),
    "over another axis": (side({**IN_TASK, "in_axes": Axis(value=1)}, ran(Z)), None),
}


@pytest.mark.parametrize(("ours", "words"), CLASSES.values(), ids=CLASSES)
def test_the_tasks_class_may_have_been_changed(ours: Observation, words: str | None) -> None:
    assert said(ours, LAYER, OWN) == words


def test_a_changed_class_is_told_with_the_same_keys_and_settings_alone() -> None:
    keyed = side(IN_TASK, answer=Y, keys=KEYS[0])
    assert said(side(IN_TASK, ran(Z), keys=KEYS[0]), keyed, OWN) == CHANGED
    assert said(side(IN_TASK, ran(Z), keys=KEYS[1]), keyed, OWN) is None
    unknown = (StreamKey(stream="params", data=None),)
    assert said(side(IN_TASK, ran(Z), keys=unknown), keyed, OWN) is None
    drops = side(IN_TASK, answer=Y, late=LATE)
    assert said(side(IN_TASK, ran(Z), late=LATE), drops, OWN) == CHANGED
    assert said(side(IN_TASK, ran(Z)), drops, OWN) is None
    settings = [(Setting(name="rate", text=each, default=False),) for each in "12"]
    theirs = side(IN_TASK, ran(settings=settings[0]), answer=Y)
    assert said(side(IN_TASK, ran(Z, settings=settings[0])), theirs, OWN) == CHANGED
    assert said(side(IN_TASK, ran(Z, settings=settings[1])), theirs, OWN) is None


WRAPPER: Final = module(
    class_name="Outer", root=1, inputs=X, outputs=(typed(3),), defined_in="submission"
)


def test_the_lifted_module_may_run_inside_of_another() -> None:
    inner = ran(path=("layer",), depth=1)
    moved = (variable("params/layer/w", 2, digest="w"),)
    words = "the lifted nn.Dense runs inside Outer"
    assert said(side(IN_FLAX, inner, given=moved, more=(WRAPPER,))) == words
    assert said(side(IN_FLAX, inner, more=(WRAPPER,))) is None
    assert said(side(IN_FLAX, inner, answer=Y, given=moved, more=(WRAPPER,))) is None
    deeper = msgspec.structs.replace(WRAPPER, path=("a",))
    assert said(side(IN_FLAX, inner, given=moved, more=(deeper,))) is None
    assert said(side(IN_FLAX, ran(depth=1), given=moved, more=(WRAPPER,))) is None


def test_the_tasks_own_part_is_looked_at_where_it_lifts_one() -> None:
    part = {"path": ("part",), "depth": 1}
    theirs = side(IN_FLAX, ran(**part), answer=Y, given=(variable("params/part/w", 2, digest="w"),))
    for name, given, other in (
        ("mine", "params/mine/w", False),
        ("mine", "params/mine/v", True),
        ("mine", "params/other/w", False),
    ):
        ours = side(IN_FLAX, ran(path=(name,), depth=1), given=(variable(given, 2, digest="w"),))
        assert has_other_parts(look(theirs, ours)) is other


def test_only_another_layer_of_flaxs_raises_as_another() -> None:
    for of_call, run, failed, yes in (
        (CONV, ran(raised=True), True, True),
        (CONV, ran(), True, False),
        (CONV, ran(raised=True, root=0), True, False),
        (MINE, ran(raised=True), True, False),
        (IN_FLAX, ran(raised=True), True, False),
        ({**CONV, "bases": ("flax.linen.linear.Dense",)}, ran(raised=True), True, False),
    ):
        one = look(DENSE, side(of_call, run, raised("no"), failed=failed))
        (lifted_run, *_) = one.actual.lifted(one.actual.answer) or one.actual.lifted(
            one.actual.maker
        )
        assert raises_as_other(one, lifted_run) is yes
    unlifted = look(did(Y), side(CONV, ran(raised=True), raised("no"), failed=True))
    assert not raises_as_other(unlifted, unlifted.actual.lifted(unlifted.actual.answer)[0])


# ------------------------------------------------------------------- what a deviation shows

SHARED: Final = AxisEntry(filter=Names(names=("params",)), axis=None)
EACH: Final = AxisEntry(filter=Names(names=("params",)), axis=0)
UNSPLIT: Final = SplitEntry(filter=Names(names=("params",)), split=False)
SPLIT: Final = SplitEntry(filter=Names(names=("params",)), split=True)
RIGHT: Final[dict[str, Any]] = {
    **IN_FLAX,
    "variable_axes": (SHARED,),
    "split_rngs": (UNSPLIT,),
    "axis_name": "batch",
}
MAPPED: Final = side(RIGHT, answer=Y, keys=KEYS[0])


def deviating(
    run: ModuleRun | None = None,
    answer: Any = Z,
    *,
    more: Any = (),
    given: Any = (W,),
    failed: bool = False,
    **change: Any,
) -> Look:
    call = {**RIGHT, **change}
    ours = side(call, run, answer, more=more, given=given, keys=KEYS[0], failed=failed)
    made = msgspec.structs.replace(ours.record, modules=(*ours.record.modules, ran(root=0)))
    return look(MAPPED, msgspec.structs.replace(ours, record=made), task=VMAP)


def blamed(one: Look, *, reorders: bool = False) -> list[str]:
    return sorted({each.knob.value for each in shown(one, reorders=reorders)})


IN: Final = {"in_axes": Axis(value=1)}
OUT: Final = {"out_axes": Axis(value=-1)}
AXES: Final = {"variable_axes": (EACH,)}
KEYED: Final = {"split_rngs": (SPLIT,)}
NAME: Final = {"axis_name": "other"}
MANY: Final = {"outputs": (typed(3, 4),)}


def error(message: str, name: str = "ValueError", library: str | None = "flax.linen") -> Any:
    return raised(message, name, library=library)


BLAMED: Final = {
    "another axis": (deviating(**IN), ["in_axes"]),
    "another axis, and a right answer": (deviating(answer=Y, **IN), []),
    "weights for each": (deviating(given=(variable("params/w", 3, 2),), **AXES), ["variable_axes"]),
    "weights for each that don't show": (deviating(**AXES), []),
    "weights that aren't listed": (
        deviating(given=(OTHER_SHAPE,), variable_axes=()),
        ["variable_axes"],
    ),
    "weights that another module doesn't list": (
        deviating(given=(OTHER_SHAPE,), variable_axes=(), **CONV),
        [],
    ),
    "a split key": (deviating(**KEYED), ["split_rngs"]),
    "a split key, and a right answer": (deviating(answer=Y, **KEYED), []),
    "another name": (deviating(**NAME), []),
    "another name that raised": (
        deviating(answer=error("unbound axis name: batch"), failed=True, **NAME),
        ["axis_name"],
    ),
    "another name that raised by the program": (
        deviating(answer=error("unbound axis name: batch", library=None), failed=True, **NAME),
        [],
    ),
    "another axis that raised": (
        deviating(answer=error("axis_size 3 is wrong"), failed=True, **IN),
        ["in_axes"],
    ),
    "another exception": (deviating(answer=error("no"), failed=True, **IN), []),
    "a part that raised": (
        deviating(
            answer=error("no"),
            failed=True,
            more=(ran(inside=0, lifted=None, raised=True, depth=1),),
            **IN,
        ),
        ["in_axes"],
    ),
    "a part that didn't": (
        deviating(
            answer=error("no"), failed=True, more=(ran(inside=0, lifted=None, depth=1),), **IN
        ),
        [],
    ),
    "one of two that raised": (
        deviating(answer=error("axis_size 3 is wrong"), failed=True, **IN, **NAME),
        ["in_axes"],
    ),
    "both that raised": (
        deviating(answer=error("axis_size 3 is wrong"), failed=True, **IN, **KEYED),
        ["in_axes", "split_rngs"],
    ),
}


@pytest.mark.parametrize(("one", "knobs"), BLAMED.values(), ids=BLAMED)
def test_a_deviation_is_blamed_for_its_own_effect(one: Look, knobs: list[str]) -> None:
    assert blamed(one) == knobs
    assert raised_by_knobs(one) is (one.raised is not None and bool(knobs))


def test_an_exception_is_told_by_what_caused_it() -> None:
    one = deviating(answer=error("axis_size 3 is wrong"), failed=True, **IN, **NAME)
    told = {each.knob.value: bool(told_by(one, each)) for each in one.deviations}
    assert told == {"in_axes": True, "axis_name": False}
    silent = deviating(**IN)
    assert not any(told_by(silent, each) for each in silent.deviations)


def gave(array: Any, answer: Any, **more: Any) -> Look:
    """Return a case whose module put its axis elsewhere in a table."""
    theirs = side(
        RIGHT,
        ran(numbers(*range(6), shape=(3, 2)), outputs=(typed(3, 2),)),
        numbers(*range(6), shape=(3, 2)),
        keys=KEYS[0],
    )
    run = ran(array, **({"outputs": (typed(*array.shape),)} | more))
    return look(
        theirs, side({**RIGHT, "out_axes": Axis(value=1)}, run, answer, keys=KEYS[0]), task=VMAP
    )


TABLE: Final = numbers(0, 2, 4, 1, 3, 5, shape=(2, 3))
ROW: Final = numbers(0, 2, 4, shape=(1, 3))


def test_an_axis_out_is_blamed_unless_it_was_moved_back() -> None:
    back = numbers(0, 1, 2, 3, 4, 5, shape=(3, 2))
    other = numbers(9, 8, 7, 6, 5, 4, shape=(2, 3))
    for one, reorders, yes in (
        (gave(TABLE, TABLE), False, True),
        (gave(TABLE, TABLE), True, True),
        (gave(TABLE, numbers(0, 2, 4, 1, 3, 5)), False, True),
        (gave(TABLE, numbers(0, 1, 2, 3, 4, 5)), False, False),
        (gave(TABLE, other), True, False),
        (gave(TABLE, other), False, True),
        (gave(ROW, ROW), False, False),
        (gave(TABLE, back), False, False),
        (gave(TABLE, TABLE, digest=None), False, True),
        (gave(TABLE, other, digest=None), True, False),
        (gave(TABLE, TABLE, digest=None), True, True),
    ):
        assert blamed(one, reorders=reorders) == (["out_axes"] if yes else [])
