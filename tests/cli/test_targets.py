"""Reports that would overwrite something, or can't be written, are refused before any grading."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import Grade, environment

from grader.cli.targets import check_targets, targets
from grader.errors import CommandWrong

TEXT = "def sum_one(seed, x):\n    return x + x\n"


def refusal(*raw: str, graded: tuple[str, ...] = ("f.py",), kept: tuple[Path, ...] = ()) -> str:
    with pytest.raises(CommandWrong) as refused:
        check_targets(targets(raw), graded, kept)
    return str(refused.value)


def accept(*raw: str, graded: tuple[str, ...] = ("f.py",)) -> None:
    check_targets(targets(raw), graded, ())


@pytest.fixture(autouse=True)
def submission(here: Path) -> Path:
    file = here / "f.py"
    file.write_text(TEXT)
    return file


@pytest.mark.parametrize(
    "spelling", ["f.py", "./f.py", "all/../f.py", "link.json", "hard.json", "linked/f.py"]
)
def test_a_submission_is_never_overwritten(here: Path, spelling: str) -> None:
    (here / "all").mkdir()
    (here / "link.json").symlink_to("f.py")
    (here / "linked").symlink_to(here)
    os.link(here / "f.py", here / "hard.json")
    assert "would overwrite f.py, a file to grade" in refusal(f"json={spelling}")
    assert "would overwrite f.py" in refusal("html=ok.html", f"json={here / spelling}")
    assert (here / "f.py").read_text() == TEXT


def test_no_other_program_is_overwritten_either(here: Path) -> None:
    for name in ("other.py", "notes.ipynb"):
        (here / name).touch()
        assert "would overwrite a program" in refusal(f"json={name}")
    accept("json=new.py")


def test_no_file_of_the_grader_is_overwritten(here: Path) -> None:
    lesson = here / "exercises" / "sum_one" / "README.md"
    lesson.parent.mkdir(parents=True)
    lesson.touch()
    said = refusal(f"markdown={lesson}", kept=(here / "exercises",))
    assert "would overwrite a file of the grader's" in said


@pytest.mark.parametrize(
    ("first", "second"),
    [("out", "out"), ("out", "./out"), ("old", "link"), ("old", "hard"), ("new", "dangling")],
)
def test_two_reports_never_share_a_file(here: Path, first: str, second: str) -> None:
    (here / "old").touch()
    (here / "link").symlink_to("old")
    (here / "dangling").symlink_to("new")
    os.link(here / "old", here / "hard")
    said = refusal(f"json={first}", f"junit={second}")
    assert f"would overwrite --report json={first}" in said


@pytest.mark.skipif(os.name == "nt", reason="paths of Unix")
def test_stdout_has_several_names_and_takes_one_report() -> None:
    for name in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        (target,) = targets((f"text={name}",))
        assert target.path is None
        assert "only one --report can go to stdout" in refusal("json", f"text={name}")
    accept("json=/dev/null", "junit=/dev/null")


def test_an_unwritable_report_is_refused_before_grading(here: Path) -> None:
    (here / "folder").mkdir()
    (here / "deep").symlink_to("no/where")
    assert "folder is a folder; name a file in it" in refusal("json=folder")
    assert "there is no folder" in refusal("json=no/such/out.json")
    assert "there is no folder" in refusal("json=deep")
    assert "can't write" in refusal(f"json={'n' * 300}")
    assert sorted(each.name for each in here.iterdir()) == ["deep", "f.py", "folder"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_an_unwritable_folder_is_refused_before_grading(here: Path) -> None:
    (here / "closed").mkdir(mode=0o500)
    assert "Permission denied" in refusal("json=closed/out.json")


def test_a_format_for_one_submission_refuses_several() -> None:
    said = refusal("gradescope=out.json", graded=("f.py", "g.py"))
    assert "gradescope can't hold several submissions" in said


def test_the_command_refuses_before_it_grades(grade: Grade, here: Path) -> None:
    code, out, err = grade("f.py", "--exercise", "nn-vmap-shared", "--report", "json=f.py")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert (here / "f.py").read_text() == TEXT


@pytest.mark.skipif(os.name == "nt", reason="a shell's redirection")
def test_stdout_is_not_a_submission(here: Path) -> None:
    line = f'"{sys.executable}" -m grader f.py --report json >> f.py'
    done = subprocess.run(
        ["bash", "-c", line], cwd=here, env=environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "the output would overwrite f.py, a file to grade" in done.stderr
    assert (here / "f.py").read_text() == TEXT


def test_a_path_that_no_file_can_have_overwrites_nothing() -> None:
    accept("json=out", graded=("f.py", "a\0b"))
