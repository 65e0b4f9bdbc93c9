"""wrong-dtype: the numbers have another type than expected."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherType
from grader.evidence import Evidence, Look
from grader.evidence.configuration import changed
from grader.evidence.edits import answer_edits, item_edits
from grader.evidence.notation import array_text, output_name
from grader.evidence.results import also_wrong, arrays
from grader.model.exercise import Check
from grader.model.finding import ShapeRow
from grader.rules.decorated import decorated
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.compared(OtherType)[:1]:
        comparison = look.comparison
        if isinstance(comparison, OtherType):
            found = arrays(look.exchange.actual).get(comparison.place)
            shape = found.shape if found is not None else ()
            sighting = Sighting(
                message=f"{output_name(comparison.place)} is {comparison.actual}, "
                f"not {comparison.expected}",
                label=f"this is {comparison.actual}",
                shapes=(
                    ShapeRow(
                        name=f"output{comparison.place}",
                        expected=array_text(comparison.expected, shape),
                        actual=array_text(comparison.actual, shape),
                    ),
                ),
                details=(
                    *_wide(look, comparison),
                    *also_wrong(evidence.answered_wrong, comparison.place),
                ),
                help=_help(look, comparison),
                span=evidence.returned(look, comparison.place),
                edits=item_edits(evidence, look, comparison.place) or answer_edits(evidence, look),
                case=look.case,
                evidence={"expected": comparison.expected, "actual": comparison.actual},
            )
            yield decorated(evidence, look, sighting)


def _wide(look: Look, comparison: OtherType) -> tuple[str, ...]:
    """Name the setting without which JAX has no 64-bit numbers."""
    setting = changed(look, "jax_enable_x64") if comparison.actual.endswith("64") else None
    text = f"jax_enable_x64 is {setting.value} here." if setting is not None else ""
    return (f"{text} Without it JAX has no {comparison.actual}.",) if text else ()


def _help(look: Look, comparison: OtherType) -> str:
    """Say where the type changes: in the module or after it."""
    answer = look.actual.answer
    top = look.actual.top(answer) if answer is not None else None
    types = {each.dtype for each in top.outputs} if top is not None else set()
    if types == {comparison.expected}:
        return f"the module returns {comparison.expected}: don't convert it"
    if types == {comparison.actual}:
        return (
            f"the module already returns {comparison.actual}: pass it {comparison.expected}, and "
            "make it with its default dtype"
        )
    return f"keep {comparison.expected} everywhere; don't convert the output"


RULE = Rule(
    id="wrong-dtype",
    check=Check.SHAPE,
    title="the output has the wrong dtype",
    explanation="""\
The shape is right, but the numbers have another type. JAX computes in `float32` by default. NumPy's
default is `float64`, so `np.array(y, dtype=float)` doubles the width; `float16` and `bfloat16` keep
only three or two digits; integers lose the fraction.

In training, an array of another type spreads: everything computed from it gets that type, or is
rounded to it.
""",
    wrong=RIGHT.replace(".reshape(-1)", '.reshape(-1).astype("float16")'),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/type_promotion.html",
    find=_find,
    alters=NOTHING,
)
