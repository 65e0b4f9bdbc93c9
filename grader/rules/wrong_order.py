"""wrong-order: the right numbers in the wrong order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.compare import OtherShape, OtherValues, Same, compare, numbers
from grader.evidence import Evidence, Look
from grader.evidence.dimensions import axis_dimensions
from grader.evidence.edits import answer_edits, input_edits, reordered
from grader.evidence.lifting import Knob
from grader.evidence.notation import listing, output_name
from grader.evidence.order import Order, order_of
from grader.evidence.results import arrays, exchanged, outputs
from grader.model.case import ArrayValue
from grader.model.exercise import Check
from grader.rules.decorated import decorated
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS, Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Look for one order that all wrong answers have in common.

    Few numbers may stand in many orders at once, so the largest answer says which one it is.
    Numbers that are wrong for another reason may still be told to be those that the module gave.
    """
    wrong, others = evidence.compared(OtherValues), evidence.compared(OtherShape)
    by_numbers = wrong, [order_in(look) for look in wrong], False
    given = wrong + others if all(map(_is_flat, others)) else ()
    by_hash = given, _given(given), True
    for looks, orders, certain in (by_numbers, by_hash):
        if looks and None not in orders:
            order = orders[-1] or Order()
            look = looks[orders.index(order)]
            if not order.plain and not (certain and evidence.impure):
                sighting = _sighting(evidence, look, order, certain=certain)
                yield decorated(evidence, look, sighting)
                return
    yield from _items_exchanged(evidence)


def _items_exchanged(evidence: Evidence) -> Iterator[Sighting]:
    """Find one order of the answer's items that all wrong answers have in common."""
    looks = evidence.answered_wrong
    orders = {exchanged(look) for look in looks}
    order = orders.pop() if len(orders) == 1 else None
    if order is not None:
        told = listing(str(index + 1) for index in order)
        sighting = Sighting(
            message="the results are right, but in the wrong order",
            label=f"these are the task's results {told}",
            help="return them in the task's order",
            span=evidence.returned(looks[0]),
            edits=reordered(evidence, looks[0], order) or answer_edits(evidence, looks[0]),
            case=looks[0].case,
            evidence={"items": list(order)},
        )
        yield decorated(evidence, looks[0], sighting)


def _is_flat(look: Look) -> bool:
    return look.found is not None and len(look.found.shape) == 1


def _given(looks: tuple[Look, ...]) -> list[Order | None]:
    """Return the orders in which the answers have their module's numbers.

    If out_axes deviates, swapped axes may undo it, so they prove nothing.
    """
    return [
        None
        if any(each.knob is Knob.OUT_AXES for each in look.deviations)
        or not look.shaped_as_expected
        else look.passed_on
        for look in looks
    ]


def _sighting(evidence: Evidence, look: Look, order: Order, *, certain: bool) -> Sighting:
    orders = _orders(look) or {"": order}
    place = next(iter(orders)) if len(orders) == 1 else ""
    axes = _axes(evidence, next(iter(orders)))
    return Sighting(
        message="the numbers are in a different order than the module gave them"
        if certain
        else f"the numbers{_of(orders)} are right, but in the wrong order",
        label=_label(
            order if len(set(orders.values())) == 1 else Order(), axes, flattens=_flattens(evidence)
        ),
        details=tuple(
            _sentence(evidence, order if certain else each, _axes(evidence, name), name)
            for name, each in orders.items()
        ),
        help=_help(evidence, look, axes),
        span=evidence.returned(look, place),
        edits=input_edits(evidence, look.actual.answer)
        if look.passed_on is not None and look.passed_on.plain
        else answer_edits(evidence, look),
        case=look.case,
        evidence={"axes": order.axes, "reversed": order.reversed, **outputs(look, place)},
        certain=certain,
    )


def _of(places: Iterable[str]) -> str:
    named = [output_name(each) for each in places if each]
    return f" of {listing(named)}" if named else ""


