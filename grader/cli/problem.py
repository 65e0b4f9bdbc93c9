"""A command that was wrong: one line for the learner, and exit code 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum, unique


@unique
class Exit(IntEnum):
    """Exit codes, as the contract has them."""

    PASSED = 0
    NOT_PASSED = 1
    WRONG_COMMAND = 2
    BROKEN = 3
    INTERRUPTED = 130


class CommandWrong(Exception):
    """What was asked for can't be done; the text says what and what to do instead, in a line."""


def did_you_mean(word: str, known: Iterable[str], form: str = "{}") -> str:
    """Return `; did you mean …?` for the known word nearest to `word`, or nothing.

    `form` is how the word is written in the sentence, such as `grade {}`.
    """
    lowered = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean {form.format(lowered[near[0]])}?" if near else ""


def visible(text: str) -> str:
    """Return `text` on one line, with what doesn't print written as Python escapes it."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
