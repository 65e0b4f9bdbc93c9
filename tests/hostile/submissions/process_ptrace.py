"""Attaches to its parent and to the judge as a debugger, and reads their memory."""
# outcome: failed; rule: not-an-array
import ctypes
import os


def nn_vmap_forward(seed, x_batch, features):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (os.getppid(), @JUDGE@):
        if libc.ptrace(0x4206, pid, 0, 0) == 0 or libc.ptrace(16, pid, 0, 0) == 0:
            print("ESCAPED ptrace", pid)
        for number in (310, 270, 434, 424):  # process_vm_readv, pidfd_open, pidfd_send_signal
            if libc.syscall(number, pid, 0, 0, 0, 0, 0) > 0:
                print("ESCAPED", number, pid)
        try:
            os.sched_setaffinity(pid, {0})
            print("ESCAPED affinity")
        except OSError:
            pass
