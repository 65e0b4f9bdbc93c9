"""Calls in a submission's text to neural network libraries other than Flax Linen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

import msgspec

from grader.model.observation import Span
from grader.model.source import Source

NNX: Final = "NNX"
_TITLES: Final = {
    "flax.nnx": NNX,
    "haiku": "Haiku",
    "equinox": "Equinox",
    "torch": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
}
"""Titles by the name that a file imports."""

_MAPS: Final = frozenset({"vmap", "filter_vmap"})


class OtherLibrary(msgspec.Struct, frozen=True, kw_only=True):
    """A library that a file calls, by its title.

    `calls` are the calls and decorators; `span` is the one that maps, or else the first one.
    """

    title: str
    span: Span
    calls: tuple[Span, ...]

    def covers(self, place: Span | None) -> bool:
        """Whether a place is one of its calls, or inside one."""
        return place is not None and any(_holds(each, place) for each in self.calls)


def other_library(source: Source) -> OtherLibrary | None:
    """Return the other library that a file calls, the first one if there are several."""
    calls: list[tuple[str, ast.expr]] = []
    for tree in (each.tree for each in source.readings):
        if tree is not None:
            names = dict(_imported(tree))
            calls += [(_meant(path, names), node) for path, node in _called(tree)]
    found = [(title, path, node) for path, node in calls if (title := _title(path)) is not None]
    if not found:
        return None
    own = [(path, source.span(node)) for title, path, node in found if title == found[0][0]]
    maps = [span for path, span in own if path.rpartition(".")[2] in _MAPS]
    start = attrgetter("start")
    spans = sorted((span for _, span in own), key=start)
    return OtherLibrary(title=found[0][0], span=min(maps or spans, key=start), calls=tuple(spans))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that imports bind, and what each refers to: `nn`, `flax.nnx`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (
                (each.asname or each.name, f"{node.module}.{each.name}") for each in node.names
            )


def _called(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the dotted names of calls and decorators, and their places."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield _dotted(node.func), node
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            plain = (each for each in node.decorator_list if not isinstance(each, ast.Call))
            yield from ((_dotted(each), each) for each in plain)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _meant(path: str, names: dict[str, str]) -> str:
    """Return a dotted name with the imported name expanded."""
    known = [each for each in names if path == each or path.startswith(f"{each}.")]
    longest = max(known, key=len, default="")
    return names[longest] + path.removeprefix(longest) if longest else ""


def _title(path: str) -> str | None:
    return next((title for name, title in _TITLES.items() if path.startswith(f"{name}.")), None)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
