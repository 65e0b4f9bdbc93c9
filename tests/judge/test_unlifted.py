"""What is said of an answer that nothing lifted gave, and what has to be known for it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from grader.evidence import Evidence, Look
from grader.model.observation import BatchCall, LiftedCall, ModuleRun, Observation, Root, Span
from grader.model.transcript import Exchange
from grader.rules.no_nn_vmap import RULE
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

VMAP: Final = msgspec.structs.replace(TASK, module="nn.Dense")
Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
W: Final = variable("params/w", 2)
TEXT: Final = """\
import flax.linen as nn
def forward(seed, x, width):
    y = lifted.apply(v, x)
    z = plain.apply(v, x)
    return z + jax.vmap(f)(x)
"""
LIFTED_AT: Final = Span(line=3, column=9, end_line=3, end_column=27)
PLAIN_AT: Final = Span(line=4, column=9, end_line=4, end_column=26)
MAP_AT: Final = Span(line=5, column=16, end_line=5, end_column=27)
USED: Final = TEXT.replace("return z", "return z + y")
X: Final = (typed(3, 2),)
CALL: Final = lifted(0)


def entry(number: int, *, at: Span | None = None, **more: Any) -> Root:
    return root(number, given=(W,), span=at, **more)


def outer(number: int = 1, gave: Any = Y, **more: Any) -> tuple[ModuleRun, ModuleRun]:
    """Return the runs of a lifted module: as the batch sees it, and as an example does."""
    name = more.pop("class_name", "Dense")
    top = module(
        class_name=f"Vmap{name}",
        lifted=0,
        root=number,
        inputs=X,
        outputs=(typed(*gave.shape),),
        digest=of(gave),
        **more,
    )
    return top, module(class_name=name, inside=0, root=number, depth=1, inputs=(typed(2),))


def plain(number: int = 2, gave: Any = Z, **more: Any) -> ModuleRun:
    fields = {"root": number, "inputs": X, "outputs": (typed(*gave.shape),), "digest": of(gave)}
    return module(**(fields | more))


def side(
    *parts: Root | ModuleRun | tuple[ModuleRun, ...] | LiftedCall | BatchCall,
    answer: Any = Z,
    **more: Any,
) -> Observation:
    """Return what a side did from its roots, runs and calls, in order."""
    flat: list[Any] = []
    for each in parts:
        flat.extend(each if isinstance(each, tuple) else (each,))
    record: dict[str, Any] = {
        name: tuple(each for each in flat if isinstance(each, kind))
        for name, kind in (
            ("roots", Root),
            ("modules", ModuleRun),
            ("lifted", LiftedCall),
            ("batch_calls", BatchCall),
        )
    }
    return did(answer, **(record | more))


REFERENCE: Final = side(CALL, entry(1), outer(), answer=Y)


def said(
    *sides: Observation, text: str = TEXT, theirs: Observation = REFERENCE, **more: Any
) -> list[tuple[str, str, int | None]]:
    """Return message, label and line of each sighting."""
    looks = [look(theirs, each, task=VMAP) for each in sides]
    found = list(RULE.find(with_altered(evidence(looks, text, VMAP), **more)))
    return [
        (each.message, each.label, each.span.line if each.span is not None else None)
        for each in found
    ]


def with_altered(found: Evidence, altered: Observation | None = None) -> Evidence:
    if altered is None:
        return found
    exchange = Exchange(case=case(), expected=REFERENCE, actual=altered)
    return Evidence(msgspec.structs.replace(found.transcript, altered=exchange))


NOT_LIFTED: Final = "nn.Dense is not lifted: nn.vmap doesn't take part in the answer"
AWAY: Final = "the lifted nn.Dense doesn't take part in the answer: its output is thrown away"
PLAIN_RUNS: Final = "a plain Dense runs here"
ONE: Final = entry(1, at=LIFTED_AT)
TWO: Final = entry(2, at=PLAIN_AT)
MAP: Final = BatchCall(transform="jax.vmap", span=MAP_AT)
LOOP: Final = BatchCall(transform="jax.lax.map", span=MAP_AT)
SAID: Final = {
    "a plain module": (side(TWO, plain()), TEXT, (NOT_LIFTED, PLAIN_RUNS, 4)),
    "a plain module that is mapped": (
        side(TWO, plain(), MAP),
        TEXT,
        (NOT_LIFTED, "jax.vmap maps a function; the module knows nothing about it", 5),
    ),
    "a plain module in a loop": (side(TWO, plain(), LOOP), TEXT, (NOT_LIFTED, PLAIN_RUNS, 4)),
    "a plain module that takes the batch": (
        side(TWO, plain(gave=Y), MAP, answer=Y),
        TEXT,
        (NOT_LIFTED, PLAIN_RUNS, 4),
    ),
    "no module, but a map": (
        side(MAP),
        TEXT,
        (NOT_LIFTED, "jax.vmap maps a function; no module is involved", 5),
    ),
    "no module": (side(), TEXT, (NOT_LIFTED, "lifts no module", 2)),
    "a lifted module": (side(CALL, ONE, outer()), USED, None),
    "a lifted module whose output is lost": (
        side(CALL, ONE, outer()),
        TEXT,
        (AWAY, "the answer doesn't use what this returns", 3),
    ),
    "a lifted module that is lost, and a plain one": (
        side(CALL, ONE, TWO, outer(), plain()),
        TEXT,
        (NOT_LIFTED, PLAIN_RUNS, 4),
    ),
    "a plain module that gave the numbers": (
        side(CALL, ONE, TWO, outer(), plain()),
        USED,
        (NOT_LIFTED, PLAIN_RUNS, 4),
    ),
    "a plain module that gave other numbers": (
        side(CALL, ONE, TWO, outer(), plain(gave=numbers(7, 8, 9))),
        USED,
        None,
    ),
    "both gave the numbers": (side(CALL, ONE, TWO, outer(gave=Z), plain()), USED, None),
    "another plain module that gave the numbers": (
        side(CALL, ONE, TWO, outer(), plain(class_name="Conv")),
        USED,
        None,
    ),
    "a plain module with two outputs": (
        side(CALL, ONE, TWO, outer(), plain(outputs=(typed(3), typed(3)))),
        USED,
        None,
    ),
    "a plain module, and the lifted one isn't known": (
        side(
            CALL, ONE, TWO, (msgspec.structs.replace(outer()[0], digest=None), outer()[1]), plain()
        ),
        USED,
        None,
    ),
    "not all was recorded": (side(CALL, TWO, plain(), truncated=True), TEXT, None),
    "not all was recorded of what lifts nothing": (
        side(TWO, plain(), truncated=True),
        TEXT,
        (NOT_LIFTED, PLAIN_RUNS, 4),
    ),
    "only init is lifted": (
        side(CALL, root(0, kind="init", forward=False, made=(W,)), outer(0), answer=Z),
        TEXT,
        (NOT_LIFTED, "this is lifted, but never applied", 2),
    ),
    "a run outside of Flax's calls": (side(CALL, outer(None)), TEXT, None),
    "a plain module that raised": (
        side(entry(2, at=PLAIN_AT, raised=True), plain(raised=True), answer=raised()),
        TEXT,
        (NOT_LIFTED, PLAIN_RUNS, 4),
    ),
    "another module that raised": (
        side(
            entry(2, at=PLAIN_AT, raised=True),
            plain(raised=True, class_name="Conv"),
            answer=raised(),
        ),
        TEXT,
        None,
    ),
    "an exception before it": (side(answer=raised()), TEXT, None),
    "the place where it's made": (
        side(TWO, plain(span=Span(line=1, column=1, end_line=1, end_column=2))),
        TEXT,
        (NOT_LIFTED, PLAIN_RUNS, 1),
    ),
    "a call without a place": (side(entry(2), plain()), TEXT, (NOT_LIFTED, PLAIN_RUNS, 2)),
}


@pytest.mark.parametrize(("ours", "text", "words"), SAID.values(), ids=SAID)
def test_an_answer_that_nothing_lifted_gave(
    ours: Observation, text: str, words: tuple[str, str, int] | None
) -> None:
    assert said(ours, text=text) == ([] if words is None else [words])
    assert said(ours, text=text, theirs=did(Y)) == []


def test_a_class_that_ran_lifted_elsewhere_may_do_so_here() -> None:
    seen = side(CALL, ONE, outer())
    unseen = side(TWO, plain(class_name="VmapDense"))
    assert said(unseen, text=USED) != []
    assert said(seen, unseen, text=USED) == []


def test_no_answer_is_no_answer_without_vmap() -> None:
    nothing = side(answer=(Z, Z))
    assert said(nothing) == []
    with_init = side(CALL, root(0, kind="init", forward=False, made=(W,)), outer(0), answer=(Z, Z))
    assert said(with_init) == []
    with_plain = side(root(0, kind="init", forward=False, made=(W,)), plain(0), answer=(Z, Z))
    assert said(with_plain) == [(NOT_LIFTED, "a plain Dense runs here", 2)]


def test_other_numbers_of_the_lifted_module_may_change_nothing() -> None:
    ours = side(CALL, ONE, outer(), answer=Y)
    same = side(CALL, ONE, outer(), answer=Y, altered=1)
    ((message, label, line),) = said(ours, text=USED, altered=same)
    assert message == "the lifted nn.Dense doesn't take part in the answer"
    assert (label, line) == ("the answer doesn't depend on what this returns", 3)
    changed = side(CALL, ONE, outer(), answer=numbers(-1, -3, -5), altered=1)
    assert said(ours, text=USED, altered=changed) == []
    unplaced = side(CALL, outer(1), answer=Y, altered=1)
    assert [line for _, _, line in said(ours, text=USED, altered=unplaced)] == [2]


def test_a_class_may_be_lifted_for_another_method() -> None:
    encode = lifted(0, methods=("encode",))
    one = side(encode, TWO, plain(class_name="VmapDense"))
    assert [message for message, _, _ in said(one)] == [
        "nn.vmap doesn't lift Dense.__call__: methods=['encode'] leaves it out"
    ]
    for call in (
        lifted(0),
        lifted(0, methods=("encode",), is_class=False),
        lifted(0, methods=("encode",), target="Conv"),
    ):
        other = side(call, TWO, plain(class_name="VmapDense"))
        assert [message for message, _, _ in said(other)] == [NOT_LIFTED]


def details(ours: Observation) -> tuple[str, ...]:
    (found,) = RULE.find(evidence([look(REFERENCE, ours, task=VMAP)], TEXT, VMAP))
    return found.details


def test_how_often_it_was_applied() -> None:
    calls = [entry(n, at=PLAIN_AT) for n in (2, 3, 4)]
    runs = [plain(n) for n in (2, 3, 4)]
    assert details(side(*calls, *runs))[0] == "It was applied 3 times, once for each example."
    assert details(side(*calls[:2], *runs[:2]))[0] == "It was applied 2 times."
    assert details(side(calls[0], runs[0])) == ()


def test_a_plain_module_may_take_the_whole_batch() -> None:
    def why(ours: Observation) -> bool:
        one: Look = look(REFERENCE, ours, task=VMAP)
        (found,) = RULE.find(evidence([one], TEXT, VMAP))
        return "took the whole batch" in found.why

    assert why(side(TWO, plain(gave=Y), answer=Y))
    assert not why(side(TWO, plain()))
    assert not why(side(TWO, plain(gave=Y, inputs=(typed(2),)), answer=Y))
    assert not why(side(answer=Y))
