"""Starts other programs in every way that Python has."""
# outcome: failed; rule: not-an-array
import multiprocessing
import os
import subprocess
import sys


def tried(act, *arguments):
    try:
        act(*arguments)
    except BaseException:
        return
    print("ESCAPED", act)


def nn_vmap_forward(seed, x_batch, features):
    tried(subprocess.run, ["true"])
    tried(subprocess.check_output, "id", 0)
    tried(os.posix_spawn, "/bin/true", ["true"], {})
    tried(os.execv, sys.executable, [sys.executable, "-c", "print('ESCAPED')"])
    tried(os.forkpty)
    tried(multiprocessing.get_context("spawn").Process(target=print).start)
    if os.system("touch escaped") == 0:
        print("ESCAPED system")
