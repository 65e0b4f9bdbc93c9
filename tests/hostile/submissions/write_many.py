"""Makes a great many empty files."""
# outcome: failed; rule: timed-out|crashed
import time


def nn_vmap_forward(seed, x_batch, features):
    for number in range(1 << 30):
        open(f"{number}", "wb").close()
    time.sleep(1000)
