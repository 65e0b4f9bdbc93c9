"""Which files are graded, and as which exercise."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from cli_course import Grade, add_exercise

from grader.catalogue import BrokenExercise
from grader.cli.grading import find_job, find_work
from grader.errors import CommandWrong
from grader.grading.assembly import error_report
from grader.grading.request import GradingRequest
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report, Verdict
from grader.model.submission import Submission
from grader.progress import Progress

ONE = "def sum_one(seed, x):\n    return x + x\n"
TWO = ONE.replace("sum_one", "sum_two")


def passed(submission: Submission, folder: ExerciseFolder) -> Report:
    report = error_report(submission, folder.exercise, "", GradingRequest())
    return msgspec.structs.replace(report, verdict=Verdict.PASSED)


def slugs(*paths: Path, exercise: str | None = None) -> list[str]:
    work = find_work(paths, GradingRequest(exercise=exercise))
    return [each.folder.slug for each in work.jobs]


@pytest.mark.usefixtures("course")
def test_an_ambiguous_file_is_graded_like_its_neighbours(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"a": TWO, "b": ONE + TWO, "c": TWO, "d": ONE}.items():
        (here / f"{name}.py").write_text(text)
    assert slugs(here) == ["sum-two", "sum-two", "sum-two", "sum-one"]
    said = capsys.readouterr().err
    assert "b.py: the file has the functions of several exercises: sum-one, sum-two" in said
    assert "graded as sum-two (see --exercise)" in said


@pytest.mark.usefixtures("course")
def test_an_ambiguous_file_alone_needs_a_choice(here: Path) -> None:
    (here / "b.py").write_text(ONE + TWO)
    with pytest.raises(CommandWrong, match="say which exercise with --exercise"):
        find_job(here / "b.py", GradingRequest())
    assert slugs(here / "b.py", exercise="sum-one") == ["sum-one"]


@pytest.mark.usefixtures("course")
def test_a_notebooks_function_tells_its_exercise(here: Path) -> None:
    cells = [{"cell_type": "code", "source": text} for text in (ONE, "print(1)")]
    (here / "mine.ipynb").write_text(json.dumps({"cells": cells}))
    job = find_job(here / "mine.ipynb", GradingRequest())
    assert (job.folder.slug, job.submission.source.text.strip()) == ("sum-one", ONE.strip())


@pytest.mark.usefixtures("course")
def test_file_and_folder_names_choose_the_exercise(here: Path) -> None:
    (here / "sum_two").mkdir()
    for name in ("product.py", "product (2).py", "anna-sum-two.py", "sum_two/anna.py"):
        (here / name).touch()
        expected = "product" if "product" in name else "sum-two"
        assert slugs(Path(name)) == [expected]
    (here / "sum_two.py").write_text(ONE)
    assert slugs(Path("sum_two.py")) == ["sum-one"], "the function counts more"
    (here / "sum_two.py").write_text(ONE + TWO)
    assert slugs(Path("sum_two.py")) == ["sum-two"], "of two functions the name tells"


def test_a_file_for_a_broken_exercise_is_not_graded_as_another(here: Path, course: Path) -> None:
    declaration = course / "exercises" / "product" / "exercise.py"
    (here / "p.py").write_text(ONE.replace("sum_one", "product"))
    (here / "one.py").write_text(ONE)
    (here / "none.py").write_text("def prod(seed, x): ...\n")
    (here / "product.py").touch()
    declaration.write_text(declaration.read_text() + "1 / 0\n")
    files = [Path(name) for name in ("p.py", "product.py", "one.py", "none.py")]
    jobs = find_work(files, GradingRequest()).jobs
    broken = [isinstance(each.folder, BrokenExercise) for each in jobs]
    assert broken == [True, True, False, False]
    assert [each.folder.slug for each in jobs[:3]] == ["product", "product", "sum-one"]
    declaration.write_text("1 / 0")
    broken = [
        isinstance(each.folder, BrokenExercise) for each in find_work(files, GradingRequest()).jobs
    ]
    assert broken == [True, True, False, True], "nothing tells which function it asks for"


def test_a_file_that_breaks_the_grader_does_not_affect_others(
    grade: Grade, here: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert course.is_dir()

    def broken(
        _: object, submission: Submission, folder: ExerciseFolder, *__: object, **___: object
    ) -> Report:
        if submission.path == "b.py":
            raise UnicodeError("no such letter")
        return passed(submission, folder)

    monkeypatch.setattr("grader.grading.guarded.grade", broken)
    for name in ("a.py", "b.py", "c.py"):
        (here / name).write_text(ONE)
    code, out, err = grade("a.py", "b.py", "nosuch.py", "c.py", "--no-progress")
    assert code == 3
    assert [line[:7] for line in out.split("\n")[:3]] == [" ✓ a.py", " ! b.py", " ✓ c.py"]
    assert "grade: no such file: nosuch.py" in err
    assert "the grader itself is broken: UnicodeError: no such letter" in err
    assert grade("a.py", "nosuch.py", "--no-progress").code == 2
    assert grade("nosuch.py", "neither.py").code == 2


def test_skipped_files_are_listed_separately(
    grade: Grade, here: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert course.is_dir()
    monkeypatch.setattr(
        "grader.grading.guarded.grade",
        lambda _session, submission, folder, *_, **__: passed(submission, folder),
    )
    for name in ("a.py", "b.py", "test_a.py", "__init__.py"):
        (here / name).write_text(ONE)
    code, out, err = grade(".", "--no-progress")
    assert code == 0
    assert "2 of 2 passed" in out
    assert "not submissions, so skipped: __init__.py, test_a.py" in err


def test_any_file_name_and_an_exercise_with_only_sizes(
    grade: Grade, here: Path, tmp_path: Path
) -> None:
    root = tmp_path / "own"
    folder = add_exercise(root, "counting", "Counting", "counting")
    declaration = (folder / "exercise.py").read_text()
    (folder / "exercise.py").write_text(
        declaration.replace(
            '(Seed(name="seed"), Array(name="x", shape=("n",)))', '(Size(name="n"),)'
        ).replace("Seed\n", "Seed, Size\n")
    )
    right = "import jax.numpy as jnp\ndef counting(n):\n    return jnp.arange(n)\n"
    (root / "solutions" / "counting.py").write_text(right)
    (here / "all").mkdir()
    names = (b"l\xf6sung.py", b"a\n\x1b[31m[bold]b.py")
    for name in names:
        (here / "all" / os.fsdecode(name)).write_text(right)
    (here / "wrong.py").write_text(right.replace("arange(n)", "arange(n) + 1"))
    documents = [f"{name}=out.{name}" for name in ("json", "sarif", "junit", "html", "markdown")]
    options = [word for each in documents for word in ("--report", each)]
    code, out, err = grade("all", "wrong.py", "--exercises", str(root), "--cases", "5", *options)
    assert (code, err) == (1, "")
    assert "2 of 3 passed" in out
    assert "l\\udcf6sung.py" in out
    assert "\x1b" not in out
    log = json.loads((here / "out.sarif").read_text())
    uris = [each["location"]["uri"] for each in log["runs"][0]["artifacts"]]
    assert uris == ["all/a%0A%1B%5B31m%5Bbold%5Db.py", "all/l%F6sung.py", "wrong.py"]
    assert len(json.loads((here / "out.json").read_text())) == 3
    with Progress.open() as progress:
        found = [Path(each.path) for each in progress.attempts()]
    assert sum(each.is_file() for each in found) == 3
