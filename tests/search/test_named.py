"""The cases at numbers that a program's text decides by."""

from __future__ import annotations

import itertools
import math

import msgspec
import pytest

from grader.catalogue import exercises
from grader.model.case import ArrayValue, Case, FloatValue, IntValue, arrays_of
from grader.model.exercise import Exercise
from grader.model.source import Source
from grader.search.cases import plan
from grader.search.named import deciding_numbers, named_cases

DECIDING = [
    ("if n == 37: pass", [37]),
    ("if 5 < n <= 2**6: pass", [5, 64]),
    ("y = x[: 8 * 8]", [64]),
    ("N = 1 << 7\nHALF = N // 2\ny = x[HALF - 1 :]", [63]),
    ("if n > 30 + 7: pass", [37]),
    ("i = jnp.arange(n, dtype=jnp.int8)", [127]),
    ("i = i.astype('uint8')", [255]),
    ("if n in (11, 13): pass", [11, 13]),
    ("if n % 1000 == 12: pass", [1000, 12, 1000]),
    ("y = x[i % 128]", [128]),
    ("y = '%d' % 12", []),
    ("m = min(n, 9)", [9]),
    ("y = jnp.clip(x, -1e4, 1e4)", [1e4, 1e4]),
    ("y = x[:40]", [40]),
    ("y = {8: 1}.get(n)", [8]),
    ("LIMIT = 21\nif n > LIMIT: pass", [21]),
    ("LIMIT: int = 21\nif n > LIMIT: pass", [21]),
    ("match n:\n    case 17: pass", [17]),
    ("while n < 0.9: pass", [0.9]),
    ("if x.shape[1] == 9: pass", [9]),
    ("if not (n - 9): pass", [9]),
    ("if n - 9: pass", [9]),
    ("y = 1 if n - 9 else 2", [9]),
    ("if str(n) == '37': pass", [37]),
    ("if f'{n}-{m}' == '7-6': pass", [7, 6]),
    ("if 'x'.join(map(str, y.shape)) == '7x6': pass", [7, 6]),
    ("if str(y.shape) == '(7, 6)': pass", [7, 6]),
    ("match f'{n}':\n    case '37': pass", [37]),
    ("all(a == b for a, b in zip(x.shape, (9, 4)))", [9, 4]),
]


@pytest.mark.parametrize(("text", "numbers"), DECIDING)
def test_numbers_that_decide_are_found(text: str, numbers: list[float]) -> None:
    assert list(deciding_numbers(Source("mine.py", text))) == numbers


INDIFFERENT = [
    "y = x * 37",
    "y = f(37)",
    "y = x.reshape(-1, 37)",
    "LIMIT = 21",
    "if flag == True: pass",
    "if n == 'a37': pass",
    "if n == 'Dense_3': pass",
    "if n == '1.5.0': pass",
    "if n == 1e999: pass",
    "if n ==",
]


@pytest.mark.parametrize("text", INDIFFERENT)
def test_other_numbers_are_not(text: str) -> None:
    assert list(deciding_numbers(Source("mine.py", text))) == []


def _exercise(slug: str) -> Exercise:
    (found,) = (each.exercise for each in exercises() if each.exercise.slug == slug)
    return found


def _named(exercise: Exercise, text: str) -> tuple[Case, ...]:
    first = plan(exercise, count=20, seed=0).discriminating[0]
    return named_cases(exercise, Source("mine.py", text), first)


def test_each_dimension_and_the_seed_have_the_number() -> None:
    found = _named(_exercise("nn-vmap-shared"), "if n == 31: pass")
    met = {(name, size) for case in found for name, size in case.sizes.items()}
    wanted = {(name, size) for name in ("batch", "in_dim", "features") for size in (31, 32)}
    assert wanted <= met
    assert any(case["seed"] == IntValue(value=31) for case in found)
    for case in found:
        x = case["x_batch"]
        assert isinstance(x, ArrayValue)
        assert x.shape == (case.sizes["batch"], case.sizes["in_dim"])
        assert x.numpy().dtype == "float32"
        assert case["features"] == IntValue(value=case.sizes["features"])


def test_a_dimension_stays_near_what_the_task_has() -> None:
    for case in _named(_exercise("nn-vmap-shared"), "if n == 90: pass"):
        assert case.sizes["batch"] <= 100
        assert max(case.sizes["in_dim"], case.sizes["features"]) <= 32


@pytest.mark.parametrize(
    ("slug", "text", "dimension", "size"),
    [
        ("lax-scan-decay", "y = x[:64]", "time", 65),
        ("lax-scan-decay", "y = jnp.where(i < 200, x, 0)", "time", 201),
        ("lax-scan-decay", "y = x[i % 128]", "time", 129),
        ("lax-scan-decay", "y = x[jnp.minimum(i, 99)]", "time", 101),
        ("lax-scan-decay", "y = jnp.arange(n, dtype=jnp.int8)", "time", 129),
        ("nn-vmap-shared", "y = x_batch[:256]", "batch", 257),
        ("nn-vmap-shared", "y = out[:, :32]", "features", 33),
        ("nn-scan-layers", "d = min(depth, 24)", "depth", 25),
    ],
)
def test_a_size_may_be_beyond_what_is_drawn(
    slug: str, text: str, dimension: str, size: int
) -> None:
    assert any(case.sizes[dimension] == size for case in _named(_exercise(slug), text))


