"""Each platform's layout, as a folder and as a zip, and what is no platform's."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradebook_classes import TEXT, Make, fault, handed, owners, programs

from grader.errors import CommandWrong
from grader.gradebook.intake.collect import collect
from grader.gradebook.intake.layouts.gradescope import metadata


def test_canvas(laid_out: Make) -> None:
    files = programs(
        "smithjohn_123456_9000001_hw.py",
        "müllerannasofie_LATE_123457_9000005_hw-1.py",
        "o_neilpat_123458_9000007_nn_shared_2.py",
    )
    found = collect(laid_out(files | {"leekim_123459_9000009_hw.pdf": b"%PDF-1.4 ..."}))
    assert found.layout == "Canvas"
    assert sorted(owners(found).values()) == ["123456", "123457", "123458", "123459"]
    late = handed(found, "müllerannasofie_LATE_123457_9000005_hw-1.py")
    assert (late.late, late.attempt, late.place) == (True, 2, late.path)
    assert late.student is not None
    assert (late.student.name, late.student.number) == ("müllerannasofie", "123457")
    assert "PDF" in fault(found, "leekim_123459_9000009_hw.pdf")


def test_an_exercise_number_is_not_read_as_an_attempt_on_canvas(laid_out: Make) -> None:
    found = collect(laid_out(programs("a_100_2000_hw-1.py", "b_101_2001_hw-1.py")))
    assert {each.attempt for each in found.files} == {1}


def test_the_newest_file_on_canvas_is_the_one_with_the_largest_number(laid_out: Make) -> None:
    files = programs("a_100_2009_hw.py", "a_100_2001_hw-3.py", "b_101_2002_hw.py")
    found = collect(laid_out(files))
    assert handed(found, "a_100_2009_hw.py").order == 1


def test_canvas_with_names_hidden(laid_out: Make) -> None:
    found = collect(laid_out(programs("anon_aB3dE_456_hw.py", "LATE_anon_Zz9qX_457_hw.py")))
    assert found.layout == "Canvas"
    assert sorted(owners(found).values()) == ["Zz9qX", "aB3dE"]
    assert handed(found, "LATE_anon_Zz9qX_457_hw.py").late


def test_a_text_entry_on_canvas_is_a_students_only_file(laid_out: Make) -> None:
    files = programs("a_100_2001_hw.py") | {"b_101_text.html": "<html><body>def f</body></html>"}
    found = collect(laid_out(files))
    assert owners(found)["b_101_text.html"] == "101"
    assert "web page" in fault(found, "b_101_text.html")


@pytest.mark.parametrize("ending", ["assignsubmission_file", "assignsubmission_file_"])
def test_moodle_with_folders(laid_out: Make, ending: str) -> None:
    files = programs(
        f"Anna Smith_2345_{ending}/hw.py",
        f"Jürgen Öz_2346_{ending}/src/deep/hw.py",
    )
    text = {f"Bo Li_2347_{ending.replace('file', 'onlinetext')}/onlinetext.html": "<p>no</p>"}
    found = collect(laid_out(files | text))
    assert found.layout == "Moodle"
    assert sorted(owners(found).values()) == ["2345", "2346", "2347"]
    anna = handed(found, f"Anna Smith_2345_{ending}/hw.py")
    assert anna.place == f"Anna Smith_2345_{ending}"
    assert anna.student is not None
    assert (anna.student.name, anna.student.number) == ("Anna Smith", "2345")


def test_moodle_without_folders_and_blind(laid_out: Make) -> None:
    files = programs(*(f"Participant_{n}_assignsubmission_file_hw_{n}.py" for n in (12, 13)))
    found = collect(laid_out(files))
    assert found.layout == "Moodle"
    assert sorted(owners(found).values()) == ["12", "13"]
    assert {each.student.name for each in found.files if each.student} == {
        "Participant 12",
        "Participant 13",
    }


METADATA = """---
submission_11:
  :submitters:
  - :name: Anna Smith
    :sid: '0031'
    :email: anna@uni.edu
  :created_at: 2023-09-21 10:11:12.123456000 Z
  :score: 3.0
  :results:
    output: |
      submission_12:
        :submitters:
        - :name: Somebody Else
    stdout: "two
      \\  :submitters:"
  :history:
  - :submitters: []
    :created_at: 2023-09-20 10:11:12.123456000 Z
    :results:
      output: ":created_at: 2023-01-01 00:00:00.0 Z"
    :id: 9
  - :submitters: []
    :created_at: 2023-09-22 10:11:12.123456000 Z
    :id: 12
submission_12:
  :created_at: 2023-09-21 12:11:12.000000000 +02:00
  :submitters:
  - :name: "Bj\\xF6rk \\u00C5"
    :sid:
    :email: b@uni.edu
  - :name: 'O''Neil, Pat'
    :sid: '33'
    :email: p@uni.edu
