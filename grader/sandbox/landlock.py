"""Landlock: which files a process may touch, and no TCP, no signals, no abstract sockets.

A rule grants rights to a file or to all beneath a folder; what no rule grants is refused, and no
rule can take back what another grants (`paths.readable_without` works around that). The domain
binds the calling thread and all that it starts later, also as root, and cannot be left.

Sources: https://docs.kernel.org/userspace-api/landlock.html, include/uapi/linux/landlock.h.
Why no library: `landlock` (1.0.0.dev5) knows files only, `py-landlock` (0.1.1, alpha) is 1,300
lines that resolve every path twice; what is needed of them is this file.
"""

import ctypes
import errno
import os
import stat
import struct

from grader.sandbox.identity import running_threads
from grader.sandbox.libc import SUPPORTED, syscall
from grader.sandbox.policy import Policy, Protection

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_FOR_ABI = 1
PATH_BENEATH = 1
QUIET = 1
"""LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF: a refused flood shall not fill the audit log."""

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
ALL_OF_ABI_1 = (1 << 13) - 1
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
TCP_BIND_AND_CONNECT = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

NEWEST_ABI = 7
NETWORK_ABI, SCOPES_ABI, LOGGING_ABI = 4, 6, 7

OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
LIST = READ_DIR
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR
"""No links, pipes, sockets or devices: a judge that looks into the scratch folder finds plain
files. Nothing is removed or renamed, since a file that is unlinked and still open or mapped takes
space that nobody sees. EXECUTE is in none of the three, so execve is refused even where seccomp is
missing; mapping a library asks for READ_FILE only."""

path_beneath = struct.Struct("=Qi")

ALWAYS_WRITABLE = ("/dev/null",)
EXPLANATIONS = {
    errno.ENOSYS: "the kernel has no Landlock (it came with Linux 5.13)",
    errno.EOPNOTSUPP: "Landlock was switched off when this system was started (lsm=)",
    errno.EPERM: "a filter around this process refuses Landlock",
    errno.EACCES: "a filter around this process refuses Landlock",
}


def available() -> tuple[Protection, ...]:
    """Return what `restrict` would say here, without applying anything."""
    try:
        return _rows(_abi())
    except OSError as error:
        return _missing(_reason(error))


def restrict(policy: Policy) -> tuple[Protection, ...]:
    """Enter a domain that grants the policy and nothing else."""
    threads = running_threads()
    try:
        abi = _abi()
        _enter_domain(policy, abi)
    except OSError as error:
        return _missing(_reason(error))
    if threads > 1:
        return _missing(f"{threads - 1} thread(s) ran before it was applied and aren't confined")
    return _rows(abi)


def handled(abi: int) -> tuple[int, int, int]:
    """Return the rights over files, over TCP and the scopes that this ABI can refuse."""
    files = ALL_OF_ABI_1
    files |= REFER if abi >= 2 else 0
    files |= TRUNCATE if abi >= 3 else 0
    files |= IOCTL_DEV if abi >= 5 else 0
    network = TCP_BIND_AND_CONNECT if abi >= NETWORK_ABI else 0
    scopes = ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SCOPES_ABI else 0
    return files, network, scopes


def _abi() -> int:
    if not SUPPORTED:
        raise OSError(errno.ENOSYS, "this is not 64-bit Linux")
    return syscall(CREATE_RULESET, 0, 0, ASK_FOR_ABI)


def _enter_domain(policy: Policy, abi: int) -> None:
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", *handled(abi)))
    # Older kernels take the longer structure as long as what they don't know is zero.
    ruleset = syscall(CREATE_RULESET, ctypes.addressof(attributes), 24, 0)
    try:
        _grant_all(ruleset, policy, files=handled(abi)[0])
        syscall(RESTRICT_SELF, ruleset, QUIET if abi >= LOGGING_ABI else 0)
    finally:
        os.close(ruleset)


def _grant_all(ruleset: int, policy: Policy, *, files: int) -> None:
    granted = (
        (policy.readable, READ),
        (policy.listable, LIST),
        ((*policy.writable, *ALWAYS_WRITABLE), WRITE),
    )
    rule = ctypes.create_string_buffer(path_beneath.size)
    for paths, rights in granted:
        for path in paths:
            _grant(ruleset, path, rights & files, rule)


def _grant(ruleset: int, path: str, rights: int, rule: "ctypes.Array[ctypes.c_char]") -> None:
    """Open the path in this process, so that `/proc/self` is its own, and follow links.

    `rule` is memory for one rule. There are hundreds, and they pass in ten microseconds each.
    """
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # There is nothing to grant. Other errors, such as EMFILE, are ours.
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_A_FILE
        if rights:
            path_beneath.pack_into(rule, 0, rights, descriptor)
            syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(descriptor)


def _rows(abi: int) -> tuple[Protection, ...]:
    kernel = f"ABI {abi}"
    since = {NETWORK_ABI: "Linux 6.7", SCOPES_ABI: "Linux 6.12"}
    rows = [Protection(name="landlock-files", active=True, detail=kernel, kernel=True)]
    for name, needed in (("landlock-network", NETWORK_ABI), ("landlock-signals", SCOPES_ABI)):
        active = abi >= needed
        detail = kernel if active else f"{kernel}; it needs ABI {needed}, of {since[needed]}"
        rows.append(Protection(name=name, active=active, detail=detail))
    return tuple(rows)


def _missing(reason: str) -> tuple[Protection, ...]:
    return tuple(
        Protection(name=name, active=False, detail=reason, kernel=name == "landlock-files")
        for name in ("landlock-files", "landlock-network", "landlock-signals")
    )


def _reason(error: OSError) -> str:
    if not SUPPORTED:
        return "this is not 64-bit Linux"
    return EXPLANATIONS.get(error.errno or 0, error.strerror or str(error))
