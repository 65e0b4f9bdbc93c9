"""Where a text catches errors for good."""

from __future__ import annotations

import ast
from typing import Final

_LEAVING: Final = (ast.Return, ast.Break, ast.Continue)


def catches(node: ast.Try | ast.TryStar) -> bool:
    """Say whether an error may end in a `try`."""
    inner = [each for statement in node.finalbody for each in ast.walk(statement)]
    return any(isinstance(each, _LEAVING) for each in inner) or not all(map(_raises, node.handlers))


def _raises(handler: ast.ExceptHandler) -> bool:
    leaves = any(isinstance(each, _LEAVING) for each in ast.walk(handler))
    return isinstance(handler.body[-1], ast.Raise) and not leaves


def swallows(node: ast.AST) -> bool:
    """Say whether this, in an `__exit__`, may end an error."""
    fine = ("return", "return None", "return False")
    return isinstance(node, ast.Return) and ast.unparse(node) not in fine
