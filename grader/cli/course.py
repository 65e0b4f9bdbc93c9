"""Commands for a learner to copy: they find their exercise, in any course."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from grader import catalogue
from grader.cli.words import shown_path
from grader.grading.courses import listed_courses
from grader.model.exercise import ExerciseFolder


def course_option(folder: ExerciseFolder) -> str:
    """Return ` --exercises PATH`, empty where every command finds the exercise without it."""
    exercises = folder.folder.parent
    listed = map(os.path.realpath, listed_courses())
    if exercises == catalogue.shipped()[0] or os.path.realpath(exercises.parent) in listed:
        return ""
    return f" --exercises {shown_path(exercises.parent.absolute())}"


def command_for(folder: ExerciseFolder, verb: str, *words: str) -> str:
    """Return the command with that verb for an exercise, which it names."""
    named = shlex.quote(folder.exercise.slug)
    return " ".join(["grade", verb, named, *words]) + course_option(folder)


def grade_command(folder: ExerciseFolder, file: Path) -> str:
    """Return the command that grades a file, which is for that exercise."""
    return f"grade {shown_path(file)}{course_option(folder)}"
