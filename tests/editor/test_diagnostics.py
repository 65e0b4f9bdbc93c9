"""Findings become diagnostics and actions, at the client's positions."""

from __future__ import annotations

import msgspec
import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from grader.editor.actions import quick_fixes, readings
from grader.editor.diagnostics import diagnostics, status
from grader.editor.markdown import explanation, hint
from grader.editor.places import Places, touches
from grader.hints import Hint
from grader.model.edit import Edit
from grader.model.observation import Span
from grader.model.report import Repair, Repaired, Report
from grader.rules import RULES
from tests.render.reports import MISTAKEN, NASTY, PROVED, UNPROVED

URI = "file:///home/anna/a.py"


def places_of(report: Report, encoding: str = "utf-16") -> Places:
    return Places(report.source.lines, PositionCodec(types.PositionEncodingKind(encoding)))


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 9), ("utf-16", 7), ("utf-32", 6)])
def test_columns_are_counted_as_the_client_counts_them(encoding: str, start: int) -> None:
    places = Places(('x = "🐈", y',), PositionCodec(types.PositionEncodingKind(encoding)))
    found = places.range(Span(line=1, column=7, end_line=1, end_column=8))
    assert (found.start.line, found.start.character) == (0, start)
    assert found.end.character == start + 1


def test_a_span_may_end_behind_the_last_line() -> None:
    places = Places(("one", "two"), PositionCodec())
    found = places.range(Span(line=1, column=1, end_line=9, end_column=4))
    assert found == types.Range(types.Position(0, 0), types.Position(2, 0))


def test_places_touch_at_their_ends() -> None:
    def on_line(start: int, end: int) -> types.Range:
        return types.Range(types.Position(0, start), types.Position(0, end))

    assert touches(on_line(1, 3), on_line(3, 3))
    assert not touches(on_line(1, 3), on_line(4, 5))


def test_a_finding_is_a_diagnostic_at_its_characters() -> None:
    (found,) = diagnostics(MISTAKEN, URI, places_of(MISTAKEN))
    finding = MISTAKEN.findings[0]
    assert finding.span is not None
    line = MISTAKEN.source.lines[found.range.start.line]
    assert line[found.range.start.character : found.range.end.character] == '{"params": 0}'
    assert found.code == finding.rule
    assert found.severity is types.DiagnosticSeverity.Error
    assert found.code_description is not None
    assert found.code_description.href.startswith("https://")
    first, *_, last = found.message.splitlines()
    assert first == finding.message
    assert last == f"help: {finding.help}"


def test_no_text_of_a_learner_acts_on_an_editor() -> None:
    for found in diagnostics(NASTY, URI, places_of(NASTY)):
        assert all(char.isprintable() or char == "\n" for char in found.message)


def test_a_finding_without_a_place_is_on_the_first_line() -> None:
    finding = msgspec.structs.replace(MISTAKEN.findings[0], span=None)
    report = msgspec.structs.replace(MISTAKEN, findings=(finding,))
    (found,) = diagnostics(report, URI, places_of(report))
    assert found.range.start == types.Position(0, 0)
    assert found.related_information is None


def test_the_verdict_says_what_is_proved() -> None:
    assert status(PROVED).startswith("nn-vmap-shared passed, and is proved: ")
    assert status(UNPROVED) == f"nn-vmap-shared passed on {UNPROVED.cases.executed} cases"


# ------------------------------------------------------------------------------------- actions


def mended(*spans: Span, status: Repaired = Repaired.PASSES) -> Report:
    """The mistaken program, with findings that are mended at these places."""
    edits = [Edit(span=span, text='{"params": None}') for span in spans]
    findings = [msgspec.structs.replace(MISTAKEN.findings[0], edits=(each,)) for each in edits]
    repair = Repair(status=status, edits=tuple(edits), changes=len(edits), text="")
    return msgspec.structs.replace(MISTAKEN, findings=tuple(findings), repair=repair)


def offered(report: Report) -> list[types.CodeAction]:
    places = places_of(report)
    pairs = list(zip(report.findings, diagnostics(report, URI, places), strict=True))
    return list(quick_fixes(report, pairs, URI, places))


PLACE = MISTAKEN.findings[0].span or Span(line=1, column=1, end_line=1, end_column=1)
OTHER = Span(line=1, column=1, end_line=1, end_column=2)


def test_what_is_known_to_pass_is_offered() -> None:
    (fix,) = offered(mended(PLACE))
    assert fix.is_preferred
    assert fix.title == MISTAKEN.findings[0].help
    assert fix.edit is not None and fix.edit.changes is not None
    (edit,) = fix.edit.changes[URI]
    assert edit.new_text == '{"params": None}'
    assert edit.range == diagnostics(MISTAKEN, URI, places_of(MISTAKEN))[0].range


def test_several_changes_are_offered_together_as_well() -> None:
    *each, together = offered(mended(PLACE, OTHER))
    assert [fix.is_preferred for fix in each] == [False, False]
    assert together.title == "Make all 2 changes; the program passes with them"
    assert together.edit is not None and together.edit.changes is not None
    assert len(together.edit.changes[URI]) == 2


@pytest.mark.parametrize("status", [Repaired.FAILS, Repaired.NONE])
def test_what_is_not_known_to_pass_is_not_offered(status: Repaired) -> None:
    assert offered(mended(PLACE, status=status)) == []


def test_each_rule_can_be_explained_once() -> None:
    titles = [each.title for each in readings(["wrong-shape", "wrong-shape"], URI)]
    assert titles == ["Explain wrong-shape", "Show the next hint", "Show the lesson"]


@pytest.mark.parametrize("rule", RULES[::9], ids=lambda each: str(each.id))
def test_an_explanation_has_wrong_and_right_code(rule: object) -> None:
    text = explanation(rule)  # type: ignore[arg-type]
    assert text.count("```python") == 2
    assert text.index("Wrong:") < text.index("Right:")


def test_a_hint_has_its_number() -> None:
    assert hint(Hint("Hint 1", "Lift it."), 1, 3) == "### Hint 1 of 3\n\nLift it."
