"""What a statement at the top of a text may do when the text is loaded, beside what it binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from grader.model.names import Names, root, stored

_NOT_RUN: Final = ("__name__ == '__main__'", "TYPE_CHECKING", "typing.TYPE_CHECKING")


class Loading:
    """Follows names into the functions and classes at the top of a text."""

    def __init__(self, body: Iterable[ast.stmt]) -> None:
        kinds = (ast.FunctionDef, ast.ClassDef)
        self._loaded: dict[str, set[str]] = {}
        for each in body:
            if isinstance(each, kinds):
                self._loaded.setdefault(each.name, set()).update(_loads([each]))

    def reached(self, statement: ast.stmt) -> set[str]:
        """Return the names that lead to what may be changed when the statement runs."""
        waiting = list(_loads(executed(statement)))
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._loaded.get(name, ())
        return found


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that run when it is loaded."""
    match node:
        case ast.FunctionDef(decorator_list=decorators, args=arguments):
            own = [each for each in decorators if not isinstance(each, ast.Attribute)]
            yield from decorators
            yield from (each for each in (*arguments.defaults, *arguments.kw_defaults) if each)
            yield from calling_hints(node)
            yield from node.body if own else ()
        case ast.ClassDef():
            yield from (*node.bases, *node.keywords, *node.decorator_list)
            for each in node.body:
                yield from executed(each)
        case ast.AnnAssign(value=value):
            yield from (value,) if value else ()
            yield from calling_hints(node)
        case ast.Import() | ast.ImportFrom():
            return
        case _:
            yield node


def calling_hints(node: ast.FunctionDef | ast.AnnAssign) -> list[ast.expr]:
    """Return the hints that call something, and so may do anything."""
    if isinstance(node, ast.AnnAssign):
        return [node.annotation] if _calls(node.annotation) else []
    arguments = [each for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    hints = (node.returns, *(each.annotation for each in arguments))
    return [each for each in hints if each and _calls(each)]


def _calls(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _loads(nodes: Iterable[ast.AST]) -> set[str]:
    every = [each for node in nodes for each in ast.walk(node)]
    names = [each for each in every if isinstance(each, ast.Name)]
    return {each.id for each in names if isinstance(each.ctx, ast.Load)}


def bound(statement: ast.stmt) -> set[str]:
    """Return the names at the top that a statement gives a meaning, or changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    return {*stored(statement), *changed(statement)}


def changed(statement: ast.stmt) -> list[str]:
    """Return the names of which a statement changes an attribute or an element."""
    members = (ast.Attribute, ast.Subscript)
    parts = [each for each in ast.walk(statement) if isinstance(each, members)]
    heads = [root(each) for each in parts if isinstance(each.ctx, ast.Store | ast.Del)]
    return [each.id for each in heads if isinstance(each, ast.Name)]


def rebinds_guards(names: Names) -> bool:
    """Whether a text gives a name of those conditions another value, so that they may hold."""
    return not names.bound.isdisjoint({"__name__", "TYPE_CHECKING"})


def is_not_run(node: ast.stmt) -> bool:
    """Say whether this doesn't run where the file is imported."""
    return isinstance(node, ast.If) and not node.orelse and ast.unparse(node.test) in _NOT_RUN
