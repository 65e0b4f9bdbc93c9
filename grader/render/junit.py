"""JUnit XML for Jenkins and GitLab: one suite per submission, one test per check.

Both keep only one failure per test, so it contains all findings of the check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from grader.model.report import Report, Status, Verdict
from grader.render.check_rows import CheckRow, check_rows
from grader.render.excerpt import place
from grader.render.visible import visible, visible_lines


def render(report: Report) -> str:
    """Return a document with one suite."""
    return render_all([report])


def render_all(reports: Sequence[Report]) -> str:
    """Return a document with a suite for each report."""
    root = _element("testsuites", {"name": "grader"})
    root.extend(map(_suite, reports))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in root)))
    root.set("time", _time(sum(report.duration_s for report in reports)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'


def _counts(report: Report) -> dict[str, int]:
    statuses = [check.status for check in report.checks]
    broken = int(report.verdict is Verdict.ERROR)
    return {
        "tests": len(statuses) + broken,
        "failures": statuses.count(Status.FAILED),
        "errors": broken,
        "skipped": statuses.count(Status.SKIPPED),
    }


def _suite(report: Report) -> Element:
    time = _time(report.duration_s)
    attributes = {"name": report.path, **_counts(report), "time": time, "file": report.path}
    tests = [_test(report, row) for row in check_rows(report)]
    if report.verdict is Verdict.ERROR:
        error = _element("error", {"message": report.summary, "type": "grader-error"})
        tests.append(_case("grader", report, error))
    output = [
        _element("system-out", {}, text=report.output.stdout),
        _element("system-err", {}, text=report.output.stderr),
    ]
    return _element("testsuite", attributes, _properties(report), *tests, *output)


def _properties(report: Report) -> Element:
    facts = {
        "exercise": report.exercise.slug if report.exercise else "",
        "verdict": report.verdict,
        "score": f"{report.score:g}",
        "equivalence": report.equivalence.status,
        "cases.seed": report.cases.seed,
        "cases.generated": report.cases.generated,
        "cases.executed": report.cases.executed,
    }
    each = [_element("property", {"name": name, "value": fact}) for name, fact in facts.items()]
    return _element("properties", {}, *each)


def _test(report: Report, row: CheckRow) -> Element:
    name = f"{row.result.name}: {row.result.title}"
    if row.result.status is Status.SKIPPED:
        return _case(name, report, _element("skipped", {"message": row.headline}))
    if row.result.status is Status.FAILED:
        return _case(name, report, _failure(report, row))
    said = [_element("system-out", {}, text=row.text)] if row.findings else []
    return _case(name, report, *said)


def _case(name: str, report: Report, *inside: Element) -> Element:
    return _element("testcase", {"name": name, "classname": _class(report)}, *inside)


def _failure(report: Report, row: CheckRow) -> Element:
    if not row.findings:
        return _element("failure", {"message": row.headline})
    first = row.findings[0]
    message = f"{place(report, first)}: {first.message}"
    return _element("failure", {"message": message, "type": first.rule}, text=row.text)


def _class(report: Report) -> str:
    """Return `exercise.file`: readers use the part before the last dot as a package."""
    slug = report.exercise.slug if report.exercise else "grader"
    return f"{slug}.{report.path.removesuffix('.py').replace('.', '_')}"


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _element(
    tag: str, attributes: Mapping[str, object], *inside: Element, text: str = ""
) -> Element:
    shown = {name: visible(str(value)) for name, value in attributes.items()}
    element = Element(tag, shown)
    element.text = "\n".join(visible_lines(text))
    element.extend(inside)
    return element
