"""syntax-error: the file isn't valid Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from grader.evidence import Evidence
from grader.evidence.edits import Edits, syntax_edits
from grader.evidence.notation import shortened
from grader.model.edit import shifted
from grader.model.exercise import Check
from grader.model.observation import COMPILER, LoadOutcome, Raised
from grader.model.source import Source, SyntaxFault
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_ADVICE: Final = (
    (
        r"invalid character .*U\+(20(18|19|1A|1B|1C|1D|1E|1F|39|3A)|00(AB|BB|B4))",
        "type it again: Python's quotes are \" and '",
    ),
    (
        r"invalid non-printable character",
        "delete the character, and type a plain space if one is needed",
    ),
    (r"invalid character", "replace the character: Python allows it only in strings and comments"),
    (r"tabs and spaces", "indent all lines with spaces: let the editor convert its tabs"),
    (r"expected an indented block", "indent the lines that belong to the block, or write pass"),
    (r"unindent does not match", "give the line the same indentation as a line above it"),
    (r"unexpected indent", "remove the spaces at the start of the line"),
    (r"Missing parentheses in call", "put parentheses around what is printed"),
    (r"expected ':'", "end the line with a colon"),
    (r"was never closed", "close it after what belongs inside"),
    (r"unmatched|does not match", "check that each bracket on the line has a matching one"),
    (r"unterminated", "end the string with the same quote that it starts with"),
    (r"'return' outside", "indent it, so that it belongs to the function"),
    (r"levels deep", "split it into several statements"),
)
_MEANT: Final = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "\u00d7": "*",
    "\u22c5": "*",
    "\u00b7": "*",
    "\u00f7": "/",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u3002": ".",
    "\u3001": ",",
}
"""What Python writes for characters that a word processor or another keyboard puts in."""
_NEAR: Final = "look at this line and at the end of the one before it"

_CHARACTERS: Final = {":": "end the line with a colon", ",": "put a comma between the two"}


def _advice(message: str) -> str:
    """Return one next step for Python's message."""
    odd = re.match(r"invalid character '(.)'", message)
    meant = _plain(odd[1]) if odd is not None else ""
    if odd is not None and meant:
        return f"write {meant} instead of {odd[1]}: Python has no such sign"
    return next((advice for words, advice in _ADVICE if re.search(words, message)), _NEAR)


def _plain(character: str) -> str:
    """Return what a program has for a character of another width or kind; empty if unknown."""
    plain = _MEANT.get(character, unicodedata.normalize("NFKC", character))
    return plain if plain != character and plain.isascii() and plain.strip() else ""


def _find(evidence: Evidence) -> Iterator[Sighting]:
    fault = evidence.source.syntax_fault or _found_by_compiling(evidence.transcript.loaded)
    if fault is not None:
        yield sighting(evidence.source, fault)


def sighting(source: Source, fault: SyntaxFault) -> Sighting:
    """Say where a file stops to be Python."""
    edits = _edits(source, fault)
    file = source.called(fault.span)
    return Sighting(
        message=f"Python can't read {file}: {shortened(fault.message, 80)}",
        label="Python stops here",
        help=_exactly(edits) or _advice(fault.message),
        span=fault.span,
        edits=edits,
        evidence={"error": fault.message},
    )


def _edits(source: Source, fault: SyntaxFault) -> Edits:
    """Make a program of the file with the fault; what stands in the others doesn't matter."""
    file, span = source.place(fault.span)
    return shifted(source, file, syntax_edits(file, SyntaxFault(message=fault.message, span=span)))


def _exactly(edits: Edits) -> str:
    """Say which character to write, if it is a single one."""
    if len(edits) != 1 or not edits[0].text.strip():
        return ""
    (edit,) = edits
    where = "here" if edit.span.start != edit.span.end else f"at column {edit.span.column}"
    return _CHARACTERS.get(edit.text, f"write {edit.text} {where}")


def _found_by_compiling(loaded: LoadOutcome) -> SyntaxFault | None:
    """Return what only the worker can see, since it compiles the file."""
    if isinstance(loaded, Raised) and loaded.library == COMPILER and loaded.frames:
        return SyntaxFault(message=loaded.message, span=loaded.frames[-1].span)
    return None


RULE = Rule(
    id="syntax-error",
    check=Check.LOADS,
    title="the file is not valid Python",
    explanation="""\
Python reads a whole file before it runs any of it. If it finds something that isn't valid Python,
such as a missing colon, a bracket that is never closed or an indentation that doesn't match any
block, it stops, and nothing in the file can be used.

The report shows where Python noticed. The cause is often a little earlier: a bracket that was
opened on the line above, or a string that never ended.
""",
    wrong="""\
def forward(seed, x, features)
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/errors.html#syntax-errors",
    find=_find,
)
