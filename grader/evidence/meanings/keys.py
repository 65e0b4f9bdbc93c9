"""What exceptions of random keys mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"^AttributeError: module 'jax(\.random)?' has no attribute '(?i:prng)",
        why="The name is spelt differently, or is in another module.",
        help="write its full name: jax.random.PRNGKey",
    ),
    Pattern(
        pattern=r"iteration over a 0-d key",
        why="jax.random.key makes a single key, which can't be unpacked.",
        help="split it first: jax.random.split makes two keys from it",
    ),
    Pattern(
        pattern=r"does not accept dtypes .*key<",
        why="A key from jax.random.key isn't a number, so you can't calculate with it.",
        help="pass the key unchanged, or derive another one with split or fold_in",
    ),
    Pattern(
        pattern=r"accepts a single key, but was given a key array",
        why="There are several keys where one is needed: jax.random.split returns an array of "
        "keys.",
        help="pass one of them, or the key before it was split",
    ),
    Pattern(
        pattern=r"^(?!(Name|UnboundLocal|Attribute|Key|Index|Import|ModuleNotFound)Error)"
        r"(?s:.*)(PRNG|random key|\bkey data\b|\bseed\b)",
        why="Something that isn't a random key was used as one, or a key was used as something "
        "else.",
        help="print what is passed, and compare it with what jax.random.PRNGKey returns",
    ),
)
