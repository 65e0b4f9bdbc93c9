"""Edits that return what a call into Flax gives, and nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.evidence.edits.inputs import input_edits
from grader.evidence.edits.items import with_updates
from grader.evidence.edits.results import task_results
from grader.evidence.edits.text import (
    Edits,
    is_inside,
    put,
    replaced,
    segment,
)
from grader.evidence.edits.values import assigned, called_once, flat, given_to
from grader.evidence.origins import called

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Root


def unprocessed(evidence: Evidence) -> str:
    """Tell the learner to return what the module gives, and to do nothing else."""
    more = "" if _writes(evidence) else ", and do nothing else to it"
    return f"{as_returned(evidence)}{more}"


def as_returned(evidence: Evidence) -> str:
    """Say what the task returns of what `apply` gives."""
    if _writes(evidence):
        return "return the output and the updated variables as apply returns them"
    return f"return what apply returns{', flattened' if evidence.exercise.output else ''}"


def _writes(evidence: Evidence) -> bool:
    return any(look.expected.written for look in evidence.looks)


def answer_edits(evidence: Evidence, look: Look, root: Root | None = None) -> Edits:
    """Return what a call into Flax gives, flattened if the task says so, and nothing else.

    Without `root`, it is the call that gave the answer.
    """
    call = called_once(evidence, root or look.actual.answer)
    given, results = evidence.given(look), task_results(evidence, look)
    if call is None or given is None:
        return ()
    if results is not None and results.written:
        return with_updates(evidence, call, given, results)
    if results is None or _updates(call):
        return ()
    return _returned(evidence, call, given, results.rest)


def _returned(evidence: Evidence, call: ast.Call, given: ast.expr, rest: str) -> Edits:
    """Return a call's result instead of what is `given`, with the least change to the text."""
    source, nodes = evidence.source, evidence.landmarks.own
    inner = _within(evidence, call, given, rest)
    if inner is not None:
        return replaced(source, given, segment(source, inner) or "")
    name = (flat(given) if rest else None) or given
    changed = given_to(nodes, name.id) if isinstance(name, ast.Name) else None
    if changed is not None and is_inside(call, changed):
        return replaced(source, changed, f"{segment(source, call)}{rest if name is given else ''}")
    found = assigned(nodes, call, rest)
    if found is None and not is_inside(call, given) and _changes(nodes, call):
        return ()
    return replaced(source, given, found or f"{segment(source, call)}{rest}")


def unwrapped_edits(evidence: Evidence, look: Look) -> Edits:
    """Pass a call the function's own arrays, and leave out what is done to its result."""
    call, results = called_once(evidence, look.actual.answer), task_results(evidence, look)
    given = evidence.given(look)
    passed = input_edits(evidence, look.actual.answer)
    if call is None or given is None or results is None or results.written or _updates(call):
        return ()
    whole = _within(evidence, call, given, results.rest)
    inner = whole or _within(evidence, call, given, "")
    if inner is None or not passed:
        return ()
    outer, kept = evidence.source.span(given), evidence.source.span(inner)
    rest = "" if whole is not None else results.rest
    around = (put("", outer.start, kept.start), put(rest, kept.end, outer.end))
    return (*passed, *(each for each in around if each.text or each.span.start != each.span.end))


def _within(evidence: Evidence, call: ast.Call, given: ast.expr, rest: str) -> ast.expr | None:
    """Return the part of what is returned that is a call's result, flattened if it has to be."""
    nodes = evidence.landmarks.own
    for node in (each for each in ast.walk(given) if isinstance(each, ast.expr)):
        kept = flat(node) if rest else node
        if kept is call or (isinstance(kept, ast.Name) and given_to(nodes, kept.id) is call):
            return node
    return None


def _updates(call: ast.Call) -> bool:
    """Whether a call into Flax returns variables beside the module's output."""
    return called(call) == "init_with_output" or any(e.arg == "mutable" for e in call.keywords)


def _changes(nodes: list[ast.AST], call: ast.Call) -> bool:
    """Whether what a call reads is given another value by its statement, or after it."""
    read = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
    around = [each for each in nodes if isinstance(each, ast.stmt) and is_inside(call, each)]
    first = max(((each.lineno, each.col_offset) for each in around), default=(0, 0))
    return any(
        each.id in read and (each.lineno, each.col_offset) >= first
        for each in nodes
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    )
