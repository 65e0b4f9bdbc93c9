"""Imports jax and Flax without what they need for tables, files, profiles and other chips.

A program of arrays on a CPU uses none of that, and it is a sixth of the time that importing them
takes. Such a module is loaded at its first use, in the process that uses it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import LazyLoader
from types import ModuleType
from typing import Final

_SELDOM: Final = ("etils", "jax.extend.pallas", "jaxlib.mosaic", "rich", "yaml")
"""Modules that are loaded at their first use, they and what is in them."""


class _Later:
    """Finds the modules of some packages, and lets them load at their first use."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, or None to leave it to the finders after this one."""
        if not any(f"{name}.".startswith(f"{each}.") for each in _SELDOM):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def seldom_used_later() -> Iterator[None]:
    """Within this block, importing one of those modules doesn't load it yet."""
    finder = _Later()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
