"""seccomp: a filter that refuses the system calls of `syscalls.REFUSED`, for this process.

Why no library: `pyseccomp` (last released in 2021) and `seccomp` need libseccomp.so.2, which a
slim container or a Mac's CI does not have, and build the program that `program` builds here in a
tenth of a millisecond. The kernel remembers which calls are always allowed, so those cost nothing
(https://lwn.net/Articles/834785/).
"""

import ctypes
import errno
import os
import struct
from collections.abc import Mapping

from grader.sandbox import bpf
from grader.sandbox.libc import syscall
from grader.sandbox.policy import Protection
from grader.sandbox.syscalls import NEWEST, Architecture, of_this_process

NAME = "seccomp"

SET_MODE_FILTER, GET_ACTION_AVAIL = 1, 2
ALL_THREADS, ALLOW_SPECULATION = 1, 4
"""SECCOMP_FILTER_FLAG_TSYNC, and _SPEC_ALLOW: before Linux 5.16 a filter would otherwise switch
on Spectre v4 mitigations, which protect parts of one process from each other and slow it down."""

ACCESS_MODE, CREATE, EXCLUSIVE, TRUNCATE = 0o3, 0o100, 0o200, 0o1000
NAMELESS = 0o20000000
"""The bit of O_TMPFILE that is its own. Both architectures have the same five."""

CLONE_THREAD, CLONE_INTO_NEW_NAMESPACES = 0x00010000, 0x7E020000

HARMLESS_IOCTLS = {
    "FIOCLEX": 0x5451,
    "FIONCLEX": 0x5450,
    "FIONBIO": 0x5421,
    "FIONREAD": 0x541B,
    "TCGETS": 0x5401,  # isatty, which open() calls
    "TCGETS2": 0x802C542A,
    "TIOCGWINSZ": 0x5413,
}
"""All others are refused: typing into a terminal (TIOCSTI), changing the attributes of a file
that is open for reading (FS_IOC_SETFLAGS), signals to others (FIOSETOWN), every device."""

SHARED, ANONYMOUS, HUGE = 0x01, 0x20, 0x40000
"""Bits of mmap's flags. MAP_SHARED_VALIDATE has the first one too, MAP_PRIVATE has not."""

HARMFUL_FCNTLS = {
    "F_SETLK": 6,  # a lock on a file that is read keeps others from writing to it
    "F_SETLKW": 7,
    "F_OFD_SETLK": 37,
    "F_OFD_SETLKW": 38,
    "F_SETPIPE_SZ": 1031,  # memory of the kernel's
    "F_SETOWN": 8,  # with O_ASYNC, sends a signal of one's choice to any process of the user
    "F_SETSIG": 10,
    "F_SETOWN_EX": 15,
    "F_SETLEASE": 1024,  # makes others wait for a file
    "F_NOTIFY": 1026,
}

HARMLESS_PRCTLS = {
    "PR_GET_DUMPABLE": 3,
    "PR_SET_NAME": 15,  # every thread of XLA
    "PR_GET_NAME": 16,
    "PR_GET_SECCOMP": 21,
    "PR_CAPBSET_READ": 23,
    "PR_GET_TIMERSLACK": 30,
    "PR_GET_NO_NEW_PRIVS": 39,
    "PR_SET_THP_DISABLE": 41,
    "PR_GET_THP_DISABLE": 42,
    "PR_SVE_GET_VL": 51,
    "PR_GET_TAGGED_ADDR_CTRL": 56,
    "PR_SME_GET_VL": 64,
    "PR_SET_VMA": 0x53564D41,  # names of memory areas, by glibc
}


def available() -> Protection:
    """Ask the kernel for the answer that the filter gives, without installing one."""
    try:
        architecture = of_this_process()
        action = ctypes.create_string_buffer(struct.pack("=I", bpf.FAIL))
        call = architecture.refused["seccomp"]
        syscall(call, GET_ACTION_AVAIL, 0, ctypes.addressof(action))
    except (LookupError, OSError) as error:
        return _inactive(error)
    return _active(architecture)


def restrict(*, files_are_held: bool) -> Protection:
    """Install the filter, in all threads of this process. It cannot be removed or loosened.

    Where Landlock does not hold the files, the filter keeps existing ones from being changed.
    """
    try:
        architecture = of_this_process()
        instructions = program(architecture, os.getpid(), files_are_held=files_are_held)
        _install(instructions, architecture.refused["seccomp"])
    except (LookupError, OSError) as error:
        return _inactive(error)
    return _active(architecture)


def program(architecture: Architecture, pid: int, *, files_are_held: bool) -> bytes:
    """Assemble the filter of the process `pid`: an array of `struct sock_filter`."""
    special = conditions(pid, files_are_held=files_are_held)
    instructions = [
        bpf.load(bpf.ARCHITECTURE),
        # A 32-bit call (int 0x80) carries other numbers: nothing honest makes one.
        bpf.jump(bpf.JUMP_EQUAL, architecture.audit, then=1, otherwise=0),
        bpf.leave(bpf.KILL_PROCESS),
        bpf.load(bpf.NUMBER),
        bpf.jump(bpf.JUMP_GREATER, NEWEST, then=0, otherwise=1),
        *bpf.refuse(errno.ENOSYS),
    ]
    for name, number in architecture.refused.items():
        instructions += bpf.when_number(number, special.get(name, bpf.refuse()))
    return b"".join([*instructions, *bpf.allow()])


