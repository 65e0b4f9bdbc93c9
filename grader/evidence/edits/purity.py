"""Edits that make a function pure: nothing kept between calls, no argument changed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.evidence.edits.statements import (
    around,
    first_of,
    has_own_lines,
    written_before,
)
from grader.evidence.edits.text import (
    Advice,
    Edits,
    expression_at,
    indentation,
    is_inside,
    put,
    segment,
)
from grader.model.source import Function, Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Span

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript)


# ------------------------------------------------------------------------ what outlives a call


def forgetting(evidence: Evidence) -> Advice | None:
    """Create in each call what a function changes and keeps; None if unclear where."""
    source, tree = evidence.source, evidence.source.tree
    node = expression_at(source, evidence.impurity.memory)
    if tree is None or not isinstance(node, ast.Name):
        return None
    function = next((each for each in tree.body if is_inside(node, each)), None)
    if not isinstance(function, ast.FunctionDef) or _is_used_elsewhere(tree, function, node.id):
        return None
    edits = _kept_by_default(source, function, node.id) or _kept_at_top(source, function, node.id)
    if not edits:
        return None
    text = f"make {node.id} inside {function.name}, so that each call starts with a new one"
    return Advice(text, edits)


def _is_used_elsewhere(tree: ast.Module, function: Function, name: str) -> bool:
    """Whether what a function keeps is read anywhere else, or given other values at the top."""
    own = {id(each) for each in ast.walk(function)}
    outside = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and each.id == name and id(each) not in own
    ]
    return len(outside) > 1


def _kept_by_default(source: Source, function: ast.FunctionDef, name: str) -> Edits:
    """Make the value of a default inside the function, which would else be made once."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    defaults = function.args.defaults
    pairs = dict(
        zip([e.arg for e in arguments[len(arguments) - len(defaults) :]], defaults, strict=True)
    )
    for each, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is not None:
            pairs[each.arg] = default
    first = first_of(function)
    if name not in pairs or first is None:
        return ()
    return written_before(source, first, f"{name} = {segment(source, pairs[name])}")


def _kept_at_top(source: Source, function: ast.FunctionDef, name: str) -> Edits:
    """Move the statement that makes a value from the top of the file into the function."""
    made = [statement for bound, statement in source.bindings() if bound == name]
    first = first_of(function)
    if len(made) != 1 or first is None or not has_own_lines(source, made[0]):
        return ()
    if made[0].col_offset or not isinstance(made[0], ast.Assign | ast.AnnAssign):
        return ()
    if isinstance(made[0], ast.Assign) and [ast.unparse(e) for e in made[0].targets] != [name]:
        return ()
    indent = indentation(source.lines[source.span(first).line - 1])
    lines = source.lines[made[0].lineno - 1 : made[0].end_lineno]
    text = f"\n{indent}".join(each.rstrip() for each in lines)
    within = [each for each in ast.walk(function) if isinstance(each, ast.Global)]
    declared = [each for each in within if name in each.names]
    if not declared:
        return (*_gap_deleted(source, made[0]), *written_before(source, first, text))
    if len(declared) > 1 or declared[0].names != [name]:
        return ()
    return (*_gap_deleted(source, made[0]), put(text, *_ends(source.span(declared[0]))))


def _gap_deleted(source: Source, statement: ast.stmt) -> Edits:
    """Delete a statement at the top, and the empty lines behind it."""
    lines = source.lines
    above = lines[statement.lineno - 2].strip() if statement.lineno > 1 else ""
    last = source.span(statement).end_line
    while not above and last < len(lines) and not lines[last].strip():
        last += 1
    return (put("", (statement.lineno, 1), (last + 1, 1)),)


def _ends(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return span.start, span.end


# --------------------------------------------------------------------- arguments that are changed


def sparing(evidence: Evidence) -> Advice | None:
    """Change a new array and not the one that was passed; None if it isn't known where."""
    source, tree, span = evidence.source, evidence.source.tree, evidence.impurity.change
    if tree is None or span is None:
        return None
    node = source.call_at(span)
    statement = around(tree, node) if node is not None else _statement_at(source, tree, span)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return _reassigned(source, statement, statement.target)
    name = _changed_name(node or statement)
    if statement is None or name is None or _is_refused(evidence):
        return None
    edits = written_before(source, statement, f"{name} = {name}.copy()")
    return Advice(f"change a copy: write {name} = {name}.copy() before this line", edits)


def _is_refused(evidence: Evidence) -> bool:
    """Whether JAX refused the change, so that a copy wouldn't help."""
    return any(look.raised is not None for look in evidence.looks)


def _statement_at(source: Source, tree: ast.Module, span: Span) -> ast.stmt | None:
    statements = (each for each in ast.walk(tree) if isinstance(each, ast.stmt))
    return next((each for each in statements if source.span(each) == span), None)


def _reassigned(source: Source, statement: ast.AugAssign, target: ast.Name) -> Advice | None:
    """Write `x = x * y` instead of `x *= y`."""
    sign, value = _OPERATORS.get(type(statement.op)), segment(source, statement.value)
    if sign is None or value is None or "#" in value:
        return None
    name = target.id
    value = value if isinstance(statement.value, _ATOMS) else f"({value})"
    text = f"{name} = {name} {sign} {value}"
    edits = (put(text, *_ends(source.span(statement))),)
    return Advice(f"make a new array instead: {text}", edits)


def _changed_name(node: ast.AST | None) -> str | None:
    """Return the name of the array that a statement or a call changes."""
    target: ast.AST | None = None
    match node:
        case ast.Assign(targets=[ast.Subscript() as written]) | ast.AugAssign(target=written):
            target = written
        case ast.Call(func=ast.Attribute(value=owner), args=args, keywords=keywords):
            out = next((each.value for each in keywords if each.arg == "out"), None)
            library = isinstance(owner, ast.Name) and owner.id in {"np", "numpy", "jnp", "random"}
            library = library or isinstance(owner, ast.Attribute)
            target = out or (args[0] if library and args else owner)
        case _:
            return None
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None
