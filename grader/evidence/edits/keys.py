"""Edits of the keys that a program draws from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from grader.evidence.edits.given import imported
from grader.evidence.edits.text import (
    Edits,
    array_names,
    before_end,
    inserted,
    name_of,
    own_name,
    replaced,
    where_written,
)
from grader.evidence.keys import task_key
from grader.evidence.origins import called
from grader.model.edit import Edit
from grader.model.observation import Span
from grader.model.parsing import expression

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import KeyPair

_TRANSFORMS: Final = frozenset({"vmap", "pmap", "jit", "grad", "value_and_grad", "checkpoint"})


def seed_edits(evidence: Evidence, made: Span | None) -> Edits:
    """Make the key at `made` from the seed."""
    call = evidence.source.call_at(made)
    seed = _seed_name(evidence, call)
    if call is None or seed is None or not call.args:
        return ()
    return replaced(evidence.source, call.args[0], seed)


def key_edits(evidence: Evidence, pairs: Iterable[KeyPair]) -> Edits:
    """Pass the task's keys to the calls into Flax that got others."""
    streams: dict[Span | None, list[str]] = {}
    for each in pairs:
        streams.setdefault(each.actual.root.span, []).append(each.stream)
    found = (stream_edits(evidence, root, names) for root, names in streams.items())
    return tuple(edit for edits in found for edit in edits)


def stream_edits(evidence: Evidence, root: Span | None, streams: Sequence[str]) -> Edits:
    """Pass the task's keys for some streams to the call into Flax at `root`."""
    source = evidence.source
    call = source.call_at(root)
    keys = {each: _key(evidence, call, each) for each in streams}
    known = {stream: key for stream, key in keys.items() if key is not None}
    if call is None or len(known) < len(keys):
        return ()
    value = _given(call)
    if isinstance(value, ast.Name) and value.id in array_names(evidence, call):
        return ()  # its arguments are in another order
    passed = _passed(evidence, call, value, known)
    own = source.part(root)
    imports = () if name_of(own, "jax.random") is not None else imported(own, "import jax")
    return (*passed, *imports) if passed else ()


def _passed(
    evidence: Evidence, call: ast.Call, value: ast.expr | None, known: Mapping[str, str]
) -> Edits:
    """Pass keys to a call into Flax, instead of a `value`."""
    source = evidence.source
    entries = [f'"{stream}": {key}' for stream, key in known.items()]
    written = f"{{{', '.join(entries)}}}"
    if value is None and called(call) in _TRANSFORMS:
        return ()  # it takes a function, and keys are passed to what it returns
    if value is None:
        return inserted(source, call, f"rngs={written}")
    mapping = _written_dict(evidence, value)
    if mapping is not None:
        return _in_dict(evidence, mapping, known)
    alone = list(known) == ["params"] and called(call).startswith("init")
    if alone:
        return replaced(source, where_written(evidence, value), known["params"])
    return replaced(source, value, written)


def _in_dict(evidence: Evidence, mapping: ast.Dict, keys: Mapping[str, str]) -> Edits:
    """Write keys into a dict, instead of those for the same streams."""
    source = evidence.source
    names = [e.value if isinstance(e, ast.Constant) else None for e in mapping.keys]
    edits: list[Edit] = []
    for stream, key in keys.items():
        if stream in names:
            given = where_written(evidence, mapping.values[names.index(stream)])
            edits += replaced(source, given, key)
        else:
            comma = ", " if names else ""
            edits += before_end(source.span(mapping), f'{comma}"{stream}": {key}')
    return tuple(edits)


def _key(evidence: Evidence, call: ast.Call | None, stream: str) -> str | None:
    """Return how the task makes the key of a stream, in the names that hold at a call."""
    text = task_key(evidence, stream)
    return in_own_words(evidence, call, text) if call is not None and text is not None else None


def _given(call: ast.Call) -> ast.expr | None:
    """Return what a call into Flax gets as its keys."""
    for each in call.keywords:
        if each.arg == "rngs":
            return each.value
    return call.args[0] if call.args and called(call).startswith("init") else None


def _written_dict(evidence: Evidence, node: ast.expr) -> ast.Dict | None:
    origins = evidence.landmarks.origins(evidence.source.span(node))
    found = origins.definition(node) if origins is not None else node
    return found if isinstance(found, ast.Dict) else None


def in_own_words(evidence: Evidence, at: ast.expr | ast.stmt, text: str) -> str | None:
    """Return an expression of `jax.random` and the seed in the names that hold at a place."""
    seed = _seed_name(evidence, at)
    own = evidence.source.part(evidence.source.span(at))
    random = name_of(own, "jax.random") or "jax.random"
    if seed is None or random.partition(".")[0] in own.names.bound:
        return None
    tree = expression(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == evidence.seed_name:
            node.id = seed
    return ast.unparse(tree).replace("jax.random.", f"{random}.")


def _seed_name(evidence: Evidence, at: ast.AST | None) -> str | None:
    return own_name(evidence, at, evidence.seed_name) if evidence.seed_name is not None else None
