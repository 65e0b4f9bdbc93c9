"""Starts threads without Python, which no list of Python's has, to go on after the answer."""
# outcome: failed; rule: not-an-array|crashed|timed-out; run: rarely
import ctypes
import os
import time


@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def stay(_):
    while True:
        time.sleep(0.01)
        try:
            os.write(1, b"still here\n")
        except OSError:
            pass


def nn_vmap_forward(seed, x_batch, features):
    thread = ctypes.c_ulong()
    ctypes.CDLL(None).pthread_create(ctypes.byref(thread), None, stay, None)
