"""Edits of what is passed to a call into Flax: the arrays, and the variables."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.evidence.edits.statements import deleted, not_overwritten
from grader.evidence.edits.text import (
    Advice,
    Edits,
    array_names,
    arrays_of,
    given_name,
    put,
    replaced,
)
from grader.evidence.edits.values import called_once, is_repeated
from grader.evidence.origins import called

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Root


def variable_edits(evidence: Evidence, look: Look) -> Edits:
    """Apply the module with the variables that `init` returned, as they came."""
    call = called_once(evidence, look.actual.answer)
    given = call.args[0] if call is not None and call.args else None
    entry, nodes = evidence.landmarks.entry, evidence.landmarks.own
    named = [each for node in nodes if (each := _named(node)) is not None]
    made = [(name, node) for name, node in named if _is_init(node.value)]
    if entry is None or given is None or len(made) != 1:
        return ()
    own, first = made[0]
    others = [node for name, node in named if name == own and node is not first]
    removed = [edit for each in others for edit in deleted(evidence.source, each)]
    return (*removed, *replaced(evidence.source, given, own))


def _named(node: ast.AST) -> tuple[str, ast.Assign] | None:
    """Return the name that a statement gives a value, and the statement."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name, node
        case _:
            return None


def _is_init(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called(node) == "init"


def input_edits(evidence: Evidence, *roots: Root | None) -> Edits:
    """Pass the function's own arrays to calls into Flax, as they came in."""
    calls = [evidence.source.call_at(root.span) for root in roots if root is not None]
    arrays = arrays_of(evidence)
    names = [given_name(evidence, call, each) for call in calls for each in arrays]
    known = tuple(dict.fromkeys(each for each in names if each is not None))
    overwritten = not_overwritten(evidence, known)
    if None in names or None in calls or overwritten is None:
        return ()
    if any(is_repeated(evidence, call) for call in calls):
        return ()
    edits = [_passed(evidence, call, known) for call in calls if call is not None]
    if None in edits:
        return ()
    passed = [edit for each in edits if each is not None for edit in each]
    return (*overwritten, *dict.fromkeys(passed))


def _passed(evidence: Evidence, call: ast.Call, names: Sequence[str]) -> Edits | None:
    """Pass names to a call into Flax, behind the variables or the key.

    A `None` at the end is for an input that isn't there, as of a step that only gets a carry.
    """
    given = call.args[1:]
    while len(given) > len(names) and _is_none(given[-1]):
        given = given[:-1]
    if len(given) != len(names) or any(isinstance(each, ast.Starred) for each in given):
        return None
    pairs = zip(given, names, strict=True)
    return tuple(e for node, name in pairs for e in replaced(evidence.source, node, name))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def rest_of_the_input(evidence: Evidence, call: ast.Call | None) -> Advice | None:
    """Pass the task's other arrays to a call into Flax that gets only the first ones, or none."""
    names = array_names(evidence, call)
    if call is None or called(call) not in {"init", "init_with_output", "apply"} or not call.args:
        return None
    given = [each.id if isinstance(each, ast.Name) else None for each in call.args[1:]]
    rest = [str(each) for each in names[len(given) :]]
    if not rest or given != names[: len(given)] or None in names:
        return None
    if isinstance(call.args[0], ast.Name) and call.args[0].id in names:
        return None  # what comes before the arrays is missing
    edit = put("".join(f", {each}" for each in rest), evidence.source.span(call.args[-1]).end)
    return Advice(f"pass {' and '.join(rest)}, too", (edit,))
