"""What the names of a text refer to, and which ones a piece of it binds."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_FUNCTIONS: Final = (ast.Lambda, ast.Name, ast.IfExp, ast.Subscript)
"""What may give a function another name."""


@dataclass(slots=True)
class Names:
    """The names of a whole text, without regard to scopes.

    `imports` maps a name to the dotted name that it stands for, or to several; `modules` are those
    that surely are modules, `bound` is all that is bound otherwise. `own` are the attributes that
    the text's classes define, `loggers` and `sentinels` what a stand-in never is. `parsers` are
    those of a command line that the top makes, and nothing else. `functions` may be functions of
    the text, under whatever name.
    """

    imports: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    loggers: set[str] = field(default_factory=set)
    sentinels: set[str] = field(default_factory=set)
    parsers: set[str] = field(default_factory=set)

    def dotted(self, node: ast.AST) -> str:
        """Return the full name of what is imported, an empty one for all else."""
        match node:
            case ast.Name(id=name):
                return self.imports.get(name, "")
            case ast.Attribute(value=value, attr=attr):
                head = self.dotted(value)
                return f"{head}.{attr}" if head else ""
            case _:
                return ""

    def surely(self, node: ast.AST) -> str:
        """Return the full name where its head has no other meaning, else an empty one."""
        head = root(node)
        return "" if isinstance(head, ast.Name) and head.id in self.bound else self.dotted(node)

    def builtin(self, node: ast.AST) -> str:
        """Return a builtin's name, or an empty one."""
        name = node.id if isinstance(node, ast.Name) else ""
        hidden = name in self.bound or name in self.imports
        return name if hasattr(builtins, name) and not hidden else ""


def names_of(tree: ast.Module) -> Names:
    """Collect the names of a text."""
    found = Names()
    for node in ast.walk(tree):
        _collect(found, node)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if found.dotted(func) == "logging.getLogger":
                    found.loggers.add(name)
                if found.builtin(func) == "object" and node in tree.body:
                    found.sentinels.add(name)
                if found.surely(func) == "argparse.ArgumentParser" and node in tree.body:
                    found.parsers.add(name)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ) if found.dotted(value):
                found.imports.setdefault(name, found.dotted(value))
    if found.parsers:
        every = Counter(name for node in ast.walk(tree) for name in binds(node))
        found.parsers = {name for name in found.parsers if every[name] == 1}
    return found


def _collect(found: Names, node: ast.AST) -> None:
    match node:
        case ast.Import() | ast.ImportFrom():
            for name, dotted in imported(node):
                whole = dotted.replace("typing_extensions.", "typing.")
                known = found.imports.setdefault(name, whole)
                found.imports[name] = whole if known == whole else f"{known} or {whole}"
            if isinstance(node, ast.Import):
                found.modules.update(dotted for _, dotted in imported(node))
        case ast.ClassDef(name=name, body=body):
            found.classes.add(name)
            found.bound.add(name)
            found.own.update(each for statement in body for each in stored(statement))
        case ast.FunctionDef(name=name):
            found.functions.add(name)
            found.bound.add(name)
        case ast.Assign(targets=targets, value=value) if isinstance(value, _FUNCTIONS):
            found.functions.update(each.id for each in targets if isinstance(each, ast.Name))
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attr, ctx=ast.Store()):
            found.own.add(attr)
        case ast.arg(arg=name):
            found.parameters.add(name)
            found.bound.add(name)
        case _:
            found.bound.update(binds(node))


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield names, and what they stand for."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"{node.module or '.'}.{alias.name}"
        else:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, whole


def binds(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds."""
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from (name for name, _ in imported(node))
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            return


def stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds in its own scope, or deeper."""
    for each in ast.walk(node):
        yield from binds(each)


def root(node: ast.AST) -> ast.AST:
    """Return the innermost object of attributes and subscripts."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node


def given(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call is given, by place and by name."""
    yield from call.args
    yield from (each.value for each in call.keywords)


def reads(node: ast.AST, name: str) -> bool:
    """Say whether a node reads a name."""
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
