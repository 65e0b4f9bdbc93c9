"""Starts a process of the worker's side: `nursery FD` or `side`.

Started by path, so that it belongs to the same grader that started it, whatever else is installed.
"""

import gc
import os
import sys
import time
import warnings
from contextlib import AbstractContextManager
from pathlib import Path


def main() -> None:
    """Import jax and flax, then serve in the role that the first argument names."""
    began = time.perf_counter()
    warnings.filterwarnings("ignore")
    gc.disable()  # the imports leave many objects for good; don't collect them again and again
    _find_modules()
    if sys.argv[1] == "nursery":
        _serve_as_nursery(int(sys.argv[2]), began)
    else:
        with _lazily():
            from grader.worker.serve import as_spawned_side

        gc.enable()
        as_spawned_side()


def _find_modules() -> None:
    """Import the grader from this file's folder, and put PYTHONPATH's folders last."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import grader  # noqa: F401

    del sys.path[0]
    named = os.environ.get("GRADER_PYTHONPATH", "").split(os.pathsep)
    sys.path.extend(os.path.abspath(path) for path in named if path)


def _lazily() -> AbstractContextManager[None]:
    from grader.worker.lazy_imports import seldom_used_later

    return seldom_used_later()


def _serve_as_nursery(descriptor: int, began: float) -> None:
    """Serve; if that fails, send the reason as plain text instead of a reply."""
    import socket

    control = socket.socket(fileno=descriptor)
    try:
        with _lazily():
            from grader.worker.nursery import Nursery
    except BaseException as error:  # noqa: BLE001
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        control.send(b"failed: " + reason.encode("utf-8", "replace")[:400])
        os._exit(1)
    Nursery(control).run(time.perf_counter() - began)
    os._exit(0)  # the judge is waiting, and a normal exit of the libraries takes a while


if __name__ == "__main__":
    main()
