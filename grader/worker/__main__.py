"""Starts a process of the worker's side: `nursery FD` or `side`.

Run by path, so that it works for a checkout, an installed wheel and a zip of neither: the
folder that holds the package is put on the path if Python doesn't find the package itself.
"""

import gc
import importlib.util
import os
import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    """Import jax and flax, then serve as what the first argument says."""
    began = time.perf_counter()
    warnings.filterwarnings("ignore")
    gc.disable()  # the imports make much that stays, which it would search again and again
    if importlib.util.find_spec("grader") is None:
        sys.path.append(str(Path(__file__).resolve().parents[2]))
    if sys.argv[1] == "nursery":
        import socket

        from grader.worker.nursery import Nursery

        control = socket.socket(fileno=int(sys.argv[2]))
        Nursery(control).run(time.perf_counter() - began)
        os._exit(0)  # the judge waits, and taking the libraries down takes a while
    else:
        from grader.worker.serve import as_spawned_side

        gc.enable()
        as_spawned_side()


if __name__ == "__main__":
    main()
