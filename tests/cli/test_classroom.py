"""`grade class`: what is graded, what is kept, and what is said."""

from __future__ import annotations

import contextlib
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

from grader.cli import interrupts
from grader.gradebook.request import ClassRequest
from grader.grading.assembly import error_report
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report, Verdict
from grader.model.submission import Submission

ROSTER = "id,name\nanna,Anna Ash\n"
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


def test_a_file_that_turns_out_to_be_somebody_elses_is_theirs_alone(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/first.py": WRONG, "anna/second.py": NEWER, "ben/b.py": RIGHT})
    grade("class", "hw")
    (here / "roster.csv").write_text("id,name\n7,Anna\n8,Ben\n")
    ran = grade("class", "hw", "--roster", "roster.csv")
    assert [row[0] for row in results(here / "hw")] == ["7", "8"]
    assert "1 handed in more than once" in ran.out
    assert len(graded) == 3


@pytest.mark.usefixtures("graded")
def test_pages_in_the_folder_itself_are_said_to_be_there(grade: Grade, here: Path) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "ben/b.py": WRONG})
    assert "files to .\n" in grade("class", "hw", "--html", ".").err


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(
    ("apart", "other", "said"),
    [(0.0, WRONG, True), (0.4, WRONG, True), (2.0, WRONG, False), (0.0, RIGHT, False)],
)
def test_programs_that_are_equally_new_are_said(
    grade: Grade, here: Path, apart: float, other: str, said: bool
) -> None:
    hand_in(here / "hw", {"anna/hw.py": RIGHT, "anna/hw_old.py": other, "ben/b.py": RIGHT})
    os.utime(here / "hw" / "anna" / "hw.py", (2e9, 2e9))
    os.utime(here / "hw" / "anna" / "hw_old.py", (2e9 + apart, 2e9 + apart))
    ran = grade("class", "hw")
    expected = "of which one counts: anna/hw_old.py, not anna/hw.py"
    assert (expected in ran.err) == said
    assert "anna/hw_old.py" in [row[1] for row in results(here / "hw")]


TWO = "def sum_two(seed, x):\n    return 2 * x\n"


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(
    ("files", "doubted"),
    [
        ({f"hw{n}/{p}.py": (RIGHT, TWO)[n] for n in (0, 1) for p in "ab"}, "hw0, hw1 are each"),
        ({f"sec{p}/{p}{n}.py": RIGHT for p in "ab" for n in range(4)}, "seca, secb are each"),
        ({**{f"sec/{n}.py": RIGHT for n in range(4)}, "b/x.py": TWO}, "sec is"),
        ({f"{p}/{n}.py": RIGHT for p in "ab" for n in ("starter", "hw")}, ""),
        ({f"{p}/hw{n}.py": (RIGHT, TWO)[n] for n in (0, 1) for p in "ab"}, ""),
        ({f"{p}/v{n}.py": RIGHT for p in "ab" for n in range(3)}, ""),
        ({f"{p}/{n}/a.py": RIGHT for p in "ab" for n in range(3)}, ""),
        ({f"{p}.py": RIGHT for p in "abcdef"}, ""),
    ],
)
def test_folders_with_several_peoples_programs_are_doubted(
    grade: Grade, here: Path, files: dict[str, str], doubted: str
) -> None:
    hand_in(here / "hw", {name: f"{text}# {name}\n" for name, text in files.items()})
    ran = grade("class", "hw")
    assert (f"{doubted} taken for one student, of whose" in ran.err) == bool(doubted)
    if doubted:
        assert "use --students '{rest}/{name}.py'" in ran.err
        ran = grade("class", "hw", "--students", "{rest}/{name}.py")
        assert "taken for one student" not in ran.err


def test_a_helper_beside_an_answer_is_not_a_submission(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "anna/helpers.py": "x = 1\n", "ben/b.py": "y = 2\n"})
    hand_in(here / "hw", {".git/HEAD": "ref"})
    ran = grade("class", "hw")
    assert "not submissions, so skipped: anna/helpers.py, .git/" in ran.err
    assert [row[1] for row in results(here / "hw")] == ["anna/a.py", "ben/b.py"]
    assert len(graded) == 2, "whoever handed in nothing else gets a report on that"


