"""The plan of cases: what is always in it, and that nothing around it changes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises, load_exercise
from grader.model.case import ArrayValue, Case, Container, IntValue
from grader.model.exercise import Arrays, Exercise, Number
from grader.search.cases import Plan, largest_sizes, plan
from grader.search.values import LARGEST_SEED

ROOT = Path(__file__).resolve().parents[2]

PRINT_PLAN = """
import hashlib, msgspec
from grader.catalogue import exercises
from grader.search.cases import plan
for each in exercises():
    made = plan(each.exercise, count=100, seed=0)
    print(hashlib.sha256(msgspec.msgpack.encode(made)).hexdigest())
"""


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.level == 1)


@pytest.fixture(scope="module")
def made(exercise: Exercise) -> Plan:
    return plan(exercise, count=100, seed=0)


def every(made: Plan) -> tuple[Case, ...]:
    return (*made.discriminating, *made.edges, *made.rest)


def seed_of(case: Case) -> int:
    value = case["seed"]
    assert isinstance(value, IntValue)
    return value.value


def array_of(case: Case) -> np.ndarray:
    value = next(each.value for each in case.arguments if isinstance(each.value, ArrayValue))
    return value.numpy()


def test_has_the_requested_number_of_cases(exercise: Exercise, made: Plan) -> None:
    assert made.total == 100
    fewest = plan(exercise, count=1, seed=0)
    assert (fewest.discriminating, fewest.edges) == (made.discriminating, made.edges)
    assert [each.sizes for each in fewest.rest] == [largest_sizes(exercise)] * 2


def test_seeds_are_in_the_contracts_range_with_its_ends(made: Plan) -> None:
    seeds = {seed_of(case) for case in every(made)}
    assert seeds <= set(range(2**16)) | {each for each in seeds if each <= LARGEST_SEED}
    assert {0, LARGEST_SEED} <= seeds
    assert len(seeds) > 30


def test_edges_are_in_every_run(exercise: Exercise) -> None:
    sizes = [tuple(case.sizes.values()) for case in every(plan(exercise, count=1, seed=5))]
    assert (1, 1, 1) in sizes
    assert any(len(set(each)) == 1 and each[0] > 1 for each in sizes)
    assert any(each[0] > 8 and each[1] > 5 and each[2] > 5 for each in sizes)
    assert any(each[0] == 1 and each[1] > 1 for each in sizes)


def test_the_same_seed_and_shape_occur_with_other_values(made: Plan) -> None:
    first, second = made.discriminating[0], made.discriminating[2]
    assert first.sizes == second.sizes
    assert seed_of(first) == seed_of(second)
    assert not np.array_equal(array_of(first), array_of(second))


def test_the_same_values_occur_with_another_seed(made: Plan) -> None:
    first, second = made.discriminating[:2]
    assert np.array_equal(array_of(first), array_of(second))
    assert seed_of(first) != seed_of(second)


def test_values_are_zero_negative_tiny_and_large(made: Plan) -> None:
    numbers = np.concatenate([array_of(case).ravel() for case in every(made)])
    assert (numbers == 0).any()
    assert (numbers < 0).any()
    magnitudes = np.abs(numbers[numbers != 0])
    assert magnitudes.min() < 1e-5
    assert magnitudes.max() > 1e5
    assert numbers.dtype == np.float32


def test_some_larger_arrays_have_one_sign(made: Plan) -> None:
    larger = [array for array in map(array_of, every(made)) if array.size > 8]
    usual = [array for array in larger if 0.1 < np.abs(array).max() < 10]
    assert any((array < 0).all() for array in usual)
    assert any((array > 0).all() for array in usual)
    assert sum((array < 0).any() and (array > 0).any() for array in usual) > len(usual) / 2


def test_some_cases_pass_numpy_arrays(made: Plan) -> None:
    containers = [case.container for case in every(made)]
    assert made.discriminating[3].container is Container.NUMPY
    assert containers.count(Container.JAX) > containers.count(Container.NUMPY) > 0


def test_shapes_are_few(exercise: Exercise, made: Plan) -> None:
    weights = [each.name for each in exercise.dimensions if each.weights]
    assert len({tuple(case.sizes.values()) for case in every(made)}) <= 16
    assert len({tuple(case.sizes[name] for name in weights) for case in every(made)}) <= 9


def test_another_seed_gives_other_cases(exercise: Exercise, made: Plan) -> None:
    assert plan(exercise, count=100, seed=1) != made
    assert plan(exercise, count=100, seed=0) == made


@pytest.mark.slow
def test_the_environment_does_not_change_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither CI's variables, nor Hypothesis' profile, nor a module with numbers in it."""
    (tmp_path / "local_module.py").write_text("X = [3, 5, 7, 11]\n")
    around = {"CI": "true", "HYPOTHESIS_PROFILE": "ci"}
    done = subprocess.run(
        [sys.executable, "-c", "import local_module\n" + PRINT_PLAN],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "HOME": str(tmp_path), **around},
        capture_output=True,
        text=True,
        check=True,
    )
    exec(PRINT_PLAN, {})
    assert done.stdout == capsys.readouterr().out
    assert not (tmp_path / ".hypothesis").exists()


def test_every_parameter_kind_is_drawn(exercise: Exercise) -> None:
    dimensions = exercise.dimensions
    richer = msgspec.structs.replace(
        exercise,
        parameters=(
            *exercise.parameters,
            Number(name="rate", choices=(0.0, 0.5)),
            Arrays(name="carry", items=(exercise.parameters[1], exercise.parameters[1])),
        ),
    )
    case = plan(richer, count=20, seed=0).rest[0]
    assert case["rate"].value in (0.0, 0.5)
    assert [item.shape for item in case["carry"].items] == [
        tuple(case.sizes[each.name] for each in dimensions[:2])
    ] * 2


def test_an_exercise_about_numpy_passes_only_numpy_arrays(exercise: Exercise) -> None:
    made = plan(msgspec.structs.replace(exercise, plain_numpy=True), count=60, seed=0)
    assert {case.container for case in every(made)} == {Container.NUMPY}


@pytest.mark.parametrize(
    ("imports", "plain"),
    [
        ("import numpy as np", True),
        ("from numpy import cumsum", True),
        ("import numpy as np\nimport jax.numpy as jnp", False),
        ("import numpy as np\nfrom flax import linen as nn", False),
        ("import numpy as np\n\n\ndef f():\n    import jax", False),
        ("import math", False),
    ],
)
def test_imports_show_whether_a_solution_is_about_numpy(
    imports: str, plain: bool, tmp_path: Path
) -> None:
    first = next(each for each in exercises() if each.exercise.level == 1)
    (tmp_path / f"{first.folder.name}.py").write_text(f"{imports}\n", encoding="utf-8")
    assert load_exercise(first.folder, tmp_path).exercise.plain_numpy is plain
