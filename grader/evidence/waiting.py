"""Code that waits for a person: leftover breakpoints, consoles and input, and their places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from grader.evidence.meaning import Meaning
from grader.evidence.origins import called
from grader.model.observation import Raised, Span
from grader.model.source import Source

_STOPS: Final = frozenset({"breakpoint", "set_trace", "post_mortem", "pm", "embed", "interact"})
_DEBUGGERS: Final = frozenset(
    {"ipdb", "pudb", "pdbpp", "web_pdb", "wdb", "rpdb", "remote_pdb", "debugpy", "IPython"}
)
_WHY: Final = "The program is graded without a person at the keyboard, so the debugger stops it."


def waiting(raised: Raised, source: Source) -> Meaning | None:
    """Explain an exception that a debugger or a question to the user raised."""
    names = (raised.exception, *raised.bases)
    if "BdbQuit" in names:
        return _stopped(source, _before(source, raised))
    if "EOFError" in names and raised.message.startswith("EOF when reading a line"):
        return _asked()
    if _reads_stdin(source, raised):
        return _asked()
    if _reads_command_line(source, raised):
        return _COMMAND_LINE
    missing = re.match(r"No module named '(\w+)", raised.message)
    if missing and missing[1] in _DEBUGGERS:
        return _debugger_missing(missing[1], source)
    return None


_COMMAND_LINE: Final = Meaning(
    message="the program reads a command line, but there is none",
    label="reads the command line",
    why="The file is imported and its function called, so sys.argv holds no arguments.",
    help="take the value from the function's arguments, or write it into the program",
)


def _reads_command_line(source: Source, raised: Raised) -> bool:
    """Whether an item or a part of `sys.argv` was missing, on a line that names it."""
    missing = "out of range" in raised.message or "to unpack" in raised.message
    if not missing or raised.library is not None or raised.place is None:
        return False
    line = raised.place.line
    return any(
        isinstance(node, ast.Attribute) and node.attr == "argv" and node.lineno == line
        for node in source.nodes
    )


def stop_at(source: Source, span: Span | None) -> Meaning | None:
    """Explain why a program ended at `span`, if a debugger is called there."""
    call = source.call_at(span)
    return _stopped(source, call) if call is not None and _stops(call) else None


def _stopped(source: Source, call: ast.Call | None) -> Meaning:
    if call is None:
        return Meaning(
            message="a debugger stops the program",
            why=_WHY,
            help="delete the call that starts it",
        )
    text = ast.unparse(call)
    return Meaning(
        message=f"`{text}` is still in the program",
        label="stops here for a debugger",
        why=_WHY,
        help=removal(source, call, text),
        span=source.span(call),
    )


def _reads_stdin(source: Source, raised: Raised) -> bool:
    """Whether a call that failed on an empty text got it from standard input."""
    call = source.call_at(raised.place)
    return call is not None and "''" in raised.message and "stdin" in ast.unparse(call)


def _asked() -> Meaning:
    return Meaning(
        message="the program asks its user for input",
        label="waits for input",
        why="Nobody sits at the keyboard during grading, so there is no input.",
        help="take the value from the function's arguments, or write it into the program",
    )


def _debugger_missing(name: str, source: Source) -> Meaning:
    calls = [ast.unparse(call) for call in _calls(source) if _stops(call)]
    uses = f", and {calls[0]} with it" if calls else ""
    return Meaning(
        message=f"{name}, which is for debugging, is still in the program",
        why=f"{name} isn't installed where the program is graded, and nobody could use it there.",
        help=f"delete the import{uses}",
    )


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in source.nodes if isinstance(node, ast.Call))


def _stops(call: ast.Call) -> bool:
    """Whether a call is one of a debugger or a console, by its name."""
    return called(call) in _STOPS


def _before(source: Source, raised: Raised) -> ast.Call | None:
    """Return the call that started the debugger, which stops at the statement after it.

    That is the nearest call before that statement, in the same function; in a loop it may come
    after it.
    """
    place = raised.place
    calls = sorted((each for each in _calls(source) if _stops(each)), key=lambda each: each.lineno)
    if place is None:
        return calls[0] if len(calls) == 1 else None
    own = [each for each in calls if _home(source, each.lineno) == _home(source, place.line)]
    near = own or (calls if len(calls) == 1 else [])
    earlier = [each for each in near if each.lineno <= place.line]
    return next(reversed(earlier or near), None)


def _home(source: Source, line: int) -> int:
    """Return the first line of the innermost function around a line; 0 at the top."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    around = [
        node.lineno
        for node in source.nodes
        if isinstance(node, kinds) and node.lineno <= line <= source.span(node).end_line
    ]
    return max(around, default=0)


def removal(source: Source, call: ast.Call, text: str) -> str:
    """Say how to remove a call; if it is alone in its block, pass has to replace it."""
    blocks = (
        block
        for node in source.nodes
        if not isinstance(node, ast.Module)
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        if isinstance(block, list) and len(block) == 1
    )
    alone = any(isinstance(b[0], ast.Expr) and b[0].value is call for b in blocks)
    return f"write pass instead of {text}" if alone else f"delete {text}"
