"""Canvas: a file for *Gradebook, Import*.

Sources, both of the importer itself:
https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb and
https://github.com/instructure/canvas-lms/blob/master/ui/features/gradebook_uploads/jquery/process_gradebook_upload.js

- The columns up to `Section` have to stand in this order. A student is found by `ID`, Canvas's own
  number, or else by `SIS User ID`, by `SIS Login ID`, and last by the name. `ID` is filled in only
  where the file's name has it from Canvas.
- Every other column is an assignment, found by its title or by a number: `Title (1234)`. Give this
  column that name, or Canvas asks whether to make a new assignment.
- An empty cell *deletes* the grade that a student has. So each exercise is a separate file, and
  nobody has a row without points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.gradebook.outcome.exports.grades import Exported, Graded, Grades, beside, number
from grader.gradebook.outcome.exports.sheet import write_sheet
from grader.gradebook.outcome.places import canvas_user

NAME = "canvas.csv"


def export(grades: Grades, target: Path) -> Exported:
    """Write a file for each exercise."""
    paths, notes = [], [*grades.unsaid()]
    for exercise in grades.exercises():
        found, lost = _findable(list(grades.graded(exercise)))
        path = beside(target, exercise, grades)
        write_sheet(_rows(exercise, grades, found), path)
        paths.append(path)
        if lost:
            who = grades.names([each.student for each in lost])
            notes.append(f"Canvas could not tell who {who} is: no row without an id or email")
    return Exported(tuple(paths), tuple(notes))


def _findable(graded: list[Graded]) -> tuple[list[Graded], list[Graded]]:
    """Return whom Canvas finds, and whom not: those who have nothing but a name like others."""
    alike = Counter(each.student.name for each in graded)
    found: list[Graded] = []
    lost: list[Graded] = []
    for each in graded:
        known = any(_ids(each)) or alike[each.student.name] == 1
        (found if each.student.name and known else lost).append(each)
    return found, lost


def _ids(graded: Graded) -> tuple[str, str, str]:
    student = graded.student
    return canvas_user(graded.result.handed), student.id, student.login or student.email


def _rows(exercise: str, grades: Grades, graded: list[Graded]) -> Iterator[list[str]]:
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", exercise]
    yield ["    Points Possible", "", "", "", "", number(grades.points)]
    for each in graded:
        # A row whose first cell contains these words would set the assignment's points.
        name = each.student.name.replace("Points Possible", "Points possible")
        yield [name, *_ids(each), each.student.section, each.points]
