"""The learner's SQLite file. Its failures never stop a command.

It uses a rollback journal instead of a write-ahead log: that also works on network file systems,
where home folders often are, and a reader needs no second file. A transaction here is a few rows.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from grader.database import (
    Schema,
    Unusable,
    connect,
    identity,
    is_busy,
    set_aside,
    transaction,
    words,
)

Note = Callable[[str], None]
Values = tuple[str | bytes | int | float, ...]
Row = tuple[str | bytes | int | float | None, ...]

SCHEMA: Final = Schema(
    noun="the progress file",
    migrations=(
        (
            """CREATE TABLE attempts (
                id INTEGER PRIMARY KEY,
                time REAL NOT NULL,
                exercise TEXT NOT NULL,
                path TEXT NOT NULL,
                digest TEXT NOT NULL,
                verdict TEXT NOT NULL,
                rules TEXT NOT NULL,
                score REAL NOT NULL
            )""",
            "CREATE INDEX attempts_of ON attempts (exercise, id)",
            """CREATE TABLE starts (
                id INTEGER PRIMARY KEY,
                time REAL NOT NULL,
                exercise TEXT NOT NULL,
                path TEXT NOT NULL
            )""",
            "CREATE TABLE hints (exercise TEXT PRIMARY KEY, shown INTEGER NOT NULL)",
        ),
    ),
    shape=(
        "SELECT id, time, exercise, path, digest, verdict, rules, score FROM attempts LIMIT 0",
        "SELECT id, time, exercise, path FROM starts LIMIT 0",
        "SELECT exercise, shown FROM hints LIMIT 0",
    ),
)


class Database:
    """An open file. The first failure is noted; whatever fails is skipped.

    `readable` becomes false when existing data could not be read.
    """

    def __init__(self, connection: sqlite3.Connection, note: Note) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._note = note
        self._noted = False
        self.readable = True

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def rows(self, query: str, values: Values = ()) -> list[Row]:
        """Return the rows that `query` finds, none if it fails."""
        found: list[Row] = []
        with self._failing_quietly(reading=True) as connection:
            if connection is not None:
                found = connection.execute(query, values).fetchall()
        return found

    def write(self, statement: str, values: Values, query: str = "") -> list[Row]:
        """Execute `statement`, and `query` with the first value, in one transaction."""
        found: list[Row] = []
        with self._failing_quietly() as connection:
            if connection is not None:
                with transaction(connection):
                    connection.execute(statement, values)
                    if query:
                        found = connection.execute(query, values[:1]).fetchall()
        return found

    def write_all(self, changes: Iterable[tuple[str, Values]]) -> bool:
        """Execute all statements in one transaction; return whether they were."""
        with self._failing_quietly() as connection:
            if connection is not None:
                with transaction(connection):
                    for statement, values in changes:
                        connection.execute(statement, values)
                return True
        return False

    @contextlib.contextmanager
    def _failing_quietly(self, *, reading: bool = False) -> Iterator[sqlite3.Connection | None]:
        try:
            yield self._connection
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self.readable = self.readable and not reading
            if not self._noted:
                what = "isn't available" if reading else "isn't saved"
                self._note(f"progress {what}: {words(error)}")
            self._noted = True


def open_database(file: Path, note: Note) -> Database | None:
    """Open `file`, or create it; if that fails, write a note and return None."""
    before = identity(file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Database(connect(file, SCHEMA), note)
    except Unusable as error:
        return _replaced(file, before, note, str(error))
    except (sqlite3.Error, OSError) as error:
        if is_busy(error):
            note(f"progress isn't available: {words(error)}")
        else:
            where = f"{file} can't be used; set GRADER_HOME to another folder"
            note(f"progress isn't saved: {words(error)}: {where}")
        return None


def _replaced(file: Path, before: tuple[int, int] | None, note: Note, why: str) -> Database | None:
    """Rename the unusable file, unless another process just did, and create a new one."""
    try:
        aside = set_aside(file) if identity(file) == before else None
        database = Database(connect(file, SCHEMA), note)
    except (Unusable, sqlite3.Error, OSError) as error:
        note(f"progress isn't saved: {why}, and can't be replaced: {words(error)}")
        return None
    if aside is not None:
        note(f"{why}; it was renamed to {aside.name}, and progress starts from zero")
    return database
