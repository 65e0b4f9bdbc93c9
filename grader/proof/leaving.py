"""Whether a program leaves nothing in the process that it ran in, for another program to find.

What it keeps for itself goes with it. What lasts is in the libraries: a method that was replaced,
a rule that was registered, a setting, a stream of random numbers, a module that was imported. So
here everything counts, also what can't reach the answer. Where this says no, nothing follows.
"""

from __future__ import annotations

import ast
from typing import Final

from grader.model.lasting import marks_what_it_is_given, strange_stores, writes_to_libraries
from grader.model.loading import is_not_run, rebinds_guards
from grader.model.names import Names
from grader.proof import known
from grader.proof.look import Look

_IMPORTED: Final = known.MODULES | {"flax.traverse_util", "flax.struct", "collections.abc"}
"""Modules in packages that are there already, or whose import nobody can tell."""
_OPEN: Final = (ast.Yield, ast.YieldFrom)
"""A generator that is left halfway keeps what it has entered."""


def leaves_nothing(tree: ast.Module, names: Names) -> bool:
    """Whether each program that runs afterwards finds the libraries as they were."""
    rebound = rebinds_guards(names)
    run = [each for each in tree.body if rebound or not is_not_run(each)]
    if strange_stores(run) or marks_what_it_is_given(run, names):
        return False
    if any(_leaves(node, names) for each in run for node in ast.walk(each)):
        return False
    look = Look(tree, names, everything=True)
    for each in run:
        look.at(each)
    return not look.doubts


def _leaves(node: ast.AST, names: Names) -> bool:
    match node:
        case ast.Import(names=aliases):
            return not all(_is_known(each.name) for each in aliases)
        case ast.ImportFrom(module=module, names=aliases):
            whole = (f"{module}.{each.name}" for each in aliases)
            return not (_is_known(module or "") or _IMPORTED.issuperset(whole))
        case ast.Name() if names.builtin(node) == "getattr":
            return True
        case _:
            return isinstance(node, _OPEN) or writes_to_libraries(node, names)


def _is_known(module: str) -> bool:
    return module in known.PACKAGES or module in _IMPORTED
