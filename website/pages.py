"""Which pages there are, and which text each is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
NAVIGATION: Final = ("Start", "Lessons", "Rules", "Authors", "Reference", "Inside")


class Page(NamedTuple):
    """A page: its path below the site's folder, ending in `.md`, and its text in Markdown."""

    section: str
    title: str
    path: str
    text: str

    def write(self, folder: Path) -> None:
        """Write the page into the generator's input."""
        file = folder / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.text.rstrip() + "\n", encoding="utf-8")


class _File(NamedTuple):
    """A page that is a file of the repository as it stands."""

    section: str
    title: str
    path: str
    source: str


_FILES: Final = (
    _File("Start", "Overview", "index.md", "README.md"),
    _File("Start", "Editors", "editors.md", "docs/editors.md"),
    _File("Start", "Clusters", "cluster.md", "docs/cluster.md"),
    _File("Authors", "Writing exercises", "authors.md", "exercises/README.md"),
    _File("Inside", "Architecture", "architecture.md", "ARCHITECTURE.md"),
    _File("Inside", "Sandbox", "sandbox.md", "grader/sandbox/README.md"),
    _File("Inside", "Contributing", "contributing.md", "CONTRIBUTING.md"),
    _File("Inside", "Changes", "changes.md", "CHANGELOG.md"),
)


def pages() -> tuple[Page, ...]:
    """Return every page, in the order of the navigation."""
    return (*_of_files(), *_generated())


def _of_files() -> Iterator[Page]:
    from website.links import rewritten

    places = {each.source: each.path for each in _FILES}
    for each in _FILES:
        text = (ROOT / each.source).read_text(encoding="utf-8")
        yield Page(each.section, each.title, each.path, rewritten(text, each.source, places))


def _generated() -> Iterator[Page]:
    from website import commands, contract, lessons, rules

    yield from lessons.pages()
    yield from rules.pages()
    yield from commands.pages()
    yield from contract.pages()
