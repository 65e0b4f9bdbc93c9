"""Copies a starter into a learner's file: completely or not at all, and work is never lost."""

from __future__ import annotations

import contextlib
import os
import shutil
from itertools import count
from pathlib import Path

from grader.cli.problem import folder_is_gone, visible
from grader.errors import CommandWrong
from grader.model.exercise import ExerciseFolder


def copy_starter(starter: Path, target: Path, *, overwrite: bool) -> None:
    """Copy `starter` to `target`, making its folder; `CommandWrong` if that can't be done.

    The text is written beside the target and takes its name when it is complete.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(starter, beside)
        if overwrite:
            beside.replace(target)
        else:
            _name_if_free(beside, target)
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(target):
            raise CommandWrong(
                f"{visible(str(target))} already exists and is left as it is; "
                "--force overwrites it, or give another PATH"
            ) from error
        gone = "this folder has been deleted; cd into another"
        why = gone if folder_is_gone() else error.strerror
        raise CommandWrong(f"{visible(str(target))} can't be written: {why}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def copy_starters(folder: ExerciseFolder, target: Path, *, overwrite: bool) -> None:
    """Copy an exercise's starter to `target`, and what the task gives beside it."""
    beside = [(each, target.with_name(each.name)) for each in folder.starter_files]
    for starter, place in beside:
        if os.path.lexists(place) and not overwrite and not same_file(place, starter):
            raise CommandWrong(
                f"{visible(str(place))} already exists and is left as it is; this exercise has one "
                "of its own: give a PATH in another folder, or --force overwrites it"
            )
    copy_starter(folder.starter, target, overwrite=overwrite)
    for starter, place in beside:
        if not same_file(place, starter):
            copy_starter(starter, place, overwrite=overwrite)


def same_file(file: Path, other: Path) -> bool:
    """Whether two files have the same bytes."""
    try:
        return file.read_bytes() == other.read_bytes()
    except OSError:  # whoever copies it says why
        return False


def keep_copy(file: Path) -> Path:
    """Copy a file to a free name beside it, and return that. `CommandWrong` if it can't be done.

    The name doesn't end in `.py`: the copy is no submission.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        shutil.copy2(file, beside)
        return _named_freely(beside, file)
    except OSError as error:
        raise CommandWrong(
            f"{visible(str(file))} wasn't changed, since no copy could be made: {error.strerror}"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _named_freely(beside: Path, file: Path) -> Path:
    for number in count(1):
        kept = file.with_name(f"{file.name}.before-{number}")
        with contextlib.suppress(FileExistsError):
            _name_if_free(beside, kept)
            return kept
    raise AssertionError


def _name_if_free(beside: Path, target: Path) -> None:
    """Give the file its name in one step that fails if the name is taken."""
    if os.name == "nt":
        beside.rename(target)  # on Windows it fails if the target is there
        return
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with target.open("xb") as file:
            file.write(beside.read_bytes())
