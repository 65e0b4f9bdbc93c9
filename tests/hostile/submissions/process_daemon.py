"""Forks, and tries to leave children behind in sessions of their own that outlive the grading."""
# outcome: failed; rule: not-an-array
import ctypes
import os
import platform
import signal
import time

# fork, vfork, clone; clone3 is answered as an older kernel would
CALLS = {"x86_64": (57, 58, 56, 435), "aarch64": (220, 435)}


def nn_vmap_forward(seed, x_batch, features):
    for _ in range(100):
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(1000)
            print("ESCAPED fork")
        except OSError:
            pass
    call = ctypes.CDLL(None, use_errno=True).syscall
    for number in CALLS.get(platform.machine(), ()):
        child = call(number, signal.SIGCHLD, 0, 0, 0, 0, 0)
        if child == 0:
            time.sleep(1000)
        if child > 0:
            print("ESCAPED", number)
