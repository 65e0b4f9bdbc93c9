"""One MLIR context for all that jax lowers, instead of a new one for each program.

To make a context, with all dialects, takes jax a third of the time that it needs for a small
program that is in its compile cache. (Newer jax uses each context for ten programs.) The nursery
makes one, and its forks inherit it.
"""

from __future__ import annotations

import threading

from jax._src.interpreters import mlir


def share_context() -> None:
    """Let jax lower in one context in this thread, and in the main thread of each fork."""
    make = mlir.make_ir_context
    shared = make()
    main = threading.main_thread()

    def context() -> object:
        return shared if threading.current_thread() is main else make()

    mlir.make_ir_context = context
