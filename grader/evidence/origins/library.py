"""Python's own containers, copies and readers, recognised by name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.evidence.origins.calls import Arguments, Step, called, own_arguments
from grader.evidence.origins.scopes import Any, Path
from grader.evidence.origins.values import value_of

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins

_MAPPINGS = frozenset(
    {"dict", "SimpleNamespace", "Namespace", "OrderedDict", "FrozenDict", "ConfigDict"}
)
_COPIES = frozenset(
    {"copy", "deepcopy", "asdict", "_asdict", "vars", "freeze", "unfreeze", "MappingProxyType"}
)
_REPLACING = frozenset({"replace", "_replace", "evolve", "clone", "copy"})
_READING = frozenset({"get", "pop", "getattr", "setdefault"})


def alters(call: ast.Call) -> bool:
    """Whether a call makes a copy of an object with some other fields."""
    return called(call) in _REPLACING


def of_library(origins: Origins, call: ast.Call, path: Path) -> list[Step] | None:
    """Return where the values come from in a call that copies, reads or makes a container."""
    name, owner = called(call), _owner(call)
    found: list[Step] | None = None
    if name in _REPLACING and (call.keywords or (path and call.args and owner)):
        found = _of_replaced(origins, call, owner, path)
    elif name in _COPIES:
        values = call.args[:1] or ([owner] if owner is not None else [])
        found = [Step(each, path) for each in values] or None
    elif name in _READING:
        found = _of_read(origins, call, owner, path)
    elif path:
        found = _of_maker(origins, call, owner, path)
    return found


def _owner(call: ast.Call) -> ast.expr | None:
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def _of_replaced(
    origins: Origins, call: ast.Call, owner: ast.expr | None, path: Path
) -> list[Step] | None:
    """Follow `obj.replace(name=value)` and `dataclasses.replace(obj, name=value)`."""
    module = isinstance(owner, ast.Name) and origins.scopes.is_foreign(owner)
    given = [*call.args] if owner is None or module else [owner, *call.args]
    if not given:
        return None
    if not path:
        return None if call.keywords else [Step(given[0])]
    found = origins.argument(Arguments((), tuple(call.keywords)), path[0], path[1:])
    if found is None:
        return None
    others = (Step(each, path) for each in (*given[1:], given[0]))
    return origins.first(*found, *others)


def _of_read(
    origins: Origins, call: ast.Call, owner: ast.expr | None, path: Path
) -> list[Step] | None:
    """Follow `obj.get(key, default)` and `getattr(obj, name, default)`."""
    given = [*call.args] if called(call) == "getattr" or owner is None else [owner, *call.args]
    key = value_of(origins, given[1]) if len(given) > 1 else None
    if not isinstance(key, str | int):
        return None
    kept = Step(given[0], (key, *path))
    return origins.first(kept, *(Step(each, path) for each in given[2:3]))


def _of_maker(
    origins: Origins, call: ast.Call, owner: ast.expr | None, path: Path
) -> list[Step] | None:
    name = called(call)
    if name in _MAPPINGS:
        found = origins.argument(own_arguments(call), path[0], path[1:])
        mapping = (Step(each, path) for each in call.args[:1])
        return None if found is None else origins.first(*found, *mapping)
    if name == "ChainMap":
        return origins.first(*(Step(each, path) for each in call.args))
    if name in {"tuple", "list"} and len(call.args) == 1:
        return [Step(call.args[0], path)]
    if isinstance(path[0], str) and any(each.arg == path[0] for each in call.keywords):
        return origins.argument(own_arguments(call), path[0], path[1:])  # a library's class
    return _of_pairs(origins, call, path) if name == "zip" else _of_loop(call, owner, path)


def _of_pairs(origins: Origins, call: ast.Call, path: Path) -> list[Step] | None:
    """Follow `zip`, in a loop or as the pairs that a dict is made from."""
    match path:
        case (str(key), *rest) if len(call.args) == 2:
            keys = value_of(origins, call.args[0])
            if not isinstance(keys, tuple | list):
                return None
            if key not in keys:
                return []
            return [Step(call.args[1], (list(keys).index(key), *rest))]
        case (Any(), int(index), *rest) if index < len(call.args):
            return [Step(call.args[index], (Any.ITERATED, *rest))]
        case _:
            return None


def _of_loop(call: ast.Call, owner: ast.expr | None, path: Path) -> list[Step] | None:
    match called(call), path:
        case "items", (str(), *_) if owner is not None:
            return [Step(owner, path)]
        case "items", (Any(), 1, *rest) if owner is not None:
            return [Step(owner, (Any.INDEXED, *rest))]
        case "values", (Any(), *rest) if owner is not None:
            return [Step(owner, (Any.INDEXED, *rest))]
        case "enumerate", (Any(), 1, *rest) if call.args:
            return [Step(call.args[0], (Any.ITERATED, *rest))]
        case _:
            return None
