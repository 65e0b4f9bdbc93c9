"""The names that a module's own namespace has, and those that its text looks up there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import msgspec

from grader.model.names import binds


class Scope(msgspec.Struct):
    """A scope: the names that it binds, those that it looks up, and those it declares elsewhere."""

    bound: set[str] = msgspec.field(default_factory=set)
    read: set[str] = msgspec.field(default_factory=set)
    elsewhere: set[str] = msgspec.field(default_factory=set)

    @property
    def free(self) -> set[str]:
        """The names that are looked up further out."""
        return (self.read - self.bound) | self.elsewhere


def of_module(tree: ast.Module) -> Scope:
    """Return the namespace of a module; a name that a function declares `global` is bound, too."""
    found = _scope(tree.body)
    declared = {
        name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    }
    found.bound |= declared
    return found


def _scope(nodes: Iterable[ast.AST]) -> Scope:
    """Collect one scope; more names than needed are looked up in a class, never fewer."""
    found = Scope()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        found.bound.update(binds(node))
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                found.read.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found.elsewhere.update(names)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                waiting += _head(node)
                found.read |= _of_function(node).free
            case ast.ClassDef():
                waiting += [*node.bases, *node.keywords, *node.decorator_list]
                found.read |= _scope(node.body).read
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                found.read |= _of_comprehension(node)
                found.bound |= set(_walrus(node))
            case _:
                waiting += ast.iter_child_nodes(node)
    found.bound -= found.elsewhere
    return found


def _head(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    """Yield what a definition evaluates in the scope around it."""
    arguments = node.args
    yield from arguments.defaults
    yield from (each for each in arguments.kw_defaults if each is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        yield from (node.returns,) if node.returns is not None else ()
        every = [each for each in ast.walk(arguments) if isinstance(each, ast.arg)]
        yield from (each.annotation for each in every if each.annotation is not None)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Scope:
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    found = _scope(body)
    found.bound |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    found.bound -= found.elsewhere
    return found


def _of_comprehension(node: ast.AST) -> set[str]:
    inner = _scope(ast.iter_child_nodes(node))
    return inner.free


def _walrus(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.NamedExpr) and isinstance(each.target, ast.Name):
            yield each.target.id
