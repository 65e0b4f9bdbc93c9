"""A folder that generated files go into. What somebody else put or changed there stays."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path
from typing import Final

from grader.errors import ReportNotWritten, reason
from grader.render.write import write_data

_SEAL: Final = re.compile(rb"<!-- grade class ([0-9a-f]{64}) -->\n\Z")
ZIP_COMMENT: Final = b"written by grade class"
_TAIL: Final = 128
"""Bytes in which the seal or the comment is, at the end."""


class OwnFiles:
    """A folder. `kept` are the files in it that were in the way, and weren't touched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReportNotWritten(f"can't make the folder {folder}: {reason(error)}") from error

    def write(self, name: str, page: str) -> bool:
        """Write a page, if nothing but an earlier one is in its place. Raises `ReportNotWritten`.

        `name` is relative. It ends with a hash of itself, by which it is known again.
        """
        data = page.encode("utf-8", "backslashreplace")
        seal = f"<!-- grade class {hashlib.sha256(data).hexdigest()} -->\n".encode()
        path = self.place(name)
        if path is None:
            return False
        write_data(data + seal, path)
        return True

    def place(self, name: str) -> Path | None:
        """Return where to write a file, None if something else is there; it is kept."""
        path = self.folder / name
        if not self._leads_inside(path) or not _is_free(path):
            self.kept.append(name)
            return None
        return path

    def _leads_inside(self, path: Path) -> bool:
        """Make the folders on the way; a link may lead anywhere."""
        relative = path.relative_to(self.folder)
        if ".." in relative.parts:
            return False
        here = self.folder
        for part in relative.parts[:-1]:
            here /= part
            if here.is_symlink() or (here.exists() and not here.is_dir()):
                return False
            try:
                here.mkdir(exist_ok=True)
            except OSError as error:
                raise ReportNotWritten(f"can't make the folder {here}: {reason(error)}") from error
        return True


def looks_written_here(path: Path) -> bool:
    """Whether a page or a zip ends as those do that were written here. Raises nothing."""
    try:
        with path.open("rb") as file:
            file.seek(-min(path.stat().st_size, _TAIL), 2)
            tail = file.read(_TAIL)
    except OSError:
        return False
    return tail.endswith(ZIP_COMMENT) or _SEAL.search(tail) is not None


def _is_free(path: Path) -> bool:
    """Whether there is no file, or one that was written here and not changed since."""
    try:
        if path.is_symlink() or not path.exists():
            return not path.is_symlink()
        if not path.is_file():
            return False
        return _is_own_zip(path) if path.suffix == ".zip" else _is_own_page(path.read_bytes())
    except OSError:
        return False


def _is_own_page(data: bytes) -> bool:
    seal = _SEAL.search(data)
    body = data[: seal.start()] if seal else b""
    return seal is not None and hashlib.sha256(body).hexdigest().encode() == seal[1]


def _is_own_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            return packed.comment == ZIP_COMMENT
    except zipfile.BadZipFile:
        return False
