"""What this machine or shell lacks for grading, to explain why a grading failed.

A low limit alone proves nothing: it is named only if the grader's own process, or the reference run
like a submission, failed as well.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import Final

_MEBIBYTE: Final = 1 << 20
_KIBIBYTE: Final = 1 << 10
_FREE_DISK: Final = 64 * _MEBIBYTE

_NEEDED: Final = (
    # name, ulimit's letter, the unit that ulimit counts in, what is plenty, what it limits
    ("AS", "v", _KIBIBYTE, 4096 * _MEBIBYTE, "{0} MB of address space"),
    ("DATA", "d", _KIBIBYTE, 4096 * _MEBIBYTE, "{0} MB of data"),
    ("NOFILE", "n", 1, 128, "{1} open files"),
    ("NPROC", "u", 1, 512, "{1} processes and threads"),
    ("FSIZE", "f", _KIBIBYTE, 64 * _MEBIBYTE, "files of {0} MB"),
    ("CPU", "t", 1, 600, "{1} seconds of processor time"),
    ("STACK", "s", _KIBIBYTE, _MEBIBYTE, "{0} MB of stack"),
)


def lacks() -> tuple[str, ...]:
    """Return a sentence for each limit that may be too low here, and how to raise it."""
    return (*_low_limits(), *_full_disk())


def explained(failure: str) -> str:
    """Say in one line what the machine lacks, then how the grader failed."""
    found = lacks()
    return f"{'; '.join(found)} (without that, {failure})" if found else failure


def _low_limits() -> Iterator[str]:
    if sys.platform == "win32":
        return
    import resource

    for name, letter, unit, plenty, words in _NEEDED:
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None:
            continue
        limit, _ = resource.getrlimit(number)
        if limit != resource.RLIM_INFINITY and limit < plenty:
            allowed = words.format(limit // _MEBIBYTE, limit)
            yield (
                f"this shell allows {allowed} (ulimit -{letter}): "
                f"set ulimit -{letter} {plenty // unit} or more"
            )


def _full_disk() -> Iterator[str]:
    try:
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < _FREE_DISK:
        yield (
            f"{folder} has {free // _MEBIBYTE} MB left: "
            "free some space, or set TMPDIR to a folder that has more"
        )
