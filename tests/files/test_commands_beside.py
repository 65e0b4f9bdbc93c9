"""Files beside a program in the commands: folders, classes, starters, labels, watching."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import labels
from grader.authoring.parts import files as check_files
from grader.catalogue import BrokenExercise, catalogue
from grader.cli.run import run
from grader.grading.request import GradingRequest
from grader.model.exercise import ExerciseFolder
from grader.model.submission import from_bytes
from grader.notebook.grading import grade_submission
from tests import two_files

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The exercise's folder; the working folder is an empty one."""
    folder = two_files.write_course(tmp_path / "course")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRADER_EXERCISES", str(tmp_path / "course"))
    monkeypatch.setenv("COLUMNS", "80")
    return folder


@pytest.fixture
def grade(exercise: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    assert exercise.is_dir()

    def command(*words: str) -> tuple[int, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out + err

    return command


def found(exercise: Path) -> ExerciseFolder:
    known = catalogue([exercise.parent.parent]).exercises
    return next(each for each in known if each.slug == "two-files")


@pytest.mark.slow
def test_a_helper_in_a_folder_is_no_submission(grade: Run) -> None:
    for name in ("anna", "ben"):
        two_files.hand_in(Path(name))
    Path("ben/helpers.py").write_text(two_files.WRONG, encoding="utf-8")
    code, said = grade(".", "--cases=12", "--report", "concise", "--no-repair")
    assert code == 1
    assert said.startswith("ben/helpers.py:10:")
    assert "anna" not in said
    assert "missing-function" not in said


@pytest.mark.slow
def test_a_helper_that_is_named_with_its_program_is_no_submission(grade: Run) -> None:
    two_files.hand_in(Path("anna"))
    named = ["anna/mine.py", "anna/helpers.py"]
    code, said = grade(*named, "--cases=12", "--report", "concise", "--no-repair")
    assert (code, said) == (0, "")
    code, said = grade(named[1], "--cases=12", "--report", "concise", "--no-repair")
    assert code == 1
    assert "missing-function" in said


@pytest.mark.slow
def test_a_whole_program_with_the_name_of_a_helper_is_graded_where_it_is_named(grade: Run) -> None:
    two_files.hand_in(Path("anna"))
    helper, program = Path("anna/helpers.py"), Path("anna/mine.py")
    text = program.read_text(encoding="utf-8").replace("from helpers import", "from no import")
    helper.write_text(text, encoding="utf-8")
    code, said = grade(str(program), str(helper), "--cases=12", "--report", "concise")
    assert code == 1
    assert "anna/helpers.py" in said


def test_standard_input_imports_from_the_current_folder(
    grade: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    two_files.hand_in(Path())
    text = io.TextIOWrapper(io.BytesIO(two_files.MAIN.encode()))
    monkeypatch.setattr(sys, "stdin", text)
    code, said = grade("-", "--cases=12")
    assert (code, "passed" in said) == (0, True)


@pytest.mark.slow
def test_a_class_gets_each_students_own_helper(grade: Run) -> None:
    folder = Path("class")
    for name, helpers in (("anna", two_files.HELPERS), ("ben", two_files.WRONG)):
        two_files.hand_in(folder / name, helpers)
    (folder / "cleo").mkdir()
    (folder / "cleo" / "mine.py").write_text(two_files.MAIN, encoding="utf-8")
    assert _rules(grade, folder) == {
        "anna": [],
        "ben": [("per-example-params", "ben/helpers.py", 10)],
        "cleo": [("import-failed", "cleo/mine.py", 1)],
    }
    (folder / "ben" / "helpers.py").write_text(two_files.HELPERS, encoding="utf-8")
    (folder / "anna" / "helpers.py").write_text("import nothing_like_this\n", encoding="utf-8")
    again = _rules(grade, folder)
    assert again["ben"] == []
    assert [rule for rule, _, _ in again["anna"]] == ["import-failed"]


@pytest.mark.slow
def test_canvas_puts_names_around_a_helper(grade: Run) -> None:
    folder = Path("canvas")
    folder.mkdir()
    for number, helpers in enumerate((two_files.HELPERS, two_files.WRONG, two_files.HELPERS)):
        person = f"person{'abc'[number]}_{number + 11}_{number + 50}"
        (folder / f"{person}1_mine.py").write_text(two_files.MAIN, encoding="utf-8")
        (folder / f"{person}2_helpers.py").write_text(helpers, encoding="utf-8")
    with zipfile.ZipFile("submissions.zip", "w") as packed:
        for each in sorted(folder.iterdir()):
            packed.write(each, each.name)
    told = _rules(grade, Path("submissions.zip"))
    assert [[rule for rule, _, _ in each] for each in told.values()].count([]) == 2
    assert len(told) == 3
    assert [("per-example-params", "helpers.py", 10)] in told.values()


def _rules(grade: Run, path: Path) -> dict[str, list[tuple[str, str, int]]]:
    grade("class", str(path), "--cases=12", "--report", "jsonl=out.jsonl", "--gradebook=g.sqlite")
    told = {}
    for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        places = [(each["rule"], each["location"]) for each in report["findings"]]
        told[report["student"]] = [
            (rule, at["path"].partition("/")[2], at["line"]) for rule, at in places
        ]
    return told


def test_starting_copies_helpers_and_overwrites_none(grade: Run) -> None:
    code, said = grade("start", "two-files")
    assert (code, "Beside it is helpers.py" in said) == (0, True)
    assert "def make_key" in Path("helpers.py").read_text(encoding="utf-8")
    Path("helpers.py").write_text("# mine\n", encoding="utf-8")
    Path("two_files.py").unlink()
    code, said = grade("start", "two-files")
    assert code == 2
    assert "helpers.py already exists" in said
    assert not Path("two_files.py").exists()
    assert Path("helpers.py").read_text(encoding="utf-8") == "# mine\n"
    Path("two_files.py").write_text("# mine\n", encoding="utf-8")
    code, _ = grade("reset", "two-files", "--yes")
    assert code == 0
    kept = [each.read_text(encoding="utf-8") for each in Path().glob("*.before-1")]
    assert kept == ["# mine\n", "# mine\n"]


def test_a_labelled_submission_may_be_a_folder(exercise: Path) -> None:
    below = "    # on the next line\n    return nn.vmap"
    wrong = two_files.WRONG.replace("    return nn.vmap", below)
    wrong = wrong.replace("False})\n", "False})  # expect: per-example-params\n")
    program = two_files.hand_in(exercise / "mistakes" / "weights_for_each", wrong)
    two_files.hand_in(exercise / "accepted" / "all_in_helpers", name="any.py")
    (exercise / "mistakes" / "alone.py").write_text("# expect: raised\n", encoding="utf-8")
    every = {str(each): each for each in labels.labelled(found(exercise))}
    assert [*every] == [
        "two-files/mistakes/alone",
        "two-files/mistakes/weights_for_each",
        "two-files/accepted/all_in_helpers",
    ]
    several = every["two-files/mistakes/weights_for_each"]
    assert (several.path, several.kind) == (program, "mistakes")
    ((line, rule),) = several.expected
    source = several.submission.source
    assert (rule, line) == ("per-example-params", source.lines_before(1) + 11)
    assert every["two-files/mistakes/alone"].submission.digests == ()
    assert not [each for each in check_files(found(exercise)).problems if "weights" in each]
    (program.parent / "notes.txt").write_text("", encoding="utf-8")
    (program.parent / "second.py").write_text("", encoding="utf-8")
    said = " ".join(check_files(found(exercise)).problems)
    assert "mistakes/weights_for_each/ needs one program" in said
    assert "notes.txt isn't used" in said


def test_a_declaration_with_another_name_does_not_load(exercise: Path) -> None:
    file = exercise / "exercise.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"helpers.py"', '"../helpers.py"'), encoding="utf-8")
    (broken,) = catalogue([exercise.parent.parent]).broken
    assert isinstance(broken, BrokenExercise)
    assert "named like a module" in broken.reason


@pytest.mark.slow
def test_a_notebook_imports_from_its_own_folder(grade: Run) -> None:
    two_files.hand_in(Path("nb"), two_files.WRONG)
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": two_files.MAIN}]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("nb/HW.ipynb").write_text(json.dumps(document), encoding="utf-8")
    code, said = grade("nb/HW.ipynb", "--cases=12", "--report", "concise", "--no-repair")
    assert code == 1
    assert said.startswith("nb/helpers.py:10:")


@pytest.mark.slow
@pytest.mark.usefixtures("exercise")
def test_a_cell_imports_from_the_current_folder() -> None:
    two_files.hand_in(Path(), two_files.WRONG)
    asked = GradingRequest(cases=12, progress=False, exercises=(Path("../course"),))
    found = grade_submission(from_bytes("cell (notebook)", two_files.MAIN.encode()), asked)
    assert found.report.rules == ("per-example-params",)
    Path("helpers.py").write_text(two_files.HELPERS, encoding="utf-8")
    again = grade_submission(from_bytes("cell (notebook)", two_files.MAIN.encode()), asked)
    assert again.passed


STAR = "from helpers import *\n"


@pytest.mark.slow
def test_an_exercise_is_recognised_by_what_a_star_brings(grade: Run) -> None:
    whole = two_files.HELPERS + two_files.MAIN.partition("\n\n")[2]
    two_files.hand_in(Path("anna"), whole)
    Path("anna/mine.py").write_text(STAR, encoding="utf-8")
    code, said = grade("anna", "--cases=12")
    assert (code, "two-files" in said, "mine.py" in said) == (0, True, True)
    Path("class").mkdir()
    Path("anna").rename("class/anna")
    two_files.hand_in(Path("class/ben"), two_files.HELPERS)
    assert _rules(grade, Path("class")) == {"anna": [], "ben": []}
    assert "class/anna/mine.py" in Path("out.jsonl").read_text(encoding="utf-8")


def test_a_function_that_is_not_imported_is_said_to_be_in_the_helper(grade: Run) -> None:
    whole = two_files.HELPERS + two_files.MAIN.partition("\n\n")[2]
    two_files.hand_in(Path(), whole)
    Path("mine.py").write_text("import helpers\n", encoding="utf-8")
    code, said = grade("mine.py", "--cases=12")
    assert (code, "is in helpers.py, and not in your file" in said) == (1, True)


def test_a_helper_that_is_not_python_tells_what_it_is_for(grade: Run) -> None:
    broken = two_files.HELPERS + two_files.MAIN.partition("\n\n")[2].replace("):", ")")
    two_files.hand_in(Path(), broken)
    Path("mine.py").write_text(STAR, encoding="utf-8")
    code, said = grade("mine.py", "--cases=12", "--report", "concise", "--no-repair")
    assert code == 1
    assert "helpers.py:" in said
    assert "syntax-error" in said
