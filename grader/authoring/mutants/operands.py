"""Mutants of what is handed over: arguments, entries and items left out or swapped."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader.authoring.mutants.program import Mutant, Program, shown


def changes(program: Program) -> Iterator[Mutant]:
    """Leave out keywords and entries of displays, and swap neighbours."""
    for call in program.all(ast.Call):
        yield from _keywords_dropped(program, call)
        yield from _swapped(program, call.args)
    for entries in program.all(ast.Dict):
        yield from _entries(program, entries)
    displays: list[ast.Tuple | ast.List] = [*program.all(ast.Tuple), *program.all(ast.List)]
    for items in displays:
        yield from _swapped(program, items.elts)
        if isinstance(items.ctx, ast.Load):
            yield from _items_dropped(program, items)
    yield from _siblings(program)


def _keywords_dropped(program: Program, call: ast.Call) -> Iterator[Mutant]:
    for keyword in call.keywords:
        if keyword.arg is not None:
            said = shown(program.source(keyword))
            yield program.without("argument", keyword, keyword, said)


def _swapped(program: Program, items: Sequence[ast.expr]) -> Iterator[Mutant]:
    for first, second in pairwise(items):
        left, right = program.source(first), program.source(second)
        said = f"{shown(left)} and {shown(right)} swapped"
        yield program.change("order", (first, right), (second, left), name=said)


def _entries(program: Program, display: ast.Dict) -> Iterator[Mutant]:
    """Leave out each entry, and swap the values of each two."""
    entries = [
        (key, value)
        for key, value in zip(display.keys, display.values, strict=True)
        if key is not None
    ]
    for key, value in entries:
        said = f"{shown(program.source(key))} in a dict"
        yield program.without("argument", key, value, said)
    for (_, first), (_, second) in pairwise(entries):
        left, right = program.source(first), program.source(second)
        said = f"{shown(left)} and {shown(right)} swapped in a dict"
        yield program.change("order", (first, right), (second, left), name=said)


def _items_dropped(program: Program, items: ast.Tuple | ast.List) -> Iterator[Mutant]:
    if len(items.elts) < 2 and not isinstance(items, ast.List):
        return
    for item in items.elts:
        said = f"{shown(program.source(item))} in {shown(program.source(items))}"
        yield program.without("argument", item, item, said)


def _siblings(program: Program) -> Iterator[Mutant]:
    """Read another of the names that were bound together: one key instead of the other."""
    together = [
        [item.id for item in target.elts if isinstance(item, ast.Name)]
        for statement in program.all(ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Tuple)
    ]
    for name in program.all(ast.Name):
        for names in together:
            if name.id in names and isinstance(name.ctx, ast.Load):
                for other in names:
                    if other != name.id:
                        yield program.change("argument", (name, other))
