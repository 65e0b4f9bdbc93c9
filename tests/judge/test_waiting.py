"""What a program is told that waits for a person: a breakpoint, a question, a command line."""

from __future__ import annotations

import pytest

from grader.evidence.meaning import Meaning
from grader.evidence.waiting import stop_at, waiting
from grader.model.observation import Frame, Raised, Span
from grader.model.source import Source
from tests.judge.marks import marked

PROGRAM = """\
import sys
def helper(x):
    breakpoint()
    return x
def f(x):
    for y in x:
        z = y
        if z:
            pdb.set_trace(header='here')
    a, b = sys.argv[1:]
    n = int(sys.stdin.read())
    return sys.argv[3], int(x)
"""


def raised(
    exception: str = "ValueError",
    message: str = "",
    line: int | None = None,
    call: str = "",
    bases: tuple[str, ...] = ("Exception",),
    library: str | None = None,
) -> Raised:
    frames = () if line is None else (Frame(function="f", span=place(PROGRAM, line, call)),)
    return Raised(
        exception=exception,
        module="builtins",
        bases=bases,
        message=message,
        frames=frames,
        library=library,
    )


def place(text: str, line: int, part: str) -> Span:
    written = text.splitlines()[line - 1]
    start = written.index(part) + 1
    return Span(line=line, column=start, end_line=line, end_column=start + len(part))


def told(one: Raised, text: str = PROGRAM) -> Meaning | None:
    return waiting(one, Source("s.py", text))


STOPPED = {
    "in the helper": (4, "breakpoint()"),
    "after a loop": (10, "pdb.set_trace(header='here')"),
    "in a loop, before it": (7, "pdb.set_trace(header='here')"),
    "at the call": (9, "pdb.set_trace(header='here')"),
}


@pytest.mark.parametrize(("line", "call"), STOPPED.values(), ids=STOPPED)
def test_a_debugger_is_found_by_the_statement_that_it_stops_at(line: int, call: str) -> None:
    found = told(raised("BdbQuit", line=line))
    assert found is not None
    assert call in found.message
    assert marked(Source("s.py", PROGRAM), found.span) == call


def test_a_debugger_is_found_by_a_class_that_derives_from_its_exception() -> None:
    assert told(raised("MyQuit", line=4, bases=("BdbQuit", "Exception"))) is not None
    assert told(raised("MyQuit", line=4)) is None


UNPLACED = {
    "two of them": PROGRAM,
    "none": "def f(x):\n    return x\n",
    "one of another name": "def f(x):\n    debug()\n",
}


@pytest.mark.parametrize("text", UNPLACED.values(), ids=UNPLACED)
def test_a_debugger_that_could_be_anywhere_is_not_placed(text: str) -> None:
    found = told(raised("BdbQuit"), text)
    assert found is not None
    assert found.span is None
    assert found.help == "delete the call that starts it"


def test_the_only_one_is_it_wherever_the_program_stopped() -> None:
    text = "def g():\n    breakpoint()\n    pass\ndef f(x):\n    g()\n    return x\n"
    for one in (raised("BdbQuit"), raised("BdbQuit", line=6)):
        found = told(one, text)
        assert found is not None
        assert found.help == "delete breakpoint()"
    other = text.replace("pass\n", "pass\ndef h():\n    pm()\n")
    assert told(raised("BdbQuit", line=8), other) == Meaning(
        message="a debugger stops the program",
        why="The program is graded without a person at the keyboard, so the debugger stops it.",
        help="delete the call that starts it",
    )


REMOVED = {
    "if x:\n    breakpoint()": "write pass instead of breakpoint()",
    "if x:\n    y = 1\nelse:\n    breakpoint()": "write pass instead of breakpoint()",
    "try:\n    y = 1\nfinally:\n    breakpoint()": "write pass instead of breakpoint()",
    "if x:\n    breakpoint()\n    y = 1": "delete breakpoint()",
    "breakpoint()": "delete breakpoint()",
    "if x:\n    y = breakpoint()": "delete breakpoint()",
}


@pytest.mark.parametrize(("text", "advice"), REMOVED.items())
def test_a_call_that_is_alone_in_its_block_is_replaced(text: str, advice: str) -> None:
    source = Source("s.py", text)
    line = next(n for n, each in enumerate(source.lines, 1) if "breakpoint" in each)
    found = stop_at(source, place(text, line, "breakpoint()"))
    assert found is not None
    assert found.help == advice


def test_a_program_that_ends_elsewhere_was_not_stopped() -> None:
    source = Source("s.py", "x = exit(1)\n")
    assert stop_at(source, place("x = exit(1)", 1, "exit(1)")) is None
    assert stop_at(source, None) is None


ASKING = {
    "input()": raised("EOFError", "EOF when reading a line"),
    "a subclass": raised("Ended", "EOF when reading a line", bases=("EOFError",)),
    "an empty text": raised(
        message="invalid literal for int() with base 10: ''", line=11, call="int(sys.stdin.read())"
    ),
}
NOT_ASKING = {
    "the end of a file": raised("EOFError", "Ran out of input"),
    "its words alone": raised("ValueError", "EOF when reading a line"),
    "another text": raised(message="invalid literal: 'a'", line=11, call="int(sys.stdin.read())"),
    "another call": raised(message="invalid literal: ''", line=12, call="int(x)"),
    "no place": raised(message="invalid literal: ''"),
}


@pytest.mark.parametrize("one", ASKING.values(), ids=ASKING)
def test_a_question_is_recognised(one: Raised) -> None:
    found = told(one)
    assert found is not None
    assert found.label == "waits for input"


@pytest.mark.parametrize("one", NOT_ASKING.values(), ids=NOT_ASKING)
def test_other_errors_are_no_question(one: Raised) -> None:
    assert told(one) is None


COMMAND_LINE = {
    "an item": raised("IndexError", "list index out of range", line=12, call="sys.argv[3]"),
    "parts": raised(message="not enough values to unpack (expected 2, got 0)", line=10),
}
NOT_COMMAND_LINE = {
    "another line": raised("IndexError", "list index out of range", line=7),
    "no place": raised("IndexError", "list index out of range"),
    "within a library": raised("IndexError", "index out of range", line=12, library="numpy.take"),
    "another error": raised("TypeError", "unsupported operand", line=12),
}


@pytest.mark.parametrize("one", COMMAND_LINE.values(), ids=COMMAND_LINE)
def test_a_missing_command_line_is_recognised(one: Raised) -> None:
    found = told(one)
    assert found is not None
    assert found.label == "reads the command line"


@pytest.mark.parametrize("one", NOT_COMMAND_LINE.values(), ids=NOT_COMMAND_LINE)
def test_other_errors_are_of_no_command_line(one: Raised) -> None:
    assert told(one) is None


def test_a_debugger_that_is_not_installed_is_for_debugging() -> None:
    missing = raised("ModuleNotFoundError", "No module named 'ipdb'", line=1)
    found = told(missing, "import ipdb\ndef f(x):\n    ipdb.set_trace()\n    return x\n")
    assert found is not None
    assert found.help == "delete the import, and ipdb.set_trace() with it"
    unused = told(missing, "import ipdb\ndef f(x):\n    return g(x)\n")
    assert unused is not None
    assert unused.help == "delete the import"
    assert told(raised("ModuleNotFoundError", "No module named 'torch'", line=1)) is None
