"""JUnit XML for Jenkins and GitLab: one suite per submission, one test per check.

Both keep only one failure per test, so it contains all findings of the check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from grader.model.report import Report, Status, Verdict
from grader.render.check_rows import CheckRow, check_rows, place
from grader.render.visible import visible, visible_lines


def render(report: Report) -> str:
    """Return a document with one suite."""
    return render_all([report])


def render_all(reports: Sequence[Report]) -> str:
    """Return a document with a suite for each report."""
    counts = [_counts(report) for report in reports]
    totals = {key: sum(count[key] for count in counts) for key in ("tests", "failures", "errors")}
    attributes = {"name": "grader", **totals, "time": _time(sum(r.duration_s for r in reports))}
    suites = [_suite(report, count) for report, count in zip(reports, counts, strict=True)]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _open("testsuites", attributes)]
    return "\n".join([*lines, *suites, "</testsuites>", ""])


def _counts(report: Report) -> dict[str, int]:
    statuses = [check.status for check in report.checks]
    broken = int(report.verdict is Verdict.ERROR)
    return {
        "tests": len(statuses) + broken,
        "failures": statuses.count(Status.FAILED),
        "errors": broken,
        "skipped": statuses.count(Status.SKIPPED),
    }


def _suite(report: Report, counts: dict[str, int]) -> str:
    attributes = {
        "name": report.path,
        **counts,
        "time": _time(report.duration_s),
        "file": report.path,
    }
    tests = [_test(report, row) for row in check_rows(report)]
    if report.verdict is Verdict.ERROR:
        tests.append(_grader_error(report))
    output = [
        _element("system-out", {}, report.output.stdout),
        _element("system-err", {}, report.output.stderr),
    ]
    return "\n".join(
        [_open("testsuite", attributes), _properties(report), *tests, *output, "</testsuite>"]
    )


def _properties(report: Report) -> str:
    facts = {
        "exercise": report.exercise.slug if report.exercise else "",
        "verdict": report.verdict,
        "score": f"{report.score:g}",
        "equivalence": report.equivalence.status,
        "cases.seed": report.cases.seed,
        "cases.generated": report.cases.generated,
        "cases.executed": report.cases.executed,
    }
    lines = [_open("property", {"name": k, "value": v}, close=True) for k, v in facts.items()]
    return "\n".join(["<properties>", *lines, "</properties>"])


def _test(report: Report, row: CheckRow) -> str:
    check = row.result
    attributes = {"name": f"{check.check}: {check.title}", "classname": _class(report)}
    inside = ""
    if check.status is Status.SKIPPED:
        inside = _open("skipped", {"message": row.headline}, close=True)
    elif row.failed:
        inside = _failure(report, row)
    elif row.findings:
        inside = _element("system-out", {}, row.text)
    return f"{_open('testcase', attributes)}{inside}</testcase>"


def _failure(report: Report, row: CheckRow) -> str:
    if not row.findings:
        return _open("failure", {"message": row.headline}, close=True)
    first = row.findings[0]
    message = f"{place(report, first)}: {first.message}"
    return _element("failure", {"message": message, "type": first.rule}, row.text)


def _grader_error(report: Report) -> str:
    head = _open("testcase", {"name": "grader", "classname": _class(report)})
    error = _open("error", {"message": report.summary, "type": "grader-error"}, close=True)
    return f"{head}{error}</testcase>"


def _class(report: Report) -> str:
    """Return `exercise.file`: readers use the part before the last dot as a package."""
    slug = report.exercise.slug if report.exercise else "grader"
    return f"{slug}.{report.path.removesuffix('.py').replace('.', '_')}"


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _open(tag: str, attributes: Mapping[str, object], *, close: bool = False) -> str:
    written = "".join(f" {k}={quoteattr(visible(str(v)))}" for k, v in attributes.items())
    return f"<{tag}{written}{'/' if close else ''}>"


def _element(tag: str, attributes: Mapping[str, object], text: str) -> str:
    content = escape("\n".join(visible_lines(text)))
    return f"{_open(tag, attributes)}{content}</{tag}>"
