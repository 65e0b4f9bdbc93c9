"""`grade class`: what is graded, what is kept, and what is said."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from cli_course import Grade

from grader.gradebook.request import ClassRequest
from grader.grading.assembly import error_report
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report, Verdict
from grader.model.submission import Submission

RIGHT = "def sum_one(seed, x):\n    return x + x\n"
WRONG = "def sum_one(seed, x):\n    return x\n"
NEWER = "def sum_one(seed, x):\n    return 2 * x\n"
INTERRUPTS = "def sum_one(seed, x):\n    interrupts\n"


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch, course: Path) -> list[str]:
    """The texts that were graded: by the look of them, which takes no process."""
    assert course.is_dir()
    texts: list[str] = []

    def look(
        _session: Session, submission: Submission, folder: ExerciseFolder, asked: ClassRequest
    ) -> Report:
        text = submission.source.text
        texts.append(text)
        assert "anna" not in submission.path, "a path tells who it is"
        if text == INTERRUPTS and texts.count(INTERRUPTS) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        report = error_report(submission, folder.exercise, "", asked)
        verdict = Verdict.PASSED if "x + x" in text or "2 * x" in text else Verdict.FAILED
        return msgspec.structs.replace(
            report, verdict=verdict, score=float(verdict is Verdict.PASSED)
        )

    monkeypatch.setattr("grader.cli.classroom.graded", look)
    return texts


def hand_in(folder: Path, files: dict[str, str]) -> None:
    for number, (name, text) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1e9 + number, 1e9 + number))


def results(folder: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(folder / ".grade" / "gradebook.sqlite")
    found = connection.execute(
        "SELECT student, path, verdict FROM results ORDER BY path"
    ).fetchall()
    connection.close()
    return found


def test_equal_files_are_graded_once_and_known_ones_not_again(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "ben/b.py": WRONG, "cleo/c.py": WRONG})
    ran = grade("class", "hw")
    assert ran.code == 1
    assert sorted(graded) == sorted([RIGHT, WRONG])
    assert results(here / "hw") == [
        ("anna", "anna/a.py", "passed"),
        ("ben", "ben/b.py", "failed"),
        ("cleo", "cleo/c.py", "failed"),
    ]
    assert "1 of 3 students passed" in ran.out
    graded.clear()
    assert grade("class", "hw").out == ran.out
    assert graded == []
    grade("class", "hw", "--seed", "7")
    assert len(graded) == 2, "another seed asks for other cases"
    graded.clear()
    grade("class", "hw", "--again")
    assert len(graded) == 2


def test_the_newest_file_of_a_student_counts(grade: Grade, here: Path, graded: list[str]) -> None:
    files = {"anna/first.py": WRONG, "anna/second.py": NEWER, "ben/b.py": RIGHT}
    hand_in(here / "hw", files)
    ran = grade("class", "hw")
    assert ran.code == 0
    assert [row[1] for row in results(here / "hw")] == ["anna/second.py", "ben/b.py"]
    assert len(graded) == 3
    assert "1 handed in more than once" in ran.out


def test_a_helper_is_no_submission_of_who_also_handed_in_an_answer(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "anna/helpers.py": "x = 1\n", "ben/b.py": "y = 2\n"})
    ran = grade("class", "hw")
    assert "left out, as no submission: anna/helpers.py" in ran.err
    assert [row[1] for row in results(here / "hw")] == ["anna/a.py", "ben/b.py"]
    assert len(graded) == 2, "whoever handed in nothing else gets a report on that"


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_for_each_file_says_whose_it_is(
    grade: Grade, here: Path, graded: list[str], *, packed: bool
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "ben/b.py": WRONG, "cleo/c.py": WRONG})
    path = here / "hw"
    if packed:
        path = here / "hw.zip"
        with zipfile.ZipFile(path, "w") as made:
            for each in sorted((here / "hw").rglob("*.py")):
                made.write(each, each.relative_to(here / "hw"))
    told = [grade("class", path.name, "--report", "jsonl").out for _ in range(2)]
    for lines in told:
        found = [json.loads(line) for line in lines.splitlines()]
        assert sorted((each["student"], each["submission"]["path"]) for each in found) == [
            ("anna", f"{path.name}/anna/a.py"),
            ("ben", f"{path.name}/ben/b.py"),
            ("cleo", f"{path.name}/cleo/c.py"),
        ]
    assert len(graded) == 2


def test_a_document_of_all_has_the_order_of_the_files(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/a.py": WRONG, "ben/b.py": RIGHT, "cleo/c.py": WRONG})
    ran = grade("class", "hw", "--report", "json", "--report", "junit=out.xml")
    assert [each["student"] for each in json.loads(ran.out)] == ["anna", "ben", "cleo"]
    assert (here / "out.xml").read_text().count("<testsuite ") == 3
    assert len(graded) == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals as POSIX has them")
def test_an_interrupted_command_keeps_what_is_done_and_goes_on(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    names = {f"s{n}/x.py": f"{RIGHT}# {n}\n" for n in range(4)}
    hand_in(here / "hw", {**names, "t/x.py": INTERRUPTS, "u/x.py": f"{RIGHT}# last\n"})
    ran = grade("class", "hw", "--jobs", "1")
    assert ran.code == 130
    assert "of 6 are graded and kept; the same command goes on from there" in ran.err
    assert len(results(here / "hw")) >= 4
    before = list(graded)
    assert grade("class", "hw").code == 1
    assert len(results(here / "hw")) == 6
    assert not set(graded[len(before) :]) & set(before[:4])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--export", "canvass"), "there is no export canvass; did you mean canvas?"),
        (("--export", "csv="), "--export csv= needs a path"),
        (("--report", "json=hw/anna/a.py"), "would overwrite hw/anna/a.py"),
        (("--report", "json=hw/.grade/gradebook.sqlite"), "would overwrite"),
        (("--exercise", "sum-on"), "there is no exercise sum-on; did you mean sum-one?"),
        (("--students", "{nme}.py"), "nme"),
        (("--roster", "nowhere.csv"), "nowhere.csv"),
        (("--points", "-1"), "points"),
        (("--gradebook", "hw/anna/a.py"), "hw/anna/a.py"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_graded(
    grade: Grade, here: Path, graded: list[str], words: Sequence[str], said: str
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT})
    (here / "hw" / ".grade").mkdir()
    (here / "hw" / ".grade" / "gradebook.sqlite").touch()
    ran = grade("class", "hw", *words)
    assert (ran.code, graded) == (2, [])
    assert said in ran.err
    assert (here / "hw" / "anna" / "a.py").read_text() == RIGHT


def test_a_folder_without_a_submission_is_told(grade: Grade, here: Path) -> None:
    (here / "hw").mkdir()
    ran = grade("class", "hw")
    assert ran.code == 2
    assert "hw" in ran.err
    assert grade("class", "nowhere").code == 2


def test_exports_and_pages_are_written(grade: Grade, here: Path, graded: list[str]) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "ben/b.py": WRONG})
    ran = grade("class", "hw", "--export", "csv=out.csv", "--feedback", "hw/pages", "--points", "5")
    assert "wrote out.csv" in ran.err
    assert "anna,anna,,,,,sum-one,passed,1.0000,5,5" in (here / "out.csv").read_text()
    assert len(list((here / "hw" / "pages").iterdir())) == 2
    again = grade("class", "hw")
    assert (again.out, len(graded)) == (ran.out, 2), "its own pages are nobody's submissions"


@pytest.mark.slow
def test_a_class_is_graded_like_each_file_alone(program: Grade, here: Path, root: Path) -> None:
    mistakes = root / "exercises" / "nn_vmap_shared" / "mistakes"
    names = ("constant_key_and_split_key", "features_hard_coded", "column_vector")
    hand_in(here / "hw", {f"{name}/x.py": (mistakes / f"{name}.py").read_text() for name in names})
    few = ("--cases", "20", "--report", "jsonl")
    ran = program("class", "hw", *few)
    assert ran.code == 1
    alone = program(*(f"hw/{name}/x.py" for name in names), "--no-progress", *few)

    def told(text: str) -> dict[str, object]:
        found = [json.loads(line) for line in text.splitlines()]
        for each in found:
            each.pop("student", None)
            each.pop("duration_s")
        return {each["submission"]["path"]: each for each in found}

    assert told(ran.out) == told(alone.out)
