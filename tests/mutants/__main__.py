"""Grades every mutant of every solution, and says which rules catch them and which survive."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader.authoring.grades import Grades
from grader.authoring.mutants import Mutant, mutants
from grader.authoring.survivors import Survivor, Survivors, as_submission
from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import places
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report

Graded = tuple[Mutant, Report, Survivor | None]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("exercise", nargs="*", help="slugs; without any, every exercise")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every mutant")
    wanted = parser.parse_args(arguments)
    folders = [
        each for each in exercises() if not wanted.exercise or each.exercise.slug in wanted.exercise
    ]
    if not folders:
        parser.error(f"no exercise is called {wanted.exercise[0]}")
    console = Console(highlight=False, markup=False)
    began = time.perf_counter()
    graded: list[Graded] = []
    for folder, found in grade_all(folders, Console(stderr=True, markup=False)):
        show(folder, found, console, verbose=wanted.verbose)
        graded += found
    holes = [each for *_, each in graded if each is not None and not each.right]
    survivors = sum(each is not None for *_, each in graded)
    console.print(
        f"\n{len(graded)} mutants: {len(graded) - survivors} caught, "
        f"{survivors - len(holes)} right, {len(holes)} unexplained "
        f"({time.perf_counter() - began:.0f} s)"
    )
    return 1 if holes else 0


def grade_all(
    folders: Sequence[ExerciseFolder], console: Console
) -> Iterator[tuple[ExerciseFolder, list[Graded]]]:
    """Yield each exercise with what became of its mutants."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Session() as session:
        for folder in folders:
            with Progress(*columns, console=console, transient=True) as progress:
                found = grade_mutants(session, folder, progress)
            yield folder, found


def grade_mutants(session: Session, folder: ExerciseFolder, progress: Progress) -> list[Graded]:
    made = mutants(folder.solution.read_text(encoding="utf-8"), folder.exercise)
    task = progress.add_task(folder.exercise.slug, total=len(made))
    asked = GradingRequest()
    survivors = Survivors(session, folder, asked)
    found: list[Graded] = []
    with Grades(session, asked) as grades:
        futures = [grades.begin(folder, as_submission(each, folder)) for each in made]
        for mutant, future in zip(made, futures, strict=True):
            report = future.result()
            found.append((mutant, report, survivors.of(mutant, report)))
            progress.advance(task)
    return found


def show(
    folder: ExerciseFolder, graded: Sequence[Graded], console: Console, *, verbose: bool
) -> None:
    rules: Counter[str] = Counter()
    first: dict[str, Mutant] = {}
    for mutant, report, _ in graded:
        for name in sorted({rule for _, rule in places(report)}):
            rules[name] += 1
            first.setdefault(name, mutant)
    table = Table("rule", "mutants", "the first", title=folder.exercise.slug, title_justify="left")
    for name, count in rules.most_common():
        table.add_row(name, str(count), f"line {first[name].line}: {first[name].name}")
    console.print(table)
    survived = Table("line", "survivor", "right", "why")
    for _, _, survivor in graded:
        if survivor is not None:
            mutant = survivor.mutant
            survived.add_row(
                str(mutant.line), mutant.name, "yes" if survivor.right else "NO", survivor.reason
            )
    if survived.row_count:
        console.print(survived)
    if verbose:
        every = Table("line", "mutant", "found")
        for mutant, report, _ in graded:
            found = ", ".join(f"{rule}:{line}" for line, rule in sorted(places(report), key=str))
            every.add_row(str(mutant.line), mutant.name, found or "-")
        console.print(every)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
