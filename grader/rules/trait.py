"""What can be wrong with an answer, and what a mistake changes of it."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final


@unique
class Trait(StrEnum):
    """What of an answer is compared with the reference's, beside its kind and its dtype.

    `TASK` is what the exercise's own check looks at, which may be any of it.
    """

    SHAPE = "shape"
    ORDER = "order"
    VALUES = "values"
    TASK = "task"


EVERYTHING: Final = frozenset(Trait)
NUMBERS: Final = frozenset({Trait.VALUES, Trait.TASK})
"""Other numbers in the same array: no key changes a shape, or permutes the right numbers."""

NOTHING: Final[frozenset[Trait]] = frozenset()
"""The answers are the same, or there is none: a wrong one has another cause."""
