"""Edits of names: what is called otherwise, and a function's arguments."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.evidence.edits.text import Edits, indentation, put
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
    return (put(other, *at),)


def statement_removed(source: Source, span: Span | None) -> Edits:
    """Delete the statement that consists of the call at `span`, if others stand beside it."""
    call = source.call_at(span)
    for node in ast.walk(source.tree) if source.tree is not None else ():
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            for each in body if isinstance(body, list) and len(body) > 1 else ():
                if isinstance(each, ast.Expr) and each.value is call is not None:
                    return _without(source, each)
    return ()


def _without(source: Source, statement: ast.Expr) -> Edits:
    """Delete a statement: its lines, or what it takes of a line that has others."""
    span = source.span(statement)
    line, last = source.lines[span.line - 1], source.lines[span.end_line - 1]
    rest = last[span.end_column - 1 :]
    semicolon = re.match(r"\s*;\s*", rest)
    alone = len(indentation(line)) == span.column - 1
    if semicolon is not None and rest[semicolon.end() :].strip():
        behind = (span.end_line, span.end_column + semicolon.end())
        return (put("", span.start, behind),)
    if alone:
        return (put("", (span.line, 1), (span.end_line + 1, 1)),)
    return (Edit(span=span, text="pass"),)


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
    return (put(", ".join(wanted), spans[0].start, spans[-1].end),)


def syntax_edits(source: Source, fault: SyntaxFault) -> Edits:
    """Write a missing colon, or give a line the indentation of the one above."""
    number = fault.span.line
    line, above = source.lines[number - 1], [e for e in source.lines[: number - 1] if e.strip()]
    if fault.message == "expected ':'":
        return (put(":", (number, len(line[: fault.span.column - 1].rstrip()) + 1)),)
    if fault.message == "unexpected indent" and above:
        indent, wanted = (indentation(each) for each in (line, above[-1]))
        return (put(wanted, (number, 1), (number, len(indent) + 1)),)
    return ()
