"""Whether the starter and the labelled submissions get what they should: no more and no less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grader.authoring.line import Line
from grader.authoring.parts import program_problems
from grader.evidence.notation import listing
from grader.labels import ACCEPTED, MISTAKES, Labelled, Place, places
from grader.model.exercise import ExerciseFolder
from grader.model.finding import Severity
from grader.model.observation import Span
from grader.model.report import Repaired, Report, Verdict

FEWEST: Final = {MISTAKES: 6, ACCEPTED: 3}
"""How many there are at least; how many are enough depends on what can go wrong."""

Graded = tuple[Labelled, Report]


# -------------------------------------------------------------------------------------- the starter


def starter(folder: ExerciseFolder, report: Report | None) -> Line:
    """See that the starter runs, and fails kindly; `report` is None if there is none."""
    problems = [*program_problems(folder, folder.starter)]
    if not problems and report is not None:
        problems += _unkind(report, len(folder.parts))
    return Line(name="starter", said="loads, and says what to fill in", problems=tuple(problems))


def _unkind(report: Report, functions: int) -> Iterator[str]:
    kindly = 'end it with raise NotImplementedError("...") and say there what to do'
    if report.verdict is Verdict.PASSED:
        yield f"the starter passes: leave the work to the learner; {kindly}"
        return
    errors = [each for each in report.findings if each.severity is Severity.ERROR]
    raised = [each.evidence.get("exception") for each in errors]
    if raised != ["NotImplementedError"] * functions:
        found = listing([each.rule for each in errors])
        yield f"the starter gets {found}, which isn't the learner's doing: {kindly}"


# --------------------------------------------------------------------------- labelled submissions


def mistakes(graded: Sequence[Graded]) -> Line:
    """See that every mistake is found where its label says, and nothing else is."""
    wrong = [problem for each, report in graded for problem in _mislabelled(each, report)]
    said = f"{len(graded)}, each found where its label says"
    return Line(name=MISTAKES, said=said, problems=(*_too_few(MISTAKES, graded), *wrong))


def repairs(graded: Sequence[Graded]) -> Line:
    """Check that no mistake is found again after its fix, which the reports describe."""
    problems = tuple(
        f"{_name(each)}: the same mistake is found when the report's own changes are made; that is "
        "a bug in the rule, please report it"
        for each, report in graded
        if report.repair.status is Repaired.FAILS and not report.repair.edits
    )
    passing = sum(report.repair.status is Repaired.PASSES for _, report in graded)
    said = f"{passing} of {len(graded)} mistakes pass with what the report would change"
    return Line(name="repairs", said=said, problems=problems)


def accepted(graded: Sequence[Graded]) -> Line:
    """See that every accepted submission passes."""
    wrong = [problem for each, report in graded for problem in _accused(each, report)]
    said = f"{len(graded)}, and all pass"
    return Line(name=ACCEPTED, said=said, problems=(*_too_few(ACCEPTED, graded), *wrong))


def _too_few(kind: str, graded: Sequence[Graded]) -> Iterator[str]:
    missing = FEWEST[kind] - len(graded)
    if missing > 0:
        yield (
            f"{len(graded)} of at least {FEWEST[kind]}: write {missing} more into {kind}/"
            if graded
            else f"none is there: write at least {missing} into {kind}/"
        )


def _mislabelled(each: Labelled, report: Report) -> Iterator[str]:
    name, found = _name(each), places(report)
    if (found == each.expected and found) or _is_ungraded(report):
        return
    if report.verdict is Verdict.PASSED:
        yield f"{name} passes: make its mistake show, or move it to {ACCEPTED}/"
    elif not each.expected:
        line, rule = min(found, key=_order)
        label = f"# expect: {rule}" if line is not None else f"# expect-file: {rule}"
        where = _where(report, line) if line is not None else "any line"
        yield f"{name} has no label: if {rule} is what it shows, put {label} on {where}"
    else:
        yield (
            f"{name} is labelled {_said(report, each.expected - found)}, and what is found is "
            f"{_said(report, found - each.expected)}: {_fix(each.expected, found)}"
        )


def _fix(expected: frozenset[Place], found: frozenset[Place]) -> str:
    missing, extra = expected - found, found - expected
    if {rule for _, rule in missing} == {rule for _, rule in extra}:
        return "move the label to that line"
    if not missing:
        return "label that too, or take it out of the file"
    return "fix the file so that it shows one mistake, or fix its label"


def _accused(each: Labelled, report: Report) -> Iterator[str]:
    name = _name(each)
    if _is_ungraded(report):
        return
    if each.expected:
        yield f"{name} has a label: move it to {MISTAKES}/, or remove the label"
    elif report.verdict is not Verdict.PASSED:
        messages = "; ".join(
            finding.message for finding in report.findings if finding.severity is Severity.ERROR
        )
        yield (
            f"{name} gets {_said(report, places(report))} ({messages}): if it is right anyway, "
            "report that to the grader's authors, otherwise fix it"
        )


def _is_ungraded(report: Report) -> bool:
    """Whether the author's check kept it from being graded, which the line of that check says."""
    return report.verdict is Verdict.ERROR and bool(report.fault)


def _name(each: Labelled) -> str:
    return f"{each.kind}/{each.name}"


def _said(report: Report, found: frozenset[Place]) -> str:
    return listing([_place(report, each) for each in sorted(found, key=_order)]) or "nothing else"


def _place(report: Report, place: Place) -> str:
    line, rule = place
    return f"{rule} on {_where(report, line)}" if line is not None else f"{rule} on no line"


def _where(report: Report, line: int) -> str:
    """Return how people call a line: in which file, if it isn't in the program."""
    found = report.place(Span(line=line, column=1, end_line=line, end_column=1))
    name = "" if found.main else f" of {found.source.base}"
    return f"line {found.span.line}{name}"


def _order(place: Place) -> tuple[int, str]:
    return place[0] or 0, place[1]
