"""A real IPython shell, cell by cell."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Notebook:
    """A shell, cell by cell."""

    def __init__(self) -> None:
        quiet = Config({"HistoryManager": {"enabled": False}})
        self.shell = InteractiveShell(config=quiet)
        self.shell.run_line_magic("load_ext", "grader")

    def run(self, cell: str) -> object:
        """Run a cell as typed and return what is shown as its result, None if nothing is."""
        number = self.shell.execution_count
        self.shell.run_cell(cell, store_history=True)
        return self.shell.user_ns["Out"].get(number)
