"""Which rules an exercise's mistakes have to show."""

from __future__ import annotations

import pytest

from grader.authoring.coverage import rules
from grader.authoring.mutants import Mutant
from grader.catalogue import exercises
from grader.model.finding import Finding
from grader.model.source import Source
from grader.rules import rule_by_id
from tests.fixing import report_on

SHARED = next(each for each in exercises() if each.exercise.level == 1)


@pytest.mark.parametrize(
    ("rule", "demanded"),
    [
        ("wrong-in-axes", True),
        ("raised", True),
        ("timed-out", False),
        ("out-of-memory", False),
        ("crashed", False),
    ],
)
def test_a_rule_that_a_mutant_gets_has_to_be_shown_unless_any_program_can_get_it(
    rule: str, demanded: bool
) -> None:
    mutant = Mutant(name="0 -> 1", family="constants", line=1, text="")
    found = Finding(rule=rule, check=rule_by_id(rule).check, message="", help="")
    report = report_on(Source("solution.py", ""), [found], SHARED.exercise)
    problems = rules(SHARED.exercise, [], [(mutant, report)]).problems
    assert any(each.startswith(f"no mistake shows {rule}:") for each in problems) is demanded