def conditions(pid: int, *, files_are_held: bool) -> Mapping[str, bpf.Program]:
    """Return what is done about the calls of the table that are not plainly refused."""
    return {
        # glibc falls back to clone, which passes its flags where a filter can see them.
        "clone3": bpf.refuse(errno.ENOSYS),
        "clone": bpf.flags(0, required=CLONE_THREAD, forbidden=CLONE_INTO_NEW_NAMESPACES),
        # abort() and raise() of this process; another one's number is refused.
        "kill": bpf.only(0, (pid,)),
        "tgkill": bpf.only(0, (pid,)),
        "prlimit64": bpf.only(0, (0, pid)),
        "sched_setaffinity": bpf.only(0, (0, pid)),
        # On a socket that is open already, without an address: a channel may be one.
        "sendto": bpf.null(4),
        "open": opening(1, files_are_held=files_are_held),
        "openat": opening(2, files_are_held=files_are_held),
        "openat2": bpf.refuse(errno.ENOSYS),  # Its flags lie in memory as well.
        "creat": bpf.allow() if files_are_held else bpf.refuse(),
        "mmap": mapping(),
        # Its other modes take disk that no length of a file shows, or take data out of one.
        "fallocate": bpf.only(1, (0,)),
        "ioctl": bpf.only(1, HARMLESS_IOCTLS.values()),
        "fcntl": bpf.never(1, HARMFUL_FCNTLS.values()),
        "prctl": bpf.only(0, HARMLESS_PRCTLS.values()),
    }


def mapping() -> bpf.Program:
    """Refuse memory that is shared and in no file, and huge pages.

    Neither is in the resident size once its pages are dropped, though they stay. With whom would it
    be shared, where there is one process? A private mapping, and one of a file, are as they were.
    """
    return [
        bpf.load(bpf.low_half(3)),
        bpf.jump(bpf.JUMP_ANY_BIT, HUGE, then=2, otherwise=0),
        bpf.jump(bpf.JUMP_ANY_BIT, SHARED, then=0, otherwise=2),
        bpf.jump(bpf.JUMP_ANY_BIT, ANONYMOUS, then=0, otherwise=1),
        *bpf.refuse(),
        *bpf.allow(),
    ]


def opening(argument: int, *, files_are_held: bool) -> bpf.Program:
    """Judge a call by its flags: no nameless files; without Landlock, no changes to existing ones.

    Without Landlock a file may be written only if this call makes it (O_CREAT and O_EXCL).
    """
    if files_are_held:
        return bpf.without(argument, NAMELESS, errno.EOPNOTSUPP)
    return [
        bpf.load(bpf.low_half(argument)),
        bpf.jump(bpf.JUMP_ANY_BIT, NAMELESS, then=3, otherwise=0),
        bpf.jump(bpf.JUMP_ANY_BIT, ACCESS_MODE | TRUNCATE, then=0, otherwise=3),
        bpf.jump(bpf.JUMP_ANY_BIT, CREATE, then=0, otherwise=1),
        bpf.jump(bpf.JUMP_ANY_BIT, EXCLUSIVE, then=1, otherwise=0),
        *bpf.refuse(),
        *bpf.allow(),
    ]


def _install(instructions: bytes, call: int) -> None:
    code = ctypes.create_string_buffer(instructions)
    length = len(instructions) // bpf.type_of_instruction.size
    header = ctypes.create_string_buffer(struct.pack("@HP", length, ctypes.addressof(code)))
    try:
        unsynced = _load_filter(call, ALL_THREADS | ALLOW_SPECULATION, header)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        unsynced = _load_filter(call, ALL_THREADS, header)  # Linux before 4.17
    if unsynced:
        raise OSError(errno.EBUSY, f"thread {unsynced} has its own filter")


def _load_filter(call: int, options: int, header: "ctypes.Array[ctypes.c_char]") -> int:
    """Return 0, or the number of a thread that could not be given the filter."""
    return syscall(call, SET_MODE_FILTER, options, ctypes.addressof(header))


def _active(architecture: Architecture) -> Protection:
    detail = f"{len(architecture.refused)} system calls of {architecture.name}"
    return Protection(name=NAME, active=True, detail=detail, kernel=True)


def _inactive(error: Exception) -> Protection:
    match error:
        case OSError(errno=errno.ENOSYS | errno.EINVAL):
            reason = "the kernel has no seccomp filters"
        case OSError(errno=errno.EPERM | errno.EACCES):
            reason = "a filter around this process refuses seccomp"
        case _:
            reason = str(error)
    return Protection(name=NAME, active=False, detail=reason, kernel=True)
