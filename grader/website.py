"""Where the website is: its pages explain the rules.

`python -m website` builds it, and a course may host it anywhere, so the address is the learner's or
the course's to set.
"""

from __future__ import annotations

import os
import re
from typing import Final

SITE_VARIABLE: Final = "GRADER_SITE"

_ADDRESS: Final = re.compile(r"(https?|file)://[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+", re.ASCII)


def site() -> str | None:
    """Return the site's address without a final slash; None if none, or no address, is set."""
    address = os.environ.get(SITE_VARIABLE, "").strip()
    return address.rstrip("/") if _ADDRESS.fullmatch(address) else None


def rule_address(rule: str | None) -> str | None:
    """Return the address of the page about a rule, or about all; None without a site."""
    base = site()
    return f"{base}/rules/{rule or 'index'}.html" if base is not None else None
