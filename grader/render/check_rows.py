"""A report as rows of checks, for formats that consist of tests: each check's findings as text."""

from __future__ import annotations

from typing import NamedTuple

from grader.model.finding import Finding, Severity
from grader.model.report import CheckResult, Report, Status
from grader.render.excerpt import place
from grader.render.finding_block import finding_block
from grader.render.layout import Page
from grader.render.text import as_text
from grader.render.visible import visible

_WIDTH = 88


class CheckRow(NamedTuple):
    """A check with its findings, errors first; `text` shows them like the terminal.

    `headline` is the first finding in one line. A check can fail without a finding, if
    that follows from another finding: a wrong key causes wrong numbers.
    """

    result: CheckResult
    findings: tuple[Finding, ...]
    headline: str
    text: str


def check_rows(report: Report) -> tuple[CheckRow, ...]:
    """Return a row for each check of `report`."""
    return tuple(_row(report, result) for result in report.checks)


def _row(report: Report, result: CheckResult) -> CheckRow:
    found = [
        each
        for each in report.findings
        if each.check == result.check and each.function in {result.function, ""}
    ]
    found.sort(key=lambda each: each.severity is not Severity.ERROR)
    text = "\n".join(finding_text(report, each) for each in found)
    if found:
        headline = found[0].message
    elif result.status is Status.FAILED:
        headline = result.reason or _root(report, result)
        text = visible(headline)
    elif result.status is Status.SKIPPED:
        headline = f"skipped: {result.reason or 'nothing was run'}"
    else:
        headline = result.title
    return CheckRow(result, tuple(found), headline, text)


def _root(report: Report, result: CheckResult) -> str:
    """Name the finding that a failed check without one follows from."""
    own = (each for each in report.findings if each.function in {result.function, ""})
    root = next((each for each in own if each.severity is Severity.ERROR), None)
    return f"this follows from {root.rule}: {root.message}" if root else "this is not the case"


def finding_text(report: Report, finding: Finding) -> str:
    """Return one finding like the terminal shows it, after a line `path:line:column`."""
    block = finding_block(report, finding, Page(_WIDTH), len(finding.check_name), verbose=False)
    return f"{place(report, finding)}\n{as_text(block)}"
