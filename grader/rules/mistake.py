"""mistake: what the exercise's author has described in the docstring of a labelled mistake."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherValues
from grader.evidence import Evidence, Look
from grader.evidence.authors_words import sentence
from grader.evidence.likeness import evidence_of
from grader.evidence.notation import difference
from grader.model.exercise import Check
from grader.model.observation import Span
from grader.model.transcript import Known
from grader.rules.rule import Rule, Sighting

_HELP = "look for this in your program, and undo it"


def _find(evidence: Evidence) -> Iterator[Sighting]:
    known = evidence.transcript.known
    wrong = next((look for look in evidence.completed if look.answer_wrong), None)
    if known is not None and known.titled and wrong is not None:
        yield _sighting(evidence, known, wrong)


def _sighting(evidence: Evidence, known: Known, look: Look) -> Sighting:
    return Sighting(
        message=sentence(known.description),
        details=(*_difference(look), evidence_of(known)),
        why=known.why,
        help=known.help or _HELP,
        span=_place(evidence, known, look),
        case=look.case,
        exact=True,
        evidence={"cases": known.cases, "proved": not known.cases},
    )


def _difference(look: Look) -> tuple[str, ...]:
    comparison = look.comparison
    return (difference(comparison),) if isinstance(comparison, OtherValues) else ()


def _place(evidence: Evidence, known: Known, look: Look) -> Span | None:
    """Return the only line that is written as the labelled one, else what is returned."""
    lines = evidence.source.lines
    alike = [number for number, line in enumerate(lines, 1) if code(line) == known.line]
    if not known.line or len(alike) != 1:
        return evidence.returned(look)
    line = _uncommented(lines[alike[0] - 1])
    first = len(line) - len(line.lstrip()) + 1
    return Span(line=alike[0], column=first, end_line=alike[0], end_column=len(line) + 1)


def code(line: str) -> str:
    """Return a line without its spaces and its comment."""
    return "".join(_uncommented(line).split())


def _uncommented(line: str) -> str:
    """Return a line without its comment; a # may also be in a string, which ends with a quote."""
    before, _, after = line.rpartition("#")
    is_comment = bool(before) and not {'"', "'"} & {*after}
    return (before if is_comment else line).rstrip()


RULE = Rule(
    id="mistake",
    check=Check.VALUES,
    title="a mistake that the author of the exercise has described",
    explanation="""\
The author of an exercise can label a wrong program with `# expect: mistake`, and say in its
docstring what is wrong. A submission gets this message if it is proved to compute the same as the
labelled program, or if it gives the same wrong numbers in all cases that ran, and no rule knows a
more exact reason.
""",
    wrong="""\
import jax.numpy as jnp


def forward(seed, x, features):
    # The author has labelled a program that takes the largest of each row.
    return jnp.max(x, axis=1)
""",
    right="""\
import jax.numpy as jnp


def forward(seed, x, features):
    return jnp.mean(x, axis=1)
""",
    link="https://docs.jax.dev/en/latest/jax.numpy.html",
    find=_find,
)
