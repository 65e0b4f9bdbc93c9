"""Paths as SQLite stores them: as text, or as the bytes of those that aren't Unicode."""

from __future__ import annotations

import os
from pathlib import Path


def storable(path: str) -> str | bytes:
    """Return the path; the bytes of one that isn't Unicode, which SQLite takes as well."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def from_stored(value: str | bytes | float | None) -> Path:
    """Return the path that `storable` gave."""
    return Path(os.fsdecode(value) if isinstance(value, bytes) else str(value))
