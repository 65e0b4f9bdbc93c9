"""Chooses among the places that a value may come from, and says where to point."""

from __future__ import annotations

import ast
from collections.abc import Callable

from grader.evidence.origins.calls import Step, called
from grader.evidence.origins.follow import Origins, Way
from grader.evidence.origins.values import UNKNOWN, value_of

Accepts = Callable[[object], bool]
"""Whether a value is the one that was recorded."""

_CONTAINERS = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Tuple)
_LOOKS = (ast.Attribute, ast.Subscript, ast.FormattedValue, ast.Assert, ast.Compare)
_LOOKING = frozenset({"print", "len", "isinstance", "repr", "str", "type", "id", "debug"})


def written(
    origins: Origins, steps: list[Step], accepts: Accepts, *, constants: bool = True
) -> ast.expr | None:
    """Return where a value was written; if that isn't known, the last place that is certain.

    None if no place is: the first one may have nothing to do with the value. Without `constants`,
    don't follow a name to its constant: if a value should have followed an argument, the constant
    is right and its use is wrong.
    """
    ways = [way for step in steps for way in origins.ways(step)]
    known = [UNKNOWN if way[-1].path else value_of(origins, way[-1].node) for way in ways]
    accepted = {
        way[-1].node: way
        for way, value in zip(ways, known, strict=True)
        if value is not UNKNOWN and accepts(value)
    }
    if len(accepted) == 1 and UNKNOWN not in known:
        return _end(origins, next(iter(accepted.values())), literal=constants)
    if len(ways) == 1 and UNKNOWN in known:
        return _end(origins, ways[0], literal=False)
    told = accepted or UNKNOWN in known or not ways
    return _certain(origins, _common(ways) if told else tuple(steps[:1]))


def _common(ways: list[Way]) -> Way:
    """Return the steps that all ways start with."""
    shared: list[Step] = []
    for steps in zip(*ways, strict=False):
        if len(set(map(_identity, steps))) > 1:
            break
        shared.append(steps[0])
    return tuple(shared)


def _identity(step: Step) -> tuple[int, object]:
    return id(step.node), step.path


def _end(origins: Origins, way: Way, *, literal: bool) -> ast.expr | None:
    """Return the place at the end of a way, unless other code reads the same value."""
    for index, step in enumerate(way[:-1]):
        if not step.path and _serves_others(origins, step.node):
            return _certain(origins, way[: index + 1])
    node = way[-1].node
    whole = isinstance(node, _CONTAINERS) or _makes_dict(node)
    if isinstance(node, ast.expr) and (literal or (whole and not way[-1].path)):
        return node
    return _certain(origins, way)


def _makes_dict(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called(node) in {"dict", "fromkeys"}


def _certain(origins: Origins, way: Way) -> ast.expr | None:
    """Return the last place of a way that itself names its value's purpose."""
    places = [step for step in way if step.named or (step.path and _unpacked(origins, step.node))]
    nodes = [step.node for step in places if isinstance(step.node, ast.expr)]
    return nodes[-1] if nodes else None


def _unpacked(origins: Origins, node: ast.AST) -> bool:
    """Whether an expression is passed to a call as `**these`."""
    return isinstance(origins.scopes.parents.get(node), ast.keyword)


def _serves_others(origins: Origins, node: ast.AST) -> bool:
    """Whether the value that an expression reads is also read for another purpose.

    Then the value may be right for the other purpose, and only this use of it is wrong.
    """
    scopes = origins.scopes
    uses: list[ast.AST] = []
    if isinstance(node, ast.Name):
        uses = [*scopes.uses[scopes.variable(node)]]
    elif isinstance(node, ast.Attribute | ast.Subscript):
        text = ast.dump(node)
        uses = [each for each in scopes.parents if type(each) is type(node)]
        uses = [each for each in uses if ast.dump(each) == text]
    purposes = {_purpose(origins, each) for each in uses} - {None}
    return len(purposes) > 1


def _purpose(origins: Origins, node: ast.AST) -> object:
    """Return the purpose for which a value is read, None if it is only inspected."""
    parent = origins.scopes.parents[node]
    found: object = id(node)
    match parent:
        case ast.keyword():
            found = parent.arg or "**"
        case ast.Starred() | ast.IfExp():
            found = _purpose(origins, parent)
        case ast.Call() if node in parent.args:
            looks = called(parent) in _LOOKING
            found = None if looks else (parent.args.index(node), ast.dump(parent.func))
        case ast.Dict() if node in parent.values:
            key = parent.keys[parent.values.index(node)]
            found = "**" if key is None else ast.dump(key)
        case _ if isinstance(parent, _LOOKS):
            found = None
        case _:
            pass
    return found
