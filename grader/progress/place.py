"""Where progress is stored."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "GRADER_HOME"
FILE_NAME = "progress.sqlite3"


def progress_file() -> Path | None:
    """Return the file, in `GRADER_HOME` or the user's data folder; None without a home folder."""
    wanted = os.environ.get(HOME_VARIABLE, "")
    if wanted:
        return Path(wanted).absolute() / FILE_NAME
    from platformdirs import user_data_path

    folder = user_data_path("grader", appauthor=False)
    # Without a home the path keeps its `~`, which would create a folder of that name right here.
    return folder / FILE_NAME if folder.is_absolute() else None
