"""Leaves out a decorator that changes what the function returns."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from grader.evidence.edits.results import task_results
from grader.evidence.edits.text import Edits, put
from grader.evidence.edits.values import called_once, flat, given_to
from grader.evidence.stage import Stage, stage

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look
    from grader.model.observation import Span
    from grader.model.source import Source


class Decorator(NamedTuple):
    """A decorator, and the edits that leave it out."""

    name: str
    span: Span
    edits: Edits

    @property
    def help(self) -> str:
        """The next step."""
        return f"leave out @{self.name}: the function's own text returns what apply returns"


def changing_decorator(evidence: Evidence, look: Look) -> Decorator | None:
    """Return the decorator that changed a right answer: nothing else could have.

    The module gave the task's output, and the function itself returns just that.
    """
    entry, source = evidence.landmarks.entry, evidence.source
    if not isinstance(entry, ast.FunctionDef) or stage(look) is not Stage.OUTPUT:
        return None
    own = [each for each in entry.decorator_list if _is_own(source, each)]
    if len(own) != 1 or not _returns_output(evidence, look):
        return None
    span = source.span(own[0])
    alone = source.lines[span.line - 1][: span.column - 1].strip() == "@"
    edits = (put("", (span.line, 1), (span.end_line + 1, 1)),) if alone else ()
    return Decorator(ast.unparse(_function(own[0])), span, edits)


def _function(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _is_own(source: Source, node: ast.expr) -> bool:
    """Whether the learner wrote a decorator."""
    function = _function(node)
    imports = source.names.imports
    if not isinstance(function, ast.Name) or function.id in imports:
        return False
    return source.definition(function.id) is not None


def _returns_output(evidence: Evidence, look: Look) -> bool:
    """Whether the text of the function returns what `apply` gives, as the task does."""
    call, results = called_once(evidence, look.actual.answer), task_results(evidence, look)
    given = evidence.given(look)
    if call is None or results is None or results.written or given is None:
        return False
    value = _value(evidence, given)
    inner = flat(value) if results.rest else value
    return inner is not None and _value(evidence, inner) is call


def _value(evidence: Evidence, node: ast.expr) -> ast.expr:
    """Return what a name is given, if it is just once; or else the node."""
    value = given_to(evidence.landmarks.own, node.id) if isinstance(node, ast.Name) else None
    return value if value is not None else node
