"""Goes through a program's text: what decides, under which tests, and what names are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Final

from grader.evidence.sizes.scope import Bound, Fields, Scope, Unknown, arguments
from grader.model.exercise import Array, Arrays, Dict, Exercise, Integers, Size
from grader.model.source import Source

LONGEST: Final = 8
"""How many tests around a place are looked at, the nearest ones."""
_ENDS: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SIZED: Final = (Array, Arrays, Dict, Integers, Size)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_UNKNOWN: Final = ast.Constant(None)
"""Stands for a test of which nothing is known."""

Path = tuple[ast.expr, ...]
"""Tests that are all true where something runs."""


class Visit:
    """Goes through a text once.

    `found` are the conditions, each with its scope, and `returns` what the task's function returns,
    each under the tests of its place; their scope is `entered`.
    """

    def __init__(self, exercise: Exercise, source: Source) -> None:
        self._exercise = exercise
        self._entry = source.function(exercise.entry)
        self._fields = Fields(
            frozenset(
                each.name
                for each in exercise.parameters
                if isinstance(each, Size) and exercise.is_field(each.name)
            )
        )
        self.entered = Scope()
        self.returns: list[tuple[ast.Return, Path]] = []
        self._alone: list[tuple[Path, Scope]] = []
        self._nested: list[tuple[Path, Scope]] = []
        self._calls: dict[str, list[tuple[ast.Call, Scope]]] = {}
        self._helpers: list[tuple[str, ast.arguments, Scope, Scope]] = []
        self._block(source.body, Scope(), ())
        for name, args, inner, around in self._helpers:
            _bind_helper(self._calls.get(name, []), args, inner, around)

    @property
    def found(self) -> Iterator[tuple[Path, Scope]]:
        """What is a condition by itself comes before what is one in its block."""
        return chain(self._alone, self._nested)

    # ------------------------------------------------------------------------------ statements

    def _block(self, body: Sequence[ast.stmt], scope: Scope, path: Path) -> None:
        for statement in body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._function(statement, scope)
                case ast.ClassDef():
                    self._class(statement, scope)
                case ast.If(test=test, body=then, orelse=orelse):
                    self._expression(test, scope, path)
                    self._decides(test, scope, path)
                    self._branch(then, scope, (*path, test))
                    self._branch(orelse, scope, (*path, _not(test)))
                    path = (*path, *_after(statement))
                case ast.Match(subject=subject, cases=cases):
                    self._expression(subject, scope, path)
                    self._match(subject, cases, scope, path)
                case _:
                    self._other(statement, scope, path)

    def _branch(self, body: Sequence[ast.stmt], scope: Scope, path: Path) -> None:
        """Go through a block that only runs if all of `path` is true."""
        if body and len(path) > 1:
            self._nested.append((path[-LONGEST:], scope))
        self._block(body, scope, path)

    def _match(
        self, subject: ast.expr, cases: Sequence[ast.match_case], scope: Scope, path: Path
    ) -> None:
        for case in cases:
            tests = [*_pattern(case.pattern, subject, scope)]
            tests += [case.guard] if case.guard is not None else []
            for each in tests[:-1]:
                self._decides(each, scope, path)
            if tests:
                self._decides(_together(tests), scope, path)
            self._branch(case.body, scope, (*path, *tests))
            path = (*path, _not(_together(tests)))

    def _other(self, statement: ast.stmt, scope: Scope, path: Path) -> None:
        """Go through a statement, and the blocks in it, such as a loop's."""
        _bind(statement, scope)
        if isinstance(statement, ast.Return) and scope is self.entered:
            self.returns.append((statement, path))
        inside = path if isinstance(statement, ast.With) else (*path, _UNKNOWN)
        for field, part in ast.iter_fields(statement):
            if field in {"body", "orelse", "finalbody"}:
                self._block(part, scope, inside)
            elif field == "handlers":
                for handler in part:
                    self._block(handler.body, scope, inside)
            else:
                for each in part if isinstance(part, list) else [part]:
                    if isinstance(each, ast.AST):
                        self._expression(each, scope, path)

    def _class(self, statement: ast.ClassDef, scope: Scope) -> None:
        for each in statement.body:
            if isinstance(each, _FUNCTIONS):
                self._function(each, scope, of=statement.name)

    def _function(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, *, of: str = ""
    ) -> None:
        inner = Scope(scope)
        if function is self._entry:
            self.entered = inner
            self._bind_entry(function.args, inner)
        elif of:
            for place, each in enumerate(_names(function.args)):
                of_task = of == self._exercise.function and place == 0
                inner.bind(each, self._fields if of_task else None)
        else:
            self._helpers.append((function.name, function.args, inner, scope))
        if not of:
            known = Bound(function, scope) if isinstance(function, ast.FunctionDef) else None
            scope.bind(function.name, known)
        self._block(function.body, inner, ())

    def _bind_entry(self, args: ast.arguments, scope: Scope) -> None:
        names = _names(args)
        if self._exercise.flax_class is not None and names:
            scope.bind(names.pop(0), self._fields)
        for parameter, own in zip(self._exercise.called_with, names, strict=False):
            scope.bind(own, parameter if isinstance(parameter, _SIZED) else None)

    # ----------------------------------------------------------------------------- expressions

    def _expression(self, node: ast.AST, scope: Scope, path: Path) -> None:
        match node:
            case ast.Lambda(args=args, body=body):
                self._expression(body, self._inside(node, args, scope), ())
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                inner = Scope(scope)
                for repeated in node.generators:
                    for name in _targets(repeated.target):
                        inner.bind(name, None)
                self._children(node, inner, ())
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._decides(test, scope, path)
                self._expression(test, scope, path)
                for part, value in ((test, body), (_not(test), orelse)):
                    self._expression(value, scope, (*path, part))
            case _:
                self._plain(node, scope, path)
                self._children(node, scope, path)

    def _inside(self, function: ast.Lambda, args: ast.arguments, scope: Scope) -> Scope:
        inner = Scope(scope)
        if function is self._entry:
            self._bind_entry(args, inner)
        else:
            for each in _names(args):
                inner.bind(each, None)
        return inner

    def _plain(self, node: ast.AST, scope: Scope, path: Path) -> None:
        match node:
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                scope.bind(name, Bound(value, scope))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                self._decides(node, scope, path)
            case ast.BinOp(left=left, right=right) if any(
                isinstance(each, ast.Compare) for each in (left, right)
            ):
                self._decides(node, scope, path)
            case ast.Call():
                self._call(node, scope, path)

    def _children(self, node: ast.AST, scope: Scope, path: Path) -> None:
        for each in ast.iter_child_nodes(node):
            self._expression(each, scope, path)

    def _call(self, node: ast.Call, scope: Scope, path: Path) -> None:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                self._calls.setdefault(name, []).append((node, scope))
                self._decides(node, scope, path)
            case ast.Call(func=ast.Attribute(value=looked_in, attr="get"), args=[key, *_]):
                self._decides(ast.Compare(key, [ast.In()], [looked_in]), scope, path)
            case ast.Call(func=ast.Attribute()):
                self._decides(node, scope, path)

    def _decides(self, test: ast.expr, scope: Scope, path: Path) -> None:
        self._alone.append(((test,), scope))
        if path:
            self._nested.append(((*path, test)[-LONGEST:], scope))


