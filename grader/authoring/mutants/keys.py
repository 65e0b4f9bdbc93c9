"""Mutants of random keys: made of something else than the seed, split, folded, not split."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.authoring.mutants.program import Change, Program, shown
from grader.model.exercise import Seed

_MAKERS: Final = frozenset({"PRNGKey", "key"})


def changes(program: Program) -> Iterator[Change]:
    """Change what keys are made of, and what is made of keys."""
    for name, _ in program.arguments(Seed):
        outer = program.around(name)
        for text in ("0", f"{name.id} + 1", f"{name.id} // 2"):
            where = shown(program.source(outer)) if isinstance(outer, ast.Call) else name.id
            yield program.change("key", (name, text), name=f"{where}: {name.id} -> {text}")
    for call in program.all(ast.Call):
        match call.func:
            case ast.Attribute(value=ast.expr() as module, attr=attribute):
                yield from _of_function(program, call, program.source(module), attribute)
            case _:
                pass


def _of_function(program: Program, call: ast.Call, module: str, attribute: str) -> Iterator[Change]:
    made = program.source(call)
    if attribute in _MAKERS:
        for text in (f"{module}.split({made})[0]", f"{module}.split({made})[1]"):
            yield _change(program, call, text, f"split({shown(made)})[{text[-2]}]")
        text = f"{module}.fold_in({made}, 1)"
        yield _change(program, call, text, f"fold_in({shown(made)}, 1)")
    elif attribute == "split" and program.is_module(call.func):
        yield _change(program, call, f"{made}[::-1]", "halves of split in reverse")
    elif attribute == "fold_in" and call.args:
        key = program.source(call.args[0])
        yield _change(program, call, key, f"{shown(made)} -> {shown(key)}")


def _change(program: Program, call: ast.Call, text: str, name: str) -> Change:
    return program.change("key", (call, text), name=name)
