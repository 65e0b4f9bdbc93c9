"""Mutants of what is computed from what: calls left out, other results, another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from grader.authoring.mutants.program import Mutant, Program, shown

_FLATTENING: Final = frozenset({"reshape", "ravel", "flatten"})
_OPERATORS: Final = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "+",
    ast.Pow: "*",
    ast.MatMult: "*",
}


def changes(program: Program) -> Iterator[Mutant]:
    """Change calls, results, operators and the order of statements."""
    for call in program.all(ast.Call):
        yield from _left_out(program, call)
        yield from _transposed_before(program, call)
        yield from _initialised_instead(program, call)
    for statement in program.all(ast.Return):
        yield from _returned(program, statement)
    for operation in program.all(ast.BinOp):
        yield from _operator(program, operation)
    for function in program.all(ast.FunctionDef):
        yield from _statements(program, function)


def _left_out(program: Program, call: ast.Call) -> Iterator[Mutant]:
    """Put what a call was given in its place: the receiver, the class, the layer's input."""
    instead: ast.expr | None = None
    match call.func:
        case ast.Call() if call.args:
            instead = call.args[0]
        case ast.Attribute(value=receiver) if not program.is_module(receiver):
            instead = receiver
        case ast.Attribute() | ast.Name() if call.args:
            instead = call.args[0]
    if instead is not None and not isinstance(instead, ast.Starred):
        said = f"{shown(program.source(call.func))}(...) left out"
        yield program.change("call", (call, program.source(instead)), name=said)


def _transposed_before(program: Program, call: ast.Call) -> Iterator[Mutant]:
    match call.func:
        case ast.Attribute(value=receiver, attr=name) if name in _FLATTENING:
            array = call.args[0] if program.is_module(receiver) and call.args else receiver
            text = f"{program.source(array)}.T"
            yield program.change("call", (array, text), name=f"transposed before {name}")


def _initialised_instead(program: Program, call: ast.Call) -> Iterator[Mutant]:
    """Call `init` instead of `apply`, and `apply` with what is inside the variables."""
    match call.func:
        case ast.Attribute(value=receiver, attr="apply"):
            text = f"{program.source(receiver)}.init"
            yield program.change("call", (call.func, text))
            if call.args:
                inside = f'{program.source(call.args[0])}["params"]'
                yield program.change("argument", (call.args[0], inside))


def _returned(program: Program, statement: ast.Return) -> Iterator[Mutant]:
    value = statement.value
    if value is None:
        return
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    for item in items:
        text = program.source(item)
        for other in (f"({text}) * 2", f"({text}) + 1", f"({text})[::-1]"):
            yield _return(program, item, other)
        yield _return(program, item, f'({text}).astype("float16")')
    texts = ["None", f"({program.source(value)},)", *_locals(program, statement)]
    for text in texts:
        yield _return(program, value, text)


def _return(program: Program, item: ast.expr, text: str) -> Mutant:
    before = program.source(item)
    wrapped = text.replace(f"({before})", "it", 1)
    return program.change("result", (item, text), name=f"returned: {shown(wrapped)}")


def _locals(program: Program, statement: ast.Return) -> list[str]:
    """Return the names that the statement's function binds."""
    function = program.within(statement, ast.FunctionDef)
    return sorted(_bound(function)) if function is not None else []


def _operator(program: Program, operation: ast.BinOp) -> Iterator[Mutant]:
    other = _OPERATORS.get(type(operation.op))
    if other is not None:
        left, right = program.source(operation.left), program.source(operation.right)
        yield program.change("operator", (operation, f"{left} {other} {right}"))
        yield program.change("operator", (operation, left))
        yield program.change("operator", (operation, right))


def _statements(program: Program, function: ast.FunctionDef) -> Iterator[Mutant]:
    """Swap statements that follow each other, and leave out those that can be missed."""
    changeable = [
        each for each in function.body if not isinstance(each, ast.Expr | ast.FunctionDef)
    ]
    for first, second in pairwise(changeable):
        left, right = program.source(first), program.source(second)
        said = f"lines {first.lineno} and {second.lineno} swapped"
        yield program.change("order", (first, right), (second, left), name=said)
    bound = {each.arg for each in function.args.args}
    for statement in changeable:
        names = _bound(statement)
        if names <= bound:  # without the others nothing could run
            said = f"{shown(program.source(statement))} left out"
            yield program.change("order", (statement, "pass"), name=said)
        bound |= names


def _bound(node: ast.AST) -> set[str]:
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
