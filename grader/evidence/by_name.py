"""Arguments passed to a lifted module by name, which nn.vmap and nn.scan drop."""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

from grader.evidence.meaning import Meaning
from grader.model.observation import Raised, Record, Span
from grader.model.source import Source

_ENTRIES: Final = frozenset({"init", "init_with_output", "lazy_init", "apply", "__call__"})
_OF_FLAX: Final = frozenset(
    {
        "rngs",
        "mutable",
        "method",
        "capture_intermediates",
        "variables",
        "init_kwargs",
        "name",
        "parent",
    }
)
"""The arguments that `init`, `apply` and each module's constructor themselves take."""


_LOOP: Final = "nn.scan"


class _Lift(NamedTuple):
    """What was lifted, and where."""

    target: str
    span: Span | None


def _lifts(record: Record) -> list[_Lift]:
    """Return the calls that made lifted modules which drop arguments with a name."""
    found = [_Lift(each.target, each.span) for each in record.lifted]
    loops = [each for each in record.transforms if each.transform == _LOOP and each.raised]
    return [*found, *(_Lift(each.target, each.span) for each in loops)]


def passed_by_name(raised: Raised, record: Record, source: Source) -> Meaning | None:
    """Explain Flax's exception for a call that passes an argument to a lifted module by name."""
    call = source.call_at(raised.place)
    if call is None or raised.library is None or not _lifts(record) or not _enters(call):
        return None
    if _makes(call, record, source):
        return None
    if not any(run.lifted is not None for run in record.modules) and not _gave_up(record):
        return None
    named = named_arguments(call)
    if not named:
        return None
    ordered = _ordered(named, record, source)
    values = ", ".join(ast.unparse(each.value) for each in ordered or ())
    also = _also(call, named, source)
    return Meaning(
        message=f"the lifted module gets {_listing(named)} by name",
        label="passed by name",
        why="A lifted module takes its arguments by position, as in_axes lists them. Flax drops "
        "an argument that is passed by name, so the module doesn't get it.",
        help=f"pass by position{also}: {values}"
        if ordered
        else f"pass them by position{also}, in the order in which the module takes them",
        span=source.span(named[0]),
    )


def named_arguments(call: ast.Call) -> list[ast.keyword]:
    """Return what a call passes by name that isn't for Flax itself."""
    return [each for each in call.keywords if each.arg is not None and each.arg not in _OF_FLAX]


def _also(call: ast.Call, named: list[ast.keyword], source: Source) -> str:
    """Say on which other lines the same arguments are passed by name."""
    names = {each.arg for each in named}
    lines = sorted(
        node.lineno
        for node in source.nodes
        if isinstance(node, ast.Call)
        and node is not call
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _ENTRIES
        and names & {each.arg for each in node.keywords}
    )
    return f", also on line {lines[0]}" if len(lines) == 1 else ", in every call" if lines else ""


def _ordered(named: list[ast.keyword], record: Record, source: Source) -> list[ast.keyword] | None:
    """Return the arguments in the order of the module's method, None if that isn't known."""
    if len(named) == 1:
        return named
    targets = {each.target for each in _lifts(record)}
    classes = [each for each in source.nodes if isinstance(each, ast.ClassDef)]
    methods = [
        part.args
        for each in classes
        if each.name in targets
        for part in each.body
        if isinstance(part, ast.FunctionDef) and part.name == "__call__"
    ]
    names = [arg.arg for arg in methods[0].args] if len(methods) == 1 else []
    if any(each.arg not in names for each in named):
        return None
    return sorted(named, key=lambda each: names.index(each.arg or ""))


def _enters(call: ast.Call) -> bool:
    return not isinstance(call.func, ast.Attribute) or call.func.attr in _ENTRIES


def _makes(call: ast.Call, record: Record, source: Source) -> bool:
    """Whether a call makes an instance of what was lifted, directly or by a name."""
    lifted = [source.call_at(each.span) for each in _lifts(record)]
    named = {
        target.id
        for node in source.nodes
        if isinstance(node, ast.Assign) and node.value in lifted
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    func = call.func
    return func in lifted or (isinstance(func, ast.Name) and func.id in named)


def _gave_up(record: Record) -> bool:
    """Whether Flax raised before any module ran."""
    return any(root.raised for root in record.roots)


def _listing(named: list[ast.keyword]) -> str:
    names = [f"`{each.arg}`" for each in named]
    return " and ".join(names) if len(names) < 3 else f"{len(names)} arguments"
