"""Exceptions of several names on the left that get what one call gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from grader.evidence.meaning import Meaning
from grader.model.names import root
from grader.model.observation import Raised, Span
from grader.model.source import Source


def unpacked(raised: Raised, source: Source) -> Meaning | None:
    """Explain that `init` gives no pair, and `jax.grad` not one gradient for each argument."""
    return _of_init(raised, source) or _of_gradient(raised, source)


def _of_init(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception of `y, variables = model.init(…)`, if the text defines no `init`."""
    unpacks = "to unpack" in raised.message and "init" not in source.names.bound
    for node in source.nodes if unpacks else ():
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(attr="init"))):
                if raised.place in {source.span(target), source.span(node)}:
                    return Meaning(
                        why="init returns the variables alone, without the output.",
                        help="give them one name, and get the output from apply",
                    )
            case _:
                continue
    return None


def _of_gradient(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception of `dw, db = jax.grad(loss)(w, b)`, where several names get one array.

    If it is a dict, they get its keys, and a later line raises.
    """
    for node, target in _unpacked_gradients(source):
        if "to unpack" in raised.message:
            if raised.place in {source.span(target), source.span(node), source.span(node.value)}:
                places = ", ".join(map(str, range(len(target.elts))))
                return Meaning(
                    why="jax.grad returns the gradient by the first argument, not one by each "
                    "argument, and not the value.",
                    help=f"say what the gradients are by, jax.grad(…, argnums=({places})), or "
                    "take the value as well, by jax.value_and_grad",
                )
        elif _OF_TEXT.search(raised.message) and _names_one(source, raised.place, target):
            return Meaning(
                why="jax.grad returns a tree like the first argument. If that is a dict, several "
                f"names on the left, {ast.unparse(target).strip('()')}, get its keys, not its "
                "values.",
                help="give the gradient one name, and take its entries, or go through both trees "
                "with jax.tree.map",
            )
    return None


_OF_TEXT: Final = re.compile(r"sequence by non-int|'str'|\ba str\b|\bstr\b")


def _unpacked_gradients(source: Source) -> Iterator[tuple[ast.Assign, ast.Tuple]]:
    """Yield assignments of several names that get what one plain jax.grad gives."""
    for node in source.nodes:
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=[_, _, *_]) as target], value=ast.Call() as call
            ):
                if _is_plain_gradient(_bound_to(call.func, source), source):
                    yield node, target
            case _:
                continue


def _names_one(source: Source, place: Span | None, target: ast.Tuple) -> bool:
    """Whether one of the names of a target is read where something raised."""
    names = {each.id for each in target.elts if isinstance(each, ast.Name)}
    lines = range(place.line, place.end_line + 1) if place is not None else ()
    return any(
        isinstance(node, ast.Name)
        and node.id in names
        and isinstance(node.ctx, ast.Load)
        and node.lineno in lines
        for node in source.nodes
    )


def _bound_to(func: ast.expr, source: Source) -> ast.expr:
    """Return what the text gives a name, if there is only one such place."""
    if not isinstance(func, ast.Name):
        return func
    given = [
        node.value
        for node in source.nodes
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == func.id
    ]
    return given[0] if len(given) == 1 else func


def _is_plain_gradient(call: ast.expr, source: Source) -> bool:
    """Whether a call is `jax.grad(f)`: by one argument, and without anything beside it."""
    match call:
        case ast.Call(
            func=(ast.Attribute(attr="grad") | ast.Name(id="grad")) as func, args=[_], keywords=[]
        ):
            head = root(func)
            own = isinstance(head, ast.Name) and head.id in source.names.bound
            return not own and source.names.dotted(func) in ("", "jax.grad")
        case _:
            return False
