"""What a function of a file mentions, itself and in the functions of the file that it reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence.impurity import carried
from grader.model.observation import Span
from grader.model.source import Function, Source


def mentioned(source: Source, function: str) -> frozenset[str]:
    """Return every name of the file that the function may use when it is called."""
    return frozenset(each.id for each in names(source, function))


def names(source: Source, function: str) -> list[ast.Name]:
    """Return the names in it, and in what it reaches, that aren't a function's own variables."""
    return [node for each in _reached(source, function) for node in _free(each)]


def kept(source: Source, function: str) -> frozenset[str]:
    """Return the names that it changes, and that outlive its call."""
    home, own = source.home(function)
    return frozenset(name for each in _reached(home, own) for name in carried(home, each))


def kept_by(source: Source, function: str, others: tuple[str, ...]) -> Span | None:
    """Return where the function uses what others change and keep; None if that isn't seen."""
    lasting = {name for other in others for name in kept(source, other)}
    found = [each for each in names(source, function) if each.id in lasting]
    return source.span(found[0]) if found else None


def _reached(source: Source, function: str) -> Iterator[Function]:
    seen: set[int] = set()
    source, function = source.home(function)
    waiting = [source.function(function)]
    while waiting:
        each = waiting.pop(0)
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [source.function(name.id) for name in _free(each)]


def _free(function: Function) -> list[ast.Name]:
    """Return the names that the function doesn't bind itself."""
    nodes = list(ast.walk(function))
    outer = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    found = [node for node in nodes if isinstance(node, ast.Name)]
    own |= {node.id for node in found if isinstance(node.ctx, ast.Store)}
    return [node for node in found if node.id not in own - outer]
