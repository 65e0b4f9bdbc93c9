"""The file, when it is damaged, old, newer, locked, shared by two, or killed while written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from grader import database as sqlite_files
from grader.progress import Attempt, Progress
from grader.progress import database as database_module
from grader.progress.place import progress_file

ATTEMPT = Attempt(
    time=1.0, exercise="sums", path="/a.py", digest="d", verdict="failed", rules=("a",), score=0.0
)
RELEASED = database_module.SCHEMA
WRITER = """
import sys
from pathlib import Path
from grader.progress import Attempt, Progress
file, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Progress.open(file) as progress:
    for number in range(count):
        progress.record_attempt(Attempt(1.0, "sums", "/a.py", f"{who}{number}", "failed", (), 0.0))
        print(progress.show_next_hint("sums", 1_000_000), flush=True)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


@pytest.fixture
def notes() -> list[str]:
    return []


def fill(file: Path, count: int = 1) -> None:
    with Progress.open(file) as progress:
        for _ in range(count):
            progress.record_attempt(ATTEMPT)


def attempts_in(file: Path, notes: list[str]) -> int:
    with Progress.open(file, note=notes.append) as progress:
        return len(progress.attempts())


def writer(file: Path, who: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), who, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def still_works(file: Path, notes: list[str]) -> None:
    with Progress.open(file, note=notes.append) as progress:
        before = len(progress.attempts())
        progress.record_attempt(ATTEMPT)
        assert len(progress.attempts()) == before + 1


# ------------------------------------------------------------------------------- two and kill -9


def test_two_processes_at_once_lose_nothing(file: Path, notes: list[str]) -> None:
    processes = [writer(file, who, 25) for who in ("a", "b")]
    shown: list[str] = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        shown += out.split()
    assert sorted(map(int, shown)) == list(range(1, 51)), "every hint was given out once"
    with Progress.open(file, note=notes.append) as progress:
        assert {each.digest for each in progress.attempts()} == {
            f"{who}{number}" for who in "ab" for number in range(25)
        }
    assert notes == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
@pytest.mark.parametrize("acknowledged", [1, 7, 20])
def test_committed_data_survives_a_kill(file: Path, notes: list[str], acknowledged: int) -> None:
    with writer(file, "k", 100_000) as process:
        assert process.stdout is not None
        for _ in range(acknowledged):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert attempts_in(file, notes) >= acknowledged
    still_works(file, notes)
    assert notes == []


def test_a_journal_left_by_a_kill_is_rolled_back(file: Path, notes: list[str]) -> None:
    fill(file)
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size = 1')\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute(\"UPDATE attempts SET digest = 'half'\")\n"
        "for _ in range(2000):\n"
        "    connection.execute(\"INSERT INTO starts VALUES (NULL, 1, 'x', 'y')\")\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(file)], check=False, timeout=60)
    assert file.with_name(f"{file.name}-journal").exists()
    with Progress.open(file, note=notes.append) as progress:
        assert [each.digest for each in progress.attempts()] == ["d"]
        assert not progress.standing("x").started
    assert notes == []


# -------------------------------------------------------------------------------------- set aside


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"this is no database at all" * 40, id="other text"),
        pytest.param(lambda data: data[:5000], id="cut short"),
        pytest.param(lambda data: data[:4096] + b"\xff" * (len(data) - 4096), id="overwritten"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros"),
    ],
)
def test_a_damaged_file_is_renamed(file: Path, notes: list[str], damage: object) -> None:
    assert callable(damage)
    fill(file, 300)
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    still_works(file, notes)
    (note,) = notes
    assert "renamed to progress.sqlite3.aside-1" in note
    assert file.with_name(f"{file.name}.aside-1").read_bytes() == damaged


def test_a_second_damaged_file_does_not_replace_the_first(file: Path, notes: list[str]) -> None:
    for text in ("first " * 99, "second " * 99):
        file.write_text(text)
        still_works(file, notes)
    assert file.with_name(f"{file.name}.aside-1").read_text() == "first " * 99
    assert file.with_name(f"{file.name}.aside-2").read_text() == "second " * 99


