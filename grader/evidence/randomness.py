"""Whether a submission drew its random numbers from the reference's keys, split equally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto, unique

from grader.evidence.keys import deriving_steps
from grader.evidence.lifting import stream_split
from grader.evidence.look import KeyPair, Look
from grader.evidence.provenance import Provenance, provenances
from grader.evidence.trail import Trail
from grader.model.observation import Root, SplitEntry


@unique
class Drawn(Enum):
    """What was observed about the keys in one case.

    `SAME`: the reference's keys, split equally. `OTHERWISE`: some key or its splitting is known to
    differ. `UNKNOWN`: only the numbers can show it, because a key is a tracer (under `jax.jit`) or
    the reference uses no Flax stream. `NOTHING`: no key was seen.
    """

    SAME = auto()
    OTHERWISE = auto()
    UNKNOWN = auto()
    NOTHING = auto()


def drawn(look: Look) -> Drawn:
    """Return what was observed about the keys in one case."""
    wanted = provenances(look.expected, look.expected.late_streams)
    if any(_otherwise(look, each) for each in look.keys):
        return Drawn.OTHERWISE
    if wanted and not look.keys:
        return Drawn.NOTHING
    known = len(look.keys) == len(wanted) and all(_is_known(each) for each in look.keys)
    return Drawn.SAME if known and wanted else Drawn.UNKNOWN


def _is_known(pair: KeyPair) -> bool:
    return pair.expected.data is not None and pair.actual.data is not None


def _otherwise(look: Look, pair: KeyPair) -> bool:
    """Whether a key differs, or was made or split differently."""
    if pair.differs or _split(look.expected, pair.expected) != _split(look.actual, pair.actual):
        return True
    steps = len(deriving_steps(pair.actual)), len(deriving_steps(pair.expected))
    return pair.actual.data is None and steps[0] > steps[1]


def _split(trail: Trail, provenance: Provenance) -> bool:
    """Whether a lifted transform splits a stream in the call that draws from it."""
    runs = trail.lifted(provenance.root)
    return _any_true(
        (
            *(stream_split(each.call.split_rngs, provenance.stream) for each in runs),
            *(stream_split(each, provenance.stream) for each in _loops(trail, provenance.root)),
        )
    )


def _loops(trail: Trail, root: Root) -> Iterator[tuple[SplitEntry, ...]]:
    """Yield what the lifted loops of a Flax call do with the streams."""
    for each in trail.record.transforms:
        if each.ran and each.root == root.number and each.collections is not None:
            yield each.collections.splits


def _any_true(values: Iterable[object]) -> bool:
    return any(each is True for each in values)
