"""How much is to be found out about a program."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Effort(StrEnum):
    """How much is to be found out about a program.

    What edits or mutations have made, and what an author has labelled, isn't looked at as closely
    as what a learner hands in.
    """

    EVERYTHING = "everything"
    PASSES = "passes"
    """Whether it passes. Of the many cases, those run that meet each size and choice. If it is
    proved, it also runs on fewer of the first ones."""
    RULES = "rules"
    """Which rules find a mistake; not on which small case it shows."""
    CAUGHT = "caught"
    """Whether a mistake is found: by its first wrong answers, or on the cases of `PASSES`."""

    @property
    def confirms(self) -> bool:
        """Whether a mistake that may come of rounding is looked for once more, in XLA alone."""
        return self is not Effort.CAUGHT

    @property
    def repeats(self) -> bool:
        """Whether a mistake is repeated, to tell state and chance from others."""
        return self is not Effort.CAUGHT

    @property
    def repeats_plain(self) -> bool:
        """Whether a text is repeated that plainly leaves nothing to state or chance."""
        return self is Effort.EVERYTHING

    @property
    def shrinks(self) -> bool:
        """Whether a mistake is shown on a small case."""
        return self in {Effort.EVERYTHING, Effort.PASSES}

    @property
    def stops_early(self) -> bool:
        """Whether the first wrong answers end the run."""
        return self is Effort.CAUGHT

    @property
    def few_cases(self) -> bool:
        """Whether a program that seems right runs on fewer cases."""
        return self in {Effort.PASSES, Effort.CAUGHT}

    @property
    def proves_first(self) -> bool:
        """Whether a program that is proved runs on one case of each shape, not on two or more."""
        return self is Effort.PASSES
