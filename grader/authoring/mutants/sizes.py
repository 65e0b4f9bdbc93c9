"""Mutants of the arguments that a program reads: sizes, numbers and arrays that are others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.authoring.mutants.program import Mutant, Program
from grader.model.exercise import (
    Array,
    Arrays,
    Choice,
    Dict,
    Flag,
    Integers,
    Number,
    Parameter,
    Size,
)


def changes(program: Program) -> Iterator[Mutant]:
    """Change each argument where it is read, and each field that a module reads of itself."""
    for kind in (Size, Number, Array, Integers, Arrays, Dict, Flag, Choice):
        for name, parameter in program.arguments(kind):
            alike = _alike(name.id) if _is_measured(program, name) else ()
            for text in _others(program, name.id, parameter):
                if text not in alike:
                    yield program.change("argument", (name, text))
    yield from _fields(program)


def _is_measured(program: Program, name: ast.Name) -> bool:
    """Whether only the sizes or the type of an array are asked for."""
    match program.around(name):
        case ast.Attribute(attr="shape" | "ndim" | "size" | "dtype"):
            return True
        case ast.Call(func=ast.Name(id="len")):
            return True
        case _:
            return False


def _alike(name: str) -> tuple[str, str]:
    """Return what has the same sizes and type as an array, so that no answer changes."""
    return f"{name}[::-1]", f"{name} * 2"


def _others(program: Program, name: str, parameter: Parameter) -> tuple[str, ...]:
    match parameter:
        case Size():
            sizes = [each.name for each in program.exercise.parameters if isinstance(each, Size)]
            return (f"{name} + 1", "3", *(each for each in sizes if each != parameter.name))
        case Number():
            return (f"1 - {name}", f"{name} / 2", repr(parameter.choices[0]))
        case Flag():
            return (f"not {name}",)
        case Choice():
            return tuple(map(repr, parameter.choices))
        case _:
            return tuple(_other_arrays(name, parameter))


def _other_arrays(name: str, parameter: Parameter) -> Iterator[str]:
    match parameter:
        case Array() | Integers():
            yield from (f"{name}.swapaxes(0, 1)",) if len(parameter.shape) > 1 else ()
            yield from (f"{name}[::-1]", f"{name}[:1]") if parameter.shape else ()
            yield from (f"{name} * 2",) if isinstance(parameter, Array) else ()
        case Arrays():
            yield from (f"{name}[::-1]", f"{name}[:1]")
        case Dict() if all(isinstance(each, Array) for each in parameter.items):
            yield f"{{key: 2 * value for key, value in {name}.items()}}"


def _fields(program: Program) -> Iterator[Mutant]:
    for node in program.all(ast.Attribute):
        inside = program.within(node, ast.ClassDef)
        of_self = isinstance(node.value, ast.Name) and node.value.id == "self"
        if inside is None or not of_self or not isinstance(node.ctx, ast.Load):
            continue
        text = program.source(node)
        match _annotated(inside).get(node.attr):
            case "int":
                yield program.change("argument", (node, f"{text} + 1"))
                yield program.change("argument", (node, "3"))
            case "float":
                yield program.change("argument", (node, f"1 - {text}"))
            case "bool":
                yield program.change("argument", (node, f"not {text}"))


def _annotated(node: ast.ClassDef) -> dict[str, str]:
    """Return the fields of a class and their types, as they are written."""
    return {
        each.target.id: ast.unparse(each.annotation)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
