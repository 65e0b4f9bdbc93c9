"""unreadable-file: the file is of another kind than a program, or can't be read at all."""

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
A submission is one text file with Python in it, in UTF-8 and of at most 64 kB. This file is
something else, so nothing in it was run: an archive, a document of a word processor, a web page
that the browser saved in place of the file behind it, a notebook under another name, a text in
another encoding, or a link. Or there is something around the program that isn't Python, such as the
marks of Markdown or of a merge.

An editor shows such a file much like a program, so look at its name, its size and the encoding that
the editor names. Most programs save in UTF-8 by default; PowerShell's `>` writes UTF-16.
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
