"""Edits that return what a module wrote, not what was there before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.edits.statements import has_own_lines
from grader.evidence.edits.text import (
    Edits,
    array_names,
    indentation,
    inserted,
    put,
    replaced,
    segment,
)
from grader.evidence.origins import called
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Root

_NAME = "updates"


def update_edits(evidence: Evidence, root: Root | None, collection: str) -> Edits:
    """Let `apply` at a place return a collection's update, and read the collection from it."""
    source, entry = evidence.source, evidence.landmarks.entry
    call = source.call_at(root.span) if root is not None else None
    if call is None or entry is None or not call.args:
        return ()
    for node in ast.walk(entry):
        match node:
            case ast.Assign(targets=[_], value=value) if value is call:
                if called(call) == "init_with_output":
                    return _applied_after(evidence, node, call, collection)
                return _updated(evidence, node, call, collection)
            case _:
                continue
    return ()


def _updated(evidence: Evidence, statement: ast.Assign, call: ast.Call, collection: str) -> Edits:
    """Name the updates of a call of `apply`, and read from them what was read from before."""
    source, entry = evidence.source, evidence.landmarks.entry or statement
    before = call.args[0].id if isinstance(call.args[0], ast.Name) else ""
    name, named = _named(source, statement.targets[0])
    asked = _mutable(source, call, collection)
    reads = [e for e in _reads(entry, before, collection) if e.lineno > _end(statement)]
    read = [edit for each in reads for edit in replaced(source, each, name)]
    taken = isinstance(statement.targets[0], ast.Tuple)
    return (*named, *asked, *read) if name and (read or (taken and asked)) else ()


def _applied_after(
    evidence: Evidence, statement: ast.Assign, call: ast.Call, collection: str
) -> Edits:
    """Call `apply` behind a call of `init_with_output`, and read the updates from it."""
    source, entry = evidence.source, evidence.landmarks.entry
    arrays = [each for each in array_names(evidence, call) if each is not None]
    model = segment(source, call.func.value) if isinstance(call.func, ast.Attribute) else None
    match statement.targets:
        case [ast.Tuple(elts=[ast.Name(id=output), ast.Name(id=variables)])]:
            pass
        case _:
            return ()
    if entry is None or model is None or not arrays or not has_own_lines(source, statement):
        return ()
    indent = indentation(source.lines[statement.lineno - 1])
    given = ", ".join([variables, *arrays, f'mutable=["{collection}"]'])
    text = f"{indent}{output}, {_NAME} = {model}.apply({given})\n"
    reads = [e for e in _reads(entry, variables, collection) if e.lineno > _end(statement)]
    read = [edit for each in reads for edit in replaced(source, each, _NAME)]
    return (put(text, (_end(statement) + 1, 1)), *read) if read else ()


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _named(source: Source, target: ast.expr) -> tuple[str, Edits]:
    """Return the name of the update among what `apply` is unpacked to, and the edits for it."""
    match target:
        case ast.Name(id=output):
            return _NAME, replaced(source, target, f"{output}, {_NAME}")
        case ast.Tuple(elts=[_, ast.Name(id="_") as unused]):
            return _NAME, replaced(source, unused, _NAME)
        case ast.Tuple(elts=[_, ast.Name(id=name)]):
            return name, ()
        case _:
            return "", ()


def _mutable(source: Source, call: ast.Call, collection: str) -> Edits:
    """Allow a call to change a collection, if it doesn't yet."""
    given = next((each.value for each in call.keywords if each.arg == "mutable"), None)
    if given is None:
        return inserted(source, call, f'mutable=["{collection}"]')
    match given:
        case ast.Constant(value=True) | ast.Name() | ast.Call():
            return ()
        case _ if f'"{collection}"' in (segment(source, given) or "").replace("'", '"'):
            return ()
        case _:
            return replaced(source, given, f'["{collection}"]')


def _reads(entry: ast.AST, variables: str, collection: str) -> Iterator[ast.Name]:
    """Yield the variables' name wherever a collection is read from them."""
    for node in ast.walk(entry):
        match node:
            case ast.Subscript(value=ast.Name(id=name) as read, slice=ast.Constant(value=key)):
                if (name, key) == (variables, collection):
                    yield read
            case _:
                continue
