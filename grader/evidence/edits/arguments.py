"""Edits of the arguments of `nn.vmap` and of the settings of a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.text import (
    Edits,
    arguments,
    expression_at,
    inserted,
    name_of,
    own_name,
    replaced,
    rewritten,
)
from grader.evidence.landmarks import knob_steps
from grader.evidence.lifting import Knob
from grader.evidence.origins import recorded, written
from grader.model.edit import Edit
from grader.model.observation import LiftedCall, Span, between
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_LITERALS: Final = (ast.Constant, ast.Dict, ast.Tuple, ast.List, ast.UnaryOp)


def knob_edits(evidence: Evidence, call: LiftedCall, knob: Knob, text: str) -> Edits:
    """Give an argument of `nn.vmap` a value: where it was written, or else in the call.

    A name, such as an argument's, is only written inside the function.
    """
    marks = evidence.landmarks
    origins, node = marks.origins(call.span), marks.node(call.span)
    if origins is None or node is None or _has_methods(node):
        return ()
    made = node if isinstance(node, ast.Call) else origins.partial(node)
    steps = knob_steps(origins, node, knob)
    if not steps:
        return _left_unsaid(evidence, made, knob, text) if made is not None else ()
    found = written(origins, steps, recorded(call, knob))
    is_name = text in {each.name for each in evidence.exercise.parameters}
    if found is None or (is_name and own_name(evidence, found, text) is None):
        first = steps[0]
        found = first.node if not first.path and isinstance(first.node, ast.expr) else None
    if is_name:
        if evidence.exercise.is_field(text) and own_name(evidence, found, text) is None:
            return ()  # nothing outside of the class's methods knows the instance
        text = own_name(evidence, found, text) or text
    return rewritten(evidence.source, found, text) if found is not None else ()


def _left_unsaid(evidence: Evidence, call: ast.Call, knob: Knob, text: str) -> Edits:
    """Give an argument that the call to `nn.vmap` doesn't have; of a field, where it has a name."""
    name = own_name(evidence, call, text) if evidence.exercise.is_field(text) else text
    return _added(evidence.source, call, knob.value, name) if name is not None else ()


def _has_methods(node: ast.expr) -> bool:
    """Whether a call to `nn.vmap` gives each method its own arguments."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(each.arg == "methods" and isinstance(each.value, ast.Dict) for each in keywords)


def argument_edits(
    evidence: Evidence, made: Span | None, name: str, text: str, position: int | None = None
) -> Edits:
    """Give an argument of the call at `made` a value, also if the call doesn't have it yet.

    `position` is its place among the arguments if it may be given by position.
    """
    call = evidence.source.call_at(made)
    return _argument(evidence.source, call, name, text, position) if call is not None else ()


def _argument(source: Source, call: ast.Call, name: str, text: str, position: int | None) -> Edits:
    if position is not None and len(call.args) > position:
        before = call.args[: position + 1]
        unpacked = any(isinstance(each, ast.Starred) for each in before)
        return () if unpacked else replaced(source, call.args[position], text)
    return _keyword(source, call, name, text)


def _keyword(source: Source, call: ast.Call, name: str, text: str) -> Edits:
    for each in call.keywords:
        if each.arg == name:
            return rewritten(source, each.value, text)
        if each.arg is None:
            return ()  # it may be among these
    return _added(source, call, name, text)


def _added(source: Source, call: ast.Call, name: str, text: str) -> Edits:
    """Add a keyword that is known to be missing, also from what is unpacked."""
    return inserted(source, call, f"{name}={text}")


def left_out(evidence: Evidence, made: Span | None, name: str) -> Edits:
    """Leave a keyword out of the call at `made`."""
    source = evidence.source
    call = source.call_at(made)
    parts = arguments(call) if call is not None else []
    for place, each in enumerate(parts):
        if isinstance(each, ast.keyword) and each.arg == name:
            return (Edit(span=_with_comma(source, parts, place), text=""),)
    return ()


def _with_comma(source: Source, parts: Sequence[ast.expr | ast.keyword], place: int) -> Span:
    """Return where an argument stands, with a comma before or after it, but with no comment."""
    own = source.span(parts[place])
    if place:
        whole = between(source.span(parts[place - 1]).end, own.end)
    else:
        whole = between(own.start, source.span(parts[1]).start if len(parts) > 1 else own.end)
    if not any("#" in each for each in _blanks(source, whole, own)):
        return whole
    comma = re.match(r"\s*,", source.lines[own.end_line - 1][own.end_column - 1 :])
    return between(own.start, (own.end_line, own.end_column + (comma.end() if comma else 0)))


def _blanks(source: Source, whole: Span, own: Span) -> Iterator[str]:
    """Yield the text around an argument that a longer span has, line by line."""
    for first, last in ((whole.start, own.start), (own.end, whole.end)):
        for number in range(first[0], last[0] + 1):
            line = source.lines[number - 1]
            stop = last[1] - 1 if number == last[0] else len(line)
            yield line[first[1] - 1 if number == first[0] else 0 : stop]


def literal_edits(evidence: Evidence, span: Span | None, text: str) -> Edits:
    """Write another value instead of the literal at `span`."""
    node = expression_at(evidence.source, span)
    return replaced(evidence.source, node, text) if isinstance(node, _LITERALS) else ()


def expression_edits(evidence: Evidence, span: Span | None, text: str) -> Edits:
    """Write another value instead of the expression at `span`."""
    node = expression_at(evidence.source, span)
    return replaced(evidence.source, node, text) if node is not None else ()


def field_edits(
    evidence: Evidence, made: Span | None, field: str, position: int, argument: str
) -> Edits:
    """Make a module with an argument of the task as the field at a position."""
    call = evidence.source.call_at(made)
    name = own_name(evidence, call, argument)
    return argument_edits(evidence, made, field, name, position) if name is not None else ()


def target_edits(evidence: Evidence, call: LiftedCall) -> Edits:
    """Lift the task's own module, if it is one of Flax's."""
    source, module = evidence.source, evidence.exercise.module
    place, linen = evidence.landmarks.target(call), name_of(source, "flax.linen")
    node = expression_at(source, place) if place != call.span else None
    named = isinstance(node, ast.Name | ast.Attribute)
    if node is None or linen is None or not (named and module.startswith("nn.")):
        return ()
    return replaced(source, node, module.replace("nn", linen, 1))
