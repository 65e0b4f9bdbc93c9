"""What the names of a text stand for: what is imported, bound and defined in it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
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
                    self.fields.update(_set_on_self(node))
            case ast.ClassDef(name=name):
                self.defined.add(name)
                self.fields.update(_of_class(node))
            case ast.Attribute(attr=attr):
                self.attributes.add(attr)
            case _:
                pass

    @property
    def hidden_builtins(self) -> set[str]:
        """Builtins whose names the text binds: elsewhere in it they may still be the builtins."""
        return (self.imports.keys() | self.defined) & set(dir(builtins))

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
        """Return the name of a builtin, None for all else."""
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
    """Return all parameters of a function, in their order."""
    given = function.args
    more = [each for each in (given.vararg, given.kwarg) if each is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *more]


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a scope's body, without those of the functions and classes in it."""
    body = scope.body if isinstance(scope.body, list) else [scope.body]
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))


def stored_names(scope: Scope) -> set[str]:
    """Return the names that a scope's own statements bind."""
    return {
        node.id
        for node in own_nodes(scope)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def made_here(name: str, scope: Scope) -> bool:
    """Say whether `name` always stands for a list or dict that this run of `scope` has made."""
    values = list(_bound_values(name, scope))
    return bool(values) and all(
        isinstance(value, _NEW) or _is_new_call(value) for value in values
    )


def counted_here(name: str, scope: Scope) -> bool:
    """Say whether `name` always stands for a number or the result of arithmetic made here."""
    values = list(_bound_values(name, scope))
    return bool(values) and all(
        isinstance(value, ast.BinOp)
        or (isinstance(value, ast.Constant) and isinstance(value.value, int | float))
        for value in values
    )


def _is_new_call(value: ast.AST | None) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("list", "dict")
    )


def _bound_values(name: str, scope: Scope) -> Iterator[ast.AST | None]:
    """Yield what `name` is bound to in `scope` itself; None for what no expression gives."""
    if isinstance(scope, Function) and any(each.arg == name for each in parameters(scope)):
        yield None
    simple: set[ast.AST] = set()
    for node in own_nodes(scope):
        match node:
            case ast.Assign(targets=[ast.Name() as target], value=value) if target.id == name:
                simple.add(target)
                yield value
            case ast.AugAssign(target=ast.Name() as target) if target.id == name:
                simple.add(target)
            case _:
                pass
    for node in own_nodes(scope):
        if isinstance(node, ast.Name) and node.id == name and node not in simple:
            if isinstance(node.ctx, ast.Store | ast.Del):
                yield None
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            yield None


def _set_on_self(setup: ast.FunctionDef) -> Iterator[str]:
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
