"""What an editor offers at a finding: the exact replacement, and things to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum, unique

from lsprotocol import types

from grader.editor.places import Places
from grader.model.edit import Edit
from grader.model.finding import Finding
from grader.model.report import Report


@unique
class Command(StrEnum):
    """What the editor can ask the server for; the arguments are in parentheses."""

    EXPLAIN = "grade.explain"
    """Explain a rule (its id)."""
    HINT = "grade.hint"
    """Show the next hint (the file's address)."""
    LESSON = "grade.lesson"
    """Show the lesson (the file's address)."""


def quick_fixes(
    report: Report, found: Sequence[tuple[Finding, types.Diagnostic]], uri: str, places: Places
) -> Iterator[types.CodeAction]:
    """Offer the replacements with which the program is known to pass, and no others."""
    if not report.has_repair_to_show:
        return
    alone = report.repair.changes == 1
    for finding, diagnostic in found:
        if finding.edits:
            yield _replacing(finding.help, finding.edits, uri, places, diagnostic, preferred=alone)
    if not alone:
        title = f"Make all {report.repair.changes} changes; the program passes with them"
        yield _replacing(title, report.repair.edits, uri, places, None, preferred=True)


def _replacing(
    title: str,
    edits: Sequence[Edit],
    uri: str,
    places: Places,
    diagnostic: types.Diagnostic | None,
    *,
    preferred: bool,
) -> types.CodeAction:
    changes: dict[str, list[types.TextEdit]] = {}
    for each in edits:
        edit = types.TextEdit(range=places.range(each.span), new_text=each.text)
        changes.setdefault(places.uri(each.span, uri), []).append(edit)
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic] if diagnostic is not None else None,
        is_preferred=preferred,
        edit=types.WorkspaceEdit(changes=changes),
    )


def readings(rules: Sequence[str], uri: str) -> Iterator[types.CodeAction]:
    """Offer the explanation of each rule, the next hint and the lesson."""
    for rule in dict.fromkeys(rules):
        yield _asking(f"Explain {rule}", Command.EXPLAIN, rule)
    yield _asking("Show the next hint", Command.HINT, uri)
    yield _asking("Show the lesson", Command.LESSON, uri)


def _asking(title: str, command: Command, argument: str) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.Empty,
        command=types.Command(title=title, command=command, arguments=[argument]),
    )
