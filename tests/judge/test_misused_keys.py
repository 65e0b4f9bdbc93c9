"""What is said of a value that was passed as a seed or as a key and isn't one."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence.meaning import Meaning
from grader.evidence.misused_keys import misused_key
from grader.model.observation import Frame, KeyStep, Span, StreamKey
from tests.judge.made import TASK, did, evidence, look, raised, root, variable

HEAD: Final = "def forward(seed, x, width):\n    key = jax.random.key(seed)\n"
NO_KEYS: Final = msgspec.structs.replace(TASK, parameters=TASK.parameters[1:])


def made(number: int, operation: str, *operands: str, given: str = "", key: str = "k") -> KeyStep:
    return KeyStep(
        id=number,
        operation=operation,
        operands=operands,
        given=(given,) if given else (),
        made=(key,),
        span=None,
    )


W: Final = variable("params/w", 2)


def reference(*streams: str, late: tuple[str, ...] = ()) -> Any:
    """Return the task's side, which makes its variables with some keys and applies with others."""
    keys = tuple(StreamKey(stream=each, data="k") for each in streams)
    more = tuple(StreamKey(stream=each, data="k") for each in late)
    roots = (
        root(0, kind="init", forward=False, keys=keys, made=(W,)),
        root(1, given=(W,), keys=more),
    )
    return did(roots=roots, keys=(made(0, "key", "0"),))


def said(
    call: str,
    message: str,
    error: str = "TypeError",
    *,
    library: str | None = "flax.init",
    theirs: Any = None,
    task: Any = TASK,
    keys: tuple[StreamKey, ...] = (),
    steps: Any = (),
    text: str = "",
    by: bool = True,
) -> Meaning | None:
    """Say what is found of an exception in a call."""
    program = text or f"{HEAD}    y = {call}\n"
    start = program.index(call)
    line, column = program.count("\n", 0, start) + 1, start - program.rfind("\n", 0, start)
    span = Span(line=line, column=column, end_line=line, end_column=column + len(call))
    outcome = raised(
        message, error, library=library, frames=(Frame(function="forward", span=span),)
    )
    entry = root(0, keys=keys, raised=by)
    one = look(theirs or reference("params"), did(outcome, roots=(entry,), keys=steps), task=task)
    return misused_key(evidence([one], program, task), one)


SEED: Final = "PRNG key seed must be an integer; got 0.5"
SEEDS: Final = {
    "an old key": ("jax.random.PRNGKey(0.5)", SEED, "jax.random.PRNGKey(seed)"),
    "a new key": ("jax.random.key('a')", "accepts a scalar seed", "jax.random.key(seed)"),
    "no argument": (
        "jax.random.key()",
        "key() missing 1 required argument",
        "jax.random.key(seed)",
    ),
    "another function": ("jax.random.split(0.5)", SEED, None),
    "another message": ("jax.random.key(0.5)", "no", None),
}


@pytest.mark.parametrize(("call", "message", "right"), SEEDS.values(), ids=SEEDS)
def test_a_key_is_made_from_an_integer(call: str, message: str, right: str | None) -> None:
    found = said(call, message)
    assert (found.help.partition(": ")[2] if found is not None else None) == right
    if right is not None:
        unseeded = said(call, message, task=NO_KEYS)
        assert unseeded is not None
        assert unseeded.help.startswith("pass it the seed unchanged")


NO_KEY: Final = "invalid PRNG key data: expected key_data.ndim >= 1"


def test_a_key_is_derived_from_a_key() -> None:
    for call, message, why in (
        ("jax.random.split(seed)", NO_KEY, "jax.random.split takes a key"),
        (
            "jax.random.fold_in(seed, 1)",
            "Unexpected PRNG key type",
            "jax.random.fold_in takes a key",
        ),
        ("sample(seed)", "a is not a PRNG key", "This function takes a key"),
    ):
        found = said(call, message)
        assert found is not None
        assert found.why.startswith(why)
        assert found.help == "make a key first: jax.random.key(seed)"
    assert said("jax.random.split(seed)", "no") is None
    unknown = said("jax.random.split(seed)", NO_KEY, theirs=did())
    assert unknown is not None
    assert unknown.help == "make a key from the seed first"


REFUSED: Final = "RNGs should be of shape (2,) or PRNGKey, but rngs are: "
GIVEN: Final = {
    "several keys": ("[[1 2]\n [3 4]]", "An array of several keys"),
    "one of several": ("[[1 2]]", "An array of several keys"),
    "a number": ("7", "A number isn't a key"),
    "a fraction": ("-0.5", "A number isn't a key"),
    "a version": ("1.2.3", "isn't one"),
    "a tuple": ("(a, b)", "A tuple or list"),
    "a list of arrays": ("[Array([1])]", "A tuple or list"),
    "something": ("x", "isn't one"),
}


