"""Where a file's bytes are: on the disk, in a zip, or in a zip that is itself in one of these."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

from grader.errors import reason
from grader.folder import leads_out
from grader.gradebook.intake.archive import Damaged, Member
from grader.gradebook.intake.inflate import TooLarge, inflate

MOST_NESTED: Final = 32 << 20
"""Bytes of the largest zip that a student may hand in. It is held in memory while it is read."""


class OnDisk(msgspec.Struct, frozen=True, gc=False):
    """A file in a folder."""

    path: Path


class NestedArchive(msgspec.Struct, frozen=True):
    """A zip that was handed in. `origin` is never in such a zip itself."""

    origin: OnDisk | Zipped


class Zipped(msgspec.Struct, frozen=True, gc=False):
    """A member of a zip."""

    archive: Path | NestedArchive
    member: Member


Origin = OnDisk | Zipped


class Stored:
    """Reads files. Of the zips inside the zip, the last one is kept, for its other files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Zipped | None, bytes] = (None, b"")

    def read(self, origin: Origin, most: int) -> bytes:
        """Return the bytes, at most that many. Raises `Damaged`."""
        try:
            match origin:
                case OnDisk(path=path):
                    return _of_disk(path, most)
                case Zipped(archive=archive, member=member):
                    with self.archive(archive) as file:
                        return inflate(file, member, most)
        except (OSError, ValueError) as error:
            raise Damaged(f"can't be read: {reason(error)}") from error

    @contextmanager
    def archive(self, archive: Path | NestedArchive) -> Iterator[IO[bytes]]:
        """Open a zip, wherever it is. Raises `Damaged` and `OSError`."""
        match archive:
            case NestedArchive(origin=Zipped() as origin):
                yield io.BytesIO(self._nested(origin))
            case NestedArchive(origin=OnDisk(path=path)):
                _refuse(path)
                with path.open("rb") as file:
                    yield file
            case Path():
                with archive.open("rb") as file:
                    yield file

    def _nested(self, archive: Zipped) -> bytes:
        with self._lock:
            if self._kept[0] != archive:
                self._kept = (archive, self.read(archive, MOST_NESTED))
            return self._kept[1]


def _of_disk(path: Path, most: int) -> bytes:
    _refuse(path)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise TooLarge(most)
    return data


def _refuse(path: Path) -> None:
    """Raise `Damaged` for what isn't read: a pipe, a link to somebody else's file."""
    if leads_out(path):
        raise Damaged("is a link that leads out of its folder, and is not followed")
    if path.is_symlink() and not path.exists():
        raise Damaged("is a broken link")
    if path.exists() and not path.is_file():  # a pipe or a device may never come to an end
        raise Damaged("is not a regular file")
