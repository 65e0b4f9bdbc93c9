"""Compares people's names: case, accents, and the order of first and last name don't matter."""

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
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return tuple(re.findall(r"[^\W_]+", letters.replace("'", "").replace("\u2019", "")))


def unordered(name: str) -> tuple[str, ...]:
    """Return a name's words so that two orders of the same words are equal."""
    return tuple(sorted(words(name)))


def run_together(name: str) -> frozenset[str]:
    """Return how a platform may write the name in one word, last name first or last."""
    found = words(name)
    return frozenset("".join(found[at:] + found[:at]) for at in range(max(len(found), 1)))
