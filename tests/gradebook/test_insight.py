"""What is said of a class: counted by hand on small ones, and looked at as text."""

from __future__ import annotations

import msgspec
import pytest

from grader.catalogue import exercises
from grader.gradebook.classroom import Result, Student
from grader.gradebook.outcome.insight import Insight, insight
from grader.gradebook.outcome.insight_table import insight_lines
from grader.gradebook.outcome.lessons import taught, taught_in
from grader.gradebook.outcome.programs import program_of
from grader.model.finding import Finding
from grader.model.report import Report
from grader.model.source import Source
from grader.render.layout import ASCII, Page, line_cells
from grader.render.text import as_text
from grader.rules import RULES
from tests.gradebook.classes import ANNA, BEN, CLEO, FAILED, PASSED, SLUG, result, student
from tests.render.reports import ERROR, MISTAKEN_TEXT, NASTY, PER_EXAMPLE, UNGRADABLE, report, span

SPLIT = msgspec.structs.replace(PER_EXAMPLE, rule="split-params-rng", span=None)
TWO_RULES = report(MISTAKEN_TEXT, PER_EXAMPLE, SPLIT)


def written(line: str, *more: Finding) -> Report:
    """A report whose first finding points at this line."""
    text = f"import jax\n\ndef f():\n    {line}\n"
    return report(text, msgspec.structs.replace(PER_EXAMPLE, span=span(text, line)), *more)


def one(results: list[Result], absent: tuple[Student, ...] = ()) -> Insight:
    return insight(results, absent)


def test_students_are_counted_and_not_files_or_findings() -> None:
    twice = report(MISTAKEN_TEXT, PER_EXAMPLE, PER_EXAMPLE)
    seen = one(
        [
            result(ANNA, FAILED, counts=False),
            result(ANNA, FAILED, attempt=2),
            result(BEN, twice),
            result(CLEO),
            result(None, FAILED),
        ]
    )
    (exercise,) = seen.exercises
    (mistake,) = exercise.mistakes
    assert [each.handed.student for each in mistake.results] == [ANNA, BEN]
    assert (len(exercise.passed), len(exercise.missed)) == (1, 2)
    assert [len(each.results) for each in exercise.tries] == [2]
    assert len(seen.nobody) == 1


def test_deleted_files_are_neither_counted_nor_mentioned() -> None:
    """The gradebook keeps what it graded, also of folders that were renamed since."""
    gone = [
        result(student("Old Name"), FAILED, counts=False),
        result(None, counts=False),
        result(student("Old"), ERROR, counts=False),
        result(student("Old"), exercise="another", counts=False),
    ]
    seen = one([*gone, result(ANNA)])
    (exercise,) = seen.exercises
    assert (len(exercise.counted), exercise.missing, exercise.mistakes) == (1, (), ())
    assert (seen.nobody, seen.broken) == ((), ())


def test_a_file_that_the_grader_failed_on_counts_as_no_mistake() -> None:
    seen = one([result(ANNA, ERROR), result(BEN)])
    (exercise,) = seen.exercises
    assert (len(exercise.passed), len(exercise.missed), len(seen.broken)) == (1, 0, 1)


def test_the_example_is_what_most_wrote_or_else_the_shortest() -> None:
    lines = ["nn.vmap(a)", "x = nn.vmap(b)  # because", "x   = nn.vmap(b)", "longer_than_all = 1"]
    students = [student(f"Student {letter}") for letter in "ABCD"]
    results = [result(who, written(line)) for who, line in zip(students, lines, strict=True)]
    assert one(results).exercises[0].mistakes[0].example == "x = nn.vmap(b)"
    assert one(results[:2]).exercises[0].mistakes[0].example == "nn.vmap(a)"


def test_the_example_names_nobody() -> None:
    named = "anna_model = nn.vmap('ben')"
    results = [result(ANNA, written(named)), result(BEN, written("model = nn.vmap(nn.Dense)"))]
    assert one(results).exercises[0].mistakes[0].example == "model = nn.vmap(nn.Dense)"
    assert one(results[:1]).exercises[0].mistakes[0].example == ""
    assert (
        one([result(CLEO, written("x = 1  # by Cleo"))]).exercises[0].mistakes[0].example == "x = 1"
    )


@pytest.mark.parametrize(
    "line", ["import benoz", "import oezben_utils", "x = ozBen(1)", "k = 4712", "f(bén)"]
)
def test_the_example_names_nobody_in_another_spelling(line: str) -> None:
    results = [result(ANNA, written(line)), result(ANNA, written("x = 12"))]
    assert one(results, (BEN,)).exercises[0].mistakes[0].example == "x = 12"


def test_somebody_may_be_called_like_the_code() -> None:
    line = "x = nn.vmap(nn.Dense, in_axes=0)"
    results = [result(student("Dense In"), written(line)), result(ANNA, written(line))]
    assert one(results).exercises[0].mistakes[0].example == line


