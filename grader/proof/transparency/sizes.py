"""Which expressions of a text may hold a size, so that arithmetic on them counts."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from grader.model.exercise import Exercise, Size
from grader.proof.transparency import allowed
from grader.proof.transparency.bindings import Bindings, Function, parameters

_SIZES: Final = frozenset({"features", "shape", "size"})
_NO_SIZES: Final = frozenset({"dtype", "ndim"})
_PASSING: Final = (allowed.BUILTINS | allowed.SIZE_BUILTINS | {"set", "frozenset"}) - {
    "len",
    "super",
}
_ROUNDS: Final = 20


class Sizes:
    """Names that may hold a size or a container of sizes, found by following assignments.

    Too many rather than too few: a name counts in every scope, a parameter of any function but the
    exercise's always, and so does what an unknown function returns.
    """

    def __init__(self, tree: ast.Module, bindings: Bindings, exercise: Exercise | None) -> None:
        self._bindings = bindings
        self._known: dict[ast.AST, bool] = {}
        self._names = set(_parameters_with_sizes(tree, exercise))
        assignments = [pair for node in ast.walk(tree) for pair in _assigned(node)]
        for _ in range(_ROUNDS):
            before = len(self._names)
            for target, value in assignments:
                if self.may_hold(value):
                    self._names.update(_names_in(target))
            self._known.clear()
            if len(self._names) == before:
                return
        self._names |= bindings.defined

    def may_hold(self, node: ast.AST) -> bool:
        """Say whether the value of an expression may be, or contain, a size."""
        if node not in self._known:
            self._known[node] = self._may_hold(node)
        return self._known[node]

    def _may_hold(self, node: ast.AST) -> bool:
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
        if attr in _SIZES or attr not in allowed.ATTRIBUTES:
            return True
        return self.may_hold(value)

    def _call(self, func: ast.expr, args: list[ast.expr]) -> bool:
        match func:
            case ast.Call(func=inner) if self._bindings.dotted(inner) in ("jax.jit", "jax.vmap"):
                return False
            case ast.Attribute(attr=attr) if attr in allowed.ARRAY_METHODS:
                return False
            case ast.Attribute(attr=attr) if attr in allowed.MODULE_METHODS:
                return self._bindings.has_classes
            case _:
                pass
        name = self._bindings.dotted(func)
        if name is not None:
            return name in allowed.SIZE_MAKERS or not name.startswith(allowed.ARRAY_MODULES)
        builtin = self._bindings.builtin(func)
        if builtin == "len":
            return not all(isinstance(arg, ast.Attribute) and arg.attr == "shape" for arg in args)
        return builtin not in _PASSING or any(map(self.may_hold, args))


def _names_in(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


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
        case ast.Call(func=ast.Attribute(value=target, attr=attr)) if attr in allowed.GROWING:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            return [(target, value) for value in given]
        case _:
            return []


def _parameters_with_sizes(tree: ast.Module, exercise: Exercise | None) -> Iterable[str]:
    entry = _entry(tree, exercise)
    for node in ast.walk(tree):
        if isinstance(node, Function) and node is not entry:
            yield from (each.arg for each in parameters(node))
    if entry is not None and exercise is not None:
        given = [*entry.args.posonlyargs, *entry.args.args]
        for each, parameter in zip(given, exercise.parameters, strict=False):
            if isinstance(parameter, Size):
                yield each.arg
        if entry.args.vararg is not None:
            yield entry.args.vararg.arg


def _entry(tree: ast.Module, exercise: Exercise | None) -> ast.FunctionDef | None:
    """Return the exercise's function, if the text defines it once and doesn't call it itself.

    A trial call at the top of the file is over before the first case.
    """
    if exercise is None:
        return None
    found = [node for node in ast.walk(tree) if _defines(node, exercise.function)]
    trials = [node for node in tree.body if isinstance(node, ast.Expr)]
    uses = _uses(tree, exercise.function) - sum(_uses(each, exercise.function) for each in trials)
    match found:
        case [ast.FunctionDef() as entry] if entry in tree.body and not uses:
            return entry
        case _:
            return None


def _defines(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name


def _uses(tree: ast.AST, name: str) -> int:
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
