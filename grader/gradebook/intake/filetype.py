"""What a file's name says about it: a program, something else that was handed in, or an aside."""

from __future__ import annotations

import re
from enum import IntEnum, unique
from functools import lru_cache
from typing import Final

from grader.folder import is_no_submission

_PROGRAMS: Final = (".py", ".ipynb")
_ASIDE: Final = re.compile(
    r"(?i)readme.*|licen[sc]e.*|makefile|requirements.*|thumbs\.db|desktop\.ini|submission_metadata\.yml"
    r"|.*~|#.*#|.*\.(csv|tsv|json|jsonl|ya?ml|toml|cfg|ini|log|lock|sqlite|db|pyc|pyo|bak|swp|npy|npz"
    r"|pkl|pickle|h5|hdf5|msgpack|svg|ico|css|xlsx?|ods|xml|sarif)"
)
_PICTURE: Final = re.compile(r"(?i).*\.(png|jpe?g|gif|bmp|webp|heic|mp4|mov|md|rst)")


@unique
class FileType(IntEnum):
    """In the order in which a file stands for what somebody handed in.

    An `OTHER` file does so if they handed in no program: a PDF, a zip, a text. An `ASIDE` does if
    there is nothing else at all.
    """

    PROGRAM = 0
    OTHER = 1
    PICTURE = 2
    ASIDE = 3
    NO_SUBMISSION = 4


@lru_cache(maxsize=1024)
def file_type(name: str) -> FileType:
    """Tell by a file's name, without its folders."""
    if name.lower().endswith(_PROGRAMS):
        return FileType.NO_SUBMISSION if is_no_submission(name.lower()) else FileType.PROGRAM
    if _ASIDE.fullmatch(name):
        return FileType.ASIDE
    return FileType.PICTURE if _PICTURE.fullmatch(name) else FileType.OTHER
