"""Where a key came from: the calls to `jax.random` that led to it, in order."""

from __future__ import annotations

import msgspec

from grader.evidence.trail import Trail
from grader.model.observation import KeyStep, Root, StreamKey

MAKERS = frozenset({"PRNGKey", "key"})
_TRACED = "a traced "
DERIVING = frozenset({"split", "fold_in"})


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """The key of a stream in the call that draws from it.

    That is the call that made the variables, or for some streams the one that gave the answer.

    `data` is in hex, None for a tracer. `steps` lead from the seed to the key, as far as the
    submission's own text made them. `positions` says for each step which of its keys was used next.
    `sure` says that `steps` are the key's own; otherwise they are all possible ones. `in_array`: an
    array of keys was given instead of one key.
    """

    stream: str
    root: Root
    data: str | None
    steps: tuple[KeyStep, ...] = ()
    positions: tuple[int, ...] = ()
    sure: bool = True
    implementation: str = ""
    in_array: bool = False

    @property
    def identity(self) -> str | None:
        """Equal for equal keys: the data, or for a traced key all steps that made it."""
        if self.data is not None:
            return self.data
        if not self.sure or any(each.startswith(_TRACED) for each in self._operands):
            return None
        return " ".join((*(step.operation for step in self.steps), *self._operands))

    @property
    def _operands(self) -> tuple[str, ...]:
        return tuple(each for step in self.steps for each in step.operands)


def follows_argument(key: Provenance) -> bool:
    """Whether a key is known to be made from a tracer, and so from an argument."""
    return key.data is None and key.sure and key.identity is None


def provenances(trail: Trail, late: frozenset[str]) -> tuple[Provenance, ...]:
    """Return where the keys came from: for `late` streams in the call that gave the answer.

    For the other streams, in the call that made the variables.
    """
    pairs = [(trail.maker, key) for key in trail.maker.keys] if trail.maker is not None else []
    pairs = [(root, key) for root, key in pairs if key.stream not in late]
    if trail.answer is not None:
        pairs += [(trail.answer, key) for key in trail.answer.keys if key.stream in late]
    return tuple(
        _provenance(trail.record.keys, root, key) for root, key in pairs if root is not None
    )


def of_root(trail: Trail, root: Root) -> tuple[Provenance, ...]:
    """Return where the keys of one entry into Flax came from."""
    return tuple(_provenance(trail.record.keys, root, key) for key in root.keys)


def _provenance(steps: tuple[KeyStep, ...], root: Root, key: StreamKey) -> Provenance:
    chain = _chain(steps, key)
    sure = key.data is not None or bool(chain and chain[0][0].operation in MAKERS)
    return Provenance(
        stream=key.stream,
        root=root,
        data=key.data,
        steps=tuple(step for step, _ in chain) if sure else _candidates(steps),
        positions=tuple(place for _, place in chain) if sure else (),
        sure=sure,
        implementation=key.implementation,
        in_array=key.in_array,
    )


def _candidates(steps: tuple[KeyStep, ...]) -> tuple[KeyStep, ...]:
    """Return the possible steps of a traced key: traced ones, if there are any."""
    return tuple(step for step in steps if not step.made) or steps


def _chain(steps: tuple[KeyStep, ...], key: StreamKey) -> list[tuple[KeyStep, int]]:
    """Return the steps that led to a key, each with the position of the key used next."""
    chain: list[tuple[KeyStep, int]] = []
    wanted = frozenset() if key.data is None else frozenset({key.data})
    maker = key.made_by
    left = list(steps)
    while (found := _made(left, wanted, maker)) is not None:
        index, place = found
        step = left[index]
        if step.operation in MAKERS or not wanted or not wanted <= frozenset(step.given):
            chain.append((step, place))
        wanted, maker, left = frozenset(step.given), step.taken, left[:index]
    chain.reverse()
    return chain


def _made(
    steps: list[KeyStep], wanted: frozenset[str], maker: int | None
) -> tuple[int, int] | None:
    """Return which step made a key, and which of its keys it is.

    The step that returned the very object is certain. Otherwise it is a step that made an equal
    key, preferably one that made several keys: a key that was made alone stays the same object.
    """
    places = [
        (index, next((n for n, made in enumerate(step.made) if made in wanted), None))
        for index, step in enumerate(steps)
    ]
    own = [index for index, step in enumerate(steps) if step.id == maker]
    if own:
        return own[0], places[own[0]][1] or 0
    alike = [(index, place) for index, place in places if place is not None]
    several = [each for each in alike if len(steps[each[0]].made) > 1]
    return max(several or alike, default=None)


def step_text(step: KeyStep, place: int) -> str:
    """Say what a step did: `the second key of jax.random.split(key)`."""
    operands = ", ".join(step.operands)
    if step.operation in MAKERS:
        return f"jax.random.{step.operation}({operands})"
    call = f"jax.random.{step.operation}(key{', ' + operands if operands else ''})"
    if len(step.made) < 2:
        return call
    return f"key {place} of the {len(step.made)} that {call} made"


def way(key: Provenance) -> str:
    """Describe how a key was made, the last step first."""
    told = [step_text(*each) for each in zip(key.steps, key.positions, strict=True)]
    return ", of ".join(reversed(told))


def expression(key: Provenance, seed: str, name: str, *, first: bool = False) -> str | None:
    """Return how a key was made as an expression of the seed, None if that isn't possible.

    `name` is the name of the seed. With `first`, return only the first key.
    """
    text: str | None = None
    for step, place in zip(key.steps, key.positions, strict=False):
        if step.operation in MAKERS:
            text = f"jax.random.{step.operation}({name})" if step.operands == (seed,) else None
            if first:
                return text
        else:
            text = _applied(step, place, text) if text is not None else None
    return text


def _applied(step: KeyStep, place: int, key: str) -> str | None:
    numbers = all(each.isdigit() for each in step.operands)
    if step.operation not in DERIVING or not numbers:
        return None
    call = f"jax.random.{step.operation}({', '.join([key, *step.operands])})"
    return call if step.operation == "fold_in" else f"{call}[{place}]"
