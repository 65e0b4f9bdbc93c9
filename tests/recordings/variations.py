"""Recordings with one thing changed in what was observed, and what the judge says then.

The labelled submissions show what programs usually do. These show how little the judge may still
say when something is missing or different: a key unknown, an axis another one, a call not seen.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from grader.labels import Labelled
from grader.model.transcript import Exchange, Transcript
from tests.judge.perturbed import CHANGES, WORDS, Change, changed, plain_of, with_exchanges
from tests.labelled import labelled
from tests.recordings import FOLDER, path_of, replayed
from tests.recordings.findings import described, judge_again

EACH: Final = 3
"""Variations of a recording."""
EXCHANGES: Final = 6
"""Exchanges that are kept: a few show most, and are judged in milliseconds."""
_UNSEEN: Final = frozenset({"data", "seconds"})
"""What the judge compares as a whole, or ignores."""

_SAME: Final = "  the same\n"


class Variation(NamedTuple):
    """What is changed, and the transcript in which it is."""

    name: str
    transcript: Transcript


def variations(each: Labelled) -> Iterator[Variation]:
    """Yield the first exchanges of a recording, as they are and then with changes."""
    transcript = replayed(each, path_of(each))
    exchanges = list(transcript.exchanges[:EXCHANGES])
    if not exchanges:
        return
    yield Variation("as it is", with_exchanges(transcript, exchanges))
    chance = random.Random(str(each))
    for _ in range(EACH):
        name, others = _varied(exchanges, chance)
        yield Variation(name, with_exchanges(transcript, others))


def _varied(exchanges: list[Exchange], chance: random.Random) -> tuple[str, list[Exchange]]:
    """Draw changes until one changes something."""
    kinds = _places(exchanges[0])
    while True:
        path = chance.choice(kinds[chance.choice(sorted(kinds))])
        words, number = chance.choice(WORDS), chance.choice((-2, -1, 1, 2))
        change = Change(path, chance.choice(CHANGES), words, number)
        upto = chance.choice((1, len(exchanges), len(exchanges)))
        others = [changed(each, change) for each in exchanges[:upto]] + exchanges[upto:]
        if others != exchanges:
            place = ".".join(map(str, path))
            return f"{place}: {change.kind} {words!r} {number:+} in {upto}", others


def _places(exchange: Exchange) -> dict[str, list[tuple[str | int, ...]]]:
    """Return the paths to all that was recorded, by the names on the way."""
    found: defaultdict[str, list[tuple[str | int, ...]]] = defaultdict(list)
    for path in _paths(plain_of(exchange.actual)["record"], ("record",)):
        found[".".join(each for each in path if isinstance(each, str))].append(path)
    return found


def _paths(plain: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    match plain:
        case dict():
            items = [(name, plain[name]) for name in plain if name not in _UNSEEN]
        case list():
            items = list(enumerate(plain))
        case _:
            return
    for step, inner in items:
        yield from _paths(inner, (*path, step))


def golden_of(slug: str) -> Path:
    """Return where the text about the variations of an exercise's recordings is stored."""
    return FOLDER / slug / "variations.txt"


def text_of(slug: str) -> str:
    """Return what is said of them now, where that isn't what is said without the change."""
    return "".join(_text(each) for each in labelled() if each.folder.exercise.slug == slug)


def _text(each: Labelled) -> str:
    judged = [(name, described(judge_again(some))) for name, some in variations(each)]
    return "".join(
        f"{each.path.stem} {name}\n{_SAME if said == judged[0][1] else said}"
        for name, said in judged[1:]
    )


def write() -> None:
    """Store the texts about all exercises."""
    for slug in sorted({each.folder.exercise.slug for each in labelled()}):
        golden_of(slug).write_text(text_of(slug), encoding="utf-8", newline="\n")
