"""Mutants of random keys: made of something else than the seed, split, folded, not split."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.authoring.mutants.program import Mutant, Program, shown
from grader.model.exercise import Seed

_MAKERS: Final = frozenset({"PRNGKey", "key"})


def changes(program: Program) -> Iterator[Mutant]:
    """Change what keys are made of, and what is made of keys."""
    for name, _ in program.arguments(Seed):
        outer = program.around(name)
        for text in ("0", f"{name.id} + 1", f"{name.id} // 2"):
            where = shown(program.source(outer)) if isinstance(outer, ast.Call) else name.id
            yield program.change("key", (name, text), name=f"{where}: {name.id} -> {text}")
    for call in program.all(ast.Call):
        if isinstance(call.func, ast.Attribute):
            for text, said in _others(program, call, call.func):
                yield program.change("key", (call, text), name=said)


def _others(program: Program, call: ast.Call, func: ast.Attribute) -> Iterator[tuple[str, str]]:
    """Yield texts for a call that makes a key, each with what it changes."""
    made, module, attribute = program.source(call), program.source(func.value), func.attr
    if attribute in _MAKERS:
        for text in (f"{module}.split({made})[0]", f"{module}.split({made})[1]"):
            yield text, f"split({shown(made)})[{text[-2]}]"
        yield f"{module}.fold_in({made}, 1)", f"fold_in({shown(made)}, 1)"
    elif attribute == "split" and program.is_module(func):
        yield f"{made}[::-1]", "halves of split in reverse"
    elif attribute == "fold_in" and call.args:
        key = program.source(call.args[0])
        yield key, f"{shown(made)} -> {shown(key)}"
