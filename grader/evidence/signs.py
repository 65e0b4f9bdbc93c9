"""What the record of one case shows about the checks that an answer alone can't decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum, auto, unique
from typing import assert_never

import msgspec

from grader.evidence.look import Look
from grader.evidence.mapping import Mapped, mapped
from grader.evidence.nnx import NnxLook, is_constant, shapes_of, weights
from grader.evidence.own_weights import weights_beside
from grader.evidence.randomness import Drawn, drawn
from grader.model.nnx import WEIGHTS, Held


@unique
class Sign(Enum):
    """What one case says about a check. `OPEN`: seen, but undecided. `UNSEEN`: not seen."""

    FOR = auto()
    AGAINST = auto()
    OPEN = auto()
    UNSEEN = auto()


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What to say about a check if some case contradicts it, or none supports it."""

    against: str
    unseen: str
    open: str


def lifted_sign(look: Look) -> Sign:
    """Say whether `nn.vmap` mapped the task's module over the examples."""
    match mapped(look):
        case Mapped.EXAMPLES:
            return Sign.FOR
        case Mapped.ONE:
            return Sign.OPEN
        case Mapped.NOTHING:
            return Sign.UNSEEN
        case Mapped.WHOLE | Mapped.ANOTHER:
            return Sign.AGAINST
        case unknown:
            assert_never(unknown)


def rng_sign(look: Look, *, seeded: bool) -> Sign:
    """Say whether the keys are the reference's; `seeded`: the numbers follow the seed equally."""
    match drawn(look):
        case Drawn.SAME:
            return Sign.FOR
        case Drawn.OTHERWISE:
            return Sign.OPEN if look.actual.doubtful else Sign.AGAINST
        case Drawn.UNKNOWN:
            return Sign.FOR if seeded else Sign.UNSEEN
        case Drawn.NOTHING:
            return Sign.OPEN if seeded else Sign.UNSEEN
        case unknown:
            assert_never(unknown)


def params_sign(look: Look) -> Sign:
    """Compare the variables: tree, shapes, equal slices, and updates."""
    if not look.expected.variables or not look.actual.variables:
        return Sign.UNSEEN
    differ = bool(look.variables) and not look.moved
    if differ or (look.in_parts and look.failed) or any(_more_alike(look)) or not _written(look):
        return Sign.AGAINST
    return Sign.FOR


def nnx_params_sign(each: NnxLook) -> Sign:
    """Compare the weights of NNX's layers as they see them: types, and whether they are shared.

    Where no map is asked for, they are compared as they were made.
    """
    if each.use is None:
        return _made_sign(each)
    if not each.expected.calls or not each.pairs:
        return Sign.UNSEEN
    pairs = tuple(weights(each))
    variables = [each for call in each.expected.calls for each in call.variables]
    wanted = sum(each.collection == WEIGHTS for each in variables)
    if len(pairs) != wanted or any(pair.expected.type != pair.actual.type for pair in pairs):
        return Sign.AGAINST
    told = [pair for pair in pairs if not is_constant(pair.actual) or pair.wanted is pair.found]
    if any({pair.wanted, pair.found} == {Held.ONE, Held.EACH} for pair in told):
        return Sign.AGAINST
    unknown = any(Held.UNKNOWN in {pair.wanted, pair.found} for pair in told)
    return Sign.UNSEEN if unknown or not told else Sign.FOR


def _made_sign(each: NnxLook) -> Sign:
    """Compare the weights of the learner's class, or else of the layers that a function made."""
    wanted = each.look.exercise.flax_class
    if wanted is not None:
        own = weights_beside(each.look)
        if own is None or not own.own:
            return Sign.UNSEEN
        return Sign.AGAINST if own.missing or own.surplus else Sign.FOR
    theirs, ours = (
        Counter(map(shapes_of, side.library_layers)) for side in (each.expected, each.actual)
    )
    if not theirs or not ours:
        return Sign.UNSEEN
    return Sign.FOR if theirs == ours else Sign.AGAINST


def _written(look: Look) -> bool:
    """Whether the collections that the reference's call updates came out.

    Updates by a bound module aren't recorded, so its answer must be right.
    """
    bound = look.actual.answer is not None and look.actual.answer.kind == "bind"
    return look.expected.written <= look.actual.written or (bound and not look.answer_wrong)


def _more_alike(look: Look) -> Iterator[bool]:
    """Yield whether all slices are equal that differ in the reference's array."""
    wanted = {(each.collection, each.path): each for each in look.expected.variables}
    maker = look.actual.maker if look.in_parts else None
    for found in maker.made if maker is not None else look.actual.variables:
        known = wanted.get((found.collection, found.path))
        if known is not None and known.digest is not None:
            yield not set(found.alike_along) <= set(known.alike_along)
