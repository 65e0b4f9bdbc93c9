"""Where a key came from: the calls of `jax.random` that led to it, the first one first."""

from __future__ import annotations

import msgspec

from grader.evidence.trail import Trail
from grader.observation import KeyStep, Root

MAKERS = frozenset({"PRNGKey", "key"})


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """The key of a stream, where it was drawn from.

    That is the call that made the variables, or for some streams the one that gave the answer.

    `data` is in hex, None where it was a tracer. `steps` lead from the seed to the key, as far
    as the submission's own text made them. `positions` says for each step which of the keys that
    it made was taken on.
    """

    stream: str
    root: Root
    data: str | None
    steps: tuple[KeyStep, ...] = ()
    positions: tuple[int, ...] = ()


def provenances(trail: Trail, late: frozenset[str]) -> tuple[Provenance, ...]:
    """Return where the keys came from: of `late` streams those that the answer was drawn from.

    Of the other streams it is those that the variables were made with.
    """
    pairs = [(trail.maker, key) for key in trail.maker.keys] if trail.maker is not None else []
    pairs = [(root, key) for root, key in pairs if key.stream not in late]
    if trail.answer is not None:
        pairs += [(trail.answer, key) for key in trail.answer.keys if key.stream in late]
    return tuple(
        _provenance(trail.record.keys, root, key.stream, key.data)
        for root, key in pairs
        if root is not None
    )


def _provenance(
    steps: tuple[KeyStep, ...], root: Root, stream: str, data: str | None
) -> Provenance:
    if data is None:
        return Provenance(stream=stream, root=root, data=None, steps=steps)
    chain: list[tuple[KeyStep, int]] = []
    wanted: frozenset[str] = frozenset({data})
    for step in reversed(steps):
        place = next((n for n, made in enumerate(step.made) if made in wanted), None)
        if place is not None and not wanted <= frozenset(step.given):
            chain.append((step, place))
            wanted = frozenset(step.given)
    chain.reverse()
    return Provenance(
        stream=stream,
        root=root,
        data=data,
        steps=tuple(step for step, _ in chain),
        positions=tuple(place for _, place in chain),
    )


def step_text(step: KeyStep, place: int) -> str:
    """Say what a step did: `the second key of jax.random.split(key)`."""
    operands = ", ".join(step.operands)
    if step.operation in MAKERS:
        return f"jax.random.{step.operation}({operands})"
    call = f"jax.random.{step.operation}(key{', ' + operands if operands else ''})"
    if len(step.made) < 2:
        return call
    return f"key {place} of the {len(step.made)} that {call} made"
