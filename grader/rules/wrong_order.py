"""wrong-order: the right numbers in another order."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherValues, numbers
from grader.evidence import Evidence, Look
from grader.evidence.notation import listing
from grader.evidence.order import Order, order_of
from grader.exercise import Check, Exercise
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Look for one order that all wrong answers have in common.

    Where it is not a known one, it has to be a mere rearrangement in every wrong answer.
    """
    looks = evidence.compared(OtherValues)
    orders = [order_in(look) for look in looks]
    told = [(look, order) for look, order in zip(looks, orders, strict=True) if order is not None]
    if not told or len(told) < len(looks):
        return
    look, order = next((each for each in told if each[1].axes is not None), told[0])
    yield Sighting(
        message="the numbers are right, but in another order",
        label=_label(evidence.exercise, order),
        details=(_sentence(evidence, order),),
        help="flatten row by row, the examples first: .reshape(-1) on the output as it is",
        span=evidence.returned,
        case=look.case,
        evidence={"axes": order.axes, "reversed": order.reversed},
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
        return f"{_nouns(exercise, order.reversed or ())} is reversed here"
    return f"flattened in the order ({', '.join(_names(exercise, order.axes))})"


def _sentence(evidence: Evidence, order: Order) -> str:
    exercise = evidence.exercise
    if order.axes is None:
        return "Sorted, they are the numbers that were expected."
    plain = tuple(range(len(order.axes)))
    backwards = f"{_nouns(exercise, order.reversed or ())} runs backwards"
    if order.axes == plain:
        return f"In the output {backwards}."
    how = 'Fortran\'s order (order="F")' if evidence.landmarks.fortran else "transposed"
    told = (
        f"It looks {how} before flattening: ({', '.join(_names(exercise, order.axes))}) in place "
        f"of ({', '.join(_names(exercise, plain))})"
    )
    return f"{told}, and {backwards}." if order.reversed else f"{told}."


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
