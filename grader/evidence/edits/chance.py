"""Edits that take chance out of what it changed: the keys, the input or the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.edits.answer import answer_edits, as_returned
from grader.evidence.edits.inputs import input_edits
from grader.evidence.edits.keys import key_edits
from grader.evidence.edits.text import Advice
from grader.evidence.keys import task_key

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import KeyPair, Look


def seeded(evidence: Evidence) -> Advice | None:
    """Do as the task does what chance decided; None if it isn't known what that was."""
    pairs = {each.stream: each for each in _random_keys(evidence)}
    if pairs:
        keys = " and ".join(str(task_key(evidence, each)) for each in pairs)
        edits = key_edits(evidence, pairs.values())
        return Advice(f"make the key as the task does: {keys}", edits) if edits else None
    passed_on = list(map(_passes_on, evidence.looks))
    if False in passed_on:
        return _unchanged(evidence, evidence.looks[passed_on.index(False)])
    return _plain(evidence, evidence.looks[passed_on.index(True)]) if True in passed_on else None


def _random_keys(evidence: Evidence) -> Iterator[KeyPair]:
    for look in evidence.looks:
        yield from (pair for pair in look.keys if pair.differs)


def _passes_on(look: Look) -> bool | None:
    """Whether the module got the task's input; None if unknown, or if it gave another output."""
    ours, theirs = (
        trail.top(trail.answer) if trail.answer is not None else None
        for trail in (look.actual, look.expected)
    )
    if ours is None or theirs is None or None in (ours.taken, theirs.taken):
        return None
    if ours.taken != theirs.taken:
        return False
    return True if ours.given is not None and ours.given == theirs.given else None


def _unchanged(evidence: Evidence, look: Look) -> Advice | None:
    edits = input_edits(evidence, look.actual.maker, look.actual.answer)
    text = "pass the arguments to init and apply unchanged, without anything random"
    return Advice(text, edits) if edits else None


def _plain(evidence: Evidence, look: Look) -> Advice | None:
    edits = answer_edits(evidence, look)
    text = f"{as_returned(evidence)}, without anything random"
    return Advice(text, edits) if edits else None
