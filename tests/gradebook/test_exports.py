"""Each export is read back as its platform reads it, by parsers that are not ours."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from grader.errors import ReportNotWritten
from grader.gradebook.classroom import Result
from grader.gradebook.outcome.exports import Platform, export
from grader.gradebook.outcome.exports.grades import Grades, number
from grader.gradebook.outcome.exports.sheet import harmless, sheet
from grader.model.report import Report, Verdict
from tests.gradebook.classes import (
    ANNA,
    BEN,
    CLEO,
    FAILED,
    SLUG,
    canvas,
    moodle,
    result,
    student,
)
from tests.render.reports import ERROR, NASTY

OTHER = "another-exercise"


def table(path: Path) -> list[dict[str, str]]:
    """Read strictly: a stray quote, or a row with another number of cells, raises."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in data.replace(b"\r\n", b"")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def name_of(platform: Platform) -> str:
    return f"{platform}.{'zip' if platform == 'gradescope' else 'csv'}"


def written(platform: Platform, grades: Grades, folder: Path) -> tuple[list[Path], str]:
    done = export(platform, grades, folder / name_of(platform))
    return list(done.paths), "\n".join(done.notes)


def test_canvas_gets_the_columns_that_its_importer_reads(tmp_path: Path) -> None:
    grades = Grades(results=[canvas(ANNA), canvas(BEN, FAILED, late="LATE_")], points=10)
    (path,), _ = written(Platform.CANVAS, grades, tmp_path)
    possible, anna, ben = table(path)
    assert list(possible) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", SLUG]
    assert "Points Possible" in possible["Student"] and possible[SLUG] == "10"
    assert (anna["Student"], anna["ID"], anna["SIS User ID"]) == ("Anna Meier", "4711", "s-1")
    assert (ben["ID"], anna[SLUG], ben[SLUG]) == ("4712", "10", "8.75")


def test_canvas_gets_its_number_of_who_wrote_a_text(tmp_path: Path) -> None:
    paths = ("meieranna_4711_text.html", "meieranna_LATE_4711_link.html", "meieranna_12_text.html")
    for path, number_ in zip(paths, ("4711", "4711", ""), strict=True):
        grades = Grades(results=[result(ANNA, path=path)])
        (sheet_,), _ = written(Platform.CANVAS, grades, tmp_path)
        assert table(sheet_)[1]["ID"] == number_


def test_canvas_gets_no_empty_grade_which_would_delete_one(tmp_path: Path) -> None:
    results = [canvas(ANNA), result(BEN, exercise=OTHER), result(CLEO, ERROR)]
    grades = Grades(results=results, absent=[student("Dora Absent")])
    paths, notes = written(Platform.CANVAS, grades, tmp_path)
    assert [path.name for path in paths] == [f"canvas.{OTHER}.csv", f"canvas.{SLUG}.csv"]
    for path in paths:
        rows = table(path)
        assert all(list(row.values())[-1] for row in rows)
        assert len(rows) == 2
    assert "no file from Dora Absent" in notes
    assert "1 file could not be graded" in notes


@pytest.mark.parametrize("path", ["hw_1_2.py", "doe_4711_9_assignsubmission_file_1_hw.py"])
def test_a_number_in_a_name_counts_as_an_id_only_if_it_is_the_students(
    path: str, tmp_path: Path
) -> None:
    (path_,), _ = written(Platform.CANVAS, Grades(results=[result(CLEO, path=path)]), tmp_path)
    assert table(path_)[1]["ID"] == ""


def test_canvas_never_guesses_between_two_of_the_same_name(tmp_path: Path) -> None:
    twins = [msgspec.structs.replace(CLEO, key=key, email="") for key in ("a", "b")]
    grades = Grades(results=[result(each) for each in twins])
    (path,), notes = written(Platform.CANVAS, grades, tmp_path)
    assert len(table(path)) == 1
    assert "Canvas could not tell who Cleo Doe, Cleo Doe is" in notes


def test_no_name_changes_what_an_assignment_is_worth(tmp_path: Path) -> None:
    (path,), _ = written(
        Platform.CANVAS, Grades(results=[result(student("Points Possible", id="7"))]), tmp_path
    )
    assert ["Points Possible" in row["Student"] for row in table(path)] == [True, False]


def test_moodle_gets_its_worksheet(tmp_path: Path) -> None:
    grades = Grades(results=[moodle(ANNA), moodle(BEN, FAILED), result(CLEO)], points=20)
    (path,), notes = written(Platform.MOODLE, grades, tmp_path)
    anna, ben = table(path)
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(anna)
    assert (anna["Identifier"], ben["Identifier"]) == ("Participant 4711", "Participant 4712")
    assert (anna["Grade"], ben["Grade"], ben["Maximum Grade"]) == ("20", "17.5", "20")
    assert "own copy of the weights (per-example-params)" in ben["Feedback comments"]
    assert "no row for Cleo Doe" in notes


