"""Edits that return what a module wrote, not what was there before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.edits.text import Edits, inserted, replaced
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Root

_NAME = "updates"


def update_edits(evidence: Evidence, root: Root | None, collection: str) -> Edits:
    """Let `apply` at a place return a collection's update, and read the collection from it."""
    source, entry = evidence.source, evidence.landmarks.entry
    call = source.call_at(root.span) if root is not None else None
    if call is None or entry is None or not call.args or not isinstance(call.args[0], ast.Name):
        return ()
    before = call.args[0].id
    for node in ast.walk(entry):
        if isinstance(node, ast.Assign) and node.value is call and len(node.targets) == 1:
            target = node.targets[0]
            name, named = _named(source, target)
            asked = _mutable(source, call, collection)
            reads = [
                each
                for each in _reads(entry, before, collection)
                if each.lineno > (call.end_lineno or call.lineno)
            ]
            read = [edit for each in reads for edit in replaced(source, each, name)]
            return (*named, *asked, *read) if name and read else ()
    return ()


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
    if any(each.arg == "mutable" for each in call.keywords):
        return ()
    return inserted(source, call, f'mutable=["{collection}"]')


def _reads(entry: ast.AST, variables: str, collection: str) -> Iterator[ast.Name]:
    """Yield the variables' name wherever a collection is read from them."""
    for node in ast.walk(entry):
        match node:
            case ast.Subscript(value=ast.Name(id=name) as read, slice=ast.Constant(value=key)):
                if (name, key) == (variables, collection):
                    yield read
            case _:
                continue
