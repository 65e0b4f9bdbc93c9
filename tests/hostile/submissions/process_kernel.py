"""Asks for new namespaces, rings, maps of memory and keys: doors into the kernel."""
# outcome: failed; rule: not-an-array
import ctypes
import os
import platform


def nn_vmap_forward(seed, x_batch, features):
    libc = ctypes.CDLL(None, use_errno=True)
    calls = {
        "x86_64": (272, 308, 425, 321, 323, 298, 248, 250, 165, 161, 101, 155, 175, 246, 319),
        "aarch64": (97, 268, 425, 280, 282, 241, 217, 219, 40, 51, 117, 41, 105, 104, 279),
    }
    room = ctypes.create_string_buffer(512)
    for number in calls.get(platform.machine(), ()):
        if libc.syscall(number, 0x10000000, ctypes.byref(room), 0, 0, 0, 0) >= 0:
            print("ESCAPED", number)
    for path in ("/dev/mem", "/dev/kmem", "/proc/kcore", "/dev/kmsg", "/dev/tty", "/dev/shm"):
        try:
            os.open(path, os.O_RDWR)
        except OSError:
            continue
        print("ESCAPED", path)
