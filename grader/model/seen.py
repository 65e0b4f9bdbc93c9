"""What the recorder saw in one case, in the simple form that an author's `checks.py` gets.

Nothing here depends on how the recorder stores it: courses rely on these names.
"""

from __future__ import annotations

import msgspec

from grader.model.recorded import Shape, Text, Word


class UsedTransform(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a transform that ran: `name` as in code (`jax.vmap`), and what it was applied to.

    `line` is where it's called in the submission, None if that isn't in its text.
    """

    name: Word
    of: Word
    line: int | None = None


class MadeKey(msgspec.Struct, frozen=True, kw_only=True):
    """One call of `jax.random` that made keys: its `name` (`PRNGKey`, `split`) and its line."""

    name: Word
    line: int | None = None


class RunLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A Flax module: its class's name, its settings as text, and where it was made."""

    name: Word
    settings: dict[Word, Text] = {}
    line: int | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The third argument of `check`.

    `parameters` are the shapes of Flax's variables by their path (`params/kernel`). `layers` are
    the modules that ran, the outer ones first, each once. `streams` are the RNG streams that got a
    key or gave one (`params`, `dropout`). All is empty for a program that uses none of it.
    """

    parameters: dict[str, Shape] = {}
    transforms: tuple[UsedTransform, ...] = ()
    keys: tuple[MadeKey, ...] = ()
    layers: tuple[RunLayer, ...] = ()
    streams: tuple[Word, ...] = ()
