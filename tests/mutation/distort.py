"""Draws distorted recordings until one notices a mutant, and stores that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random

from grader.labels import Labelled
from tests.distorted import Distorted, said_of, write
from tests.distorted.draw import draw
from tests.judge.perturbed import ALL
from tests.mutation.trial import Site, fails


def noticing(site: Site, near: Sequence[Labelled], count: int) -> Distorted | None:
    """Return the first of `count` that is judged otherwise by a mutant, None if none is.

    They are drawn from the recordings that run the mutant's place, from all where none does.
    """
    random = Random(f"{site.module} {site.mutant.name}")
    some = [draw(random, random.choice(near or ALL)) for _ in range(count)]
    said = [said_of(each) for each in some]

    def same(number: int) -> bool:
        return said_of(some[number]) == said[number]

    if not fails(lambda: all(map(same, range(count))), site, count):
        return None
    found = (number for number in range(count) if fails(partial(same, number), site, 1))
    return next((some[number] for number in found), None)


def store(each: Distorted) -> None:
    """Add it to those that the tests hold."""
    write(each.recording.partition("/")[0], [each])
