"""`--diff` and `--fix`: show a program's fix, or write it into its file."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader.cli.early import STDIN
from grader.cli.problem import visible
from grader.errors import CommandWrong, Exit, ReportNotWritten
from grader.grading.request import GradingRequest
from grader.model.report import Report, Told, Verdict
from grader.render.visible import inert, visible_lines
from grader.render.write import write_report

_MARK: Final = "\ufeff"
"""What some editors put at the start of a file in UTF-8."""
_END: Final = re.compile(r"\r\n|\r|\n")
_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def check_fixing(request: GradingRequest, files: Sequence[Path]) -> None:
    """Raise `CommandWrong` where nothing could be shown or written."""
    asked = "--fix" if request.fix else "--diff"
    if not (request.diff or request.fix):
        return
    if not request.repair:
        raise CommandWrong(f"{asked} and --no-repair exclude each other")
    if request.diff and any("=" not in each for each in request.reports):
        raise CommandWrong("--diff takes stdout; give the report a path: --report FORMAT=PATH")
    if request.fix and os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        raise CommandWrong("--fix changes the learner's file, which it never does on CI")
    if request.fix and any(str(each) == STDIN or each.suffix == ".ipynb" for each in files):
        raise CommandWrong("--fix only changes Python files")


def fix_lines(report: Report) -> Iterator[str]:
    """Yield the edits as lines of a unified diff of each file, to be looked at."""
    for change in _changes(report):
        yield from _diff(change, visible_lines)


class Change(NamedTuple):
    """A file that the repair changes: its path, and its text as it was and will be."""

    path: str
    before: str
    after: str


def _changes(report: Report) -> list[Change]:
    """Return what the repair changes: none if it may not be shown."""
    if not report.has_repair_to_show:
        return []
    before = (each.text for each in report.source.files)
    after = (report.repair.text, *report.repair.beside)
    paths = (path for path, _ in report.files)
    files = map(Change, paths, before, after)
    return [each for each in files if each.before != each.after]


def _diff(change: Change, shown: Callable[[str], list[str]]) -> Iterator[str]:
    name = visible(change.path)
    before, after = (_lines(shown(text)) for text in (change.before, change.after))
    for line in unified_diff(before, after, fromfile=name, tofile=name):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _inert_lines(text: str) -> list[str]:
    """Return a text's lines, harmless to a terminal, with tabs and all else that `patch` reads."""
    return inert(text).split("\n")


def _lines(shown: list[str]) -> list[str]:
    """Return lines with their ends, which perhaps the last one doesn't have."""
    *lines, last = shown
    return [*(f"{each}\n" for each in lines), *([last] if last else [])]


def print_diff(reports: Sequence[Report]) -> list[Report]:
    """Print all diffs, and name the reports without one; return the reports as now seen."""
    for report in reports:
        for change in _changes(report):
            end = "\r" if _ends_with_returns(Path(change.path)) else ""
            print("\n".join(_applicable(_diff(change, _inert_lines), end)))
        if not report.has_repair_to_show:
            _tell_why_none(report, visible(report.path))
    sys.stdout.flush()
    return [_told(each, Told.SHOWN) for each in reports]


def _ends_with_returns(path: Path) -> bool:
    """Whether the lines of a file end as on Windows; a report's text has plain line ends."""
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return 0 < text.count(b"\n") == text.count(b"\r\n")


def _applicable(lines: Iterator[str], end: str) -> Iterator[str]:
    """End the lines of a diff as those of the file end, so that `patch` can find them in it."""
    first, second, *told = lines
    yield from (first, second)
    for line, after in zip(told, [*told[1:], ""], strict=True):
        of_the_file = line.startswith((" ", "+", "-"))
        yield f"{line}{end}" if of_the_file and not after.startswith("\\") else line


def _told(report: Report, told: Told) -> Report:
    repair = msgspec.structs.replace(report.repair, told=told)
    return msgspec.structs.replace(report, repair=repair)


def fix(reports: Sequence[Report]) -> tuple[list[Report], int]:
    """Write the fixed programs into their files.

    Return the reports, which know what was written, and an exit code for what couldn't be written.
    """
    code, told = Exit.PASSED, list(reports)
    for place, report in enumerate(reports):
        name = visible(report.path)
        if not report.has_repair_to_show:
            _tell_why_none(report, f"{name} is unchanged")
            continue
        try:
            changes = _changes(report)
            _write(changes, report.path)
            told[place] = _told(report, Told.WRITTEN)
            print(f"grade: {_fixed(name, changes)} now", file=sys.stderr)
        except ReportNotWritten as error:
            print(f"grade: {name} is unchanged: {visible(str(error))}", file=sys.stderr)
            code = Exit.BROKEN
    return told, int(code)


def _fixed(name: str, changes: Sequence[Change]) -> str:
    """Say what is fixed: the file that was graded, or others beside it."""
    from grader.evidence.notation import listing

    paths = [visible(each.path) for each in changes]
    if paths == [name]:
        return f"{name} is fixed, and passes"
    verb = "are" if len(paths) > 1 else "is"
    return f"{listing(paths)} {verb} fixed, and {name} passes"


def _write(changes: Sequence[Change], graded: str) -> None:
    """Write all or none. Raises `ReportNotWritten` if a file can't be, or isn't what was graded."""
    ready = [_written(e, "it" if e.path == graded else e.path) for e in changes]
    done: list[tuple[Path, str, str]] = []
    try:
        for each in ready:
            path, _, text = each
            write_report(text, path)
            done.append(each)
    except ReportNotWritten:
        for path, before, _ in done:
            write_report(before, path)
        raise


def _written(change: Change, called: str) -> tuple[Path, str, str]:
    """Return a file's path, its text now, and the one to write. `called` is the file in words."""
    path = Path(change.path)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportNotWritten(f"{called} can't be read, or isn't UTF-8") from error
    if not path.stat().st_mode & _WRITABLE:
        raise ReportNotWritten(f"{called} is read-only")
    ends = {*_END.findall(text)}
    if len(ends) > 1 or "\r" in ends:
        lines = "its lines" if called == "it" else f"the lines of {called}"
        how = "in different ways" if len(ends) > 1 else "as on old Macs"
        raise ReportNotWritten(f"{lines} end {how}")
    mark, end = text[: text.startswith(_MARK)], ends.pop() if ends else "\n"
    now = text.removeprefix(_MARK).replace(end, "\n")
    if now not in {change.before, change.after}:  # another program's fix may have written it
        raise ReportNotWritten(f"{called} has changed since")
    return path, text, mark + change.after.replace("\n", end)


def _tell_why_none(report: Report, what: str) -> None:
    """Say why there is no fix, if the program doesn't pass as it is."""
    if report.verdict is not Verdict.PASSED:
        why = "no change is known that makes it pass"
        why = why if report.shows_repair else "the course shows no repairs"
        print(f"grade: {what}: {why}", file=sys.stderr)
