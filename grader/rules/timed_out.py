"""timed-out: no answer within the time limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.model.observation import Completed, Span, TimedOut
from grader.model.source import Source
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for outcome, case in evidence.endings:
        if isinstance(outcome, TimedOut):
            yield _together(evidence, outcome) or Sighting(
                message=f"no answer within {_rounded(outcome.seconds)} s",
                label="still running this when the time was up",
                help="look for a loop that doesn't end, or a wait for something that doesn't come",
                span=_place(evidence.source, outcome.place),
                case=case,
                evidence={"seconds": outcome.seconds},
            )
            return


def _together(evidence: Evidence, outcome: TimedOut) -> Sighting | None:
    """Describe a run in which a case got less time than another one took to answer.

    Then the limit for the whole run was reached, and no case is to blame.
    """
    answers = [each.actual for each in evidence.transcript.exchanges]
    answered = [each.seconds for each in answers if isinstance(each.outcome, Completed)]
    if max(answered, default=0.0) < outcome.seconds:
        return None
    spent = sum(answered)
    return Sighting(
        message=f"{len(answered)} calls took {_rounded(spent)} s together, which is too long",
        label="still running this when the time was up",
        help="look for what takes long in every call: a wait, a long loop, a lot of printing",
        span=_place(evidence.source, outcome.place),
        case=None,
        evidence={"calls": len(answered), "seconds": spent},
    )


def _rounded(seconds: float) -> str:
    """Write a deadline: below ten seconds with one decimal, otherwise with none."""
    return f"{seconds:.0f}" if seconds >= 9.95 else f"{seconds:.1f}".removesuffix(".0")


def _place(source: Source, at: Span | None) -> Span | None:
    """Return the condition of the loop that the submission was in, or where it was."""
    if at is None:
        return None
    loops = [node for node in source.nodes if isinstance(node, ast.While)]
    around = [each for each in loops if each.lineno <= at.line <= source.span(each).end_line]
    return source.span(around[-1].test) if around else at


RULE = Rule(
    id="timed-out",
    check=Check.RUNS,
    title="the function gives no answer in time",
    explanation="""\
The function was still running when its time was up, and was stopped. The limit is generous: many
times as long as the solution takes for the same case. All calls together have a limit, too.

Usually a loop never ends, or the function waits for something that doesn't come, such as input from
the keyboard or an answer from the network.
""",
    wrong="""\
def forward(seed, x, features):
    step = 0
    while step < 10:
        x = x + 1
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/reference/compound_stmts.html#the-while-statement",
    find=_find,
    alters=NOTHING,
)