submission_13:
  :submitters:
  - :name: Nobody's File
    :sid: '34'
    :email: n@uni.edu
"""


def test_gradescope(laid_out: Make) -> None:
    files = programs(
        "assignment_1_export/submission_11/hw.py", "assignment_1_export/submission_12/src/hw.py"
    )
    found = collect(laid_out(files | {"assignment_1_export/submission_metadata.yml": METADATA}))
    assert found.layout == "Gradescope"
    people = {each.student.key: each for each in found.files if each.student}
    assert sorted(people) == ["0031", "33", "b@uni.edu"]
    assert people["33"].path == people["b@uni.edu"].path, "a group's file is each of theirs"
    assert people["33"].student.name == "O'Neil, Pat"
    assert people["b@uni.edu"].student.name == "Björk Å"
    assert people["0031"].time == 1695291072
    assert people["33"].time == 1695291072
    assert (people["0031"].attempt, people["33"].attempt) == (2, 1)
    assert [each.key for each in found.absent] == ["34"]


def test_what_an_autograder_printed_makes_no_students() -> None:
    assert [each.who.name for each in metadata(METADATA.splitlines())["submission_11"]] == [
        "Anna Smith"
    ]


def test_gradescope_without_its_metadata(laid_out: Make) -> None:
    found = collect(laid_out(programs("submission_1/hw.py", "submission_22/hw.py")))
    assert found.layout == "Gradescope"
    assert sorted(owners(found).values()) == ["1", "22"]
    assert "who handed in what isn't known" in found.problems[0]


def test_github_classroom(laid_out: Make) -> None:
    files = programs(
        "hw1-octocat/hw.py", "hw1-al-x/hw.py", "hw1-al-x/.github/check.py", "hw1-al-x/test_hw.py"
    )
    found = collect(laid_out(files | {"hw1-al-x/README.md": "# hw"}, "hw1-submissions"))
    assert found.layout == "GitHub Classroom"
    assert owners(found) == {"hw1-al-x/hw.py": "al-x", "hw1-octocat/hw.py": "octocat"}
    left = ("hw1-al-x/.github/", "hw1-al-x/README.md", "hw1-al-x/test_hw.py")
    assert found.left_out == left


def test_a_folder_for_each_student(laid_out: Make) -> None:
    files = programs("anna/hw.py", "anna/old/hw.py", "bob/hw.PY", "solution.py")
    found = collect(laid_out(files))
    assert found.layout == "a folder for each student"
    assert owners(found) == {
        "anna/hw.py": "anna",
        "anna/old/hw.py": "anna",
        "bob/hw.PY": "bob",
        "solution.py": "",
    }
    assert "the path names nobody: solution.py" in found.problems


def test_a_file_for_each_student(laid_out: Make) -> None:
    files = programs("anna.py", "bob.py", "carl.ipynb", "tests/test_hw.py")
    found = collect(laid_out(files | {"README.md": "", "marks.csv": "", "eve.pdf": b"%PDF-1.4"}))
    assert found.layout == "a file for each student"
    assert sorted(owners(found).values()) == ["anna", "bob", "carl", "eve"]
    assert found.left_out == ("README.md", "marks.csv", "tests/test_hw.py")


@pytest.mark.parametrize("wrapper", ["class", "a course/week 3", "x/y/z"])
def test_folders_that_everything_is_in_name_nobody(laid_out: Make, wrapper: str) -> None:
    files = programs(f"{wrapper}/anna/hw.py", f"{wrapper}/bob/hw.py")
    assert sorted(owners(collect(laid_out(files))).values()) == ["anna", "bob"]
    canvas = programs(f"{wrapper}/a_100_2001_hw.py", f"{wrapper}/b_101_2002_hw.py")
    assert sorted(owners(collect(laid_out(canvas, "other"))).values()) == ["100", "101"]


def test_one_file_does_not_make_a_layout(laid_out: Make) -> None:
    files = programs("anna.py", "bob.py", "carl.py", "dora_12_34_hw.py")
    found = collect(laid_out(files))
    assert found.layout == "a file for each student"
    assert "dora_12_34_hw" in owners(found).values()


def test_a_stray_file_does_not_hide_a_layout(laid_out: Make) -> None:
    files = programs(*(f"name{n}_10{n}_200{n}_hw.py" for n in range(10)), "solution.py")
    found = collect(laid_out(files))
    assert found.layout == "Canvas"
    assert owners(found)["solution.py"] == ""


@pytest.mark.parametrize(
    ("layout", "paths"),
    [
        ("Canvas", ["ashanna_101_2001_hw.py", "bayben_102_2002_hw.py"]),
        ("Canvas", ["anon_aB3dE_456_hw.py", "LATE_anon_Zz9qX_457_hw.py"]),
        ("Moodle", [f"{name}_7001_assignsubmission_file/hw.py" for name in ("Anna Ash", "B Bay")]),
    ],
)
def test_a_stray_file_does_not_hide_the_layout_of_a_small_class(
    laid_out: Make, layout: str, paths: list[str]
) -> None:
    found = collect(laid_out(programs(*paths, "solution.py")))
    assert found.layout == layout
    assert owners(found)["solution.py"] == ""


def test_what_nobody_hands_in_is_left_out(laid_out: Make) -> None:
    files = programs(
        "anna/hw.py",
        "anna/conftest.py",
        "anna/.ipynb_checkpoints/hw.ipynb",
        "anna/__pycache__/hw.py",
        "__MACOSX/anna/._hw.py",
        "bob/__init__.py",
        "eve/.DS_Store",
    )
    found = collect(laid_out(files))
    assert owners(found) == {"anna/hw.py": "anna"}
    assert found.left_out == (
        "__MACOSX/",
        "anna/.ipynb_checkpoints/",
        "anna/__pycache__/",
        "anna/conftest.py",
        "bob/__init__.py",
        "eve/.DS_Store",
    )
    assert "bob" in [each.key for each in found.absent]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("hw.pdf", b"%PDF-1.7", "PDF"),
        ("hw.docx", b"PK\3\4....word/document.xml", "office document"),
        ("hw.rar", b"Rar!\x1a\x07", "RAR"),
        ("hw.tar.gz", b"\x1f\x8b\x08", "gzip"),
        ("hw.zip", b"PK\3\4 and no more", "not a zip archive"),
        ("hw.java", b"class A { }", ".java file"),
        ("hw", b"I could not do it.", "text"),
        ("hw.txt", b"I could not do it.", ".txt file"),
        ("hw.html", b"<html>", "web page"),
        ("photo.jpg", b"\xff\xd8\xff" + b"x" * 100_000, ".jpg file"),
        ("hw.mp4", b"\0" * 100_000, ".mp4 file"),
    ],
)
def test_students_without_a_program_are_reported(
    laid_out: Make, name: str, data: bytes, word: str
) -> None:
    found = collect(laid_out({"anna/hw.py": TEXT, f"bob/{name}": data, "bob/README.md": "x"}))
    assert owners(found)[f"bob/{name}"] == "bob"
    assert word in fault(found, f"bob/{name}")
    assert found.left_out == ("bob/README.md",)


def test_a_program_by_another_name_is_a_program(laid_out: Make) -> None:
    found = collect(laid_out({"anna/hw.py": TEXT, "bob/hw.py.txt": TEXT, "carl/hw": TEXT}))
    assert fault(found, "bob/hw.py.txt") == fault(found, "carl/hw") == ""


def test_a_notebook_is_read_for_its_functions(laid_out: Make) -> None:
    cell = '{"cells": [{"cell_type": "code", "source": "def f():\\n    return 1"}]}'
    found = collect(laid_out({"anna/hw.ipynb": cell, "bob/hw.py": TEXT}), functions=["f"])
    assert "def f()" in found.read(handed(found, "anna/hw.ipynb")).source.text


def test_nothing_handed_in_is_a_wrong_command(laid_out: Make) -> None:
    with pytest.raises(CommandWrong, match="no Python file"):
        collect(laid_out({"README.md": "x"}))


def test_nothing_there_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(CommandWrong, match="no folder or zip"):
        collect(tmp_path / "gone")


def test_a_long_name_adds_nobodys_address() -> None:
    """YAML folds a long string onto the next line, which it indents deeper than a key."""
    text = """submission_1:
  :submitters:
  - :name: "Eve \\
      :email: anna@uni.edu"
    :sid: '1'
    :email: eve@uni.edu
