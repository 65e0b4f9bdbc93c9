"""What only compiling a file shows is a syntax error; what running it raises isn't."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.observation import COMPILER, Frame, Raised, Span
from grader.model.source import Source
from grader.model.transcript import Transcript

PLACE = Span(line=1, column=1, end_line=1, end_column=6)


def loaded(library: str | None) -> Transcript:
    raised = Raised(
        exception="SyntaxError",
        module="builtins",
        bases=("Exception",),
        message="too many nested parentheses",
        frames=(Frame(function="<module>", span=PLACE),),
        library=library,
    )
    exercise = exercises()[0].exercise
    return Transcript(exercise=exercise, source=Source("file.py", "x = 1\n"), loaded=raised)


def test_an_error_of_the_compiler_is_shown_where_it_found_it() -> None:
    (finding,) = judge(loaded(COMPILER))
    assert (finding.rule, finding.span) == ("syntax-error", PLACE)
    assert finding.evidence == {"error": "too many nested parentheses"}


def test_an_error_of_compiling_something_else_is_an_import_that_failed() -> None:
    (finding,) = judge(loaded(None))
    assert finding.rule == "import-failed"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x = 1 \u2212 2", "write - instead of \u2212: Python has no such sign"),
        ("x \uff1d 1", "write = instead of \uff1d: Python has no such sign"),
        ("f\uff081)", "write ( instead of \uff08: Python has no such sign"),
        ("x \u2260 1", "write != instead of \u2260: Python has no such sign"),
        ("x = \u201ca\u201d", "type it again: Python's quotes are \" and '"),
        ("x = \u00aba\u00bb", "type it again: Python's quotes are \" and '"),
        ("x = 1 \u20ac 2", "replace the character: Python allows it only in strings and comments"),
    ],
)
def test_a_character_that_looks_like_another_is_told_which_it_is(line: str, says: str) -> None:
    exercise = exercises()[0].exercise
    (finding,) = judge(Transcript(exercise=exercise, source=Source("file.py", f"{line}\n")))
    assert finding.help == says
