"""unreadable-file: the file isn't a program, or can't be read at all."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.model.exercise import Check
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    unfit = evidence.source.unfit
    if unfit is not None:
        yield Sighting(
            message=unfit.message,
            label="here",
            help=unfit.help,
            span=evidence.source.whole_line(unfit) if unfit.line is not None else None,
            evidence={"reason": unfit.message},
        )


RULE = Rule(
    id="unreadable-file",
    check=Check.LOADS,
    title="the file can't be read as a Python program",
    explanation="""\
A submission is one text file with Python code, in UTF-8, of at most 64 kB. This file is something
else, so nothing in it was run: an archive, a word processor document, a web page that the browser
saved instead of the file, a notebook with another file extension, a text in another encoding, or a
link. Or there is something around the program that isn't Python, such as Markdown or merge conflict
markers.

An editor may show such a file like a program, so check its name, its size and the encoding that the
editor displays. Most programs save in UTF-8 by default; PowerShell's `>` writes UTF-16.
""",
    wrong="""\
<!DOCTYPE html>
<html>
<body>
<pre>
def forward(seed, x, features):
    return x
</pre>
</body>
</html>
""",
    right=RIGHT,
    link="https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations",
    find=_find,
    hides=frozenset({"syntax-error", "missing-function"}),
)
