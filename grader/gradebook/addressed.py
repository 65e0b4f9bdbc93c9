"""A report under the name that its own student gave the file.

Equal files are graded once, so a report may come from another student's file.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

import msgspec

from grader.gradebook.classroom import Result
from grader.model.finding import Finding
from grader.model.report import Report
from grader.model.source import Source

_TEXTS: Final = ("message", "help", "why", "label")
_SHORTEST: Final = 4
"""Shorter names, such as `-` for standard input, are not only names in a text."""


def addressed(result: Result) -> Report:
    """Read a result's report; nothing in it names a path but the student's own file name."""
    report = result.report()
    name = PurePosixPath(result.handed.path).name
    return renamed(report, name)


def renamed(report: Report, name: str) -> Report:
    """Return the report with another file name, also where its texts mention the file."""
    if report.path == name:
        return report
    mention = _Mention(report.path, name)
    output = report.output
    return msgspec.structs.replace(
        report,
        path=name,
        source=Source(name, report.source.text),
        summary=mention.replaced(report.summary),
        findings=tuple(_finding(each, mention) for each in report.findings),
        output=msgspec.structs.replace(
            output, stdout=mention.replaced(output.stdout), stderr=mention.replaced(output.stderr)
        ),
    )


class _Mention:
    """A path, or the file name in it, where it stands by itself in a text."""

    def __init__(self, old: str, new: str) -> None:
        names = "|".join(re.escape(each) for each in (old, PurePosixPath(old).name) if each)
        self._pattern = re.compile(rf"(?<![\w./-])(?:{names})(?![\w-])")
        self._new = new
        self._is_name = len(PurePosixPath(old).name) >= _SHORTEST

    def replaced(self, text: str) -> str:
        return self._pattern.sub(lambda _: self._new, text) if self._is_name else text


def _finding(finding: Finding, mention: _Mention) -> Finding:
    texts = {field: mention.replaced(getattr(finding, field)) for field in _TEXTS}
    details = tuple(map(mention.replaced, finding.details))
    return msgspec.structs.replace(finding, details=details, **texts)