def pairs(folder: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(folder / ".grade" / "gradebook.sqlite")
    found = connection.execute("SELECT path, exercise, verdict FROM results ORDER BY 1, 2")
    rows = found.fetchall()
    connection.close()
    return rows


BOTH = RIGHT + "\n\ndef sum_two(seed, x):\n    return 3 * x\n"


def test_a_file_with_the_functions_of_several_exercises_is_graded_for_each(
    grade: Grade, here: Path, graded: list[str]
) -> None:
    hand_in(here / "hw", {"anna/a.py": BOTH, "ben/b.py": RIGHT, "cleo/c.py": BOTH})
    ran = grade("class", "hw", "--feedback", "pages")
    names = ("sum-one", "sum-two")
    rows = [(path, each) for path, each, _ in pairs(here / "hw")]
    assert rows == [
        *(("anna/a.py", each) for each in names),
        ("ben/b.py", "sum-one"),
        *(("cleo/c.py", each) for each in names),
    ]
    assert len(graded) == 3, "once for each text and exercise"
    assert len([*(here / "pages").iterdir()]) == 5
    assert "more than once" not in ran.out
    assert grade("class", "hw").out == ran.out
    assert len(graded) == 3
    ran = grade("class", "hw", "--exercise", "sum-one")
    assert {each for _, each, _ in pairs(here / "hw")} == {"sum-one"}
    assert "more than once" not in ran.out


@pytest.mark.usefixtures("graded")
def test_a_helper_by_the_name_of_another_exercise_replaces_no_answer(
    grade: Grade, here: Path
) -> None:
    hand_in(here / "hw", {"anna/two.py": TWO, "anna/newer.py": BOTH, "ben/b.py": TWO})
    grade("class", "hw")
    assert pairs(here / "hw") == [
        ("anna/newer.py", "sum-one", "passed"),
        ("anna/two.py", "sum-two", "passed"),
        ("ben/b.py", "sum-two", "passed"),
    ]


def exercises_of(folder: Path) -> dict[str, str]:
    connection = sqlite3.connect(folder / ".grade" / "gradebook.sqlite")
    found = dict(connection.execute("SELECT student, exercise FROM results"))
    connection.close()
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("answer.pdf", "%PDF-1.4"),
        ("x.py", ""),
        ("x.py", "def solve(seed, x):\n    return x + x\n"),
        ("x.py", "def summ_one(seed, x):\n    return x + x\n"),
        ("x.py", "def f(:\n"),
        ("x.py", "\0"),
    ],
)
@pytest.mark.usefixtures("graded")
def test_a_file_without_the_function_is_for_what_the_class_is_for(
    grade: Grade, here: Path, name: str, text: str
) -> None:
    right = RIGHT.replace("sum_one", "sum_two")
    hand_in(here / "hw", {"anna/a.py": right, "ben/b.py": right, f"cleo/{name}": text})
    ran = grade("class", "hw")
    assert exercises_of(here / "hw") == dict.fromkeys(("anna", "ben", "cleo"), "sum-two")
    assert "of 3 students passed" in ran.out
    assert "--exercise" not in ran.err


@pytest.mark.usefixtures("graded")
def test_a_misspelt_function_tells_which_exercise_of_the_class_it_is(
    grade: Grade, here: Path
) -> None:
    files = {f"s{n}/one.py": RIGHT for n in range(3)}
    files["anna/a.py"] = RIGHT.replace("sum_one", "sum_two")
    files["ben/b.py"] = RIGHT.replace("sum_one", "sum_twoo")
    files["cleo/c.py"] = RIGHT.replace("sum_one", "solve")
    hand_in(here / "hw", files)
    grade("class", "hw")
    found = exercises_of(here / "hw")
    assert (found["ben"], found["cleo"]) == ("sum-two", "sum-one")


