"""The SQLite file: opened, migrated, set aside if unusable. Its failures never stop a command.

It uses a rollback journal instead of a write-ahead log: that also works on network file systems,
where home folders often are, and a reader needs no second file. A transaction here is a few rows.
With SQLite's default `synchronous=FULL`, a committed attempt survives a kill and a power cut.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.errors import reason

Note = Callable[[str], None]
Values = tuple[str | bytes | int | float, ...]
Row = tuple[str | bytes | int | float | None, ...]

BUSY_SECONDS = 3.0

# Index n migrates a file from version n to n + 1. Never edit a step that has been released: add
# another one.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
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
)
_SHAPE = (
    "SELECT id, time, exercise, path, digest, verdict, rules, score FROM attempts LIMIT 0",
    "SELECT id, time, exercise, path FROM starts LIMIT 0",
    "SELECT exercise, shown FROM hints LIMIT 0",
)


class _Unusable(Exception):
    """The file exists but can't be used; the text says why."""


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
                with _transaction(connection):
                    connection.execute(statement, values)
                    if query:
                        found = connection.execute(query, values[:1]).fetchall()
        return found

    @contextlib.contextmanager
    def _failing_quietly(self, *, reading: bool = False) -> Iterator[sqlite3.Connection | None]:
        try:
            yield self._connection
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self.readable = self.readable and not reading
            if not self._noted:
                what = "isn't available" if reading else "isn't saved"
                self._note(f"progress {what}: {_text(error)}")
            self._noted = True


def open_database(file: Path, note: Note) -> Database | None:
    """Open `file`, or create it; if that fails, write a note and return None."""
    before = _identity(file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Database(_opened(file), note)
    except _Unusable as error:
        return _opened_anew(file, before, note, str(error))
    except (sqlite3.Error, OSError) as error:
        if _is_busy(error):
            note(f"progress isn't available: {_text(error)}")
        else:
            where = f"{file} can't be used; set GRADER_HOME to another folder"
            note(f"progress isn't saved: {_text(error)}: {where}")
        return None


def _opened_anew(
    file: Path, before: tuple[int, int] | None, note: Note, why: str
) -> Database | None:
    """Rename the unusable file, unless another process just did, and create a new one."""
    try:
        aside = _set_aside(file) if _identity(file) == before else None
        database = Database(_opened(file), note)
    except (_Unusable, sqlite3.Error, OSError) as error:
        note(f"progress isn't saved: {why}, and can't be replaced: {_text(error)}")
        return None
    if aside is not None:
        note(f"{why}; it was renamed to {aside.name}, and progress starts from zero")
    return database


def _identity(file: Path) -> tuple[int, int] | None:
    """Identify a file, to notice when another one has taken its name."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _text(error: Exception) -> str:
    if _is_busy(error):
        return "another program is using its file (database is locked); try again in a moment"
    return reason(error)


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def _opened(file: Path) -> sqlite3.Connection:
    """Connect and migrate the file; `_Unusable` if it is damaged, newer or not a file."""
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK)):
        raise _Unusable(f"the progress file {file} can't be read")
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _check(connection, file)
        _migrate(connection, file)
        for probe in _SHAPE:
            connection.execute(probe)
    except sqlite3.Error as error:
        connection.close()
        if _damaged(error):
            raise _Unusable(f"the progress file {file} is damaged") from error
        raise
    except _Unusable:
        connection.close()
        raise
    return connection


def _damaged(error: sqlite3.Error) -> bool:
    """Distinguish damage from temporary trouble: a lock, a full disk, a read-only folder."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or name == "SQLITE_ERROR"


def _check(connection: sqlite3.Connection, file: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _Unusable(f"the progress file {file} is damaged")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _migrate(connection: sqlite3.Connection, file: Path) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with _transaction(connection):
        version = _version(connection)  # another process may have just done it
        if version > len(MIGRATIONS):
            raise _Unusable(f"the progress file {file} was written by a newer version")
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock; commit at the end, roll back on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _set_aside(file: Path) -> Path:
    """Rename `file` and its journal, which SQLite would otherwise replay into the new file."""
    number = 1
    while (aside := file.with_name(f"{file.name}.aside-{number}")).exists():
        number += 1
    file.rename(aside)
    journal = file.with_name(f"{file.name}-journal")
    if journal.exists():
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    return aside
