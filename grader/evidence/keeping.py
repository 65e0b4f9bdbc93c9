"""Whether the text alone shows that nothing lasts from one call of a program to the next.

It only recognises the plainest programs: functions, classes of modules that Flax makes anew in each
call, and constants at the top. Where it says no, nothing follows.
"""

from __future__ import annotations

import ast
from typing import Final

from grader.evidence.impurity import ARRAY_MUTATORS, MUTATORS
from grader.model.lasting import strange_stores, writes_to_libraries
from grader.model.loading import is_not_run, rebinds_guards
from grader.model.names import Names, names_of
from grader.model.source import Function

_KEEPING: Final = frozenset({"cache", "lru_cache", "cached_property", "singledispatch"})
_CHANGING: Final = MUTATORS | ARRAY_MUTATORS | {"reverse"}
_MAKING: Final = ("flax.linen.", "flax.core.freeze", "jax.", "functools.partial")
"""Calls whose results don't change: lifted classes, mapped functions, arrays of jax."""
_LASTING: Final = (
    *(ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.GeneratorExp),
    ast.AsyncFunctionDef,
)
_DISPLAYS: Final = (ast.List, ast.Dict, ast.Set)
_FIXED: Final = frozenset(
    {f"jax.{name}" for name in ("checkpoint", "grad", "jit", "remat", "value_and_grad", "vmap")}
    | {f"jax.numpy.{name}" for name in ("arange", "array", "asarray", "float32", "ones", "zeros")}
    | {f"jax.random.{name}" for name in ("PRNGKey", "key", "normal", "split", "uniform")}
    | {"functools.partial"}
)
"""Calls whose results aren't lists either, and have no list in them that isn't passed in."""


def keeps_nothing(tree: ast.Module | None) -> bool:
    """Whether each call of each function starts as the first one did."""
    if tree is None:
        return False
    names = names_of(tree)
    if not all(is_not_run(each) or _is_constant(each, names) for each in tree.body):
        return False
    if strange_stores(tree.body) or rebinds_guards(names):
        return False
    changeable = _has_containers(tree, names)
    local = frozenset() if changeable else frozenset(names.bound - names.parameters)
    return all(_lasts_no_longer(node, names, local) for node in ast.walk(tree))


def _has_containers(tree: ast.Module, names: Names) -> bool:
    """Whether something outside of the functions has a name and can be changed."""
    bodies = [tree.body, *(each.body for each in ast.walk(tree) if isinstance(each, ast.ClassDef))]
    values = [getattr(each, "value", None) for body in bodies for each in body]
    parts = [part for value in values if value is not None for part in ast.walk(value)]
    return any(
        isinstance(each, _DISPLAYS)
        or (isinstance(each, ast.Call) and not _is_fixed(names.surely(each.func)))
        for each in parts
    )


def _is_fixed(made: str) -> bool:
    return made in _FIXED or made.startswith("flax.linen.")


def _is_constant(statement: ast.stmt, names: Names) -> bool:
    """Whether a statement at the top defines something, or names what can't be changed."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(target=ast.Name(), value=None):
            return True
        case ast.FunctionDef(decorator_list=decorators):
            return all(_is_unchanging(each, names, decorates=True) for each in decorators)
        case ast.ClassDef(bases=[_, *_] as bases, keywords=[], decorator_list=[], body=body):
            parts = (_is_constant(each, names) for each in body)
            return all(_is_module(each, names) for each in bases) and all(parts)
        case (
            ast.Assign(targets=[ast.Name()], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
        ):
            return _is_unchanging(value, names)
        case _:
            return False


def _is_module(base: ast.expr, names: Names) -> bool:
    """Whether a base is Flax's: an instance of another class at the top might be changed."""
    own = isinstance(base, ast.Name) and base.id in names.classes
    return own or names.surely(base).startswith("flax.linen.")


def _is_unchanging(value: ast.expr | None, names: Names, *, decorates: bool = False) -> bool:
    """Whether an expression gives what no call changes; `_lasts_no_longer` looks at displays.

    What `decorates` is called, so it has to be a library's.
    """
    match value:
        case ast.Attribute() | ast.Name() if decorates:
            return names.surely(value).startswith(_MAKING)
        case ast.Constant() | ast.Lambda() | ast.Attribute() | ast.Name():
            return True
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict() | ast.UnaryOp() | ast.BinOp():
            parts = [each for each in ast.iter_child_nodes(value) if isinstance(each, ast.expr)]
            return all(_is_unchanging(each, names) for each in parts)
        case ast.Call(func=func, args=args, keywords=keywords):
            made = names.surely(func).startswith(_MAKING)
            given = (*args, *(each.value for each in keywords))
            return made and all(_is_unchanging(each, names) for each in given)
        case _:
            return False


def _lasts_no_longer(node: ast.AST, names: Names, local: frozenset[str]) -> bool:
    """Whether a node writes at most to names and to lists, and changes nothing of a library.

    The lists are those that have one of the `local` names.
    """
    if writes_to_libraries(node, names):
        return False
    match node:
        case ast.Call(func=ast.Attribute(value=base, attr=attr)) if attr in _CHANGING:
            return isinstance(base, ast.Name) and base.id in local
        case ast.Call(func=ast.Attribute(attr=attr)):
            return not attr.startswith("_")
        case ast.Name():
            return names.dotted(node).rpartition(".")[2] not in _KEEPING
        case ast.FunctionDef() | ast.Lambda():
            return _has_plain_defaults(node)
        case _:
            return not _may_keep(node)


def _may_keep(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=attr):
            return attr in _KEEPING
        case ast.Subscript(ctx=ctx):
            return not isinstance(ctx, ast.Load)
        case ast.AugAssign(target=target):
            return not isinstance(target, ast.Name)
        case _:
            return isinstance(node, _LASTING)


def _has_plain_defaults(function: Function) -> bool:
    defaults = (*function.args.defaults, *function.args.kw_defaults)
    return all(
        isinstance(each, ast.Constant | ast.Name | ast.Attribute | ast.UnaryOp | None)
        for each in defaults
    )
