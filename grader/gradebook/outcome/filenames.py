"""Names of files that are safe on every system, whatever a student is called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_LONGEST: Final = 120
"""Bytes of a name. File systems allow 255, and what else is in it needs room."""
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|%#\s]+')
"""Separators, what Windows forbids, and what a link to the file would have to escape."""
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def safe_name(name: str, most: int = _LONGEST) -> str:
    """Return `name` as a part of a path: `../x` gives `_x`, a name that is too long its start.

    Names that differ may give the same one; `Unique` tells them apart.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join("_" if unicodedata.category(char)[0] == "C" else char for char in text)
    text = _FORBIDDEN.sub("_", text).strip(".~ ") or "_"
    if _DEVICE.fullmatch(text):
        text = f"_{text}"
    return text.encode("utf-8")[:most].decode("utf-8", "ignore").rstrip(". ")


def digest(text: str, length: int = 8) -> str:
    """Return a short name for a text, unique among texts."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:length]


class Unique:
    """Gives every file a unique name, also where upper and lower case are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, stem: str, suffix: str) -> str:
        """Return `<stem><suffix>`, with a number if it is taken."""
        path, count = f"{stem}{suffix}", 1
        while path.casefold() in self._taken:
            count += 1
            path = f"{stem}-{count}{suffix}"
        self._taken.add(path.casefold())
        return path