@pytest.mark.usefixtures("graded")
def test_files_without_a_known_function_are_graded_as_one_exercise_with_a_note(
    grade: Grade, here: Path
) -> None:
    hand_in(here / "hw", {"anna/a.py": "def f(x):\n    return x\n", "ben/b.pdf": "%PDF"})
    ran = grade("class", "hw")
    assert len(set(exercises_of(here / "hw").values())) == 1
    assert "no file defines the function of an exercise: all are graded as" in ran.err
    ran = grade("class", "hw", "--exercise", "sum-two")
    assert set(exercises_of(here / "hw").values()) == {"sum-two"}
    assert "no file defines" not in ran.err


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(
    ("newer", "text", "counting"),
    [
        ("ashanna_101_2002_hw-1.py", "def sum_one(seed, x:\n    return x\n", True),
        ("ashanna_101_2002_second.py", "def sum_one(seed, x:\n    return x\n", True),
        ("ashanna_101_2002_hw-1.py", "def other(seed, x):\n    return x\n", True),
        ("ashanna_101_2002_hw-1.py", "", True),
        ("ashanna_101_2002_hw-1.py", "#" * 70_000 + RIGHT, True),
        ("ashanna_101_2002_helpers.py", "y = 1\n", False),
        ("ashanna_101_2002_helpers-1.py", "y = 1\n", False),
        ("ashanna_101_2002_notes.py", "see sum_one above\n", False),
    ],
)
def test_a_newer_answer_counts_even_if_it_is_broken_and_a_helper_never(
    grade: Grade, here: Path, newer: str, text: str, *, counting: bool
) -> None:
    files = {
        "ashanna_101_2000_helpers.py": "y = 2\n",
        "ashanna_101_2001_hw.py": RIGHT,
        "bayben_102_2003_hw.py": RIGHT,
    }
    hand_in(here / "hw", {**files, newer: text})
    grade("class", "hw")
    expected = newer if counting else "ashanna_101_2001_hw.py"
    assert [row[1] for row in results(here / "hw") if row[0] == "101"] == [expected]


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
def test_an_interrupted_command_keeps_its_reports_and_can_continue(
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


@pytest.mark.usefixtures("graded")
def test_an_interrupted_command_that_grades_again_starts_over(grade: Grade, here: Path) -> None:
    hand_in(here / "hw", {"a/x.py": RIGHT, "t/x.py": INTERRUPTS, "u/x.py": f"{RIGHT}# last\n"})
    ran = grade("class", "hw", "--jobs", "1", "--again")
    assert ran.code == 130
    assert "of 3 are graded again and kept; --again starts over" in ran.err
    assert "goes on" not in ran.err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals as POSIX has them")
@pytest.mark.usefixtures("course")
def test_what_an_interrupt_tears_down_gets_no_report(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn_down(
        _session: Session, submission: Submission, folder: ExerciseFolder, asked: ClassRequest
    ) -> Report:
        os.kill(os.getpid(), signal.SIGINT)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                interrupts.INTERRUPTS.check()
        return error_report(submission, folder.exercise, "the nursery ended", asked)

    monkeypatch.setattr("grader.cli.classroom.graded", torn_down)
    hand_in(here / "hw", {"anna/a.py": RIGHT})
    assert grade("class", "hw").code == 130
    assert results(here / "hw") == []


@pytest.mark.usefixtures("graded")
def test_a_second_download_keeps_what_the_first_says(grade: Grade, here: Path) -> None:
    for name in ("hw.zip", "hw (1).zip"):
        with zipfile.ZipFile(here / name, "w") as made:
            made.writestr("anna.py", RIGHT)
            made.writestr("ben.py", WRONG)
    first = grade("class", "hw.zip")
    assert grade("class", "hw (1).zip") == first
    assert grade("class", "hw.zip") == first
    assert len(results(here)) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--export", "canvass"), "there is no export canvass; did you mean canvas?"),
        (("--export", "csv="), "--export csv= needs a path"),
        (("--report", "json=hw/anna/a.py"), "would overwrite hw/anna/a.py"),
        (("--report", "json=hw/.grade/gradebook.sqlite"), "would overwrite"),
        (("--export", "csv=hw/anna/a.py"), "--export csv=hw/anna/a.py would overwrite"),
        (("--export", "csv=hw/.grade/gradebook.sqlite"), "would overwrite a file of the grader's"),
        (("--export", "canvas", "--roster", "canvas.csv"), "would overwrite the roster"),
        (("--export", "csv=canvas.csv", "--roster", "canvas.csv"), "would overwrite the roster"),
        (("--report", "json=canvas.csv", "--roster", "canvas.csv"), "would overwrite the roster"),
        (("--exercise", "sum-on"), "there is no exercise sum-on; did you mean sum-one?"),
        (("--students", "{nme}.py"), "nme"),
        (("--roster", "nowhere.csv"), "nowhere.csv"),
        (("--points", "-1"), "points"),
        (("--html", "canvas.csv"), "--html: canvas.csv is a file; name a folder"),
        (("--feedback", "canvas.csv"), "--feedback: canvas.csv is a file; name a folder"),
        (("--gradebook", "hw/anna/a.py"), "hw/anna/a.py"),
        (("--report", "jsn"), "did you mean json?"),
        (("--export", "csv=hw"), "hw is a folder; name a file in it"),
        (("--export", "csv=none/x.csv"), "create it first"),
        (("--export", "csv=-"), "an export is a file"),
        (("--export", "csv=x", "--export", "canvas=./x"), "would overwrite --export csv=x"),
        (("--export", "csv=x", "--report", "json=x"), "would overwrite --report json=x"),
        (("--export", "csv=canvas.csv", "--roster", "canvas.csv"), "overwrite the roster"),
    ],
)
def test_a_wrong_option_is_reported_before_grading(
    grade: Grade, here: Path, graded: list[str], words: Sequence[str], said: str
) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "anna/A.py": WRONG})
    (here / "canvas.csv").write_text(ROSTER)
    (here / "hw" / ".grade").mkdir()
    (here / "hw" / ".grade" / "gradebook.sqlite").touch()
    ran = grade("class", "hw", *words)
    assert (ran.code, graded) == (2, [])
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert (here / "hw" / "anna" / "a.py").read_text() == RIGHT
    assert (here / "canvas.csv").read_text() == ROSTER


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize("option", ["--export", "--report"])
def test_a_classs_own_zip_is_never_overwritten(grade: Grade, here: Path, option: str) -> None:
    path = here / "hw.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("anna.py", RIGHT)
        made.writestr("ben.py", WRONG)
    before = path.read_bytes()
    name = "gradescope" if option == "--export" else "json"
    ran = grade("class", "hw.zip", option, f"{name}=hw.zip")
    assert (ran.code, path.read_bytes()) == (2, before)
    assert "would overwrite hw.zip" in ran.err


