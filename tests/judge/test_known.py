"""Known mistakes: a program that computes what a labelled mistake does is told so."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import read_submission

PROGRAM = """
import jax
import jax.numpy as jnp
from flax import linen

def {function}(seed, rows, width):
    shared = {{"variable_axes": {{"params": None}}, "split_rngs": {{"params": False}}}}
    lifted = linen.vmap(linen.Dense, **shared)
    found, _ = lifted(features=width).init_with_output(jax.random.PRNGKey(seed), rows)
    {body}
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as made:
        yield made


@pytest.fixture(scope="module")
def folder() -> ExerciseFolder:
    return next(each for each in exercises() if each.exercise.level == 1)


def details(session: Session, folder: ExerciseFolder, place: Path, body: str) -> list[str]:
    file = place / "mine.py"
    text = PROGRAM.format(function=folder.exercise.function, body=body)
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    report: Report = grade(session, read_submission(file), folder, GradingRequest(cases=12))
    (finding,) = report.findings
    assert finding.rule == "wrong-values"
    return [each for each in finding.details if "known mistake" in each]


def test_a_known_mistake_is_described(
    session: Session, folder: ExerciseFolder, tmp_path: Path
) -> None:
    (said,) = details(session, folder, tmp_path, "return jnp.ravel(jax.nn.relu(found))")
    assert said == "It computes the same as a known mistake: An activation that nobody asked for."


@pytest.mark.slow
def test_one_that_cannot_be_traced_is_told_by_its_answers(
    session: Session, folder: ExerciseFolder, tmp_path: Path
) -> None:
    body = "return jnp.ravel(jax.nn.relu(jnp.asarray(__import__('numpy').asarray(found))))"
    (said,) = details(session, folder, tmp_path, body)
    mistake = "it gives the numbers of a known mistake: An activation that nobody asked for."
    assert said == f"In all 8 cases, {mistake}"


@pytest.mark.parametrize(
    "body",
    ["return jnp.ravel(jnp.tanh(found))", "return jnp.ravel(jax.nn.relu(found) + 1e-3)"],
)
def test_says_nothing_about_another_mistake(
    session: Session, folder: ExerciseFolder, tmp_path: Path, body: str
) -> None:
    assert details(session, folder, tmp_path, body) == []
