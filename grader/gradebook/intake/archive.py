"""What is in a zip archive: its members, read off its directory. Nothing is unpacked.

The standard library's reader gives up on the whole archive for one name that can't be decoded, and
reads a directory of any size; both would let one student's file keep all others from being graded.
The format is that of PKWARE's APPNOTE.TXT, sections 4.3 and 4.4.
"""

from __future__ import annotations

import re
import stat
import struct
import time
from collections.abc import Iterator
from typing import IO, Final

import msgspec

STORED: Final = 0
DEFLATED: Final = 8

_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x06"
_LOCATOR_64: Final = b"PK\x06\x07"
_MEMBER: Final = struct.Struct("<4s6H3L5H2L")
_LONGEST_END: Final = 22 + 0xFFFF
_LONGEST_RECORD: Final = 1024
"""Bytes that a member's record in the directory takes at most, on average. Names have about 60."""
_UNKNOWN: Final = 0xFFFFFFFF
_IN_UTF_8: Final = 1 << 11
_ENCRYPTED: Final = 1
_EXTENDED_TIME: Final = 0x5455
_ZIP_64: Final = 1


class Damaged(Exception):
    """An archive or a member of it can't be read. The text says why, and fits after its name."""


class Member(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One member, as the directory has it, which may lie.

    `path` has `/` between its parts, and may lead anywhere: nothing is ever written there. `offset`
    is where its own header starts, `packed` and `size` are bytes before and after inflating.
    `time` is Unix time, None if it isn't known.
    """

    path: str
    offset: int
    packed: int
    size: int
    crc: int
    method: int
    encrypted: bool
    link: bool
    time: float | None

    @property
    def folder(self) -> bool:
        """Whether it is a folder, which has no content."""
        return self.path.endswith("/")

    @property
    def leads_out(self) -> bool:
        """Whether the path is absolute, or has `..` in it, or nothing."""
        parts = self.path.split("/")
        drive = re.match(r"[A-Za-z]:", self.path) is not None
        return drive or self.path.startswith("/") or ".." in parts or not self.path.strip("/. ")


def members(file: IO[bytes], most: int) -> tuple[Member, ...]:
    """Read the directory of a zip archive. Raises `Damaged`, also for more than `most` members."""
    size = file.seek(0, 2)
    tail_at = max(size - _LONGEST_END - 76, 0)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise Damaged("is not a zip archive, or only the beginning of one")
    disk, _, _, count, length, offset = struct.unpack("<4H2L", tail[at + 4 : at + 20])
    end = tail_at + at
    if disk not in {0, 0xFFFF}:
        raise Damaged("is one part of an archive that was split")
    if tail[at - 20 : at - 16] == _LOCATOR_64:
        end, count, length, offset = _end_64(file, struct.unpack("<Q", tail[at - 12 : at - 4])[0])
    if count > most or length > most * _LONGEST_RECORD:
        raise Damaged(f"has more than {most:,} files in it")
    before = end - length - offset
    if before < 0:
        raise Damaged("is damaged: its directory is cut off")
    file.seek(end - length)
    return tuple(_records(file.read(length), before, most))


def _end_64(file: IO[bytes], at: int) -> tuple[int, int, int, int]:
    """Return where the directory ends, the number of members, its length and its offset."""
    file.seek(min(at, 1 << 62))
    record = file.read(56)
    if len(record) < 56 or not record.startswith(_END_64):
        raise Damaged("is damaged: its directory is not where it says")
    count, length, offset = struct.unpack("<3Q", record[32:56])
    return at, count, length, offset


def _records(directory: bytes, before: int, most: int) -> Iterator[Member]:
    at = 0
    for _ in range(most + 1):
        if at >= len(directory):
            return
        if len(directory) - at < _MEMBER.size or directory[at : at + 4] != b"PK\x01\x02":
            raise Damaged("is damaged: its directory isn't valid")
        fixed = _MEMBER.unpack_from(directory, at)
        name_at = at + _MEMBER.size
        extra_at = name_at + fixed[10]
        at = extra_at + fixed[11] + fixed[12]
        name, extra = directory[name_at:extra_at], directory[extra_at : extra_at + fixed[11]]
        yield _member(fixed, name, dict(_extras(extra)), before)
    raise Damaged(f"has more than {most:,} files in it")


def _member(fixed: tuple[int, ...], name: bytes, extras: dict[int, bytes], before: int) -> Member:
    _, made_by, _, flags, method, clock, day, crc, packed, size = fixed[:10]
    mode, offset = fixed[15] >> 16, fixed[16]
    wide = extras.get(_ZIP_64, b"")
    size, wide = _wide(size, wide)
    packed, wide = _wide(packed, wide)
    offset, _ = _wide(offset, wide)
    return Member(
        path=_path(name, in_utf_8=bool(flags & _IN_UTF_8)),
        offset=offset + before,
        packed=packed,
        size=size,
        crc=crc,
        method=method,
        encrypted=bool(flags & _ENCRYPTED),
        link=made_by >> 8 == 3 and stat.S_ISLNK(mode),
        time=_time(day, clock, extras.get(_EXTENDED_TIME, b"")),
    )


def _wide(value: int, wide: bytes) -> tuple[int, bytes]:
    """Return a number that may stand in the ZIP64 field instead, and what is left of the field."""
    if value != _UNKNOWN or len(wide) < 8:
        return value, wide
    return struct.unpack("<Q", wide[:8])[0], wide[8:]


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _path(name: bytes, *, in_utf_8: bool) -> str:
    """Return a name as text: many programs write UTF-8 without saying so, or backslashes."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("utf-8", "backslashreplace") if in_utf_8 else name.decode("cp437")
    return text.replace("\0", "\ufffd").replace("\\", "/")


def _time(day: int, clock: int, extended: bytes) -> float | None:
    """Return Unix time: from the extended field, or else from the local date and time."""
    if len(extended) >= 5 and extended[0] & 1:
        return float(struct.unpack("<i", extended[1:5])[0])
    date = (1980 + (day >> 9), day >> 5 & 15, day & 31)
    hour = (clock >> 11, clock >> 5 & 63, (clock & 31) * 2)
    if date <= (1980, 1, 1):
        return None
    try:
        return time.mktime((*date, *hour, 0, 0, -1))
    except (OverflowError, ValueError):
        return None
