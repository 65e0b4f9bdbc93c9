"""Edits of what a function returns, and of what it does to its arguments before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.text import (
    Edits,
    array_names,
    indentation,
    is_inside,
    put,
    replaced,
    segment,
)
from grader.evidence.origins import called
from grader.model.case import ArrayValue

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Root, Span
    from grader.model.source import Source

_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_BINDING: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.NamedExpr)
_TRANSPOSING: Final = frozenset({"transpose", "swapaxes", "moveaxis", "permute_dims"})
_ATOMS: Final = (ast.Name, ast.Call, ast.Attribute, ast.Subscript)
_ARRAYS: Final = frozenset({"jnp", "np", "numpy"})


def answer_edits(evidence: Evidence, look: Look, root: Root | None = None) -> Edits:
    """Return what a call into Flax gives, flattened if the task says so, and nothing else.

    Without `root`, it is the call that gave the answer.
    """
    root, entry, source = root or look.actual.answer, evidence.landmarks.entry, evidence.source
    call = source.call_at(root.span) if root is not None else None
    rest = _rest(look)
    if call is None or rest is None or not isinstance(entry, ast.FunctionDef) or _updates(call):
        return ()
    nodes, returned = evidence.landmarks.own, evidence.landmarks.results
    loops = [each for each in nodes if isinstance(each, _LOOPS)]
    again = any(call is inner for each in loops for inner in ast.walk(each))
    if again or len(returned) != 1 or not any(each is call for each in nodes):
        return ()
    given, name = returned[0], _assigned(nodes, call)
    if given is None or (name is None and not is_inside(call, given) and _changes(nodes, call)):
        return ()
    value = name or segment(source, call)
    return replaced(source, given, f"{value}{rest}") if value else ()


def flattened(evidence: Evidence) -> Edits:
    """Flatten what the function returns."""
    returned = evidence.landmarks.results
    given = returned[0] if len(returned) == 1 else None
    if given is None:
        return ()
    span, bare = evidence.source.span(given), isinstance(given, _ATOMS)
    if bare:
        return (put(".reshape(-1)", span.end),)
    return put("(", span.start), put(").reshape(-1)", span.end)


def _updates(call: ast.Call) -> bool:
    """Whether a call into Flax returns variables beside the module's output."""
    return called(call) == "init_with_output" or any(e.arg == "mutable" for e in call.keywords)


def _changes(nodes: list[ast.AST], call: ast.Call) -> bool:
    """Whether what a call reads is given another value by its statement, or after it."""
    read = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
    around = [each for each in nodes if isinstance(each, ast.stmt) and is_inside(call, each)]
    first = max(((each.lineno, each.col_offset) for each in around), default=(0, 0))
    return any(
        each.id in read and (each.lineno, each.col_offset) >= first
        for each in nodes
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    )


def _rest(look: Look) -> str | None:
    """Return what the task does with the module's output; None if that isn't known."""
    lifted = look.expected.lifted(look.expected.answer)
    run = lifted[0].run if lifted else None
    wanted = look.wanted
    if run is None:
        return None
    if wanted is None or not isinstance(wanted, ArrayValue):
        return "" if len(run.outputs) > 1 else None
    if len(run.outputs) != 1:
        return None
    if run.outputs[0].shape == wanted.shape:
        return ""
    return ".reshape(-1)" if len(wanted.shape) == 1 else None


def _assigned(nodes: list[ast.AST], call: ast.Call) -> str | None:
    """Return the only name that is given what a call returns, if it is given nothing else."""
    given: dict[str, list[ast.AST]] = {}
    for node in nodes:
        for name in _bound(node):
            given.setdefault(name, []).append(node)
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
                return name if given[name] == [node] else None
            case _:
                continue
    return None


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement gives a value."""
    if isinstance(node, _BINDING):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def input_edits(evidence: Evidence, look: Look) -> Edits:
    """Pass the function's own arrays to the call into Flax that gives the answer."""
    root, source = look.actual.answer, evidence.source
    call = source.call_at(root.span) if root is not None else None
    given = call.args[1:] if call is not None else []
    names = array_names(evidence, call)
    if len(given) != len(names) or any(isinstance(each, ast.Starred) for each in given):
        return ()
    pairs = zip(given, names, strict=True)
    return tuple(e for node, name in pairs if name for e in replaced(source, node, name))


def missing_return(evidence: Evidence) -> Edits:
    """Return what the function's last statement computes."""
    entry, source = evidence.landmarks.entry, evidence.source
    last = entry.body[-1] if isinstance(entry, ast.FunctionDef) else None
    span = source.span(last) if last is not None else None
    match last:
        case ast.Expr(value=ast.Call()) if span is not None:
            return (put("return ", span.start),)
        case ast.Assign(targets=[ast.Name(id=name)]) if span is not None:
            return _return_behind(source, span, name)
        case _:
            return ()


def _return_behind(source: Source, span: Span, name: str) -> Edits:
    """Return a name behind the statement at `span`: on a line of its own if that is."""
    indent = indentation(source.lines[span.line - 1])
    if len(indent) < span.column - 1:
        return (put(f"; return {name}", span.end),)
    at = (span.end_line, len(source.lines[span.end_line - 1]) + 1)
    return (put(f"\n{indent}return {name}", at),)


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
