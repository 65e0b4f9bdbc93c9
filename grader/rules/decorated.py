"""A wrong answer that a decorator made of a right one."""

from __future__ import annotations

import msgspec

from grader.evidence import Evidence, Look
from grader.evidence.edits import changing_decorator
from grader.rules.rule import Sighting


def decorated(evidence: Evidence, look: Look, sighting: Sighting) -> Sighting:
    """Show the decorator instead of what the function returns, if that one changed it."""
    found = changing_decorator(evidence, look)
    if found is None:
        return sighting
    return msgspec.structs.replace(
        sighting,
        label="changes what the function returns",
        help=found.help,
        span=found.span,
        edits=found.edits,
    )