def _help(evidence: Evidence, look: Look, axes: tuple[str, ...]) -> str:
    """Say where to fix the order: before the module, if it already gave this order."""
    if look.passed_on is not None and look.passed_on.plain:
        return "pass the arguments to the module unchanged: it already gave this order"
    if _flattens(evidence):
        return f"flatten it row by row, {axes[0]} first: .reshape(-1) on the module's output"
    if look.actual.answer is None:
        return "put the numbers in the order that the task has"
    return "return the numbers in the order in which the module gives them"


def _flattens(evidence: Evidence) -> bool:
    return bool(evidence.exercise.output)


def order_in(look: Look) -> Order | None:
    """Return the order of a wrong answer's numbers, None if they are others.

    Of several arrays all that are wrong have to have an order; it is the first one's.
    """
    return next(iter(_orders(look).values()), None)


def _orders(look: Look) -> dict[str, Order]:
    """Return the orders of the wrong arrays by their places; empty unless all have one."""
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    orders = {
        place: _order(look, array, found[place])
        for place, array in wanted.items()
        if place in found and not isinstance(compare(array, found[place], look.tolerance), Same)
    }
    known = {place: order for place, order in orders.items() if order is not None}
    return known if len(known) == len(orders) else {}


def _order(look: Look, wanted: ArrayValue, found: ArrayValue) -> Order | None:
    right, read = numbers(wanted), numbers(found)
    if right is None or read is None:
        return None
    names = look.exercise.output
    shape = tuple(look.case.sizes[name] for name in names) if names else wanted.shape
    return order_of(right, read, shape, look.tolerance)


def _axes(evidence: Evidence, place: str) -> tuple[str, ...]:
    found = axis_dimensions(evidence.exercise, evidence.looks, place)
    return tuple(each.noun if each else f"axis {axis}" for axis, each in enumerate(found))


def _label(order: Order, axes: tuple[str, ...], *, flattens: bool) -> str:
    if order.axes is None:
        return "these numbers are in the wrong order"
    if order.axes == tuple(range(len(order.axes))):
        return f"reversed along {_backwards(order, axes)}"
    told = _in_order(axes, order.axes)
    return (
        f"flattened in the order ({told})" if flattens else f"its numbers run in the order ({told})"
    )


def _sentence(evidence: Evidence, order: Order, axes: tuple[str, ...], place: str) -> str:
    if order.axes is None:
        return "If you sort them, they are the expected numbers."
    plain = tuple(range(len(order.axes)))
    backwards = _backwards(order, axes)
    name = output_name(place) if place else "The output"
    if order.axes == plain:
        return f"{name} is reversed along {backwards}."
    how = "in Fortran's order" if evidence.landmarks.fortran else "transposed"
    flattening = " before flattening" if _flattens(evidence) and how == "transposed" else ""
    told = (
        f"It looks {how}{flattening}: ({_in_order(axes, order.axes)}) in place "
        f"of ({_in_order(axes, plain)})"
    )
    return f"{told}, and reversed along {backwards}." if order.reversed else f"{told}."


def _backwards(order: Order, axes: tuple[str, ...]) -> str:
    """Name the axes that run backwards."""
    flipped = order.reversed or ()
    if len(flipped) > 1 and len(flipped) == len(order.axes or ()):
        return "every axis"
    return listing(_named(axes, flipped))


def _in_order(axes: tuple[str, ...], order: tuple[int, ...]) -> str:
    return ", ".join(each.removeprefix("the ") for each in _named(axes, order))


def _named(axes: tuple[str, ...], order: tuple[int, ...]) -> list[str]:
    return [axes[axis] if axis < len(axes) else f"axis {axis}" for axis in order]


RULE = Rule(
    id="wrong-order",
    check=Check.VALUES,
    title="the right numbers, in the wrong order",
    explanation="""\
Every number of the answer is right, but some are in the wrong place. Usually the output was
transposed before it was flattened, so it runs over the features first and then over the examples;
`order="F"` does the same, and `[::-1]` reverses an axis.

Nothing raises if numbers change places. But the loss compares the output of one example with the
target of another, and the model learns noise.
""",
    wrong=RIGHT.replace(".reshape(-1)", ".T.reshape(-1)"),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ravel.html",
    find=_find,
    shows=Trait.ORDER,
    alters=NUMBERS,
)
