"""Whether two texts are the same program."""

from __future__ import annotations

import ast
from typing import Final

from grader.model.parsing import parsed

_DOCUMENTED: Final = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def same_program(text: str) -> str:
    """Return what is alike for two texts that differ in comments, docstrings and layout only.

    Raises what `parsed` raises.
    """
    tree = parsed(text)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
