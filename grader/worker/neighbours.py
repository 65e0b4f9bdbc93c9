"""The files beside a program, as modules that it can import: no others are found for it.

Python would look for them in the program's folder, which the sandbox hides. The program itself can
be imported by its file's name, which runs it once more, as in Python.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

from grader.model.source import Source
from grader.worker.foreign import Foreign, adopt, disown


class Neighbours(MetaPathFinder, InspectLoader):
    """Finds modules by name among some sources, each called by the path of its file."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._displaced: dict[str, ModuleType] = {}
        self._installed = False

    def install(self) -> None:
        """Let imports find the modules, instead of others with such names."""
        if self._sources and not self._installed:
            self._installed = True
            for name in self._sources:
                present = sys.modules.pop(name, None)
                if present is not None:
                    self._displaced[name] = present
            adopt(self._sources)
            for source in self._sources.values():
                lines = source.text.splitlines(keepends=True)
                linecache.cache[source.name] = (len(source.text), None, lines, source.name)
        finders: object = sys.meta_path  # whatever the program has made of it
        if self._sources and type(finders) is list and not any(e is self for e in finders):
            finders.insert(0, self)

    def remove(self) -> None:
        """Undo `install`."""
        if not self._installed:
            return
        self._installed = False
        finders: object = sys.meta_path
        if type(finders) is list:
            finders[:] = [each for each in finders if each is not self]
        for name, source in self._sources.items():
            linecache.cache.pop(source.name, None)
            sys.modules.pop(name, None)
        sys.modules.update(self._displaced)
        self._displaced.clear()
        disown(self._sources)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - part of the protocol
        target: ModuleType | None = None,  # noqa: ARG002 - part of the protocol
    ) -> ModuleSpec | None:
        """Return how to load one of the modules, None for any other."""
        source = self._sources.get(fullname)
        if source is None:
            return None
        found = spec_from_loader(fullname, self, origin=source.name)
        if found is not None:
            found.has_location = True
        return found

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 - part of the protocol
        """Let Python make the module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the file. Raises what Python would, and what the file raises."""
        source = self._sources[module.__name__]
        exec(compiled(source), vars(module))  # noqa: S102 - running it is what this program is for

    def get_code(self, fullname: str) -> Foreign:
        """Return a module's code, for whoever runs it without importing it, as `runpy` does."""
        return compiled(self._sources[fullname])

    def is_package(self, fullname: str) -> bool:  # noqa: ARG002 - part of the protocol
        """Say that no module has others in it."""
        return False

    def get_source(self, fullname: str) -> str:
        """Return a module's text, for whoever shows lines of it."""
        return self._sources[fullname].text


def compiled(source: Source) -> Foreign:
    """Compile a file. Raises a `SyntaxError` with the place where Python stops."""
    fault = source.syntax_fault
    if fault is None:
        try:
            return compile(source.text, source.name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
            fault = source.fault(error)
    line, span = source.lines[fault.span.line - 1], fault.span
    place = (source.name, span.line, span.column, line, span.end_line, span.end_column)
    raise SyntaxError(fault.message, place)
