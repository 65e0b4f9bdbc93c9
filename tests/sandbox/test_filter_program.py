"""The filter as a program, run by a small interpreter: both architectures, on any machine."""

import errno
import os
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import bpf, seccomp
from grader.sandbox.syscalls import AARCH64, NEWEST, X86_64, Architecture

PID = 4321
EPERM, ENOSYS = bpf.FAIL | errno.EPERM, bpf.FAIL | errno.ENOSYS
BOTH = pytest.mark.parametrize("architecture", [X86_64, AARCH64], ids=lambda found: found.name)
HARMLESS = {
    "x86_64": {"read": 0, "write": 1, "mmap": 9, "rt_sigaction": 13, "futex": 202},
    "aarch64": {"read": 63, "write": 64, "mmap": 222, "rt_sigaction": 134, "futex": 98},
}
LATER = {"rseq": (334, 293), "getrandom": (318, 278), "exit_group": (231, 94)}

Instructions = list[tuple[int, int, int, int]]


def decode(program: bytes) -> Instructions:
    return list(bpf.type_of_instruction.iter_unpack(program))


def run(instructions: Instructions, data: bytes) -> int:
    """What the kernel does with classic BPF, for the instructions that a filter may use here."""
    accumulator, place = 0, 0
    while True:
        code, then, otherwise, value = instructions[place]
        place += 1
        match code:
            case bpf.LOAD_WORD:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case bpf.JUMP_EQUAL:
                place += then if accumulator == value else otherwise
            case bpf.JUMP_GREATER:
                place += then if accumulator > value else otherwise
            case bpf.JUMP_ANY_BIT:
                place += then if accumulator & value else otherwise
            case bpf.RETURN:
                return value
            case _:
                raise AssertionError(code)


def program(architecture: Architecture, *, files_are_held: bool = True) -> Instructions:
    return decode(seccomp.program(architecture, PID, files_are_held=files_are_held))