@pytest.mark.parametrize(("given", "why"), GIVEN.values(), ids=GIVEN)
def test_what_flax_got_in_place_of_a_key(given: str, why: str) -> None:
    found = said("m.init(k, x)", REFUSED + given)
    assert found is not None
    assert why in found.why
    assert found.help == "pass what the task passes: jax.random.key(seed)"
    assert found.streams == ("params",)


def test_what_was_seen_tells_more_than_the_message() -> None:
    several = (StreamKey(stream="params", data="k", in_array=True),)
    found = said("m.init(k, x)", f"{REFUSED}x", keys=several)
    assert found is not None
    assert found.why.startswith("An array of several keys")
    before = said("m.init(k, x)", f"{REFUSED}x", keys=several, by=False)
    assert before is not None
    assert "isn't one" in before.why
    kinds = (made(0, "key", "0", "impl='rbg'"),)
    for given, words in (("x", "keys of the default kind"), ("7", "A number isn't a key")):
        found = said("m.init(k, x)", f"{REFUSED}{given}", steps=kinds)
        assert found is not None
        assert words in found.why
    plain = said("m.init(k, x)", f"{REFUSED}x", steps=(made(0, "key", "0"),))
    assert plain is not None
    assert "isn't one" in plain.why
    assert said("m.init(k, x)", "no") is None


def test_what_the_task_passes() -> None:
    for theirs, call, right in (
        (reference("params"), "m.init(k, x)", "jax.random.key(seed)"),
        (reference("dropout"), "m.init(k, x)", '{"dropout": jax.random.key(seed)}'),
        (
            reference("params", "dropout"),
            "m.init(k, x)",
            '{"params": jax.random.key(seed), "dropout": jax.random.key(seed)}',
        ),
        (
            did(
                roots=(
                    root(
                        0, kind="init", forward=False, keys=(StreamKey(stream="params", data="?"),)
                    ),
                )
            ),
            "m.init(k, x)",
            None,
        ),
        (did(), "m.init(k, x)", None),
        (reference(), "m.init(k, x)", None),
    ):
        theirs_init = msgspec.structs.replace(
            theirs,
            record=msgspec.structs.replace(
                theirs.record,
                roots=tuple(
                    msgspec.structs.replace(each, forward=True) for each in theirs.record.roots[:1]
                ),
            ),
        )
        found = said(call, f"{REFUSED}x", theirs=theirs_init)
        assert found is not None
        assert found.help == (f"pass what the task passes: {right}" if right else "pass one key")


APPLIED: Final = "``rngs`` argument passed to an apply: x"


def test_apply_gets_its_keys_by_name() -> None:
    found = said("m.apply(v, x)", APPLIED, theirs=reference("params", late=("dropout",)))
    assert found is not None
    assert found.help == 'pass what the task passes: rngs={"dropout": jax.random.key(seed)}'
    assert found.streams == ("dropout",)
    by_library = said(
        "m.apply(v, x)",
        f"{REFUSED}x",
        library="flax.apply",
        theirs=reference("params", late=("dropout",)),
    )
    assert by_library is not None
    assert by_library.streams == ("dropout",)


NEEDS: Final = 'Dropout needs PRNG for "dropout"'


def test_a_stream_without_a_key_is_named() -> None:
    theirs = did(
        roots=(
            root(
                0,
                kind="init",
                keys=tuple(StreamKey(stream=each, data="k") for each in ("params", "dropout")),
            ),
        ),
        keys=(made(0, "key", "0"),),
    )
    params = (StreamKey(stream="params", data="k"),)
    both = (*params, StreamKey(stream="dropout", data="k"))
    found = said("m.init(k, x)", NEEDS, theirs=theirs, keys=params)
    assert found is not None
    assert found.why == 'The call gets a key for "params", but none for "dropout".'
    assert said("m.init(k, x)", NEEDS, theirs=theirs, keys=both) is None
    assert said("m.init(k, x)", NEEDS, theirs=theirs) is None
    assert said("m.init(k, x)", NEEDS, theirs=did(), keys=params) is None
    assert said("m.init(k, x)", "no", theirs=theirs, keys=params) is None


INDEXED: Final = {
    "a name": ("key[0]", "", True),
    "a call": ("jax.random.key(seed)[0]", "", True),
    "an old key": ("jax.random.PRNGKey(seed)[0]", "", False),
    "another name": ("width[0]", "", False),
    "a name of two values": ("k[0]", "k = jax.random.key(0)\n    k = x\n    ", False),
    "a name of two keys": ("k[0]", "k = random.key(0)\n    k = key(1)\n    ", True),
}


@pytest.mark.parametrize(("part", "before", "yes"), INDEXED.values(), ids=INDEXED)
def test_a_typed_key_has_no_parts(part: str, before: str, *, yes: bool) -> None:
    text = f"{HEAD}    {before}y = {part}\n"
    found = said(part, "too many indices", "IndexError", text=text)
    assert (found is not None) is yes
    assert said(part, "too many indices", "TypeError", text=text) is None


def test_nothing_is_said_where_nothing_raised() -> None:
    one = look(did(), did())
    assert misused_key(evidence([one], HEAD), one) is None
