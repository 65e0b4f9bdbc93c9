"""Edits of names: what is called otherwise, and a function's arguments."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.evidence.edits.text import Edits, between, end, start
from grader.model.edit import Edit
from grader.model.observation import Span
from grader.model.source import Source, SyntaxFault

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence


def renamed(source: Source, span: Span | None, name: str, other: str) -> Edits:
    """Write another name in place of the last `name` on the first line of `span`."""
    if span is None:
        return ()
    line = source.lines[span.line - 1]
    last = span.end_column - 1 if span.end_line == span.line else len(line)
    found = [*re.finditer(rf"\b{re.escape(name)}\b", line[:last])]
    if not found or found[-1].start() < span.column - 1:
        return ()
    at = [(span.line, column + 1) for column in found[-1].span()]
    return (Edit(span=between(*at), text=other),)


def statement_removed(source: Source, span: Span | None) -> Edits:
    """Delete the statement that consists of the call at `span`, if others stand beside it."""
    call = source.call_at(span)
    for node in ast.walk(source.tree) if source.tree is not None else ():
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            for each in body if isinstance(body, list) and len(body) > 1 else ():
                if isinstance(each, ast.Expr) and each.value is call is not None:
                    last = each.end_lineno or each.lineno
                    return (Edit(span=between((each.lineno, 1), (last + 1, 1)), text=""),)
    return ()


def parameter_edits(evidence: Evidence) -> Edits:
    """Give the function the task's arguments, if it has them in another order."""
    entry = evidence.landmarks.entry
    wanted = [each.name for each in evidence.exercise.parameters]
    if not isinstance(entry, ast.FunctionDef):
        return ()
    given = [*entry.args.posonlyargs, *entry.args.args]
    plain = not (entry.args.defaults or entry.args.kwonlyargs or entry.args.posonlyargs)
    if not plain or sorted(each.arg for each in given) != sorted(wanted):
        return ()
    spans = [evidence.source.span(each) for each in given]
    return (Edit(span=between(start(spans[0]), end(spans[-1])), text=", ".join(wanted)),)


def syntax_edits(source: Source, fault: SyntaxFault) -> Edits:
    """Write a missing colon, or give a line the indentation of the one above."""
    number = fault.span.line
    line, above = source.lines[number - 1], [e for e in source.lines[: number - 1] if e.strip()]
    if fault.message == "expected ':'":
        at = (number, len(line[: fault.span.column - 1].rstrip()) + 1)
        return (Edit(span=between(at, at), text=":"),)
    if fault.message == "unexpected indent" and above:
        indent, wanted = (each[: len(each) - len(each.lstrip())] for each in (line, above[-1]))
        return (Edit(span=between((number, 1), (number, len(indent) + 1)), text=wanted),)
    return ()
