"""Exceptions of the same meaning, by what their class and text look like."""

from __future__ import annotations

import re

from grader.evidence.meaning import Meaning
from grader.model.observation import Raised


class Pattern(Meaning, frozen=True, kw_only=True):
    """A meaning of all exceptions with `pattern` in their `Class: text`.

    `own` restricts it to those that the submission itself raised, `library` to those from frames
    whose names contain it.
    """

    pattern: str
    own: bool = False
    library: str = ""

    def fits(self, raised: Raised, text: str) -> bool:
        """Whether this is the meaning of an exception, with `text` for its class and text."""
        if self.own and raised.library is not None:
            return False
        return bool(re.search(self.pattern, text) and re.search(self.library, raised.library or ""))
