"""Renderers: a report as text for people or machines. Each format is a file and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grader.model.report import Report


class Renderer(NamedTuple):
    """A format, by the name of its module, which is imported on first use."""

    module: str
    several: bool = False

    def __call__(self, report: Report) -> str:
        """Return `report` in this format."""
        return str(self._module().render(report))

    def combined(self, reports: Sequence[Report]) -> str:
        """Return one document for several reports; `ValueError` if the format can't do that."""
        if not self.several:
            raise ValueError(f"{self.module} reports can hold only one submission")
        return str(self._module().render_all(reports))

    def _module(self) -> ModuleType:
        return importlib.import_module(f"grader.render.{self.module}")


RENDERERS: dict[str, Renderer] = {
    "json": Renderer("json", several=True),
    "jsonl": Renderer("jsonl", several=True),
    "junit": Renderer("junit", several=True),
    "sarif": Renderer("sarif", several=True),
    "github": Renderer("github", several=True),
    "gitlab": Renderer("gitlab", several=True),
    "concise": Renderer("concise", several=True),
    "markdown": Renderer("markdown", several=True),
    "html": Renderer("html", several=True),
    "gradescope": Renderer("gradescope"),
    "exercism": Renderer("exercism"),
    "text": Renderer("text", several=True),
}
