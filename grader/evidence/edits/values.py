"""What the names in a function refer to: what a call into Flax returns, flattened or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.model.observation import Root

_LOOPS: Final = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_BINDING: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.NamedExpr)


def called_once(evidence: Evidence, root: Root | None) -> ast.Call | None:
    """Return a call into Flax that stands in the function, in no loop."""
    call = evidence.source.call_at(root.span) if root is not None else None
    nodes = evidence.landmarks.own
    here = call is not None and any(each is call for each in nodes)
    return call if here and not is_repeated(evidence, call) else None


def is_repeated(evidence: Evidence, call: ast.Call | None) -> bool:
    """Whether a call stands in a loop of the function."""
    loops = [each for each in evidence.landmarks.own if isinstance(each, _LOOPS)]
    return any(call is inner for each in loops for inner in ast.walk(each))


def assigned(nodes: list[ast.AST], call: ast.Call, rest: str) -> str | None:
    """Return how the text calls what a call returns and `rest` makes of it."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if given_to(nodes, name):
                if value is call:
                    return f"{name}{rest}"
                if rest and flat(value) is call:
                    return name
            case ast.Assign(targets=[ast.Tuple(elts=items)], value=value) if value is call:
                names = [each.id for each in items if isinstance(each, ast.Name)]
                once = all(each != "_" and times_given(nodes, each) == 1 for each in names)
                return ", ".join(names) if once and len(names) == len(items) and not rest else None
            case _:
                continue
    return None


def given_to(nodes: list[ast.AST], name: str) -> ast.expr | None:
    """Return the only value that a name is given, None if there are several."""
    values = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]
    return values[0] if len(values) == 1 == times_given(nodes, name) else None


def times_given(nodes: list[ast.AST], name: str) -> int:
    """Return how many statements give a name a value."""
    return sum(name in _bound(node) for node in nodes)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement gives a value."""
    if isinstance(node, _BINDING):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def flat(node: ast.AST) -> ast.expr | None:
    """Return what an expression flattens, None if it does something else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.keywords:
        return None
    match node.func.attr, node.args:
        case (("ravel" | "flatten"), []):
            return node.func.value
        case "reshape", [size] if _is_all(size):
            return node.func.value
        case "ravel", [value]:
            return value
        case "reshape", [value, size] if _is_all(size):
            return value
        case _:
            return None


def _is_all(size: ast.expr) -> bool:
    """Whether a size is that of a single axis with all numbers: `-1` or `(-1,)`."""
    size = size.elts[0] if isinstance(size, ast.Tuple) and len(size.elts) == 1 else size
    return ast.unparse(size) == "-1"
