"""Class folders as they are met: downloads side by side, clones, other platforms, doubts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from gradebook_classes import TEXT, Files, Make, fault, handed, owners, programs, tree

from grader.gradebook.intake.collect import collect


def archive(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in files.items():
            into.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("names", [("hw1", "hw2"), ("hw1.zip", "hw2.zip")])
def test_downloads_of_several_assignments_side_by_side(tmp_path: Path, names: list[str]) -> None:
    one = programs("smithjohn_1234_9001_hw.py", "liwei_LATE_1235_9002_hw.py")
    two = programs("smithjohn_1234_9101_hw.py", "liwei_1235_9102_hw.py")
    files: dict[str, str | bytes] = {}
    for name, those in zip(names, (one, two), strict=True):
        if name.endswith(".zip"):
            files[name] = archive(those)
        else:
            files |= {f"{name}/{path}": text for path, text in those.items()}
    found = collect(tree(tmp_path / "course", files))
    assert found.layout == "several downloads of Canvas"
    assert sorted(owners(found).values()) == ["1234", "1234", "1235", "1235"]


def test_students_zips_at_the_top_are_students(laid_out: Make) -> None:
    inner = archive({"hw/hw.py": TEXT, "hw/__init__.py": ""})
    files = {"anna.zip": inner, "bob.zip": inner, "carl.py": TEXT, "dora.zip": b"broken"}
    found = collect(laid_out(files))
    assert owners(found) == {
        "anna.zip/hw/hw.py": "anna",
        "bob.zip/hw/hw.py": "bob",
        "carl.py": "carl",
        "dora.zip": "dora",
    }
    assert "not a zip archive" in fault(found, "dora.zip")


def test_a_virtual_environment_in_a_zip_is_passed_over(laid_out: Make) -> None:
    inner = archive(
        {"hw.py": TEXT, "env/pyvenv.cfg": "", "env/bin/activate_this.py": "", "env/lib/x.py": ""}
    )
    found = collect(laid_out({"anna/hw.zip": inner, "bob/hw.py": TEXT}))
    assert owners(found) == {"anna/hw.zip/hw.py": "anna", "bob/hw.py": "bob"}
    assert found.left_out == ("anna/hw.zip/env/",)


def test_clones_without_their_folder_are_joined_by_login(tmp_path: Path) -> None:
    folder = tree(tmp_path / "clones", programs("hw1-al-x/hw.py", "hw1-octocat/hw.py"))
    rows = "identifier,github_username\na@uni.edu,al-x\no@uni.edu,octocat\n"
    (tmp_path / "roster.csv").write_text(rows)
    assert sorted(owners(collect(folder)).values()) == ["hw1-al-x", "hw1-octocat"]
    found = collect(folder, roster=tmp_path / "roster.csv")
    assert sorted(owners(found).values()) == ["a@uni.edu", "o@uni.edu"]


def test_blackboard_by_a_pattern(laid_out: Make) -> None:
    files = programs(
        "gradebook_2023_HW1_asmith_attempt_2023-09-21-10-11-12_hw.py",
        "gradebook_2023_HW1_b12_attempt_2023-09-21-10-11-13_my_hw.py",
    )
    found = collect(laid_out(files), students="gradebook_{rest}_{id}_attempt_{rest}.py")
    assert sorted(owners(found).values()) == ["asmith", "b12"]


@pytest.mark.parametrize(
    "folder",
    [
        "Smith, Anna(asmith)/Submission attachment(s)",
        "123-456 - Anna Smith - Sep 21, 2023 1011 AM",
        "Anna Smith - hw1",
        "asmith/hw1",
    ],
)
def test_other_platforms_by_a_roster(tmp_path: Path, folder: str) -> None:
    made = tree(tmp_path / "class", programs(f"{folder}/hw.py", "Bo Li/hw.py"))
    (tmp_path / "roster.csv").write_text("id,login,name\ns1,asmith,Anna Smith\ns2,bli,Bo Li\n")
    found = collect(made, roster=tmp_path / "roster.csv")
    assert sorted(owners(found).values()) == ["s1", "s2"]


def test_sections_are_doubted(laid_out: Make) -> None:
    people = "abcdefgh"
    files = programs(*(f"section {people.index(p) % 2}/{p}/hw.py" for p in people))
    (problem,) = collect(laid_out(files)).problems
    assert problem.endswith("use --students '{rest}/{name}/{rest}'")
    found = collect(laid_out(files, "again"), students="{rest}/{name}/{rest}")
    assert sorted(owners(found).values()) == list(people)


def test_the_pattern_for_folders_of_assignments(laid_out: Make) -> None:
    files = programs(*(f"hw{n}/student{p}.py" for n in range(3) for p in range(20)))
    found = collect(laid_out(files, "again"), students="{rest}/{name}.py")
    assert len(set(owners(found).values())) == 20


def test_students_with_several_exercises_are_not_doubted(laid_out: Make) -> None:
    files = programs(*(f"s{p}/hw{n}/solution.py" for n in range(3) for p in range(20)))
    assert collect(laid_out(files)).problems == ()


def test_the_teachers_folders_beside_a_download_have_no_owner(laid_out: Make) -> None:
    files = programs(
        "submissions/smithjohn_123_9001_hw.py",
        "submissions/liwei_124_9002_hw.py",
        "reference/solution.py",
    )
    found = collect(laid_out(files))
    assert found.layout == "Canvas"
    assert sorted(owners(found).values()) == ["", "123", "124"]
    assert "the path names nobody: reference/solution.py" in found.problems


def test_a_students_folder_is_not_mistaken_for_a_download(laid_out: Make) -> None:
    files = programs(*(f"{name}/hw.py" for name in "abcdef"), "g/my_12_34_hw.py", "g/my_12_35_x.py")
    found = collect(laid_out(files))
    assert found.layout == "a folder for each student"
    assert set(owners(found).values()) == set("abcdefg")


def test_moodle_gives_a_person_a_new_number_in_each_assignment(laid_out: Make) -> None:
    files = programs(
        "hw1/Anna Smith_23_assignsubmission_file/hw.py",
        "hw2/Anna Smith_29_assignsubmission_file/hw.py",
        "hw1/Li Wei_24_assignsubmission_file/hw.py",
        "hw1/Li Wei_25_assignsubmission_file/hw.py",
        "hw2/Li Wei_31_assignsubmission_file/hw.py",
    )
    found = collect(laid_out(files))
    assert found.layout == "several downloads of Moodle"
    assert sorted(owners(found).values()) == ["24", "25", "31", "Anna Smith", "Anna Smith"]


def test_exports_of_several_assignments_of_gradescope(laid_out: Make) -> None:
    files = programs("a_1_export/submission_5/hw.py", "a_2_export/submission_7/hw.py")
    for number, folder in ((1, 5), (2, 7)):
        text = f"submission_{folder}:\n  :submitters:\n  - :name: A\n    :sid: '9'\n"
        files[f"a_{number}_export/submission_metadata.yml"] = text
    found = collect(laid_out(files))
    assert found.layout == "several downloads of Gradescope"
    assert set(owners(found).values()) == {"9"}


def test_several_assignments_of_github_classroom(laid_out: Make) -> None:
    files = programs(*(f"hw{n}-submissions/hw{n}-{who}/hw.py" for n in (1, 2) for who in "ab"))
    found = collect(laid_out(files))
    assert found.layout == "several downloads of GitHub Classroom"
    assert set(owners(found).values()) == {"a", "b"}


def test_what_a_browser_calls_a_copy_is_the_same_students(laid_out: Make) -> None:
    found = collect(laid_out(programs("anna.py", "anna (2).py", "bob (1).py", "carl.py")))
    assert owners(found)["anna (2).py"] == "anna"
    assert handed(found, "anna (2).py").attempt == 3
    assert owners(found)["bob (1).py"] == "bob (1)"


def test_an_empty_folder_shows_that_folders_are_students(tmp_path: Path) -> None:
    files = programs("class/anna/hw.py") | {"class/bob/": ""}
    found = collect(tree(tmp_path / "made", files))
    assert set(owners(found).values()) == {"anna"}
    assert [each.key for each in found.absent] == ["bob"]


def test_plain_text_that_parses_as_python_is_not_a_program(laid_out: Make) -> None:
    found = collect(laid_out({"anna/hw.py": TEXT, "bob/hw.txt": "Name: Bob\nsorry = 1\n"}))
    assert ".txt file" in fault(found, "bob/hw.txt")
