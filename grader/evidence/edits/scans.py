"""Edits of the arguments of a lifted loop: what happens to collections, and to streams."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.arguments import left_out
from grader.evidence.edits.text import Edits, inserted, rewritten
from grader.model.edit import Edit
from grader.model.observation import Span
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

POSITIONS: Final = {
    name: place
    for place, name in enumerate(
        (
            "target",
            "variable_axes",
            "variable_broadcast",
            "variable_carry",
            "split_rngs",
            "in_axes",
            "out_axes",
            "length",
            "reverse",
        )
    )
}
"""Where `nn.scan` takes each argument."""


def collection_edits(evidence: Evidence, made: Span | None, wanted: Mapping[str, str]) -> Edits:
    """Give a lifted loop just these arguments about collections.

    One that has to go is replaced by one that is missing. Nothing is written if arguments are
    unpacked.
    """
    call = evidence.source.call_at(made)
    if call is None or not _is_plain(call):
        return ()
    if len(call.args) > 1:
        return tuple(_by_position(evidence.source, call, wanted))
    given = {each.arg: each for each in call.keywords if each.arg in _COLLECTIONS}
    missing = [f"{name}={text}" for name, text in wanted.items() if name not in given]
    edits: list[Edit] = []
    for name, keyword in given.items():
        if name in wanted:
            edits += rewritten(evidence.source, keyword.value, wanted[name])
        elif missing:
            edits.append(Edit(span=evidence.source.span(keyword), text=missing.pop(0)))
        else:
            edits += left_out(evidence, made, name or "")
    return (*edits, *(inserted(evidence.source, call, ", ".join(missing)) if missing else ()))


_COLLECTIONS: Final = {
    "variable_axes": "{}",
    "variable_broadcast": "False",
    "variable_carry": "False",
}
"""Each with a value that names no collection."""


def _by_position(source: Source, call: ast.Call, wanted: Mapping[str, str]) -> Iterator[Edit]:
    """Write each value where it stands, and those that are missing as keywords."""
    own = {each.arg: each.value for each in call.keywords}
    missing = []
    for name, nothing in _COLLECTIONS.items():
        place, text = POSITIONS[name], wanted.get(name, nothing)
        value = call.args[place] if place < len(call.args) else own.get(name)
        if value is not None:
            yield from rewritten(source, value, text)
        elif name in wanted:
            missing.append(f"{name}={text}")
    if missing:
        yield from inserted(source, call, ", ".join(missing))


def _is_plain(call: ast.Call) -> bool:
    unpacked = any(each.arg is None for each in call.keywords)
    return not unpacked and not any(_starred(call))


def _starred(call: ast.Call) -> Iterator[bool]:
    return (isinstance(each, ast.Starred) for each in call.args)
