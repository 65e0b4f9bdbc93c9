"""Reports as bytes, to be kept and read back. Data of known types alone comes back, no code."""

from __future__ import annotations

import zlib
from typing import Any, Final

import msgspec

from grader.model.filekind import Unfit
from grader.model.files import SeveralFiles
from grader.model.report import Report
from grader.model.source import Source

_LARGEST: Final = 64 << 20
"""Bytes of an unpacked report. The largest that a submission can bring about is far smaller."""


class Unreadable(Exception):
    """The bytes aren't a report of this version of the grader."""


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a `Source` is made of; `beside` are the other files of the program."""

    name: str
    text: str
    unread: Unfit | None = None
    beside: tuple[Text, ...] = ()


def plain_text(source: Source) -> Text:
    """Return what a source is made of."""
    first, *others = source.files
    beside = tuple(Text(each.name, each.text, each.unread) for each in others)
    return Text(source.name, first.text, first.unread, beside)


def made_of(text: Text) -> Source:
    """Return the source that is made of this."""
    main = Source(text.name, text.text, text.unread)
    beside = [Source(each.name, each.text, each.unread) for each in text.beside]
    return SeveralFiles(main, beside) if beside else main


def packed(report: Report) -> bytes:
    """Return the whole report, compressed."""
    return zlib.compress(msgspec.msgpack.encode(report, enc_hook=_plain), 6)


def unpacked(data: bytes) -> Report:
    """Return a report that was packed. Raises `Unreadable`."""
    try:
        inflate = zlib.decompressobj()
        plain = inflate.decompress(data, _LARGEST)
        if inflate.unconsumed_tail:
            raise Unreadable("the report is too large")
        return msgspec.msgpack.decode(plain, type=Report, dec_hook=_made)
    except (zlib.error, msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def _plain(value: object) -> object:
    if isinstance(value, Source):
        return plain_text(value)
    raise NotImplementedError


def _made(kind: type, value: Any) -> object:  # noqa: ANN401 - what msgspec has decoded
    if kind is object:  # a value of a finding's evidence
        return value
    if kind is Source:
        return made_of(msgspec.convert(value, Text))
    raise NotImplementedError
