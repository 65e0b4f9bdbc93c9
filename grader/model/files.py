"""The files of one submission as one text: the file that is graded, then those beside it.

Lines are numbered on from file to file, so a span of the program is in one file, each node of the
syntax tree is in one file, and whatever compares places or looks at lines works as with one file.
Only what is shown, or written to a file, asks for the `place` of a span.

Between two files is one line that belongs to the first: what an edit puts behind a file's last
line never reaches the next file.
"""

from __future__ import annotations

import ast
import copy
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from grader.model.filekind import Unfit
from grader.model.linking import File, linked, modules_named, surely_imported
from grader.model.names import Names, names_of
from grader.model.observation import Span
from grader.model.source import Function, Placed, Source, SyntaxFault

_FIRST: Final = Span(line=1, column=1, end_line=1, end_column=1)


class SeveralFiles(Source):
    """A submission of several files.

    `text`, and all that asks for the text, is the main file's. The tree has every file that the
    program can import.
    """

    def __init__(self, main: Source, beside: Sequence[Source]) -> None:
        super().__init__(main.name, main.text, main.unread)
        self._main = main
        self._beside = tuple(beside)
        self._parts: dict[int, Source] = {}

    @property
    def files(self) -> tuple[Source, ...]:
        """The main file, then those beside it."""
        return (self._main, *self._beside)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """How many lines of the program are before each file."""
        starts = [0]
        for each in self.files[:-1]:
            starts.append(starts[-1] + len(each.lines) + 1)
        return tuple(starts)

    def place(self, span: Span) -> Placed:
        """Return the file that a span starts in, and the span in that file."""
        number = self.number(span)
        file, before = self.files[number], self._starts[number]
        last = min(span.end_line - before, len(file.lines) + 1)
        cut = last != span.end_line - before
        end = 1 if cut else span.end_column
        line = span.line - before
        return Placed(
            file, Span(line=line, column=span.column, end_line=max(last, line), end_column=end)
        )

    def number(self, span: Span) -> int:
        """Return the number of the file that a span starts in."""
        return bisect_right(self._starts, span.line - 1) - 1

    def lines_before(self, file: int) -> int:
        """Return how many lines of the program are before the file with this number."""
        return self._starts[file]

    def shifted(self, file: int, span: Span) -> Span:
        """Return the span of the program for one of the file with this number."""
        return _down(span, self._starts[file])

    def part(self, span: Span | None) -> Source:
        """Return what the file with a span alone says; without a span, all of them."""
        if span is None:
            return self
        return self._part(self.number(span))

    def _part(self, number: int) -> Source:
        if number not in self._parts:
            reached = {each.module: each.tree for each in self._trees}
            module = "" if number == 0 else self.files[number].base.removesuffix(".py")
            self._parts[number] = _Part(self, self.files[number], reached.get(module))
        return self._parts[number]

    def reading(self, span: Span | None) -> Source:
        """Return where the names at a span can be followed: in the program, or in one file."""
        return self if span is None or self._linked is not None else self.part(span)

    def moved(self, path: str, change: Callable[[str], str] = str) -> Source:
        """Return the program as if its main file were at `path`, with a change of each text."""
        folder = path[: len(path) - len(re.split(r"[/\\]", path)[-1])]
        others = [Source(f"{folder}{e.base}", change(e.text), e.unread) for e in self._beside]
        return SeveralFiles(Source(path, change(self.text), self.unread), others)

    @property
    def readings(self) -> tuple[Source, ...]:
        """The texts in each of which names can be followed: together, they are the program."""
        if self._main.tree is None or self._linked is not None:
            return (self,)
        numbers = [self._numbers[each.module] if each.module else 0 for each in self._trees]
        return tuple(self._part(each) for each in numbers)

    def home(self, name: str) -> tuple[Source, str]:
        """Return where the names of a top-level function's text can be followed, and its name."""
        if self._main.tree is None or self._linked is not None:
            return self, name
        head, dot, rest = name.partition(".")
        for statement in self._trees[0].tree.body:
            match statement:
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    own = [each for each in names if (each.asname or each.name) == head]
                    if own and module in self._numbers and self._bound_last[head] is statement:
                        return self._part(self._numbers[module]), f"{own[0].name}{dot}{rest}"
                case _:
                    pass
        return self._part(0), name

    def function(self, name: str) -> Function | None:
        """Return the function that `name` refers to, in whatever file."""
        source, own = self.home(name)
        return super().function(name) if source is self else source.function(own)

    def class_called(self, name: str) -> ast.ClassDef | None:
        """Return the class that `name` refers to, in whatever file."""
        source, own = self.home(name)
        return super().class_called(name) if source is self else source.class_called(own)

    def definition(self, name: str) -> Span | None:
        """Return the line that binds `name` last, in the file that defines it."""
        source, own = self.home(name)
        if source is self:
            return super().definition(name)
        return source.definition(own) or self.part(_FIRST).definition(name)

    def with_texts(self, texts: Sequence[str]) -> Source:
        """Return the program with other texts in its files."""
        pairs = zip(self.files, texts, strict=True)
        first, *others = [Source(each.name, text, each.unread) for each, text in pairs]
        return SeveralFiles(first, others)

    # ------------------------------------------------------------------------------------ text

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of all files, with an empty one between two files."""
        first, *others = self.files
        return (*first.lines, *(line for each in others for line in ("", *each.lines)))

    def segment(self, node: ast.expr | ast.stmt) -> str | None:
        """Return the text of an expression or a statement, without decorators."""
        return self.text_of(node)

    # ------------------------------------------------------------------------------------ faults

    @cached_property
    def unfit(self) -> Unfit | None:
        """Why a file that surely runs isn't a program."""
        if self._main.unfit is not None:
            return self._main.unfit
        for number, at in self._loaded:
            unfit = self.files[number].unfit
            if unfit is not None:
                own = self._starts[number] + unfit.line if unfit.line is not None else at
                name = self.files[number].base
                told = unfit.message if name in unfit.message else f"{name}: {unfit.message}"
                return Unfit(told, unfit.help, own)
        return None

    @cached_property
    def syntax_fault(self) -> SyntaxFault | None:
        """Why a file that surely runs isn't Python."""
        if self._main.syntax_fault is not None:
            return self._main.syntax_fault
        for number, _ in self._loaded:
            fault = self.files[number].syntax_fault
            if fault is not None:
                return SyntaxFault(message=fault.message, span=self.shifted(number, fault.span))
        return None

    @cached_property
    def _loaded(self) -> tuple[tuple[int, int], ...]:
        """The numbers of the files that surely are imported, and the lines that do so."""
        found: dict[int, int] = {}
        waiting = [0]
        while waiting:
            number = waiting.pop(0)
            tree = self.files[number].tree
            for module, statement in surely_imported(tree) if tree is not None else ():
                other = self._numbers.get(module)
                if other is not None and other not in found:
                    found[other] = self._starts[number] + statement.lineno
                    waiting.append(other)
        return tuple(found.items())

    # ------------------------------------------------------------------------------------ tree

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The numbers of the files beside the main one, by the names of their modules."""
        return {each.base.removesuffix(".py"): n for n, each in enumerate(self._beside, 1)}

    @cached_property
    def _trees(self) -> tuple[File, ...]:
        """The trees of the files that the program can import, the main one's first."""
        reached, waiting = [0], [0]
        while waiting:
            tree = self.files[waiting.pop(0)].tree
            names = modules_named(tree) if tree is not None else frozenset()
            more = [n for name, n in self._numbers.items() if name in names and n not in reached]
            reached += more
            waiting += more
        modules = {number: module for module, number in self._numbers.items()}
        return tuple(
            File(modules.get(number, ""), self._moved(number, tree))
            for number in sorted(reached)
            if (tree := self.files[number].tree) is not None
        )

    def _moved(self, number: int, tree: ast.Module) -> ast.Module:
        return ast.increment_lineno(copy.deepcopy(tree), self._starts[number])

    @cached_property
    def _parsed(self) -> ast.Module | SyntaxFault:
        if self._main.tree is None:
            return self._main._parsed  # noqa: SLF001 - another source's
        return self._linked or self._trees[0].tree

    @cached_property
    def _linked(self) -> ast.Module | None:
        return linked(tuple(File(each.module, copy.deepcopy(each.tree)) for each in self._trees))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the files that the program can import."""
        if self._main.tree is None or self._linked is not None:
            return super().nodes
        return tuple(node for each in self._trees for node in ast.walk(each.tree))

    @property
    def body(self) -> list[ast.stmt]:
        """The statements at the top of the files, the main one's last."""
        if self._main.tree is None or self._linked is not None:
            return super().body
        first, *others = self._trees
        return [statement for each in (*others, first) for statement in each.tree.body]

    @cached_property
    def _bindings(self) -> tuple[tuple[str, ast.stmt], ...]:
        if self._main.tree is None or self._linked is not None:
            return super()._bindings
        return self.part(_FIRST)._bindings  # noqa: SLF001 - another source's

    @cached_property
    def names(self) -> Names:
        """What the names of all files refer to."""
        if self._main.tree is None or self._linked is not None:
            return super().names
        return names_of(ast.Module(body=self.body, type_ignores=[]))


