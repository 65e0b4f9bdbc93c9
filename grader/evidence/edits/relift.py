"""Replaces a loop, `jax.vmap` or arithmetic by a lifted module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from grader.evidence.deviation import dict_text
from grader.evidence.edits.answer import answer_edits
from grader.evidence.edits.keys import in_own_words
from grader.evidence.edits.lift import is_plain, is_tasks, lifted_text, settings_text
from grader.evidence.edits.results import task_results
from grader.evidence.edits.statements import has_own_lines
from grader.evidence.edits.text import (
    Edits,
    array_names,
    indentation,
    name_of,
    put,
    replaced,
    segment,
)
from grader.evidence.keys import task_key

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import ModuleRun, Root, StreamKey


class _Made(NamedTuple):
    """The statement that makes the module, and the one that makes its variables."""

    statement: ast.Assign
    call: ast.Call
    model: str
    init: ast.Assign | None = None
    variables: str = "variables"


def relift_edits(evidence: Evidence, look: Look, top: ModuleRun) -> Edits:
    """Lift the module where it is made, and return what `apply` of it gives on all examples."""
    right = _right_already(look)
    if right is not None:
        return answer_edits(evidence, look, right)
    made = _made(evidence, top)
    if made is None:
        return ()
    module = _module_edits(evidence, look, top, made)
    answer = _answer_edits(evidence, look, made)
    return (*module, *answer) if module and answer else ()


def _right_already(look: Look) -> Root | None:
    """Return the call to a lifted module that gave the task's output, though nothing uses it."""
    answer = look.expected.answer
    wanted = look.expected.top(answer) if answer is not None else None
    if wanted is None or wanted.given is None:
        return None
    for root in look.actual.forward:
        run = look.actual.top(root)
        if run is not None and run.given == wanted.given and look.actual.is_lifted(root):
            return root
    return None


def _made(evidence: Evidence, top: ModuleRun) -> _Made | None:
    """Find where the module is made in the function's body, and its variables."""
    entry, call = evidence.landmarks.entry, evidence.source.call_at(top.span)
    body = entry.body if isinstance(entry, ast.FunctionDef) else []
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call is not None:
                return _with_variables(_Made(statement, call, name), body)
            case _:
                continue
    return None


def _with_variables(made: _Made, body: list[ast.stmt]) -> _Made:
    """Add the plain call of `init`, if there is one."""
    for statement in body[body.index(made.statement) + 1 :]:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                inner = _of_params(value)
                if _is_init(inner or value, made.model):
                    text = f'{{"params": {name}}}' if inner is not None else name
                    return made._replace(init=statement, variables=text)
            case _:
                continue
    return made


def _of_params(node: ast.expr) -> ast.expr | None:
    """Return what `["params"]` is taken from."""
    match node:
        case ast.Subscript(value=value, slice=ast.Constant(value="params")):
            return value
        case _:
            return None


def _is_init(node: ast.expr, model: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="init"), args=[_, *_]):
            return name == model
        case _:
            return False


def _module_edits(evidence: Evidence, look: Look, top: ModuleRun, made: _Made) -> Edits:
    """Lift the task's class, and make the module as the task does."""
    source, call = evidence.source, made.call
    if is_tasks(evidence, top) and isinstance(call.func, ast.Name | ast.Attribute):
        text = lifted_text(evidence, look, call, segment(source, call.func))
        if text is None or is_plain(call):
            return replaced(source, call.func, text) if text is not None else ()
        return replaced(source, call, f"{text}({settings_text(evidence, look, call)})")
    name = _class_name(evidence)
    text = lifted_text(evidence, look, call, name)
    settings = settings_text(evidence, look, call)
    known = text is not None and settings is not None
    return replaced(source, call, f"{text}({settings})") if known else ()


def _class_name(evidence: Evidence) -> str | None:
    """Return what the text calls the task's class."""
    module, linen = evidence.exercise.module, name_of(evidence.source, "flax.linen")
    if module.startswith("nn."):
        return module.replace("nn", linen, 1) if linen is not None else None
    return module if evidence.source.definition(module) is not None else None


