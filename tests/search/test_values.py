"""A declaration may have parameters of any kind: their cases, calls, traces and snippets."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import jax
import msgspec
import numpy as np
import pytest

from grader.catalogue import _unusable
from grader.compare import Same
from grader.evidence.look import Look
from grader.model.case import (
    ArrayValue,
    BoolValue,
    Case,
    DictValue,
    KeyValue,
    TextValue,
    TupleValue,
)
from grader.model.exercise import (
    Array,
    Arrays,
    Check,
    CheckSpec,
    Choice,
    Dict,
    Dimension,
    Exercise,
    Flag,
    Integers,
    Key,
    Number,
    Size,
)
from grader.model.observation import Completed
from grader.model.source import Source
from grader.model.trace import Fingerprint, Trace
from grader.model.transcript import Exchange
from grader.render.reproduce import _call
from grader.search.cases import plan
from grader.search.named import named_cases
from grader.worker.trace import fingerprints
from tests.observe import observe

KINDS = Exercise(
    slug="kinds",
    title="",
    topic="",
    level=1,
    function="kinds",
    parameters=(
        Key(name="key", typed=True),
        Dict(
            name="params",
            items=(
                Array(name="w", shape=("dim", "classes")),
                Arrays(
                    name="more",
                    items=(
                        Array(name="b", shape=("classes",)),
                        Integers(name="shift", shape=(), low=1, high=3),
                    ),
                ),
            ),
        ),
        Array(name="x", shape=("n", "dim")),
        Integers(name="labels", shape=("n",), low=-2, high=20),
        Flag(name="mean"),
        Choice(name="kind", choices=("abs", "square")),
        Number(name="rate", choices=(0.5, 0.125)),
    ),
    keyword_only=("kind", "rate"),
    optional=("rate",),
    dimensions=tuple(
        Dimension(name=name, noun=name, largest=6) for name in ("n", "dim", "classes")
    ),
    output=(),
    checks=(CheckSpec(check=Check.LOADS, title="it loads"),),
    takeaway="",
    tolerance=8.0,
)
RIGHT = """\
import jax
import jax.numpy as jnp

def kinds(key, params, x, labels, mean, *, kind, rate=0.25):
    b, shift = params["more"]
    scores = x @ params["w"] + b + shift
    scores = jnp.abs(scores) if kind == "abs" else scores**2
    noise = jax.random.uniform(key, scores.shape)
    total = jnp.mean(scores, axis=0) if mean else jnp.sum(scores, axis=0)
    return {"total": rate * total, "noise": noise, "parts": (labels + 1, {"b": b * 2})}
