"""Puts the files of a program together to one syntax tree, where their names allow it.

A name that one file imports from another then leads to its definition, as it does within a file.
That is only done where no name could lead somewhere else than in Python: if two files mean
different things by a name of their modules, nothing is put together.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import msgspec

from grader.model.names import binds, imported
from grader.model.scoping import Scope, of_module


class File(msgspec.Struct, frozen=True):
    """A file's module name, empty for the one that is run, and its tree."""

    module: str
    tree: ast.Module


def modules_named(tree: ast.Module) -> frozenset[str]:
    """Return the top-level modules that a text may import: in statements, or by a string."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                found.update(each.name.partition(".")[0] for each in node.names)
            case ast.ImportFrom(module=str(module)):
                found.add(module.partition(".")[0])
            case ast.Constant(value=str(text)):
                found.add(text)
            case _:
                pass
    return frozenset(found)


def surely_imported(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the modules that the first statements of a text import, whatever else it does.

    An exception may end any other statement but a definition before the next one runs.
    """
    for statement in tree.body:
        match statement:
            case ast.Import():
                yield from ((each.name, statement) for each in statement.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module, statement
            case ast.FunctionDef(decorator_list=[]) | ast.Expr(value=ast.Constant()):
                pass
            case _:
                return


def linked(files: tuple[File, ...]) -> ast.Module | None:
    """Return one tree of them all, the one that is run at its end; None if names are in the way.

    The trees are changed.
    """
    scopes = {each.module: of_module(each.tree) for each in files}
    if any(_is_in_the_way(one, other, scopes) for one in files for other in files):
        return None
    own = {each.module: scopes[each.module].bound for each in files if each.module}
    for each in files:
        aliases = _aliases(each.tree, own)
        if aliases is None:
            return None
        _Linker(own, aliases, _mentioned(each.tree)).visit(each.tree)
    main, *beside = files
    body = [statement for each in (*beside, main) for statement in each.tree.body]
    return ast.Module(body=body, type_ignores=[])


def _is_in_the_way(one: File, other: File, scopes: Mapping[str, Scope]) -> bool:
    """Whether a name of one module could be taken for something else in the other."""
    if one is other:
        return _imports_everything(one, {*scopes})
    theirs = scopes[other.module]
    common = scopes[one.module].bound & (theirs.bound | theirs.free)
    here, there = _imports(one.tree), _imports(other.tree)
    return any(
        not _is_same(here.get(name), there.get(name))
        and not _is_taken(name, one, other, theirs)
        and not _is_taken(name, other, one, scopes[one.module])
        for name in common
    )


def _is_same(here: set[str] | None, there: set[str] | None) -> bool:
    """Whether both import the same thing under a name, and nothing else."""
    return here is not None and here == there and len(here) == 1 and "" not in here


def _is_taken(name: str, one: File, other: File, theirs: Scope) -> bool:
    """Whether the other file has a name from the first one, and gives it no other meaning."""
    there = _imports(other.tree).get(name, set())
    if one.module and there == {f"{one.module}.{name}"}:
        return True
    whole = one.module in taken_whole(other.tree) and _hides_nothing(one.tree, name)
    return bool(one.module) and name not in theirs.bound and whole


def _imports(tree: ast.Module) -> dict[str, set[str]]:
    """Return what the imported names stand for; an empty name if they are bound otherwise, too."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, whole in imported(node):
                found.setdefault(name, set()).add(whole)
    otherwise = _bound_otherwise(tree)
    return {name: {*each, ""} if name in otherwise else each for name, each in found.items()}


def _bound_otherwise(tree: ast.Module) -> set[str]:
    """Return what a text binds other than by importing it, in whatever scope."""
    return {
        name
        for node in ast.walk(tree)
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for name in binds(node)
    }


def _hides_nothing(tree: ast.Module, name: str) -> bool:
    """Whether `from … import *` surely takes a name from a text: it may list what it gives."""
    return not name.startswith("_") and "__all__" not in _bound_otherwise(tree)


def taken_whole(tree: ast.Module) -> set[str]:
    """Return the modules of which a text imports everything: `from helpers import *`."""
    return {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        if any(each.name == "*" for each in node.names)
    }


def _imports_everything(file: File, own: set[str]) -> bool:
    """Whether a text gets names from a library that nothing in it shows."""
    return not taken_whole(file.tree) <= own


def _mentioned(tree: ast.Module) -> set[str]:
    """Return every name that a text binds, in whatever scope."""
    return {*_imports(tree)} | _bound_otherwise(tree)


def _aliases(tree: ast.Module, own: Mapping[str, set[str]]) -> dict[str, str] | None:
    """Return the names that surely stand for one of the modules; None if a text changes one."""
    found = {
        name: next(iter(whole))
        for name, whole in _imports(tree).items()
        if len(whole) == 1 and whole <= {*own}
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                if name in found:
                    return None
            case _:
                pass
    return found


class _Linker(ast.NodeTransformer):
    """Lets a file's imports of the others lead to what they import.

    `own` are the names of each module, `aliases` what the file calls the modules, `bound` every
    name that has a meaning in the file.
    """

    def __init__(
        self, own: Mapping[str, set[str]], aliases: Mapping[str, str], bound: set[str]
    ) -> None:
        self._own = own
        self._aliases = aliases
        self._bound = bound

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        """Replace an import of names by what it does to the names of one module."""
        names = self._own.get(node.module or "") if node.level == 0 else None
        if names is None:
            return node
        left = [each for each in node.names if each.name != "*" and each.name not in names]
        renamed = [each for each in node.names if each not in left and each.asname]
        given = [each for each in renamed if each.asname != each.name]
        found: list[ast.stmt] = [_assigned(each) for each in given]
        if left:
            found.append(ast.copy_location(ast.ImportFrom(node.module, left, 0), node))
        return found or ast.copy_location(ast.Pass(), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace a module's attribute by the name."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Load()):
                module = self._aliases.get(name)
                if module and attr in self._own[module] and attr not in self._bound:
                    return ast.copy_location(ast.Name(attr, ast.Load()), node)
        return self.generic_visit(node)


def _assigned(alias: ast.alias) -> ast.stmt:
    target = ast.copy_location(ast.Name(str(alias.asname), ast.Store()), alias)
    value = ast.copy_location(ast.Name(alias.name, ast.Load()), alias)
    return ast.copy_location(ast.Assign([target], value), alias)
