"""IPython's own syntax as plain Python: magics, commands for the shell, requests for help.

As in IPython (`core/inputtransformer2.py`), they only count at the start of a statement: a line
that begins with `%` inside brackets or a string is Python.
"""

from __future__ import annotations

import ast
import re
from typing import Final, NamedTuple

from grader.model.parsing import parsed

_OTHERS: Final = frozenset(
    [
        *("!", "bash", "cmd", "perl", "powershell", "script", "sh", "shell", "sx", "system"),
        *("bigquery", "bq", "sparksql", "sql", "cpp", "cuda", "cython", "R", "julia", "ruby"),
        *("rust", "javascript", "js", "html", "HTML", "svg", "SVG", "latex", "markdown", "md"),
        *("dot", "graphviz", "mermaid", "ai", "file", "writefile", "writetemplate"),
        *("python", "python2", "python3", "pypy"),
    ]
)
"""Cell magics under which the cell defines nothing here: it is another language's, runs in another
process, or is only written to a file."""
_COMMAND: Final = re.compile(r"\s*[%!?]")
_RESULT: Final = re.compile(r"(?P<start>(?:[^=!%'\"#()\[\]]|\[[^\]=]*\])+=\s*)(?P<command>[%!].*)")
"""`files = !ls`, `model = %time build()`."""
_TIMED: Final = re.compile(r"%time\s+(?P<code>[^\s-].*)")
_HELP: Final = re.compile(r"[\w*\])]\?{1,2}$")


_PLAIN: Final = re.compile(r"(?:cat|cd|conda|cp|ls|mamba|mkdir|mv|pip|pwd|rm|rmdir|uv)(?: .*)?")
"""Commands that need no `%` where they are alone in a cell."""


_PROMPTED: Final = re.compile(r">>>( |$)|In \[\d+\]: ")
_PROMPT: Final = re.compile(r"^(?:(>>>|\.\.\.)( |$)|In \[\d+\]: |\s*\.{3,}: ?)")


class _Place(NamedTuple):
    """Where a line ends: in how many brackets, in which quotes, and before a continued line."""

    depth: int = 0
    quote: str = ""
    continued: bool = False

    @property
    def ends_statement(self) -> bool:
        return self == _Place()


def without_magics(cell: str) -> str:
    """Return a cell with what only IPython understands blanked, if it isn't valid Python.

    Every line keeps its number, and lines that aren't Python stay as they are.
    """
    if is_python(cell):
        return cell
    if _PLAIN.fullmatch(cell.strip()):
        return ""
    plain = cell.replace("\r\n", "\n").replace("\r", "\n")
    lines = _without_prompts(_dedented(plain.split("\n")))
    magics, start = _cell_magics(lines)
    body = lines[start:]
    if not _OTHERS.isdisjoint(magics):
        return ""
    if magics:
        body = _dedented(body)
    by_statement = "\n".join([*[""] * start, *_by_statement(body)])
    if is_python(by_statement):
        return by_statement
    if magics and not any("def " in line for line in body):
        return ""  # it isn't meant to be Python
    return "\n".join([*[""] * start, *("" if _COMMAND.match(line) else line for line in body)])


def _cell_magics(lines: list[str]) -> tuple[list[str], int]:
    """Return the names of the magics that a cell begins with, and where the lines below begin."""
    names: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            names.append(line[2:].split(" ")[0].strip())
            start = number + 1
        elif line.strip():
            break
    return names, start


def holds_python(magic: str, body: str) -> bool:
    """Whether what stands under a cell magic defines something in the notebook."""
    if magic in _OTHERS:
        return False
    return "def " in body or bool(statements_of(without_magics(body)))


def is_python(text: str) -> bool:
    """Whether a text is valid Python, which nothing at all is, too."""
    return _module(text) is not None


def statements_of(text: str) -> list[ast.stmt]:
    """Return the statements of a text, none if it isn't valid Python."""
    module = _module(text)
    return module.body if module is not None else []


def _module(text: str) -> ast.Module | None:
    try:
        return parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _dedented(lines: list[str]) -> list[str]:
    """Remove the indentation of the first line from all: a cell may be indented as a whole."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _without_prompts(lines: list[str]) -> list[str]:
    """Remove the prompts of a session that was pasted in."""
    first = next((line for line in lines if line.strip()), "")
    return [_PROMPT.sub("", line) for line in lines] if _PROMPTED.match(first) else lines


def _by_statement(lines: list[str]) -> list[str]:
    """Return the lines with each statement that only IPython understands blanked."""
    found: list[str] = []
    place = _Place()
    while len(found) < len(lines):
        line = lines[len(found)]
        starts = place.ends_statement
        after, code = _scanned(line, place)
        if starts and (_COMMAND.match(line) or _RESULT.fullmatch(line) or _asks_for_help(code)):
            found += _blanked(lines[len(found) :])
        else:
            found.append(line)
            place = after
    return found


def _asks_for_help(code: str) -> bool:
    return _HELP.search(code.rstrip().removesuffix(";").rstrip()) is not None


def _blanked(lines: list[str]) -> list[str]:
    """Return what stands for the command in the first line, which may go on in the next ones."""
    count = 1
    while count < len(lines) and lines[count - 1].endswith("\\"):
        count += 1
    text = " ".join(line.removesuffix("\\").rstrip() for line in lines[:count])
    return [_python(text), *[""] * (count - 1)]


def _python(command: str) -> str:
    """Return what a command does to the notebook's names; `pass` in a block, which needs one."""
    indent = command[: len(command) - len(command.lstrip())]
    result = _RESULT.fullmatch(command)
    timed = _TIMED.fullmatch(result["command"] if result else command.strip())
    if timed is not None:
        code = f"{result['start'].strip()} {timed['code']}" if result else timed["code"]
        if statements_of(code):
            return indent + code
    return f"{indent}pass" if indent else ""


def _scanned(line: str, place: _Place) -> tuple[_Place, str]:
    """Return where a line ends, and what of it is in no string and no comment."""
    depth, quote, _ = place
    code: list[str] = []
    at = 0
    while at < len(line):
        char = line[at]
        if quote:
            ends = line.startswith(quote, at)
            at += 2 if char == "\\" else len(quote) if ends else 1
            quote = "" if ends and char != "\\" else quote
            continue
        if char == "#":
            break
        if char in "'\"":
            quote = char * 3 if line.startswith(char * 3, at) else char
            at += len(quote)
            code.append(" ")
            continue
        depth = max(depth + (char in "([{") - (char in ")]}"), 0)
        code.append(char)
        at += 1
    continued = line.endswith("\\") and at >= len(line)
    return _Place(depth, quote if len(quote) == 3 or continued else "", continued), "".join(code)
