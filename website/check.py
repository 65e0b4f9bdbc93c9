"""Looks at the built pages: nothing is loaded from the net, and no link within the site is dead."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

_LOADED: Final = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
_TOLD: Final = {"canonical", "alternate", "prev", "next", "edit"}
"""Relations of a `link` that say something about the page and load nothing."""


class _Reader(HTMLParser):
    """Collects a page's anchors, its links, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        told = tag == "link" and given.get("rel") in _TOLD
        if not told and _LOADED.get(tag, "") in given:
            self.loads.append(given[_LOADED[tag]])


def faults(site: Path) -> list[str]:
    """Return what is wrong with the site in this folder, a line for each."""
    readers = {
        path: _Reader(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))
    }
    found: list[str] = [] if readers else [f"no pages in {site}"]
    for path, reader in readers.items():
        page = path.relative_to(site).as_posix()
        found += [f"{page} loads {each}" for each in reader.loads if _is_elsewhere(each)]
        found += [f"{page}: {each} leads nowhere" for each in _dead(path, reader, readers)]
    return found


def _is_elsewhere(address: str) -> bool:
    return urlsplit(address).scheme not in {"", "data"} or address.startswith("//")


def _dead(path: Path, reader: _Reader, readers: dict[Path, _Reader]) -> Iterator[str]:
    for link in reader.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith("/"):
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        anchor = unquote(parts.fragment)
        if target not in readers:
            if not target.is_file():
                yield link
        elif anchor and anchor not in readers[target].anchors:
            yield link
