"""What the names of a text stand for: what is imported, bound and defined in it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Scope = Function | ast.Module | ast.ClassDef

_NEW: Final = (ast.List, ast.Dict, ast.ListComp, ast.DictComp)


class Bindings:
    """The names of a whole text, without regard to scopes.

    `imports` maps a name to the dotted name that it stands for, `clashing` are imported names that
    are bound to something else too, `defined` all names bound otherwise, `fields` the attributes
    that the text's classes define, `attributes` all that it uses.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.imports: dict[str, str] = {}
        self.clashing: set[str] = set()
        self.defined: set[str] = set()
        self.fields: set[str] = set()
        self.attributes: set[str] = set()
        self.has_classes = False
        for node in ast.walk(tree):
            self._add(node)
        self.clashing |= self.imports.keys() & self.defined

    def _add(self, node: ast.AST) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                for name, dotted in imported(node):
                    if self.imports.setdefault(name, dotted) != dotted:
                        self.clashing.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                self.defined.add(name)
            case ast.FunctionDef(name=name):
                self.defined.add(name)
                if name == "setup":
                    self.fields.update(_set_in(node))
            case ast.ClassDef(name=name):
                self.has_classes = True
                self.defined.add(name)
                self.fields.update(_of_class(node))
            case ast.Attribute(attr=attr):
                self.attributes.add(attr)
            case _:
                pass

    @property
    def uses_jit(self) -> bool:
        """Say whether the text may call `jax.jit`."""
        return "jit" in self.attributes or "jax.jit" in self.imports.values()

    @property
    def hidden_builtins(self) -> set[str]:
        """Builtins whose names the text binds: elsewhere in it they may still be the builtins."""
        bound = self.imports.keys() | self.defined
        return {name for name in bound & set(dir(builtins)) if name != "_"}

    def dotted(self, node: ast.expr) -> str | None:
        """Return the full name of an imported thing, `jax.numpy.ravel`; None for all else."""
        match node:
            case ast.Name(id=name):
                return self.imports.get(name)
            case ast.Attribute(value=value, attr=attr):
                head = self.dotted(value)
                return None if head is None else f"{head}.{attr}"
            case _:
                return None

    def builtin(self, node: ast.expr) -> str | None:
        """Return the name of a builtin, or of nothing that the text binds; None for all else."""
        if not isinstance(node, ast.Name):
            return None
        bound = node.id in self.imports or node.id in self.defined
        return None if bound else node.id


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield the names that an import binds, and the dotted names that they stand for."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            head = "." * node.level + (node.module or "")
            yield alias.asname or alias.name, f"{head}.{alias.name}"
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            head = alias.name.partition(".")[0]
            yield head, head


def parameters(function: Function) -> list[ast.arg]:
    """Return all parameters of a function: positional ones first, in their order."""
    given = function.args
    more = [each for each in (given.vararg, given.kwarg) if each is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *more]


def _set_in(setup: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(setup):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case _:
                pass


class Locals:
    """What one scope binds itself, and to what: not in the functions and classes within it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def has(self, name: str) -> bool:
        """Say whether the scope binds `name` in a statement or an expression."""
        return name in self._values

    def always_new(self, name: str) -> bool:
        """Say whether `name` is only ever a list or dict that this run of the scope has made."""
        return self._always(name, _is_new)

    def always_number(self, name: str) -> bool:
        """Say whether `name` is only ever a number, or the result of arithmetic made here."""
        return self._always(name, _is_number)

    def _always(self, name: str, fits: Callable[[ast.AST | None], bool]) -> bool:
        values = self._values.get(name, [None])
        return name not in self._given and all(map(fits, values))

    @cached_property
    def _given(self) -> set[str]:
        scope = self._scope
        return {each.arg for each in parameters(scope)} if isinstance(scope, Function) else set()

    @cached_property
    def _values(self) -> dict[str, list[ast.AST | None]]:
        """What each name is bound to; None for what no expression of its own gives."""
        found: dict[str, list[ast.AST | None]] = {}
        simple: set[ast.AST] = set()
        for node in _own_nodes(self._scope):
            match node:
                case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                    simple.add(target)
                    found.setdefault(name, []).append(value)
                case ast.AugAssign(target=ast.Name() as target):
                    simple.add(target)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.setdefault(name, []).append(None)
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if node not in simple:
                    found.setdefault(name, []).append(None)
                case _:
                    pass
        return found


def _own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a scope's body, each before those in it."""
    todo: list[ast.AST] = list(scope.body) if isinstance(scope.body, list) else [scope.body]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))


def _is_new(value: ast.AST | None) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="list" | "dict")):
            return True
        case _:
            return isinstance(value, _NEW)


def _is_number(value: ast.AST | None) -> bool:
    match value:
        case ast.Constant(value=int() | float()):
            return True
        case _:
            return isinstance(value, ast.BinOp)
