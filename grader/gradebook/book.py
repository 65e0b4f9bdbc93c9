"""The gradebook: an SQLite file that keeps who handed in what, and every report.

What is written is there to stay, whenever the process is killed. Several threads and several
processes may use one gradebook at the same time.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from grader import database
from grader.errors import CommandWrong, GradebookBroken
from grader.gradebook import schema
from grader.gradebook.classroom import HandedIn, Result
from grader.grading.packing import Unreadable, packed, unpacked
from grader.grading.setup import Key
from grader.model.report import Report, Verdict

_DATABASES: Final = frozenset({".sqlite", ".sqlite3", ".db"})
_MAGIC: Final = b"SQLite format 3\0"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was handed in, and what its report is kept under."""

    handed: HandedIn
    key: Key


class Gradebook:
    """An open gradebook, for the files of one folder or zip, its `root`.

    Raises `GradebookBroken` where the file can't be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path, root: str) -> None:
        self._connection = connection
        self._turn = threading.Lock()
        self.file = file
        self.root = root

    @classmethod
    def open(cls, file: Path, root: str, note: Callable[[str], None]) -> Gradebook:
        """Open a gradebook, or begin one. One that is damaged is renamed, and `note` gets told.

        Raises `CommandWrong` for a file of something else, or of a newer version.
        """
        _refuse_other(file)
        before = database.identity(file)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            return cls(_connected(file), file, root)
        except database.Damaged as error:
            note(_replaced(file, before, str(error)))
            return cls(_connected(file), file, root)
        except database.Unusable as error:
            raise CommandWrong(f"{error}; choose another file with --gradebook") from error
        except (sqlite3.Error, OSError) as error:
            raise GradebookBroken(
                f"the gradebook {file} can't be opened: {database.words(error)}; "
                "choose another file with --gradebook"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with self._turn:
            self._connection.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._using() as connection, database.transaction(connection):
            yield connection

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._turn:
                yield self._connection
        except sqlite3.Error as error:
            raise GradebookBroken(
                f"the gradebook {self.file} can't be used: {database.words(error)}"
            ) from error

    def begin(self, entries: Sequence[Entry]) -> None:
        """Note all that was handed in. What isn't there any more is kept, and counts no longer."""
        rows = [_row(self.root, each) for each in entries]
        with self._writing() as connection:
            connection.execute(schema.ABSENT, (self.root,))
            connection.executemany(schema.HANDED_IN, rows)
            connection.execute(schema.REOWNED, (self.root,))
            for statement in schema.COUNTED:
                connection.execute(statement)

    def known(self, entries: Sequence[Entry]) -> bool:
        """Whether these files, of one key, have been graded; if so, they have their report now."""
        key = entries[0].key
        with self._using() as connection:
            found = connection.execute(schema.KNOWN, msgspec.structs.astuple(key)).fetchone()
            if found is not None:
                with database.transaction(connection):
                    self._join(connection, found[0], entries)
        return found is not None

    def keep(self, entries: Sequence[Entry], report: Report) -> None:
        """Keep the report of files with one key."""
        key = entries[0].key
        with self._writing() as connection:
            connection.execute(
                schema.GRADED,
                (
                    *msgspec.structs.astuple(key),
                    report.verdict.value,
                    report.score,
                    ",".join(report.rules),
                    datetime.now(UTC).isoformat(timespec="seconds"),
                    report.duration_s,
                    packed(report),
                ),
            )
            (number,) = connection.execute(schema.ID, msgspec.structs.astuple(key)).fetchone()
            self._join(connection, number, entries)

    def _join(self, connection: sqlite3.Connection, number: int, entries: Sequence[Entry]) -> None:
        rows = [(number, self.root, *_place(each)) for each in entries]
        connection.executemany(schema.JOINED, rows)

    def secret(self) -> bytes:
        """Return what pseudonyms are made from, which is the same for this gradebook's lifetime."""
        with self._writing() as connection:
            connection.execute(schema.KEEP_SALT, (secrets.token_bytes(32),))
            (found,) = connection.execute(schema.SALT).fetchone()
        return bytes(found)

    def results(self) -> Iterator[Result]:
        """Yield the result of each file, also of older versions, in the order of the files."""
        with self._using() as connection:
            rows = connection.execute(schema.RESULTS, (self.root,)).fetchall()
        for row in rows:
            try:
                yield self._result(row)
            except (ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
                raise GradebookBroken(
                    f"the gradebook {self.file} has a row that was changed and isn't valid "
                    f"({error}); grade again with --again"
                ) from error

    def _result(self, row: tuple[Any, ...]) -> Result:
        handed, sha256, exercise, verdict, score, rules, counts, graded_at, number = row
        own = msgspec.msgpack.decode(handed, type=HandedIn)
        return Result(
            handed=own,
            sha256=sha256,
            exercise=exercise,
            verdict=Verdict(verdict),
            score=float(score),
            rules=tuple(filter(None, rules.split(","))),
            counts=bool(counts),
            graded_at=datetime.fromisoformat(graded_at).timestamp(),
            report=partial(self._report, number, own),
        )

    def report(self, entry: Entry) -> Report:
        """Return a file's report, which has to be there."""
        with self._using() as connection:
            found = connection.execute(schema.REPORT_OF, (self.root, *_place(entry)))
            (data,) = found.fetchone()
        return self._unpacked(data, entry.handed)

    def _report(self, number: int, handed: HandedIn) -> Report:
        with self._using() as connection:
            (data,) = connection.execute(schema.REPORT, (number,)).fetchone()
        return self._unpacked(data, handed)

    def _unpacked(self, data: bytes, handed: HandedIn) -> Report:
        try:
            report = unpacked(data)
        except Unreadable as error:
            raise GradebookBroken(
                f"the gradebook {self.file} has no readable report of {handed.path}; "
                "grade it again with --again"
            ) from error
        return _of(report, handed)


def _of(report: Report, handed: HandedIn) -> Report:
    """Return a report as that of one student's file: equal files share a report."""
    student = handed.student.key if handed.student is not None else ""
    return at(msgspec.structs.replace(report, student=student), handed.path)


def at(report: Report, path: str) -> Report:
    """Return a report that calls its file by another path."""
    return msgspec.structs.replace(report, path=path, source=report.source.moved(path))


def _refuse_other(file: Path) -> None:
    """Raise `CommandWrong` for a file that whose name and content aren't a database's."""
    if file.suffix in _DATABASES or not file.is_file():
        return
    with contextlib.suppress(OSError), file.open("rb") as opened:
        start = opened.read(len(_MAGIC))
        if start and start != _MAGIC:
            raise CommandWrong(f"{file} isn't a gradebook; choose another file with --gradebook")


def _connected(file: Path) -> sqlite3.Connection:
    return database.connect(file, schema.SCHEMA, any_thread=True)


def _replaced(file: Path, before: tuple[int, int] | None, why: str) -> str:
    """Rename a damaged gradebook, unless another process just did; return what to say."""
    if database.identity(file) != before:
        return why
    try:
        aside = database.set_aside(file)
    except OSError as error:
        raise GradebookBroken(f"{why}, and can't be renamed: {database.words(error)}") from error
    return f"{why}; it was renamed to {aside.name}, and a new one begins"


def _place(entry: Entry) -> tuple[str, str, str, str]:
    """Return what tells an entry from all others of its folder or zip."""
    handed, key = entry.handed, entry.key
    return handed.path, key.sha256, key.exercise, handed.student.key if handed.student else ""


def _row(root: str, entry: Entry) -> tuple[object, ...]:
    handed = entry.handed
    owner = handed.student.key if handed.student is not None else f"\x1f{root}\x1f{handed.path}"
    packed_up = msgspec.msgpack.encode(handed)
    return root, *_place(entry), owner, packed_up, handed.order, handed.time
