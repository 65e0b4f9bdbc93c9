"""A list or a name instead of the dict that `variable_axes` and `split_rngs` take."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from grader.evidence.deviation import Deviation, collections_text, split_text
from grader.evidence.lifting import Knob, Unlisted
from grader.evidence.look import Look
from grader.evidence.meaning import Meaning

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_ITEMS: Final = re.compile(r"^'(list|tuple|set|frozenset|str)' object has no attribute 'items'")
_WRITTEN: Final[dict[str, type[ast.expr]]] = {
    "list": ast.List,
    "tuple": ast.Tuple,
    "set": ast.Set,
    "str": ast.Constant,
}
_LABELS: Final = {
    Knob.VARIABLE_AXES: "says what is lifted, not along which axis",
    Knob.SPLIT_RNGS: "says which streams, not whether they are split",
}


def not_a_dict(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain Flax's exception for an argument of nn.vmap that should be a dict."""
    raised = look.raised
    found = _ITEMS.match(raised.message) if raised is not None else None
    if raised is None or raised.library is None or found is None:
        return None
    kind = found[1]
    for each in look.deviations:
        if each.knob in _LABELS and isinstance(each.actual, Unlisted):
            text = _text(evidence, each, kind)
            if text is not None:
                return _meaning(evidence, look, each, f"{each.knob}={text} is a {kind}")
    return None


def _text(evidence: Evidence, deviation: Deviation, kind: str) -> str | None:
    """Return how the argument is written, None if it isn't a named literal of this kind."""
    span = evidence.landmarks.knob(deviation.call, deviation.knob)
    wanted = _WRITTEN.get(kind)
    if wanted is None:
        return None
    nodes = (node for node in evidence.source.nodes if isinstance(node, wanted))
    found = next((each for each in nodes if evidence.source.span(each) == span), None)
    if found is None or _by_position(evidence, found):
        return None
    return evidence.source.segment(found)


def _by_position(evidence: Evidence, value: ast.expr) -> bool:
    """Whether a value stands among the arguments of a call without a name."""
    calls = (node for node in evidence.source.nodes if isinstance(node, ast.Call))
    return any(value is each for call in calls for each in call.args)


def _meaning(evidence: Evidence, look: Look, deviation: Deviation, told: str) -> Meaning:
    axes = deviation.knob is Knob.VARIABLE_AXES
    text = (collections_text if axes else split_text)(look.expected, deviation)
    what = "each collection its axis, or None" if axes else "each stream True or False"
    return Meaning(
        message=f"{told}; Flax takes a dict",
        label=_LABELS[deviation.knob],
        why=f"The dict gives {what}. Names alone don't say that.",
        help=f"write {deviation.knob}={text}",
        span=evidence.landmarks.knob(deviation.call, deviation.knob),
    )
