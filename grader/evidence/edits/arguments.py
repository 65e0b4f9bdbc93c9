"""Edits of the arguments of `nn.vmap` and of the settings of a module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.text import (
    Edits,
    arguments,
    between,
    end,
    expression_at,
    inserted,
    is_inside,
    name_of,
    own_name,
    replaced,
    start,
)
from grader.evidence.landmarks import knob_steps
from grader.evidence.lifting import Knob
from grader.evidence.origins import recorded, written
from grader.model.edit import Edit
from grader.model.observation import LiftedCall, Span
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_LITERALS: Final = (ast.Constant, ast.Dict, ast.Tuple, ast.List, ast.UnaryOp)


def knob_edits(evidence: Evidence, call: LiftedCall, knob: Knob, text: str) -> Edits:
    """Give an argument of `nn.vmap` a value: where it was written, or else in the call.

    A name, such as an argument's, is only written inside the function.
    """
    marks = evidence.landmarks
    origins, node = marks.origins, marks.node(call.span)
    if origins is None or node is None or _has_methods(node):
        return ()
    made = node if isinstance(node, ast.Call) else origins.partial(node)
    steps = knob_steps(origins, node, knob)
    if not steps:
        return _keyword(evidence.source, made, knob.value, text) if made is not None else ()
    found = written(origins, steps, recorded(call, knob))
    is_name = text in {each.name for each in evidence.exercise.parameters}
    if found is None or (is_name and own_name(evidence, found, text) is None):
        first = steps[0]
        found = first.node if not first.path and isinstance(first.node, ast.expr) else None
    if is_name:
        text = own_name(evidence, found, text) or text
    return replaced(evidence.source, found, text) if found is not None else ()


def _has_methods(node: ast.expr) -> bool:
    """Whether a call to `nn.vmap` gives each method arguments of its own."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(each.arg == "methods" and isinstance(each.value, ast.Dict) for each in keywords)


def argument_edits(evidence: Evidence, made: Span | None, name: str, text: str) -> Edits:
    """Give a keyword of the call at `made` a value, also if the call doesn't have it yet."""
    call = evidence.source.call_at(made)
    return _keyword(evidence.source, call, name, text) if call is not None else ()


def _keyword(source: Source, call: ast.Call, name: str, text: str) -> Edits:
    for each in call.keywords:
        if each.arg == name:
            return replaced(source, each.value, text)
        if each.arg is None:
            return ()  # it may be among these
    return inserted(source, call, f"{name}={text}")


def left_out(evidence: Evidence, made: Span | None, name: str) -> Edits:
    """Leave a keyword out of the call at `made`."""
    source = evidence.source
    call = source.call_at(made)
    parts = arguments(call) if call is not None else []
    for place, each in enumerate(parts):
        if isinstance(each, ast.keyword) and each.arg == name:
            own = source.span(each)
            if place:
                whole = between(end(source.span(parts[place - 1])), end(own))
            else:
                follows = start(source.span(parts[1])) if len(parts) > 1 else end(own)
                whole = between(start(own), follows)
            return (Edit(span=whole, text=""),)
    return ()


def literal_edits(evidence: Evidence, span: Span | None, text: str) -> Edits:
    """Write another value in place of the literal at `span`."""
    node = expression_at(evidence.source, span)
    return replaced(evidence.source, node, text) if isinstance(node, _LITERALS) else ()


def size_edits(
    evidence: Evidence, made: Span | None, place: Span | None, field: str, argument: str
) -> Edits:
    """Make a layer with an argument of the task; `place` is where its size was written."""
    source = evidence.source
    call, node = source.call_at(made), expression_at(source, place)
    name = own_name(evidence, call, argument)
    if call is None or name is None:
        return ()
    if node is not None and node is not call and is_inside(node, call):
        return replaced(source, node, name)
    if call.args and all(each.arg != field for each in call.keywords):
        return replaced(source, call.args[0], name)
    return _keyword(source, call, field, name)


def target_edits(evidence: Evidence, call: LiftedCall) -> Edits:
    """Lift the task's own module, if it is one of Flax's."""
    source, module = evidence.source, evidence.exercise.module
    node, linen = (
        expression_at(source, evidence.landmarks.target(call)),
        name_of(source, "flax.linen"),
    )
    own = not call.defined_in.startswith("flax.")
    if node is None or linen is None or not (own and module.startswith("nn.")):
        return ()
    return replaced(source, node, module.replace("nn", linen, 1))
