"""Makes a system call by the gate for 32-bit programs, in machine code of its own."""
# outcome: failed; rule: crashed|not-an-array
import ctypes
import mmap
import platform

FORK = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret


def nn_vmap_forward(seed, x_batch, features):
    if platform.machine() == "x86_64":
        rights = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE, prot=rights)
        page.write(FORK)
        run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        print("ESCAPED", run())