def test_moodles_comment_is_html_that_does_nothing(tmp_path: Path) -> None:
    (path,), _ = written(Platform.MOODLE, Grades(results=[moodle(ANNA, NASTY)]), tmp_path)
    comment = table(path)[0]["Feedback comments"]
    assert set(re.findall(r"<[^>]*>", comment)) == {"<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>"}


def run_autograder(
    zipped: Path, submitted: bytes, root: Path, *others: bytes, number: int | None = None
) -> subprocess.CompletedProcess[str]:
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(root / "source")
    (root / "submission").mkdir(parents=True)
    (root / "submission" / "any name.py").write_bytes(submitted)
    for place, text in enumerate(others):
        (root / "submission" / f"{place}.py").write_bytes(text)
    if number is not None:
        (root / "submission_metadata.json").write_text(json.dumps({"id": number}))
    return subprocess.run(
        [sys.executable, root / "source" / "run_autograder"],
        env={**os.environ, "AUTOGRADER_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_gradescope_gets_an_autograder_that_knows_each_file(tmp_path: Path) -> None:
    grades = Grades(results=[result(ANNA), result(BEN, FAILED)], points=10)
    (path,), notes = written(Platform.GRADESCOPE, grades, tmp_path)
    with zipfile.ZipFile(path) as packed:
        modes = {each.filename: each.external_attr >> 16 & 0o111 for each in packed.infolist()}
    assert modes["run_autograder"] and modes["setup.sh"]
    done = run_autograder(path, FAILED.source.text.encode(), tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads((tmp_path / "a" / "results" / "results.json").read_text())
    assert results["score"] == 8.75
    assert sum(test["score"] for test in results["tests"]) == 7
    assert "import grades" in notes


def test_a_file_that_gradescope_got_later_gets_no_zero(tmp_path: Path) -> None:
    (path,), _ = written(Platform.GRADESCOPE, Grades(results=[result(ANNA)]), tmp_path)
    done = run_autograder(path, b"something newer", tmp_path / "a")
    assert done.returncode == 1
    assert "not been graded yet" in done.stderr
    assert not (tmp_path / "a" / "results").exists()


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def of_texts(*texts: bytes) -> Report:
    digests = tuple(map(digest, texts))
    both = digest(b"".join(texts))
    return msgspec.structs.replace(FAILED, sha256=both, digests=digests if len(texts) > 1 else ())


def said(root: Path) -> str:
    text = (root / "results" / "results.json").read_text()
    found: str = json.loads(text)["extra_data"]["sha256"]
    return found


def test_gradescope_finds_a_program_of_several_files(tmp_path: Path) -> None:
    alone, both = of_texts(b"main"), of_texts(b"main", b"helper")
    grades = Grades(results=[result(ANNA, alone), result(BEN, both)])
    (path,), _ = written(Platform.GRADESCOPE, grades, tmp_path)
    for place, (texts, expected) in enumerate(
        [
            ((b"main",), alone),
            ((b"main", b"helper"), both),
            ((b"main", b"unknown"), alone),
            ((b"helper",), None),
        ]
    ):
        done = run_autograder(path, texts[0], tmp_path / str(place), *texts[1:])
        assert done.returncode == int(expected is None), done.stderr
        assert expected is None or said(tmp_path / str(place)) == expected.sha256


def test_gradescope_never_chooses_among_several_programs(tmp_path: Path) -> None:
    first, second = of_texts(b"first"), of_texts(b"second")
    grades = Grades(
        results=[
            result(ANNA, first, path="export/submission_1/a.py"),
            result(BEN, second, path="export/submission_2/b.py"),
            result(CLEO, first, path="export/submission_3/c.py"),
        ]
    )
    (path,), _ = written(Platform.GRADESCOPE, grades, tmp_path)
    for one, expected in ((None, None), (4, None), (1, first), (2, second), (3, first)):
        root = tmp_path / str(one)
        done = run_autograder(path, b"first", root, b"second", number=one)
        assert done.returncode == int(expected is None)
        if expected is None:
            assert "Several programs" in done.stderr
            assert not (root / "results").exists()
        else:
            assert said(root) == expected.sha256
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "submission_metadata.json").write_text("[]")
    assert run_autograder(path, b"first", tmp_path / "odd").returncode == 0


def test_a_shared_result_names_no_students_file(tmp_path: Path) -> None:
    results = [result(ANNA, FAILED, path="anna_meier.py"), result(BEN, FAILED, path="ben.py")]
    (path,), _ = written(Platform.GRADESCOPE, Grades(results=results), tmp_path)
    with zipfile.ZipFile(path) as packed:
        whole = b"".join(packed.read(each) for each in packed.namelist())
    assert b"anna" not in whole and b"ben.py" not in whole
    assert len(packed.namelist()) == 4


def test_csv_has_a_row_for_each_student_and_exercise(tmp_path: Path) -> None:
    results = [
        result(ANNA, FAILED, counts=False),
        result(ANNA, attempt=2, late=True),
        result(BEN, FAILED, exercise=OTHER),
        result(None, path="whose.py"),
        result(CLEO, ERROR),
    ]
    grades = Grades(results=results, absent=[student("Dora Absent")])
    (path,), _ = written(Platform.CSV, grades, tmp_path)
    rows = {(row["name"], row["exercise"]): row for row in table(path)}
    assert set(rows) == {
        *((name, exercise) for name in ("Anna Meier", "Ben Öz", "Cleo Doe", "Dora Absent")
          for exercise in (SLUG, OTHER)),
        ("", SLUG),
    }  # fmt: skip
    anna = rows["Anna Meier", SLUG]
    assert (anna["points"], anna["late"], anna["attempt"]) == ("100", "yes", "2")
    assert anna["handed_in_at"] == "2023-11-14T22:13:20+00:00"
    assert rows["Ben Öz", OTHER]["rules"] == "per-example-params"
    assert rows["Dora Absent", SLUG]["verdict"] == "not handed in"
    assert (rows["Cleo Doe", SLUG]["verdict"], rows["Cleo Doe", SLUG]["points"]) == ("error", "")


def test_deleted_files_have_no_row(tmp_path: Path) -> None:
    gone = [result(BEN, counts=False, exercise=OTHER), result(None, counts=False)]
    grades = Grades(results=[*gone, result(ANNA)])
    for platform in (Platform.CANVAS, Platform.CSV):
        (path,), notes = written(platform, grades, tmp_path)
        assert "Anna Meier" in path.read_text() and "Ben" not in path.read_text()
        assert notes == ""


def test_a_file_for_no_exercise_belongs_to_the_only_one(tmp_path: Path) -> None:
    ungradable = msgspec.structs.replace(FAILED, verdict=Verdict.UNGRADABLE, score=0.0)
    grades = Grades(results=[result(ANNA), result(BEN, ungradable, exercise="")])
    for platform in (Platform.CANVAS, Platform.CSV):
        (path,), _ = written(platform, grades, tmp_path)
        assert any("Ben Öz" in row.values() and "0" in row.values() for row in table(path))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", "a;=1", "a,\n=1", "\0=1"],
)
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits(cell: str) -> None:
    text = sheet([[cell, "x"]]).removeprefix("\ufeff").rstrip("\r\n")
    for separator in ",;\t|":
        for part in text.replace('"', "").split(separator):
            assert not part.strip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))


