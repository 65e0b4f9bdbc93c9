"""A student's page: what came of each try, and the reports on the files that count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from grader.gradebook.classroom import Result
from grader.gradebook.outcome.addressed import addressed
from grader.gradebook.outcome.insight import in_order
from grader.gradebook.outcome.page.class_page import style
from grader.gradebook.outcome.page.masks import Masks
from grader.model.report import Report
from grader.render.html import article, page, text_html
from grader.render.words import VERDICT_WORDS

_MASKED = (
    '<p class="faint">Names that are known are replaced by \u00d7, also in the file and in what it '
    "printed.</p>"
)


def student_page(label: str, results: Sequence[Result], masks: Masks | None) -> str:
    """Return the page. `results` are all of one student; with `masks` nobody is named."""
    ordered = sorted(results, key=lambda each: (each.exercise, in_order(each)))
    counting = [each for each in ordered if each.counts]
    articles = [article(_report(each, masks), f"r{index}-") for index, each in enumerate(counting)]
    back = '<nav class="top"><a href="../index.html">The class</a></nav>'
    title = f"<h1>{text_html(label)}</h1>"
    table = _tries(ordered) if len(ordered) > 1 else ""
    hint = _MASKED if masks else ""
    return page(label, "".join([back, title, hint, table, *articles]), style())


def _report(result: Result, masks: Masks | None) -> Report:
    report = addressed(result)
    if masks is None:
        return report
    return masks.masked(result, report, f"{result.exercise.replace('-', '_') or 'submission'}.py")


def _tries(results: Sequence[Result]) -> str:
    rows = [
        f"<tr><td>{text_html(each.exercise)}</td><td>{number}</td>"
        f"<td>{VERDICT_WORDS[each.verdict]}</td><td>{each.score:.2f}</td>"
        f"<td>{text_html(', '.join(each.rules))}</td></tr>"
        for _, same in groupby(results, key=lambda result: result.exercise)
        for number, each in enumerate(same, 1)
    ]
    return (
        "<table><thead><tr><th>exercise</th><th>try</th><th></th><th>score</th>"
        f"<th>mistakes</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
