"""import-failed: running the file from top to bottom raised."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence
from grader.evidence.exceptions import meaning, text_lines
from grader.exercise import Check
from grader.observation import COMPILER, Raised
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    loaded = evidence.transcript.loaded
    if not isinstance(loaded, Raised) or loaded.library == COMPILER:
        return
    told = meaning(loaded)
    yield Sighting(
        message=f"the file can't be imported: {loaded.exception}",
        label=f"raises {loaded.exception}",
        details=text_lines(loaded),
        why=f"{told.why} Nothing in the file can be used until all of its top level runs.".lstrip(),
        help=told.help,
        span=loaded.frames[0].span if loaded.frames else None,
        evidence={"exception": loaded.exception, "text": loaded.message},
    )


RULE = Rule(
    id="import-failed",
    check=Check.LOADS,
    title="the file can't be imported",
    explanation="""\
To get at your function, the file is imported: all that stands at its top level is run, from the
first line to the last. Something there raised an exception, so the function was never reached.

Usually it is an import of a module that doesn't exist or isn't installed, a name that a module
doesn't have, or a trial call at the end of the file. Keep trial calls under
`if __name__ == "__main__":`, where they only run when you start the file yourself.
""",
    wrong="""\
import flax.linnen as nn


def forward(seed, x, features):
    return x
""",
    right=RIGHT,
    link="https://docs.python.org/3/tutorial/modules.html",
    find=_find,
)
