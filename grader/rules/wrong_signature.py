"""wrong-signature: the function takes other arguments than the task says, or another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import parameter_edits
from grader.evidence.notation import listing, shortened
from grader.model.exercise import Check
from grader.model.observation import SignatureWrong
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded = evidence.transcript.loaded
    wanted = evidence.exercise.call_text.strip("()")
    span = evidence.landmarks.head
    if isinstance(loaded, SignatureWrong):
        yield Sighting(
            message=f"the function can't be called with ({wanted})",
            label=f"takes {shortened(loaded.signature, 60)}",
            details=(f"{shortened(loaded.reason)}.",) if loaded.reason else (),
            help=f"change its arguments to ({wanted}), in this order{_inside(evidence)}",
            span=span or loaded.span,
            edits=parameter_edits(evidence),
            evidence={"expected": f"({wanted})", "actual": loaded.signature},
        )
    elif evidence.wrong and _swapped(evidence):
        yield Sighting(
            message="the function takes its arguments in the wrong order",
            label=f"expected ({wanted})",
            why="Arguments are passed by position, so the names get each other's values.",
            help=f"change its arguments to ({wanted}), in this order",
            span=span,
            edits=parameter_edits(evidence),
            case=evidence.wrong[0].case,
            evidence={"expected": f"({wanted})"},
        )


def _inside(evidence: Evidence) -> str:
    """Say what has to be made in the function, since it can't be passed."""
    entry = evidence.landmarks.entry
    wanted = {each.name for each in evidence.exercise.parameters}
    given = [each.arg for each in (*entry.args.args, *entry.args.kwonlyargs)] if entry else []
    extra = [each for each in given if each not in wanted]
    return f", and make {listing(extra)} inside the function" if len(given) > len(wanted) else ""


def _swapped(evidence: Evidence) -> bool:
    """Whether an argument's name is in another argument's place."""
    entry = evidence.landmarks.entry
    if entry is None or isinstance(entry, ast.Lambda):
        return False
    wanted = [each.name for each in evidence.exercise.parameters]
    given = [each.arg for each in (*entry.args.posonlyargs, *entry.args.args)]
    pairs = zip(given, wanted, strict=False)
    return len(given) >= len(wanted) and any(a != b and a in wanted for a, b in pairs)


RULE = Rule(
    id="wrong-signature",
    check=Check.LOADS,
    title="the function doesn't take the arguments that the task says",
    explanation="""\
Your function is called with the arguments that the task names, by position and in that order. It
must take exactly these. More arguments are fine if they have defaults; the call fails if one is
missing, if there is an extra required one, or if some are keyword-only. In another order, the names
silently get each other's values.
""",
    wrong="""\
def forward(seed, x):
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/controlflow.html#more-on-defining-functions",
    find=_find,
    hides=frozenset(
        {
            "raised",
            "wrong-in-axes",
            "wrong-axis-size",
            "ignored-features",
            "ignored-seed",
            "derived-key",
        }
    ),
)
