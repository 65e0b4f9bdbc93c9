"""The parts of a report in the order in which a learner reads them, laid out for a page."""

from __future__ import annotations

import shlex
from itertools import groupby
from operator import attrgetter

from grader.model.finding import Finding
from grader.model.report import Report, Status, Told, Verdict
from grader.render.excerpt import place
from grader.render.finding_block import finding_block
from grader.render.layout import (
    MARGIN,
    NO_BREAK,
    Line,
    Page,
    Piece,
    Role,
    command,
    line_cells,
    paragraph,
    wrap,
)
from grader.render.visible import cells, cut, cut_path, visible, visible_lines
from grader.render.words import (
    VERDICT_WORDS,
    checks_words,
    count_words,
    equivalence_words,
    message_words,
    repair_words,
)

_OUTPUT_LINES = 20
_OUTPUT_LINES_VERBOSE = 200
_LEAST_PATH = 16

_STATUS_ROLES = {
    Status.PASSED: Role.PASSED,
    Status.FAILED: Role.ERROR,
    Status.SKIPPED: Role.FAINT,
}


def report_lines(report: Report, page: Page, *, verbose: bool, quiet: bool) -> list[Line]:
    """Return the whole report as lines of at most `page.width` cells."""
    if quiet:
        return [*(_quiet_finding(report, each) for each in report.findings), *heading(report, page)]
    blocks = [
        heading(report, page),
        _summary(report, page),
        *_findings(report, page, verbose=verbose),
        _printed(report, page, verbose=verbose),
        _checks(report, page, verbose=verbose),
        _repair(report, page),
        _lesson(report, page),
        _details(report, page) if verbose else [],
    ]
    return _apart(blocks)[1:]


def later_lines(report: Report, page: Page, shown: int, *, verbose: bool) -> list[Line]:
    """Return what a repair adds to a report of which `shown` findings are printed already."""
    return _apart([*_findings(report, page, verbose=verbose)[shown:], _repair(report, page)])


def _apart(blocks: list[list[Line]]) -> list[Line]:
    """Put an empty line before each block."""
    return [line for block in filter(None, blocks) for line in ([], *block)]


def _verdict_role(report: Report) -> Role:
    return Role.PASSED if report.verdict is Verdict.PASSED else Role.ERROR


def heading(report: Report, page: Page) -> list[Line]:
    """Return what was graded, with the verdict on the right."""
    dot = visible(" \u00b7 ", page.encoding)
    slug = f"{report.exercise.slug}{dot}" if report.exercise else ""
    lead = f"grade{dot}{slug}"
    verdict = [Piece(VERDICT_WORDS[report.verdict], _verdict_role(report))]
    if words := checks_words(report):
        verdict.append(Piece(f"   {words}"))
    path = visible(report.path, page.encoding)
    left = [Piece(" " * MARGIN + lead), Piece(path, Role.STRONG)]
    gap = page.width - line_cells(left) - line_cells(verdict)
    if gap >= 3:
        return [[*left, Piece(" " * gap), *verdict]]
    room = page.width - cells(lead) - MARGIN
    if room >= min(_LEAST_PATH, cells(path)):
        left[1] = Piece(cut_path(path, room, page.glyphs.ellipsis), Role.STRONG)
        return [left, [Piece(" " * MARGIN), *verdict]]
    name = Piece(cut_path(path, page.width - MARGIN, page.glyphs.ellipsis), Role.STRONG)
    above = wrap([Piece(lead.removesuffix(dot))], page.width, MARGIN)
    return [*above, [Piece(" " * MARGIN), name], [Piece(" " * MARGIN), *verdict]]


def _summary(report: Report, page: Page) -> list[Line]:
    """Return the summary if no finding says the same: mostly for a failure of the grader."""
    if report.findings or report.verdict is Verdict.PASSED or not report.summary:
        return []
    return paragraph(report.summary, page)


def _findings(report: Report, page: Page, *, verbose: bool) -> list[list[Line]]:
    width = max((len(each.check_name) for each in report.findings), default=0)
    return [finding_block(report, each, page, width, verbose=verbose) for each in report.findings]


def _quiet_finding(report: Report, finding: Finding) -> Line:
    at = place(report, finding)
    return [Piece(f"{at}: {visible(message_words(finding))} [{finding.rule}]")]


def _printed(report: Report, page: Page, *, verbose: bool) -> list[Line]:
    """Return what the submission printed, with a bar on its left to set it apart."""
    most = _OUTPUT_LINES_VERBOSE if verbose else _OUTPUT_LINES
    lines: list[Line] = []
    for title, text in (
        ("your program printed:", report.output.stdout),
        ("your program printed to stderr:", report.output.stderr),
    ):
        if text.strip():
            lines += [[Piece(" " * MARGIN + title)], *_fenced(text, most, page)]
    if lines and report.output.truncated:
        lines.append([Piece(" " * MARGIN + "(the rest of the output was cut)", Role.FAINT)])
    return lines


