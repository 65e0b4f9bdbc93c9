"""Takes memory in small bites, with pauses between them."""
# outcome: failed; rule: timed-out|out-of-memory; run: rarely
import time


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    while True:
        kept.append(bytearray(1 << 16))
        time.sleep(0.001)
