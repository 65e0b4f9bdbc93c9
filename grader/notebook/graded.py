"""What `grade` returns in a notebook: a report that shows itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from grader.model.report import Verdict
from grader.render import RENDERERS

if TYPE_CHECKING:
    from grader.model.finding import Finding
    from grader.model.report import Report

_LINE = 36
_LOWEST, _HIGHEST = 300, 900


class Graded:
    """A verdict with its reasons; a page in Jupyter, text elsewhere.

    `report` has everything, in the terms of the JSON report.
    """

    def __init__(self, report: Report) -> None:
        self.report = report

    @property
    def passed(self) -> bool:
        """Whether there was no error."""
        return self.report.verdict is Verdict.PASSED

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return self.report.score

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, the root first."""
        return self.report.findings

    def __repr__(self) -> str:
        return RENDERERS["text"](self.report).rstrip("\n")

    def _repr_html_(self) -> str:
        """Return the HTML report in a frame, so that its style and the notebook's stay apart."""
        page = RENDERERS["html"](self.report)
        height = min(max(_LOWEST, _LINE * repr(self).count("\n")), _HIGHEST)
        return (
            f'<iframe sandbox srcdoc="{escape(page)}" title="report" '
            f'style="width: 100%; height: {height}px; border: 0; resize: vertical"></iframe>'
        )
