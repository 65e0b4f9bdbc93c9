"""Puts text in place of an expression, or among the arguments of a call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.model.edit import Edit
from grader.model.names import names_of
from grader.model.observation import Span
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

Edits = tuple[Edit, ...]
Point = tuple[int, int]


def replaced(source: Source, node: ast.expr, text: str) -> Edits:
    """Write something else in place of an expression; nothing if that is what stands there."""
    if segment(source, node) == text:
        return ()
    return (Edit(span=source.span(node), text=text),)


def inserted(source: Source, call: ast.Call, text: str) -> Edits:
    """Add an argument behind the last one, on a line of its own if that one has one."""
    parts = arguments(call)
    if not parts:
        return before_end(source.span(call), text)
    last = source.span(parts[-1])
    line = source.lines[last.line - 1]
    indent = line[: len(line) - len(line.lstrip())]
    own_line = len(parts) > 1 and last.column == len(indent) + 1
    gap = f"\n{indent}" if own_line else " "
    return (Edit(span=between(end(last), end(last)), text=f",{gap}{text}"),)


def before_end(span: Span, text: str) -> Edits:
    """Write something before the last character, which is a bracket."""
    at = (span.end_line, span.end_column - 1)
    return (Edit(span=between(at, at), text=text),)


def arguments(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """Return the arguments of a call, as they stand in it."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(parts, key=lambda each: (each.lineno, each.col_offset))


def expression_at(source: Source, span: Span | None) -> ast.expr | None:
    """Return the expression at a span."""
    for node in ast.walk(source.tree) if source.tree is not None else ():
        if isinstance(node, ast.expr) and source.span(node) == span:
            return node
    return None


def segment(source: Source, node: ast.expr) -> str | None:
    """Return the text of an expression."""
    return ast.get_source_segment(source.text, node)


def name_of(source: Source, module: str) -> str | None:
    """Return how the text calls a module: `jax.random` or `random`; None if it isn't imported."""
    imports = names_of(source.tree).imports if source.tree is not None else {}
    package, _, rest = module.rpartition(".")
    for name, dotted in imports.items():
        if dotted == module:
            return name
    return next((f"{name}.{rest}" for name, dotted in imports.items() if dotted == package), None)


def own_name(evidence: Evidence, at: ast.AST | None, declared: str) -> str | None:
    """Return what the function calls an argument at a place in it; None if it has no such name.

    Nor has it if the name is given another value.
    """
    entry = evidence.landmarks.entry
    if entry is None or not is_inside(at, entry):
        return None
    names = [each.arg for each in (*entry.args.posonlyargs, *entry.args.args)]
    parameters = [each.name for each in evidence.exercise.parameters]
    name = dict(zip(parameters, names, strict=False)).get(declared)
    named = (each for each in ast.walk(entry) if isinstance(each, ast.Name) and each.id == name)
    return None if any(isinstance(each.ctx, ast.Store) for each in named) else name


def is_inside(node: ast.AST | None, outer: ast.AST | None) -> bool:
    """Whether a node is a part of another."""
    return node is not None and outer is not None and any(e is node for e in ast.walk(outer))


def start(span: Span) -> Point:
    """Return where a span starts."""
    return span.line, span.column


def end(span: Span) -> Point:
    """Return where a span ends."""
    return span.end_line, span.end_column


def between(first: Point, last: Point) -> Span:
    """Return the span between two places."""
    return Span(line=first[0], column=first[1], end_line=last[0], end_column=last[1])
