"""Close every descriptor but the ones that a worker is meant to have."""

import os
from collections.abc import Collection
from pathlib import Path

LISTINGS = ("/proc/self/fd", "/dev/fd")
WITHOUT_A_LISTING = 4096


def close_other_descriptors(keep: Collection[int]) -> None:
    """Close all open descriptors that are not in `keep`, standard streams included.

    Python's own objects for what is closed here are left behind broken: call it in a process
    that will not use them.
    """
    start = 0
    for descriptor in (*sorted(keep), _highest_descriptor() + 1):
        if start < descriptor:  # closerange(0, 0) of Python 3.11 to 3.13 closes everything.
            os.closerange(start, descriptor)
        start = descriptor + 1


def _highest_descriptor() -> int:
    """Return the highest one open now; the listing's own may be it."""
    for listing in LISTINGS:
        try:
            return max(int(entry.name) for entry in Path(listing).iterdir())
        except (OSError, ValueError):
            continue
    return WITHOUT_A_LISTING
