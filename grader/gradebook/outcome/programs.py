"""Whether two files are the same program: equal but for comments, layout and local names.

The fingerprint is a hash of the syntax tree. Names that the file binds itself are numbered in the
order in which they occur, scope by scope; docstrings are dropped. Everything else counts: literals,
attributes, keywords, the order of statements. So equal fingerprints mean the same program, and
programs that merely compute the same have different ones.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from grader.model.names import binds
from grader.model.source import Source

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | _Comprehension
_PARTS: Final = ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg")


class Program(NamedTuple):
    """A program's fingerprint, and how many statements it has: a short one is written by many."""

    fingerprint: str
    statements: int


def program_of(tree: ast.Module) -> Program:
    """Return the program of a file that was parsed, which bounds how deep the tree is."""
    writer = _Writer()
    writer.module(tree)
    digest = hashlib.sha256("\n".join(writer.tokens).encode("utf-8", "backslashreplace"))
    return Program(digest.hexdigest(), writer.statements)


def program_in(source: Source) -> Program | None:
    """Return the program of a submission, None if a file isn't Python.

    Several files are the same program as others if each of them is the same.
    """
    trees = [each.tree for each in source.files]
    programs = [program_of(each) for each in trees if each is not None]
    if len(programs) < len(trees):
        return None
    if len(programs) == 1:
        return programs[0]
    names = [each.base for each in source.files[1:]]
    every = "\n".join([*(each.fingerprint for each in programs), *names])
    digest = hashlib.sha256(every.encode("utf-8", "backslashreplace"))
    return Program(digest.hexdigest(), sum(each.statements for each in programs))


class _Names(NamedTuple):
    """The names that a scope binds. Those of a class are attributes, which others can see."""

    bound: frozenset[str]
    is_class: bool = False


class _Writer:
    """Writes a tree as tokens."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.statements = 0
        self._scopes: list[_Names] = []
        self._numbers: dict[tuple[int, str], str] = {}
        self._opened: list[int] = []
        self._count = 0

    def module(self, tree: ast.Module) -> None:
        self._enter(_Names(frozenset(_bound(tree.body))))
        self._all(tree.body)

    def _enter(self, names: _Names) -> None:
        self._count += 1
        self._opened.append(self._count)
        self._scopes.append(names)

    def _leave(self) -> None:
        self._opened.pop()
        self._scopes.pop()

    def _label(self, name: str) -> str:
        """Return a bound name's number; any other name as it is."""
        innermost = len(self._scopes) - 1
        for depth in range(innermost, -1, -1):
            scope = self._scopes[depth]
            if name in scope.bound and (depth == innermost or not scope.is_class):
                if scope.is_class:
                    return name
                key = (self._opened[depth], name)
                return self._numbers.setdefault(key, f"#{len(self._numbers)}")
        return name

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        self.tokens.append("[")
        for node in nodes:
            self._node(node)
        self.tokens.append("]")

    def _node(self, node: ast.AST | None) -> None:
        if _is_text(node):
            return
        self.statements += isinstance(node, ast.stmt)
        self.tokens.append(type(node).__name__)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.Lambda(args=args, body=body):
                self._arguments(args)
                self._enter(_Names(frozenset([*_parameters(args), *_bound([body])])))
                self._names(_parameters(args))
                self._node(body)
                self._leave()
            case ast.ClassDef():
                self._class(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node)
            case ast.Constant(value=value):
                self.tokens.append(f"{type(value).__name__} {value!r}")
            case ast.Name(id=name):
                self.tokens.append(self._label(name))
            case _:
                self._fields(node)

    def _names(self, names: Iterable[str]) -> None:
        self.tokens += [self._label(name) for name in names]

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.tokens.append(self._label(node.name))
        self._all(node.decorator_list)
        self._arguments(node.args)
        self._node(node.returns)
        parameters = _parameters(node.args)
        self._enter(_Names(frozenset([*parameters, *_bound(node.body)]) - _elsewhere(node.body)))
        self._names(parameters)
        self._all(node.body)
        self._leave()

    def _arguments(self, args: ast.arguments) -> None:
        """Write what belongs to the scope around: how many there are, defaults, annotations."""
        for part in _PARTS:
            value = getattr(args, part)
            each = value if isinstance(value, list) else [value] if value else []
            self._all(arg.annotation for arg in each)
        self._all(args.defaults)
        self._all(args.kw_defaults)

    def _class(self, node: ast.ClassDef) -> None:
        self.tokens.append(self._label(node.name))
        self._all([*node.decorator_list, *node.bases, *node.keywords])
        self._enter(_Names(frozenset(_bound(node.body)), is_class=True))
        self._all(node.body)
        self._leave()

    def _comprehension(self, node: _Comprehension) -> None:
        """Write a comprehension; what it loops over first belongs to the scope around."""
        self._node(node.generators[0].iter)
        targets = [each.target for each in node.generators]
        self._enter(_Names(frozenset(_bound(targets))))
        for field, value in ast.iter_fields(node):
            if field != "generators" and isinstance(value, ast.AST):
                self._node(value)
        for index, each in enumerate(node.generators):
            self._node(each.target)
            if index:
                self._node(each.iter)
            self._all(each.ifs)
            self.tokens.append(str(each.is_async))
        self._leave()

    def _fields(self, node: ast.AST | None) -> None:
        for field, value in ast.iter_fields(node) if node is not None else ():
            if isinstance(value, ast.AST):
                self._node(value)
            elif isinstance(value, list) and all(isinstance(each, str) for each in value):
                self._names(value)
            elif isinstance(value, list):
                self._all(value)
            elif isinstance(node, ast.alias) and field == "asname":
                self._names(binds(ast.Import([node])))
            elif field == "name" and isinstance(value, str) and not isinstance(node, ast.alias):
                self.tokens.append(self._label(value))
            elif field not in {"type_comment", "kind"}:
                self.tokens.append(repr(value))


def _is_text(node: ast.AST | None) -> bool:
    """Whether a statement is only a text: a docstring, or a comment in quotes."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _parameters(args: ast.arguments) -> list[str]:
    found: list[str] = []
    for part in _PARTS:
        value = getattr(args, part)
        found += [arg.arg for arg in (value if isinstance(value, list) else [value]) if arg]
    return found


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that a scope binds, not those of the scopes inside it."""
    for node in nodes:
        yield from binds(node)
        if isinstance(node, _Scope):
            yield from _walrus(node)
        else:
            yield from _bound(ast.iter_child_nodes(node))


def _walrus(node: ast.AST) -> Iterator[str]:
    """Yield what `:=` in a comprehension binds: a name of the scope around it."""
    if isinstance(node, _Comprehension):
        for each in ast.walk(node):
            if isinstance(each, ast.NamedExpr):
                yield each.target.id


def _elsewhere(body: list[ast.stmt]) -> frozenset[str]:
    """Return the names that a function declares `global` or `nonlocal`."""
    declared = [node for each in body for node in ast.walk(each)]
    kinds = (ast.Global, ast.Nonlocal)
    return frozenset(name for each in declared if isinstance(each, kinds) for name in each.names)
