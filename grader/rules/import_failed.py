"""import-failed: running the file from top to bottom raised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.evidence import Evidence
from grader.evidence.edits import (
    Advice,
    import_replaced,
    name_advice,
    renamed,
    statement_removed,
    trial_call,
    unbound_name,
)
from grader.evidence.exceptions import meaning, raises_itself, text_lines
from grader.evidence.meaning import Meaning
from grader.evidence.waiting import removal
from grader.model.exercise import Check
from grader.model.observation import COMPILER, Raised, Span
from grader.rules.crashed import leaves
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_UNKNOWN: Final = "run the file by itself, and read the last line of the exception"
_ITSELF: Final = Meaning(
    message="the file raises its own exception while it is loaded",
    why="The grader imports the file to get at the function, and this line ends that.",
    help="delete this line, or put it into the function that needs it",
)
_GUARD: Final = '`if __name__ == "__main__":`'
_ASSERTION: Final = Meaning(
    why="One of your own assertions fails.",
    help=f"find out whether the function or the assertion is wrong, and put it under {_GUARD}",
)


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded = evidence.transcript.loaded
    if not isinstance(loaded, Raised) or loaded.library == COMPILER:
        return
    yield _ended(evidence, loaded) if leaves(loaded) else _sighting(loaded, evidence)


def _sighting(loaded: Raised, evidence: Evidence) -> Sighting:
    itself = raises_itself(loaded, evidence.source)
    told = _ITSELF if itself else meaning(loaded, evidence.source, evidence.exercise.files)
    if loaded.exception == "AssertionError" and loaded.library is None:
        told = _ASSERTION
    known = told.why or told.message
    trial = trial_call(evidence, loaded)
    span = told.span or _place(loaded)
    file = evidence.source.called(span)
    usual = (
        told.help if known else "run the file by itself, and read the last line of the exception"
    )
    advice = trial or _advice(evidence, loaded, told, span) or Advice(usual, ())
    return Sighting(
        message=told.message or f"{file} can't be imported: {loaded.exception}",
        label=told.label or f"raises {loaded.exception}",
        details=text_lines(loaded),
        why=f"{told.why} Nothing in {file} can be used until its whole top level runs.".lstrip(),
        help=advice.help,
        span=span,
        edits=advice.edits,
        evidence=_evidence(loaded),
    )


def _place(loaded: Raised) -> Span | None:
    """Return the innermost line at the top of a file, which ended the loading of all others."""
    top = [each.span for each in loaded.frames if each.function == "<module>"]
    outermost = loaded.frames[0].span if loaded.frames else None
    return top[-1] if top else outermost


def _advice(evidence: Evidence, loaded: Raised, told: Meaning, span: Span | None) -> Advice | None:
    """Say what to write instead of the line that raised, if that is known."""
    name = unbound_name(loaded.message)
    if told.misspelt is not None:
        return Advice(told.help, renamed(evidence.source, span, *told.misspelt))
    if name is not None:
        return name_advice(evidence, name, span)
    written = import_replaced(evidence, span)
    module = evidence.exercise.module
    return (
        Advice(f"write the class {module} from the starter in its place", written)
        if written
        else None
    )


def _ended(evidence: Evidence, loaded: Raised) -> Sighting:
    """Say that the file exited the program before a function could be called."""
    reads = (loaded.library or "").startswith("argparse")
    span = _place(loaded)
    file = evidence.source.called(span)
    return Sighting(
        message=f"{file} reads a command line while it is loaded, and exits the program"
        if reads
        else f"{file} exits the program while it is loaded",
        label="exits the program",
        details=text_lines(loaded),
        why="To call your function, the grader imports the file, which runs its top level from "
        "the first line to the last. This line exited the program before that, so no function was "
        "called.",
        help=f"put it under {_GUARD}, and write the values that the function needs into the program"
        if reads
        else f"{_removal(evidence, span)}, or put it at the end of the file under {_GUARD}",
        span=span,
        edits=() if reads else statement_removed(evidence.source, span),
        evidence=_evidence(loaded),
    )


def _removal(evidence: Evidence, span: Span | None) -> str:
    call = evidence.source.call_at(span)
    return removal(evidence.source, call, "this line") if call is not None else "delete this line"


def _evidence(loaded: Raised) -> dict[str, object]:
    return {"exception": loaded.exception, "text": loaded.message}


RULE = Rule(
    id="import-failed",
    check=Check.LOADS,
    title="the file can't be imported",
    explanation="""\
To call your function, the grader imports the file, which runs everything at its top level, from the
first line to the last. Something there raised an exception, so the function was never called.

Usually it is an import of a module that doesn't exist or isn't installed, a name that a module
doesn't have, or a test call at the end of the file. Put test calls under
`if __name__ == "__main__":`, so that they only run when you run the file yourself.
""",
    wrong="""\
import flax.linnen as nn


def forward(seed, x, features):
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/modules.html",
    find=_find,
)
