"""Draws distorted recordings until one notices a mutant, and stores that."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.distorted import Distorted, said_of, write
from tests.distorted.draw import draw
from tests.judge.perturbed import ALL
from tests.mutation.trial import Site, fails

Drawn = tuple[Distorted, str]
"""A distorted recording, and what is said of it without any mutation."""


def drawn(count: int, seed: int) -> list[Drawn]:
    """Draw so many, the same for the same seed."""
    return list(_drawn(count, Random(seed)))


def _drawn(count: int, random: Random) -> Iterator[Drawn]:
    for _ in range(count):
        each = draw(random, random.choice(ALL))
        yield each, said_of(each)


def noticing(site: Site, some: list[Drawn]) -> Distorted | None:
    """Return the first that is judged otherwise by a mutant, None if none is."""
    for each, said in some:
        if fails(lambda each=each, said=said: said_of(each) == said, site):
            return each
    return None


def store(each: Distorted) -> None:
    """Add it to those that the tests hold."""
    write(each.recording.partition("/")[0], [each])
