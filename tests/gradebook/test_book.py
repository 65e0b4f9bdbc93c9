"""The gradebook: what it keeps, whatever happens to its process, its disk and its file."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from grader.database import Schema, connect
from grader.errors import CommandWrong, GradebookBroken
from grader.gradebook.book import Entry, Gradebook
from grader.gradebook.classroom import HandedIn, Student
from grader.grading.setup import Key
from grader.model.report import Report, Verdict
from tests.render.reports import MISTAKEN, report

ANNA = Student(key="anna", name="Anna Ash", id="17", email="anna@example.org")
PASSED = report("x = 1\n", verdict=Verdict.PASSED, path="/submission/x.py")


def entry(
    path: str = "anna/x.py",
    sha256: str = "a",
    student: Student | None = ANNA,
    *,
    order: int = 0,
    time: float | None = None,
    exercise: str = "nn-vmap-shared",
    setup: str = "s",
) -> Entry:
    handed = HandedIn(path=path, student=student, order=order, time=time)
    return Entry(handed=handed, key=Key(sha256, exercise, setup))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".grade" / "gradebook.sqlite"


def opened(file: Path, root: str = "/class") -> Gradebook:
    notes: list[str] = []
    book = Gradebook.open(file, root, notes.append)
    assert notes == []
    return book


def kept(file: Path, *entries: Entry, made: Report = PASSED, root: str = "/class") -> None:
    with opened(file, root) as book:
        book.begin(entries)
        for each in entries:
            if not book.known([each]):
                book.keep([each], made)


def rows(file: Path) -> list[tuple[object, ...]]:
    """What an outside program reads."""
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT * FROM results ORDER BY path").fetchall()
    connection.close()
    return found


def test_an_outside_program_reads_one_row_for_each_submission_that_counts(file: Path) -> None:
    kept(file, entry(), entry("ben/x.py", "b", Student(key="ben")), made=MISTAKEN)
    first, second = rows(file)
    assert first[:7] == (
        "anna",
        "anna/x.py",
        "a",
        "nn-vmap-shared",
        "failed",
        MISTAKEN.score,
        "per-example-params",
    )
    assert str(first[7]).endswith("+00:00")
    assert second[0] == "ben"
    with sqlite3.connect(file) as connection:
        columns = [each[0] for each in connection.execute("SELECT * FROM results").description]
    connection.close()
    wanted = "student path sha256 exercise verdict score rules graded_at"
    assert columns == wanted.split()


def test_a_report_comes_back_whole_and_as_the_students_own(file: Path) -> None:
    kept(file, entry(), made=MISTAKEN)
    with opened(file) as book:
        (result,) = book.results()
        found = result.report()
        assert book.report(entry()).findings == MISTAKEN.findings
    assert result.rules == ("per-example-params",)
    assert result.handed.student == ANNA
    assert (found.path, found.source.name, found.student) == ("anna/x.py", "anna/x.py", "anna")
    assert found.source.text == MISTAKEN.source.text
    assert found.checks == MISTAKEN.checks


def test_what_is_known_is_not_graded_again(file: Path) -> None:
    kept(file, entry())
    with opened(file) as book:
        other = entry("ben/x.py", "a", Student(key="ben"))
        book.begin([entry(), other])
        assert book.known([other]), "the text is known, whoever hands it in"
        assert not book.known([entry(setup="another version")])
        assert not book.known([entry(exercise="nn-vmap-ensemble")])
    assert [row[0] for row in rows(file)] == ["anna", "ben"]


def test_a_file_that_could_not_be_graded_is_tried_again(file: Path) -> None:
    kept(file, entry(), made=report("", verdict=Verdict.ERROR))
    with opened(file) as book:
        assert not book.known([entry()])
        book.keep([entry()], PASSED)
        assert book.known([entry()])
    assert [row[4] for row in rows(file)] == ["passed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (entry("a.py", "1", time=9.0), entry("a-1.py", "2", order=1, time=5.0)),
        (entry("a.py", "1"), entry("b.py", "2", order=1)),
    ],
)
def test_of_several_submissions_the_newest_counts(file: Path, old: Entry, new: Entry) -> None:
    kept(file, new, old)
    assert [row[2] for row in rows(file)] == ["2"]
    with opened(file) as book:
        assert {each.sha256: each.counts for each in book.results()} == {"1": False, "2": True}


def test_a_groups_file_is_that_of_each_of_them(file: Path) -> None:
    kept(file, entry(), entry(student=Student(key="ben")))
    assert [row[:3] for row in rows(file)] == [
        ("anna", "anna/x.py", "a"),
        ("ben", "anna/x.py", "a"),
    ]


def test_exercises_count_separately_and_files_without_an_owner_all_count(file: Path) -> None:
    kept(
        file,
        entry("a.py", "1"),
        entry("b.py", "2", exercise="nn-vmap-ensemble"),
        entry("c.py", "3", None),
        entry("d.py", "4", None),
    )
    assert [row[2] for row in rows(file)] == ["1", "2", "3", "4"]


def test_a_changed_or_removed_file_is_kept_but_no_longer_counts(file: Path) -> None:
    kept(file, entry(sha256="1"), entry("ben/x.py", "2", Student(key="ben")))
    kept(file, entry(sha256="3"))
    assert [row[2] for row in rows(file)] == ["3"]
    with opened(file) as book:
        assert sorted(each.sha256 for each in book.results()) == ["1", "2", "3"]


def test_a_later_zip_of_the_same_class_replaces_the_first(file: Path) -> None:
    kept(file, entry(sha256="1", time=1.0), root="/first.zip")
    kept(file, entry(sha256="2", time=2.0), root="/second.zip")
    assert [row[2] for row in rows(file)] == ["2"]
    for root in ("/first.zip", "/second.zip"):  # each says what counts among its own files
        with opened(file, root) as book:
            assert [each.counts for each in book.results()] == [True]


# -------------------------------------------------------------------------- when things go wrong


def test_a_damaged_gradebook_is_set_aside(file: Path) -> None:
    kept(file, entry())
    damaged = b"SQLite format 3\0" + b"\xff" * 4000
    file.write_bytes(damaged)
    notes: list[str] = []
    with Gradebook.open(file, "/class", notes.append) as book:
        assert list(book.results()) == []
    assert (
        "is damaged; it was renamed to gradebook.sqlite.aside-1, and a new one begins" in notes[0]
    )
    assert file.with_name("gradebook.sqlite.aside-1").read_bytes() == damaged


@pytest.mark.parametrize("change", ["verdict = 'good'", "graded_at = 'now'", "score = 'ten'"])
def test_an_edited_row_is_reported(file: Path, change: str) -> None:
    kept(file, entry())
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(f"UPDATE gradings SET {change}")
    connection.close()
    with opened(file) as book, pytest.raises(GradebookBroken, match="isn't valid"):
        tuple(book.results())


def test_another_programs_database_and_a_newer_gradebook_are_left_alone(file: Path) -> None:
    file.parent.mkdir()
    other = Schema(noun="it", migrations=(("CREATE TABLE t (x)",),), shape=(), application=5)
    connect(file, other).close()
    before = file.read_bytes()
    with pytest.raises(CommandWrong, match="database of another program; choose another file"):
        opened(file)
    assert file.read_bytes() == before
    file.unlink()
    kept(file, entry())
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CommandWrong, match="written by a newer version"):
        opened(file)


def test_an_unwritable_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GradebookBroken, match="choose another file with --gradebook"):
        opened(tmp_path / "file" / "book.sqlite")
    with pytest.raises(CommandWrong, match="can't be read"):
        opened(tmp_path)


def test_a_full_disk_is_reported_and_loses_nothing(file: Path) -> None:
    kept(file, entry())
    with opened(file) as book:
        book.begin([entry(), entry("ben/x.py", "b", Student(key="ben"))])
        pages = book._connection.execute("PRAGMA page_count").fetchone()[0]
        book._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = report("".join(f"{n * n}\n" for n in range(20_000)), verdict=Verdict.PASSED)
        with pytest.raises(GradebookBroken, match="full"):
            book.keep([entry("ben/x.py", "b", Student(key="ben"))], large)
    assert [row[0] for row in rows(file)] == ["anna"]


WRITER = """
import sys
from pathlib import Path
from tests.gradebook.test_book import PASSED, entry, opened
from grader.gradebook.classroom import Student
file, who = Path(sys.argv[1]), sys.argv[2]
with opened(file, "/" + who) as book:
    entries = [entry(f"{n}.py", f"{who}{n}", Student(key=f"{who}{n}")) for n in range(500)]
    book.begin(entries)
    for each in entries:
        if not book.known([each]):
            book.keep([each], PASSED)
            print(each.key.sha256, flush=True)
"""


def writer(file: Path, who: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), who],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only where a process can be killed")
def test_what_was_graded_before_a_kill_is_kept_and_not_graded_again(file: Path) -> None:
    told: list[str] = []
    for lines in (60, 90, 120):
        with writer(file, "w") as process:
            assert process.stdout is not None
            told += [process.stdout.readline().strip() for _ in range(lines)]
            process.kill()
            told += process.stdout.read().split()
    last = writer(file, "w")
    told += last.communicate()[0].split()
    assert last.returncode == 0
    assert len(rows(file)) == 500
    # What was kept but not yet told when the process was killed is the one difference.
    assert len(told) == len(set(told)) >= 497


def test_two_at_once_do_not_harm_each_other(file: Path) -> None:
    both = [writer(file, "a"), writer(file, "b")]
    for each in both:
        each.communicate()
        assert each.returncode == 0
    assert len(rows(file)) == 1000
