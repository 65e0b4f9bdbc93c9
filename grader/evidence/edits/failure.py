"""A call that raised, as the functions that say what to write instead of it see it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Raised

ENTRIES: Final = frozenset({"init", "init_with_output", "apply"})
"""The methods by which a program enters one of Flax's modules."""


class Failure(NamedTuple):
    """An exception, the case in which it was raised, and the call at its place."""

    evidence: Evidence
    look: Look
    raised: Raised
    call: ast.Call


def is_call_of(call: ast.Call, *names: str) -> bool:
    """Whether a call is one of a method with one of these names."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in names
