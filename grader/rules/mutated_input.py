"""mutated-input: an array that was passed as an argument was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.edits import sparing
from grader.evidence.notation import listing
from grader.model.case import DictValue
from grader.model.exercise import Check
from grader.model.observation import Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING

_REFUSED = re.compile(r"immutable|read-only")


def _find(evidence: Evidence) -> Iterator[Sighting]:
    looks = [look for look in evidence.looks if look.exchange.actual.mutated]
    if not looks:
        return
    look = looks[0]
    names = look.exchange.actual.mutated
    advice = sparing(evidence)
    of_dict = any(isinstance(look.case.given(name), DictValue) for name in names)
    yield Sighting(
        message=evidence.exercise.told(
            f"the function changes its argument {listing(names)} in place"
        ),
        label=f"changes the {'dict' if of_dict else 'array'} that was passed in",
        details=()
        if evidence.exercise.plain_numpy or of_dict
        else ("A JAX array can't be changed, so this shows when a NumPy array is passed.",),
        why="Then the caller's own dict isn't what it was before."
        if of_dict
        else "Then the caller's own array has different numbers than before.",
        help=advice.help
        if advice is not None
        else "make a new dict: {**old, name: new}"
        if of_dict
        else "work on a copy: x = x.copy() at the start"
        if evidence.exercise.plain_numpy
        else "make a new array instead: x = x * 2, or x = x.at[i].set(y)",
        span=_place(evidence),
        edits=advice.edits if advice is not None else (),
        case=look.case,
        evidence={"arguments": list(names)},
    )


def _place(evidence: Evidence) -> Span | None:
    """Return where JAX refused the change, or where the text makes it."""
    for look in evidence.looks:
        raised = look.raised
        if raised is not None and raised.place and _REFUSED.search(raised.message):
            return raised.place
    return evidence.impurity.change or evidence.landmarks.head


RULE = Rule(
    id="mutated-input",
    check=Check.PURE,
    title="an argument is changed in place",
    explanation="""\
After the call, an array that was passed in had different numbers than before. `x *= 2`, `x[0] = …`,
`x.sort()` and `out=x` change the caller's own array if it is a NumPy array. JAX arrays can't be
changed: there, the same lines make a new array, or raise.

If a model silently rescales a data set at every step, only noise is left in the end, and the faulty
line is far from where you notice it.
""",
    wrong=RIGHT.replace("import jax\n", "import jax\nimport numpy as np\n").replace(
        "    return model.apply(variables, x).reshape(-1)\n",
        "    y = np.array(model.apply(variables, x)).reshape(-1)\n"
        "    if isinstance(x, np.ndarray):\n"
        "        x *= 0\n"
        "    return y\n",
    ),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html#in-place-updates",
    find=_find,
    alters=NOTHING,
)
