"""Takes memory while the file is loaded."""
# outcome: failed|ungradable; rule: out-of-memory|crashed|timed-out; run: rarely

kept = []
while True:
    kept.append(bytearray(1 << 26))


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
