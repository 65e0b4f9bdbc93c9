"""A class as pages that need no script and no network: one of the class, one of each student."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from grader.gradebook.classroom import Result, Student
from grader.gradebook.outcome.exports.grades import Exported
from grader.gradebook.outcome.insight import Insight
from grader.gradebook.outcome.page.class_page import class_page
from grader.gradebook.outcome.page.masks import Masks
from grader.gradebook.outcome.page.people import People
from grader.gradebook.outcome.page.student_page import student_page
from grader.gradebook.own_files import OwnFiles


def write_pages(
    seen: Insight, results: Sequence[Result], folder: Path, secret: bytes | None = None
) -> Exported:
    """Write `index.html` and a page for each student. Raises `ReportNotWritten`.

    With a `secret`, nobody is named: pseudonyms are made from it, so they are the same in every
    run with it, and who doesn't know it can't tell whose they are.
    """
    owned: dict[str, list[Result]] = defaultdict(list)
    students: dict[str, Student] = {each.key: each for each in seen.absent}
    for result in results:
        if result.handed.student is not None:
            owned[result.handed.student.key].append(result)
            students[result.handed.student.key] = result.handed.student
    people = People(students.values(), secret)
    masks = Masks(students.values()) if people.anonymous else None
    files = OwnFiles(folder)
    names = ["index.html"]
    written = [files.write("index.html", class_page(seen, people))]
    for key, mine in owned.items():
        if not any(each.counts for each in mine):  # none of this student's files is there any more
            continue
        student = students[key]
        names.append(people.link(student))
        written.append(files.write(names[-1], student_page(people.label(student), mine, masks)))
    paths = tuple(folder / name for name, done in zip(names, written, strict=True) if done)
    notes = [f"{name} was not written: another or an edited file is there" for name in files.kept]
    return Exported(paths, tuple(notes))
