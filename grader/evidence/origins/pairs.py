"""Keys and values that a loop takes together from pairs: `for key, value in …: d[key] = value`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.evidence.origins.scopes import Any, Bound, Value

if TYPE_CHECKING:
    from grader.evidence.origins.follow import Origins


def pairs_of(origins: Origins, key: ast.AST | None, value: ast.AST | None) -> Value | None:
    """Return what a loop goes through if it names both, the key first; None if it doesn't."""
    first, second = _looped(origins, key), _looped(origins, value)
    if first is None or second is None or first.value is not second.value:
        return None
    is_pair = (first.path, second.path) == ((Any.ITERATED, 0), (Any.ITERATED, 1))
    return first.value if is_pair else None


def _looped(origins: Origins, name: ast.AST | None) -> Bound | None:
    bindings = origins.scopes.bindings(name) if isinstance(name, ast.Name) else []
    match bindings:
        case [Bound() as bound]:
            return bound
        case _:
            return None