def _answer_edits(evidence: Evidence, look: Look, made: _Made) -> Edits:
    """Call `init` with all examples, and replace what follows by `apply`."""
    source, arrays = evidence.source, [e for e in array_names(evidence, made.call) if e is not None]
    rest = _behind(evidence, made.init or made.statement)
    init = _init_edits(evidence, look, made, arrays)
    applied = _applied(evidence, look, made, arrays)
    if not arrays or not rest or init is None or applied is None:
        return ()
    indent = indentation(source.lines[rest[0].lineno - 1])
    edits, lines = init
    text = f"\n{indent}".join([*lines, *applied])
    first = min([rest[0].lineno, *(e.lineno for e in getattr(rest[0], "decorator_list", []))])
    return (*edits, put(text, (first, len(indent) + 1), source.span(rest[-1]).end))


def _behind(evidence: Evidence, statement: ast.stmt) -> list[ast.stmt]:
    """Return what follows a statement, if it only computes what the one `return` gives."""
    entry = evidence.landmarks.entry
    body = entry.body if isinstance(entry, ast.FunctionDef) else []
    rest = body[body.index(statement) + 1 :]
    ends = bool(rest) and isinstance(rest[-1], ast.Return) and len(evidence.landmarks.results) == 1
    return rest if ends and has_own_lines(evidence.source, rest[0]) else []


def _init_edits(
    evidence: Evidence, look: Look, made: _Made, arrays: list[str]
) -> tuple[Edits, list[str]] | None:
    """Pass all examples to `init`, or write a call of it; None if that can't be."""
    if made.init is None:
        key = _keys(evidence, look, made, look.expected.maker)
        line = f"variables = {made.model}.init({key}, {', '.join(arrays)})"
        return ((), [line]) if key is not None else None
    call = _of_params(made.init.value) or made.init.value
    given = call.args[1:] if isinstance(call, ast.Call) else []
    if len(given) != len(arrays):
        return None
    pairs = zip(given, arrays, strict=True)
    return tuple(e for node, name in pairs for e in replaced(evidence.source, node, name)), []


def _keys(evidence: Evidence, look: Look, made: _Made, root: Root | None) -> str | None:
    """Write the keys that the task passes to a call into Flax."""
    keys: dict[str, str] = {}
    for each in root.keys if root is not None else ():
        told = task_key(evidence, each.stream)
        own = in_own_words(evidence, made.call, told) if told is not None else None
        text = _named_key(look, made, each) or own
        if text is None:
            return None
        keys[each.stream] = text
    if list(keys) == ["params"]:
        return keys["params"]
    return dict_text(keys) if keys else None


def _named_key(look: Look, made: _Made, key: StreamKey) -> str | None:
    """Return the name of a key that `init` already got, if it is the task's for this stream."""
    maker = look.actual.maker
    found = {each.stream: each.data for each in maker.keys} if maker is not None else {}
    value = made.init.value if made.init is not None else None
    given = value.args[0] if isinstance(value, ast.Call) else None
    if key.data is None or found.get(key.stream) != key.data or not isinstance(given, ast.Dict):
        return None
    for name, each in zip(given.keys, given.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key.stream:
            return each.id if isinstance(each, ast.Name) else None
    return None


def _applied(evidence: Evidence, look: Look, made: _Made, arrays: list[str]) -> list[str] | None:
    """Write the call of `apply`, and what is returned of it."""
    results, root = task_results(evidence, look), look.expected.answer
    given = [made.variables, *arrays]
    if root is not None and root.keys and root is not look.expected.maker:
        rngs = _keys(evidence, look, made, root)
        if rngs is None:
            return None
        given.append(f"rngs={rngs if rngs.startswith('{') else dict_text({'params': rngs})}")
    if results is None:
        return None
    if not results.written:
        return [f"return {made.model}.apply({', '.join(given)}){results.rest}"]
    written_to = ", ".join(f'"{each}"' for each in results.written)
    given.append(f"mutable=[{written_to}]")
    call = f"y, updates = {made.model}.apply({', '.join(given)})"
    return [call, f"return {', '.join(results.items)}"]
