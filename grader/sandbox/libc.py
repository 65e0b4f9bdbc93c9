"""System calls that Python has no function for: `syscall`, `prctl` and `capset`.

`ctypes.CDLL(None)` is the C library that this interpreter already runs on, so nothing is looked
up or loaded, and musl does as well as glibc.
"""

import ctypes
import os
import sys
from functools import cache

SUPPORTED = sys.platform == "linux" and sys.maxsize > 2**32
"""64-bit Linux: elsewhere the numbers and structures of this folder mean something else."""


def syscall(number: int, *arguments: int) -> int:
    """Make a system call by its number. Pointers are passed as addresses.

    Raises OSError with the call's errno.
    """
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    return _checked(_library().syscall(number, *padded))


def prctl(option: int, *arguments: int) -> int:
    """Change something about this process; raises OSError."""
    padded = (*arguments, *(0,) * (4 - len(arguments)))
    return _checked(_library().prctl(option, *padded))


def capset(header: int, data: int) -> None:
    """Change what this thread may do, by the addresses of two structures; raises OSError."""
    _checked(_library().capset(header, data))


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.argtypes = (ctypes.c_long,) * 7
    library.syscall.restype = ctypes.c_long
    library.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    library.capset.argtypes = (ctypes.c_void_p,) * 2
    return library


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


if SUPPORTED:
    _library()  # Here, and not in every process that is forked after this import.
