"""No search for jax's plugins, which are accelerators: a worker runs on the CPU.

Before a process has its first array, jax reads the metadata of every installed package to find
plugins. That takes a third as long as the first call of a small program.
"""

from __future__ import annotations

from jax._src import xla_bridge


def skip_plugins() -> None:
    """Let jax find no plugins, in this process and in its forks.

    Does nothing if this version of jax has no such search.
    """
    if hasattr(xla_bridge, "discover_pjrt_plugins"):
        xla_bridge.discover_pjrt_plugins = _found_none


def _found_none() -> None:
    pass
