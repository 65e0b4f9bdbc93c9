"""Writing a report: whole, or not at all."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from grader.errors import ReportNotWritten
from grader.render.write import probe, write_report


def test_a_new_file_has_the_text_and_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report("h\u00e4\ud800\n", path)
    assert path.read_text(encoding="utf-8") == "h\u00e4\\ud800\n"
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "report.json"]


def test_an_old_file_keeps_its_permissions_and_its_links(tmp_path: Path) -> None:
    path, link = tmp_path / "report", tmp_path / "link"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_report("new", link)
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportNotWritten, match="No space left"):
        write_report("new", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["no/such/folder/report", ".", "\0", "x" * 300])
def test_write_failures_are_reported(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReportNotWritten, match="can't write"):
        write_report("text", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_to_and_stays_one() -> None:
    write_report("text", Path("/dev/null"))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_long_names_work(tmp_path: Path) -> None:
    path = tmp_path / ("r" * 255)
    write_report("text", path)
    assert path.read_text() == "text"


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
def test_a_pipe_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for act in (lambda: probe(pipe), lambda: write_report("text", pipe)):
        with pytest.raises(ReportNotWritten, match="no program reads the pipe"):
            act()


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
def test_a_pipe_that_is_read_gets_the_report_whole(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    probe(pipe)
    with pytest.raises(BlockingIOError):  # at the end of the stream it would be empty
        os.read(reading, 10)
    write_report("text", pipe)
    assert os.read(reading, 10) == b"text"
    os.close(reading)


def test_a_probe_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report"
    probe(path)
    path.write_text("old")
    probe(path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "is a folder"),
        ("socket", "is a socket"),
        ("no/folder/report", "there is no folder"),
        ("\0", "can't write"),
        ("read-only", "Permission denied"),
    ],
)
def test_a_probe_says_why_a_report_could_not_be_written(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    (tmp_path / "read-only").touch()
    monkeypatch.setattr(os, "access", lambda path, _: path.name != "read-only")
    with pytest.raises(ReportNotWritten, match=why):
        probe(tmp_path / name)
