"""syntax-error: the file is no Python."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.notation import shortened
from grader.exercise import Check
from grader.observation import COMPILER, LoadOutcome, Raised
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.source import SyntaxFault


def _find(evidence: Evidence) -> Iterator[Sighting]:
    fault = evidence.source.syntax_fault or _found_by_compiling(evidence.transcript.loaded)
    if fault is not None:
        yield Sighting(
            message=f"Python can't read the file: {shortened(fault.message, 80)}",
            label="Python stops here",
            help="look at this line and at the end of the one before it",
            span=fault.span,
            evidence={"error": fault.message},
        )


def _found_by_compiling(loaded: LoadOutcome) -> SyntaxFault | None:
    """Return what only the worker saw, which compiles the file."""
    if isinstance(loaded, Raised) and loaded.library == COMPILER and loaded.frames:
        return SyntaxFault(message=loaded.message, span=loaded.frames[0].span)
    return None


RULE = Rule(
    id="syntax-error",
    check=Check.LOADS,
    title="the file is not valid Python",
    explanation="""\
Python reads a whole file before it runs any of it. Where it finds something that can't be
Python, such as a missing colon, a bracket that is never closed or an indentation that fits
no block, it stops, and nothing in the file can be used.

The place that is reported is where Python noticed. The cause is often a little before it: a
bracket that was opened on the line above, a string that never ended.
""",
    wrong="""\
def forward(seed, x, features)
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/errors.html#syntax-errors",
    find=_find,
)
