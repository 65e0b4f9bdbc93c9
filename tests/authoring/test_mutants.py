"""Mutants: how programs are changed, and which of the mutants that pass are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.mutants import Mutant, mutants
from grader.authoring.survivors import Survivor, Survivors, as_submission
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.labels import places
from grader.model.exercise import ExerciseFolder, Seed
from grader.model.report import Verdict
from grader.model.sameness import same_program

pytestmark = pytest.mark.slow

FOLDERS = {each.exercise.slug: each for each in exercises()}
FIRST = next(iter(FOLDERS.values()))


def made(folder: ExerciseFolder) -> dict[str, Mutant]:
    text = folder.solution.read_text(encoding="utf-8")
    return {f"{each.line}: {each.name}": each for each in mutants(text, folder.exercise)}


def changed(before: str, after: str, text: str) -> bool:
    """Whether the mutant's text is the solution's with this written instead."""
    solution = FIRST.solution.read_text(encoding="utf-8")
    assert before in solution
    return same_program(text) == same_program(solution.replace(before, after))


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_mutants_are_valid_and_distinct(folder: ExerciseFolder) -> None:
    solution = folder.solution.read_text(encoding="utf-8")
    found = made(folder)
    programs = [same_program(each.text) for each in found.values()]
    assert len({*programs, same_program(solution)}) == len(found) + 1
    families = {"constant", "argument", "order", "call", "result"}
    own_key = folder.exercise.flax_class is None  # a class's key is the grader's
    if own_key and any(isinstance(each, Seed) for each in folder.exercise.parameters):
        families.add("key")
    assert families <= {each.family for each in found.values()}
    assert all(each.line <= len(solution.splitlines()) for each in found.values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in_axes=0", "in_axes=1"),
        ("in_axes=0", "in_axes=None"),
        ("out_axes=0", "out_axes=-1"),
        ('{"params": None}', '{"params": 0}'),
        ('{"params": None}', "{}"),
        ('{"params": None}', '{"params_": None}'),
        ('{"params": False}', '{"params": True}'),
        ('        split_rngs={"params": False},\n', ""),
        ("features=features", "features=3"),
        ("features=features", ""),
        ("PRNGKey(seed)", "PRNGKey(0)"),
        ("jax.random.PRNGKey(seed)", "jax.random.fold_in(jax.random.PRNGKey(seed), 1)"),
        ("model.init(key, x_batch)", "model.init(x_batch, key)"),
        ("model.apply(variables, x_batch)", "model.apply(variables, x_batch.swapaxes(0, 1))"),
        ("model.apply(variables, x_batch)", "model.init(variables, x_batch)"),
        ("outputs.reshape(-1)", "outputs"),
        ("outputs.reshape(-1)", "(outputs.T).reshape(-1)"),
        ("outputs.reshape(-1)", "(outputs.reshape(-1))[::-1]"),
        ("outputs.reshape(-1)", "variables"),
    ],
)
def test_each_kind_of_change_occurs(before: str, after: str) -> None:
    found = [each for each in made(FIRST).values() if changed(before, after, each.text)]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("size", "found"),
    [
        ("x_batch.shape[0]", {"(x_batch[:1]).shape[0]", "(x_batch.swapaxes(0, 1)).shape[0]"}),
        ("len(x_batch)", {"len(x_batch[:1])", "len(x_batch.swapaxes(0, 1))"}),
        (
            "x_batch[0]",
            {
                "(x_batch[:1])[0]",
                "(x_batch.swapaxes(0, 1))[0]",
                "(x_batch[::-1])[0]",
                "(x_batch * 2)[0]",
            },
        ),
    ],
)
def test_an_array_is_changed_where_that_can_change_the_answer(size: str, found: set[str]) -> None:
    text = f"def {FIRST.exercise.function}(seed, x_batch, features):\n    return {size}\n"
    made_here = [each for each in mutants(text, FIRST.exercise) if each.family == "argument"]
    assert {each.text.partition("return ")[2].strip() for each in made_here} == found


def test_comments_and_layout_do_not_count_as_changes() -> None:
    assert same_program('"""Doc."""\nx = (1)  # one\n') == same_program("x = 1\n")
    assert same_program("x = 1\n") != same_program("x = 2\n")


# ------------------------------------------------------------------------------------- survivors


def survivor(session: Session, folder: ExerciseFolder, mutant: Mutant) -> Survivor | None:
    asked = GradingRequest()
    report = grade(session, as_submission(mutant, folder), folder, asked)
    assert (places(report) == frozenset()) == (report.verdict is Verdict.PASSED)
    return Survivors(session, folder, asked).of(mutant, report)


def mutant_with(before: str, after: str) -> Mutant:
    (found,) = [each for each in made(FIRST).values() if changed(before, after, each.text)]
    return found


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("        out_axes=0,\n", "", "nn.vmap gets the same arguments: it has them by default"),
        (
            "model.init(key, x_batch)",
            "model.init(key, x_batch * 2)",
            "init looks at shapes only, and makes the same variables",
        ),
    ],
)
def test_survivors_that_are_right(
    session: Session, tmp_path: Path, before: str, after: str, reason: str
) -> None:
    bare = ExerciseFolder(exercise=FIRST.exercise, folder=tmp_path, solution=FIRST.solution)
    found = survivor(session, bare, mutant_with(before, after))
    assert found is not None
    assert (found.right, found.reason) == (True, reason)


def test_a_survivor_that_the_author_accepted(session: Session, tmp_path: Path) -> None:
    mutant = mutant_with("        in_axes=0,\n", "")
    (tmp_path / "accepted").mkdir()
    (tmp_path / "accepted" / "mine.py").write_text(f"# Mine.\n{mutant.text}")
    folder = ExerciseFolder(exercise=FIRST.exercise, folder=tmp_path, solution=FIRST.solution)
    found = survivor(session, folder, mutant)
    assert found is not None
    assert (found.right, found.reason) == (True, "accepted/mine.py is this program")


def test_caught_mutants_do_not_survive(session: Session) -> None:
    assert survivor(session, FIRST, mutant_with("in_axes=0", "in_axes=1")) is None
