"""Compares people's names, ignoring case, accents, and the order of first and last name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th"}
)
"""Letters that Unicode doesn't take apart into a letter and a mark."""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, in its order: `Ødegård, Anna` becomes odegard, anna."""
    letters = folded(name).replace("'", "").replace("\u2019", "")
    return tuple(re.findall(r"[^\W_]+", letters))


def folded(text: str) -> str:
    """Return a text in small letters without marks: `Ødegård` becomes odegard."""
    letters = text.casefold()
    if letters.isascii():
        return letters
    apart = unicodedata.normalize("NFKD", letters.translate(_PLAIN))
    return "".join(each for each in apart if not unicodedata.combining(each))


def run_together(found: tuple[str, ...]) -> frozenset[str]:
    """Return how a platform may write a name's words in one, last name first or last."""
    return frozenset("".join(found[at:] + found[:at]) for at in range(max(len(found), 1)))
