"""Edits that return a value at all, or another form of the same one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.results import task_results
from grader.evidence.edits.text import (
    Edits,
    expression_at,
    indentation,
    put,
    replaced,
    segment,
)
from grader.evidence.edits.values import assigned, called_once
from grader.evidence.origins import called

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Span
    from grader.model.source import Source


_TRANSPOSING: Final = frozenset({"transpose", "swapaxes", "moveaxis", "permute_dims"})
_ATOMS: Final = (ast.Name, ast.Call, ast.Attribute, ast.Subscript)
_ARRAYS: Final = frozenset({"jnp", "np", "numpy"})


def missing_return(evidence: Evidence, look: Look) -> Edits:
    """Return what the call into Flax gave, or what the function's last statement computes."""
    entry, source = evidence.landmarks.entry, evidence.source
    last = entry.body[-1] if isinstance(entry, ast.FunctionDef) else None
    span = source.span(last) if last is not None else None
    match last:
        case ast.Expr(value=ast.Call() as call) if span is not None and called(call) != "print":
            return (put("return ", span.start),)
        case ast.Assign(targets=[ast.Name(id=name)]) if span is not None:
            return _return_behind(source, span, name)
        case ast.Expr() if span is not None:
            found = _named_result(evidence, look)
            return _return_behind(source, span, found) if found is not None else ()
        case _:
            return ()


def _named_result(evidence: Evidence, look: Look) -> str | None:
    """Return how the text calls what the call into Flax gave, or what it is flattened to."""
    call, results = called_once(evidence, look.actual.answer), task_results(evidence, look)
    if call is None or results is None or results.written:
        return None
    found = assigned(evidence.landmarks.own, call, results.rest)
    return found or f"{segment(evidence.source, call)}{results.rest}"


def _return_behind(source: Source, span: Span, name: str) -> Edits:
    """Return a name after the statement at `span`: on its own line if the statement is."""
    indent = indentation(source.lines[span.line - 1])
    if len(indent) < span.column - 1:
        return (put(f"; return {name}", span.end),)
    at = (span.end_line, len(source.lines[span.end_line - 1]) + 1)
    return (put(f"\n{indent}return {name}", at),)


def called_too(evidence: Evidence, look: Look) -> Edits:
    """Call the function or method that the function returns."""
    given = evidence.given(look)
    if not isinstance(given, ast.Name | ast.Attribute):
        return ()
    inner = [e for e in evidence.landmarks.own if isinstance(e, ast.FunctionDef)]
    named = [each for each in inner if isinstance(given, ast.Name) and each.name == given.id]
    takes = any(each.args.args for each in named)
    return () if takes else (put("()", evidence.source.span(given).end),)


def not_async(evidence: Evidence) -> Edits:
    """Leave out `async` before the function."""
    entry = evidence.landmarks.entry
    if not isinstance(entry, ast.AsyncFunctionDef):
        return ()
    start = evidence.source.span(entry).start
    text = evidence.source.lines[start[0] - 1][start[1] - 1 :]
    found = re.match(r"async\s+", text)
    return (put("", start, (start[0], start[1] + found.end())),) if found is not None else ()


def flattened(evidence: Evidence, look: Look) -> Edits:
    """Flatten what the function returns."""
    given = evidence.given(look)
    if given is None:
        return ()
    span, bare = evidence.source.span(given), isinstance(given, _ATOMS)
    if bare:
        return (put(".reshape(-1)", span.end),)
    return put("(", span.start), put(").reshape(-1)", span.end)


def unturned(evidence: Evidence) -> Edits:
    """Leave out the only transposition in the function."""
    entry = evidence.landmarks.entry
    nodes = [each for each in ast.walk(entry) if isinstance(each, ast.expr)] if entry else []
    turns = [(node, inner) for node in nodes if (inner := _turned(node)) is not None]
    if len(turns) != 1:
        return ()
    node, inner = turns[0]
    text = segment(evidence.source, inner)
    return replaced(evidence.source, node, text) if text else ()


def _turned(node: ast.expr) -> ast.expr | None:
    """Return what a node transposes, None if it doesn't."""
    match node:
        case ast.Attribute(value=value, attr="T" | "mT"):
            return value
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=args):
            if name not in _TRANSPOSING:
                return None
            library = isinstance(owner, ast.Name) and owner.id in _ARRAYS
            return (args[0] if args else None) if library else owner
        case _:
            return None


def unjitted(source: Source, span: Span | None) -> Edits:
    """Leave out a transform around a class, in the call at a place."""
    node = expression_at(source, span)
    while isinstance(node, ast.Call):
        if called(node) == "jit" and len(node.args) == 1 and not node.keywords:
            return replaced(source, node, segment(source, node.args[0]) or "")
        node = node.func
    return ()
