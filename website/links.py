"""Links between files of the repository, turned into links between pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final

_LINK: Final = re.compile(r"(?<!!)(?<=\])\((?!https?:|#|mailto:)([^()\s#]+)(#[^()\s]*)?\)")
_FENCE: Final = re.compile(r"^(`{3,}|~{3,}).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


def rewritten(text: str, source: str, places: Mapping[str, str]) -> str:
    """Return the text of the file `source` with links that work on the site.

    `places` says which page each file is. Raises `ValueError` for a link to any other file. Code
    is left alone.
    """
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_linked(text[end : fence.start()], source, places), fence.group()]
        end = fence.end()
    return "".join([*parts, _linked(text[end:], source, places)])


def _linked(text: str, source: str, places: Mapping[str, str]) -> str:
    def turned(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[1]))
        if target not in places:
            raise ValueError(f"{source} links to {target}, which is no page of the website")
        return f"({relative(places[target], places[source])}{found[2] or ''})"

    return _LINK.sub(turned, text)


def relative(target: str, page: str) -> str:
    """Return the link from one page to another."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")
