"""What a function needs that another of the task's functions keeps: it fails when called alone."""

from __future__ import annotations

from grader.evidence.evidence import Evidence
from grader.evidence.meaning import Meaning
from grader.evidence.mentions import kept, names
from grader.model.observation import Raised


def needs_another(evidence: Evidence, raised: Raised) -> Meaning | None:
    """Explain an exception in an expression that uses what another function sets."""
    name, place = evidence.exercise.function, raised.place
    if not evidence.exercise.beside or place is None:
        return None
    for other in evidence.exercise.beside:
        sets = kept(evidence.source, other)
        for node in names(evidence.source, name):
            span = evidence.source.span(node)
            if node.id in sets and place.start <= span.start and span.end <= place.end:
                return Meaning(
                    message=f"`{name}` uses `{node.id}`, which `{other}` sets",
                    why=f"Each function has to work by itself: `{other}` may not have been called "
                    "before, or with other arguments.",
                    help=f"let `{name}` use its arguments alone",
                )
    return None
