"""Lists of names as a message has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.render.visible import visible

_MOST_NAMED: Final = 6


def listed(names: Iterable[str]) -> str:
    """Return the names, the first few of many: `a, b, c, 4 more`."""
    shown = [visible(each) for each in names]
    more = len(shown) - _MOST_NAMED
    return ", ".join([*shown[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
