"""A mistake in the words of the exercise's author: how a text of several paragraphs is read."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_NEXT: Final = "next:"


class AuthorsWords(msgspec.Struct, frozen=True, kw_only=True):
    """The first paragraph says what happened; one that begins with `next:` is the next step.

    The others say why it matters.
    """

    message: str
    why: str = ""
    help: str = ""


def words_of(text: str) -> AuthorsWords:
    """Read a docstring or a message; each paragraph becomes one line."""
    first, *others = [" ".join(each.split()) for each in re.split(r"\n\s*\n", text.strip())]
    steps = [each for each in others if each.startswith(_NEXT)]
    return AuthorsWords(
        message=first.rstrip("."),
        why=" ".join(each for each in others if each not in steps),
        help=steps[0].removeprefix(_NEXT).strip().rstrip(".") if steps else "",
    )


def sentence(text: str) -> str:
    """Return a description as messages are written: no capital, unless it is a name's."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first.isalpha() and first.istitle() else text
