"""Takes memory, and goes on when it is told that there is none."""
# outcome: failed; rule: out-of-memory|crashed|timed-out


def nn_vmap_forward(seed, x_batch, features):
    kept, size = [], 1 << 30
    while True:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size = max(size // 2, 4096)
