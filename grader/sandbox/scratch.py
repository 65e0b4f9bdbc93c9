"""The folder that a worker may write to: created and removed here."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from grader.errors import NurseryBroken


def new_scratch() -> Path:
    """Make a scratch folder, which only this user can enter. Raises `NurseryBroken`."""
    try:
        return Path(tempfile.mkdtemp(prefix="grader-")).resolve()
    except OSError as error:
        raise NurseryBroken(
            f"no temporary folder can be made ({error.strerror}): "
            "set TMPDIR to a folder that you can write to"
        ) from error


def remove_scratch(folder: Path) -> None:
    """Remove a scratch folder, even if it is nested too deeply for Python, or locked."""
    with contextlib.suppress(OSError, RecursionError):
        _unlock(folder)
        shutil.rmtree(folder)
    if folder.exists() and (remove := shutil.which("rm")):
        subprocess.run([remove, "-rf", "--", str(folder)], check=False, capture_output=True)  # noqa: S603


def _unlock(folder: Path) -> None:
    """Make a folder accessible, and those in it that are closed to their owner."""
    folder.chmod(0o700)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _unlock(Path(entry.path))