def test_the_journal_goes_with_the_damaged_file(file: Path, notes: list[str]) -> None:
    file.write_text("no database " * 99)
    journal = file.with_name(f"{file.name}-journal")
    journal.write_text("no journal either")
    still_works(file, notes)
    assert not journal.exists()


def test_a_file_with_other_tables_is_renamed(file: Path, notes: list[str]) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE attempts (cake TEXT)")
    connection.close()
    still_works(file, notes)
    assert "is damaged; it was renamed" in notes[0]


def test_a_file_of_a_newer_version_is_renamed(file: Path, notes: list[str]) -> None:
    fill(file)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    still_works(file, notes)
    assert "was written by a newer version; it was renamed" in notes[0]


def test_a_folder_in_its_place_is_renamed(file: Path, notes: list[str]) -> None:
    file.mkdir()
    still_works(file, notes)
    assert "can't be read; it was renamed" in notes[0]


def test_an_empty_file_is_a_new_one(file: Path, notes: list[str]) -> None:
    file.touch()
    still_works(file, notes)
    assert notes == []


# -------------------------------------------------------------------------------------- migration


def migrated_by(steps: tuple[tuple[str, ...], ...], monkeypatch: pytest.MonkeyPatch) -> None:
    schema = msgspec.structs.replace(RELEASED, migrations=steps)
    monkeypatch.setattr(database_module, "SCHEMA", schema)


def test_an_old_file_is_migrated(
    file: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file, 3)
    steps = (
        *RELEASED.migrations,
        ("ALTER TABLE attempts ADD COLUMN mood TEXT", "UPDATE attempts SET mood = 'good'"),
        ("ALTER TABLE attempts ADD COLUMN luck INTEGER",),
    )
    migrated_by(steps, monkeypatch)
    still_works(file, notes)
    with sqlite3.connect(file) as connection:
        moods = connection.execute("SELECT mood, luck FROM attempts ORDER BY id").fetchall()
        version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert moods == [("good", None)] * 3 + [(None, None)]
    assert version == (3,)
    assert notes == []


def test_a_migration_that_fails_changes_nothing(
    file: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file)
    failing = ("ALTER TABLE attempts ADD COLUMN mood TEXT", "INSERT INTO hints VALUES ('a', NULL)")
    migrated_by((*RELEASED.migrations, failing), monkeypatch)
    assert attempts_in(file, notes) == 0
    assert "progress isn't saved" in notes[0]
    migrated_by(RELEASED.migrations, monkeypatch)
    assert attempts_in(file, []) == 1


# ------------------------------------------------------------------------------- nowhere to write


def test_a_locked_file_gets_a_note(
    file: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_files, "BUSY_SECONDS", 0.01)
    fill(file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Progress.open(file, note=notes.append) as progress:
        assert len(progress.attempts()) == 1, "reading needs no lock of a writer"
        progress.record_attempt(ATTEMPT)
        progress.record_attempt(ATTEMPT)
    holder.close()
    (note,) = notes
    assert note.startswith("progress isn't saved: another program is using its file")


def test_a_home_that_is_a_file_gets_a_note(tmp_path: Path, notes: list[str]) -> None:
    (tmp_path / "home").write_text("a file")
    with Progress.open(tmp_path / "home" / "progress.sqlite3", note=notes.append) as progress:
        progress.record_attempt(ATTEMPT)
        assert progress.attempts() == ()
        assert progress.show_next_hint("sums", 3) == 1
    (note,) = notes
    assert note.startswith("progress isn't saved: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_home_can_be_read(file: Path, notes: list[str]) -> None:
    fill(file)
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        with Progress.open(file, note=notes.append) as progress:
            assert len(progress.attempts()) == 1
            progress.record_attempt(ATTEMPT)
    finally:
        file.parent.chmod(0o700)
    assert len(notes) == 1


def test_the_home_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "mine"))
    assert progress_file() == tmp_path / "mine" / "progress.sqlite3"


def test_without_a_home_nothing_is_stored(
    tmp_path: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share"))
    assert progress_file() is None
    with Progress.open(note=notes.append) as progress:
        progress.record_attempt(ATTEMPT)
    assert "there is no home folder" in notes[0]
    assert list(tmp_path.iterdir()) == []
