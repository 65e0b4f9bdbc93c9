"""An exercise of two functions, for tests: parameters are made, and used."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from grader.model.exercise import (
    Array,
    Check,
    CheckSpec,
    Dict,
    Dimension,
    Exercise,
    ExerciseFolder,
    Function,
    Seed,
    Size,
)

CHECKS: Final = tuple(
    CheckSpec(check=each, title=each.value)
    for each in (Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES, Check.PURE)
)
PARAMS: Final = Dict(
    name="params",
    items=(Array(name="w", shape=("inputs", "features")), Array(name="b", shape=("features",))),
)
EXERCISE: Final = Exercise(
    slug="two-functions",
    title="Two functions",
    topic="pure functions",
    level=1,
    functions=(
        Function(
            name="init",
            parameters=(Seed(name="seed"), Size(name="inputs"), Size(name="features")),
            checks=CHECKS,
        ),
        Function(
            name="apply",
            parameters=(PARAMS, Array(name="x", shape=("batch", "inputs"))),
            checks=CHECKS,
        ),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=4),
        Dimension(name="inputs", noun="the inputs", largest=4, weights=True),
        Dimension(name="features", noun="the features", largest=4, weights=True),
    ),
    takeaway="A model is two functions.",
)
INIT: Final = """\
import jax
import jax.numpy as jnp


def init(seed, inputs, features):
    w = jax.random.normal(jax.random.PRNGKey(seed), (inputs, features))
    return {"w": w, "b": jnp.zeros(features)}
"""
APPLY: Final = """\


def apply(params, x):
    return jnp.tanh(x @ params["w"] + params["b"])
"""
KEEPING: Final = """\
import jax
import jax.numpy as jnp

kept = {}


def init(seed, inputs, features):
    kept["w"] = jax.random.normal(jax.random.PRNGKey(seed), (inputs, features))
    return {"w": kept["w"], "b": jnp.zeros(features)}


def apply(params, x):
    return jnp.tanh(x @ kept.get("w", params["w"]) + params["b"])
"""


def folder_in(root: Path) -> ExerciseFolder:
    """Write the solution into a folder, and return the exercise as if it were declared there."""
    folder = root / "exercises" / "two_functions"
    (folder / "mistakes").mkdir(parents=True)
    solution = root / "solutions" / "two_functions.py"
    solution.parent.mkdir()
    solution.write_text(INIT + APPLY, encoding="utf-8")
    return ExerciseFolder(exercise=EXERCISE, folder=folder, solution=solution)
