"""The ladder of scopes, on an exercise with everything that a declaration can have."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import msgspec
import pytest
from equivalence_programs import RIGHT, exercise, function

from grader.model.exercise import Array, Arrays, Dimension, Exercise, Number, Seed, Size
from grader.model.trace import Fingerprint, Scope, Trace, Untraceable
from grader.worker.kept import Pictures
from grader.worker.trace import Rung, fingerprint, fingerprints, scopes

EVERYTHING = Exercise(
    slug="everything",
    title="",
    topic="",
    level=1,
    function="everything",
    parameters=(
        Array(name="x", shape=("batch", "width")),
        Arrays(
            name="carry",
            items=(Array(name="c", shape=("batch",)), Array(name="h", shape=("batch",))),
        ),
        Seed(name="seed"),
        Size(name="width"),
        Number(name="rate", choices=(0.1, 0.5)),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12),
        Dimension(name="width", noun="the width", largest=8, weights=True),
    ),
    output=(),
    module="nn.Dense",
    checks=(),
    takeaway="",
)

SIZES = (
    {"batch": 3, "width": 4},
    {"batch": 5, "width": 4},
    {"batch": 1, "width": 1},
)


def plain(x: Any, carry: Any, seed: Any, width: Any, rate: Any) -> Any:
    c, h = carry
    return (x * rate).sum() + c.sum() - h.sum() + jnp.zeros(width).sum()


def test_every_scope_of_a_rung_occurs_once() -> None:
    every, batch, given = (list(scopes(EVERYTHING, SIZES, rung)) for rung in Rung)
    assert [scope.numbers for scope in every] == [{"rate": 0.1}, {"rate": 0.5}]
    assert {scope.symbolic for scope in every} == {("batch", "width")}
    assert [scope.sizes for scope in batch] == [{"width": 4}] * 2 + [{"width": 1}] * 2
    assert len(given) == 6
    assert all(not scope.symbolic for scope in given)


def test_all_arguments_are_passed_as_declared() -> None:
    seen: list[Any] = []

    def look_on(*arguments: Any) -> Any:
        seen.append(arguments)
        return plain(*arguments)

    scope = Scope(symbolic=("batch",), sizes={"width": 4}, numbers={"rate": 0.5})
    assert isinstance(fingerprint(look_on, EVERYTHING, scope), Fingerprint)
    ((x, carry, seed, width, rate),) = seen
    assert (str(x.shape), x.dtype) == ("(batch, 4)", "float32")
    assert isinstance(carry, tuple)
    assert [str(each.shape) for each in carry] == ["(batch,)", "(batch,)"]
    assert (seed.shape, seed.dtype) == ((), "int32")
    assert (width, rate) == (4, 0.5)


def test_numbers_are_part_of_the_program() -> None:
    found = fingerprints(plain, EVERYTHING, SIZES)
    wide = [each for each in found if isinstance(each, Fingerprint) and each.scope.symbolic]
    assert len({trace.digest for trace in wide}) == 2


def rungs_of(traces: tuple[Trace, ...]) -> list[tuple[str, ...]]:
    """The dimensions that stand for every size in a trace; none at the sizes it is held against."""
    return [each.scope.symbolic for each in traces if isinstance(each, Fingerprint)]


def test_it_goes_down_as_far_as_necessary() -> None:
    def by_width(x, carry, seed, width, rate):
        return plain(x, carry, seed, width, rate) * sum(1 for _ in range(width))

    def by_batch(x, carry, seed, width, rate):
        return sum(row.sum() for row in x) * sum(1 for _ in range(width))

    def by_value(x, carry, seed, width, rate):
        return float(x.sum())

    assert rungs_of(fingerprints(plain, EVERYTHING, SIZES)) == [("batch", "width")] * 2 + [()] * 2
    assert rungs_of(fingerprints(by_width, EVERYTHING, SIZES)) == [("batch",)] * 4 + [()] * 2
    assert rungs_of(fingerprints(by_batch, EVERYTHING, SIZES)) == [()] * 6
    found = fingerprints(by_value, EVERYTHING, SIZES)
    assert [type(each) for each in found] == [Untraceable] * 3
    lower = fingerprints(plain, EVERYTHING, SIZES, widest=Rung.SIZES_AS_GIVEN)
    assert rungs_of(lower) == [()] * 6


def test_a_rung_with_a_failing_scope_is_skipped() -> None:
    def odd(x, carry, seed, width, rate):
        if width != 4:
            raise ValueError(width)
        return x

    found = fingerprints(odd, EVERYTHING, SIZES, widest=Rung.EVERY_OTHER_SIZE)
    assert not rungs_of(found)
    assert {type(each) for each in found} == {Untraceable}


def test_the_sizes_that_it_is_held_against_are_executed_ones_above_one() -> None:
    found = fingerprints(plain, EVERYTHING, SIZES)
    held = [each.scope for each in found if not each.scope.symbolic]
    assert [scope.sizes for scope in held] == [{"batch": 3, "width": 4}, {"batch": 5, "width": 4}]
    assert [scope.numbers for scope in held] == [{"rate": 0.1}, {"rate": 0.5}]


def test_state_between_traces_is_reported() -> None:
    calls = [0]

    def counting(x, carry, seed, width, rate):
        calls[0] += 1
        return plain(x, carry, seed, width, rate)

    first, *_ = fingerprints(counting, EVERYTHING, SIZES, pictures=Pictures({"calls": calls}))
    assert isinstance(first, Fingerprint)
    assert "keeps something" in first.detail


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("one\ntwo"), "ValueError: one"),
        (ValueError("\x1b[31mred"), "ValueError: ?[31mred"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (ValueError("\n"), "ValueError: "),
        (ValueError("long " * 99), None),
    ],
)
def test_whatever_is_raised_is_one_short_line(error: BaseException, reason: str | None) -> None:
    def failing(*_: object) -> None:
        raise error

    found = fingerprint(failing, exercise(), Scope(symbolic=("batch", "in_dim", "features")))
    assert isinstance(found, Untraceable)
    assert len(found.reason) <= 200
    assert reason is None or found.reason == reason


def test_they_cross_the_wire() -> None:
    found = fingerprints(function(RIGHT), exercise(), ({"batch": 3, "in_dim": 4, "features": 2},))
    found = (*found, Untraceable(scope=Scope(symbolic=()), reason="x"))
    data = msgspec.msgpack.encode(found)
    assert msgspec.msgpack.decode(data, type=tuple[Trace, ...]) == found


_WITHOUT_BACKEND = """
import sys
from collections.abc import Callable
sys.path.insert(0, sys.argv[1])
from equivalence_programs import RIGHT, traces
from grader.model.trace import Fingerprint
assert any(isinstance(each, Fingerprint) for each in traces(RIGHT)), traces(RIGHT)
"""


def test_no_backend_is_started() -> None:
    """There is no platform of this name, so starting one would raise."""
    environment = {"JAX_PLATFORMS": "nonesuch", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run(
        [sys.executable, "-c", _WITHOUT_BACKEND, str(Path(__file__).parent)],
        env=environment,
        check=True,
        capture_output=True,
    )


class Pair(NamedTuple):
    first: Any
    second: Any


@pytest.mark.parametrize(
    ("gives", "same"),
    [
        (lambda one, two: [one, two], True),
        (Pair, True),
        (lambda one, two: (two, one), False),
        (lambda one, two: [[one], two], False),
        (lambda one, two: {"first": one, "second": two}, False),
        (lambda one, _: [one], False),
    ],
)
def test_lists_and_named_tuples_are_as_good_as_tuples(
    gives: Callable[[Any, Any], Any], same: bool
) -> None:
    def giving(made: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        return lambda x, *_: made(x + 1, x + 2)

    scope = next(scopes(EVERYTHING, SIZES, Rung.EVERY_SIZE))
    one, other = (fingerprint(giving(each), EVERYTHING, scope) for each in (Pair, gives))
    assert isinstance(one, Fingerprint)
    assert isinstance(other, Fingerprint)
    plain = fingerprint(giving(lambda first, second: (first, second)), EVERYTHING, scope)
    assert one == plain
    assert (one.digest == other.digest) is same