def _fenced(text: str, most: int, page: Page) -> list[Line]:
    printed = visible_lines(text.rstrip("\n"), page.encoding)
    fence = Piece(" " * (MARGIN + 2) + page.glyphs.bar + " ", Role.FAINT)
    room = page.width - cells(fence.text)
    lines: list[Line] = [
        [fence, Piece(cut(line, room, page.glyphs.ellipsis))] for line in printed[:most]
    ]
    if len(printed) > most:
        more = f"{page.glyphs.ellipsis} {len(printed) - most} more lines"
        lines.append([fence, Piece(more, Role.FAINT)])
    return lines


def _checks(report: Report, page: Page, *, verbose: bool) -> list[Line]:
    """Return the checks, then the number of cases, then what was proved."""
    titled = verbose or (report.verdict is Verdict.PASSED and not report.findings)
    lines = _titled_checks(report, page) if titled else _check_row(report, page)
    lines += paragraph(count_words(report), page, Role.FAINT)
    if report.cases.executed and report.verdict is Verdict.PASSED:
        lines += [line for words in equivalence_words(report) for line in paragraph(words, page)]
    if report.environment.missing:
        layers = ", ".join(report.environment.missing)
        words = visible(f"It ran without {layers}: ", page.encoding)
        doctor = command("grade doctor", Role.FAINT)
        pieces = [Piece(words, Role.FAINT), doctor, Piece(" says why.", Role.FAINT)]
        lines += wrap(pieces, page.width, MARGIN)
    return lines


def _status_glyph(status: Status, page: Page) -> str:
    match status:
        case Status.PASSED:
            return page.glyphs.passed
        case Status.FAILED:
            return page.glyphs.failed
        case Status.SKIPPED:
            return page.glyphs.skipped


def _check_row(report: Report, page: Page) -> list[Line]:
    """Return the checks side by side, a line for each function if there are several."""
    lines: list[Line] = []
    width = max((cells(each.function) for each in report.checks), default=0)
    for function, checks in groupby(report.checks, key=attrgetter("function")):
        pieces = [Piece(function.ljust(width + 2, NO_BREAK))] if function else []
        for check in checks:
            word = f"{_status_glyph(check.status, page)} {check.check}".replace(" ", NO_BREAK)
            pieces += [Piece(word + NO_BREAK, _STATUS_ROLES[check.status]), Piece(" ")]
        lines += wrap(pieces, page.width, MARGIN, MARGIN + width + 2 if function else MARGIN)
    return lines


def _titled_checks(report: Report, page: Page) -> list[Line]:
    signs = [(check, _status_glyph(check.status, page)) for check in report.checks]
    sign_width = max((cells(sign) for _, sign in signs), default=0)
    width = max((len(check.name) for check in report.checks), default=0)
    lines: list[Line] = []
    for check, sign in signs:
        lead = f"{sign:<{sign_width}} {check.name:<{width}}   "
        at = MARGIN + cells(lead)
        title, *others = paragraph(check.title, page, indent=at)
        lines.append([Piece(" " * MARGIN), Piece(lead, _STATUS_ROLES[check.status]), *title[1:]])
        lines += others
        if check.reason:
            skipped = "skipped: " if check.status is Status.SKIPPED else ""
            lines += paragraph(f"{skipped}{check.reason}", page, Role.FAINT, indent=at)
    return lines


def _repair(report: Report, page: Page) -> list[Line]:
    """Say that the fixed program passes, if it was graded."""
    words = repair_words(report)
    if not words:
        return []
    pieces = [Piece("checked:", Role.STRONG), Piece(f" {words}")]
    if report.repair.told is Told.WRITTEN:
        pieces.append(Piece("; it is in the file now"))
    elif report.has_diff_to_ask_for and report.path.endswith((".py", ".ipynb")):
        path = visible(shlex.quote(report.path), page.encoding)
        shows = command(f"grade --diff {path}{report.course_option}")
        pieces += [Piece("; "), shows, Piece(" shows it")]
    return wrap(pieces, page.width, MARGIN, MARGIN + 2)


def _lesson(report: Report, page: Page) -> list[Line]:
    """Return the takeaway, and what to read next, after passing."""
    if report.verdict is not Verdict.PASSED or report.exercise is None:
        return []
    takeaway = paragraph(report.exercise.takeaway, page)
    solution = command(f"grade solution {shlex.quote(report.exercise.slug)}{report.course_option}")
    pieces = [Piece("next:", Role.STRONG), Piece(" compare with our solution: "), solution]
    return [*takeaway, *wrap(pieces, page.width, MARGIN, MARGIN + 2)]


def _details(report: Report, page: Page) -> list[Line]:
    parts = [f"{'  ' * each.within}{visible(each.part)}" for each in report.timings]
    width = max(map(len, parts), default=0)
    lines: list[Line] = [
        [Piece(f"{' ' * MARGIN}{part:<{width}}   {each.seconds:>7.3f} s")]
        for part, each in zip(parts, report.timings, strict=True)
    ]
    if any(each.within for each in report.timings):
        lines += paragraph("(indented: all processes together, side by side)", page)
    env = report.environment
    versions = [(name, getattr(env, name)) for name in ("python", "jax", "flax", "hypothesis")]
    known = [f"{name} {version}" for name, version in versions if version]
    lines += paragraph(" \u00b7 ".join([*known, *filter(None, [env.platform])]), page)
    protections = ", ".join(env.protections) or "none"
    return lines + paragraph(f"protections: {protections}", page)