def test_hostile_names_stay_one_cell(tmp_path: Path) -> None:
    evil = student('=HYPERLINK("http://x","y")\r\n,"', number="1")
    for platform in (Platform.CANVAS, Platform.CSV):
        (path,), _ = written(platform, Grades(results=[canvas(evil)]), tmp_path)
        names = [row.get("Student") or row["name"] for row in table(path)]
        assert names[-1].startswith("'=HYPERLINK")
    assert harmless("Öz-Meier = Doe; Ben") == "Öz-Meier = Doe; Ben"


def test_an_export_of_nothing_is_a_table_without_rows(tmp_path: Path) -> None:
    (path,), _ = written(Platform.CSV, Grades(results=()), tmp_path)
    assert table(path) == []
    assert written(Platform.MOODLE, Grades(results=()), tmp_path)[0] == []


@pytest.mark.parametrize("platform", Platform)
def test_an_export_replaces_an_older_one_and_nothing_else(
    platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / name_of(platform)
    file.write_bytes(b"")
    for points in (10, 20):
        assert written(platform, Grades(results=[moodle(ANNA)], points=points), tmp_path)[0]
    for own in ("student,grade\r\nAnna,1.3\r\n", "a note", "\0\n"):
        file.write_bytes(own.encode())
        with pytest.raises(ReportNotWritten, match="something else"):
            written(platform, Grades(results=[moodle(ANNA)]), tmp_path)
        assert file.read_bytes() == own.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [(87.5, "87.5"), (100, "100"), (0, "0"), (2 / 3 * 100, "66.67"), (0.004, "0")],
)
def test_points_have_two_digits_at_most(value: float, text: str) -> None:
    assert number(value) == text


def test_reports_are_read_one_at_a_time(tmp_path: Path) -> None:
    """A class may have more reports than fit into memory."""
    alive: set[int] = set()

    def lazily(each: Result, name: int) -> Result:
        return msgspec.structs.replace(each, report=lambda: alive.add(name) or each.report())  # type: ignore[func-returns-value]

    results = [lazily(result(ANNA), 1), lazily(result(BEN), 2)]
    written(Platform.CSV, Grades(results=results), tmp_path)
    written(Platform.CANVAS, Grades(results=results), tmp_path)
    assert alive == set()
