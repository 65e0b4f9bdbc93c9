"""Axis names that no transform defines."""

from __future__ import annotations

import ast
import re
from typing import Final

from grader.evidence.meaning import Meaning
from grader.evidence.origins import called
from grader.model.observation import Raised, Span
from grader.model.source import Source

_UNBOUND: Final = re.compile(r"unbound axis name:? *['\"]?([^\s'\".,]+)")
_COLLECTIVE: Final = re.compile(
    r"p(mean|sum|max|min|permute|shuffle|swapaxes|broadcast|vary)|psum_scatter|axis_(index|size)|"
    r"all_(gather|to_all)"
)


def unbound(raised: Raised, source: Source) -> Meaning | None:
    """Explain jax's NameError, which is about the name of an axis, not about a Python name."""
    found = _UNBOUND.search(raised.message)
    if found is None or "NameError" not in (raised.exception, *raised.bases):
        return None
    name = found[1]
    return Meaning(
        message=f'no axis is called "{name}" here',
        label=f'looks for an axis "{name}"',
        why="The missing name isn't a Python name but the name of a mapped axis. An axis has a "
        "name only inside the function or module that a vmap with this axis_name maps.",
        help=_advice(source, raised.place, name),
    )


def _advice(source: Source, place: Span | None, name: str) -> str:
    call = source.call_at(place)
    if call is None or not _is_collective(call) or _within(source, call, ast.ClassDef):
        return f'name the axis where the module is lifted: nn.vmap(…, axis_name="{name}")'
    given = _given(source)
    if name in given:
        return "remove the call, or move it into the mapped function: the axis exists only there"
    others = sorted(given)
    if _within(source, call, ast.Lambda, ast.FunctionDef, deep=True):
        if others:
            return f'use the name that the vmap around it gives: "{others[0]}"'
        return f'give the vmap around it the name, axis_name="{name}", or remove the call'
    return "remove the call: outside a vmap no axis has a name"


def _given(source: Source) -> set[str]:
    """Return the axis names in the file's calls."""
    keywords = [node for node in source.nodes if isinstance(node, ast.keyword)]
    named = [each.value for each in keywords if each.arg == "axis_name"]
    values = [each.value for each in named if isinstance(each, ast.Constant)]
    return {each for each in values if isinstance(each, str)}


def _is_collective(call: ast.Call) -> bool:
    return _COLLECTIVE.fullmatch(called(call)) is not None


def _within(source: Source, call: ast.Call, *kinds: type[ast.AST], deep: bool = False) -> bool:
    """Whether a call is inside a node of these kinds; `deep`: inside one that is in a function."""
    nodes = ast.walk(source.tree) if source.tree is not None else iter(())
    around = [
        node
        for node in nodes
        if isinstance(node, kinds) and any(each is call for each in ast.walk(node))
    ]
    return len(around) > (1 if deep else 0)
