"""The text of a submission, and where things stand in it."""

from __future__ import annotations

import ast
from functools import cached_property


class Source:
    """A submission's text under the name that reports call it by.

    Nothing here runs the text. Lines and columns are those of `Span`: 1-based, in characters.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines as Python counts them, without their ends."""
        normal = self.text.replace("\r\n", "\n").replace("\r", "\n")
        return tuple(normal.split("\n"))

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, None when the text is no Python."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
