"""Has an alarm end it, by which nobody would end a process."""
# outcome: failed; rule: crashed
import signal


def nn_vmap_forward(seed, x_batch, features):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while True:
        pass
