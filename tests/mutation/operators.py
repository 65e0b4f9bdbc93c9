"""Small changes of a program that a test of it should notice: a mutant each."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple, TypeGuard

_FLIPPED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
"""The negation of each comparison, and of those with a bound the same with another bound."""

_CONSTANT: Final = "another constant"

Change = Callable[[ast.AST], None]
"""Changes a node in place: the one of another tree at the same position."""


class Mutant(NamedTuple):
    """A changed program: where it is changed, and how.

    `inside` says whether that runs when a function is called, not when the module is loaded.
    """

    text: str
    number: int
    change: Change
    lines: range
    inside: bool
    name: str

    @property
    def in_constant(self) -> bool:
        """Whether a constant is changed, not a comparison or a condition."""
        return self.name.endswith(_CONSTANT)

    def tree(self) -> ast.Module:
        """Return the changed program."""
        tree = ast.parse(self.text)
        self.change(next(islice(ast.walk(tree), self.number, None)))
        return ast.fix_missing_locations(tree)


def mutants(text: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    tree = ast.parse(text)
    within = _within_functions(tree)
    promises = {id(each.value) for each in ast.walk(tree) if _is_promise(each)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in promises:
            continue
        for name, change in _changes(node):
            place = _place(node)
            lines = range(place.lineno, (place.end_lineno or place.lineno) + 1)
            title = f"{ast.unparse(node).splitlines()[0]}: {name}"
            yield Mutant(text, number, change, lines, id(node) in within, title)


def _is_promise(node: ast.AST) -> TypeGuard[ast.keyword]:
    """Whether it only forbids something that no program does: no test could notice."""
    return isinstance(node, ast.keyword) and node.arg in {"frozen", "kw_only", "strict"}


def _place(node: ast.AST) -> ast.expr | ast.stmt:
    match node:
        case ast.If(test=place) | ast.comprehension(target=place):
            return place
        case ast.match_case(guard=ast.expr() as place):
            return place
        case ast.expr() | ast.stmt():
            return node
    raise TypeError(node)


def _within_functions(tree: ast.Module) -> set[int]:
    """Return the ids of the nodes that run when a function is called, not when it is defined."""
    bodies = [
        statement
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for statement in node.body
    ]
    return {id(node) for statement in bodies for node in ast.walk(statement)}


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in _FLIPPED[type(op)]:
                    yield f"{type(op).__name__} as {other.__name__}", _compared(at, other)
        case ast.BoolOp(values=parts) | ast.comprehension(ifs=parts):
            for at, part in enumerate(parts):
                yield f"without {ast.unparse(part)}", _dropped(at)
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", _unnegated
        case ast.Constant(value=bool() | int()):
            yield _CONSTANT, _counted
        case ast.If(body=[*_, ast.Return() | ast.Continue() | ast.Raise()], orelse=[]):
            yield "never", _never
        case ast.match_case(guard=ast.expr()):
            yield "without its guard", _unguarded


def _compared(at: int, other: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[at] = other()

    return change


def _dropped(at: int) -> Change:
    def change(node: ast.AST) -> None:
        match node:
            case ast.BoolOp(op=op, values=parts):
                parts[at] = ast.Constant(isinstance(op, ast.And))
            case ast.comprehension(ifs=parts):
                del parts[at]

    return change


def _unnegated(node: ast.AST) -> None:
    assert isinstance(node, ast.UnaryOp)
    twice = ast.UnaryOp(op=ast.Not(), operand=node.operand)
    node.operand = twice


def _counted(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    value = node.value
    node.value = (not value) if isinstance(value, bool) else int(value) + 1


def _never(node: ast.AST) -> None:
    assert isinstance(node, ast.If)
    node.test = ast.Constant(False)


def _unguarded(node: ast.AST) -> None:
    assert isinstance(node, ast.match_case)
    node.guard = None