def test_rules_that_go_together_are_counted_with_how_often_each_occurs() -> None:
    results = [result(ANNA, TWO_RULES), result(BEN, TWO_RULES), result(CLEO, FAILED)]
    (pair,) = one(results).exercises[0].together
    assert pair.rules == ("per-example-params", "split-params-rng")
    assert (pair.count, pair.each) == (2, (3, 2))
    assert one(results[1:]).exercises[0].together == ()


def test_same_programs_are_found_whatever_the_names() -> None:
    renamed = PASSED.source.text.replace("model", "layer").replace(
        "import jax\n", "import jax  # x\n"
    )
    other = msgspec.structs.replace(PASSED, source=Source("b.py", renamed), sha256="other")
    (alike,) = one([result(ANNA), result(BEN, other), result(CLEO, FAILED)]).exercises[0].alike
    assert [each.handed.student for each in alike.results] == [ANNA, BEN]
    assert not alike.identical
    (alike,) = one([result(ANNA), result(BEN)]).exercises[0].alike
    assert alike.identical


def test_a_groups_shared_file_is_not_listed_as_equal() -> None:
    together = [result(ANNA, path="team 1/hw.py"), result(BEN, path="team 1/hw.py")]
    assert one(together).exercises[0].alike == ()
    (alike,) = one([*together, result(CLEO, path="cleo.py")]).exercises[0].alike
    assert len(alike.results) == 3


def test_a_program_that_is_known_is_named() -> None:
    tree = PASSED.source.tree
    assert tree is not None
    known = {program_of(tree).fingerprint: "the starter"}
    (alike,) = insight([result(ANNA), result(BEN)], known=known).exercises[0].alike
    assert alike.known == "the starter"
    seen = insight([result(ANNA), result(CLEO, FAILED)], known=known)
    assert [len(each.results) for each in seen.exercises[0].alike] == [1]
    assert "1 student handed in the starter." in shown(seen)
    assert "prove copying" not in shown(seen)


def test_files_that_are_not_programs_are_equal_only_byte_by_byte() -> None:
    other = msgspec.structs.replace(UNGRADABLE, sha256="other")
    results = [result(ANNA, UNGRADABLE), result(BEN, other)]
    assert one(results).exercises[0].alike == ()


def test_tries_are_in_the_order_of_their_attempts() -> None:
    results = [result(ANNA, attempt=2), result(ANNA, FAILED, counts=False), result(BEN)]
    (tries,) = one(results).exercises[0].tries
    assert [each.score for each in tries.results] == [0.875, 1.0]


def test_a_lesson_says_which_section_teaches_a_rule() -> None:
    first = "## One\n\n<!-- teaches: a-rule, b-rule -->\ntext\n\n"
    text = f"# T\n\n{first}## Two\n<!-- teaches: a-rule -->\n"
    assert taught(text) == {"a-rule": "One", "b-rule": "One"}
    lessons = {SLUG: {"per-example-params": "Per collection"}}
    (mistake,) = insight([result(ANNA, FAILED)], lessons=lessons).exercises[0].mistakes
    assert mistake.section == "Per collection"


def shown(seen: Insight, width: int = 60, *, names: bool = True, plain: bool = False) -> str:
    page = Page(width, ASCII, "ascii") if plain else Page(width)
    lines = insight_lines(seen, page, (lambda each: each.name) if names else None)
    assert all(line_cells(line) <= width for line in lines)
    return as_text(lines)


def test_the_table_says_who_how_many_and_what_teaches_it() -> None:
    lessons = {SLUG: {"per-example-params": "Per collection: shared, or an axis"}}
    results = [
        result(ANNA, FAILED),
        result(BEN, TWO_RULES, late=True),
        result(CLEO),
        result(None, path="whose/[file].py"),
    ]
    text = shown(insight(results, [student("Dora Absent")], lessons))
    assert "1 of 3 students passed" in text
    assert " 2  every example has its own copy of the weights" in text
    assert 'variable_axes={"params": 0},' in text
    assert 'lesson "Per collection: shared, or an axis"' in " ".join(text.split())
    assert "grade explain split-params-rng" in text
    assert "no file from 1 student: Dora Absent" in text
    assert "late from 1 student: Ben Öz" in text
    assert "1 file of nobody: whose/[file].py" in text
    assert "prove copying" in " ".join(text.split())


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_table_without_names_has_none(width: int) -> None:
    results = [result(ANNA, NASTY, path="anna_meier.py", late=True), result(None, path="ben.py")]
    text = shown(insight(results, [CLEO]), width, names=False, plain=True)
    for word in ("anna", "ben", "cleo", "example.org", ".py"):
        assert word not in text.lower()
    assert text.isascii() and "\x1b" not in text


def test_an_empty_class_has_no_table() -> None:
    assert shown(insight([])) == ""


def test_the_lessons_sections_teach_rules_that_there_are() -> None:
    known = {rule.id for rule in RULES}
    for folder in exercises():
        assert taught_in(folder)
        assert set(taught_in(folder)) <= known
