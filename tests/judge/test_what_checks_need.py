"""What each check needs for its tick, and why it has none: told by the cases alone."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.checks import observed
from grader.evidence import Evidence, Look
from grader.model.exercise import Check, Exercise, Use
from grader.model.nnx import NnxRecord
from grader.model.observation import (
    FunctionMissing,
    Loaded,
    Observation,
    StreamKey,
    Variable,
)
from grader.model.report import Status
from grader.model.transcript import Exchange, Said
from tests.judge.made import (
    TASK,
    call,
    case,
    did,
    evidence,
    numbers,
    of,
    raised,
    ran,
    root,
    typed,
    variable,
)

ONE, TWO, THREE = numbers(1, 2), numbers(3, 4), numbers(5, 6)
W: Final = variable("params/w", 2, digest="w")
SIGNS: Final = {Status.PASSED: "+", Status.FAILED: "x", Status.SKIPPED: "-"}


def looks(*pairs: tuple[Any, Any], task: Exercise = TASK, **more: Any) -> list[Look]:
    """Return a case for each pair of what was expected and was done, with its own seed."""
    return [
        Look(
            task,
            Exchange(case=case(seed=seed), expected=as_side(theirs), actual=as_side(ours), **more),
        )
        for seed, (theirs, ours) in enumerate(pairs)
    ]


def as_side(given: Any) -> Observation:
    return given if isinstance(given, Observation) else did(given)


LOADED: Final = Loaded()


def sign(check: Check, some: list[Look], task: Exercise = TASK, loaded: Any = LOADED) -> str:
    found = evidence(some, "", task)
    transcript = msgspec.structs.replace(found.transcript, loaded=loaded)
    return SIGNS[observed(Evidence(transcript))[check].status]


FAILED: Final = raised()
WRONG_TYPE: Final = msgspec.structs.replace(ONE, dtype="int32")
RIGHT: Final = ((ONE, ONE), (TWO, TWO))
OUTCOMES: Final = {
    "right": (RIGHT, "+++"),
    "nothing": ((), "---"),
    "one exception": (((ONE, ONE), (TWO, FAILED)), "x--"),
    "an exception and wrong numbers": (((ONE, TWO), (TWO, FAILED)), "x-x"),
    "an exception and a wrong shape": (((ONE, numbers(1)), (TWO, FAILED)), "xx-"),
    "wrong numbers": (((ONE, TWO), (TWO, TWO)), "++x"),
    "a wrong shape": (((ONE, numbers(1)), (TWO, TWO)), "+x-"),
    "a wrong type": (((ONE, WRONG_TYPE), (TWO, TWO)), "+x-"),
    "another kind": (((ONE, (ONE, ONE)), (TWO, TWO)), "+x-"),
    "a wrong shape and wrong numbers": (((ONE, numbers(1)), (TWO, ONE)), "+xx"),
    "the same answers": (((ONE, ONE), (ONE, ONE)), "++-"),
    "a reference without an answer": (((FAILED, ONE),), "++-"),
}


@pytest.mark.parametrize(("pairs", "signs"), OUTCOMES.values(), ids=OUTCOMES)
def test_answers_say_whether_it_runs_and_is_right(pairs: Any, signs: str) -> None:
    some = looks(*pairs)
    assert "".join(sign(each, some) for each in (Check.RUNS, Check.SHAPE, Check.VALUES)) == signs


def test_a_file_that_does_not_load_has_no_other_result() -> None:
    some = looks(*RIGHT)
    missing = FunctionMissing(callables=())
    assert (sign(Check.LOADS, some), sign(Check.LOADS, some, loaded=missing)) == ("+", "x")
    assert sign(Check.VALUES, some, loaded=missing) == "-"


# ---------------------------------------------------------------------------------------- pure


def again(some: list[Look]) -> list[Look]:
    """Return the cases, and the first of them once more."""
    return [*some, some[0]]


PURE: Final = {
    "a repeated call": (again(looks(*RIGHT)), "+"),
    "no repeated call": (looks(*RIGHT), "-"),
    "the same answer to everything": (again(looks((ONE, ONE), (TWO, ONE))), "-"),
    "an exception": (again(looks((ONE, ONE), (TWO, FAILED))), "-"),
    "another kind": (again(looks((ONE, (ONE, ONE)), (TWO, (TWO, TWO)))), "-"),
    "another answer": ([*looks(*RIGHT), *looks((ONE, TWO))], "-"),
    "wrong answers that follow the arguments": (again(looks((ONE, TWO), (TWO, ONE))), "+"),
}


@pytest.mark.parametrize(("some", "result"), PURE.values(), ids=PURE)
def test_a_repeated_call_shows_that_it_is_pure(some: list[Look], result: str) -> None:
    assert sign(Check.PURE, some) == result


def test_answers_that_follow_sizes_alone_do_not_follow_the_arguments() -> None:
    def of_batch(batch: int, seed: int, answer: Any) -> Look:
        return Look(
            TASK, Exchange(case=case(batch, seed=seed), expected=did(answer), actual=did(answer))
        )

    one, two = of_batch(2, 0, ONE), of_batch(3, 0, TWO)
    assert sign(Check.PURE, [one, two, one]) == "+"
    assert sign(Check.PURE, [one, two, one, of_batch(2, 1, ONE)]) == "-"
    assert sign(Check.PURE, [one, two, one, of_batch(2, 1, THREE)]) == "+"


# ------------------------------------------------------------------------------------- recorded


def keyed(key: str | None, answer: Any, *given: Variable) -> Observation:
    keys = (StreamKey(stream="params", data=key),) if key is not None else ()
    entry = root(0, kind="init_with_output", made=given or (W,), keys=keys)
    return did(answer, roots=(entry,))


def pair(number: int, ours: Observation | None, answer: Any) -> tuple[Observation, Observation]:
    return keyed(f"k{number}", answer), ours if ours is not None else keyed(f"k{number}", answer)


BOTH: Final = (pair(0, None, ONE), pair(1, None, TWO))
NOTHING_SEEN: Final = did(TWO)
PARAMS: Final = {
    "the same": (BOTH, "++"),
    "other variables": (
        (pair(0, None, ONE), pair(1, keyed("k1", TWO, variable("params/w", 9)), TWO)),
        "-+",
    ),
    "another key": ((pair(0, None, ONE), pair(1, keyed("o", TWO), TWO)), "+-"),
    "one that was compiled": ((pair(0, None, ONE), pair(1, NOTHING_SEEN, TWO)), "++"),
    "all compiled": ((pair(0, did(ONE), ONE), pair(1, NOTHING_SEEN, TWO)), "--"),
    "an exception": ((pair(0, None, ONE), pair(1, did(FAILED), TWO)), "--"),
}


@pytest.mark.parametrize(("pairs", "signs"), PARAMS.values(), ids=PARAMS)
def test_what_was_recorded_says_which_variables_and_keys_there_are(pairs: Any, signs: str) -> None:
    some = looks(*pairs)
    assert "".join(sign(each, some) for each in (Check.PARAMS, Check.RNG)) == signs


def test_a_compiled_call_is_excused_by_one_of_its_sizes_in_any_process() -> None:
    seen, unseen = looks(*BOTH)[0].exchange, looks(pair(1, NOTHING_SEEN, TWO))[0].exchange
    for process, batch, result in ((0, 3, "+"), (1, 3, "+"), (0, 4, "-")):
        other = msgspec.structs.replace(unseen, process=process, case=case(batch, seed=1))
        assert sign(Check.PARAMS, [Look(TASK, seen), Look(TASK, other)]) == result


UNKEYED: Final = (keyed(None, ONE), keyed(None, TWO))


def test_right_numbers_for_several_seeds_show_the_key() -> None:
    pairs = [(keyed(f"k{n}", a), keyed(None, a)) for n, a in enumerate((ONE, TWO))]
    assert sign(Check.RNG, looks(*pairs)) == "-"
    traced = [
        (
            theirs,
            msgspec.structs.replace(
                ours,
                record=msgspec.structs.replace(
                    ours.record,
                    roots=tuple(
                        msgspec.structs.replace(each, keys=(StreamKey(stream="params", data=None),))
                        for each in ours.record.roots
                    ),
                ),
            ),
        )
        for theirs, ours in pairs
    ]
    assert sign(Check.RNG, looks(*traced)) == "+"
    assert sign(Check.RNG, looks(traced[0])) == "-"
    wrong = [
        traced[0],
        (traced[1][0], msgspec.structs.replace(traced[1][1], outcome=did(THREE).outcome)),
    ]
    assert sign(Check.RNG, looks(*wrong)) == "-"
    same = [
        (
            msgspec.structs.replace(theirs, outcome=did(ONE).outcome),
            msgspec.structs.replace(ours, outcome=did(ONE).outcome),
        )
        for theirs, ours in traced
    ]
    assert sign(Check.RNG, looks(*same)) == "-"
    unseeded = msgspec.structs.replace(TASK, parameters=TASK.parameters[1:])
    assert sign(Check.RNG, looks(*traced, task=unseeded), unseeded) == "-"


# ------------------------------------------------------------------------------------ transforms

VMAP: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("jax.vmap",), of="f"),))
MAP: Final = msgspec.structs.replace(TASK, uses=(Use(any_of=("nnx.vmap",), of="f"),))


def mapping(
    answer: Any,
    *,
    title: str = "jax.vmap",
    inner: bool = False,
    made: bool = True,
    calls: Any = (),
    **more: Any,
) -> Observation:
    x = of(case()["x"])
    plain = {"parts": (1,), "inputs": (typed(3, 2),), "digests": (x,), "outputs": (typed(2),)}
    run = ran(0, title, given_back=(of(answer),), **plain)
    deeper = ran(1, title, given_back=("",), inside=0, **plain)
    runs = (run, *((deeper,) if inner else ())) if made else ()
    return did(answer, transforms=runs, nnx=NnxRecord(calls=calls), **more)


TRANSFORMS: Final = {
    "it ran": (mapping(TWO), mapping(TWO), "+"),
    "it ran deeper": (mapping(TWO), mapping(TWO, inner=True), "+"),
    "it ran less deep": (mapping(TWO, inner=True), mapping(TWO), "-"),
    "it never ran": (mapping(TWO), mapping(TWO, made=False), "-"),
    "not all was recorded": (mapping(TWO), mapping(TWO, truncated=True), "-"),
    "the reference uses none": (mapping(TWO, made=False), mapping(TWO), "-"),
    "an exception": (mapping(TWO), did(FAILED), "-"),
}


@pytest.mark.parametrize(("theirs", "ours", "result"), TRANSFORMS.values(), ids=TRANSFORMS)
def test_a_transform_has_to_run_as_deep_as_in_the_reference(
    theirs: Observation, ours: Observation, result: str
) -> None:
    first = mapping(
        ONE, inner=len(theirs.record.transforms) > 1, made=bool(theirs.record.transforms)
    )
    own = msgspec.structs.replace(ours, outcome=first.outcome) if result == "-" else mapping(ONE)
    if ours.outcome == FAILED:
        own = first
    some = looks((first, own), (theirs, ours), task=VMAP)
    assert sign(Check.TRANSFORM, some, VMAP) == result
    assert sign(Check.TRANSFORM, some) == "-"


def layered(answer: Any, *inside: int | None, made: bool = True) -> Observation:
    return mapping(
        answer, title="nnx.vmap", made=made, calls=tuple(call(inside=each) for each in inside)
    )


NNX: Final = {
    "inside of the map": (layered(TWO, 0), "+"),
    "beside the map": (layered(TWO, None), "-"),
    "nowhere": (layered(TWO), "+"),
}


@pytest.mark.parametrize(("ours", "result"), NNX.values(), ids=NNX)
def test_layers_have_to_run_inside_of_the_map(ours: Observation, result: str) -> None:
    some = looks((layered(ONE, 0), layered(ONE, 0)), (layered(TWO, 0), ours), task=MAP)
    assert sign(Check.TRANSFORM, some, MAP) == result
    plain = looks((layered(ONE), layered(ONE)), (layered(TWO), ours), task=MAP)
    assert sign(Check.TRANSFORM, plain, MAP) == "+"


# ------------------------------------------------------------------------------ the author's check


def test_the_authors_check_is_called_on_every_case() -> None:
    for said, second, result in (
        (Said(), TWO, "+"),
        (Said(message="no"), TWO, "x"),
        (None, TWO, "-"),
        (Said(), FAILED, "-"),
        (Said(message="no"), FAILED, "x"),
    ):
        some = [*looks((ONE, ONE), said=Said()), *looks((TWO, second), said=said)]
        assert sign(Check.TASK, some) == result
