"""Scans with the same steps have the same fingerprint, however they are written; no others do."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from grader.worker.fingerprint import digest

X = np.arange(1, 7, dtype=np.float32).reshape(3, 2)
SCALE = np.float32(3)
START = jnp.zeros(2)

Program = Callable[[Any, Any], Any]


def number(program: Program) -> str:
    traced, shape = jax.make_jaxpr(program, return_shape=True)(X, SCALE)
    return digest(traced, str(jax.tree.structure(shape))).digest


def plain(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        total = scale * total + row
        return total, total

    return lax.scan(step, START, x)[1]


def scale_carried(x: Any, scale: Any) -> Any:
    def step(carry: Any, row: Any) -> Any:
        kept, total = carry
        total = kept * total + row
        return (kept, total), total

    return lax.scan(step, (scale, START), x)[1]


def scale_carried_second(x: Any, scale: Any) -> Any:
    def step(carry: Any, row: Any) -> Any:
        total, kept = carry
        total = kept * total + row
        return (total, kept), total

    return lax.scan(step, (START, scale), x)[1]


def steps_counted(x: Any, scale: Any) -> Any:
    def step(carry: Any, row: Any) -> Any:
        count, total = carry
        total = scale * total + row
        return (count + 1, total), (count, total)

    return lax.scan(step, (0, START), x)[1][1]


def unrolled(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        total = scale * total + row
        return total, total

    return lax.scan(step, START, x, unroll=3)[1]


def rows_passed_twice(x: Any, scale: Any) -> Any:
    def step(total: Any, rows: Any) -> Any:
        total = scale * total + rows[0]
        return total, total

    return lax.scan(step, START, (x, x))[1]


def sum_of_the_step_before(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        return scale * total + row, total

    return lax.scan(step, START, x)[1]


def from_the_end(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        total = scale * total + row
        return total, total

    return lax.scan(step, START, x, reverse=True)[1]


def from_ones(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        total = scale * total + row
        return total, total

    return lax.scan(step, START + 1, x)[1]


def scale_grows(x: Any, scale: Any) -> Any:
    def step(carry: Any, row: Any) -> Any:
        kept, total = carry
        total = kept * total + row
        return (kept + 1, total), total

    return lax.scan(step, (scale, START), x)[1]


def carries_exchanged(x: Any, scale: Any) -> Any:
    def step(carry: Any, row: Any) -> Any:
        one, other = carry
        return (other, scale * one + row), one

    return lax.scan(step, (START, START), x)[1]


def last(x: Any, scale: Any) -> Any:
    def step(total: Any, row: Any) -> Any:
        return scale * total + row, total

    return lax.scan(step, START, x)[0]


def nested(rows: str) -> Program:
    """A loop over x in a loop over x; `rows` says which of the rows are multiplied."""

    def program(x: Any, scale: Any) -> Any:
        def outer(total: Any, row: Any) -> Any:
            def inner(part: Any, other: Any) -> Any:
                one, two = (row if each == "o" else other for each in rows)
                return part + one * two * scale, None

            return total + lax.scan(inner, START, x)[0], None

        return lax.scan(outer, START, x)[0]

    return program


def beside(swapped: bool) -> Program:
    """A loop that uses the result of another one, whose carry looks the same."""

    def program(x: Any, scale: Any) -> Any:
        first = lax.scan(lambda c, row: (c * scale + row, None), START, x)[0]

        def step(total: Any, row: Any) -> Any:
            one, other = (total, first) if swapped else (first, total)
            return one * scale + row - other, None

        return lax.scan(step, START, x)[0]

    return program


def two_carries(gives: str) -> Program:
    """Two carries, one made of the other; each step gives a difference."""

    def program(x: Any, scale: Any) -> Any:
        def step(carry: Any, row: Any) -> Any:
            one, other = carry
            given = eval(gives, {"one": one, "other": other})
            return (other + row, scale * other + row), given

        return lax.scan(step, (START, START + 1), x)[1]

    return program


SAME = [scale_carried, scale_carried_second, steps_counted, unrolled, rows_passed_twice]
OTHER = {
    "the reference": plain,
    "the sum of the step before": sum_of_the_step_before,
    "from the end": from_the_end,
    "from ones": from_ones,
    "a scale that grows": scale_grows,
    "carries exchanged": carries_exchanged,
    "the last sum": last,
    "the outer row twice": nested("oo"),
    "the inner row twice": nested("ii"),
    "the outer row and the inner one": nested("oi"),
    "one carry less the other": two_carries("one - other"),
    "one carry less itself": two_carries("one - one"),
    "the result of another loop": beside(swapped=False),
    "the result of another loop elsewhere": beside(swapped=True),
}


@pytest.mark.parametrize("program", SAME, ids=lambda each: each.__name__)
def test_the_same_steps_have_the_same_number(program: Program) -> None:
    np.testing.assert_array_equal(program(X, SCALE), plain(X, SCALE))
    assert number(program) == number(plain)


def test_other_steps_have_another_number() -> None:
    numbers = {name: number(program) for name, program in OTHER.items()}
    same = [pair for pair in combinations(numbers, 2) if numbers[pair[0]] == numbers[pair[1]]]
    assert same == []


# ------------------------------------------------------------------------------ random programs


def drawn(draw: random.Random, names: list[str], depth: int) -> str:
    """Draw an expression of these names; some of it a scan whose step uses them, too."""
    kind = draw.choice(("name", "name", "sum", "sum", "difference", "scan") if depth else ("name",))
    one, other = (draw.choice(names) for _ in range(2))
    match kind:
        case "sum":
            return f"({one} + {drawn(draw, names, depth - 1)})"
        case "difference":
            return f"({drawn(draw, names, depth - 1)} - {other})"
        case "scan":
            return scan(draw, names, depth - 1)
        case _:
            return one


def scan(draw: random.Random, names: list[str], depth: int) -> str:
    """Draw a scan over x with one to three carries; it gives a sum of some of its results."""
    count = draw.randint(1, 3)
    level = f"{len(names)}"
    carried = [f"c{level}{place}" for place in range(count)]
    inside = [*names, *carried, f"r{level}"]
    nexts = [draw.choice((each, drawn(draw, inside, depth))) for each in carried]
    starts = [draw.choice(names) for _ in carried]
    gives = drawn(draw, inside, depth)
    results = draw.choice([*(f"s[0][{n}]" for n in range(count)), "s[1][0]"])
    rows = draw.choice(("x", "x", "x[:2]"))
    return (
        f"(lambda s: {results})(lax.scan(lambda c, r{level}: (lambda {', '.join(carried)}: "
        f"(({', '.join(nexts)},), {gives}))(*c), ({', '.join(starts)},), {rows}, "
        f"reverse={draw.random() < 0.3}))"
    )


def test_random_scans_with_equal_numbers_give_equal_results() -> None:
    draw = random.Random(20261129)
    found: dict[str, set[str]] = defaultdict(set)
    programs: dict[str, Program] = {}
    for _ in range(1000):
        text = scan(draw, ["a", "b"], depth=draw.choice((0, 1, 1, 2)))
        programs[text] = eval(f"lambda x, k: (lambda a, b: {text})(x[0], k * x[1])", {"lax": lax})
        found[number(programs[text])].add(text)
    groups = [sorted(each) for each in found.values() if len(each) > 1]
    assert len(groups) > 20, "too few programs are the same to hold anything"
    assert len(found) > 200, "too many programs are the same"
    with jax.disable_jit():
        for first, *others in groups:
            for other in others[:2]:
                one, two = (np.asarray(programs[each](X, SCALE)) for each in (first, other))
                np.testing.assert_array_equal(one, two, f"{first}\n{other}")
