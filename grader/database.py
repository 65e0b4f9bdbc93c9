"""SQLite files: opened, migrated, and set aside if they can't be used. Nothing is overwritten.

With SQLite's default `synchronous=FULL`, what was committed survives a kill and a power cut.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import reason

BUSY_SECONDS: Final = 3.0
_BESIDE: Final = ("-journal", "-wal", "-shm")
"""Files that SQLite puts beside its own, and would replay into a new one."""


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds.

    Step n of `migrations` leads from version n to n + 1. Never edit a step that has been released:
    add another one. `shape` are queries that only run if the tables are the right ones. `noun` is
    what messages call the file, with its article. `application` marks the file as this one's, 0 if
    it isn't marked. `ahead` asks for a write-ahead log, with which readers and a writer don't wait
    for each other; it needs a local disk. `patience` is how many seconds to wait for another
    program that writes, None for a few.
    """

    noun: str
    migrations: tuple[tuple[str, ...], ...]
    shape: tuple[str, ...]
    application: int = 0
    ahead: bool = False
    patience: float | None = None


class Unusable(Exception):
    """The file exists but can't be used; the text says why."""


class Damaged(Unusable):
    """The file isn't a database, or is a broken one."""


def connect(file: Path, schema: Schema, *, any_thread: bool = False) -> sqlite3.Connection:
    """Open or create a file, and migrate it.

    Raises `Damaged`, `Unusable` if it was written by a newer version or isn't a file, or
    `sqlite3.Error` for what may be better the next time: a lock, a full disk.
    """
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK)):
        raise Unusable(f"{schema.noun} {file} can't be read")
    connection = sqlite3.connect(
        file,
        timeout=BUSY_SECONDS if schema.patience is None else schema.patience,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    try:
        _check(connection, file, schema)
        _migrate(connection, file, schema)
        for probe in schema.shape:
            connection.execute(probe)
    except sqlite3.Error as error:
        connection.close()
        if _is_damage(error):
            raise Damaged(f"{schema.noun} {file} is damaged") from error
        raise
    except Unusable:
        connection.close()
        raise
    return connection


def identity(file: Path) -> tuple[int, int] | None:
    """Identify a file, to notice when another one has taken its name."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def set_aside(file: Path) -> Path:
    """Rename a file and what SQLite has put beside it; return its new name."""
    number = 1
    while (aside := file.with_name(f"{file.name}.aside-{number}")).exists():
        number += 1
    file.rename(aside)
    for end in _BESIDE:
        beside = file.with_name(f"{file.name}{end}")
        if beside.exists():
            beside.rename(aside.with_name(f"{aside.name}{end}"))
    return aside


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock; commit at the end, roll back on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_busy(error: Exception) -> bool:
    """Whether another program holds the file."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def words(error: Exception) -> str:
    """Say what went wrong with a file."""
    if is_busy(error):
        return "another program is using its file (database is locked); try again in a moment"
    return reason(error)


def _is_damage(error: sqlite3.Error) -> bool:
    """Distinguish damage from temporary trouble: a lock, a full disk, a read-only folder."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or name == "SQLITE_ERROR"


def _check(connection: sqlite3.Connection, file: Path, schema: Schema) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise Damaged(f"{schema.noun} {file} is damaged")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != schema.application:
        raise Unusable(f"{file} is a database of another program")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _migrate(connection: sqlite3.Connection, file: Path, schema: Schema) -> None:
    newest = len(schema.migrations)
    if _version(connection) == newest:
        return
    if schema.ahead:
        connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        version = _version(connection)  # another process may have just done it
        if version > newest:
            raise Unusable(f"{schema.noun} {file} was written by a newer version")
        for statements in schema.migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.application}")
        connection.execute(f"PRAGMA user_version = {newest}")
