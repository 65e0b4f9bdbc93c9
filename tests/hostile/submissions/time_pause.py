"""Waits for a signal, with handlers for all that could come that go on waiting."""
# outcome: failed; rule: timed-out; run: rarely
import signal


def wait(number, frame):
    signal.pause()


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGXCPU, signal.SIGHUP):
    signal.signal(number, wait)


def nn_vmap_forward(seed, x_batch, features):
    while True:
        try:
            signal.pause()
        except BaseException:
            pass
