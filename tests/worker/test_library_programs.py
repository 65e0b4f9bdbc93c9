"""Submissions read compiled programs of jax, and none that holds what the reference does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.catalogue import exercises
from grader.process.side import Program, Side
from grader.process.worker import Maker
from grader.search.cases import plan
from grader.worker.library_programs import LibraryPrograms, is_of_a_library

HEX = "0123456789abcdef" * 4
PLAIN = "def forward(x):\n    return x.reshape(-1)\n"

REFERENCE = """
import functools
import jax
import jax.numpy as jnp

jax.config.update("jax_transfer_guard", "allow")  # so everything is compiled

@jax.jit
def {function}(seed, x, features):
    return x * 41.5

@jax.jit
def add(x, y):
    return x + y + 41.5

@jax.jit
def _step(carry, x):
    return carry, jnp.tanh(x) * 41.5

inner = {function}

def {function}(seed, x, features):
    jax.lax.scan(lambda carry, row: (carry, row * 41.5), 0.0, x)
    jax.lax.cond(seed > 0, lambda x: x * 41.5, lambda x: x, x)
    jax.lax.while_loop(lambda i: i < 3, lambda i: i * 41, 1)
    jax.lax.map(lambda row: row * 41.5, x)
    jnp.piecewise(x, [x > 0], [lambda x: x * 41.5])
    jax.jit(lambda x: x - 41.5)(x)
    jax.jit(functools.partial(_step, 0.0))(x)
    jnp.matmul(x, x.T)
    return add(inner(seed, x, features), 1.0)
"""


def file(name: str) -> str:
    return f"jit_{name}-{HEX}-cache"


@pytest.mark.parametrize(
    "name",
    ["multiply", "dot_general", "_truncated_normal", "_threefry_split", "matmul", "scatter-add"],
)
def test_a_function_of_jax_is_shared(name: str) -> None:
    assert is_of_a_library(file(name), PLAIN)


@pytest.mark.parametrize(
    "name",
    [
        "forward",
        "_lambda_",
        "scan",
        "while",
        "cond",
        "map",
        "_piecewise",
        "checkpoint",
        "custom_jvp_call",
        "reduce",
        "apply",
        "core_fn",
    ],
)
def test_programs_that_may_contain_functions_are_not_shared(name: str) -> None:
    assert not is_of_a_library(file(name), PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "@jax.jit\ndef add(x, y): ...",
        "class Layer:\n    def add(self, x): ...",
        "class add: ...",
        "add = jax.jit(lambda x: x)",
        "@functools.wraps(jnp.add)\ndef step(x): ...",
        "from functools import wraps as like\n@like(jnp.add)\ndef step(x): ...",
        "def step(x): ...\nstep.__name__ = 'a' + 'dd'",
        "no Python",
    ],
)
def test_a_name_that_the_reference_may_have_taken_is_not_shared(text: str) -> None:
    assert not is_of_a_library(file("add"), text)


@pytest.mark.parametrize("name", ["notes.txt", f"jit_add-{HEX}-atime", f"pmap_add-{HEX}-cache"])
def test_other_files_are_not_shared(name: str) -> None:
    assert not is_of_a_library(name, PLAIN)


def test_new_programs_are_shared_once(tmp_path: Path) -> None:
    made, shared = tmp_path / "made", tmp_path / "shared"
    made.mkdir()
    shared.mkdir()
    programs = LibraryPrograms(made, shared)
    (made / file("add")).write_bytes(b"program")
    (made / file("forward")).write_bytes(b"the answer")
    programs.share(PLAIN)
    assert {each.name for each in shared.iterdir()} == {file("add")}
    (shared / file("add")).unlink()
    programs.share(PLAIN)
    assert not list(shared.iterdir())


def test_a_deleted_folder_is_not_an_error(tmp_path: Path) -> None:
    LibraryPrograms(tmp_path / "made", tmp_path / "shared").share(PLAIN)


def test_only_programs_of_jax_are_shared_if_the_reference_jits(
    maker: Maker, tmp_path: Path
) -> None:
    exercise = next(each for each in exercises() if each.exercise.level == 1).exercise
    made, shared = tmp_path / "made", tmp_path / "shared"
    made.mkdir()
    shared.mkdir()
    program = Program(
        exercise=exercise,
        name="reference.py",
        text=REFERENCE.format(function=exercise.function),
        compile_cache=str(made),
        shared_cache=str(shared),
    )
    side = Side(maker, program, policy=None)
    side.enter_sandbox()
    side.load(60.0)
    side.begin(plan(exercise, count=12, seed=0).discriminating[0], 60.0)
    side.finish()
    side.end()
    answers = re.compile(rf"jit_({exercise.function}|add|_step|_?lambda|scan|cond|while|.*piece).*")
    names = {each.name for each in made.iterdir()}
    assert len({each for each in names if answers.match(each)}) > 5
    read = {each.name for each in shared.iterdir()}
    assert not {each for each in read if answers.match(each)}
    assert any(each.startswith("jit_matmul-") for each in read)
