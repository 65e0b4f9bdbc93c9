"""Writes a report to a file, atomically."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from grader.errors import ReportNotWritten, reason

_DESCRIPTORS = ("/dev/fd/", "/dev/std", "/proc/")


def write_report(text: str, path: Path) -> None:
    """Write `text` as UTF-8 to a temporary file next to `path`, then rename it to `path`.

    A link still points to the same file. If the file isn't regular (`/dev/stdout`, a named pipe),
    it is written directly. Raises `ReportNotWritten`; then the file is unchanged.
    """
    write_data(text.encode("utf-8", "backslashreplace"), path)


def write_data(data: bytes, path: Path) -> None:
    """Write bytes in the same way."""
    try:
        mode = _mode(path)
        if mode is not None and stat.S_ISFIFO(mode) and not _is_open(path):
            _write_pipe(path, data)
        elif mode is not None and _is_stream(path, mode):
            path.write_bytes(data)  # not resolved: the link of a pipe doesn't lead to a path
        else:
            _replace(path.resolve(), data, mode)
    except (OSError, RuntimeError, ValueError) as error:
        raise _not_written(path, error) from error


def probe(path: Path) -> None:
    """Check whether a report can be written to `path`, without changing it.

    Raises `ReportNotWritten`.
    """
    try:
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise ReportNotWritten(f"{path} is a folder; name a file in it")
        if mode is not None and stat.S_ISSOCK(mode):
            raise ReportNotWritten(f"{path} is a socket, which can't be written to")
        if mode is not None and stat.S_ISFIFO(mode) and not _is_open(path):
            _open_pipe(path)  # and left open: closing it would end its reader
            return
        folder = path.resolve().parent
        if not folder.is_dir():
            raise ReportNotWritten(f"there is no folder {folder}; create it first")
        if mode is None or not _is_stream(path, mode):
            _try(path.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise _not_written(path, error) from error


def _open_pipe(path: Path) -> int:
    """Open a named pipe to write to. Without a reader, a blocking open would wait forever."""
    try:
        return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        why = f"no program reads the pipe {path}; start the reader first"
        raise ReportNotWritten(why) from error


def _write_pipe(path: Path, data: bytes) -> None:
    descriptor = _open_pipe(path)
    os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _try(target: Path) -> None:
    """Create and delete a file next to `target`, as when replacing it."""
    beside = _beside(target)
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    beside.unlink()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _not_written(path: Path, error: Exception) -> ReportNotWritten:
    return ReportNotWritten(f"can't write {path}: {reason(error)}")


def _is_stream(path: Path, mode: int) -> bool:
    """Whether it is written directly: a device, a pipe, or an open descriptor."""
    return not stat.S_ISREG(mode) or _is_open(path)


def _is_open(path: Path) -> bool:
    """Whether it names a descriptor that is open already."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - `resolve` would follow the link
    return absolute.startswith(_DESCRIPTORS)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:60]}.{secrets.token_hex(4)}.tmp")


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    """Write a file next to `target` and rename it, keeping the permissions of an old file."""
    beside = _beside(target)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(stat.S_IMODE(mode))
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
