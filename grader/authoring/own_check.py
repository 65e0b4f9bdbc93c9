"""Whether the author's own check is right: it never fails, and a mistake shows each message."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from grader.authoring.line import Line, read
from grader.labels import MISTAKES, Labelled
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.source import Source
from grader.rules import AUTHORS


def own_check(
    folder: ExerciseFolder,
    mistakes: Sequence[tuple[Labelled, Report]],
    graded: Iterable[tuple[str, Report]],
) -> Line | None:
    """Look at `checks.py`; None if there is none. `graded` are the names of all that was graded."""
    path = folder.own_check
    if not path.is_file():
        return None
    text = read(path)
    parts = folder.exercise.parts
    names = [each.check_function for each in parts if each.has_own_check or not each.part]
    returns = [line for name in names for line in messages_in(text, name)]
    shown = {line for _, report in mistakes for line in _shown(report)}
    problems = (*_faults(graded), *_unshown([each for each in returns if each not in shown]))
    many = f"{len(returns)} messages, each" if len(returns) != 1 else "1 message,"
    return Line(name=path.name, said=f"{many} shown by a mistake", problems=problems)


def messages_in(text: str, function: str = "check") -> list[int]:
    """Return the lines of `check` that may return a message: all but `return` and `return None`."""
    found = Source("", text).function(function)
    if not isinstance(found, ast.FunctionDef):
        return []
    return sorted({each.lineno for each in _returns(found.body) if not _is_nothing(each.value)})


def _returns(body: Sequence[ast.stmt]) -> Iterator[ast.Return]:
    """Yield the statements of a function itself, not of functions in it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _shown(report: Report) -> Iterator[object]:
    for each in report.findings:
        if each.rule == AUTHORS:
            yield each.evidence.get("check_line")


def _faults(graded: Iterable[tuple[str, Report]]) -> Iterator[str]:
    """Name each fault once, with the first program that shows it."""
    seen: dict[str, str] = {}
    for name, report in graded:
        if report.fault:
            seen.setdefault(report.fault, name)
    for fault, name in seen.items():
        yield f"{fault}, on what {name} does: fix the check"


def _unshown(lines: Iterable[int]) -> Iterator[str]:
    for line in lines:
        yield (
            f"no mistake shows what line {line} returns: write one into {MISTAKES}/, and label it "
            f"{AUTHORS}"
        )
