"""The few instructions of classic BPF that a seccomp filter needs.

A program is a list of instructions; a jump counts instructions from the one after it. What it
looks at is `struct seccomp_data`: number, architecture, instruction pointer, six arguments.

Sources: https://docs.kernel.org/userspace-api/seccomp_filter.html,
https://docs.kernel.org/networking/filter.html, include/uapi/linux/{seccomp,filter}.h.
"""

import errno
import struct
from collections.abc import Iterable

NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`, in bytes; an argument is eight bytes, the low half first."""

LOAD_WORD, JUMP_EQUAL, JUMP_GREATER, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, KILL_PROCESS, FAIL = 0x7FFF0000, 0x80000000, 0x00050000

type_of_instruction = struct.Struct("=HBBI")
Program = list[bytes]


def load(offset: int) -> bytes:
    """Put the 32-bit word at this offset into the accumulator."""
    return type_of_instruction.pack(LOAD_WORD, 0, 0, offset)


def jump(test: int, value: int, *, then: int, otherwise: int) -> bytes:
    """Skip `then` or `otherwise` instructions, up to 255, by a test on the accumulator."""
    return type_of_instruction.pack(test, then, otherwise, value)


def leave(action: int) -> bytes:
    """End the program with this answer."""
    return type_of_instruction.pack(RETURN, 0, 0, action)


def allow() -> Program:
    """Let the call through."""
    return [leave(ALLOW)]


def refuse(number: int = errno.EPERM) -> Program:
    """Fail the call with this errno, without running it."""
    return [leave(FAIL | number)]


def low_half(argument: int) -> int:
    """Return the offset of the half that the kernel reads of an `int`.

    The other half is not its business and must not be ours, or a stray high bit would slip past
    a comparison.
    """
    return ARGUMENTS + 8 * argument


def only(argument: int, allowed: Iterable[int]) -> Program:
    """Allow the call where the argument, an `int`, is one of these."""
    return _one_of(argument, allowed, found=allow(), missed=refuse())


def never(argument: int, refused: Iterable[int]) -> Program:
    """Refuse the call where the argument, an `int`, is one of these."""
    return _one_of(argument, refused, found=refuse(), missed=allow())


def without(argument: int, bits: int, number: int) -> Program:
    """Allow the call where none of these bits is set, else fail it with the errno."""
    return [
        load(low_half(argument)),
        jump(JUMP_ANY_BIT, bits, then=0, otherwise=1),
        *refuse(number),
        *allow(),
    ]


def flags(argument: int, *, required: int, forbidden: int) -> Program:
    """Allow the call where a required bit is set and no forbidden one."""
    return [
        load(low_half(argument)),
        jump(JUMP_ANY_BIT, forbidden, then=1, otherwise=0),
        jump(JUMP_ANY_BIT, required, then=1, otherwise=0),
        *refuse(),
        *allow(),
    ]


def null(argument: int) -> Program:
    """Allow the call where the argument is a null pointer."""
    return [
        load(low_half(argument)),
        jump(JUMP_EQUAL, 0, then=0, otherwise=2),
        load(low_half(argument) + 4),
        jump(JUMP_EQUAL, 0, then=1, otherwise=0),
        *refuse(),
        *allow(),
    ]


def when_number(number: int, body: Program) -> Program:
    """Run the body, which leaves the program, if the accumulator holds this number."""
    return [jump(JUMP_EQUAL, number, then=0, otherwise=len(body)), *body]


def _one_of(argument: int, values: Iterable[int], *, found: Program, missed: Program) -> Program:
    wanted = list(values)
    tests = [
        jump(JUMP_EQUAL, value, then=len(wanted) - index, otherwise=0)
        for index, value in enumerate(wanted)
    ]
    return [load(low_half(argument)), *tests, *missed, *found]
