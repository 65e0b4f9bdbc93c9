"""The names that a text binds, their scopes, and where it reads and changes them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique
from typing import TypeGuard

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Value = ast.expr | Function | ast.ClassDef


@unique
class Any(Enum):
    """A step into a container that may lead to any of its items."""

    ITERATED = "what a loop over it yields"
    INDEXED = "what an unknown index selects"


Path = tuple[str | int | Any, ...]
"""The way from a container to a value in it: keys, attributes, indices."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Bound:
    """A name refers to what is found along `path` in `value`."""

    value: Value
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name is a parameter of a function: its callers determine its value."""

    function: Function
    name: str


@dataclass(frozen=True, slots=True)
class Merged:
    """`name |= value`: the items of a mapping are added to another's."""

    value: ast.expr


@dataclass(frozen=True, slots=True)
class Untold:
    """A name is bound in a way that doesn't show its value, such as an import."""


Binding = Bound | Parameter | Merged | Untold
Variable = tuple[ast.AST, str]
"""A name in the scope that it belongs to."""


class Scopes:
    """The scopes of a syntax tree."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self._scope_of: dict[ast.AST, ast.AST] = {}
        self._outer: dict[ast.AST, ast.AST] = {}
        self._bindings: dict[Variable, list[Binding]] = defaultdict(list)
        self._globals: dict[ast.AST, set[str]] = defaultdict(set)
        self._enter(tree, tree)
        for node in list(self._scope_of):
            self._bind(node)
        self.uses: dict[Variable, list[ast.Name]] = defaultdict(list)
        for node in self._scope_of:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                self.uses[self.variable(node)].append(node)

    def bindings(self, name: ast.Name) -> list[Binding]:
        """Return how the file binds the variable that `name` reads; empty if it doesn't."""
        return self._bindings.get(self.variable(name), [])

    def is_foreign(self, name: ast.Name) -> bool:
        """Whether nothing in the file shows a name's value, as for an imported module."""
        return all(isinstance(each, Untold) for each in self.bindings(name))

    def variable(self, name: ast.Name) -> Variable:
        """Return the scope that a name belongs to, by Python's rules, and the name."""
        own = scope = self._scope_of[name]
        while scope is not self.tree:
            hidden = isinstance(scope, ast.ClassDef) and scope is not own
            if not hidden and (scope, name.id) in self._bindings:
                return scope, name.id
            scope = self._outer[scope]
        return scope, name.id

    def owner(self, function: ast.AST) -> ast.ClassDef | None:
        """Return the class that a function is a method of."""
        parent = self.parents.get(function)
        return parent if isinstance(parent, ast.ClassDef) else None

    def _enter(self, node: ast.AST, scope: ast.AST) -> None:
        """Note the scope of everything in `node`; a scope's own head belongs to the outer scope."""
        self._scope_of[node] = scope
        inner = node if isinstance(node, (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)) else scope
        if inner is not scope:
            self._outer[inner] = scope
        for child in ast.iter_child_nodes(node):
            self.parents[child] = node
            self._enter(child, inner if _is_inside(node, child) else scope)

    def _bind(self, node: ast.AST) -> None:
        scope = self._scope_of[node]
        if isinstance(node, ast.Global | ast.Nonlocal):
            self._globals[scope].update(node.names)
        for name, binding in _bindings(node):
            inner = node if isinstance(binding, Parameter) else scope
            self._bindings[self._home(inner, name, node), name].append(binding)

    def _home(self, scope: ast.AST, name: str, node: ast.AST) -> ast.AST:
        """Return the scope that a binding belongs to: `global` and `:=` bind in an outer scope."""
        if name in self._globals.get(scope, ()):
            return self.tree
        while isinstance(node, ast.NamedExpr) and isinstance(scope, _COMPREHENSIONS):
            scope = self._outer[scope]
        return scope


def _is_inside(node: ast.AST, child: ast.AST) -> bool:
    """Whether a child of a node that opens a scope belongs to it: not decorators, not defaults."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return any(child is each for each in node.body)
    return not isinstance(node, ast.Lambda) or child is node.body


def _bindings(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _unpacked(target, node.value, ())
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            yield from _unpacked(node.target, value, ())
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name, Merged(node.value) if isinstance(node.op, ast.BitOr) else Untold()
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield from _unpacked(node.target, node.iter, (Any.ITERATED,))
        case _:
            yield from _defined(node)


def _defined(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name, Bound(node)
            yield from ((each, Parameter(node, each)) for each in _parameters(node.args))
        case ast.Lambda():
            yield from ((each, Parameter(node, each)) for each in _parameters(node.args))
        case ast.ClassDef():
            yield node.name, Bound(node)
        case ast.Import() | ast.ImportFrom():
            names = ((each.asname or each.name).partition(".")[0] for each in node.names)
            yield from ((each, Untold()) for each in names)
        case _:
            yield from _hidden(node)


def _hidden(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    match node:
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from ((name, Untold()) for name in _stored(target))
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name, Untold()
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name, Untold()
        case ast.Delete():
            yield from ((name, Untold()) for each in node.targets for name in _stored(each))
        case _:
            return


def _unpacked(target: ast.expr, value: ast.expr, path: Path) -> Iterator[tuple[str, Binding]]:
    match target:
        case ast.Name(id=name):
            yield name, Bound(value, path)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            starred = any(isinstance(each, ast.Starred) for each in items)
            for index, item in enumerate(items):
                if starred:
                    yield from ((name, Untold()) for name in _stored(item))
                else:
                    yield from _unpacked(item, value, (*path, index))
        case ast.Starred():
            yield from ((name, Untold()) for name in _stored(target))
        case _:
            return


def _stored(target: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest):
        yield each.arg


def is_function(node: ast.AST) -> TypeGuard[Function]:
    """Whether a node is a function's definition, or a lambda."""
    return isinstance(node, _FUNCTIONS)