def test_a_folder_without_a_submission_is_reported(grade: Grade, here: Path) -> None:
    (here / "hw").mkdir()
    ran = grade("class", "hw")
    assert ran.code == 2
    assert "hw" in ran.err
    assert grade("class", "nowhere").code == 2
    (here / "homework.zip").touch()
    assert "zip homewrok.zip; did you mean homework.zip?" in grade("class", "homewrok.zip").err


def test_exports_and_pages_are_written(grade: Grade, here: Path, graded: list[str]) -> None:
    hand_in(here / "hw", {"anna/a.py": RIGHT, "ben/b.py": WRONG})
    ran = grade("class", "hw", "--export", "csv=out.csv", "--feedback", "hw/pages", "--points", "5")
    assert "wrote out.csv" in ran.err
    assert "anna,anna,,,,,sum-one,passed,1.0000,5,5" in (here / "out.csv").read_text()
    assert len(list((here / "hw" / "pages").iterdir())) == 2
    again = grade("class", "hw")
    assert (again.out, len(graded)) == (ran.out, 2), "its own pages are nobody's submissions"


@pytest.mark.usefixtures("graded")
def test_an_anonymous_class_is_named_nowhere(grade: Grade, here: Path) -> None:
    files = {"zoe/a.py": RIGHT, "max/b.py": WRONG, "max/B.py": WRONG, "max/notes.txt": "x"}
    hand_in(here / "hw", {**files, "stray_ida.py": WRONG})
    (here / "roster.csv").write_text("name,id\nzoe,7\nTim Absent,8\n")
    words = ("--roster", "roster.csv", "--html", "pages", "--export", "moodle", "--export=canvas")
    named = grade("class", "hw", *words)
    assert all(name in named.err for name in ("max", "stray_ida", "Tim", "zoe"))
    hidden = grade("class", "hw", *words, "--anonymous", "--html", "hidden")
    assert "4 notes name students or their files" in hidden.err
    assert "no file from 1 student" in hidden.err
    for name in ("zoe", "max", "ida", "tim", "absent", "notes.txt"):
        assert name not in f"{hidden.out}{hidden.err}".lower().replace("no file from", "")


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
