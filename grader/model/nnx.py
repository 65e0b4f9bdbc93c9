"""What a program did with Flax NNX: the modules that it made and called, and the keys it drew.

Linen's modules are data until `init` runs them; NNX's are objects with their arrays. So the record
says for each object when it was made, what it held when it was called, and what it held afterwards.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

import msgspec

from grader.model.recorded import ArrayType, Entries, Few, Setting, Span, Text, Variable, Word

WEIGHTS: Final = "Param"
"""NNX's type of variables that are trained."""


@unique
class Held(StrEnum):
    """How a module holds an array while a map runs: one for all indices, or one for each."""

    ONE = "one"
    EACH = "each"
    UNKNOWN = "unknown"


class NodeState(msgspec.Struct, frozen=True, kw_only=True):
    """An NNX object that went into a transform, or came out of it.

    `argument` is its position, -1 for a result. `variables` are its arrays before the run, or of a
    result, with their variable's type (`Param`, `RngKey`) as the collection; `after` are those
    after the run, if some changed.
    """

    argument: int
    class_name: Word
    variables: Few[Variable]
    after: Few[Variable] = ()


class NnxLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A module that was made; `settings` are the arguments of its constructor, without `rngs`.

    `number` counts the modules of a call. `variables` are those that it was made with. `inside` is
    the number of the transform's run in which that happened, None outside of all.
    """

    number: int
    class_name: Word
    defined_in: Word
    settings: Few[Setting]
    variables: Few[Variable]
    span: Span | None
    inside: int | None


class NnxCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a module. `held` says for each of its `variables` how it holds it.

    Shapes are those that the module sees: one example's or one member's. `digest` is the output's,
    `given` that of the first input.
    """

    class_name: Word
    defined_in: Word
    variables: Few[Variable]
    held: Few[Held]
    inputs: Few[ArrayType]
    outputs: Few[ArrayType]
    digest: Word | None
    span: Span | None
    inside: int | None
    raised: bool = False
    given: Word | None = None


class NnxStream(msgspec.Struct, frozen=True, kw_only=True):
    """A stream that the program made with `nnx.Rngs`; `data` is its key in hex, None for a tracer.

    `made_by` is the `id` of the step that returned this very key, None if that isn't known.
    """

    stream: Word
    data: Text | None
    span: Span | None
    inside: int | None
    made_by: int | None = None


class NnxDraw(msgspec.Struct, frozen=True, kw_only=True):
    """A key that a stream gave: the `count`-th of its key `data`.

    `data` is None and `count` -1 for tracers. `layer` is the number of the module that was being
    made, None if none was.
    """

    stream: Word
    data: Text | None
    count: int
    layer: int | None
    span: Span | None
    inside: int | None


class NnxRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, in order."""

    layers: Entries[NnxLayer] = ()
    calls: Entries[NnxCall] = ()
    streams: Entries[NnxStream] = ()
    draws: Entries[NnxDraw] = ()
