"""One-line messages for a command that can't do what was asked."""

from __future__ import annotations

import os


def folder_is_gone() -> bool:
    """Whether the current folder has been deleted."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib would be imported for it
    except OSError:
        return True
    return False


def shortened(text: str, most: int = 60) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= most else f"{text[:most]}\u2026"


def quoted_blank(text: str) -> str:
    """Return what was typed, made `visible`; in quotes if it is blank."""
    return visible(text) if text.strip() else f"'{visible(text)}'"


def visible(text: str) -> str:
    """Return `text` on one line, with what doesn't print written as Python escapes it."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
