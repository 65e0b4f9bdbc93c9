"""forbidden-transform: the program uses a transform that the task rules out."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.rules.example import ROWS, ROWS_USES
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Yield each place where such a transform ran."""
    seen = set()
    for look in evidence.looks:
        for each in look.actual.record.transforms:
            if not each.ran or each.transform not in evidence.exercise.forbids:
                continue
            if each.span in seen:
                continue
            seen.add(each.span)
            yield Sighting(
                message=f"{each.transform} runs here, and the task rules it out",
                label=f"this is {each.transform}",
                why="The task can be done without it, and that is what it practises.",
                help=f"compute this without {each.transform}",
                span=each.span or evidence.landmarks.head,
                case=look.case,
                evidence={"actual": each.transform},
            )


RULE = Rule(
    id="forbidden-transform",
    check=Check.TRANSFORM,
    title="the program uses a transform that the task rules out",
    explanation="""\
Some tasks say which transform must not be used, since it would do what the task wants you to do in
another way.
""",
    wrong=ROWS.replace("return jax", "x = jax.lax.map(lambda row: row, x)\n    return jax"),
    right=ROWS,
    uses=ROWS_USES,
    forbids=("jax.lax.map",),
    link="https://docs.jax.dev/en/latest/key-concepts.html#transformations",
    find=_find,
    alters=NOTHING,
)
