"""wrong-axis-out: a plain map puts its axis at another place of the result."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.drawings import of_result
from grader.evidence.edits import argument_edits
from grader.evidence.lifting import axes_text
from grader.evidence.nest import Level, out_axis
from grader.evidence.nests import Nests, over, turned
from grader.model.exercise import Check
from grader.rules import nnx_axes, nnx_scan, scan_axes
from grader.rules.example import ROWS_OF_ROWS, ROWS_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_axes.outward(evidence)
    yield from nnx_scan.outward(evidence)
    yield from scan_axes.outward(evidence)
    each = turned(evidence, same=True)
    if each is not None:
        yield _sighting(evidence, each, *_first_other(each))


def _first_other(found: Nests) -> tuple[Level, int]:
    """Return the first level with another `out_axes`, and the axis that it should be."""
    for ours, theirs in zip(found.actual, found.expected, strict=True):
        rank = len(theirs.run.outputs[0].shape)
        if out_axis(ours.run, rank) != out_axis(theirs.run, rank):
            return ours, out_axis(theirs.run, rank)
    return found.actual[0], 0


def _sighting(evidence: Evidence, found: Nests, level: Level, wanted: int) -> Sighting:
    given = axes_text(level.run.axes("out_axes"))
    noun = over(found.look, level.mapped)
    return Sighting(
        message=f"out_axes={given} puts the axis that counts {noun} at the wrong place",
        label=f"the result's axis {given} counts {noun}",
        drawing=of_result(found, level, wanted),
        why="The numbers are right, but the axes of the result are in another order.",
        help=f"put the axis at {wanted}: out_axes={wanted}",
        span=evidence.landmarks.keyword(level.run.span, "out_axes", 2),
        edits=argument_edits(evidence, level.run.span, "out_axes", str(wanted), 2),
        case=found.look.case,
        evidence={"argument": "out_axes", "expected": str(wanted), "actual": given},
    )


RULE = Rule(
    id="wrong-axis-out",
    check=Check.TRANSFORM,
    title="the map puts its axis at another place of the result",
    explanation="""\
`out_axes` says where the mapped axis is in the result, 0 by default: the results for all indices
are stacked along that axis.

For 2 calls that return 3 numbers each, each number is the call that gives that part:

```text
out_axes=0    out_axes=1
  0 0 0         0 1
  1 1 1         0 1
                0 1
```

With another one, the same numbers come back transposed.

`out_axes` of `nnx.scan` also says which result is the carry: `nnx.Carry` for a function that
returns nothing else, `(nnx.Carry, 0)` for a pair of the carry and an output.
""",
    wrong=ROWS_OF_ROWS.replace("double))", "double), out_axes=1)"),
    right=ROWS_OF_ROWS,
    uses=ROWS_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.vmap.html",
    find=_find,
)
