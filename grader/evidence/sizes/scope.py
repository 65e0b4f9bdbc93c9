"""What the names in a function's text are given, where each is given just one value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec


class Unknown(Exception):
    """A part of the text isn't made of sizes and numbers alone."""


class Bound(msgspec.Struct, frozen=True):
    """What a name is given: an expression or a function of the text, and where it stands."""

    node: ast.expr | ast.FunctionDef
    scope: Scope


class Scope:
    """The names of a function or of the file. One that is given several values is unknown."""

    def __init__(self, parent: Scope | None = None) -> None:
        self._parent = parent
        self._names: dict[str, list[object]] = {}

    def bind(self, name: str, value: object) -> None:
        """Give a name a value, `None` if nothing is known of it."""
        self._names.setdefault(name, []).append(value)

    def spoil(self, name: str) -> None:
        """Note that a function inside may give another scope's name a value."""
        self.bind(name, None)
        if self._parent is not None:
            self._parent.spoil(name)

    def found(self, name: str) -> object:
        """Return the value of a name here, or around. Raises Unknown if it hasn't just one."""
        if name in self._names:
            values = self._names[name]
            if len(values) == 1 and values[0] is not None:
                return values[0]
        elif self._parent is not None:
            return self._parent.found(name)
        raise Unknown


class Fields(msgspec.Struct, frozen=True):
    """Stands for `self` where the task's sizes are fields of a class."""

    names: frozenset[str]


def arguments(
    args: ast.arguments, call: ast.Call, scope: Scope, around: Scope
) -> Iterator[tuple[str, ast.expr, Scope]]:
    """Yield a function's parameters in a call: name, expression, and where that stands.

    Raises Unknown if the call passes something by `*` or `**`, or leaves out what has no default.
    """
    plain = [each.arg for each in (*args.posonlyargs, *args.args)]
    passed: dict[str, tuple[ast.expr, Scope]] = {}
    defaults = [*zip(reversed(plain), reversed(args.defaults), strict=False)]
    defaults += [
        (each.arg, value)
        for each, value in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if value is not None
    ]
    for name, value in defaults:
        passed[name] = value, around
    if any(isinstance(each, ast.Starred) for each in call.args) or len(call.args) > len(plain):
        raise Unknown
    for name, value in zip(plain, call.args, strict=False):
        passed[name] = value, scope
    for keyword in call.keywords:
        if keyword.arg is None:
            raise Unknown
        passed[keyword.arg] = keyword.value, scope
    for name in (*plain, *(each.arg for each in args.kwonlyargs)):
        if name not in passed:
            raise Unknown
        yield name, *passed[name]
