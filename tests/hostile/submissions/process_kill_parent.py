"""Kills its parent, its group, and everything that may be killed."""
# outcome: failed; rule: not-an-array|crashed
import os
import signal


def nn_vmap_forward(seed, x_batch, features):
    for act, target in (
        (os.kill, os.getppid()),
        (os.kill, @JUDGE@),
        (os.killpg, os.getpgid(os.getppid()) if os.getppid() else 1),
        (os.kill, 1),
        (os.kill, -1),
    ):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL):
            try:
                act(target, number)
            except OSError:
                continue
            print("ESCAPED", act, target)
