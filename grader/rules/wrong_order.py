"""wrong-order: the right numbers in another order."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherShape, OtherValues, numbers
from grader.evidence import Evidence, Look
from grader.evidence.lifting import Knob
from grader.evidence.notation import listing
from grader.evidence.order import Order, order_of
from grader.evidence.results import exchanged, outputs
from grader.exercise import Check, Exercise
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Look for one order that all wrong answers have in common.

    Few numbers may stand in many orders at once, so the largest answer says which one it is.
    Numbers that are wrong for another reason may still be told to be those that the module gave.
    """
    wrong = evidence.compared(OtherValues)
    flat = tuple(look for look in evidence.compared(OtherShape) if _is_flat(look))
    by_numbers = wrong, [order_in(look) for look in wrong], False
    by_hash = wrong + flat, _given(wrong + flat), True
    for looks, orders, independent in (by_numbers, by_hash):
        if looks and None not in orders:
            order = orders[-1] or Order()
            look = looks[orders.index(order)]
            if not order.plain and not (independent and evidence.impure):
                yield _sighting(evidence, look, order, independent=independent)
                return
    yield from _items_exchanged(evidence)


def _items_exchanged(evidence: Evidence) -> Iterator[Sighting]:
    """Look for one order of the answer's items that all wrong answers have in common."""
    looks = evidence.answered_wrong
    orders = {exchanged(look) for look in looks}
    order = orders.pop() if len(orders) == 1 else None
    if order is not None:
        told = listing(str(index + 1) for index in order)
        yield Sighting(
            message="the results are right, but in another order",
            label=f"these are the task's results {told}",
            help="return them in the order that the task names",
            span=evidence.returned(),
            case=looks[0].case,
            evidence={"items": list(order)},
        )


def _is_flat(look: Look) -> bool:
    return look.found is not None and len(look.found.shape) == 1


def _given(looks: tuple[Look, ...]) -> list[Order | None]:
    """Return the orders in which the answers have their module's numbers.

    Where out_axes deviates, swapped axes may be put right by it, and say nothing.
    """
    return [
        None
        if any(each.knob is Knob.OUT_AXES for each in look.deviations)
        or not look.shaped_as_expected
        else look.passed_on
        for look in looks
    ]


def _sighting(evidence: Evidence, look: Look, order: Order, *, independent: bool) -> Sighting:
    return Sighting(
        message="the numbers stand in another order than the module gave them"
        if independent
        else "the numbers are right, but in another order",
        label=_label(evidence.exercise, order),
        details=(_sentence(evidence, order),),
        help="flatten row by row, the examples first: .reshape(-1) on the output as it is",
        span=evidence.returned(),
        case=look.case,
        evidence={"axes": order.axes, "reversed": order.reversed, **outputs(look, "")},
        independent=independent,
    )


def order_in(look: Look) -> Order | None:
    """Return the order of a wrong answer's numbers, None if they are others."""
    wanted, found = look.wanted, look.found
    right = numbers(wanted) if wanted is not None else None
    read = numbers(found) if found is not None else None
    if wanted is None or right is None or read is None:
        return None
    names = look.exercise.output
    shape = tuple(look.case.sizes[name] for name in names) if names else wanted.shape
    return order_of(right, read, shape, look.tolerance)


def _label(exercise: Exercise, order: Order) -> str:
    if order.axes is None:
        return "these numbers stand in another order"
    if order.axes == tuple(range(len(order.axes))):
        return f"{_backwards(exercise, order)} here"
    return f"flattened in the order ({', '.join(_names(exercise, order.axes))})"


def _sentence(evidence: Evidence, order: Order) -> str:
    exercise = evidence.exercise
    if order.axes is None:
        return "Sorted, they are the numbers that were expected."
    plain = tuple(range(len(order.axes)))
    backwards = _backwards(exercise, order)
    if order.axes == plain:
        return f"In the output, {backwards}."
    how = "in Fortran's order" if evidence.landmarks.fortran else "transposed before flattening"
    told = (
        f"It looks {how}: ({', '.join(_names(exercise, order.axes))}) in place "
        f"of ({', '.join(_names(exercise, plain))})"
    )
    return f"{told}, and {backwards}." if order.reversed else f"{told}."


def _backwards(exercise: Exercise, order: Order) -> str:
    """Say which axes run backwards."""
    axes = order.reversed or ()
    if len(axes) > 1 and len(axes) == len(order.axes or ()):
        return "everything runs backwards"
    return f"{_nouns(exercise, axes)} {'runs' if len(axes) == 1 else 'run'} backwards"


def _names(exercise: Exercise, axes: tuple[int, ...]) -> list[str]:
    names = exercise.output
    return [names[axis] if axis < len(names) else f"axis {axis}" for axis in axes]


def _nouns(exercise: Exercise, axes: tuple[int, ...]) -> str:
    names = exercise.output
    return listing(
        exercise.dimension(names[axis]).noun if axis < len(names) else f"axis {axis}"
        for axis in axes
    )


RULE = Rule(
    id="wrong-order",
    check=Check.VALUES,
    title="the right numbers, in the wrong order",
    explanation="""\
Every number of the answer is right, but they don't stand where they belong. Usually the output was
transposed before it was flattened, so that it runs over the features first and then over the
examples; `order="F"` does the same, and `[::-1]` turns an axis round.

Nothing raises when numbers change places. The loss then compares one example's output with
another one's target, and the model learns noise.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).T.reshape(-1)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ravel.html",
    find=_find,
    explains=frozenset({"wrong-values"}),
)
