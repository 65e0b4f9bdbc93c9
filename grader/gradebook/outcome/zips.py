"""Entries of the zips that are written here: the same bytes for the same content."""

from __future__ import annotations

import zipfile
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can hold."""


def entry(name: str, *, executable: bool = False) -> zipfile.ZipInfo:
    """Return an entry without a time; unpacked on Unix, it may be run if it is `executable`."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    return info
