"""Copies a starter into a learner's file: completely or not at all, and never over work."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from grader.cli.problem import folder_is_gone, visible
from grader.errors import CommandWrong


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
                f"{visible(str(target))} already exists and wasn't changed; "
                "--force overwrites it, or give another PATH"
            ) from error
        gone = "this folder has been deleted; cd into another"
        why = gone if folder_is_gone() else error.strerror
        raise CommandWrong(f"{visible(str(target))} can't be written: {why}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


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
