"""A trace: a fingerprint of how a program computes its output, and the scope it covers."""

from __future__ import annotations

import msgspec

from grader.model.observation import Few, Text, Word


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace covers.

    `symbolic` names the dimensions that were left open, in the exercise's order; `sizes` has the
    others. `numbers` are the values of the exercise's `Number` parameters. Seeds and arrays are
    always symbolic.
    """

    symbolic: Few[Word]
    sizes: dict[str, int] = {}
    numbers: dict[str, float] = {}


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True, tag="fingerprint"):
    """The program in `scope`, as a hash of how it computes its output.

    `detail` says what the hash doesn't guarantee, empty if it's valid for all of `scope`: if there
    is a detail, an equal digest recognises a program but proves nothing.
    """

    scope: Scope
    digest: Word
    detail: Text = ""


class Untraceable(msgspec.Struct, frozen=True, kw_only=True, tag="untraceable"):
    """There is no fingerprint; `reason` is the error that ended the trace, in one line."""

    scope: Scope
    reason: Text


Trace = Fingerprint | Untraceable
