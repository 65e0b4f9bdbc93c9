"""What the task returns, written in terms of what `apply` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.model.case import ArrayValue
from grader.model.observation import Completed, SequenceResult, Variable, digest

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look


class Results(NamedTuple):
    """What to return: the output with `rest` behind it, or `items` of it and of the updates.

    In `items` the output is called `y` and the updated collections, those that are `written`,
    `updates`.
    """

    rest: str = ""
    written: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def task_results(evidence: Evidence, look: Look) -> Results | None:
    """Return what the reference makes of the module's output; None if that isn't known."""
    lifted = look.expected.lifted(look.expected.answer)
    run = lifted[0].run if lifted else None
    if run is None:
        return None
    if look.expected.written:
        return _with_updates(evidence, look)
    wanted = look.wanted
    if wanted is None:
        return Results() if len(run.outputs) > 1 else None
    if len(run.outputs) != 1:
        return None
    if run.outputs[0].shape == wanted.shape:
        return Results()
    return Results(rest=".reshape(-1)") if len(wanted.shape) == 1 else None


def _with_updates(evidence: Evidence, look: Look) -> Results | None:
    """Name each returned array: the module's output, or a variable that was updated."""
    named = [found for each in evidence.looks if (found := _named(each)) is not None]
    if not named or len({len(each) for each in named}) > 1:
        return None
    items = [set.intersection(*each) for each in zip(*named, strict=True)]
    if any(len(each) != 1 for each in items):
        return None
    written = tuple(sorted(look.expected.written))
    return Results(written=written, items=tuple(next(iter(each)) for each in items))


def _named(look: Look) -> list[set[str]] | None:
    """Return what may be called each array of the task's answer."""
    answer, outcome = look.expected.answer, look.exchange.expected.outcome
    top = look.expected.top(answer) if answer is not None else None
    result = outcome.result if isinstance(outcome, Completed) else None
    if answer is None or top is None or not isinstance(result, SequenceResult):
        return None
    digests = {f"updates{place_text(each)}": each.digest for each in answer.made}
    digests["y"] = top.digest
    return [
        {name for name, found in digests.items() if found == digest(each.data)}
        if isinstance(each, ArrayValue)
        else set()
        for each in result.items
    ]


def place_text(variable: Variable) -> str:
    """Write where a variable is: `["batch_stats"]["mean"]`."""
    return "".join(f'["{part}"]' for part in (variable.collection, *variable.path))
