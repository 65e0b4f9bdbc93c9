"""Calls in a text: what they call, and which expression an argument comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.evidence.origins.scopes import Function, Path


@dataclass(frozen=True, slots=True)
class Step:
    """The next place to look for a value: an expression, and the way into it.

    `named`: the place itself names the value's purpose, like a keyword or a key.
    """

    node: ast.AST
    path: Path = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, after those of `functools.partial`."""

    positional: tuple[ast.expr, ...] = ()
    keywords: tuple[ast.keyword, ...] = ()

    def __add__(self, other: Arguments) -> Arguments:
        return Arguments(self.positional + other.positional, self.keywords + other.keywords)

    def without_first(self) -> Arguments:
        """Return the arguments after the first, which `functools.partial` passes on."""
        return Arguments(self.positional[1:], self.keywords)


def own_arguments(call: ast.Call) -> Arguments:
    """Return the arguments that are written in a call."""
    return Arguments(tuple(call.args), tuple(call.keywords))


def called(call: ast.Call) -> str:
    """Return the last name of what is called: `vmap` of `nn.vmap(...)`."""
    return last_name(call.func)


def last_name(node: ast.AST) -> str:
    """Return the last name of a dotted name, empty for another expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def parameter_position(function: Function, name: str) -> int | None:
    """Return the position of a parameter among those that take positional arguments."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names.index(name) if name in names else None


def default(function: Function, name: str) -> ast.expr | None:
    """Return the default value of a parameter."""
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    offset = len(places) - len(arguments.defaults)
    given = {
        each.arg: value for each, value in zip(places[offset:], arguments.defaults, strict=True)
    }
    for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            given[each.arg] = value
    return given.get(name)


def returned(function: Function) -> Iterator[ast.expr]:
    """Yield the expressions that a function returns."""
    if isinstance(function, ast.Lambda):
        yield function.body
        return
    for statement in function.body:
        for node in own_nodes(statement):
            if isinstance(node, ast.Return) and node.value is not None:
                yield node.value


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement and its nodes, without nested functions and classes."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from own_nodes(child)


def is_property(function: ast.FunctionDef) -> bool:
    """Whether a method is read like an attribute."""
    return any(
        last_name(each) in {"property", "cached_property"} for each in function.decorator_list
    )


def is_static(function: Function) -> bool:
    """Whether a method takes no instance."""
    decorators = getattr(function, "decorator_list", ())
    return any(last_name(each) == "staticmethod" for each in decorators)


def fields(cls: ast.ClassDef) -> tuple[str, ...]:
    """Return the names of the fields that a dataclass or a NamedTuple declares, in order."""
    declared = [each.target for each in cls.body if isinstance(each, ast.AnnAssign)]
    return tuple(each.id for each in declared if isinstance(each, ast.Name))


def namedtuple_fields(call: ast.Call) -> tuple[str, ...] | None:
    """Return the fields of `namedtuple("Axes", "in_axes out_axes")`, None for other calls."""
    if called(call) not in {"namedtuple", "NamedTuple", "make_dataclass"} or len(call.args) < 2:
        return None
    match call.args[1]:
        case ast.Constant(value=str(text)):
            return tuple(text.replace(",", " ").split())
        case ast.Tuple(elts=items) | ast.List(elts=items):
            names = tuple(name for each in items for name in _field(each))
            return names if len(names) == len(items) else None
        case _:
            return None


def _field(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(name)) | ast.Tuple(elts=[ast.Constant(value=str(name)), *_]):
            yield name
