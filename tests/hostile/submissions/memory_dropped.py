"""Fills memory that it shares with nobody, and drops the pages, which stay and count for nothing."""
# outcome: failed; rule: raised|out-of-memory; seconds: 20; says: not permitted
import mmap
import time

SIZE = 1 << 26


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    for number in range(96):
        part = mmap.mmap(-1, SIZE)
        part.write(b"x" * SIZE)
        part.madvise(mmap.MADV_DONTNEED)
        kept.append(part)
        print("ESCAPED", number * SIZE >> 20, "MB", flush=True)
    time.sleep(1000)
