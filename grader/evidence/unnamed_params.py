"""A call of `apply` that got the parameters without the name of their collection."""

from __future__ import annotations

from grader.evidence.look import Look
from grader.evidence.meaning import Meaning
from grader.model.observation import Root

_PARAMS = "params"


def unnamed_params(look: Look) -> Root | None:
    """Return the call that raised since it got the reference's parameters, and nothing around."""
    if look.raised is None or look.raised.exception != "ScopeCollectionNotFound":
        return None
    wanted = {each.path for each in look.expected.variables if each.collection == _PARAMS}
    for root in look.actual.record.roots:
        given = {(each.collection, *each.path) for each in root.given}
        if root.raised and root.kind == "apply" and given and given <= wanted:
            return root
    return None


def without_their_name(look: Look) -> Meaning | None:
    """Explain an exception by such a call."""
    root = unnamed_params(look)
    if root is None:
        return None
    return Meaning(
        message="apply gets the parameters without the name of their collection",
        label="gets no collection of that name",
        why="The variables are a dict with an entry for each collection, as init returns them.",
        help='pass apply all variables in the form that init returns: {"params": …}',
        span=root.span,
    )
