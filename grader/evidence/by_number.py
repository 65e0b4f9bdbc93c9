"""Whether a program may decide something by one of the task's plain numbers, such as a rate.

A proof holds for the numbers that were traced. If the text only calculates with a number, what
holds for those holds for others, too, or the first cases show that it doesn't. But where it
compares the number, rounds it or makes text of it, any other one may lead to something else. A
type of few digits rounds as well, so little that a few cases may not show it; the traced numbers,
such as 0.5, have so few digits that it keeps them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from grader.model.exercise import Exercise, Number
from grader.model.names import Names, given, names_of, stored
from grader.model.source import Function, Source

_ASKING: Final = frozenset(
    {"all", "any", "argmax", "argmin", "argsort", "around", "as_integer_ratio"}
    | {"bitcast_convert_type", "bool", "ceil", "clip", "cond", "count", "digitize", "divmod"}
    | {"eq", "equal", "fix", "floor", "floor_divide", "floordiv", "fmod", "format", "ge", "get"}
    | {"greater", "gt", "hash", "heaviside", "hex", "index", "int", "int32", "is_integer"}
    | {"isclose", "isin", "le", "less", "limit_denominator", "lt", "max", "maximum", "min"}
    | {"minimum", "mod", "ne", "pack", "piecewise", "pop", "quantize", "reduce_precision", "relu"}
    | {"remainder", "repr", "rint", "round", "searchsorted", "select", "setdefault", "sign"}
    | {"sort", "sorted", "str", "switch", "trunc", "view", "where"}
    | {"__eq__", "__ge__", "__gt__", "__le__", "__lt__", "__ne__", "__round__", "__trunc__"}
)
"""Functions, and methods, whose result jumps, or whose result a program may compare."""
_NARROW: Final = re.compile(
    r"bfloat16|float(8|16)\w*|half|[<>=|]?(f2|e)|u?int(4|8|16|32|64|p)?|[iu][1248]"
)
"""Names of types with fewer digits than the numbers of a task, or none after the point."""
_STEPS: Final = (ast.Mod, ast.FloorDiv)
_RUNNING: Final = ("apply", "bind", "init", "init_with_output")
"""Methods of Flax that call `__call__`."""
_Code = ast.FunctionDef | ast.ClassDef | ast.Lambda
_ROUNDS: Final = 20


def decides_by_a_number(source: Source, exercise: Exercise) -> bool:
    """Whether the text may do something else for some of the numbers that the task allows."""
    numbers = [
        (place, each.name)
        for place, each in enumerate(exercise.parameters)
        if isinstance(each, Number) and each.interval is not None
    ]
    if not numbers:
        return False
    home, name = source.home(exercise.entry)
    function = home.function(name)
    if function is None or home.tree is None or len(source.files) > 1:
        return True
    return _decides(home.tree, _arguments(function, numbers))


def _arguments(function: Function, numbers: list[tuple[int, str]]) -> set[str]:
    """Return the names of the arguments that are numbers, whatever they are called."""
    placed = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    own = {placed[place] for place, _ in numbers if place < len(placed)}
    rest = (each.arg for each in (function.args.vararg, function.args.kwarg) if each)
    return own | {name for _, name in numbers} | set(rest)


def _decides(tree: ast.Module, told: set[str]) -> bool:
    names = names_of(tree)
    nodes = list(ast.walk(tree))
    taken = _taken_by_name(nodes)
    for _ in range(_ROUNDS):
        more = {name for node in nodes for name in _passed_on(node, told, taken)} - told
        if not more:
            return any(_asks(node, told, names) or _is_narrow(node) for node in nodes)
        told = told | more
    return True


def _taken_by_name(nodes: list[ast.AST]) -> dict[str, set[str]]:
    """Return what `_taken` says of each function, method and class that has a name."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.setdefault(name, set()).update(_taken(node))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value):
                found.setdefault(name, set()).update(_taken(value))
            case _:
                continue
    return found


def _taken(node: _Code) -> set[str]:
    """Return the names that what is passed to a function, or to a class, may have there."""
    if not isinstance(node, ast.ClassDef):
        return {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    fields = {
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    makers = [each for each in node.body if isinstance(each, ast.FunctionDef)]
    return fields.union(*(_taken(each) for each in makers if each.name == "__init__"))


def _passed_on(node: ast.AST, told: set[str], taken: dict[str, set[str]]) -> Iterator[str]:
    """Yield the names that get what is calculated from those that are known."""
    match node:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
            if node.value is not None and _mentions([node.value], told):
                yield from _stored(node)
        case (
            ast.For(iter=iterated, target=target) | ast.comprehension(iter=iterated, target=target)
        ):
            if _mentions([iterated], told):
                yield from _stored(target)
        case ast.Call() if _mentions(given(node), told):
            yield from _handed_to(node, taken)
            yield from (
                each.arg for each in node.keywords if each.arg and _mentions([each.value], told)
            )
        case ast.FunctionDef(name=name) if not _taken(node) and _mentions(node.body, told):
            yield name
        case _:
            return


def _handed_to(call: ast.Call, taken: dict[str, set[str]]) -> Iterator[str]:
    """Yield what a call may give to the text's functions: it calls them, or hands them on."""
    match call.func:
        case ast.Attribute(attr=name) if name not in _RUNNING:
            pass
        case _:  # perhaps an object, or one that Flax calls
            yield from taken.get("__call__", ())
    for each in ast.walk(call):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield from taken.get(name, ())
            case ast.Lambda():
                yield from _taken(each)
            case _:
                continue


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names, and the attributes of objects, that an assignment binds."""
    yield from stored(node)
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store):
            yield each.attr


def _mentions(nodes: Iterable[ast.AST], told: set[str]) -> bool:
    return any(
        (isinstance(each, ast.Name) and each.id in told)
        or (isinstance(each, ast.Attribute) and each.attr in told)
        for node in nodes
        for each in ast.walk(node)
    )


def _asks(node: ast.AST, told: set[str], names: Names) -> bool:
    """Whether a node makes something else of some numbers than of others."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.JoinedStr() | ast.UnaryOp(op=ast.Not()):
            asked: Iterable[ast.AST] = [node]
        case ast.BinOp(op=op) if isinstance(op, _STEPS):
            asked = [node]
        case ast.If(test=asking) | ast.IfExp(test=asking) | ast.While(test=asking):
            asked = [asking]
        case ast.Match(subject=asking) | ast.Subscript(slice=asking):
            asked = [asking]
        case ast.Call(func=func) if _is_asking(func, names):
            asked = [node]
        case _:
            return False
    return _mentions(asked, told)


def _is_narrow(node: ast.AST) -> bool:
    """Whether a node names a type that rounds; a number may get it from an array as well."""
    match node:
        case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return _NARROW.fullmatch(name) is not None
        case ast.ImportFrom(names=imported):
            return any(_NARROW.fullmatch(each.name) for each in imported)
        case ast.keyword(arg="dtype", value=ast.Name(id="int")):
            return True
        case _:
            return False


def _is_asking(func: ast.expr, names: Names) -> bool:
    """Whether a function, or a method, may tell numbers apart; those of a plain number all may."""
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _ASKING:
            return True
        case _:
            return names.dotted(func).startswith("math.")
