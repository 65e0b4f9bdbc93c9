"""The text of a submission, and where things are in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from grader.model.filekind import Unfit
from grader.model.names import Names, binds, names_of
from grader.model.observation import Point, Span
from grader.model.parsing import parsed
from grader.model.textkind import is_notebook, kind_of, notebook

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Located = ast.expr | ast.stmt | ast.excepthandler | ast.keyword | ast.alias | ast.arg


class SyntaxFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the text isn't Python, in Python's words, and where."""

    message: str
    span: Span


class Placed(NamedTuple):
    """A place as people know it: a file, and a span whose lines are counted in that file."""

    file: Source
    span: Span


_START: Final = Span(line=1, column=1, end_line=1, end_column=1)
_DEEPEST: Final = 120
"""How deep a syntax tree may be. Code written by people isn't 40 levels deep. Functions that walk
a tree recurse at each level, some of them in C."""
_DEEPER: Final = f"the file is nested more than {_DEEPEST} levels deep, the most that is graded"


class Source:
    """A submission's text and the name that reports use for it.

    Nothing here runs the text. Lines and columns are 1-based and count characters, as in `Span`.
    `unread` says why the file's bytes could not be read as text. A submission of several files is
    a `SeveralFiles`.
    """

    def __init__(self, name: str, text: str, unread: Unfit | None = None) -> None:
        self.name = name
        self.text = text
        self.unread = unread
        self._no_functions: set[str] = set()

    # ----------------------------------------------------------------------------------- files

    @property
    def files(self) -> tuple[Source, ...]:
        """The files of the program, the one that was graded first; itself if it is alone."""
        return (self,)

    def place(self, span: Span) -> Placed:
        """Return the file that a span is in, and the span in that file."""
        return Placed(self, span)

    def number(self, span: Span) -> int:  # noqa: ARG002 - see `SeveralFiles`
        """Return the number of the file that a span starts in."""
        return 0

    def lines_before(self, file: int) -> int:  # noqa: ARG002 - see `SeveralFiles`
        """Return how many lines of the program are before the file with this number."""
        return 0

    def shifted(self, file: int, span: Span) -> Span:  # noqa: ARG002 - see `SeveralFiles`
        """Return the span of the program for one of the file with this number."""
        return span

    def part(self, span: Span | None) -> Source:  # noqa: ARG002 - see `SeveralFiles`
        """Return what the file with a span alone says: its names, and its own statements.

        Spans are those of the program.
        """
        return self

    def reading(self, span: Span | None) -> Source:  # noqa: ARG002 - see `SeveralFiles`
        """Return where the names at a span can be followed: in the program, or in one file."""
        return self

    @property
    def readings(self) -> tuple[Source, ...]:
        """The texts in each of which names can be followed: together, they are the program."""
        return (self,)

    def home(self, name: str) -> tuple[Source, str]:
        """Return where the names of a top-level function's text can be followed, and its name."""
        return self, name

    def with_texts(self, texts: Sequence[str]) -> Source:
        """Return the program with other texts in its files."""
        return Source(self.name, texts[0], self.unread)

    def moved(self, path: str, change: Callable[[str], str] = str) -> Source:
        """Return the program as if its main file were at `path`, with a change of each text."""
        return Source(path, change(self.text), self.unread)

    def called(self, span: Span | None, main: str = "the file") -> str:
        """Return what a message calls the file that a span is in."""
        if span is None:
            return main
        file = self.place(span).file
        return main if file is self.files[0] else file.base

    @property
    def base(self) -> str:
        """The name without its folder: `helpers.py`."""
        return re.split(r"[/\\]", self.name)[-1]

    # ------------------------------------------------------------------------------------ text

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines as Python counts them, without line ends."""
        normal = self.text.replace("\r\n", "\n").replace("\r", "\n")
        return tuple(normal.split("\n"))

    @cached_property
    def _parsed(self) -> ast.Module | SyntaxFault:
        """The syntax tree, or why there is none.

        The text is only parsed here: CPython 3.13's compiler crashed on a page of nested
        comprehensions, so a worker compiles it, which may crash.
        """
        if self.unread is not None:
            return SyntaxFault(message=self.unread.message, span=self.whole_line(self.unread))
        try:
            tree = parsed(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return self.fault(error)
        deep = next((each for each in tree.body if not _is_shallow(each)), None)
        return tree if deep is None else SyntaxFault(message=_DEEPER, span=self.span(deep))

    @cached_property
    def unfit(self) -> Unfit | None:
        """Why the file isn't a program, even if Python accepts it; None if it may be one."""
        if self.unread is not None:
            return self.unread
        if is_notebook(self.text):
            return notebook()
        if isinstance(self._parsed, ast.Module):
            return None
        stops = self._parsed.span.line
        if self._parsed.message == _DEEPER:
            line = None if self._parsed.span == _START else stops
            return Unfit(_DEEPER, "split the statement into several", line)
        return kind_of(self.text, stops, lambda text: Source("", text).tree is not None)

    def whole_line(self, unfit: Unfit) -> Span:
        """Return the line that makes a file unfit, the first line if the whole file is."""
        line = min(unfit.line or 1, len(self.lines))
        text = self.lines[line - 1]
        start = len(text) - len(text.lstrip())
        end = max(len(text.rstrip()), start)
        return Span(line=line, column=start + 1, end_line=line, end_column=end + 1)

    @property
    def tree(self) -> ast.Module | None:
        """The syntax tree, None if the text isn't Python."""
        return self._parsed if isinstance(self._parsed, ast.Module) else None

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the syntax tree, outer ones first; none if the text isn't Python."""
        return tuple(ast.walk(self.tree)) if self.tree is not None else ()

    @cached_property
    def names(self) -> Names:
        """What the names of the text refer to; nothing if it isn't Python."""
        return names_of(self.tree) if self.tree is not None else Names()

    @property
    def body(self) -> list[ast.stmt]:
        """The statements at the top of the file; none if the text isn't Python."""
        return self.tree.body if self.tree is not None else []

    @cached_property
    def syntax_fault(self) -> SyntaxFault | None:
        """Why the text isn't Python, None if it is; not what only compiling shows."""
        if isinstance(self._parsed, SyntaxFault):
            return self._parsed
        for statement in _top_statements(self._parsed.body):
            if isinstance(statement, ast.Return):
                return SyntaxFault(message="'return' outside function", span=self.span(statement))
        return None

    def fault(self, error: Exception) -> SyntaxFault:
        """Say what Python raised when it parsed or compiled the text, and where."""
        if "\0" in self.text:
            return SyntaxFault(message="the file contains a null byte", span=self._null_span())
        if isinstance(error, SyntaxError):
            return SyntaxFault(message=error.msg, span=self._fault_span(error))
        if isinstance(error, RecursionError | MemoryError):
            return SyntaxFault(message=_DEEPER, span=_START)
        return SyntaxFault(message=str(error), span=_START)

    def _fault_span(self, error: SyntaxError) -> Span:
        """Return where Python points; its columns count characters here, and 0 means unknown."""
        line = min(max(error.lineno or 1, 1), len(self.lines))
        width = len(self.lines[line - 1])
        column = min(max(error.offset or 1, 1), width + 1)
        same_line = error.end_lineno == line and (error.end_offset or 0) > column
        end = min(error.end_offset or column, width + 1) if same_line else width + 1
        return Span(line=line, column=column, end_line=line, end_column=max(end, column))

    def _null_span(self) -> Span:
        line = next((n for n, text in enumerate(self.lines, 1) if "\0" in text), 1)
        column = self.lines[line - 1].find("\0") + 1 or 1
        return Span(line=line, column=column, end_line=line, end_column=column + 1)

    # ----------------------------------------------------------------------------------- spans

    def span(self, node: Located) -> Span:
        """Return the text that `node` was parsed from, as a span."""
        end_line = node.end_lineno or node.lineno
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
        return Span(
            line=node.lineno,
            column=self._column(node.lineno, node.col_offset),
            end_line=end_line,
            end_column=self._column(end_line, end),
        )

    def _column(self, line: int, offset: int) -> int:
        """Convert the syntax tree's offset, in UTF-8 bytes, to a column."""
        if not 1 <= line <= len(self.lines):
            return offset + 1
        encoded = self._encoded[line - 1]
        if encoded is None:
            return offset + 1
        return len(encoded[:offset].decode("utf-8", "replace")) + 1

    @cached_property
    def _encoded(self) -> tuple[bytes | None, ...]:
        """The lines in UTF-8, None where their characters are single bytes."""
        return tuple(
            None if text.isascii() else text.encode("utf-8", "replace") for text in self.lines
        )

    def text_of(self, node: Located) -> str:
        """Return the text of a node."""
        span = self.span(node)
        return self.text_between(span.start, span.end)

    def segment(self, node: ast.expr | ast.stmt) -> str | None:
        """Return the text of an expression or a statement, without decorators."""
        return ast.get_source_segment(self.text, node)

    def text_between(self, start: Point, end: Point) -> str:
        """Return the text between two places."""
        lines = list(self.lines[start[0] - 1 : end[0]])
        lines[-1] = lines[-1][: end[1] - 1]
        lines[0] = lines[0][start[1] - 1 :]
        return "\n".join(lines)

    def head(self, node: ast.stmt) -> Span:
        """Return the first line of a statement, for statements that are too long to mark whole."""
        span = self.span(node)
        if span.line == span.end_line:
            return span
        end = len(self.lines[span.line - 1].rstrip()) + 1
        return Span(line=span.line, column=span.column, end_line=span.line, end_column=end)

    # --------------------------------------------------------------------------------- look-ups

    @cached_property
    def _calls(self) -> dict[Span, ast.Call]:
        calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        return {self.span(call): call for call in calls}

    def call_at(self, span: Span | None) -> ast.Call | None:
        """Return the call expression at `span`, None if there is none.

        In Python 3.11, a call in a chain of methods over several lines starts at its attribute, so
        only the end has to match, which no two calls share.
        """
        if span is None:
            return None
        exact = self._calls.get(span)
        if exact is not None:
            return exact
        ending = [call for each, call in self._calls.items() if each.end == span.end]
        return ending[0] if len(ending) == 1 else None

    def decorator_at(self, span: Span | None) -> ast.expr | None:
        """Return the decorator at `span`, None if there is none."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found = [each for each in node.decorator_list if self.span(each) == span]
                if found:
                    return found[0]
        return None

    def bindings(self) -> Iterator[tuple[str, ast.stmt]]:
        """Yield the names that the file binds at its top level, and the statements that bind them.

        Blocks that always or sometimes run at import (`if`, `try`, `with`, loops) count, too.
        """
        return iter(self._bindings)

    @cached_property
    def _bindings(self) -> tuple[tuple[str, ast.stmt], ...]:
        top = _top_statements(self.body)
        return tuple((name, each) for each in top for name in _names_bound(each))

    @cached_property
    def _bound_last(self) -> dict[str, ast.stmt]:
        return dict(self._bindings)

    def function(self, name: str) -> Function | None:
        """Return the function that `name` refers to: a `def`, a lambda, or a wrapped one.

        `f = jax.jit(g)` and `f = g` lead to `g`, if the file defines it. `C.m` is a method that the
        class `C` itself defines.
        """
        if "." in name:
            return self._method(*name.split(".", 1))
        waiting: list[str | ast.Lambda] = [name]
        seen: set[str] = set()
        while waiting:
            each = waiting.pop()
            if isinstance(each, ast.Lambda):
                return each
            if each in seen or each in self._no_functions:
                continue
            seen.add(each)
            statement = self._bound_last.get(each)
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                return statement
            waiting.extend(reversed(_stood_for(statement)))
        self._no_functions |= seen
        return None

    def class_called(self, name: str) -> ast.ClassDef | None:
        """Return the class that `name` refers to, if the file defines it: `C = D` leads to `D`."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            statement = self._bound_last.get(name)
            if isinstance(statement, ast.ClassDef):
                return statement
            names = [each for each in _stood_for(statement) if isinstance(each, str)]
            name = next((each for each in names if each in self._bound_last), name)
        return None

    def _method(self, name: str, method: str) -> Function | None:
        found = self.class_called(name)
        defined = (
            (each for each in found.body if isinstance(each, ast.FunctionDef)) if found else ()
        )
        return next((each for each in defined if each.name == method), None)

    def may_define(self, name: str) -> bool:
        """Whether importing the file may define something called `name`.

        `from x import *` and functions that access namespaces may bind any name.
        """
        if any(bound in {name, "*"} for bound, _ in self.bindings()):
            return True
        names = {node.id for node in self.nodes if isinstance(node, ast.Name)}
        return bool(names & {"globals", "exec", "setattr", "vars", "locals"})

    def definition(self, name: str) -> Span | None:
        """Return the line that binds `name` last: for a function the `def`, not its decorators."""
        found = self._bound_last.get(name)
        return self.head(found) if found is not None else None


def _is_shallow(statement: ast.stmt) -> bool:
    level: list[ast.AST] = [statement]
    for _ in range(_DEEPEST - 1):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return not level


def _top_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _top_statements(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", []):
            yield from _top_statements(handler.body)
        for case in getattr(statement, "cases", []):
            yield from _top_statements(case.body)


def _stood_for(statement: ast.stmt | None) -> list[str | ast.Lambda]:
    """Return the names and lambdas in the value that a statement binds, outermost first."""
    value = getattr(statement, "value", None)
    nodes = ast.walk(value) if isinstance(value, ast.expr) else ()
    found = [each for each in nodes if isinstance(each, ast.Name | ast.Lambda)]
    return [each.id if isinstance(each, ast.Name) else each for each in found]


def _names_bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement itself binds, not those that its blocks bind."""
    yield from binds(statement)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            for node in ast.walk(child):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
