"""wrong-axis-in: a plain map goes over another axis of its arguments than the task's."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.drawings import of_argument
from grader.evidence.edits import Edits, argument_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import axes_text
from grader.evidence.nest import Level, Mapped
from grader.evidence.nests import Nests, first_shown, mapped_elsewhere, nests, over
from grader.model.exercise import Check
from grader.rules import nnx_axes, nnx_scan, scan_axes
from grader.rules.example import ROWS, ROWS_USES
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Yield one sighting: a level inside follows from the one outside."""
    yield from nnx_axes.inward(evidence)
    yield from nnx_scan.inward(evidence)
    yield from scan_axes.inward(evidence)
    each = first_shown(nests(evidence), mapped_elsewhere)
    found = mapped_elsewhere(each) if each is not None else None
    if each is not None and found is not None:
        yield _sighting(evidence, each, *found)


def _sighting(
    evidence: Evidence, found: Nests, level: Level, wanted: frozenset[Mapped]
) -> Sighting:
    ours, theirs = over(found.look, level.mapped), over(found.look, wanted)
    given = axes_text(level.run.axes("in_axes"))
    right = _text(level.axes_for(wanted))
    together = len(level.mapped) > len(wanted)
    return Sighting(
        message=f"in_axes={given} maps over {ours}{' together' if together else ''}, "
        f"not over {theirs}",
        label=f"maps over {ours}",
        drawing=of_argument(found, level, wanted),
        details=text_lines(found.look.raised) if found.look.raised is not None else (),
        why="Arguments that are mapped together advance together, like zip. An argument whose axis "
        "is None is the same for each step."
        if together
        else f"{level.run.transform} calls the function once for each index of the mapped axis, "
        "with what is left of the array.",
        help=f"map over {theirs}" + (f": in_axes={right}" if right is not None else ""),
        span=evidence.landmarks.keyword(level.run.span, "in_axes", 1),
        edits=_edits(evidence, level, right),
        case=found.look.case,
        evidence={"argument": "in_axes", "expected": right, "actual": given},
    )


def _text(axes: tuple[int | None, ...] | None) -> str | None:
    if axes is None:
        return None
    return str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"


def _edits(evidence: Evidence, level: Level, right: str | None) -> Edits:
    if right is None or set(level.run.parts) != {1}:
        return ()
    return argument_edits(evidence, level.run.span, "in_axes", right, 1)


RULE = Rule(
    id="wrong-axis-in",
    check=Check.TRANSFORM,
    title="the map goes over another axis of its arguments",
    explanation="""\
`in_axes` has an entry for each argument: the axis that is mapped, or `None` for an argument that is
passed on whole. All axes that are mapped together have the same length, and the function inside
sees the arguments without them.

For an array of shape `(2, 3)`, each number is the call that gets that part:

```text
in_axes=0    in_axes=1    in_axes=None
  0 0 0        0 1 2        * * *
  1 1 1        0 1 2        * * *
```

For `nn.scan` it is the axis that counts the steps. The carry, which goes in whole, has no entry.
For `nnx.scan` it has one, `nnx.Carry`, and there is one for each object, too, such as the layers of
a stack.

With another axis, or with two arguments mapped together that should vary independently, the
function inside gets other slices, and the result has another shape.
""",
    wrong=ROWS.replace("(total)", "(total, in_axes=1)"),
    right=ROWS,
    uses=ROWS_USES,
    link="https://docs.jax.dev/en/latest/_autosummary/jax.vmap.html",
    find=_find,
)