def test_what_is_too_large_is_not_met() -> None:
    assert not _named(_exercise("lax-scan-decay"), "y = x[:5000]")


def test_text_that_is_filled_in_is_no_remainder() -> None:
    assert not _named(_exercise("nn-vmap-shared"), "print('%d' % 12)")


def test_a_number_of_an_interval_is_met_from_both_sides() -> None:
    rates = [
        value.value
        for case in _named(_exercise("jax-grad-step"), "if rate < 0.9: pass")
        if isinstance(value := case["rate"], FloatValue)
    ]
    assert 0.9 in rates
    assert min(rates) < 0.9 < max(rates) <= 1.0


def test_related_sizes_keep_to_their_relation() -> None:
    batch, in_dim, features = _exercise("nn-vmap-shared").dimensions
    related = msgspec.structs.replace(
        _exercise("nn-vmap-shared"),
        dimensions=(batch, in_dim, msgspec.structs.replace(features, multiple_of="in_dim")),
    )
    found = _named(related, "if n == 6: pass")
    assert any(case.sizes["features"] == 6 for case in found)
    for case in found:
        assert case.sizes["features"] % case.sizes["in_dim"] == 0


def test_what_a_size_depends_on_grows_with_it() -> None:
    batch, in_dim, features = _exercise("nn-vmap-shared").dimensions
    related = msgspec.structs.replace(
        _exercise("nn-vmap-shared"),
        dimensions=(batch, in_dim, msgspec.structs.replace(features, at_most="in_dim")),
    )
    met = {case.sizes["features"] for case in _named(related, "if n == 11: pass")}
    assert {11, 12} <= met


def test_a_text_with_many_numbers_adds_few_cases() -> None:
    text = "\n".join(f"if n == {number}: pass" for number in range(3, 400))
    assert len(_named(_exercise("nn-vmap-shared"), text)) <= 36


def test_two_dimensions_have_two_numbers() -> None:
    exercise = _exercise("nn-vmap-shared")
    met = [case.sizes for case in _named(exercise, "match y.shape:\n    case (9, 4): pass")]
    names = [each.name for each in exercise.dimensions]
    for one, other in itertools.combinations(names, 2):
        for wanted in itertools.product((9, 4), repeat=2):
            assert any((each[one], each[other]) == wanted for each in met)


COUNTED = [
    ("if y.size == 42: pass", 42),
    ("if y.shape[0] == 42: pass", 42),
    ("if len(y) == 42: pass", 42),
    ("if np.prod(y.shape) == 42: pass", 42),
    ("MOST = 42\nif not math.prod(y.shape) < MOST: pass", 42),
    ("if y.nbytes == 168: pass", 42),
    ("match y.size:\n    case 42: pass", 42),
    ("if forward(x).reshape(-1).shape == (42,): pass", 42),
    ("size = y.size\nif size == 42: pass", 42),
    ("y = {'42': z}.get(str(y.size), y)", 42),
]


@pytest.mark.parametrize(("text", "count"), COUNTED)
def test_an_answer_has_so_many_numbers(text: str, count: int) -> None:
    exercise = _exercise("nn-vmap-shared")
    met = [case.sizes for case in _named(exercise, text)]
    names = [each.name for each in exercise.dimensions]
    for one, other in itertools.combinations(names, 2):
        products = [each[one] * each[other] for each in met]
        assert count in products
        assert any(count < each < 2 * count for each in products)
    assert any(math.prod(each.values()) == 3 * count for each in met)


@pytest.mark.parametrize(
    "text", ["if x_batch.shape[0] == 42: pass", "if len(x_batch) == 42: pass", "if n == 42: pass"]
)
def test_an_argument_is_not_taken_for_an_answer(text: str) -> None:
    found = [case.sizes for case in _named(_exercise("nn-vmap-shared"), text)]
    assert not any(each["batch"] * each["features"] == 42 for each in found)


def test_numbers_that_no_dimension_reaches_do_not_meet_others() -> None:
    for case in _named(_exercise("nn-vmap-shared"), "if n == 90 or n == 4: pass"):
        assert max(case.sizes["in_dim"], case.sizes["features"]) <= 32


def test_dicts_of_arrays_have_the_sizes() -> None:
    for case in _named(_exercise("jax-grad-step"), "if n == 20: pass"):
        shapes = [each.shape for each in arrays_of(case["params"])]
        inputs, outputs = case.sizes["inputs"], case.sizes["outputs"]
        assert sorted(shapes) == sorted([(inputs, outputs), (outputs,)])
