"""What happened to the collections that a module writes while it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from grader.compare import Same, compare
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.trail import Trail
from grader.model.case import ArrayValue
from grader.model.observation import Root, Variable, digest

_REFUSED = re.compile(r'because collection "([^"]*)" is immutable')


class Discarded(msgspec.Struct, frozen=True, kw_only=True):
    """A variable whose old value was returned instead of the new one."""

    place: str
    variable: Variable

    @property
    def name(self) -> str:
        """The variable's name in the tree: `batch_stats/norm/mean`."""
        return "/".join((self.variable.collection, *self.variable.path))


def refused(look: Look) -> tuple[str, Root] | None:
    """Return the collection that Flax refused to change, and the call that should allow it."""
    raised, root = look.raised, look.actual.answer
    match = _REFUSED.search(raised.message) if raised is not None else None
    if (
        match is None
        or root is None
        or not look.actual.failed(root)
        or match[1] not in look.expected.written
    ):
        return None
    return match[1], root


def discarded(look: Look) -> tuple[Discarded, ...]:
    """Return the variables that came back as they were before the module updated them.

    These are the reference's old values, or the submission's own, which may have another size.
    """
    root = look.expected.answer
    if root is None or not look.answer_wrong or idle(look):
        return ()
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    theirs, ours = _by_place(root.given), _by_place(_given(look.actual))
    return tuple(
        each
        for each in _expected(look, root)
        if _holds(found.get(each.place), theirs.get(_name(each.variable)))
        or (
            not _same_shape(found.get(each.place), wanted[each.place])
            and _holds(found.get(each.place), ours.get(_name(each.variable)))
        )
    )


def _expected(look: Look, root: Root) -> Iterator[Discarded]:
    """Yield what could be discarded: what the reference returns after a change."""
    before = _by_place(root.given)
    for place, array in arrays(look.exchange.expected).items():
        for new in root.made:
            if _holds(array, new) and _changed(before.get(_name(new)), new):
                yield Discarded(place=place, variable=new)


def lost(looks: Iterable[Look]) -> frozenset[str]:
    """Return the places where whatever is wrong is what was there before an update."""
    old: set[str] = set()
    new: set[str] = set()
    for look in looks:
        root, found = look.expected.answer, {each.place for each in discarded(look)}
        changed = {each.place for each in _expected(look, root)} if root is not None else set()
        old |= found
        new |= changed.intersection(_wrong_places(look)) - found
    return frozenset(old - new)


def unaccounted(look: Look) -> tuple[str, ...]:
    """Return the places of the wrong arrays that aren't what was there before an update."""
    old = {each.place for each in discarded(look)}
    return tuple(place for place in _wrong_places(look) if place not in old)


def _wrong_places(look: Look) -> Iterator[str]:
    """Yield the places of the arrays that are wrong, where both answers have one."""
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    for place, array in wanted.items():
        other = found.get(place)
        same = other is not None and isinstance(compare(array, other, look.tolerance), Same)
        if other is not None and not same:
            yield place


def _given(trail: Trail) -> tuple[Variable, ...]:
    """Return the variables from before the update: those passed in, or made by `init`."""
    answer, maker = trail.answer, trail.maker
    made = maker.made if maker is not None else ()
    given = answer.given if answer is not None else ()
    return (*made, *(each for each in given if each.digest is not None))


def _same_shape(found: ArrayValue | None, wanted: ArrayValue) -> bool:
    return found is not None and found.shape == wanted.shape


def _name(variable: Variable) -> tuple[str, tuple[str, ...]]:
    return variable.collection, variable.path


def _by_place(variables: tuple[Variable, ...]) -> dict[tuple[str, tuple[str, ...]], Variable]:
    return {_name(each): each for each in variables}


def idle(look: Look) -> tuple[Variable, ...]:
    """Return the variables that the reference's module changed but the submission's didn't."""
    if not look.answer_wrong:
        return ()
    found = {(each.collection, each.path): each for each in _unchanged(look.actual.answer)}
    same = {(each.collection, each.path) for each in _unchanged(look.expected.answer)}
    made = look.expected.answer.made if look.expected.answer is not None else ()
    places = [(each.collection, each.path) for each in made if each.digest is not None]
    return tuple(found[place] for place in places if place in found and place not in same)


def updated(look: Look) -> bool:
    """Whether a call by the submission was seen to return a variable that it had changed."""
    for root in look.actual.record.roots:
        old = _by_place(root.given)
        if any(each.digest and _changed(old.get(_name(each)), each) for each in root.made):
            return True
    return False


def _unchanged(root: Root | None) -> Iterator[Variable]:
    """Yield the variables that a call was allowed to write but returned unchanged."""
    given = {(each.collection, each.path): each for each in root.given} if root else {}
    for each in root.made if root is not None else ():
        old = given.get((each.collection, each.path))
        if old is not None and old.digest is not None and old.digest == each.digest:
            yield each


def _holds(array: ArrayValue | None, variable: Variable | None) -> bool:
    return (
        array is not None
        and variable is not None
        and variable.digest is not None
        and array.shape == variable.type.shape
        and digest(array.data) == variable.digest
    )


def _changed(old: Variable | None, new: Variable) -> bool:
    return old is not None and old.digest is not None and old.digest != new.digest
