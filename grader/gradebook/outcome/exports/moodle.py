"""Moodle: the assignment's offline grading worksheet, for *Upload grading worksheet*.

Sources, the first three of the importer itself:
https://github.com/moodle/moodle/blob/main/mod/assign/feedback/offline/importgradeslib.php,
https://github.com/moodle/moodle/blob/main/mod/assign/feedback/offline/locallib.php,
https://github.com/moodle/moodle/blob/main/mod/assign/gradingtable.php (the columns), and
https://docs.moodle.org/en/Assignment_settings ("Offline grading worksheet" has to be switched on).

- A worksheet is one assignment's, so each exercise is a separate file.
- Who it is, is read off `Identifier` alone: `Participant 123`, which is the number in the name of
  the folder that Moodle's *Download all submissions* made. Nobody else can have a row. In a group
  assignment the folder has the group's number, by which Moodle finds nobody.
- `Identifier`, `Grade` and `Last modified (grade)` have to be there, in the language in which the
  teacher sees Moodle, which has to be English. An empty grade is skipped, an empty comment deletes
  the one that is there.
- `Last modified (grade)` is empty: Moodle then leaves alone whoever has a grade already, unless
  "Allow updating records that have been modified more recently in Moodle" is ticked.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from grader.gradebook.outcome.exports.grades import Exported, Graded, Grades, beside, number
from grader.gradebook.outcome.exports.sheet import write_sheet
from grader.gradebook.outcome.places import moodle_place
from grader.model.finding import Severity
from grader.model.report import Report
from grader.render.visible import cut, visible
from grader.render.words import verdict_words

NAME = "moodle.csv"
_LONGEST = 300
"""Characters of a mistake: a comment is a summary, the page has all of it."""

_HEAD = [
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
]


def export(grades: Grades, target: Path) -> Exported:
    """Write a file for each exercise."""
    paths, notes = [], [*grades.unsaid()]
    for exercise in grades.exercises():
        path = beside(target, exercise, grades)
        graded = list(grades.graded(exercise))
        lost = [each.student for each in graded if moodle_place(each.result.handed) is None]
        write_sheet(_rows(grades, graded), path)
        paths.append(path)
        if lost:
            notes.append(
                f"Moodle's worksheet has no row for {grades.names(lost)}, since no folder says "
                "their participant number; export csv and use Moodle's Grades, Import, CSV file"
            )
    return Exported(tuple(paths), tuple(notes))


def _rows(grades: Grades, graded: list[Graded]) -> Iterator[list[str]]:
    yield _HEAD
    for each in graded:
        place = moodle_place(each.result.handed)
        if place is not None:
            yield [
                f"Participant {place.participant}",
                each.student.name,
                each.student.email,
                "Submitted for grading",
                each.points,
                number(grades.points),
                "Yes",
                "",
                "",
                comment(each.result.report()),
            ]


def comment(report: Report) -> str:
    """Return the verdict and the mistakes as HTML, which is how Moodle reads a comment."""
    mistakes = "".join(
        f"<li>{escape(cut(visible(each.message), _LONGEST))} ({each.rule})</li>"
        for each in report.findings
        if each.severity is Severity.ERROR
    )
    return f"<p>{escape(verdict_words(report))}</p>" + (f"<ul>{mistakes}</ul>" if mistakes else "")
