"""Replaces an expression by text, or adds text to the arguments of a call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from grader.model.edit import Edit
from grader.model.exercise import Array
from grader.model.observation import Point, Span, between
from grader.model.parsing import expression
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

Edits = tuple[Edit, ...]


class Advice(NamedTuple):
    """A next step in words, and the edits that take it."""

    help: str
    edits: Edits


def replaced(source: Source, node: ast.expr, text: str) -> Edits:
    """Write something else instead of an expression; nothing if it is there already."""
    if segment(source, node) == text:
        return ()
    return (Edit(span=source.span(node), text=text),)


def rewritten(source: Source, node: ast.expr, text: str) -> Edits:
    """Write something else instead of an expression; of a dict, only the values that differ."""
    old, new = _entries(node), _entries(expression(text).body)
    if not old or new is None or old.keys() != new.keys():
        return replaced(source, node, text)
    edits = (
        edit
        for key, value in old.items()
        if ast.dump(value) != ast.dump(new[key])
        for edit in replaced(source, value, ast.unparse(new[key]))
    )
    return tuple(edits)


def _entries(node: ast.expr) -> dict[object, ast.expr] | None:
    """Return the values of a dict that is written out with constant keys."""
    if not isinstance(node, ast.Dict):
        return None
    pairs = zip(node.keys, node.values, strict=True)
    found: dict[object, ast.expr] = {
        key.value: value for key, value in pairs if isinstance(key, ast.Constant)
    }
    return found if len(found) == len(node.keys) else None


def put(text: str, first: Point, last: Point | None = None) -> Edit:
    """Write a text between two places, replacing what is there, or at a single one."""
    return Edit(span=between(first, first if last is None else last), text=text)


def inserted(source: Source, call: ast.Call, text: str) -> Edits:
    """Add an argument after the last one, on a separate line if that one is."""
    parts = arguments(call)
    if not parts:
        return before_end(source.span(call), text)
    last = source.span(parts[-1])
    indent = indentation(source.lines[last.line - 1])
    own_line = len(parts) > 1 and last.column == len(indent) + 1
    gap = f"\n{indent}" if own_line else " "
    return (put(f",{gap}{text}", last.end),)


def indentation(line: str) -> str:
    """Return the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def before_end(span: Span, text: str) -> Edits:
    """Write something before the last character, which is a bracket."""
    return (put(text, (span.end_line, span.end_column - 1)),)


def arguments(call: ast.Call) -> list[ast.expr | ast.keyword]:
    """Return the arguments of a call, as they stand in it."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(parts, key=lambda each: (each.lineno, each.col_offset))


def expression_at(source: Source, span: Span | None) -> ast.expr | None:
    """Return the expression at a span."""
    for node in source.nodes:
        if isinstance(node, ast.expr) and source.span(node) == span:
            return node
    return None


def segment(source: Source, node: ast.expr | ast.stmt) -> str | None:
    """Return the text of an expression or a statement, without decorators."""
    return source.segment(node)


def name_of(source: Source, module: str) -> str | None:
    """Return how the text calls a module: `jax.random` or `random`; None if it isn't imported."""
    imports = source.names.imports
    package, _, rest = module.rpartition(".")
    for name, dotted in imports.items():
        if dotted == module:
            return name
    return next((f"{name}.{rest}" for name, dotted in imports.items() if dotted == package), None)


def own_name(evidence: Evidence, at: ast.AST | None, declared: str) -> str | None:
    """Return what the function calls an argument at a place in it; None if it has no such name.

    The same holds if the name is given another value.
    """
    name, entry = given_name(evidence, at, declared), evidence.landmarks.entry
    nodes = ast.walk(entry) if entry is not None else ()
    named = (each for each in nodes if isinstance(each, ast.Name) and each.id == name)
    return None if any(isinstance(each.ctx, ast.Store) for each in named) else name


def given_name(evidence: Evidence, at: ast.AST | None, declared: str) -> str | None:
    """Return what the function calls an argument, even if it gives the name another value.

    A field of a class that the learner writes is called `self.field` in each of its methods. In
    NNX it's an argument of the constructor.
    """
    if evidence.exercise.is_field(declared):
        return _field(evidence, at, declared)
    entry = evidence.landmarks.entry
    if entry is None or not is_inside(at, entry):
        return None
    names = [each.arg for each in (*entry.args.posonlyargs, *entry.args.args)]
    if evidence.exercise.flax_class is not None:
        names = names[1:]
    parameters = [each.name for each in evidence.exercise.called_with]
    called = dict(zip(parameters, names, strict=False)).get(declared)
    return declared if declared in names else called


def _field(evidence: Evidence, at: ast.AST | None, declared: str) -> str | None:
    """Write a field as the method around a place does, None outside of the class's methods."""
    for cls in evidence.source.body:
        if not isinstance(cls, ast.ClassDef) or cls.name != evidence.exercise.function:
            continue
        for method in cls.body:
            if isinstance(method, ast.FunctionDef) and is_inside(at, method) and method.args.args:
                own = f"{method.args.args[0].arg}.{declared}"
                return (
                    own
                    if evidence.exercise.in_text(declared) != declared
                    else _taken(method, declared)
                )
    return None


def _taken(method: ast.FunctionDef, declared: str) -> str | None:
    """Return the name of an argument if a method has it."""
    names = [each.arg for each in (*method.args.args, *method.args.kwonlyargs)]
    return declared if declared in names else None


def is_inside(node: ast.AST | None, outer: ast.AST | None) -> bool:
    """Whether a node is a part of another."""
    return node is not None and outer is not None and any(e is node for e in ast.walk(outer))


def where_written(evidence: Evidence, node: ast.expr) -> ast.expr:
    """Return what a name is given in the function if it is read nowhere else; or else the node."""
    entry = evidence.landmarks.entry
    if not isinstance(node, ast.Name) or not isinstance(entry, ast.FunctionDef):
        return node
    uses = [e for e in ast.walk(entry) if isinstance(e, ast.Name) and e.id == node.id]
    for statement in entry.body if len(uses) == 2 and is_inside(node, entry) else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.id:
                return value
            case _:
                continue
    return node


def array_names(evidence: Evidence, at: ast.AST | None) -> list[str | None]:
    """Return what the function calls the task's arrays at a place in it, in their order."""
    return [own_name(evidence, at, each) for each in arrays_of(evidence)]


def arrays_of(evidence: Evidence) -> list[str]:
    """Return the names of the task's arrays, in their order."""
    return [each.name for each in evidence.exercise.parameters if isinstance(each, Array)]