"""
    (eve,) = metadata(text.splitlines())["submission_1"]
    assert (eve.who.email, eve.who.id) == ("eve@uni.edu", "1")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Anna Smith", "Anna Smith"),
        ("'O''Neil'", "O'Neil"),
        ('"A\\"B\\\\C"', 'A"B\\C'),
        ('"\\u00c5sa \\xE9"', "Åsa é"),
        ('"\\uD83D"', "\ufffd"),
        ("&1 Anna", "Anna"),
        ("~", "submission_1"),
        ("!binary |-", "submission_1"),
        ("'", "'"),
    ],
)
def test_names_as_yaml_writes_them(written: str, name: str) -> None:
    text = f"submission_1:\n  :submitters:\n  - :name: {written}\n    :sid:\n"
    (one,) = metadata(text.splitlines())["submission_1"]
    assert (one.who.name or one.label) == name
    assert one.label.encode()


def test_a_yaml_parser_reads_the_same_people() -> None:
    yaml = pytest.importorskip("yaml")
    expected = {
        folder: [(each[":name"], each[":sid"], each[":email"]) for each in entry[":submitters"]]
        for folder, entry in yaml.safe_load(METADATA).items()
    }
    found = {
        folder: [(each.who.name, each.who.id or None, each.who.email) for each in seen]
        for folder, seen in metadata(METADATA.splitlines()).items()
    }
    assert found == expected
