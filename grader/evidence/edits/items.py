"""Edits of the items of an answer that is a tuple."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.evidence.edits.results import Results, task_results
from grader.evidence.edits.statements import around, written_before
from grader.evidence.edits.text import (
    Edits,
    expression_at,
    replaced,
    segment,
)
from grader.evidence.edits.values import called_once, times_given
from grader.evidence.results import wrong_items

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look


def with_updates(evidence: Evidence, call: ast.Call, given: ast.expr, results: Results) -> Edits:
    """Return the output and the updated variables, in the task's order."""
    source = evidence.source
    if not any(each.arg == "mutable" for each in call.keywords):
        return ()
    if given is call:
        statement = around(evidence.landmarks.entry, call)
        made = f"y, updates = {segment(source, call)}"
        lines = written_before(source, statement, made) if statement is not None else ()
        return (*lines, *replaced(source, given, ", ".join(results.items))) if lines else ()
    for node in evidence.landmarks.own:
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id=output), ast.Name(id=updates) as last])],
                value=value,
            ) if value is call and times_given(evidence.landmarks.own, updates) == 1:
                name = "updates" if updates == "_" else updates
                named = [re.sub(r"^updates\b", name, each) for each in results.items]
                text = ", ".join(output if each == "y" else each for each in named)
                return (*replaced(source, last, name), *replaced(source, given, text))
            case _:
                continue
    return ()


def reordered(evidence: Evidence, look: Look, order: Sequence[int]) -> Edits:
    """Return the items of a tuple that is written out in the task's order."""
    given = evidence.given(look)
    items = given.elts if isinstance(given, ast.Tuple) else []
    if len(items) != len(order) or any(isinstance(each, ast.Starred) for each in items):
        return ()
    texts = dict(zip(order, (segment(evidence.source, each) or "" for each in items), strict=True))
    return tuple(
        edit
        for place, each in enumerate(items)
        for edit in replaced(evidence.source, each, texts[place])
    )


def item_edits(evidence: Evidence, look: Look, place: str) -> Edits:
    """Return the wrong items as the module gave them: names that stand in their expressions.

    None if the item at `place` isn't among them.
    """
    own = _item_edits(evidence, look, place)
    others = [_item_edits(evidence, look, each) for each in wrong_items(look) if each != place]
    return (*own, *(edit for edits in others for edit in edits)) if own else ()


def _item_edits(evidence: Evidence, look: Look, place: str) -> Edits:
    source, node = evidence.source, expression_at(evidence.source, evidence.returned(look, place))
    results = task_results(evidence, look)
    found = re.fullmatch(r"\[(\d+)\]", place)
    if node is None or results is None or found is None or not results.items:
        return ()
    wanted = results.items[int(found[1])]
    key = re.search(r'\["([^"]*)"\]$', wanted)
    for each in (e for e in ast.walk(node) if isinstance(e, ast.expr) and e is not node):
        match each:
            case ast.Subscript(slice=ast.Constant(value=value)) if key and value == key[1]:
                return replaced(source, node, segment(source, each) or "")
            case ast.Name(id=name) if not key and name in _outputs(evidence, look):
                return replaced(source, node, name)
            case _:
                continue
    return ()


def _outputs(evidence: Evidence, look: Look) -> set[str]:
    """Return the names that only refer to the output of the call that gave the answer."""
    call = called_once(evidence, look.actual.answer)
    nodes = evidence.landmarks.own
    targets = [
        node.targets[0].elts[0]
        for node in nodes
        if isinstance(node, ast.Assign)
        and node.value is call
        and isinstance(node.targets[0], ast.Tuple)
    ]
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    return {each for each in names if times_given(nodes, each) == 1}
