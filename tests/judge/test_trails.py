"""Which call of Flax gave the answer, which one made its variables, and what was lifted in it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from grader.evidence.trail import Trail
from grader.model.observation import Collections, Names, Observation, Root, StreamKey, Variable
from tests.judge.made import did, lifted, module, numbers, of, raised, ran, root, typed, variable

Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
W: Final = variable("params/w", 2, digest="w")
OTHER: Final = variable("params/w", 2, digest="o")
UNKNOWN: Final = variable("params/w", 2)


def trail(*roots: Root, answer: Any = Y, **record: Any) -> Trail:
    return Trail(did(answer, roots=roots, **record))


def apply(number: int, **more: Any) -> Root:
    return root(number, **({"given": (W,)} | more))


def gave(number: int | None, array: Any = Y, **more: Any) -> Any:
    return module(root=number, digest=of(array), outputs=(typed(3),), **more)


INIT: Final = root(0, kind="init", forward=False, made=(W,))
STAT: Final = variable("stats/m", 3, digest=of(Z))
SHARED: Final = Collections(
    broadcast=Names(names=("params",)), carried=Names(names=()), axes=(), splits=()
)
ANSWERS: Final = {
    "the only one": (trail(INIT, apply(1)), 1),
    "the last one": (trail(apply(1), apply(2)), 2),
    "the one with the numbers": (trail(apply(1), apply(2), modules=(gave(1), gave(2, Z))), 1),
    "the last one with the numbers": (trail(apply(1), apply(2), modules=(gave(1), gave(2))), 2),
    "a lifted one": (
        trail(apply(1), apply(2), modules=(gave(1, Z, lifted=0), gave(2)), lifted=(lifted(0),)),
        1,
    ),
    "one with a part that is lifted": (
        trail(apply(1), apply(2), modules=(gave(1, Z, inside=0), gave(2))),
        1,
    ),
    "one with a lifted loop": (
        trail(
            apply(1),
            apply(2),
            modules=(gave(2),),
            transforms=(ran(0, "nn.scan", root=1, collections=SHARED),),
        ),
        1,
    ),
    "one with a loop that never ran": (
        trail(
            apply(1),
            apply(2),
            modules=(gave(2),),
            transforms=(ran(0, "nn.scan", root=1, collections=SHARED, ran=False),),
        ),
        2,
    ),
    "one with a loop of arrays": (
        trail(apply(1), apply(2), modules=(gave(2),), transforms=(ran(0, "jax.lax.scan", root=1),)),
        2,
    ),
    "one that wrote what came back": (
        trail(apply(1, made=(STAT,)), apply(2), answer=(Y, Z), modules=(gave(1), gave(2))),
        1,
    ),
    "one that didn't raise": (trail(apply(1), apply(2, raised=True)), 1),
    "none but init": (trail(INIT), None),
    "none": (trail(), None),
    "the one that raised": (trail(apply(1, raised=True), apply(2), answer=raised()), 1),
    "the last that raised": (
        trail(
            root(0, kind="init", forward=False, raised=True), apply(1, raised=True), answer=raised()
        ),
        1,
    ),
    "the last before something else raised": (trail(INIT, apply(1), answer=raised()), 1),
    "init before something else raised": (trail(INIT, answer=raised()), 0),
    "several arrays of one": (
        trail(apply(1), apply(2), answer=(Y, Z), modules=(gave(1, Z), gave(2, numbers(9)))),
        1,
    ),
}


@pytest.mark.parametrize(("some", "number"), ANSWERS.values(), ids=ANSWERS)
def test_the_call_that_gave_the_answer(some: Trail, number: int | None) -> None:
    assert (some.answer.number if some.answer is not None else None) == number


DOUBTFUL: Final = {
    "one call": (trail(INIT, apply(1)), False),
    "two with other variables": (trail(apply(1), apply(2, given=(OTHER,))), True),
    "two with the same variables": (trail(apply(1), apply(2)), False),
    "two with unknown variables": (
        trail(apply(1, given=(UNKNOWN,)), apply(2, given=(UNKNOWN,))),
        True,
    ),
    "one of which raised": (trail(apply(1, raised=True, given=(OTHER,)), apply(2)), False),
    "one with the numbers": (
        trail(apply(1), apply(2, given=(OTHER,)), modules=(gave(1), gave(2, Z))),
        False,
    ),
    "one that is lifted": (
        trail(apply(1), apply(2, given=(OTHER,)), modules=(gave(1, Z, inside=0), gave(2))),
        False,
    ),
    "none": (trail(), False),
}


@pytest.mark.parametrize(("some", "yes"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_another_call_may_have_given_it_as_well(some: Trail, *, yes: bool) -> None:
    assert some.doubtful is yes


def made(number: int, *variables: Variable) -> Root:
    return root(number, kind="init", forward=False, made=variables)


def test_the_call_that_made_the_variables() -> None:
    for some, number in (
        (trail(made(0, W), made(1, OTHER), apply(2)), 0),
        (trail(made(0, W), made(1, W), apply(2)), 1),
        (trail(made(0, OTHER), made(1, OTHER), apply(2)), 1),
        (trail(made(0), apply(2)), None),
        (trail(apply(1), made(2, W)), None),
        (trail(apply(1, given=())), 1),
        (trail(), None),
    ):
        assert (some.maker.number if some.maker is not None else None) == number


def test_what_is_written_and_drawn_late() -> None:
    drop = (StreamKey(stream="dropout", data="d"),)
    some = trail(made(0, W), apply(1, made=(STAT,), keys=drop))
    assert (some.written, some.late_streams) == ({"stats"}, {"dropout"})
    at_once = trail(apply(1, given=(), made=(STAT,), keys=drop))
    assert (at_once.written, at_once.late_streams) == (set(), set())
    assert (trail().written, trail().late_streams) == (set(), set())
    assert trail(made(0, W), apply(1)).variables == (W,)
    assert trail(apply(1, given=(), made=(STAT,))).variables == (STAT,)
    assert trail().variables == ()


def test_the_call_that_should_give_the_answer_may_not_have_run() -> None:
    call = (lifted(0),)
    for some, tried, failed in (
        (trail(apply(1, raised=True), answer=raised(), lifted=call), True, True),
        (trail(made(0, W), answer=raised(), lifted=call), False, False),
        (
            trail(
                apply(1), answer=raised(), lifted=call, modules=(gave(1, raised=True, lifted=0),)
            ),
            True,
            True,
        ),
        (trail(made(0, W), apply(1), lifted=call, modules=(gave(0, lifted=0),)), True, False),
        (trail(apply(1), lifted=call), False, False),
        (trail(apply(1)), True, False),
    ):
        assert some.tried is tried
        assert some.answer is not None
        assert some.failed(some.answer) is failed


def test_what_was_lifted_in_a_call() -> None:
    call = (lifted(0), lifted(1))
    outer, deeper = gave(1, lifted=0), gave(1, lifted=1, inside=0, depth=1)
    part = gave(1, inside=0, depth=1, path=("a",))
    some = trail(apply(1), lifted=call, modules=(outer, deeper, part))
    (found,) = some.lifted(some.answer)
    assert (found.run, found.inner) == (outer, (deeper, part))
    assert some.layer == outer
    assert some.innermost(some.answer) == deeper
    unknown = trail(apply(1), lifted=call, modules=(gave(1, lifted=7),))
    assert unknown.lifted(unknown.answer) == ()
    assert unknown.lifted(None) == ()
    early = trail(apply(1, raised=True), answer=raised(), lifted=call)
    (given_up,) = early.lifted(early.answer)
    assert (given_up.call.id, given_up.run) == (1, None)
    assert early.layer is None
    for none in (
        trail(apply(1, raised=True), answer=raised()),
        trail(apply(1, raised=True), answer=raised(), lifted=call, modules=(gave(1),)),
        trail(apply(1), lifted=call),
    ):
        assert none.lifted(none.answer) == ()


def test_decisive_are_the_maker_and_the_answer() -> None:
    call = (lifted(0),)
    runs = gave(0, lifted=0), gave(1, lifted=0)
    both = trail(made(0, W), apply(1), lifted=call, modules=runs)
    assert [each.run for each in both.decisive] == list(runs)
    at_once = trail(apply(1, given=()), lifted=call, modules=runs[1:])
    assert [each.run for each in at_once.decisive] == [runs[1]]
    only_made = trail(made(0, W), apply(1), lifted=call, modules=runs[:1])
    assert only_made.layer == runs[0]
    plain = trail(made(0, W), apply(1), modules=(gave(1),))
    assert plain.layer == gave(1)
    assert trail().layer is None


def test_what_ran_within_a_layer() -> None:
    layer = gave(1, path=("a",))
    inside, deep = gave(1, path=("a", "b")), gave(1, path=("a", "b", "c"))
    others = gave(1, path=("b", "a")), gave(2, path=("a", "b"))
    some = trail(apply(1), modules=(layer, inside, deep, *others))
    assert some.within(layer) == (inside, deep)


def test_the_digest_of_the_answer_is_of_an_array() -> None:
    assert trail().answer_digest == of(Y)
    assert trail(answer=(Y, Z)).answer_digest is None
    observation: Observation = did(raised())
    assert Trail(observation).answer_digest is None
