"""What numbers a module got and gave, and what changed them: input, variables, settings."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import pytest

from grader.evidence import Look
from grader.evidence.altered import Part, altered_look, before_and_after, lifted_part
from grader.evidence.configuration import computing, gave_otherwise
from grader.evidence.jitted import jitted
from grader.evidence.settings import (
    given_class,
    other_size,
    setting_differences,
    settings_that_show,
    unnamed_axes,
)
from grader.evidence.stage import Stage, astray, stage
from grader.evidence.uses import part as of_transforms
from grader.model.case import ArrayValue
from grader.model.observation import (
    Axis,
    Configured,
    ModuleRun,
    Observation,
    Setting,
    StreamKey,
    Variable,
    digest,
)
from grader.model.transcript import Exchange
from tests.judge.made import (
    TASK,
    case,
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

Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
W: Final = variable("params/w", 2, digest="w")
OTHER_W: Final = variable("params/w", 2, digest="o")
X_IN: Final = (typed(3),)


def all_of(*arrays: ArrayValue) -> str:
    return digest("".join(of(each) for each in arrays).encode())


def ran(gave: ArrayValue = Y, taken: str | None = "x", **more: Any) -> ModuleRun:
    plain = {
        "root": 1,
        "inputs": X_IN,
        "outputs": (typed(*gave.shape),),
        "digest": of(gave),
        "taken": taken,
        "given": all_of(gave),
    }
    return module(**(plain | more))


def side(
    run: ModuleRun | None,
    answer: Any = Y,
    *,
    given: tuple[Variable, ...] = (W,),
    init: tuple[Variable, ...] | None = (W,),
    made: tuple[Variable, ...] = (),
    keys: tuple[StreamKey, ...] = (),
    late: tuple[StreamKey, ...] = (),
    configured: tuple[Configured, ...] = (),
    **record: Any,
) -> Observation:
    """Return what a side did that made variables and applied a module."""
    roots = [root(1, given=given, made=made, keys=late, configured=configured)]
    if init is not None:
        roots.insert(0, root(0, kind="init", forward=False, made=init, keys=keys))
    return did(answer, roots=tuple(roots), modules=(run,) if run is not None else (), **record)


REFERENCE: Final = side(ran())


def against(ours: Observation, theirs: Observation = REFERENCE) -> Look:
    return look(theirs, ours)


SCALED: Final = variable("params/w", 2, digest="z")
STAT, NEW = variable("stats/m", 3, digest=of(Z)), variable("stats/m", 3, digest=of(Y))
WRITES: Final = side(ran(), (Y, Z), given=(W,), made=(STAT,))
STAGES: Final = {
    "a right answer": (side(ran()), REFERENCE, None),
    "changed afterwards": (side(ran(), Z), REFERENCE, Stage.OUTPUT),
    "another input": (side(ran(Z, "other"), Z), REFERENCE, Stage.INPUT),
    "another input of the same numbers": (
        side(ran(Z, inputs=(typed(1, 3),)), Z),
        REFERENCE,
        Stage.INPUT,
    ),
    "another input, changed afterwards": (
        side(ran(Z, "other"), numbers(7)),
        REFERENCE,
        Stage.BOTH,
    ),
    "another module, changed afterwards": (side(ran(Z), numbers(7)), REFERENCE, None),
    "another module": (side(ran(Z), Z), REFERENCE, None),
    "other variables": (side(ran(Z), Z, given=(SCALED,)), REFERENCE, Stage.VARIABLES),
    "other variables from the start": (
        side(ran(Z), Z, given=(SCALED,), init=(SCALED,)),
        REFERENCE,
        None,
    ),
    "other variables that weren't made here": (
        side(ran(Z), Z, given=(SCALED,), init=None),
        REFERENCE,
        None,
    ),
    "other variables and input": (side(ran(Z, "other"), Z, given=(SCALED,)), REFERENCE, None),
    "other variables and input, changed afterwards": (
        side(ran(Z, "other"), numbers(7), given=(SCALED,)),
        REFERENCE,
        None,
    ),
    "variables that aren't known": (
        side(ran(Z), Z, given=(SCALED,), init=(variable("params/w", 2),)),
        REFERENCE,
        None,
    ),
    "other shapes": (side(ran(Z, "other"), Z, given=(variable("params/w", 9),)), REFERENCE, None),
    "an unknown input": (side(ran(Z, None), Z), REFERENCE, None),
    "an unknown input of the task's": (side(ran(Z, "other"), Z), side(ran(taken=None)), None),
    "an unknown output": (side(ran(Z, given=None), Z), REFERENCE, None),
    "an unknown output of the task's": (side(ran(Z, "other"), Z), side(ran(given=None)), None),
    "no module": (side(None, Z), REFERENCE, None),
    "no module of the task's": (side(ran(), Z), side(None), None),
    "another key": (
        side(ran(Z, "other"), Z, keys=(StreamKey(stream="params", data="a"),)),
        side(ran(), keys=(StreamKey(stream="params", data="b"),)),
        None,
    ),
    "an exception": (side(ran(), raised()), REFERENCE, None),
    "another input of one that writes": (
        side(ran(Z, "other"), (numbers(7), Z), made=(STAT,)),
        WRITES,
        None,
    ),
    "updates behind the output": (side(ran(Z, "other"), (Z, Y), made=(NEW,)), WRITES, Stage.INPUT),
    "other updates": (side(ran(), (Y, Y), made=(NEW,)), WRITES, None),
    "the same updates, changed afterwards": (
        side(ran(), (Z, Z), made=(STAT,)),
        WRITES,
        Stage.OUTPUT,
    ),
    "no updates": (side(ran(), (Z, Z)), WRITES, None),
}


@pytest.mark.parametrize(("ours", "theirs", "told"), STAGES.values(), ids=STAGES)
def test_where_the_numbers_went_wrong(
    ours: Observation, theirs: Observation, told: Stage | None
) -> None:
    assert stage(against(ours, theirs)) is told


def test_what_goes_wrong_outside_of_the_module() -> None:
    for ours, yes in (
        (side(ran(), Z), True),
        (side(ran(Z, "other"), Z), True),
        (side(ran(Z, "other"), numbers(7)), True),
        (side(ran(Z), Z, given=(SCALED,)), False),
        (side(ran(), (Z, Z)), False),
        (side(ran(numbers(1, 2), "other"), numbers(1, 2)), False),
    ):
        assert astray(against(ours)) is yes
    twice = side(ran(), Z)
    more = msgspec.structs.replace(twice.record, roots=(*twice.record.roots, root(2)))
    assert not astray(against(msgspec.structs.replace(twice, record=more)))
    failed = msgspec.structs.replace(
        twice.record, roots=(*twice.record.roots, root(2, raised=True))
    )
    assert astray(against(msgspec.structs.replace(twice, record=failed)))


# ---------------------------------------------------------------------------------- a setting

X64: Final = Configured(name="jax_enable_x64", value="True", usual="False")
GAVE: Final = {
    "other numbers": (side(ran(Z), Z), REFERENCE, True),
    "the same numbers": (side(ran(), Z), REFERENCE, False),
    "a right answer": (side(ran(Z)), REFERENCE, False),
    "another input": (side(ran(Z, "other"), Z), REFERENCE, False),
    "other variables": (side(ran(Z), Z, given=(SCALED,)), REFERENCE, False),
    "an unknown input": (side(ran(Z, None), Z), side(ran(taken=None)), False),
    "an unknown output": (side(ran(Z, given=None), Z), REFERENCE, False),
    "an unknown output of the task's": (side(ran(Z), Z), side(ran(given=None)), False),
    "no module": (side(None, Z), REFERENCE, False),
    "no module of the task's": (side(ran(Z), Z), side(None), False),
    "no call": (did(Z), REFERENCE, False),
}


@pytest.mark.parametrize(("ours", "theirs", "yes"), GAVE.values(), ids=GAVE)
def test_a_module_may_give_other_numbers_from_the_same(
    ours: Observation, theirs: Observation, *, yes: bool
) -> None:
    assert gave_otherwise(against(ours, theirs)) is yes
    roots = tuple(msgspec.structs.replace(each, configured=(X64,)) for each in ours.record.roots)
    record = msgspec.structs.replace(ours.record, roots=roots)
    set_so = against(msgspec.structs.replace(ours, record=record), theirs)
    assert (computing(set_so) is not None) is yes
    assert computing(against(ours, theirs)) is None


def test_a_setting_isnt_blamed_beside_another_key_or_axis() -> None:
    keyed = [(StreamKey(stream="params", data=each),) for each in "ab"]
    ours = side(ran(Z), Z, keys=keyed[0], configured=(X64,))
    assert computing(against(ours, side(ran(), keys=keyed[0]))) is not None
    assert computing(against(ours, side(ran(), keys=keyed[1]))) is None
    calls = [lifted(0, in_axes=Axis(value=each)) for each in (0, 1)]
    square = {"lifted": 0, "inputs": (typed(3, 3),)}
    mapped = [
        side(ran(gave, **square), answer, configured=some, lifted=(call,))
        for gave, answer, some, call in ((Z, Z, (X64,), calls[1]), (Y, Y, (), calls[0]))
    ]
    assert computing(against(*mapped)) is None
    alike = side(ran(Z, **square), Z, configured=(X64,), lifted=(calls[0],))
    assert computing(against(alike, mapped[1])) is not None


# --------------------------------------------------------------------------------------- nn.jit

JIT: Final = "import flax.linen as nn\nLayer = nn.jit(Dense)\n"
TRACED: Final = ran(Z, given=None)
LATE: Final = (StreamKey(stream="dropout", data="d"),)
DROPS: Final = side(ran(), late=LATE)
JITTED: Final = {
    "other masks": (side(ran(Z), Z, late=LATE), DROPS, JIT, True),
    "other numbers without masks": (side(ran(Z), Z), REFERENCE, JIT, False),
    "the same numbers": (side(ran(), Z, late=LATE), DROPS, JIT, False),
    "a traced module with masks": (side(TRACED, Z, late=LATE), DROPS, JIT, True),
    "a traced module without masks": (side(TRACED, Z), REFERENCE, JIT, False),
    "a traced module, a right answer": (side(TRACED, Y, late=LATE), DROPS, JIT, False),
    "a traced module of other variables": (
        side(TRACED, Z, late=LATE, given=(SCALED,)),
        DROPS,
        JIT,
        False,
    ),
    "a traced module of unknown variables": (
        side(TRACED, Z, late=LATE, given=(variable("params/w", 2),)),
        side(ran(), late=LATE, given=(variable("params/w", 2),)),
        JIT,
        False,
    ),
    "a traced module beside another transform": (
        side(TRACED, Z, late=LATE),
        DROPS,
        f"{JIT}jax.grad(f)\n",
        False,
    ),
    "other masks beside another transform": (
        side(ran(Z), Z, late=LATE),
        DROPS,
        f"{JIT}jax.grad(f)\n",
        True,
    ),
    "no module": (side(None, Z, late=LATE), DROPS, JIT, False),
    "other weights": (
        side(
            ran(Z),
            Z,
            given=(OTHER_W,),
            init=(OTHER_W,),
            keys=(StreamKey(stream="params", data="a"),),
        ),
        side(ran(), keys=(StreamKey(stream="params", data="a"),)),
        JIT,
        True,
    ),
    "other weights of another key": (
        side(
            ran(Z),
            Z,
            given=(OTHER_W,),
            init=(OTHER_W,),
            keys=(StreamKey(stream="params", data="b"),),
        ),
        side(ran(), keys=(StreamKey(stream="params", data="a"),)),
        JIT,
        False,
    ),
    "another setting": (
        side(ran(Z, settings=(Setting(name="rate", text="1", default=False),)), Z, late=LATE),
        side(ran(settings=(Setting(name="rate", text="2", default=False),)), late=LATE),
        JIT,
        False,
    ),
    "no jit": (side(ran(Z), Z, late=LATE), DROPS, "nn.vmap(Dense)\n", False),
    "two jits": (side(ran(Z), Z, late=LATE), DROPS, f"{JIT}nn.jit(Dense)\n", False),
    "a jit of jax": (side(ran(Z), Z, late=LATE), DROPS, "jax.jit(f)\n", False),
    "a jit of both": (side(ran(Z), Z, late=LATE), DROPS, f"{JIT}jax.jit(f)\n", True),
    "a jit by name": (
        side(ran(Z), Z, late=LATE),
        DROPS,
        "from flax.linen import vmap, jit as j\nL = j(Dense)\n",
        True,
    ),
    "a jit by another name": (
        side(ran(Z), Z, late=LATE),
        DROPS,
        "from flax.linen import vmap as j\nL = j(Dense)\n",
        False,
    ),
    "a jit of another module": (
        side(ran(Z), Z, late=LATE),
        DROPS,
        "from jax import jit\nL = jit(Dense)\n",
        False,
    ),
    "a decorator": (side(ran(Z), Z, late=LATE), DROPS, "@nn.jit\ndef f(m, x):\n    pass\n", True),
    "by its whole name": (side(ran(Z), Z, late=LATE), DROPS, "flax.linen.jit(Dense)\n", True),
}


@pytest.mark.parametrize(("ours", "theirs", "text", "yes"), JITTED.values(), ids=JITTED)
def test_flax_jit_may_draw_other_numbers(
    ours: Observation, theirs: Observation, text: str, *, yes: bool
) -> None:
    one = against(ours, theirs)
    assert (jitted(evidence([one], text), one) is not None) is yes


# -------------------------------------------------------------------------- played once more

LIFTED: Final = lifted(0)


def passing(gave: ArrayValue, answer: Any, altered: int = 0, **more: Any) -> Observation:
    run = ran(gave, lifted=0)
    return side(run, answer, lifted=(LIFTED,), altered=altered, **more)


def turned(array: ArrayValue) -> ArrayValue:
    """Return what a lifted module gives in place of an array."""
    return ArrayValue.of(1 - 2 * array.numpy())


OTHERS: Final = turned(Y)
HALF: Final = numbers(0, 0, 0)
RIGHT: Final = passing(Y, Y)
ALTERED: Final = {
    "all of it": (passing(Y, OTHERS, 1), Part.ALL),
    "none of it": (passing(Y, Y, 1), Part.NONE),
    "some of it": (passing(Y, HALF, 1), Part.SOME),
    "another shape": (passing(Y, numbers(*OTHERS.numpy(), shape=(1, 3)), 1), Part.SOME),
    "no array": (passing(Y, (OTHERS, OTHERS), 1), Part.UNKNOWN),
    "nothing was changed": (passing(Y, OTHERS, 0), Part.UNKNOWN),
    "not all was recorded": (passing(Y, OTHERS, 1, truncated=True), Part.UNKNOWN),
    "an exception": (passing(Y, raised(), 1), Part.UNKNOWN),
}


def part(after: Observation, before: Look | None = None, text: str = "", **more: Any) -> Part:
    first = before or look(RIGHT, RIGHT)
    changed = Exchange(case=more.pop("of_case", case()), expected=RIGHT, actual=after)
    some = evidence([first], text)
    transcript = msgspec.structs.replace(some.transcript, altered=changed)
    return lifted_part(type(some)(transcript))


@pytest.mark.parametrize(("after", "told"), ALTERED.values(), ids=ALTERED)
def test_how_much_of_the_answer_is_the_lifted_modules(after: Observation, told: Part) -> None:
    assert part(after) is told


def test_a_program_that_compares_arrays_may_fall_back() -> None:
    assert part(passing(Y, Y, 1), text="if jnp.allclose(y, z):\n    y = z\n") is Part.SOME
    assert part(passing(Y, OTHERS, 1), text="if jnp.allclose(y, z):\n    y = z\n") is Part.ALL


def test_only_a_right_answer_of_the_same_case_counts() -> None:
    after = passing(Y, OTHERS, 1)
    assert part(after, look(RIGHT, passing(Y, raised()))) is Part.UNKNOWN
    assert part(after, of_case=case(9)) is Part.UNKNOWN
    none = evidence([look(RIGHT, RIGHT)])
    assert altered_look(none) is None
    assert before_and_after(none) is None
    assert lifted_part(none) is Part.UNKNOWN


ENDLESS: Final = numbers(1, np.inf, 3)
WRONG: Final = {
    "it stayed the same": (Z, Z, "", Part.NONE),
    "it changed": (Z, OTHERS, "", Part.UNKNOWN),
    "it has no place for another number": (ENDLESS, ENDLESS, "", Part.UNKNOWN),
    "it may be what the program fell back to": (Z, Z, "if jnp.allclose(y, z): y", Part.UNKNOWN),
    "it has another shape": (numbers(1, 2), numbers(1, 2), "", Part.UNKNOWN),
}


@pytest.mark.parametrize(("before", "after", "text", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_that_stays_the_same_tells_something(
    before: ArrayValue, after: ArrayValue, text: str, told: Part
) -> None:
    first = look(RIGHT, passing(Y, before))
    assert part(passing(Y, after, 1), first, text) is told
    changed = Exchange(case=case(), expected=RIGHT, actual=passing(Y, after, 1))
    some = evidence([first], text)
    found = type(some)(msgspec.structs.replace(some.transcript, altered=changed))
    assert of_transforms(found) is told


def test_a_reference_that_changes_the_numbers_tells_nothing() -> None:
    changed = passing(Z, Y)
    some = evidence([look(changed, RIGHT)])
    exchange = Exchange(case=case(), expected=changed, actual=passing(Y, OTHERS, 1))
    assert (
        lifted_part(type(some)(msgspec.structs.replace(some.transcript, altered=exchange)))
        is Part.UNKNOWN
    )


# -------------------------------------------------------------------------------- how it was made


def setting(name: str, text: str, *, default: bool = False) -> Setting:
    return Setting(name=name, text=text, default=default)


def layer(*settings: Setting, **more: Any) -> ModuleRun:
    return ran(settings=settings, **more)


def whole(
    top: ModuleRun,
    *inner: ModuleRun,
    answer: Any = Z,
    given: tuple[Variable, ...] = (W,),
    **more: Any,
) -> Observation:
    made = side(top, answer, given=given, init=given, **more)
    return msgspec.structs.replace(
        made, record=msgspec.structs.replace(made.record, modules=(top, *inner))
    )


def differing(ours: Observation, theirs: Observation) -> list[tuple[str, str, str]]:
    return [
        (each.name, each.expected, each.actual)
        for each in setting_differences(against(ours, theirs))
    ]


def inside(name: str, *settings: Setting, **more: Any) -> ModuleRun:
    plain = {"path": (name,), "depth": 1}
    return ran(settings=settings, **(plain | more))


RATE: Final = [("rate", "1", "2")]


def test_settings_are_compared_layer_by_layer() -> None:
    one, two = setting("rate", "1"), setting("rate", "2")
    top = layer()
    assert differing(whole(layer(two)), whole(layer(one))) == RATE
    assert differing(whole(layer(one)), whole(layer(one))) == []
    assert differing(whole(layer(setting("other", "2"))), whole(layer(one))) == []
    assert differing(whole(top, inside("a", two)), whole(top, inside("a", one))) == RATE
    assert (
        differing(whole(layer(two), inside("a", two)), whole(layer(one), inside("a", one))) == RATE
    )
    assert differing(whole(top, inside("b", two)), whole(top, inside("a", one))) == RATE
    assert (
        differing(whole(top, inside("b", two, class_name="Conv")), whole(top, inside("a", one)))
        == []
    )
    assert (
        differing(whole(top, inside("a", two, class_name="Conv")), whole(top, inside("a", one)))
        == []
    )
    own = {"defined_in": "submission"}
    assert differing(whole(top, inside("b", two, **own)), whole(top, inside("a", one, **own))) == []
    twice = inside("b", two), inside("c", two)
    assert differing(whole(top, *twice), whole(top, inside("a", one))) == []
    assert differing(whole(top, *twice), whole(top, inside("a", one), inside("b", one))) == RATE
    swapped = whole(top, inside("b", two), inside("a", one, class_name="Conv"))
    assert (
        differing(swapped, whole(top, inside("a", one), inside("b", one, class_name="Conv"))) == []
    )
    assert differing(did(Z), whole(layer(one))) == []
    assert differing(whole(layer(two)), did()) == []


def effects(ours: Observation, theirs: Observation) -> list[tuple[str, bool]]:
    one = against(ours, theirs)
    return [(each.effect, each.certain) for each in settings_that_show(evidence([one]), one)]


BIASED: Final = (W, variable("params/bias", 4))
SHOWS: Final = {
    "a parameter is missing": (
        whole(layer(setting("use_bias", "False"))),
        whole(layer(setting("use_bias", "True")), answer=Y, given=BIASED),
        [("which parameters there are: params/bias", False)],
    ),
    "a parameter of another module is missing": (
        whole(layer(), inside("a", setting("use_bias", "False"))),
        whole(layer(), inside("a", setting("use_bias", "True")), answer=Y, given=BIASED),
        [],
    ),
    "a parameter has another shape": (
        whole(layer(setting("use_bias", "False")), given=(variable("params/w", 9),)),
        whole(layer(setting("use_bias", "True")), answer=Y),
        [("the numbers", False)],
    ),
    "other numbers": (
        whole(layer(setting("flag", "False"))),
        whole(layer(setting("flag", "True")), answer=Y),
        [("the numbers", False)],
    ),
    "a right answer": (
        whole(layer(setting("flag", "False")), answer=Y),
        whole(layer(setting("flag", "True")), answer=Y),
        [],
    ),
    "another key": (
        whole(layer(setting("flag", "False")), keys=(StreamKey(stream="params", data="a"),)),
        whole(
            layer(setting("flag", "True")), answer=Y, keys=(StreamKey(stream="params", data="b"),)
        ),
        [],
    ),
    "another number": (
        whole(layer(setting("rate", "2"))),
        whole(layer(setting("rate", "1")), answer=Y),
        [("the numbers", True)],
    ),
    "another number of the learner's own": (
        whole(layer(setting("rate", "2"), defined_in="mine")),
        whole(layer(setting("rate", "1")), answer=Y),
        [("the numbers", False)],
    ),
    "a number for none": (
        whole(layer(setting("rate", "2"))),
        whole(layer(setting("rate", "None")), answer=Y),
        [("the numbers", False)],
    ),
    "none for a number": (
        whole(layer(setting("rate", "None"))),
        whole(layer(setting("rate", "1")), answer=Y),
        [],
    ),
    "another number beside another key": (
        whole(layer(setting("rate", "2")), keys=(StreamKey(stream="params", data="a"),)),
        whole(layer(setting("rate", "1")), answer=Y, keys=(StreamKey(stream="params", data="b"),)),
        [("", True)],
    ),
    "another number with a right answer": (
        whole(layer(setting("rate", "2")), answer=Y),
        whole(layer(setting("rate", "1")), answer=Y),
        [],
    ),
    "another number beside other names": (
        whole(layer(setting("rate", "2")), given=(variable("params/z", 2),)),
        whole(layer(setting("rate", "1")), answer=Y),
        [("", True)],
    ),
    "another type": (
        whole(
            layer(setting("param_dtype", "float16")),
            given=(variable("params/w", 2, dtype="float16"),),
        ),
        whole(layer(setting("param_dtype", "float32")), answer=Y),
        [("the type of the parameters", False)],
    ),
    "another type of the output": (
        whole(layer(setting("dtype", "float16")), answer=msgspec.structs.replace(Z, dtype="int32")),
        whole(layer(setting("dtype", "None")), answer=Y),
        [("the type of the output", False)],
    ),
    "another type with other numbers": (
        whole(layer(setting("dtype", "float16"))),
        whole(layer(setting("dtype", "None")), answer=Y),
        [("the numbers", False)],
    ),
    "the type in which it computes": (
        whole(layer(setting("dtype", "float32"))),
        whole(layer(setting("dtype", "None")), answer=Y),
        [],
    ),
    "the type in which it computes, of the parameters": (
        whole(layer(setting("param_dtype", "float32"))),
        whole(layer(setting("param_dtype", "None")), answer=Y),
        [("the numbers", False)],
    ),
    "drawn otherwise": (
        whole(layer(setting("w_init", "ones")), given=(OTHER_W,)),
        whole(layer(setting("w_init", "zeros")), answer=Y),
        [("how w is drawn", False)],
    ),
    "drawn alike": (
        whole(layer(setting("w_init", "ones"))),
        whole(layer(setting("w_init", "zeros")), answer=Y),
        [],
    ),
    "drawn unknown": (
        whole(layer(setting("w_init", "ones")), given=(variable("params/w", 2),)),
        whole(layer(setting("w_init", "zeros")), answer=Y),
        [("how w is drawn", False)],
    ),
    "drawn unknown, with a right answer": (
        whole(layer(setting("w_init", "ones")), answer=Y, given=(variable("params/w", 2),)),
        whole(layer(setting("w_init", "zeros")), answer=Y),
        [],
    ),
    "training": (
        whole(layer(setting("deterministic", "True"))),
        whole(layer(setting("deterministic", "False")), answer=Y),
        [],
    ),
    "a size": (
        whole(layer(setting("features", "9"))),
        whole(layer(setting("features", "4")), answer=Y),
        [],
    ),
    "a size by default": (
        whole(layer(setting("features", "9"))),
        whole(layer(setting("features", "4", default=True)), answer=Y),
        [("the numbers", True)],
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "told"), SHOWS.values(), ids=SHOWS)
def test_what_a_setting_changes(
    ours: Observation, theirs: Observation, told: list[tuple[str, bool]]
) -> None:
    assert effects(ours, theirs) == told


def test_a_size_of_a_part_is_told_by_the_part() -> None:
    def of_width(width: int) -> Look:
        sides = [
            whole(
                layer(setting("features", "3")),
                inside("a", setting("features", text)),
                answer=answer,
            )
            for text, answer in ((str(width), Y), ("9", Z))
        ]
        return look(*sides, case(width=width))

    some = [of_width(4), of_width(5)]
    found = other_size(evidence(some), some[0])
    assert found is not None
    assert (found.argument, found.run.path) == ("width", ("a",))


def test_a_size_that_is_passed_on_is_told_by_all_cases() -> None:
    def of_width(width: int, found: str, name: str = "features") -> Look:
        sides = (
            whole(layer(setting(name, text)), answer=answer)
            for text, answer in ((str(width), Y), (found, Z))
        )
        return look(*sides, case(width=width))

    some = [of_width(4, "9"), of_width(5, "9")]
    found = other_size(evidence(some), some[0])
    assert found is not None
    assert (found.argument, found.actual) == ("width", "9")
    constant = [
        of_width(4, "9"),
        look(
            *(each.exchange.expected for each in (some[0],)), some[1].exchange.actual, case(width=5)
        ),
    ]
    assert other_size(evidence(constant), constant[0]) is None


def test_a_module_may_name_no_mapped_axis() -> None:
    def side_of(name: str, axis: str | None, answer: Any = Z) -> Observation:
        top = layer(setting("axis_name", name), lifted=0)
        return whole(top, answer=answer, lifted=(lifted(0, axis_name=axis),))

    theirs = side_of("'batch'", "batch", Y)
    for ours, count in (
        (side_of("None", "batch"), 1),
        (side_of("'b'", "batch"), 1),
        (side_of("'b'", "b"), 0),
        (side_of("None", None), 1),
        (side_of("None", "batch", Y), 0),
        (side_of("'batch'", "batch"), 0),
    ):
        assert len(list(unnamed_axes(against(ours, theirs)))) == count
    rates = [whole(layer(setting("rate", each), lifted=0), lifted=(LIFTED,)) for each in "12"]
    assert not list(
        unnamed_axes(look(msgspec.structs.replace(rates[0], outcome=did().outcome), rates[1]))
    )


def test_the_only_class_of_the_starter_is_the_tasks() -> None:
    for given, name in (
        ("class A:\n    pass\n", "A"),
        ("class A: pass\nclass B: pass\n", "the module"),
        ("x = 1\n", "the module"),
    ):
        assert given_class(msgspec.structs.replace(TASK, given=given)) == name
