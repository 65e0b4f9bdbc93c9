"""Removing in the scratch folder counts as done where the sandbox refuses it, and nowhere else."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.worker.removals import Removals


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have removals refused, as a sandbox does, and a folder in which they count as done."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "kept.txt").touch()
    closer = vars(tempfile)["_TemporaryFileCloser"]
    defaults = {each: each.__defaults__ for each in vars(closer).values() if callable(each)}
    with monkeypatch.context() as patched:
        for name in ("unlink", "rmdir", "remove", "mkdir"):
            patched.setattr(os, name, getattr(os, name))
        patched.setattr(os, "supports_dir_fd", set(os.supports_dir_fd))
        patched.setattr(os, "unlink", _refused)
        patched.setattr(os, "rmdir", _refused)
        patched.setattr(tempfile, "tempdir", str(folder))
        patched.chdir(folder)
        Removals(str(folder)).install()
        yield folder
    for method, values in defaults.items():
        method.__defaults__ = values


def _refused(path: object, *, dir_fd: int | None = None) -> None:
    raise PermissionError(errno.EPERM, f"Operation not permitted {dir_fd}", path)


def test_a_temporary_folder_cleans_up(scratch: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert Path(folder).is_relative_to(scratch)
        (Path(folder) / "deeper").mkdir()
        (Path(folder) / "deeper" / "weights.npy").write_bytes(b"1")


def test_files_are_removed_by_any_name(scratch: Path) -> None:
    (scratch / "a").touch()
    (scratch / "b").touch()
    (scratch / "c").touch()
    Path("a").unlink()
    os.remove(scratch / "b")  # noqa: PTH107
    os.unlink(b"c")  # noqa: PTH108


def test_a_folder_can_be_made_again(scratch: Path) -> None:
    for _ in range(2):
        Path("run/latest").mkdir(parents=True)
        (scratch / "run" / "latest" / "weights").write_bytes(b"1")
        shutil.rmtree("run")


def test_a_folder_with_something_in_it_stays(scratch: Path) -> None:
    (scratch / "full").mkdir()
    (scratch / "full" / "file").touch()
    with pytest.raises(OSError, match="not empty"):
        Path("full").rmdir()


def test_missing_parts_are_named(scratch: Path) -> None:
    (scratch / "folder").mkdir()
    with pytest.raises(FileNotFoundError):
        Path("nothing").unlink()
    with pytest.raises(IsADirectoryError):
        Path("folder").unlink()
    with pytest.raises(FileExistsError):
        Path("folder").mkdir()


@pytest.mark.parametrize("name", ["../beside/kept.txt", "link/kept.txt", ".."])
def test_elsewhere_the_refusal_is_raised(scratch: Path, name: str) -> None:
    (scratch / "link").symlink_to(scratch.parent / "beside")
    with pytest.raises(PermissionError):
        Path(name).unlink()
    with pytest.raises(PermissionError):
        shutil.rmtree(scratch.parent / "beside")
    assert (scratch.parent / "beside" / "kept.txt").exists()
