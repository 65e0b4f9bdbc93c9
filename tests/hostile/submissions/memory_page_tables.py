"""Reads one byte of every table of pages in terabytes that it never writes to."""
# outcome: failed; rule: out-of-memory|timed-out; seconds: 90; run: rarely
import mmap

TERABYTES = 8 << 40
TABLE = 2 << 20


def nn_vmap_forward(seed, x_batch, features):
    parts = [mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | 0x4000, mmap.PROT_READ) for _ in range(8)]
    read = 0
    for part in parts:
        for place in range(0, 1 << 40, TABLE):
            read += part[place]
    print("ESCAPED", read)
