"""What else may be in a class's folder: links, pipes, odd names, the teacher's own files."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from gradebook_classes import TEXT, fault, handed, owners, programs, tree

from grader.errors import CommandWrong
from grader.gradebook.intake.collect import collect
from grader.gradebook.own_files import ZIP_COMMENT, OwnFiles

CLASS = programs("anna/hw.py", "bob/hw.py")


def test_a_link_does_not_show_somebody_elses_file(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS)
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1")
    (folder / "eve").mkdir()
    (folder / "eve" / "hw.py").symlink_to("../anna/hw.py")
    (folder / "eve" / "passwd.py").symlink_to(secret)
    (folder / "eve" / "gone.py").symlink_to("nowhere.py")
    (folder / "eve" / "hw.zip").symlink_to(tmp_path / "class.zip")
    found = collect(folder)
    for name in ("hw.py", "passwd.py"):
        assert "link that leads out" in fault(found, f"eve/{name}")
        assert found.read(handed(found, f"eve/{name}")).source.text == ""
    assert "broken link" in fault(found, "eve/gone.py")


def test_a_link_within_a_students_own_folder_is_followed(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS)
    (folder / "anna" / "same.py").symlink_to("hw.py")
    found = collect(folder)
    assert found.read(handed(found, "anna/same.py")).source.text == TEXT


def test_a_linked_folder_is_left_out(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS)
    (folder / "eve").symlink_to(folder / "anna")
    (folder / "anna" / "loop").symlink_to(folder)
    found = collect(folder)
    assert owners(found) == {"anna/hw.py": "anna", "bob/hw.py": "bob"}
    assert found.left_out == ("anna/loop/", "eve/")


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS)
    (folder / "eve").mkdir()
    os.mkfifo(folder / "eve" / "hw.py")
    os.mkfifo(folder / "eve" / "hw.zip")
    assert "not a regular file" in fault(collect(folder), "eve/hw.py")


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
def test_undecodable_names_are_written_as_python_escapes(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS)
    odd = folder / os.fsdecode(b"j\xfcrgen")
    odd.mkdir()
    (odd / "hw.py").write_text(TEXT)
    found = collect(folder)
    path = "j\\xfcrgen/hw.py"
    assert path in owners(found)
    assert path.encode()
    assert found.read(handed(found, path)).source.text == TEXT


def test_the_graders_own_files_are_not_submissions(tmp_path: Path) -> None:
    files = CLASS | {
        ".grade/gradebook.sqlite": b"x",
        "feedback/anna.html": "<html>",
        "marks.csv": "x",
    }
    folder = tree(tmp_path / "class", files)
    found = collect(folder, passed_over=[folder / "feedback", folder / "marks.csv"])
    assert owners(found) == {"anna/hw.py": "anna", "bob/hw.py": "bob"}
    assert found.left_out == ()
    assert found.absent == ()


def test_pages_of_an_earlier_call_are_not_submissions(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS | {"eve/hw.html": "<html>"})
    assert OwnFiles(folder / "feedback").write("anna.html", "<html>")
    with zipfile.ZipFile(folder / "feedback.zip", "w") as packed:
        packed.writestr("anna.html", "<html>")
        packed.comment = ZIP_COMMENT
    found = collect(folder)
    assert sorted(owners(found).values()) == ["anna", "bob", "eve"]
    assert (found.left_out, found.absent) == ((), ())


@pytest.mark.parametrize("below", ["", "home", "home/teacher"])
def test_a_home_folder_is_refused_as_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    tree(tmp_path / "home" / "teacher", CLASS) if (tmp_path / "home").mkdir() else None
    tree(tmp_path / "home" / "teacher", CLASS)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home" / "teacher")
    with pytest.raises(CommandWrong, match="is your home, or your home is in it"):
        collect(tmp_path / below)
    assert len(collect(tmp_path / "home" / "teacher" / "anna").files) == 1


@pytest.mark.parametrize("most", ["MOST_FILES", "MOST_FOLDERS"])
def test_a_disk_is_refused_as_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(f"grader.gradebook.intake.folder_listing.{most}", 2)
    folder = tree(tmp_path / "class", programs("a/x.py", "b/x.py", "c/x.py"))
    with pytest.raises(CommandWrong, match="has more than 2 f"):
        collect(folder)


def test_an_unreadable_folder_is_reported(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    folder = tree(tmp_path / "class", CLASS | programs("eve/hw.py"))
    (folder / "eve").chmod(0)
    found = collect(folder)
    (folder / "eve").chmod(0o700)
    assert any("can't be read" in each for each in found.problems)


def test_an_empty_folder_is_a_student_without_a_file(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", CLASS | {"eve/": "", "carl/a/b/": "", "anna/data/": ""})
    assert sorted(each.key for each in collect(folder).absent) == ["carl", "eve"]


def test_the_newest_of_a_students_files_is_the_one_saved_last(tmp_path: Path) -> None:
    folder = tree(tmp_path / "class", programs("anna/a.py", "anna/b.py", "bob/a.py"))
    os.utime(folder / "anna" / "a.py", (2_000_000_000, 2_000_000_000))
    os.utime(folder / "anna" / "b.py", (1_000_000_000, 1_000_000_000))
    found = collect(folder)
    assert [handed(found, f"anna/{name}.py").order for name in "ab"] == [1, 0]