def _bind(statement: ast.stmt, scope: Scope) -> None:
    """Note what a statement gives names, and whether other scopes' names may change."""
    if isinstance(statement, ast.Global | ast.Nonlocal):
        for name in statement.names:
            scope.spoil(name)
    for name, value in _bound(statement):
        scope.bind(name, Bound(value, scope) if value is not None else None)


def _bind_helper(
    calls: Sequence[tuple[ast.Call, Scope]], args: ast.arguments, inner: Scope, around: Scope
) -> None:
    """Give a function's parameters what the only call passes; nothing is known with several."""
    with suppress(Unknown):
        if len(calls) == 1:
            call, scope = calls[0]
            for name, value, place in [*arguments(args, call, scope, around)]:
                inner.bind(name, Bound(value, place))
            return
    for name in _names(args):
        inner.bind(name, None)


def _pattern(pattern: ast.pattern, subject: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """Yield what has to be true for a pattern to match."""
    match pattern:
        case ast.MatchValue(value=value):
            yield ast.Compare(subject, [ast.Eq()], [value])
        case ast.MatchSequence(patterns=patterns) if not any(
            isinstance(each, ast.MatchStar) for each in patterns
        ):
            length = ast.Call(ast.Name("len", ast.Load()), [subject], [])
            yield ast.Compare(length, [ast.Eq()], [ast.Constant(len(patterns))])
            for place, each in enumerate(patterns):
                yield from _pattern(each, _part(subject, place), scope)
        case ast.MatchOr(patterns=patterns):
            some = [_together([*_pattern(each, subject, scope)]) for each in patterns]
            yield ast.BoolOp(ast.Or(), some)
        case ast.MatchAs(pattern=inner, name=name):
            if name is not None:
                scope.bind(name, Bound(subject, scope))
            if inner is not None:
                yield from _pattern(inner, subject, scope)
        case _:
            yield _UNKNOWN


def _part(subject: ast.expr, place: int) -> ast.expr:
    if isinstance(subject, ast.Tuple) and place < len(subject.elts):
        return subject.elts[place]
    return ast.Subscript(subject, ast.Constant(place), ast.Load())


def _together(tests: list[ast.expr]) -> ast.expr:
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _after(statement: ast.If) -> Path:
    """Return what is true after an `if` one of whose blocks goes on nowhere."""
    if statement.body and isinstance(statement.body[-1], _ENDS):
        return (_not(statement.test),)
    if statement.orelse and isinstance(statement.orelse[-1], _ENDS):
        return (statement.test,)
    return ()


def _names(args: ast.arguments) -> list[str]:
    return [each.arg for each in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _targets(target: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a statement binds, and to what if that is known."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _assigned(target, value)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield from ((name, None) for name in _targets(target))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for each in items:
                if each.optional_vars is not None:
                    yield from ((name, None) for name in _targets(each.optional_vars))
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from ((each.asname or each.name.partition(".")[0], None) for each in aliases)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
    match target:
        case ast.Name(id=name):
            yield name, value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            starred = any(isinstance(each, ast.Starred) for each in parts)
            for place, each in enumerate(parts):
                if starred or not isinstance(each, ast.Name):
                    yield from ((name, None) for name in _targets(each))
                else:
                    yield each.id, _part(value, place)
