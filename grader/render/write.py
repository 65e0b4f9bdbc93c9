"""Writing a report to a file: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path


class ReportNotWritten(Exception):
    """The report could not be written; the text says where and why."""


def write_report(text: str, path: Path) -> None:
    """Write `text` to `path` as UTF-8, beside it first and then renamed over it.

    A link keeps pointing where it did. What is no regular file (`/dev/stdout`, a named pipe) is
    written to directly. Raises `ReportNotWritten`; the file is then as it was.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        target = path.resolve()
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            target.write_bytes(data)
        else:
            _replace(target, data, mode)
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReportNotWritten(f"can't write the report to {path}: {reason}") from error


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    """Write a file beside `target` and rename it; of an old file, the permissions are kept."""
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
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
