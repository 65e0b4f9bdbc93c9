"""What a function of a file mentions, itself and in the functions of the file that it reaches."""

from __future__ import annotations

import ast

from grader.evidence.impurity import carried, reachable
from grader.model.observation import Span
from grader.model.source import Source


def mentioned(source: Source, function: str) -> frozenset[str]:
    """Return every name that the function may use when it is called."""
    return frozenset(each.id for each in names(source, function))


def names(source: Source, function: str) -> list[ast.Name]:
    """Return the names in it, and in what it reaches."""
    return [
        node
        for each in reachable(source, function)
        for node in ast.walk(each)
        if isinstance(node, ast.Name)
    ]


def kept(source: Source, function: str) -> frozenset[str]:
    """Return the names that it changes, and that outlive its call."""
    return frozenset(name for each in reachable(source, function) for name in carried(source, each))


def kept_by(source: Source, function: str, others: tuple[str, ...]) -> Span | None:
    """Return where the function uses what others change and keep; None if that isn't seen."""
    lasting = {name for other in others for name in kept(source, other)}
    found = [each for each in names(source, function) if each.id in lasting]
    return source.span(found[0]) if found else None
