"""A trace: a fingerprint of how a program computes its output, and the scope it covers."""

from __future__ import annotations

import re
from enum import StrEnum, unique

import msgspec

from grader.model.observation import Few, Span, Text, Word


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace covers.

    `symbolic` names the dimensions that were left open, in the exercise's order; `sizes` has the
    others. `numbers` are the values of the exercise's `Number` parameters, `others` those of its
    flags and choices; `left_out` are optional parameters that aren't passed. Seeds, keys and arrays
    are always symbolic.
    """

    symbolic: Few[Word]
    sizes: dict[str, int] = {}
    numbers: dict[str, float] = {}
    others: dict[str, bool | str] = {}
    left_out: Few[Word] = ()


@unique
class Asked(StrEnum):
    """What a program asked of a stand-in that the real value would answer differently."""

    COMPARISON = "comparison"
    KEY = "key"
    TEXT = "text"
    KIND = "kind"
    DIVISION = "division"
    NUMBER = "number"
    VALUE = "value"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A question that the program asked of a stand-in, and where its text asks it."""

    asked: Asked
    span: Span


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True, tag="fingerprint"):
    """The program in `scope`, as a hash of how it computes its output.

    `detail` says what the hash can't vouch for, and `decisions` by what the program decided. Both
    are empty when it vouches for all of `scope`: with one of them, an equal digest recognises a
    program and proves nothing.
    """

    scope: Scope
    digest: Word
    detail: Text = ""
    decisions: Few[Decision] = ()


class Untraceable(msgspec.Struct, frozen=True, kw_only=True, tag="untraceable"):
    """There is no fingerprint; `reason` is the error that ended the trace, in one line."""

    scope: Scope
    reason: Text


Trace = Fingerprint | Untraceable


_PLAIN = {
    "TracerArrayConversionError": "makes a NumPy array of a result while it runs",
    "TracerIntegerConversionError": "makes a Python number of a result while it runs",
    "ConcretizationTypeError": "makes a Python number of a result while it runs",
    "TracerBoolConversionError": "decides by a value while it runs",
    "InconclusiveDimensionOperation": "decides by a size while it runs",
}


_UNHASHABLE = r"TypeError: unhashable type: '\w*Tracer'"


def in_plain_words(reason: str) -> str:
    """Say why a program could not be traced."""
    if re.match(_UNHASHABLE, reason):
        return "looks something up by a value while it runs"
    name = reason.partition(":")[0]
    return _PLAIN.get(name, f"could not be traced ({reason})")
