"""Attributes of other packages that are replaced while a submission runs, then restored."""

from __future__ import annotations

from grader.worker.foreign import Foreign

_ABSENT = object()


class Patches:
    """Replacements that are installed and removed together.

    What the submission itself assigns to such an attribute is kept for its next run, and is not
    visible in between.
    """

    def __init__(self) -> None:
        self._patches: list[_Patch] = []
        self.installed = False

    def add(self, holder: object, name: str, replacement: object) -> None:
        """Plan to replace `holder.name`, which `install` will do."""
        self._patches.append(_Patch(holder, name, replacement))

    def install(self) -> None:
        """Install the replacements, unless they already are."""
        if not self.installed:
            self.installed = True
            for patch in self._patches:
                patch.swap()

    def remove(self) -> None:
        """Restore the originals, the last replacement first."""
        if self.installed:
            self.installed = False
            for patch in reversed(self._patches):
                patch.swap()


class _Patch:
    """One attribute, and the value that is not installed at the moment."""

    def __init__(self, holder: object, name: str, replacement: object) -> None:
        self._holder = holder
        self._name = name
        self._other = replacement

    def swap(self) -> None:
        namespace: Foreign = vars(self._holder)
        present = namespace.get(self._name, _ABSENT)
        if self._other is not _ABSENT:
            setattr(self._holder, self._name, self._other)
        elif present is not _ABSENT:
            delattr(self._holder, self._name)
        self._other = present