def data(architecture: Architecture, number: int, *arguments: int, audit: int = 0) -> bytes:
    """A `struct seccomp_data`."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    return struct.pack("=IIQ6Q", number, audit or architecture.audit, 0, *padded)


def answer(architecture: Architecture, number: int, *arguments: int, audit: int = 0) -> int:
    return run(program(architecture), data(architecture, number, *arguments, audit=audit))


def of(architecture: Architecture, name: str, *arguments: int) -> int:
    return answer(architecture, architecture.refused[name], *arguments)


@BOTH
def test_the_kernel_accepts_the_program(architecture: Architecture) -> None:
    instructions = program(architecture, files_are_held=False)
    assert len(instructions) < 4096
    assert instructions[-1][0] == bpf.RETURN
    for place, (code, then, otherwise, value) in enumerate(instructions):
        if code != bpf.RETURN:
            assert place + 1 + max(then, otherwise) < len(instructions)
        if code == bpf.LOAD_WORD:
            assert value % 4 == 0
            assert value < 64


@BOTH
def test_another_architecture_is_killed(architecture: Architecture) -> None:
    i386, arm = 0x40000003, 0x40000028
    for audit in {i386, arm, X86_64.audit, AARCH64.audit} - {architecture.audit}:
        for number in (0, 1, 20, 63, 500):
            assert answer(architecture, number, audit=audit) == bpf.KILL_PROCESS


@BOTH
def test_calls_without_conditions_are_refused(architecture: Architecture) -> None:
    conditions = seccomp.conditions(PID, files_are_held=True)
    plain = architecture.refused.keys() - conditions.keys()
    assert len(plain) > 130
    for name in plain:
        assert of(architecture, name) == EPERM, name
        assert of(architecture, name, *(2**64 - 1,) * 6) == EPERM, name


@BOTH
def test_every_other_number_is_allowed_up_to_the_newest(architecture: Architecture) -> None:
    numbers = set(architecture.refused.values())
    assert max(numbers) == NEWEST
    for number in set(range(NEWEST + 1)) - numbers:
        assert answer(architecture, number) == bpf.ALLOW
    for number in (NEWEST + 1, 512, 520, 0x40000000, 0x40000000 + 59, 2**32 - 1):
        assert answer(architecture, number) == ENOSYS


@BOTH
def test_essential_calls_are_allowed(architecture: Architecture) -> None:
    column = 0 if architecture is X86_64 else 1
    numbers = [*HARMLESS[architecture.name].values(), *(row[column] for row in LATER.values())]
    for number in numbers:
        assert answer(architecture, number, 1, 2, 3) == bpf.ALLOW


@BOTH
def test_clone_makes_threads_only(architecture: Architecture) -> None:
    of_glibc = 0x3D0F00
    assert of(architecture, "clone", of_glibc) == bpf.ALLOW
    fork, vfork, new_user, new_net = 0x01200011, 0x4111, 0x10000000, 0x40000000
    for flags in (0, fork, vfork, new_user, of_glibc | new_user, of_glibc | new_net):
        assert of(architecture, "clone", flags) == EPERM
    assert of(architecture, "clone3", of_glibc) == ENOSYS


@BOTH
@pytest.mark.parametrize("name", ["kill", "tgkill", "prlimit64", "sched_setaffinity"])
def test_only_the_own_process_can_be_reached(architecture: Architecture, name: str) -> None:
    assert of(architecture, name, PID, PID) == bpf.ALLOW
    for other in (1, PID - 1, PID + 1, 2**32 - 1, 2**64 - 1, 2**64 - PID):
        assert of(architecture, name, other, PID) == EPERM
    itself = EPERM if name in ("kill", "tgkill") else bpf.ALLOW
    assert of(architecture, name, 0) == itself


@BOTH
def test_the_high_half_of_an_int_changes_nothing(architecture: Architecture) -> None:
    """The kernel looks at the low half only, so a filter that looked at both could be passed."""
    high = 0xDEADBEEF << 32
    typing, owner, dumpable = 0x5412, 8, 4
    assert of(architecture, "ioctl", 0, typing | high) == EPERM
    assert of(architecture, "fcntl", 0, owner | high) == EPERM
    assert of(architecture, "prctl", dumpable | high) == EPERM
    assert of(architecture, "kill", 1 | high) == EPERM
    assert of(architecture, "clone", 0x01200011 | high) == EPERM


@BOTH
def test_requests_are_distinguished(architecture: Architecture) -> None:
    is_terminal, close_on_exec, type_into_terminal, set_attributes = (
        0x5401,
        0x5451,
        0x5412,
        0x40086602,
    )
    for value in (is_terminal, close_on_exec):
        assert of(architecture, "ioctl", 3, value) == bpf.ALLOW
    for value in (0, type_into_terminal, set_attributes):
        assert of(architecture, "ioctl", 3, value) == EPERM
    set_name, name_memory, set_dumpable, set_death_signal = 15, 0x53564D41, 4, 1
    for value in (set_name, name_memory):
        assert of(architecture, "prctl", value) == bpf.ALLOW
    for value in (0, set_dumpable, set_death_signal):
        assert of(architecture, "prctl", value) == EPERM
    set_owner, set_signal, set_owner_of_kind, set_lease, notify = 8, 10, 15, 1024, 1026
    lock, lock_or_wait, lock_open_file, enlarge_pipe = 6, 7, 37, 1031
    for value in (set_owner, set_signal, set_owner_of_kind, set_lease, notify):
        assert of(architecture, "fcntl", 3, value) == EPERM
    for value in (lock, lock_or_wait, lock_open_file, enlarge_pipe):
        assert of(architecture, "fcntl", 3, value) == EPERM
    duplicate, get_flags, get_lock = 1030, 3, 5
    for value in (duplicate, get_flags, get_lock):
        assert of(architecture, "fcntl", 3, value) == bpf.ALLOW


@BOTH
def test_memory_that_no_resident_size_shows(architecture: Architecture) -> None:
    shared, private, validated, fixed, anonymous, huge = 1, 2, 3, 0x10, 0x20, 0x40000
    for flags in (private, private | anonymous, private | fixed | anonymous, shared, validated):
        assert of(architecture, "mmap", 0, 4096, 3, flags) == bpf.ALLOW
    for flags in (shared | anonymous, validated | anonymous, private | anonymous | huge, huge):
        assert of(architecture, "mmap", 0, 4096, 3, flags) == EPERM
    keep_size, punch_hole = 1, 2
    assert of(architecture, "fallocate", 3, 0) == bpf.ALLOW
    for mode in (keep_size, keep_size | punch_hole, 1 << 31):
        assert of(architecture, "fallocate", 3, mode) == EPERM


NAMELESS = os.O_TMPFILE | os.O_RDWR if sys.platform == "linux" else 0o20200002
READING = (0, os.O_RDONLY | 0o2000000, os.O_RDONLY | 0o200000)
MAKING = (os.O_WRONLY | os.O_CREAT | os.O_EXCL, os.O_RDWR | os.O_CREAT | os.O_EXCL)
CHANGING = (
    os.O_WRONLY,
    os.O_RDWR,
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    os.O_WRONLY | os.O_APPEND,
    os.O_RDONLY | os.O_TRUNC,
    os.O_WRONLY | os.O_EXCL,
    os.O_RDWR | os.O_TRUNC | os.O_EXCL,
)


@BOTH
@pytest.mark.parametrize("files_are_held", [True, False])
def test_opening_a_file(architecture: Architecture, files_are_held: bool) -> None:
    """Landlock decides where there is one; but for it only what is new is written."""
    instructions = program(architecture, files_are_held=files_are_held)

    def opening(flags: int) -> int:
        number = architecture.refused["openat"]
        return run(instructions, data(architecture, number, 2**64 - 100, 2**47, flags, 0o666))

    assert opening(NAMELESS) == (bpf.FAIL | errno.EOPNOTSUPP if files_are_held else EPERM)
    for flags in (*READING, *MAKING):
        assert opening(flags) == bpf.ALLOW
    for flags in CHANGING:
        assert opening(flags) == (bpf.ALLOW if files_are_held else EPERM)
    number = architecture.refused["openat2"]
    assert run(instructions, data(architecture, number)) == ENOSYS
    if architecture is X86_64:
        number = architecture.refused["creat"]
        expected = bpf.ALLOW if files_are_held else EPERM
        assert run(instructions, data(architecture, number)) == expected


@BOTH
def test_sending_with_an_address_is_refused(architecture: Architecture) -> None:
    assert of(architecture, "sendto", 3, 2**47, 8, 0, 0, 0) == bpf.ALLOW
    for address in (8, 2**32, 0x7FFF_0000_0000, 2**64 - 1):
        assert of(architecture, "sendto", 3, 2**47, 8, 0, address, 16) == EPERM


# ----------------------------------------------------------------------- the table of numbers

DANGEROUS = """
    mount umount2 pivot_root chroot fsconfig fsmount fsopen fspick mount_setattr move_mount
    open_tree init_module finit_module delete_module kexec_load kexec_file_load reboot
    swapon swapoff ioperm iopl add_key keyctl request_key adjtimex clock_adjtime clock_settime
    settimeofday setuid setgid setreuid setregid setresuid setresgid setgroups capset
    ptrace perf_event_open process_vm_readv process_vm_writev pidfd_getfd kcmp lookup_dcookie
    bpf acct quotactl setns unshare vhangup nfsservctl userfaultfd open_by_handle_at
    fanotify_init io_uring_setup io_uring_enter io_uring_register personality
