"""Edits of names: what is called otherwise, and a function's arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.text import Edits, indentation, put
from grader.model.edit import Edit, Edited
from grader.model.observation import Span
from grader.model.source import Source, SyntaxFault

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence


def renamed(source: Source, span: Span | None, name: str, other: str) -> Edits:
    """Write another name instead of the last `name` on the first line of `span`."""
    if span is None:
        return ()
    line = source.lines[span.line - 1]
    last = span.end_column - 1 if span.end_line == span.line else len(line)
    found = [*re.finditer(rf"\b{re.escape(name)}\b", line[:last])]
    if not found or found[-1].start() < span.column - 1:
        return ()
    at = [(span.line, column + 1) for column in found[-1].span()]
    return (put(other, *at),)


def parameter_edits(evidence: Evidence) -> Edits:
    """Give the function the task's arguments in its order, if it has no others."""
    entry, source = evidence.landmarks.entry, evidence.source
    wanted = [each.name for each in evidence.exercise.parameters]
    if not isinstance(entry, ast.FunctionDef):
        return ()
    given = [*entry.args.posonlyargs, *entry.args.args, *entry.args.kwonlyargs]
    plain = not (entry.args.defaults or entry.args.posonlyargs or any(entry.args.kw_defaults))
    texts = {each.arg: source.text_of(each) for each in given}
    if not plain or entry.args.vararg or entry.args.kwarg or not texts.keys() <= set(wanted):
        return ()
    return _between_brackets(source, entry, ", ".join(texts.get(each, each) for each in wanted))


def _between_brackets(source: Source, entry: ast.FunctionDef, text: str) -> Edits:
    """Write a function's arguments, if they stand on the line of its name."""
    start = source.span(entry).start
    line = source.lines[start[0] - 1]
    found = re.compile(r"def\s+\w+\s*\(([^()#]*)\)").match(line, start[1] - 1)
    if found is None:
        return ()
    at = [(start[0], column + 1) for column in found.span(1)]
    return (put(text, *at),)


def syntax_edits(source: Source, fault: SyntaxFault) -> Edits:
    """Write a missing colon, comma or bracket, or indent a line as the one above."""
    number = fault.span.line
    line, above = source.lines[number - 1], [e for e in source.lines[: number - 1] if e.strip()]
    if fault.message == "'return' outside function" and above:
        return (put(indentation(above[-1]), (number, 1), (number, len(indentation(line)) + 1)),)
    closed = _brackets(source, fault)
    if closed:
        return closed
    if fault.message == "expected ':'":
        return (put(":", (number, len(line[: fault.span.column - 1].rstrip()) + 1)),)
    if fault.message == "unexpected indent" and above:
        indent, wanted = (indentation(each) for each in (line, above[-1]))
        return (put(wanted, (number, 1), (number, len(indent) + 1)),)
    return ()


_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


def _brackets(source: Source, fault: SyntaxFault) -> Edits:
    """Write the only bracket or comma with which the text is a program."""
    attempts = list(_attempts(source, fault))
    right = [edit for edit in attempts if Source("", Edited(source, [edit]).text).tree is not None]
    return (right[0],) if len(right) == 1 else ()


def _attempts(source: Source, fault: SyntaxFault) -> Iterator[Edit]:
    number, line = fault.span.line, source.lines[fault.span.line - 1]
    never = re.match(r"'([(\[{])' was never closed", fault.message)
    other = re.match(
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'$", fault.message
    )
    if never is not None:
        end = len(line.partition("  #")[0].rstrip()) + 1
        yield put(_CLOSING[never[1]], (number, end))
    elif other is not None:
        yield put(_CLOSING[other[2]], fault.span.start, (number, fault.span.column + 1))
        yield put(_CLOSING[other[2]], fault.span.start)
    elif "forgot a comma" in fault.message:
        for found in re.finditer(r"(?<=[\w\])}\"'])\s+(?=[\w\[({\"'])", line):
            yield put(",", (number, found.start() + 1))
