"""Has an alarm ring a thousand times a second that raises wherever the interpreter is."""
# outcome: failed; rule: crashed|raised|timed-out
import signal


class Rung(BaseException):
    pass


def ring(number, frame):
    raise Rung


def nn_vmap_forward(seed, x_batch, features):
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    while True:
        try:
            while True:
                pass
        except Rung:
            return x_batch
