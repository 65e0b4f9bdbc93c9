"""Takes memory that it shares with nobody, so that it counts as shared and not as its data."""
# outcome: failed; rule: out-of-memory|crashed|raised|timed-out; run: rarely
import mmap


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    while True:
        part = mmap.mmap(-1, 1 << 26)
        part.write(b"x" * (1 << 26))
        kept.append(part)
