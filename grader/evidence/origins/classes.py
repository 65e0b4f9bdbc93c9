"""The attributes of classes and of their instances."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.origins.calls import (
    Step,
    called,
    fields,
    is_property,
    last_name,
    namedtuple_fields,
    returned,
)
from grader.evidence.origins.scopes import Path

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins

_WITHOUT_FIELDS = frozenset({"Module", "NamedTuple", "object", "Protocol", "ABC", "PyTreeNode"})


def of_attribute(origins: Origins, node: ast.Attribute, path: Path) -> list[Step] | None:
    """Return where to look for the value at `path` in an attribute."""
    if node.attr == "__dict__":
        return [Step(node.value, path)]
    if isinstance(node.value, ast.Name) and origins.scopes.is_foreign(node.value):
        return None
    return [Step(node.value, (node.attr, *path))]


def in_class(origins: Origins, cls: ast.ClassDef, path: Path) -> list[Step] | None:
    """Return what a class, or its bases, gives for an attribute."""
    for statement in cls.body:
        found = _declared(statement, path)
        if found is not None:
            return found
    return [Step(base, path) for base in cls.bases if _class(origins, base) is not None]


def _declared(statement: ast.stmt, path: Path) -> list[Step] | None:
    """Return the value that a statement in a class gives to an attribute, None if it doesn't."""
    name, rest = path[0], path[1:]
    match statement:
        case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
            return [Step(_field_default(value), rest, named=True)]
        case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
            return [Step(value, rest, named=True)]
        case ast.FunctionDef() if statement.name == name and is_property(statement):
            return [Step(each, rest) for each in returned(statement)]
        case ast.FunctionDef() if statement.name == name:
            return [Step(statement, rest)]
        case _:
            return None


def of_self(origins: Origins, cls: ast.ClassDef, path: Path) -> list[Step] | None:
    """Return the origins of an attribute of a class's instances, wherever they are made."""
    stored = list(_set_on_self(cls, path)) if path else []
    calls = origins.calls_of.get(cls, []) if path else []
    if stored or not path:
        return stored or None
    steps: list[Step] = []
    for call in calls:
        found = in_instance(origins, cls, call, path)
        if found is None:
            return None
        steps.extend(each for each in found if each not in steps)
    return steps or in_class(origins, cls, path)


def in_instance(
    origins: Origins, cls: ast.ClassDef, call: ast.Call, path: Path
) -> list[Step] | None:
    """Return the origins of an attribute of the instance that a call makes."""
    stored = list(_set_on_self(cls, path))
    if stored:
        return stored
    name, found = _of_field(origins, _fields(origins, cls), call, path)
    return in_class(origins, cls, (name, *path[1:])) if found == [] else found


def in_named_tuple(
    origins: Origins, cls: ast.AST | None, call: ast.Call, path: Path
) -> list[Step] | None:
    """Return what a field of an instance of `namedtuple("Axes", "in_axes out_axes")` is."""
    names = namedtuple_fields(cls) if isinstance(cls, ast.Call) else None
    return None if names is None else _of_field(origins, names, call, path)[1]


def _of_field(
    origins: Origins, names: tuple[str, ...], call: ast.Call, path: Path
) -> tuple[str | int, list[Step] | None]:
    """Return the name of the field at the head of `path`, and what a call gives for it."""
    head = path[0]
    if isinstance(head, int) and 0 <= head < len(names):
        head = names[head]
    if not isinstance(head, str):
        return 0, None
    position = names.index(head) if head in names else None
    return head, origins.argument(origins.arguments(call), head, path[1:], position)


def _set_on_self(cls: ast.ClassDef, path: Path) -> Iterator[Step]:
    for node in ast.walk(cls):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value
            ) if name == path[0]:
                yield Step(value, path[1:], named=True)
            case _:
                continue


def _class(origins: Origins, node: ast.expr) -> ast.ClassDef | None:
    found = origins.definition(node)
    return found if isinstance(found, ast.ClassDef) else None


def _fields(origins: Origins, cls: ast.ClassDef) -> tuple[str, ...]:
    """Return a class's fields in the order of its arguments; none if that isn't known."""
    names: list[str] = []
    for base in cls.bases:
        inner = _class(origins, base)
        if inner is None and last_name(base) not in _WITHOUT_FIELDS:
            return ()
        names += _fields(origins, inner) if inner is not None else ()
    return tuple(dict.fromkeys((*names, *fields(cls))))


def _field_default(value: ast.expr) -> ast.expr:
    """Look into `dataclasses.field(default=…)` and `field(default_factory=lambda: …)`."""
    if isinstance(value, ast.Call) and called(value) == "field":
        for keyword in value.keywords:
            if keyword.arg == "default":
                return keyword.value
            if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
                return keyword.value.body
    return value