class _Part(Source):
    """One of the files, at its place in the program."""

    def __init__(self, whole: SeveralFiles, file: Source, tree: ast.Module | None) -> None:
        super().__init__(file.name, file.text, file.unread)
        self._whole = whole
        self._file = file
        self._own = tree

    @property
    def files(self) -> tuple[Source, ...]:
        """The files of the program."""
        return self._whole.files

    def place(self, span: Span) -> Placed:
        """Return the file that a span starts in, and the span in that file."""
        return self._whole.place(span)

    def shifted(self, file: int, span: Span) -> Span:
        """Return the span of the program for one of the file with this number."""
        return self._whole.shifted(file, span)

    def number(self, span: Span) -> int:
        """Return the number of the file that a span starts in."""
        return self._whole.number(span)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the program."""
        return self._whole.lines

    @cached_property
    def _parsed(self) -> ast.Module | SyntaxFault:
        if self._own is not None:
            return self._own
        fault = self._file._parsed  # noqa: SLF001 - another source's
        return fault if isinstance(fault, SyntaxFault) else ast.Module(body=[], type_ignores=[])

    def segment(self, node: ast.expr | ast.stmt) -> str | None:
        """Return the text of an expression or a statement, without decorators."""
        return self.text_of(node)


def _down(span: Span, lines: int) -> Span:
    return Span(
        line=span.line + lines,
        column=span.column,
        end_line=span.end_line + lines,
        end_column=span.end_column,
    )