"""
"""Names from lists by others, to which this one has to measure up: systemd's groups @mount,
@module, @reboot, @swap, @raw-io, @keyring, @clock, @setuid and @debug, Docker's default profile."""


def test_calls_that_others_call_dangerous_are_refused() -> None:
    assert not set(DANGEROUS.split()) - X86_64.refused.keys()
    assert not set(DANGEROUS.split()) - AARCH64.refused.keys() - {"ioperm", "iopl"}


DEFINITION = re.compile(r"#define\s+__NR(3264)?_(\w+)\s+(\d+|__NR3264_\w+)\s*$", re.MULTILINE)


def numbers_in(header: Path) -> Iterator[tuple[str, int]]:
    """Of the kernel's headers; in the generic one some go through a name of `__NR3264`."""
    found = DEFINITION.findall(header.read_text(errors="replace"))
    wide = {f"__NR3264_{name}": value for prefix, name, value in found if prefix}
    for prefix, name, value in found:
        number = wide.get(value, value)
        if not prefix and number.isdigit():
            yield name, int(number)


@pytest.mark.parametrize(
    ("architecture", "pattern"),
    [(X86_64, "**/asm/unistd_64.h"), (AARCH64, "asm-generic/unistd.h")],
    ids=["x86_64", "aarch64"],
)
def test_the_numbers_are_the_kernels(architecture: Architecture, pattern: str) -> None:
    headers = sorted(Path("/usr/include").glob(pattern))
    if not headers:
        pytest.skip("the kernel's headers are not installed here")
    theirs = dict(numbers_in(headers[0]))
    known = architecture.refused.keys() & theirs.keys()
    assert len(known) > 130
    assert {name: architecture.refused[name] for name in known} == {
        name: theirs[name] for name in known
    }


def test_no_number_occurs_twice() -> None:
    for architecture in (X86_64, AARCH64):
        numbers = list(architecture.refused.values())
        assert len(numbers) == len(set(numbers))
    later = {name: number for name, number in X86_64.refused.items() if number >= 424}
    assert later == {name: number for name, number in AARCH64.refused.items() if number >= 424}
