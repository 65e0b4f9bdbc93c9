"""Which of the named files are submissions, and what is said about the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.cli.gather import gather

TEXT = "def sum_one(seed, x):\n    return x + x\n"


def put(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TEXT)


def names(*paths: Path) -> list[str]:
    return [Path(each.path).name for each in gather(paths).submissions]


def test_a_missing_file_does_not_stop_others(here: Path) -> None:
    put(here / "a.py", here / "zzz.py")
    found = gather((Path("a.py"), Path("b.py"), Path("gone/x.py"), Path("n" * 300), Path("zzz.py")))
    assert [each.path for each in found.submissions] == ["a.py", "zzz.py"]
    assert found.problems == (
        "no such file: b.py; did you mean a.py?",
        "no such file: gone/x.py",
        f"no such file: {'n' * 300}",
    )


@pytest.mark.parametrize(
    "name",
    ["__init__.py", "__main__.py", "conftest.py", "setup.py", "test_a.py", "a_test.py"],
)
def test_files_that_nobody_hands_in_are_skipped(here: Path, name: str) -> None:
    put(here / "all" / "a.py", here / "all" / "deep" / name)
    found = gather((Path("all"),))
    assert [each.path for each in found.submissions] == ["all/a.py"]
    assert found.left_out == (Path("all/deep") / name,)
    assert f"all/deep/{name}" in found.note
    assert names(Path("all/deep") / name) == [name], "a file that is named is graded"
    both = gather((Path("all"), Path("all/deep") / name))
    assert both.left_out == ()


@pytest.mark.parametrize(
    "folder",
    [
        ".ipynb_checkpoints",
        "__pycache__",
        ".venv",
        "node_modules",
        ".git",
        "__MACOSX",
        "x.egg-info",
    ],
)
def test_tool_folders_are_skipped(here: Path, folder: str) -> None:
    put(here / "all" / "a.py", here / "all" / folder / "b.py", here / "all" / "._a.py")
    assert names(Path("all")) == ["a.py"]


def test_virtual_environments_are_skipped_whatever_their_name(here: Path) -> None:
    put(here / "all" / "a.py", here / "all" / "env3" / "lib" / "b.py")
    (here / "all" / "env3" / "pyvenv.cfg").touch()
    assert names(Path("all")) == ["a.py"]


def test_a_folder_with_no_submission_says_so(here: Path) -> None:
    (here / "none").mkdir()
    put(here / "tests" / "test_a.py")
    assert gather((Path("none"),)).problems == ("there is no Python file in none",)
    (problem,) = gather((Path("tests"),)).problems
    assert problem == "there is no submission in tests: only files such as test_a.py"


def test_each_file_is_read_once(here: Path) -> None:
    put(here / "all" / "a.py")
    (here / "all" / "b.py").symlink_to("a.py")
    (here / "too").symlink_to("all")
    spellings = ("all/a.py", "./all/a.py", "all/../all/a.py", "all", "all/b.py", "too/a.py")
    assert names(*map(Path, spellings), here / "all" / "a.py") == ["a.py"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
def test_things_that_are_not_files_get_a_one_line_problem(here: Path) -> None:
    put(here / "a.py")
    os.mkfifo(here / "pipe")
    (here / "self.py").symlink_to("self.py")
    found = gather((Path("pipe"), Path("/dev/zero"), Path("self.py"), Path("a.py")))
    assert len(found.submissions) == 1
    assert [each.split()[0] for each in found.problems] == ["pipe", "/dev/zero", "self.py"]


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
def test_file_names_of_any_bytes_are_read(here: Path) -> None:
    folder = here / "all"
    folder.mkdir()
    for name in (b"l\xf6.py", b"a\nb.py", b"\x1b[31m.py", b"-q.py", b"n" * 252 + b".py"):
        (folder / os.fsdecode(name)).write_text(TEXT)
    assert len(gather((folder,)).submissions) == 5


def test_a_loop_of_folders_ends(here: Path) -> None:
    put(here / "all" / "a.py")
    (here / "all" / "again").symlink_to(here / "all")
    assert names(Path("all")) == ["a.py"]


def test_a_long_list_of_skipped_files_is_cut(here: Path) -> None:
    put(here / "all" / "a.py", *(here / "all" / f"test_{n}.py" for n in range(9)))
    assert ", 3 more (" in gather((Path("all"),)).note


@pytest.mark.parametrize(("most", "noun"), [("_MOST_FILES", "files"), ("_MOST_FOLDERS", "folders")])
def test_a_whole_disk_is_not_searched(
    here: Path, monkeypatch: pytest.MonkeyPatch, most: str, noun: str
) -> None:
    monkeypatch.setattr(f"grader.cli.gather.{most}", 2)
    for number in range(3):
        (here / f"learner{number}").mkdir()
        (here / f"learner{number}" / "mine.py").touch()
    (problem,) = gather([here]).problems
    assert f"more than 2 {'Python files' if noun == 'files' else noun}" in problem
    assert "name the folder" in problem


def test_folders_of_the_kernel_are_passed_over(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.folder.NOT_ON_DISK", {str(here / "proc")})
    (here / "proc").mkdir()
    (here / "proc/mine.py").touch()
    (here / "mine.py").touch()
    assert [each.path for each in gather([here]).submissions] == [str(here / "mine.py")]