"""


@cache
def cases() -> tuple[Case, ...]:
    found = plan(KINDS, count=60, seed=3)
    return (*found.discriminating, *found.edges, *found.rest)


def values(name: str) -> list[Any]:
    return [case.given(name) for case in cases()]


def test_cases_have_values_of_each_kind() -> None:
    assert {BoolValue(value=True), BoolValue(value=False)} == set(values("mean"))
    assert {TextValue(value="abs"), TextValue(value="square")} == set(values("kind"))
    assert all(isinstance(each, KeyValue) and each.typed for each in values("key"))
    assert len(set(values("key"))) > 5
    for each in values("params"):
        assert isinstance(each, DictValue)
        assert list(each.items) == ["w", "more"]
        assert isinstance(each.items["more"], TupleValue)


def test_integers_stay_in_their_range() -> None:
    drawn = [each.numpy() for each in values("labels") if isinstance(each, ArrayValue)]
    assert all(each.dtype == np.int32 for each in drawn)
    everything = np.concatenate([each.reshape(-1) for each in drawn])
    assert -2 <= everything.min() < 0
    assert 10 < everything.max() <= 20
    first = drawn[0].reshape(-1).tolist()
    assert len(set(first)) == len(first)


LOOKUP: Final = msgspec.structs.replace(
    KINDS,
    parameters=(
        Array(name="table", shape=("classes", "dim")),
        Integers(name="ids", shape=("n",), low=0, below="classes"),
        Arrays(name="more", items=(Integers(name="sizes", shape=("n",), low=1, at_most="dim"),)),
    ),
    keyword_only=(),
    optional=(),
)


def test_indices_are_below_a_size_and_lengths_at_most_as_large() -> None:
    found = plan(LOOKUP, count=60, seed=3)
    small = (case for group in found.smaller for case in group)
    decides = Source("mine.py", "def kinds(table, ids, more):\n    return len(table) == 17\n")
    named = named_cases(LOOKUP, decides, found.discriminating[0])
    assert any(17 in case.sizes.values() for case in named)
    reached = set()
    for case in (*found.discriminating, *found.edges, *found.rest, *small, *named):
        ids, sizes = case.given("ids"), case.given("more")
        assert isinstance(ids, ArrayValue)
        assert isinstance(sizes, TupleValue)
        assert isinstance(sizes.items[0], ArrayValue)
        assert 0 <= ids.numpy().min() <= ids.numpy().max() < case.sizes["classes"]
        lengths = sizes.items[0].numpy()
        assert 1 <= lengths.min() <= lengths.max() <= case.sizes["dim"]
        reached |= {ids.numpy().max() == case.sizes["classes"] - 1}
        reached |= {("length", lengths.max() == case.sizes["dim"])}
    assert {True, ("length", True)} <= reached


def test_sums_and_products_of_exact_numbers_are_not_rounded() -> None:
    exact = Array(name="x", shape=("n", "dim"), exact=True)
    few = {"parameters": (exact,), "keyword_only": (), "optional": ()}
    found = plan(msgspec.structs.replace(KINDS, **few), count=60, seed=3)
    for case in (*found.discriminating, *found.edges, *found.rest):
        given = case.given("x")
        assert isinstance(given, ArrayValue)
        x = given.numpy()
        products = np.asarray(x @ x.T, np.float64)
        assert np.array_equal(products, np.float64(x) @ np.float64(x).T)
        assert np.array_equal(x * 4, np.round(x * 4))


def test_optional_arguments_are_sometimes_left_out() -> None:
    assert {each is None for each in values("rate")} == {True, False}
    few = plan(KINDS, count=1, seed=0)  # also where a program is proved
    assert {case.given("rate") is None for case in few.discriminating} == {True, False}
    assert {case.given("mean") for case in few.discriminating} == set(values("mean"))


def looks(text: str) -> list[Look]:
    some = cases()[:12]
    _, theirs = observe(RIGHT, KINDS, some)
    _, ours = observe(text, KINDS, some)
    pairs = zip(some, theirs, ours, strict=True)
    return [Look(KINDS, Exchange(case=c, expected=e, actual=a)) for c, e, a in pairs]


def test_a_right_program_gives_the_same_answers() -> None:
    found = looks(RIGHT)
    assert all(isinstance(each.exchange.actual.outcome, Completed) for each in found)
    assert all(isinstance(each.comparison, Same) for each in found)


WRONG = {
    "default": ("rate=0.25", "rate=0.5"),
    "flag": ("if mean", "if not mean"),
    "choice": ('kind == "abs"', "True"),
    "key": ("uniform(key,", "uniform(jax.random.key(0),"),
    "integers": ("labels + 1", "labels"),
    "nested": ("b * 2", "b"),
    "dict": ('params["w"]', 'params["w"] * 2'),
}


@pytest.mark.parametrize(("before", "after"), WRONG.values(), ids=WRONG)
def test_wrong_programs_give_others(before: str, after: str) -> None:
    assert before in RIGHT
    assert any(each.answer_wrong for each in looks(RIGHT.replace(before, after)))


def traced(text: str) -> tuple[Trace, ...]:
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    return fingerprints(namespace["kinds"], KINDS, (cases()[0].sizes,))


def test_all_combinations_are_traced_for_every_size() -> None:
    found = [each for each in traced(RIGHT) if isinstance(each, Fingerprint)]
    scopes = [each.scope for each in found if each.scope.symbolic]
    assert all(each.symbolic == ("n", "dim", "classes") for each in scopes)
    assert len(scopes) == 2 * 2 * 2 * 2  # rates, flags, choices, with and without a rate
    assert {each.left_out for each in scopes} == {(), ("rate",)}


@pytest.mark.parametrize(("before", "after"), WRONG.values(), ids=WRONG)
def test_wrong_programs_have_other_fingerprints(before: str, after: str) -> None:
    assert traced(RIGHT.replace(before, after)) != traced(RIGHT)


def test_a_changed_dict_is_noticed() -> None:
    text = RIGHT.replace("    b, shift", '    params["new"] = x\n    b, shift')
    _, found = observe(text, KINDS, cases()[:1])
    assert found[0].mutated == ("params",)


def test_the_snippet_makes_the_same_call() -> None:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def kinds(*args: Any, **named: Any) -> None:
        calls.append((args, named))

    names: dict[str, Any] = {"jax": jax, "jnp": jax.numpy, "np": np, "kinds": kinds}
    exec(_call(cases()[0], KINDS), names)
    ((args, named),) = calls
    assert named == {"kind": values("kind")[0].value, "rate": values("rate")[0].value}
    assert len(args) == 5
    assert list(args[1]) == ["w", "more"]
    assert jax.numpy.issubdtype(args[0].dtype, jax.dtypes.prng_key)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "no such parameter": ({"optional": ("rates",)}, "is not a parameter"),
    "named in the middle": ({"keyword_only": ("mean",)}, "the last ones"),
    "optional size": ({"parameters": (Size(name="n"),), "optional": ("n",)}, "can't be optional"),
    "required behind it": ({"optional": ("labels",)}, "stands behind"),
    "no numbers": (
        {"parameters": (Integers(name="i", shape=(), low=2, high=1),), "optional": ()},
        "no numbers",
    ),
    "no index at size 1": (
        {"parameters": (Integers(name="i", shape=("n",), low=1, below="n"),), "optional": ()},
        'from 1 if "n" is 1',
    ),
    "no length at size 1": (
        {"parameters": (Integers(name="i", shape=("n",), low=2, at_most="n"),), "optional": ()},
        'if "n" is 1',
    ),
    "below no size": (
        {"parameters": (Integers(name="i", shape=("n",), low=0, below="m"),), "optional": ()},
        "not a dimension",
    ),
}


@pytest.mark.parametrize(("fields", "said"), BROKEN.values(), ids=BROKEN)
def test_declarations_that_cannot_be_called_are_refused(fields: dict[str, Any], said: str) -> None:
    fields = {"keyword_only": (), **fields} if "parameters" in fields else fields
    assert any(said in each for each in _unusable(msgspec.structs.replace(KINDS, **fields)))
