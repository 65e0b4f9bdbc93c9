"""Rosters as platforms export them and as people keep them, and who is joined with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradebook_classes import TEXT, Files, owners, programs, tree

from grader.errors import CommandWrong
from grader.gradebook.classroom import Collected, Student
from grader.gradebook.intake.collect import collect
from grader.gradebook.intake.roster import Roster, read_roster

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,HW 1 (99),Final Score
,,,,,Manual Posting,
"    Points Possible",,,,,10,(read only)
"Smith, John",123456,S-001,jsmith,Sec 1,,
"Müller, Anna Sofie",123457,S-002,amueller,"Sec 1, Sec 2",,
"Student, Test",999999,,abcdef0123,Sec 1,,
"""


def roster(tmp_path: Path, text: str | bytes) -> Roster:
    return read_roster(written(tmp_path, text))


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_canvas_export(tmp_path: Path) -> None:
    assert roster(tmp_path, CANVAS).students == (
        Student(
            key="S-001",
            name="Smith, John",
            id="S-001",
            number="123456",
            login="jsmith",
            section="Sec 1",
        ),
        Student(
            key="S-002",
            name="Müller, Anna Sofie",
            id="S-002",
            number="123457",
            login="amueller",
            section="Sec 1, Sec 2",
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "First name,Last name,ID number,Email address\nAnna,Smith,0042,a@uni.edu\n",
            Student(key="0042", name="Anna Smith", id="0042", email="a@uni.edu"),
        ),
        (
            "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Gruppen\nJörg;Öz;7;j@uni.de;A\n",
            Student(key="7", name="Jörg Öz", id="7", email="j@uni.de"),
        ),
        (
            (
                "Identifier,Full name,Email address,Status,Grade\n"
                "Participant 2345,Anna Smith,a@uni.edu,Submitted,-\n"
            ),
            Student(key="2345", name="Anna Smith", email="a@uni.edu", number="2345"),
        ),
        (
            "First Name,Last Name,SID,Email,Sections\nAnna,Smith,3031,a@uni.edu,S1\n",
            Student(key="3031", name="Anna Smith", id="3031", email="a@uni.edu", section="S1"),
        ),
        (
            "Name,SID,Email,Role\nAnna Smith,3031,a@uni.edu,Student\n",
            Student(key="3031", name="Anna Smith", id="3031", email="a@uni.edu"),
        ),
        (
            '"identifier","github_username","github_id","name"\n"Smith, Anna","octocat","1",""\n',
            Student(key="octocat", name="Smith, Anna", login="octocat"),
        ),
        (
            "identifier,github_username,github_id,name\na@uni.edu,,,\n",
            Student(key="a@uni.edu", email="a@uni.edu"),
        ),
        (
            "id\tname\temail\n1\tAnna\ta@b.c\n",
            Student(key="1", name="Anna", id="1", email="a@b.c"),
        ),
        ("sep=;\r\nname;id\r\nAnna;1\r\n", Student(key="1", name="Anna", id="1")),
        ("Homework 1\n\n  \nE-Mail\na@b.c\n", Student(key="a@b.c", email="a@b.c")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_heads_delimiters_and_encodings(
    tmp_path: Path, text: str, expected: Student, encoding: str
) -> None:
    (student,) = roster(tmp_path, text.encode(encoding)).students
    assert expected in {student, Student(**{**_fields(student), "section": ""})}


def _fields(student: Student) -> dict[str, str]:
    return {each: getattr(student, each) for each in student.__struct_fields__}


def test_the_encoding_of_old_windows(tmp_path: Path) -> None:
    (student,) = roster(tmp_path, "Name;ID\nJürgen;1\n".encode("cp1252")).students
    assert student.name == "Jürgen"


def test_two_of_the_same_id_are_said(tmp_path: Path) -> None:
    found = roster(tmp_path, "id,name\n1,Anna\n2,Bob\n1,Anna\n1,Carl\n")
    assert [each.key for each in found.students] == ["1", "2"]
    assert found.problems == (
        "roster.csv, line 4: 1 is already in line 2, which is used",
        "roster.csv, line 5: 1 is already in line 2, which is used",
    )


@pytest.mark.parametrize("text", ["sep=|\nid|name\n007|An,na\n", "id|name\n007|An,na\n"])
def test_a_bar_may_be_the_delimiter(tmp_path: Path, text: str) -> None:
    (student,) = roster(tmp_path, text).students
    assert (student.id, student.name) == ("007", "An,na")


def test_quotes_that_are_no_csv_quotes_and_cells_of_several_lines(tmp_path: Path) -> None:
    text = 'id,name,note\n1,Anna "5\'" A,x\n="02",Bob,"a\nb ""c"" \n"\n'
    assert [each.key for each in roster(tmp_path, text).students] == ["1", "02"]


def test_a_comma_in_a_name_without_quotes_is_said(tmp_path: Path) -> None:
    found = roster(tmp_path, "sep=,\nname,id\nSmith, Anna,1\nBob,2,\nCarl,3\n")
    assert len(found.students) == 3
    (problem,) = found.problems
    assert problem.startswith("roster.csv, line 3: more cells than the heads have; a name that has")


def test_heads_that_are_too_few_are_no_problem(tmp_path: Path) -> None:
    assert roster(tmp_path, "name,id\nAnna,1,x\nBob,2,y\n").problems == ()


def test_staff_are_no_students(tmp_path: Path) -> None:
    text = "Name,SID,Role\nAnna,1,Student\nBob,2,TA\nCarl,3,Instructor\nDora,4,\nTa,5,student\n"
    found = roster(tmp_path, text)
    assert [each.key for each in found.students] == ["1", "4", "5"]
    assert found.problems == ("roster.csv: no students by their role: Bob, Carl",)


def test_two_of_the_same_name_are_both_there(tmp_path: Path) -> None:
    found = roster(tmp_path, "name,section\nLi Wei,1\nLi Wei,2\n")
    assert [each.key for each in found.students] == ["Li Wei", "Li Wei (roster.csv, line 3)"]
    assert "has the same name" in found.problems[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "roster.csv is empty"),
        ("\n", "roster.csv is empty"),
        (",,\n", "no column for an id, a name or an email"),
        ('id,name\n1,Anna\n\n2,"Bob\n3,Carl\n', "line 4, has a quote that isn't closed"),
        ('id;note\n1;"a\n2;b\n', "line 2, has a quote that isn't closed"),
        ("a,b\n1,2\n", "its heads are: a, b"),
        ("name,id\n", "there is no student in"),
        (b"PK\x03\x04...", "Excel workbook: save it as CSV"),
        ('id,name\n1,"' + "x" * 200_000 + "\n", "is not CSV"),
    ],
)
def test_an_invalid_roster_is_a_wrong_command(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(CommandWrong, match=words):
        roster(tmp_path, text)


def test_a_missing_roster_is_a_wrong_command(tmp_path: Path) -> None:
    with pytest.raises(CommandWrong, match="can't be read"):
        read_roster(tmp_path / "gone.csv")


# ------------------------------------------------------------------------------- who it is


def joined(tmp_path: Path, files: Files, text: str, name: str = "class") -> Collected:
    return collect(tree(tmp_path / name, files), roster=written(tmp_path, text))


def test_by_the_platforms_own_number(tmp_path: Path) -> None:
    files = programs("smithjohn_123456_9000001_hw.py", "muller_LATE_123457_9000002_hw.py")
    found = joined(tmp_path, files, CANVAS)
    assert sorted(owners(found).values()) == ["S-001", "S-002"]
    assert found.absent == ()
    assert found.problems == ()


def test_by_name_run_together(tmp_path: Path) -> None:
    """A school's own roster doesn't have Canvas' numbers."""
    files = programs("smithjohn_123_9001_hw.py", "mülleranna_124_9002_hw.py")
    found = joined(tmp_path, files, "id,name\n1,John Smith\n2,Anna Müller\n3,Bo Li\n")
    assert sorted(owners(found).values()) == ["1", "2"]
    assert {each.student.number for each in found.files if each.student} == {"123", "124"}
    assert [each.key for each in found.absent] == ["3"]


@pytest.mark.parametrize(
    "label", ["Anna Müller", "Müller, Anna", "anna muller", "MÜLLER Anna", "Mu\u0308ller_Anna"]
)
def test_by_name_whatever_its_order_case_and_accents(tmp_path: Path, label: str) -> None:
    files = {f"{label}/hw.py": TEXT, "Bo Li/hw.py": TEXT}
    found = joined(tmp_path, files, 'id,name\n1,"Müller, Anna"\n2,Bo Li\n')
    assert sorted(owners(found).values()) == ["1", "2"]


@pytest.mark.parametrize(
    "label",
    [
        "s12345",
        "S12345_hw1",
        "hw1 s12345",
        "anna.smith",
        "anna.smith@uni.edu",
        "anna_smith_final_2",
        "asmith9",
    ],
)
def test_by_a_files_name(tmp_path: Path, label: str) -> None:
    text = (
        "id,login,name,email\ns12345,asmith9,Anna Smith,anna.smith@uni.edu\n2,b,Bo Li,b@uni.edu\n"
    )
    found = joined(tmp_path, programs(f"{label}.py", "Bo Li.py"), text)
    assert sorted(owners(found).values()) == ["2", "s12345"]


@pytest.mark.parametrize("label", ["hw_1", "anna", "1st try", "smith", "final_2"])
def test_nobody_is_guessed(tmp_path: Path, label: str) -> None:
    text = "id,name\n1,Anna Smith\n2,Bo Li\n"
    found = joined(tmp_path, programs(f"{label}.py", "Bo Li.py"), text)
    assert owners(found)[f"{label}.py"] == label
    assert f"not on the roster: {label}" in found.problems
    assert [each.key for each in found.absent] == ["1"]


def test_two_of_the_same_name_are_not_guessed(tmp_path: Path) -> None:
    found = joined(tmp_path, programs("Li Wei/hw.py", "Bo/hw.py"), "id,name\n1,Wei Li\n2,Li Wei\n")
    assert owners(found)["Li Wei/hw.py"] == "Li Wei"
    assert "Li Wei may be several of the roster: 1, 2" in found.problems
    assert [each.key for each in found.absent] == ["1", "2"]


def test_two_people_are_not_made_one_by_their_name(tmp_path: Path) -> None:
    files = programs("liwei_123_9001_hw.py", "liwei_124_9002_hw.py", "smith_125_9003_hw.py")
    found = joined(tmp_path, files, "id,name\n1,Wei Li\n")
    assert sorted(owners(found).values()) == ["123", "124", "125"]
    assert any("may be several people here: 123, 124" in each for each in found.problems)


def test_a_contradicting_number_prevents_matching_by_name(tmp_path: Path) -> None:
    files = programs("smithjohn_777777_9000001_hw.py", "mulleranna_123457_9000002_hw.py")
    found = joined(tmp_path, files, CANVAS)
    assert sorted(owners(found).values()) == ["777777", "S-002"]


def test_an_id_of_the_roster_and_a_number_of_the_path_are_two_people(tmp_path: Path) -> None:
    files = programs("smithjohn_123_9001_hw.py", "liwei_124_9002_hw.py")
    found = joined(tmp_path, files, "id,name\n123,Wei Li\n")
    people = {each.path: each.student.key for each in found.files if each.student}
    assert people["liwei_124_9002_hw.py"] == "123"
    assert people["smithjohn_123_9001_hw.py"] == "123 (smithjohn)"


def test_github_logins(tmp_path: Path) -> None:
    text = "identifier,github_username,github_id,name\nann@uni.edu,al-x,1,\nbo@uni.edu,,,\n"
    files = programs("hw1-al-x/hw.py", "hw1-octo/hw.py")
    found = joined(tmp_path, files, text, "hw1-submissions")
    assert owners(found) == {"hw1-al-x/hw.py": "ann@uni.edu", "hw1-octo/hw.py": "octo"}
    assert [each.key for each in found.absent] == ["bo@uni.edu"]


def test_the_roster_tells_which_folders_are_students(tmp_path: Path) -> None:
    files = programs("group 1/anna/hw.py", "group 1/bob/hw.py", "group 2/carl/hw.py")
    found = joined(tmp_path, files, "login\nanna\nbob\ncarl\n")
    assert sorted(owners(found).values()) == ["anna", "bob", "carl"]
    one = joined(tmp_path, programs("anna/a.py", "anna/b.py"), "login\nanna\nbob\n", "other")
    assert set(owners(one).values()) == {"anna"}


def test_the_roster_in_the_folder_is_not_a_submission(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", {"anna.py": TEXT, "roster.csv": "login\nanna\n"})
    found = collect(folder, roster=folder / "roster.csv")
    assert found.left_out == ()
    assert owners(found) == {"anna.py": "anna"}
