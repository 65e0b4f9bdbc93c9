"""What keys show: whether they follow the seed, how they were made, and what drew from them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Look
from grader.evidence.keys import (
    Fault,
    configured,
    derived,
    drawn_otherwise,
    fault,
    making_step,
    only_kind,
    other_kinds,
    reused,
    seed_pairs,
    unfed,
    unfed_streams,
)
from grader.evidence.look import KeyPair
from grader.evidence.provenance import Provenance, expression, provenances, step_text
from grader.evidence.trail import Trail
from grader.model.exercise import Exercise
from grader.model.observation import Configured, KeyStep, Observation, StreamKey, Variable
from tests.judge.made import (
    TASK,
    at,
    case,
    did,
    evidence,
    lifted,
    look,
    numbers,
    raised,
    root,
    variable,
)

UNSEEDED: Final = msgspec.structs.replace(TASK, parameters=TASK.parameters[1:])


def step(operation: str, *operands: str, made: int = 1, **more: Any) -> KeyStep:
    plain = {"given": (), "made": tuple(f"{operation}{n}" for n in range(made)), "span": None}
    return KeyStep(operation=operation, operands=operands, **(plain | more))


MAKE, OTHER_MAKE = step("key", "7"), step("key", "8")
SPLIT: Final = step("split", "2", made=2)
FOLD: Final = step("fold_in", "1")


def key(
    *steps: KeyStep, places: tuple[int, ...] = (), data: str | None = "k", **more: Any
) -> Provenance:
    positions = (*places, *(0 for _ in steps[len(places) :]))
    plain = {"stream": "params", "root": root()}
    return Provenance(data=data, steps=steps, positions=positions, **(plain | more))


def pair(actual: Provenance, expected: Provenance) -> KeyPair:
    return KeyPair(stream="params", expected=expected, actual=actual)


FAULTS: Final = {
    "none": (key(MAKE), key(MAKE), Fault.UNKNOWN),
    "another seed": (key(OTHER_MAKE), key(MAKE), Fault.FIRST),
    "another seed of a derived key": (key(OTHER_MAKE, SPLIT), key(MAKE, SPLIT), Fault.FIRST),
    "more operands of the first": (key(step("key", "7", "impl='rbg'")), key(MAKE), Fault.UNKNOWN),
    "no first key": (key(), key(MAKE), Fault.UNKNOWN),
    "none of the task's": (key(MAKE), key(), Fault.UNKNOWN),
    "not split": (key(MAKE), key(MAKE, SPLIT), Fault.KEPT_WHOLE),
    "not split, and not seen": (key(), key(MAKE, SPLIT), Fault.UNKNOWN),
    "another part": (key(MAKE, SPLIT, places=(0, 1)), key(MAKE, SPLIT), Fault.OTHER_PART),
    "split": (key(MAKE, SPLIT), key(MAKE), Fault.STEPS),
    "split in more": (
        key(MAKE, step("split", "3", made=3)),
        key(MAKE, SPLIT),
        Fault.STEPS,
    ),
    "split in as many by another name": (
        key(MAKE, step("split", "num=2", made=2)),
        key(MAKE, SPLIT),
        Fault.UNKNOWN,
    ),
    "another number folded in": (
        key(MAKE, step("fold_in", "2")),
        key(MAKE, FOLD),
        Fault.STEPS,
    ),
    "possible steps": (key(MAKE, FOLD, sure=False), key(MAKE, FOLD), Fault.STEPS),
    "a possible first key": (key(OTHER_MAKE, sure=False), key(MAKE), Fault.FIRST),
    "two possible first keys": (
        key(OTHER_MAKE, OTHER_MAKE, sure=False),
        key(MAKE),
        Fault.UNKNOWN,
    ),
    "two first keys": (key(OTHER_MAKE, MAKE), key(MAKE), Fault.FIRST),
}


@pytest.mark.parametrize(("actual", "expected", "what"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_with_a_key_is_told_by_its_steps(
    actual: Provenance, expected: Provenance, what: Fault
) -> None:
    assert fault(pair(actual, expected)) is what


def test_the_step_that_made_the_first_key() -> None:
    assert making_step(key(MAKE, SPLIT)) is MAKE
    assert making_step(key(SPLIT)) is None
    assert making_step(key(MAKE, OTHER_MAKE)) is MAKE
    assert making_step(key(MAKE, OTHER_MAKE, sure=False)) is None
    assert making_step(key(MAKE, SPLIT, sure=False)) is MAKE


def test_a_key_of_another_kind() -> None:
    rbg, threefry = ({"implementation": each} for each in ("rbg", "threefry"))
    for ours, theirs, other, only in (
        (key(MAKE, **rbg), key(MAKE, **threefry), True, True),
        (key(OTHER_MAKE, **rbg), key(MAKE, **threefry), True, False),
        (key(MAKE, **rbg), key(MAKE, **rbg), False, False),
        (key(MAKE, **rbg), key(MAKE), False, False),
    ):
        one = pair(ours, theirs)
        assert (one.other_kind, only_kind(one)) == (other, only)
    assert not pair(key(data=None), key()).differs
    assert not pair(key(), key(data=None)).differs
    assert pair(key(data="a"), key(data="b")).differs
    assert pair(key(data="a"), key(data="a")).agrees
    assert not pair(key(data=None), key(data=None)).agrees


def test_equal_keys_have_equal_identities() -> None:
    assert key(MAKE, data="a").identity == "a"
    assert key(MAKE, data=None).identity == key(MAKE, data=None).identity == "key 7"
    assert key(step("key", "a traced int"), data=None).identity is None
    assert key(MAKE, data=None, sure=False).identity is None


def test_a_key_as_an_expression_of_the_seed() -> None:
    assert expression(key(MAKE), "7", "seed") == "jax.random.key(seed)"
    assert expression(key(OTHER_MAKE), "7", "seed") is None
    split = key(MAKE, SPLIT, places=(0, 1))
    assert expression(split, "7", "seed") == "jax.random.split(jax.random.key(seed), 2)[1]"
    assert expression(split, "7", "seed", first=True) == "jax.random.key(seed)"
    assert expression(key(MAKE, FOLD), "7", "seed") == "jax.random.fold_in(jax.random.key(seed), 1)"
    assert expression(key(MAKE, step("fold_in", "n")), "7", "seed") is None
    assert expression(key(MAKE, step("clone")), "7", "seed") is None
    assert expression(key(SPLIT), "7", "seed") is None
    assert expression(key(), "7", "seed") is None


def test_a_step_in_words() -> None:
    assert step_text(MAKE, 0) == "jax.random.key(7)"
    assert step_text(FOLD, 0) == "jax.random.fold_in(key, 1)"
    assert step_text(SPLIT, 1) == "key 1 of the 2 that jax.random.split(key, 2) made"
    assert step_text(step("split", made=2), 0).endswith("jax.random.split(key) made")


# -------------------------------------------------------------------- where a key came from


def steps(*some: KeyStep, data: str | None = "k", made_by: int | None = None) -> list[str]:
    """Return the steps of a key, and which of theirs is used next."""
    found = Trail(
        did(
            roots=(
                root(kind="init", keys=(StreamKey(stream="params", data=data, made_by=made_by),)),
            ),
            keys=some,
        )
    )
    (one,) = provenances(found, frozenset())
    return [f"{each.id}:{place}" for each, place in zip(one.steps, one.positions, strict=True)]


def linked(
    number: int, operation: str, given: str, *made: str, taken: int | None = None
) -> KeyStep:
    return KeyStep(
        id=number,
        operation=operation,
        operands=(),
        span=None,
        taken=taken,
        given=(given,) if given else (),
        made=made,
    )


def test_a_key_is_followed_back_to_the_seed() -> None:
    make, split = linked(0, "key", "", "a"), linked(1, "split", "a", "b", "k")
    assert steps(make, split) == ["0:0", "1:1"]
    assert steps(make, linked(1, "split", "z", "b", "k")) == ["1:1"]
    assert steps(make, data="a") == ["0:0"]
    assert steps(make, data="z") == []
    again = linked(2, "wrap_key_data", "k", "k")
    assert steps(make, split, again) == ["0:0", "1:1"]
    alone = linked(2, "fold_in", "z", "k")
    assert steps(make, split, alone) == ["0:0", "1:1"]
    assert steps(make, split, alone, made_by=2) == ["2:0"]
    assert steps(make, split, alone, made_by=9) == ["0:0", "1:1"]
    assert steps(make, linked(3, "key", "", "a"), split) == ["3:0", "1:1"]
    both = linked(3, "fold_in", "a", "c"), linked(4, "fold_in", "c", "k", taken=3)
    assert steps(make, *both) == ["0:0", "3:0", "4:0"]


# ------------------------------------------------------------------------------ looks


def stream(data: str | None, name: str = "params", **more: Any) -> StreamKey:
    return StreamKey(stream=name, data=data, **more)


def side(
    *keys: StreamKey,
    made: tuple[Variable, ...] = (),
    given: tuple[Variable, ...] = (),
    answer: Any = None,
    of: tuple[KeyStep, ...] = (),
    **record: Any,
) -> Observation:
    entry = root(kind="init_with_output", keys=keys, made=made, given=given)
    return did(answer, roots=(entry,), keys=of, **record)


W: Final = variable("params/w", 2, digest="w")
OTHER_W: Final = variable("params/w", 2, digest="o")
WRONG: Final = numbers(9, 9, 8)


def seeded(
    seed: int,
    ours: str | None,
    theirs: str = "",
    *,
    answer: Any = WRONG,
    task: Exercise = TASK,
    reference: Any = None,
    retry: Any = None,
    **sizes: int,
) -> Look:
    expected = side(stream(theirs or f"key {seed}"), answer=reference)
    actual = retry or side(stream(ours), answer=answer)
    return look(expected, actual, case(seed=seed, **sizes), task)


FAILED: Final = raised()
PAIRS: Final = {
    "one key for two seeds": ((seeded(0, "a"), seeded(1, "a")), ["params"]),
    "one seed": ((seeded(0, "a"), seeded(0, "a")), []),
    "two keys": ((seeded(0, "a"), seeded(1, "b")), []),
    "a key that should follow sizes": ((seeded(0, "a", "y"), seeded(0, "a", "z", batch=2)), []),
    "one more key": ((seeded(0, "a"), seeded(1, "a"), seeded(2, "b")), []),
    "the task's own": ((seeded(0, "a", "z"), seeded(1, "a", "z")), []),
    "of sizes": ((seeded(0, "a"), seeded(1, "a"), seeded(2, "b", batch=2)), ["params"]),
    "of other sizes alone": ((seeded(0, "a"), seeded(1, "a", batch=2)), ["params"]),
    "right answers": (
        (seeded(0, "a", answer=None), seeded(1, "a", answer=None), seeded(2, None, batch=9)),
        [],
    ),
    "one right answer": ((seeded(0, "a", answer=None), seeded(1, "a")), ["params"]),
    "the other right answer": ((seeded(0, "a"), seeded(1, "a", answer=None)), ["params"]),
    "nothing wrong": ((seeded(0, "a", answer=None), seeded(1, "a", answer=None)), []),
    "exceptions": ((seeded(0, "a", answer=FAILED), seeded(1, "a", answer=FAILED)), ["params"]),
    "exceptions before the layer ran": (
        tuple(
            seeded(n, "", retry=side(stream("a"), answer=FAILED, lifted=(lifted(),)))
            for n in (0, 1)
        ),
        [],
    ),
    "unknown keys": ((seeded(0, None), seeded(1, None)), []),
}


@pytest.mark.parametrize(("looks", "told"), PAIRS.values(), ids=PAIRS)
def test_a_key_that_is_the_same_for_two_seeds(looks: tuple[Look, ...], told: list[str]) -> None:
    assert [each.stream for each in seed_pairs(evidence(looks)) if each.stream] == told
    assert not list(seed_pairs(evidence(looks, "", UNSEEDED)))


FLAT: Final = numbers(9, 9, 9)


def answered(seed: int, answer: Any, reference: Any = None, **more: Any) -> Look:
    """Return a case with an unknown key, which may be any."""
    plain: Any = {"retry": side(stream(None), answer=answer)}
    return seeded(seed, None, reference=reference or numbers(seed, 5, 5), **(plain | more))


MAKES: Final = step("key", "a traced int", made=0, id=5)
ANSWERS: Final = {
    "the same": ((answered(0, WRONG), answered(1, WRONG)), True),
    "of one seed": ((answered(0, WRONG), answered(0, WRONG)), False),
    "others": ((answered(0, WRONG), answered(1, numbers(1, 2, 9))), False),
    "one other": ((answered(0, WRONG), answered(1, WRONG), answered(2, numbers(1, 2, 9))), False),
    "zeros": ((answered(0, FLAT), answered(1, FLAT)), False),
    "as the task's": (
        (answered(0, WRONG, numbers(5, 5, 5)), answered(1, WRONG, numbers(5, 5, 5))),
        False,
    ),
    "for other arguments": ((answered(0, WRONG), answered(1, WRONG, width=9)), False),
    "with a key that is known": (
        (answered(0, WRONG), answered(1, WRONG, retry=side(stream("a"), answer=WRONG))),
        False,
    ),
    "with no key": (tuple(answered(n, WRONG, retry=side(answer=WRONG)) for n in (0, 1)), False),
    "with a key that follows an argument": (
        tuple(
            answered(n, WRONG, retry=side(stream(None, made_by=5), answer=WRONG, of=(MAKES,)))
            for n in (0, 1)
        ),
        False,
    ),
}


@pytest.mark.parametrize(("looks", "yes"), ANSWERS.values(), ids=ANSWERS)
def test_equal_answers_for_two_seeds_show_it_where_no_key_is_known(
    looks: tuple[Look, ...], *, yes: bool
) -> None:
    found = [each for each in seed_pairs(evidence(looks)) if each.stream is None]
    assert bool(found) is yes


def one(ours: Observation, theirs: Observation) -> Look:
    return look(theirs, ours)


def known(
    data: str | None, *of: KeyStep, answer: Any = WRONG, made: Any = (W,), **more: Any
) -> Observation:
    plain: Any = {"implementation": "threefry"}
    return side(stream(data, **(plain | more)), answer=answer, of=of, made=made)


THEIRS: Final = known("t", answer=None)
TRACED: Final = step("split", made=0)
TRACED_MAKE: Final = step("key", "0", made=0, span=at(1))
DERIVED: Final = {
    "another key": (known("o"), THEIRS, True),
    "the same key": (known("t"), THEIRS, False),
    "a right answer": (known("o", answer=None), THEIRS, False),
    "another kind": (known("o", implementation="rbg"), THEIRS, False),
    "an array of keys": (known("o", in_array=True), THEIRS, False),
    "an unknown key": (known(None, made=(OTHER_W,)), THEIRS, False),
    "an unknown key that was split": (known(None, TRACED, made=(OTHER_W,)), THEIRS, True),
    "an unknown key that was split, with the same weights": (known(None, TRACED), THEIRS, False),
    "an unknown key that was split, with unknown weights": (
        known(None, TRACED, made=(variable("params/w", 2),)),
        THEIRS,
        True,
    ),
    "both split": (known(None, TRACED, made=(OTHER_W,)), known(None, TRACED, answer=None), False),
    "an unknown key of a computed seed": (known(None, TRACED_MAKE, made=(OTHER_W,)), THEIRS, True),
    "an unknown key of a computed seed, drawn from nothing": (
        known(None, TRACED_MAKE, made=()),
        known("t", answer=None, made=(variable("cache/x", 2, digest="x"),)),
        False,
    ),
    "an unknown key of a seed": (
        known(None, msgspec.structs.replace(TRACED_MAKE, span=at(2)), made=(OTHER_W,)),
        THEIRS,
        False,
    ),
}
COMPUTED: Final = "jax.random.key(seed + 1)\njax.random.key(seed)\n"


@pytest.mark.parametrize(("ours", "theirs", "yes"), DERIVED.values(), ids=DERIVED)
def test_another_key_than_the_tasks_is_told_if_it_matters(
    ours: Observation, theirs: Observation, *, yes: bool
) -> None:
    def whole(record: Observation) -> Observation:
        keys = tuple(
            msgspec.structs.replace(
                each,
                span=msgspec.structs.replace(
                    each.span, end_column=len(COMPUTED.splitlines()[each.span.line - 1]) + 1
                ),
            )
            if each.span is not None
            else each
            for each in record.record.keys
        )
        return msgspec.structs.replace(
            record, record=msgspec.structs.replace(record.record, keys=keys)
        )

    some = one(whole(ours), theirs)
    assert bool(list(derived(evidence([some], COMPUTED), some))) is yes


def test_a_key_of_another_kind_is_told_if_it_matters() -> None:
    for answer, count in ((WRONG, 1), (None, 0)):
        assert (
            len(list(other_kinds(one(known("o", implementation="rbg", answer=answer), THEIRS))))
            == count
        )
    assert not list(other_kinds(one(known("o"), THEIRS)))


def test_the_same_key_may_give_other_numbers() -> None:
    for ours, theirs, yes in (
        (known("t", made=(OTHER_W,)), THEIRS, True),
        (known("t"), THEIRS, False),
        (known("t", made=(OTHER_W,), answer=None), THEIRS, False),
        (known("t", made=(variable("params/w", 2),)), THEIRS, False),
        (
            known("t", made=(OTHER_W,)),
            known("t", answer=None, made=(variable("params/w", 2),)),
            False,
        ),
        (known("t", made=(variable("params/w", 3, digest="o"),)), THEIRS, False),
        (
            known("t", made=(variable("cache/w", 2, digest="o"),)),
            known("t", answer=None, made=(variable("cache/w", 2, digest="w"),)),
            False,
        ),
    ):
        some = one(ours, theirs)
        assert drawn_otherwise(some, *some.keys) is yes


def test_two_streams_may_draw_from_one_key() -> None:
    def both(params: str | None, dropout: str | None, answer: Any = WRONG) -> Observation:
        return side(stream(params), stream(dropout, "dropout"), answer=answer)

    theirs = both("a", "b", None)
    for ours, expected, yes in (
        (both("c", "c"), theirs, True),
        (both("c", "d"), theirs, False),
        (both(None, None), theirs, False),
        (both("c", "c", None), theirs, False),
        (both("c", "c"), both("a", "a", None), False),
    ):
        assert (reused(one(ours, expected)) is not None) is yes


OFFSET, THREEFRY = "jax_random_seed_offset", "jax_threefry_partitionable"


def setting(name: str, value: str = "1") -> Configured:
    return Configured(name=name, value=value, usual="0")


def set_so(
    *settings: Configured, data: str | None = "o", of: tuple[KeyStep, ...] = (), **more: Any
) -> Observation:
    entry = root(
        kind="init",
        keys=(stream(data, implementation="threefry"),),
        configured=settings,
        **({"made": (W,)} | more),
    )
    return did(WRONG, roots=(entry,), keys=of, configured=settings)


SPLIT_KEYS: Final = (linked(0, "key", "", "a"), linked(1, "split", "a", "b", "o"))
THEIR_KEYS: Final = (linked(0, "key", "", "a"), linked(1, "split", "a", "b", "t"))
SETTINGS: Final = {
    "an offset": (set_so(setting(OFFSET)), THEIRS, OFFSET),
    "an offset on both sides": (
        set_so(setting(OFFSET)),
        msgspec.structs.replace(
            THEIRS, record=msgspec.structs.replace(THEIRS.record, configured=(setting(OFFSET),))
        ),
        None,
    ),
    "another value on both sides": (
        set_so(setting(OFFSET)),
        msgspec.structs.replace(
            THEIRS,
            record=msgspec.structs.replace(THEIRS.record, configured=(setting(OFFSET, "2"),)),
        ),
        OFFSET,
    ),
    "another way to split of a key that isn't": (set_so(setting(THREEFRY)), THEIRS, None),
    "another way to split": (
        set_so(setting(THREEFRY), of=SPLIT_KEYS),
        did(
            roots=(root(kind="init", keys=(stream("t", implementation="threefry"),)),),
            keys=THEIR_KEYS,
        ),
        THREEFRY,
    ),
    "another way to draw": (set_so(setting(THREEFRY), data="t", made=(OTHER_W,)), THEIRS, THREEFRY),
    "another way to draw the same": (set_so(setting(THREEFRY), data="t"), THEIRS, None),
    "an unknown key": (set_so(setting(OFFSET), data=None), THEIRS, None),
    "another seed": (
        set_so(setting(OFFSET), of=(linked(0, "key", "", "o"), linked(1, "fold_in", "o", "p"))),
        THEIRS,
        OFFSET,
    ),
    "a derived key": (set_so(setting(OFFSET), of=SPLIT_KEYS), THEIRS, None),
    "nothing": (set_so(), THEIRS, None),
}


@pytest.mark.parametrize(("ours", "theirs", "name"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_may_make_another_key_of_the_same_seed(
    ours: Observation, theirs: Observation, name: str | None
) -> None:
    some = one(ours, theirs)
    found = configured(some, *some.keys)
    assert (found.name if found is not None else None) == name


# ------------------------------------------------------------------------------ no key at all


def applied(*keys: StreamKey, answer: Any = WRONG, number: int = 1, **more: Any) -> Observation:
    """Return what a side did that made variables, then applied a module with these keys."""
    maker = root(0, kind="init", forward=False, made=(W,), keys=(stream("k"),))
    return did(answer, roots=(maker, root(number, given=(W,), keys=keys, **more)))


DROPS: Final = applied(stream("d", "dropout"), answer=None)
NEEDS: Final = 'Dropout needs PRNG for "dropout"'


def refused(message: str = NEEDS, name: str = "InvalidRngError") -> Any:
    return raised(message, name)


UNFED: Final = {
    "no key": (applied(answer=refused(), raised=True), True),
    "a key": (applied(stream("d", "dropout"), answer=refused(), raised=True), False),
    "another stream": (
        applied(answer=refused(NEEDS.replace("dropout", "noise")), raised=True),
        False,
    ),
    "another exception": (applied(answer=refused(name="ValueError"), raised=True), False),
    "by another call": (applied(answer=refused()), False),
    "by init": (applied(answer=refused(), raised=True, forward=False), False),
    "no call": (did(refused()), False),
    "an answer": (applied(), False),
}


@pytest.mark.parametrize(("ours", "yes"), UNFED.values(), ids=UNFED)
def test_flax_raises_where_a_stream_got_no_key(ours: Observation, *, yes: bool) -> None:
    assert unfed(one(ours, DROPS)) is yes


def streams_of(ours: Observation) -> list[str]:
    return [name for name, _ in unfed_streams(one(ours, DROPS))]


def test_a_stream_without_a_key_draws_from_another_one() -> None:
    assert streams_of(applied()) == ["dropout"]
    assert streams_of(applied(stream("d", "dropout"))) == []
    assert streams_of(applied(answer=None)) == []
    assert streams_of(applied(answer=refused(), raised=True)) == ["dropout"]
    assert streams_of(applied(answer=raised(), raised=True)) == []
    assert streams_of(did(WRONG)) == []
