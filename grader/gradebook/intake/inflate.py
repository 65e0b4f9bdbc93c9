"""Reads one member of a zip archive, within bounds: never more than it says, or than is asked."""

from __future__ import annotations

import struct
import zlib
from typing import IO, Final

from grader.gradebook.intake.archive import DEFLATED, STORED, Damaged, Member

_AT_A_TIME: Final = 64 * 1024
_HEADER: Final = 30
_MOST_RATIO: Final = 200
"""How much larger inflating may make a member. Text and notebooks become 3 to 30 times as large;
deflate can do 1,032."""
_SMALL: Final = 1 << 20
"""Bytes up to which the ratio doesn't matter."""


class TooLarge(Damaged):
    """A file is larger than what is read of its kind, in bytes."""

    def __init__(self, most: int) -> None:
        amount = f"{most >> 20} MB" if most >> 20 else f"{most >> 10} kB"
        super().__init__(f"is larger than {amount}, the most that is read")


def inflate(file: IO[bytes], member: Member, most: int) -> bytes:
    """Return a member's bytes. Raises `Damaged`; of one larger than `most`, nothing is read."""
    refuse(member, most)
    file.seek(member.offset)
    header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(b"PK\x03\x04"):
        raise Damaged("is damaged: it isn't where the archive says")
    file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    data = _bytes(file, member)
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise Damaged("is damaged: its content isn't what the archive says")
    return data


def refuse(member: Member, most: int) -> None:
    """Raise `Damaged` for a member that isn't read, judged by what the archive says of it."""
    if member.encrypted:
        raise Damaged("is encrypted, and the grader has no password")
    if member.link:
        raise Damaged("is a link, not a file")
    if member.method not in {STORED, DEFLATED}:
        raise Damaged("uses a compression that isn't supported")
    if member.size > most:
        raise TooLarge(most)
    if member.size > max(member.packed * _MOST_RATIO, _SMALL):
        raise Damaged(f"would become {member.size // max(member.packed, 1):,} times as large")


def _bytes(file: IO[bytes], member: Member) -> bytes:
    if member.method == STORED:
        return file.read(member.size)
    try:
        return _inflated(file, member)
    except zlib.error as error:
        raise Damaged("is damaged: it can't be inflated") from error


def _inflated(file: IO[bytes], member: Member) -> bytes:
    """Inflate at most one byte more than the member's size, whatever is in the archive."""
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    data, left = bytearray(), member.packed
    while left > 0 and not decompressor.eof and len(data) <= member.size:
        packed = file.read(min(_AT_A_TIME, left))
        if not packed:
            break
        left -= len(packed)
        data += decompressor.decompress(packed, member.size + 1 - len(data))
    return bytes(data)
