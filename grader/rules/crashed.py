"""crashed: the submission's process ended, or sent something that isn't an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from grader.evidence import Evidence
from grader.evidence.edits import statement_removed
from grader.evidence.notation import shortened
from grader.evidence.waiting import stop_at
from grader.model.case import Case
from grader.model.exercise import Check
from grader.model.observation import Crashed, Raised, Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING

_MESSAGE: Final = "the program ended before it gave an answer"
_HELP: Final = (
    ("threads", "don't start threads: jax already uses all processors"),
    ("it wrote", "don't write files: return the answer"),
    (
        "ended by",
        (
            "look for a call into native code, an endless recursion, or a signal that the program "
            "sends itself"
        ),
    ),
    (
        "broke the process",
        "don't change modules and functions of Python, jax or the grader",
    ),
    (
        "the process sent",
        "return the answer, and don't touch the other files and sockets of the process",
    ),
    (
        "connection",
        "close only what your program itself has opened: os.closerange takes the grader's as well",
    ),
)
"""The next step by a word in the reason; for other reasons the program called an exit."""


def _help(reason: str) -> str:
    found = (text for word, text in _HELP if word in reason)
    return next(found, "return the answer; don't call exit, quit or os._exit")


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for outcome, case in evidence.endings:
        if isinstance(outcome, Crashed):
            yield _while_loading(outcome) if case is None else _sighting(outcome.reason, case)
            return
        if case is not None and isinstance(outcome, Raised) and leaves(outcome):
            yield _left(evidence, outcome, case)
            return


def _left(evidence: Evidence, outcome: Raised, case: Case) -> Sighting:
    """Say that the function asked to end the process, itself or by a debugger's or a parser's."""
    stop = stop_at(evidence.source, outcome.place)
    if stop is not None:
        return Sighting(
            message=stop.message,
            label=stop.label,
            why=stop.why,
            help=stop.help,
            span=stop.span,
            edits=statement_removed(evidence.source, stop.span),
            case=case,
            evidence={"reason": outcome.message},
        )
    text = f": {outcome.message}" if outcome.message else ""
    found = msgspec.structs.replace(
        _sighting(f"it tried to exit the process{text}", case, outcome.place),
        edits=statement_removed(evidence.source, outcome.place),
    )
    if (outcome.library or "").startswith("argparse"):
        return msgspec.structs.replace(
            found,
            why="argparse exits the program if the command line isn't what it expects. Here, the "
            "function is called without a command line.",
            help="take the values from the function's arguments, or write them into the program",
        )
    return found


def _while_loading(outcome: Crashed) -> Sighting:
    """Say that the process ended before a function could be called."""
    exits = "exited" in outcome.reason
    return Sighting(
        message="the program ended while the file was loaded",
        details=(shortened(outcome.reason),),
        why="To call your function, the grader imports the file, which runs its top level from "
        "the first line to the last. No function was called.",
        help='delete the call to exit or os._exit, or put it under `if __name__ == "__main__":`'
        if exits
        else _help(outcome.reason),
        evidence={"reason": outcome.reason},
    )


def _sighting(reason: str, case: Case | None, span: Span | None = None) -> Sighting:
    return Sighting(
        message=_MESSAGE,
        label="ends the program",
        details=(shortened(reason),) if reason else (),
        help=_help(reason),
        span=span,
        case=case,
        evidence={"reason": reason},
    )


def leaves(raised: Raised) -> bool:
    """Whether a call raised what would have ended the process that it ran in."""
    return "SystemExit" in (raised.exception, *raised.bases)


RULE = Rule(
    id="crashed",
    check=Check.RUNS,
    title=_MESSAGE,
    explanation="""\
Your function runs in a subprocess. This process ended before it returned an answer, or it sent
something that isn't an answer. A call to `exit()`, `sys.exit()` or `os._exit()` does that, even
with status 0, and so does a crash inside a library.
""",
    wrong="""\
import os


def forward(seed, x, features):
    os._exit(0)
""",
    right=RIGHT,
    link="https://docs.python.org/3/library/sys.html#sys.exit",
    find=_find,
    alters=NOTHING,
)
