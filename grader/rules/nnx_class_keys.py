"""Layers of NNX that are drawn from a stream with a constant key, beside others that aren't.

The grader hands a learner's class `rngs`, made from the seed; a function makes them. Another
stream that has the same key for every seed gives its layers the same weights for every seed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import Edits
from grader.evidence.edits.text import replaced
from grader.evidence.nnx import nnx_use, of_library
from grader.model.nnx import NnxRecord, NnxStream
from grader.model.observation import Span
from grader.model.transforms import needs_nnx
from grader.rules.rule import Sighting


def ignored_seed(evidence: Evidence) -> Iterator[Sighting]:
    """Yield a sighting for each place that makes such a stream, where the answers are wrong."""
    wrong, of_map = evidence.answered_wrong, nnx_use(evidence.exercise) is not None
    if not needs_nnx(evidence.exercise) or of_map or not wrong:
        return
    seeds = {evidence.seed(look.case) for look in evidence.completed}
    if len(seeds) < 2 or not all(map(_calls_the_same, wrong)):
        return
    for span, key in _constant(evidence).items():
        yield _sighting(evidence, wrong[0], span, key)


def _constant(evidence: Evidence) -> dict[Span, str]:
    """Return where streams are made that have one key in all cases, unlike the reference's."""
    found: dict[Span, str] = {}
    streams = [_own_streams(look.actual.record.nnx) for look in evidence.completed]
    for stream in streams[0] if streams else ():
        span, key = stream.span, stream.data
        if span is None or key is None:
            continue
        everywhere = all(_has(each, span, key) for each in streams)
        theirs = [_keys(look.expected.record.nnx) for look in evidence.completed]
        if everywhere and not all(key in each for each in theirs):
            found[span] = key
    return found


def _own_streams(record: NnxRecord) -> tuple[NnxStream, ...]:
    """Return the streams that the program made, and from which layers were drawn."""
    drawn = _keys(record)
    return tuple(each for each in record.streams if each.data in drawn)


def _keys(record: NnxRecord) -> frozenset[str | None]:
    return frozenset(each.data for each in record.draws if each.layer is not None)


def _has(streams: tuple[NnxStream, ...], span: Span, key: str) -> bool:
    """Whether the stream that is made at a place has this key, each time that it's made."""
    keys = {each.data for each in streams if each.span == span}
    return keys == {key}


def _calls_the_same(look: Look) -> bool:
    """Whether NNX's layers are called as in the reference: then each takes part in the answer."""
    ours, theirs = look.actual.record.nnx, look.expected.record.nnx
    return _called(ours) == _called(theirs) != Counter()


def _called(record: NnxRecord) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.class_name, *each.inputs, *each.outputs) for each in record.calls if of_library(each)
    )


def _sighting(evidence: Evidence, look: Look, span: Span, key: str) -> Sighting:
    name = evidence.seed_name
    return Sighting(
        message=f"{name} is ignored: a layer is drawn from the same key for every {name}",
        label=f"the key doesn't depend on {name}",
        details=(f"In every case the stream that is made here has the key {key}.",),
        why="Runs with different seeds should start from different weights.",
        help="draw the layers from the rngs that the class is given"
        if evidence.exercise.flax_class is not None
        else f"draw all layers from the stream of nnx.Rngs({name})",
        span=span,
        edits=_edits(evidence, span),
        case=look.case,
        evidence={"key": key},
    )


def _edits(evidence: Evidence, span: Span) -> Edits:
    """Pass on the constructor's `rngs` where the stream is made as an argument of a layer."""
    call = evidence.source.call_at(span)
    made = evidence.source.function(f"{evidence.exercise.function}.__init__")
    if call is None or not isinstance(made, ast.FunctionDef):
        return ()
    taken = [each.arg for each in (*made.args.args, *made.args.kwonlyargs)]
    passed = any(
        isinstance(each, ast.keyword) and each.value is call and each.arg == "rngs"
        for each in ast.walk(made)
    )
    return replaced(evidence.source, call, "rngs") if passed and "rngs" in taken else ()
