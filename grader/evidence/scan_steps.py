"""Whether what a lifted loop runs in each step is the task's own class, unchanged.

Only wrong answers are looked at, of loops that are told the same as the reference's.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto, unique

import msgspec

from grader.compare import OtherValues
from grader.evidence.configuration import computing
from grader.evidence.evidence import Evidence
from grader.evidence.jitted import jitted
from grader.evidence.look import Look
from grader.evidence.loops import comes_back, is_reverse, keeps_carry
from grader.evidence.scan_faults import faults
from grader.evidence.scans import Scan, answering, carried, length_of, scanned
from grader.evidence.settings import setting_differences
from grader.evidence.trail import Trail


@unique
class Other(Enum):
    """How a step differs from the task's. `INSIDE`: it's the task's, in a module of its own.

    `TREE`: its parameters have other names or shapes. `NUMBERS`: from the same carry, inputs,
    variables and keys it gave other numbers.
    """

    INSIDE = auto()
    TREE = auto()
    NUMBERS = auto()


class OtherStep(msgspec.Struct, frozen=True, kw_only=True):
    """A case in which another step than the task's is why the answer is wrong."""

    scan: Scan
    how: Other

    @property
    def look(self) -> Look:
        """The case."""
        return self.scan.look


def other_steps(evidence: Evidence) -> Iterator[OtherStep]:
    """Yield the cases in which the step is another one, the smallest first."""
    for look in evidence.compared(OtherValues):
        scan = answering(look)
        if scan is None or evidence.impure or faults(look) or any(setting_differences(look)):
            continue
        how = _how(evidence, scan)
        if how is not None:
            yield OtherStep(scan=scan, how=how)


def _how(evidence: Evidence, scan: Scan) -> Other | None:
    ours, theirs = scan.actual, scan.expected
    if (carried(ours), scanned(ours)) != (carried(theirs), scanned(theirs)):
        return None
    if scan.look.variables and _is_of_other_length(scan):
        return None
    # Where another module made the weights like the task's, their names are as good.
    if scan.look.variables and not scan.look.moved:
        return Other.INSIDE if _is_inside(scan.look) else Other.TREE
    changed = _computes_otherwise(scan) and not _is_explained(evidence, scan)
    return Other.NUMBERS if changed else None


def _is_inside(look: Look) -> bool:
    """Whether all of the reference's variables are there, under one more name."""
    ours, theirs = _paths(look.actual), _paths(look.expected)
    under = {path[:1]: {(n, p[1:]) for n, p in ours if p[:1] == path[:1]} for _, path in ours}
    return theirs not in ({}, ours) and theirs in under.values()


def _is_of_other_length(scan: Scan) -> bool:
    """Whether the variables have the reference's names, for another number of steps."""
    ours, theirs = _paths(scan.look.actual), _paths(scan.look.expected)
    return ours == theirs and length_of(scan.actual) != length_of(scan.expected)


def _paths(trail: Trail) -> set[tuple[str, tuple[str, ...]]]:
    return {(each.collection, each.path) for each in trail.variables}


def _computes_otherwise(scan: Scan) -> bool:
    """Whether the loop got what the reference's did, and returned other numbers."""
    ours, theirs, look = scan.actual, scan.expected, scan.look
    known = all((*ours.digests, *theirs.digests, *ours.given_back, *theirs.given_back))
    same = ours.digests == theirs.digests and _digests(look.actual) == _digests(look.expected)
    return (
        known
        and same
        and all(pair.agrees for pair in look.keys)
        and ours.given_back != theirs.given_back
        and comes_back(look, ours)
    )


def _digests(trail: Trail) -> list[str | None]:
    return [each.digest for each in trail.variables]


def _is_explained(evidence: Evidence, scan: Scan) -> bool:
    """Whether another rule tells why the loop gave other numbers."""
    ours, theirs = scan.actual, scan.expected
    return (
        is_reverse(ours) != is_reverse(theirs)
        or keeps_carry(ours) != keeps_carry(theirs)
        or computing(scan.look) is not None
        or jitted(evidence, scan.look) is not None
    )
