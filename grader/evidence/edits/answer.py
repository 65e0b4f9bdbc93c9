"""Edits of what a function returns, and of what it does to its arguments before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.text import Edits, between, end, own_name, replaced, segment, start
from grader.evidence.origins import own_nodes
from grader.model.case import ArrayValue
from grader.model.edit import Edit
from grader.model.exercise import Array

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Root

_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_BINDING: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.NamedExpr)
_TRANSPOSING: Final = frozenset({"transpose", "swapaxes", "moveaxis", "permute_dims"})
_ARRAYS: Final = frozenset({"jnp", "np", "numpy"})


def answer_edits(evidence: Evidence, look: Look, root: Root | None = None) -> Edits:
    """Return what a call into Flax gives, flattened if the task says so, and nothing else.

    Without `root`, it is the call that gave the answer.
    """
    root, entry, source = root or look.actual.answer, evidence.landmarks.entry, evidence.source
    call = source.call_at(root.span) if root is not None else None
    rest = _rest(look)
    if call is None or rest is None or not isinstance(entry, ast.FunctionDef):
        return ()
    nodes = [node for part in entry.body for node in own_nodes(part)]
    returns = [each for each in nodes if isinstance(each, ast.Return)]
    loops = [each for each in nodes if isinstance(each, _LOOPS)]
    again = any(call is inner for each in loops for inner in ast.walk(each))
    if again or len(returns) != 1 or not any(each is call for each in nodes):
        return ()
    given, value = returns[0].value, _assigned(nodes, call) or segment(source, call)
    return replaced(source, given, f"{value}{rest}") if given is not None and value else ()


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
    arrays = [each.name for each in evidence.exercise.parameters if isinstance(each, Array)]
    given = call.args[1:] if call is not None else []
    names = [own_name(evidence, call, each) for each in arrays]
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
            return (Edit(span=between(start(span), start(span)), text="return "),)
        case ast.Assign(targets=[ast.Name(id=name)]) if span is not None:
            text = f"\n{' ' * (span.column - 1)}return {name}"
            return (Edit(span=between(end(span), end(span)), text=text),)
        case _:
            return ()


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
