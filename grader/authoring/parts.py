"""Checks of an exercise's files that only read them: nothing runs here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.authoring.line import Line, read, unfinished
from grader.evidence.notation import listing
from grader.hints import Hint, parse_hints
from grader.labels import ACCEPTED, MISTAKES, program_in
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.source import Source

HINTS: Final = 3
TASK: Final = "Your task"

_FILES: Final = {
    "exercise.py": "the declaration",
    "README.md": "the lesson",
    "hints.md": "three hints, each under a heading",
    "starter.py": "what a learner begins with",
}
_OPTIONAL: Final = ("checks.py",)
_FOLDERS: Final = {
    MISTAKES: "labelled wrong submissions",
    ACCEPTED: "right submissions, written in other ways",
}


def files(folder: ExerciseFolder) -> Line:
    """Check that all files are there, and no unused ones."""
    problems = (*_missing(folder), *_unlisted(folder))
    return Line(name="files", said="all there, and no others", problems=problems)


def _missing(folder: ExerciseFolder) -> Iterator[str]:
    for name, what in _FILES.items():
        if not (folder.folder / name).is_file():
            yield f"{name} is not there: write it, {what}"
    for name, what in _FOLDERS.items():
        if not (folder.folder / name).is_dir():
            yield f"{name}/ is not there: make it, for {what}"
    if not folder.solution.is_file():
        place = f"{folder.solution.parent.name}/{folder.solution.name}"
        yield f"{place} is not there: write the solution, it is the reference"


def _unlisted(found: ExerciseFolder) -> Iterator[str]:
    folder, allowed = found.folder, found.exercise.files
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith(".") or part == "__pycache__" for part in name.parts):
            continue
        if path.is_dir() and allowed and name.parent.name in _FOLDERS and len(name.parts) == 2:
            known = True
            yield from _submission_in(path, found)
        elif path.is_dir():
            known = str(name) in _FOLDERS
        elif allowed and len(name.parts) == 3 and name.parts[0] in _FOLDERS:
            known = path.name in allowed or path == program_in(path.parent, found.exercise)
        elif name.parent.name in _FOLDERS and len(name.parts) == 2:
            known = path.suffix == ".py" and path.is_file()
        else:
            known = str(name) in {*_FILES, *_OPTIONAL, *allowed}
        if not known:
            yield f"{name.as_posix()} isn't used: delete it, or move it elsewhere"


def _submission_in(folder: Path, found: ExerciseFolder) -> Iterator[str]:
    """See that a folder has a program, and something beside it."""
    name = f"{folder.parent.name}/{folder.name}/"
    if program_in(folder, found.exercise) is None:
        beside = listing(found.exercise.files)
        yield f"{name} needs one program, any .py file, beside {beside}: leave the others out"
    elif not any((folder / each).is_file() for each in found.exercise.files):
        yield f"{name} has no file beside the program: put the program into {folder.parent.name}/"


# ------------------------------------------------------------------------------------- the lesson


def lesson(folder: ExerciseFolder) -> Line:
    """See that the lesson has a title, and a task that names everything."""
    return Line(
        name="lesson", said="a title, and a task that is complete", problems=(*_lesson(folder),)
    )


def _lesson(folder: ExerciseFolder) -> Iterator[str]:
    text = read(folder.lesson)
    name = folder.lesson.name
    if not re.match(r"\s*# \S", text):
        yield f"{name} has no title: begin it with a line such as # {folder.exercise.title}"
    tasks = [each.text for each in parse_hints(text) if each.heading == TASK]
    if not tasks:
        yield f"{name} has no section ## {TASK}: end it with one"
        return
    if not _taught(text):
        yield f"{name} teaches nothing before ## {TASK}: say there what the idea is"
    for name in folder.exercise.written:
        if not _names(tasks[0], name):
            yield f"the task does not name {name}: say in ## {TASK} what to write"
    passed = [each.name for part in folder.exercise.parts for each in part.parameters]
    missing = [each for each in dict.fromkeys(passed) if not _names(tasks[0], each)]
    if missing:
        yield f"the task does not name {listing(missing)}: say in ## {TASK} what is passed"
    yield from unfinished(folder.lesson)


def _taught(text: str) -> bool:
    """Whether there is anything except headings before the task."""
    before = text.partition(f"\n## {TASK}")[0]
    return any(line.strip() and not line.startswith(("#", "<!--")) for line in before.splitlines())


def _names(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def hints(folder: ExerciseFolder) -> Line:
    """See that there are three hints, in order, and none is empty."""
    found = parse_hints(read(folder.hints))
    said = f"{len(found)}, in order"
    return Line(name="hints", said=said, problems=(*_hints(folder, found),))


def _hints(folder: ExerciseFolder, found: tuple[Hint, ...]) -> Iterator[str]:
    name = folder.hints.name
    if len(found) != HINTS:
        headings = listing([f"## Hint {number}" for number in range(1, HINTS + 1)])
        yield f"{name} has {len(found)} hints: write {HINTS}, under {headings}"
    for number, hint in enumerate(found, 1):
        if hint.heading != f"Hint {number}":
            yield f'{name} has "{hint.heading}" in place {number}: call it ## Hint {number}'
        if not hint.text:
            yield f"hint {number} is empty: write it, and say more in it than in the one before"
    texts = [hint.text for hint in found if hint.text]
    if len(set(texts)) < len(texts):
        yield f"two hints of {name} are the same: let each say more than the one before"
    yield from unfinished(folder.hints)


# ---------------------------------------------------------------------------------- the programs


def program_problems(folder: ExerciseFolder, path: Path) -> Iterator[str]:
    """Say what is wrong with the starter or the solution before it runs."""
    if not path.is_file():
        yield f"{path.name} is not there: write it"
        return
    source = Source(path.name, read(path))
    fault = source.syntax_fault
    if fault is not None:
        yield f"{path.name} line {fault.span.line} isn't valid Python ({fault.message}): fix it"
        return
    for part in folder.exercise.parts:
        yield from _undefined(source, part)
    for each in folder.starter_files if path == folder.starter else ():
        fault = Source(each.name, read(each)).syntax_fault
        if fault is not None:
            yield f"{each.name} line {fault.span.line} isn't valid Python ({fault.message}): fix it"
    if path == folder.solution:  # a starter may tell a learner what is to be done
        yield from unfinished(path)


def _undefined(source: Source, exercise: Exercise) -> Iterator[str]:
    """Say what is wrong with the definition of the exercise's function."""
    found = source.function(exercise.entry)
    if found is None:
        yield f"{source.name} does not define {exercise.entry}: write the {exercise.kind}"
        return
    wanted = [each.name for each in exercise.called_with]
    names = _parameters(found.args)[exercise.flax_class is not None :]
    if names != wanted:
        yield (
            f"{exercise.entry} in {source.name} takes ({', '.join(names)}), and the declaration "
            f"says ({', '.join(wanted)}): make them the same"
        )


def _parameters(arguments: ast.arguments) -> list[str]:
    taken = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return [each.arg for each in taken]
