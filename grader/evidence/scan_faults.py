"""Which arguments of a lifted loop deviate from the reference's with a visible effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum, unique
from typing import Final

import msgspec

from grader.compare import OtherShape, OtherValues
from grader.evidence.evidence import Evidence
from grader.evidence.exceptions import text_lines
from grader.evidence.lifting import Unlisted
from grader.evidence.look import Look
from grader.evidence.results import arrays
from grader.evidence.scans import (
    Passed,
    Scan,
    Way,
    fits,
    length_given,
    length_of,
    output_axes,
    passed,
    runs_alone,
    same_arrays,
    scan_use,
    scans,
    split,
    step_axes,
    step_shapes,
)
from grader.model.observation import Span, digest


@unique
class Knob(StrEnum):
    """What a lifted loop is told, by what it's about."""

    COLLECTION = "collection"
    STREAM = "stream"
    IN_AXES = "in_axes"
    OUT_AXES = "out_axes"
    LENGTH = "length"


Effect = Passed | bool | tuple[int | None, ...] | int | None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One argument with another effect than the reference's; `name`: collection or stream."""

    scan: Scan
    knob: Knob
    name: str = ""
    expected: Effect
    actual: Effect

    @property
    def look(self) -> Look:
        """The case."""
        return self.scan.look


_SIZES: Final = r"scan got `length`|length should be specified|[Ii]nconsistent scan lengths"
_RAISES: Final = {
    Way.SHARED: r"data dependency on the scan body",
    Way.CARRIED: r"carry input and carry output|carry_in|ScopeCollectionNotFound",
    Way.NO_AXIS: r"AssertionError",
    Unlisted(): r"ScopeCollectionNotFound|ScopeParamNotFound|ModifyScopeVariableError",
}
_UNSPLIT: Final = r"InvalidRngError"


def faults(look: Look, *, reorders: bool = True) -> tuple[Fault, ...]:
    """Return what deviates in a case and has an effect there.

    What caused an exception hides the effects of the others, so all that are sure are named.
    `reorders`: the file reorders axes somewhere, so other output axes may be right.
    """
    found = tuple(_deviations(look))
    if look.raised is not None:
        unsure = {Knob.LENGTH, Knob.OUT_AXES} if reorders else {Knob.LENGTH}
        told = [each for each in found if causes(each)]
        return tuple(each for each in found if each in told or (each.knob not in unsure and told))
    return tuple(each for each in found if _shows(each))


def _deviations(look: Look) -> Iterator[Fault]:
    for scan in scans(look):
        yield from _collections(scan)
        yield from _streams(scan)
        if scan.answers and (look.raised is not None or runs_alone(scan)):
            yield from _axes(scan)


def _collections(scan: Scan) -> Iterator[Fault]:
    for name in dict.fromkeys(each.collection for each in scan.look.expected.variables):
        wanted, found = passed(scan.expected, name), passed(scan.actual, name)
        if wanted != found:
            yield Fault(scan=scan, knob=Knob.COLLECTION, name=name, expected=wanted, actual=found)


def _streams(scan: Scan) -> Iterator[Fault]:
    """Compare the streams that the variables are drawn from, and later those of the answer."""
    late = scan.look.expected.late_streams
    makes = scan.root is scan.look.actual.maker
    for name in dict.fromkeys(each.stream for each in scan.root.keys):
        if not (scan.answers if name in late else makes):
            continue
        wanted, found = split(scan.expected, name), split(scan.actual, name)
        if wanted != found and not isinstance(wanted, Unlisted):
            yield Fault(scan=scan, knob=Knob.STREAM, name=name, expected=wanted, actual=found)


def _axes(scan: Scan) -> Iterator[Fault]:
    wanted, found = step_axes(scan.expected) or (), step_axes(scan.actual) or ()
    other = wanted != found or (fits(scan.expected) and not fits(scan.actual))
    if other and wanted and same_arrays(scan):
        yield Fault(scan=scan, knob=Knob.IN_AXES, expected=wanted, actual=found)
    else:
        yield from _length(scan)
    places = output_axes(scan.expected, scan.expected), output_axes(scan.actual, scan.expected)
    if places[0] != places[1]:
        yield Fault(scan=scan, knob=Knob.OUT_AXES, expected=places[0], actual=places[1])


