"""The options that several commands take, and what a shell completes them with."""

from __future__ import annotations

import os
from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.problem import CommandWrong, visible

MOST_CASES = 5_000
"""Drawing and running more takes minutes, and shows nothing that these don't."""
LARGEST_SEED = 2**64 - 1
EXERCISES_VARIABLE = "GRADER_EXERCISES"
FORMATS = (
    "json", "jsonl", "junit", "sarif", "github", "gitlab", "concise", "markdown", "html",
    "gradescope", "exercism", "text",
)  # fmt: skip


@unique
class Color(StrEnum):
    """When to colour; `auto` follows the terminal, NO_COLOR and FORCE_COLOR."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def exercise_folders(given: list[Path] | None) -> tuple[Path, ...]:
    """Return the course folders of `--exercises`, or else of the environment variable.

    Raises `CommandWrong` for one that is no folder.
    """
    listed = os.environ.get(EXERCISES_VARIABLE, "").split(os.pathsep)
    folders = tuple(given or (Path(each) for each in listed if each))
    for folder in folders:
        if not (folder / "exercises").is_dir():
            origin = "--exercises" if given else EXERCISES_VARIABLE
            name = visible(str(folder))
            raise CommandWrong(f"{origin}: {name} has no folder called exercises in it")
    return folders


def complete_exercise(incomplete: str) -> list[tuple[str, str]]:
    """Offer the exercises whose names begin with `incomplete`."""
    from grader.catalogue import catalogue

    try:
        known = [each.exercise for each in catalogue(exercise_folders(None)).exercises]
    except CommandWrong:
        return []
    return [(each.slug, each.title) for each in known if each.slug.startswith(incomplete)]


def complete_rule(incomplete: str) -> list[tuple[str, str]]:
    """Offer the rules whose names begin with `incomplete`."""
    from grader.cli.choose import rules

    return [(each.id, each.title) for each in rules() if each.id.startswith(incomplete)]


def complete_format(incomplete: str) -> list[str]:
    """Offer the report formats that begin with `incomplete`."""
    return [each for each in FORMATS if each.startswith(incomplete)]


def complete_file(incomplete: str) -> list[str]:
    """Offer the Python files and the folders that begin with `incomplete`."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith(("/", os.sep)) else typed.parent
    head = incomplete[: len(incomplete) - len(os.path.basename(incomplete))]  # noqa: PTH119
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    names = [f"{each.name}/" if each.is_dir() else each.name for each in entries]
    wanted = [f"{head}{name}" for name in names if name.endswith((".py", "/")) and name[0] != "."]
    return [each for each in wanted if each.startswith(incomplete)]


ColorOption = Annotated[
    Color, typer.Option("--color", help="Whether to colour what is printed.", metavar="WHEN")
]
ExercisesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--exercises",
        metavar="DIR",
        help=f"A folder with exercises/ and solutions/ in it (also {EXERCISES_VARIABLE}).",
    ),
]
ExerciseArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="EXERCISE",
        autocompletion=complete_exercise,
        help="The exercise; without it the one you are at.",
        show_default=False,
    ),
]
FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", autocompletion=complete_file, help="Your file.", show_default=False
    ),
]
FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        autocompletion=complete_file,
        help="What to grade; the exercise is recognised by the function that it defines.",
        show_default=False,
    ),
]
ExerciseOption = Annotated[
    str | None,
    typer.Option(
        "--exercise",
        metavar="SLUG",
        autocompletion=complete_exercise,
        help="Grade as this exercise, whatever the file defines.",
    ),
]
ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT[=PATH]",
        autocompletion=complete_format,
        help="Also write a report: " + ", ".join(FORMATS) + ". Without PATH it takes stdout.",
    ),
]
CasesOption = Annotated[
    int,
    typer.Option(
        "--cases",
        metavar="N",
        min=1,
        max=MOST_CASES,
        help=f"How many cases to generate, at most {MOST_CASES}.",
    ),
]
SeedOption = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="N",
        min=0,
        max=LARGEST_SEED,
        help="The seed that cases are generated from, of at most 64 bits.",
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        max=3600,
        help="The deadline of a case, at most an hour; without it, by the reference's own time.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say only the verdict.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more: every finding.")]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="Exit with 0 also when the file has not passed.")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="How many files to grade at the same time."),
]
NoCiOption = Annotated[
    bool, typer.Option("--no-ci", help="Add nothing by itself when it runs in GitHub Actions.")
]
RequireSandboxOption = Annotated[
    bool,
    typer.Option("--require-sandbox", help="Refuse to run a file where it can't be sandboxed."),
]
NoProgressOption = Annotated[
    bool, typer.Option("--no-progress", help="Don't remember this attempt.")
]
