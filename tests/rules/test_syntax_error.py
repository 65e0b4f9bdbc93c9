"""What only compiling a file shows is a syntax error; what running it raises isn't."""

from __future__ import annotations

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
