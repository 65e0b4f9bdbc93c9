"""Where the right answer is one item of what the function returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.compare import OtherKind, Same, compare
from grader.evidence.edits.text import Edits, replaced, segment
from grader.model.observation import Completed, MappingResult, Result, SequenceResult

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look

_ORDINALS: Final = ("first", "second", "third")


class Held(NamedTuple):
    """The place of the right answer in what is returned: of a sequence, or of a dict."""

    place: int | str

    def told(self) -> str:
        """Say where it is."""
        if isinstance(self.place, str):
            return f"what is under {self.place!r}"
        if self.place < len(_ORDINALS):
            return f"the {_ORDINALS[self.place]} item"
        return f"item {self.place}"


def held(evidence: Evidence) -> Held | None:
    """Return where the right answer is, if it is there in every case with another kind of answer.

    None as well if several items are right in all of them.
    """
    looks = [e for e in evidence.compared(OtherKind) if _is_whole(e)]
    found = [frozenset(_places(look)) for look in looks]
    common = frozenset.intersection(*found) if found else frozenset()
    return Held(next(iter(common))) if len(common) == 1 else None


def _is_whole(look: Look) -> bool:
    """Whether the answer itself is of another kind, not an item of it."""
    return isinstance(look.comparison, OtherKind) and not look.comparison.place


def _places(look: Look) -> Iterator[int | str]:
    wanted = look.exchange.expected.outcome
    for place, item in _items(look.result):
        same = isinstance(wanted, Completed) and compare(wanted.result, item, look.tolerance)
        if isinstance(same, Same):
            yield place


def _items(result: Result | None) -> Iterator[tuple[int | str, Result]]:
    match result:
        case SequenceResult(items=items):
            yield from enumerate(items)
        case MappingResult(items=named):
            yield from named.items()
        case _:
            return


def held_edits(evidence: Evidence, look: Look, found: Held) -> Edits:
    """Return the item alone."""
    source, given = evidence.source, evidence.given(look)
    match given, found.place:
        case ((ast.Tuple(elts=items) | ast.List(elts=items)), int(place)) if _are_plain(items):
            return replaced(source, given, segment(source, items[place]) or "")
        case ast.Dict(keys=keys, values=values), str(name):
            named = zip(keys, values, strict=True)
            texts = [segment(source, item) for key, item in named if _is_text(key, name)]
            return replaced(source, given, texts[0] or "") if texts else ()
        case ((ast.Name() | ast.Call() | ast.Attribute() | ast.Subscript()), int(place)):
            return replaced(source, given, f"{segment(source, given)}[{place}]")
        case ((ast.Name() | ast.Call() | ast.Attribute() | ast.Subscript()), str(name)):
            text = f'{segment(source, given)}["{name}"]'
            return replaced(source, given, text) if name.isidentifier() else ()
        case _:
            return ()


def _are_plain(items: list[ast.expr]) -> bool:
    return not any(isinstance(each, ast.Starred) for each in items)


def _is_text(key: ast.expr | None, name: str) -> bool:
    return isinstance(key, ast.Constant) and key.value == name
