"""Which expressions of a text may hold a size, so that arithmetic on them counts."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from grader.exercise import Exercise, Size
from grader.transparency.allowed import ATTRIBUTES, ITERATORS, SIZE_MAKERS
from grader.transparency.bindings import Bindings, Function, parameters

_SIZES: Final = frozenset({"shape", "size"})
_NO_SIZES: Final = frozenset({"dtype", "ndim"})
_PASSING: Final = ITERATORS | frozenset("dict list range sum tuple abs int min max".split())


class Sizes:
    """Names that may hold a size or a container of sizes, found by following assignments.

    Too many rather than too few: a name counts in every scope, and a parameter of any function but
    the exercise's always.
    """

    def __init__(
        self, tree: ast.Module, bindings: Bindings, exercise: Exercise | None
    ) -> None:
        self._bindings = bindings
        self._names = set(_parameters_with_sizes(tree, exercise))
        assignments = [pair for node in ast.walk(tree) for pair in _assigned(node)]
        while True:
            new = {
                each.id
                for target, value in assignments
                if self.may_hold(value)
                for each in ast.walk(target)
                if isinstance(each, ast.Name)
            }
            if new <= self._names:
                return
            self._names |= new

    def may_hold(self, node: ast.AST) -> bool:
        """Say whether the value of an expression may be, or contain, a size."""
        match node:
            case ast.Name(id=name):
                return name in self._names
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(value, attr)
            case ast.Call(func=func, args=args):
                return self._call(func, args)
            case ast.Subscript(value=value):
                return self.may_hold(value)
            case ast.Lambda() | ast.Constant():
                return False
            case _:
                return any(self.may_hold(child) for child in ast.iter_child_nodes(node))

    def _attribute(self, value: ast.expr, attr: str) -> bool:
        if self._bindings.dotted(value) is not None or attr in _NO_SIZES:
            return False
        if attr in _SIZES or attr not in ATTRIBUTES:
            return True
        return self.may_hold(value)

    def _call(self, func: ast.expr, args: list[ast.expr]) -> bool:
        name = self._bindings.dotted(func)
        if name is not None:
            return name in SIZE_MAKERS
        if isinstance(func, ast.Attribute) and func.attr in ATTRIBUTES - {"items", "values"}:
            return False
        if self._bindings.builtin(func) in _PASSING:
            return any(self.may_hold(arg) for arg in args)
        return True


def _assigned(node: ast.AST) -> Iterable[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return [(target, value) for target in targets]
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.AugAssign(target=target, value=value)
            | ast.NamedExpr(target=target, value=value)
            | ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            return [(target, value)]
        case _:
            return []


def _parameters_with_sizes(tree: ast.Module, exercise: Exercise | None) -> Iterable[str]:
    entry = _entry(tree, exercise)
    for node in ast.walk(tree):
        if isinstance(node, Function) and node is not entry:
            yield from (each.arg for each in parameters(node))
    if entry is not None and exercise is not None:
        given = [*entry.args.posonlyargs, *entry.args.args]
        for place, each in enumerate(parameters(entry)):
            known = each in given and place < len(exercise.parameters)
            if not known or isinstance(exercise.parameters[place], Size):
                yield each.arg


def _entry(tree: ast.Module, exercise: Exercise | None) -> ast.FunctionDef | None:
    """Return the definition of the exercise's function, if there is exactly one."""
    if exercise is None:
        return None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == exercise.function
    ]
    return found[0] if len(found) == 1 and found[0] in tree.body else None
