"""Several submissions in one table: verdicts, passed checks, and rules that were violated."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from grader.model.report import Report, Verdict
from grader.render.layout import Line, Page, Piece, Role
from grader.render.visible import cells, cut, cut_path, visible
from grader.render.words import checks_words

_MARGIN = 1
_GAP = 3
_LEAST_RULES = 18


def summary_table(reports: Sequence[Report], page: Page) -> list[Line]:
    """Return a line for each report and a line of totals, at most `page.width` cells wide."""
    signs = [_sign(report, page) for report in reports]
    sign_width = max((cells(sign.text) for sign in signs), default=1)
    checks = [checks_words(report).replace(" checks", "") for report in reports]
    checks_width = max(map(cells, checks), default=0)
    rest = page.width - _MARGIN - sign_width - 1 - checks_width - 2 * _GAP
    folder = _folder(reports)
    paths = [visible(report.path[len(folder) :], page.encoding) for report in reports]
    path_width = min(max(map(cells, paths), default=0), max(rest - _LEAST_RULES, 8))
    lines = []
    for report, sign, path, words in zip(reports, signs, paths, checks, strict=True):
        shown = cut_path(path, path_width, page.glyphs.ellipsis)
        said = cut(_rules(report, page), max(rest - path_width, 8), page.glyphs.ellipsis)
        lines.append(
            [
                Piece(" " * _MARGIN),
                sign._replace(text=_padded(sign.text, sign_width + 1)),
                Piece(_padded(shown, path_width + _GAP), Role.STRONG),
                Piece(_padded(words, checks_width + _GAP)),
                Piece(said),
            ]
        )
    above = cut_path(visible(folder, page.encoding), page.width - _MARGIN, page.glyphs.ellipsis)
    title: list[Line] = [[Piece(" " * _MARGIN + above, Role.FAINT)]] if folder else []
    return [*title, *lines, [], _count(reports)]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _sign(report: Report, page: Page) -> Piece:
    match report.verdict:
        case Verdict.PASSED:
            return Piece(page.glyphs.passed, Role.PASSED)
        case Verdict.FAILED | Verdict.UNGRADABLE:
            return Piece(page.glyphs.failed, Role.ERROR)
        case Verdict.ERROR:
            return Piece(page.glyphs.warning, Role.WARNING)


def _rules(report: Report, page: Page) -> str:
    """Return the rules that were violated, each once, or why grading failed."""
    if report.verdict is Verdict.ERROR:
        return visible(f"grader error: {report.summary}", page.encoding)
    return ", ".join(dict.fromkeys(finding.rule for finding in report.findings))


def _folder(reports: Sequence[Report]) -> str:
    """Return the folder that all paths have in common; empty for a single path."""
    if len(reports) < 2:
        return ""
    folders = zip(*(report.path.split("/")[:-1] for report in reports), strict=False)
    common = takewhile(lambda names: len(set(names)) == 1, folders)
    return "".join(f"{names[0]}/" for names in common)


def _count(reports: Sequence[Report]) -> Line:
    passed = sum(report.verdict is Verdict.PASSED for report in reports)
    role = Role.PASSED if passed == len(reports) else Role.ERROR
    return [Piece(" " * _MARGIN), Piece(f"{passed} of {len(reports)} passed", role)]
