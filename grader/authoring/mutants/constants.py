"""Mutants of constants: axes, flags and numbers swapped for others, names misspelt."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.authoring.mutants.program import Mutant, Program, shown


def changes(program: Program) -> Iterator[Mutant]:
    """Swap each constant for others of its kind, an axis also for None."""
    for node in program.all(ast.Constant):
        outer = program.around(node)
        if isinstance(outer, ast.UnaryOp):
            yield from _swapped(program, outer, program.source(outer), ("0", "1"))
        elif not isinstance(outer, ast.JoinedStr | ast.FormattedValue):
            others = _others(node.value, in_call=_in_call(program, node))
            yield from _swapped(program, node, repr(node.value), others)


def _swapped(
    program: Program, node: ast.expr, value: str, others: tuple[str, ...]
) -> Iterator[Mutant]:
    where = _where(program, node)
    for other in others:
        said = f"{where}{value} -> {other}"
        yield program.change("constant", (node, other), name=said)


def _others(value: object, *, in_call: bool) -> tuple[str, ...]:
    match value:
        case bool():
            return (repr(not value),)
        case None:
            return ("0", "1")
        case int():
            axes = ("-1", "None") if in_call else ()
            return ("1" if value == 0 else "0", str(value + 1), *axes)
        case float():
            return (repr(1.0 - value), repr(value / 2 or 0.5))
        case str():
            return (repr(f"{value}_"),)
        case _:
            return ()


def _in_call(program: Program, node: ast.AST) -> bool:
    """Whether the constant is an argument, or in a dict or tuple that is one."""
    outer = program.around(node)
    while isinstance(outer, ast.Dict | ast.Tuple | ast.List):
        outer = program.around(outer)
    return isinstance(outer, ast.Call | ast.keyword)


def _where(program: Program, node: ast.AST) -> str:
    """Name the argument, or the entry of one, that the constant is: `in_axes=`, `rngs["b"]: `."""
    entry = ""
    outer = program.around(node)
    while isinstance(outer, ast.Dict | ast.Tuple | ast.List):
        entry = f"{_entry(program, outer, node)}{entry}"
        node, outer = outer, program.around(outer)
    name = outer.arg if isinstance(outer, ast.keyword) and outer.arg else ""
    if entry:
        return f"{name}{entry}: "
    return f"{name}=" if name else ""


def _entry(program: Program, outer: ast.Dict | ast.Tuple | ast.List, node: ast.AST) -> str:
    if not isinstance(outer, ast.Dict):
        return f"[{outer.elts.index(node)}]" if node in outer.elts else ""
    for key, value in zip(outer.keys, outer.values, strict=True):
        if key is not None and node in (key, value):
            return f"[{shown(program.source(key))}]"
    return ""