def _length(scan: Scan) -> Iterator[Fault]:
    steps, own = length_of(scan.expected), length_of(scan.actual)
    given = length_given(scan.actual)
    if steps != own or given not in {None, steps}:
        actual = own if given in {None, steps} else given
        yield Fault(scan=scan, knob=Knob.LENGTH, expected=steps, actual=actual)


def causes(fault: Fault) -> bool:
    """Whether a fault is known to make Flax raise exactly what was raised."""
    raised = fault.look.raised
    if raised is None or raised.library is None or not fault.scan.actual.raised:
        return False
    pattern = _pattern(fault)
    return pattern is None or bool(re.search(pattern, f"{raised.exception}: {raised.message}"))


def told_by_flax(fault: Fault) -> tuple[str, ...]:
    """Return the lines of the exception that a fault causes, none if it causes none."""
    raised = fault.look.raised
    return text_lines(raised) if raised is not None and causes(fault) else ()


def _pattern(fault: Fault) -> str | None:
    """Return the pattern of the exceptions that a fault can cause, None if it may be any."""
    match fault.knob:
        case Knob.COLLECTION:
            return _RAISES.get(fault.actual, r"ScopeParamShapeError|dot_general|shape")
        case Knob.STREAM:
            return _UNSPLIT if isinstance(fault.actual, Unlisted) else _RAISES[Way.SHARED]
        case Knob.IN_AXES:
            return None
        case Knob.OUT_AXES:
            # Only what is the same for all steps may not depend on one of them.
            same = isinstance(fault.actual, tuple) and None in fault.actual
            fits = r"tree prefix|pytree structure|out of bounds"
            return rf"{fits}|data dependency" if same else fits
        case Knob.LENGTH:
            return _SIZES


def _shows(fault: Fault) -> bool:
    """Whether a fault has its own effect on the variables or the answer."""
    look = fault.look
    match fault.knob:
        case Knob.COLLECTION:
            return any(each.collection == fault.name for each in look.variables)
        case Knob.STREAM:
            return look.answer_wrong
        case Knob.IN_AXES:
            other = step_shapes(fault.scan.actual) != step_shapes(fault.scan.expected)
            return look.answer_wrong and (other or _is_misshapen(look))
        case Knob.OUT_AXES:
            return _is_the_answer(fault.scan)
        case Knob.LENGTH:
            return look.answer_wrong or bool(look.variables)


def _is_misshapen(look: Look) -> bool:
    return isinstance(look.comparison, OtherShape) or bool(look.variables)


def _is_the_answer(scan: Scan) -> bool:
    """Whether the wrong answer has an array just as the loop gave it, which isn't the carry."""
    look, run = scan.look, scan.actual
    if not isinstance(look.comparison, OtherShape | OtherValues):
        return False
    first = run.parts[0] if run.parts else 0
    outputs = run.given_back[first:]
    found = {digest(each.data) for each in arrays(look.exchange.actual).values()}
    if all(outputs):
        return bool(found & set(outputs))
    shapes = [each.shape for each in run.outputs[first:]]
    return look.found is not None and look.found.shape in shapes


def shown(evidence: Evidence, knob: Knob) -> Iterator[Fault]:
    """Yield one fault for each name and place: the smallest case that shows it.

    It has to be there in the case with the most different sizes, too: where sizes are equal, an
    array may be taken for another one.
    """
    if scan_use(evidence.exercise) is None:
        return
    reorders = evidence.landmarks.reorders
    every = (each for look in evidence.looks for each in faults(look, reorders=reorders))
    found = [each for each in every if each.knob is knob]
    seen: set[tuple[str, Span | None]] = set()
    for each in found:
        place = each.name, each.scan.actual.span
        alike = [other for other in found if (other.name, other.scan.actual.span) == place]
        telling = max(alike, key=lambda other: len(set(other.look.case.sizes.values())))
        if place not in seen and _same(each, telling):
            seen.add(place)
            yield each


def _same(fault: Fault, other: Fault) -> bool:
    """Whether two cases show the same fault; the number of steps differs from case to case."""
    return fault.knob is Knob.LENGTH or (fault.expected, fault.actual) == (
        other.expected,
        other.actual,
    )


def raised_by_scan(look: Look) -> bool:
    """Whether a deviating argument of a lifted loop is why a case raised."""
    return any(causes(each) for each in faults(look))
