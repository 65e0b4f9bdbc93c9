"""Edits of whole statements: deleted, written before another, or one instead of several."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from grader.evidence.edits.text import Advice, Edits, indentation, is_inside, put
from grader.model.edit import Edit
from grader.model.observation import Span
from grader.model.source import Function, Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Raised

_BLOCKS = ("body", "orelse", "finalbody")


def blocks(nodes: Iterable[ast.AST]) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements in these nodes."""
    for node in nodes:
        for body in (getattr(node, name, None) for name in _BLOCKS):
            if isinstance(body, list) and body:
                yield body


def statement_removed(source: Source, span: Span | None) -> Edits:
    """Delete the statement that consists of the call at `span`, if others stand beside it."""
    call = source.call_at(span)
    for body in blocks(source.nodes):
        for each in body:
            if isinstance(each, ast.Expr) and each.value is call is not None:
                return deleted(source, each) if len(body) > 1 else ()
    return ()


def setting_removed(source: Source, span: Span | None) -> Edits:
    """Delete the statement at the top that does nothing but what stands at `span`."""
    for each in source.body:
        inside = [n for n in ast.walk(each) if isinstance(n, ast.expr) and source.span(n) == span]
        if inside and isinstance(each, ast.Expr | ast.Assign):
            return deleted(source, each)
    return ()


def deleted(source: Source, statement: ast.stmt) -> Edits:
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


def has_own_lines(source: Source, statement: ast.stmt) -> bool:
    """Whether nothing but a comment stands beside a statement on its lines."""
    span = source.span(statement)
    line, last = source.lines[span.line - 1], source.lines[span.end_line - 1]
    rest = last[span.end_column - 1 :].strip()
    return len(indentation(line)) == span.column - 1 and (not rest or rest.startswith("#"))


def written_before(source: Source, statement: ast.stmt, text: str) -> Edits:
    """Write a statement on the line before one that shares its lines with no other."""
    if not has_own_lines(source, statement):
        return ()
    span = source.span(statement)
    decorators = getattr(statement, "decorator_list", [])
    number = min([span.line, *(each.lineno for each in decorators)])
    return (put(f"{indentation(source.lines[span.line - 1])}{text}\n", (number, 1)),)


def first_of(function: Function) -> ast.stmt | None:
    """Return the first statement of a function, or the one behind its docstring."""
    if isinstance(function, ast.Lambda):
        return None
    body = function.body
    begins = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1] if begins and len(body) > 1 else body[0]


def around(tree: ast.AST | None, node: ast.AST | None) -> ast.stmt | None:
    """Return the innermost statement that a node is a part of."""
    found = [
        each
        for body in (blocks(ast.walk(tree)) if tree is not None else ())
        for each in body
        if is_inside(node, each)
    ]
    return found[-1] if found else None


def not_overwritten(evidence: Evidence, names: Sequence[str]) -> Edits | None:
    """Delete the statements that give a function's arguments other values; None if it can't be."""
    entry, source = evidence.landmarks.entry, evidence.source
    if not isinstance(entry, ast.FunctionDef):
        return None
    stored = [
        node
        for node in ast.walk(entry)
        if isinstance(node, ast.Name) and node.id in names and not isinstance(node.ctx, ast.Load)
    ]
    edits: list[Edit] = []
    for node in stored:
        statement = next((each for each in entry.body if is_inside(node, each)), None)
        if statement is None or not _only_binds(statement, names):
            return None
        edits += deleted(source, statement)
    return tuple(dict.fromkeys(edits))


def _only_binds(statement: ast.stmt, names: Sequence[str]) -> bool:
    """Whether a statement does nothing but give some names other values."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
            return name in names
        case ast.If(body=body, orelse=rest):
            return all(_only_binds(each, names) for each in [*body, *rest])
        case _:
            return False


def trial_call(evidence: Evidence, loaded: Raised) -> Advice | None:
    """Delete a call of the function at the top of the file, which raised there."""
    source, entry = evidence.source, evidence.landmarks.entry
    places = [each.span for each in loaded.frames]
    for each in source.body if len(places) > 1 else ():
        within = entry is not None and is_inside_span(source, entry, places[-1])
        calls = isinstance(each, ast.Expr | ast.Assign) and is_inside_span(source, each, places[0])
        if within and calls and isinstance(each, ast.Expr | ast.Assign):
            return _guarded(source, each)
    return None


def _guarded(source: Source, statement: ast.Expr | ast.Assign) -> Advice:
    """Delete a statement at the top, unless the name that it gives a value is used elsewhere."""
    guard = '`if __name__ == "__main__":`'
    stored = {
        each.id
        for target in (statement.targets if isinstance(statement, ast.Assign) else [])
        for each in ast.walk(target)
        if isinstance(each, ast.Name)
    }
    names = [each.id for each in source.nodes if isinstance(each, ast.Name) and each.id in stored]
    text = f"delete this line, or put it at the end of the file under {guard}"
    return Advice(text, deleted(source, statement) if len(names) == len(stored) else ())


def is_inside_span(source: Source, node: ast.stmt | ast.expr, span: Span) -> bool:
    """Whether a place is a part of a node's text."""
    whole = source.span(node)
    return whole.start <= span.start and span.end <= whole.end
