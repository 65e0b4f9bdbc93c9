"""What a text says of a trace: whether it can show all that reaches the answer."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Final

import msgspec

from grader.model.observation import Span
from grader.model.parsing import parsed
from grader.model.trace import Asked, Decision
from grader.proof import known
from grader.proof.idle import Idle
from grader.proof.look import Look
from grader.proof.names import Names, names_of, stored

_LONGEST: Final = 50_000
"""Characters, read within a second; an exercise is a page."""

_ASKED: Final = {
    Asked.COMPARISON: "decides by a size",
    Asked.KEY: "looks something up by a size",
    Asked.TEXT: "makes text of a value",
    Asked.KIND: "asks for the type of a value",
    Asked.DIVISION: "divides by what is zero for some size",
    Asked.NUMBER: "makes a Python number of a size",
}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen in a text.

    `doubt` says, with its line, what a trace might not show; it is empty if there is nothing.
    `idle` are the pieces that can't reach the answer, whatever they ask; `printed` the calls that
    print what they are given.
    """

    doubt: str = ""
    idle: tuple[Span, ...] = ()
    printed: tuple[Span, ...] = ()

    def decided(self, decisions: tuple[Decision, ...]) -> str:
        """Say by what the program decided where it can reach the answer; empty if by nothing."""
        for each in decisions:
            printed = each.asked is Asked.TEXT and each.span in self.printed
            idle = any(_covers(span, each.span) for span in self.idle)
            if not printed and (each.asked is Asked.DIVISION or not idle):
                return f"line {each.span.line} {_ASKED[each.asked]}"
        return ""


@lru_cache(maxsize=8)
def read(text: str, function: str) -> Reading:
    """Look at what reaches the answer of `function`; nothing of the text runs."""
    if len(text) > _LONGEST:
        return Reading(doubt="the text is too long to be looked through")
    try:
        tree = parsed(text)
        names = names_of(tree)
        look = _looked(tree, names, function)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading(doubt="the text can't be read")
    found = sorted(look.finish())
    doubt = f"line {found[0][0]} {found[0][1]}" if found else ""
    printed = tuple(map(_span, look.printed))
    return Reading(doubt=doubt, idle=tuple(map(_span, look.said)), printed=printed)


def _looked(tree: ast.Module, names: Names, function: str) -> Look:
    """Look at the function, and at whatever is used by what was looked at."""
    look = Look(tree, names)
    idle = Idle(names, [])
    waiting = [each for each in tree.body if not _is_main_block(each, names)]
    look.used.add(function)
    look.used.update(_uses(waiting))
    while True:
        reached = [
            each
            for each in waiting
            if not look.used.isdisjoint(_binds(each)) or _acts(each, idle, names, function)
        ]
        if not reached:
            return look
        waiting = [each for each in waiting if each not in reached]
        for each in reached:
            look.at_top(each, idle)


def _uses(body: list[ast.stmt]) -> set[str]:
    """Return nothing but what a star would hide: any import of all is looked at."""
    stars = [
        each
        for each in body
        if isinstance(each, ast.ImportFrom) and any(alias.name == "*" for alias in each.names)
    ]
    return {"*"} if stars else set()


def _binds(statement: ast.stmt) -> set[str]:
    """Return the names at the top that a statement gives a meaning, or changes."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case _:
            changed = {
                each.value.id
                for each in ast.walk(statement)
                if isinstance(each, ast.Attribute | ast.Subscript)
                and isinstance(each.ctx, ast.Store | ast.Del)
                and isinstance(each.value, ast.Name)
            }
            return set(stored(statement)) | changed


def _acts(statement: ast.stmt, idle: Idle, names: Names, function: str) -> bool:
    """Say whether a statement at the top may do more than give names a meaning."""
    if idle.holds(statement) or _is_trial(statement, function) or _is_setting(statement, names):
        return False
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Assert():
            return False
        case ast.Import() | ast.ImportFrom() | ast.AnnAssign():
            return False
        case ast.Assign(targets=targets):
            heads = [each for each in targets if isinstance(each, ast.Attribute | ast.Subscript)]
            return any(names.dotted(each.value) is not None for each in heads)
        case ast.If(body=body, orelse=orelse) | ast.Try(body=body, orelse=orelse):
            return any(_acts(each, idle, names, function) for each in [*body, *orelse])
        case _:
            return True


def _is_trial(statement: ast.stmt, function: str) -> bool:
    """Say whether this calls the function to try it, or prints what it gives."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[ast.Call() as call])):
            return _is_trial(ast.Expr(value=call), function)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name == function
        case _:
            return False


def _is_setting(statement: ast.stmt, names: Names) -> bool:
    """Say whether this sets a variable of the environment that nobody reads any more."""
    match statement:
        case ast.Expr(
            value=ast.Call(func=func, args=[ast.Constant(value=str(name)), ast.Constant()])
        ):
            return names.surely(func) == "os.environ.setdefault" and name in known.SETTINGS
        case ast.Assign(
            targets=[ast.Subscript(value=target, slice=ast.Constant(value=str(name)))],
            value=ast.Constant(),
        ):
            return names.surely(target) == "os.environ" and name in known.SETTINGS
        case _:
            return False


def _is_main_block(node: ast.stmt, names: Names) -> bool:
    """Say whether this doesn't run where the file is imported."""
    rebound = {"__name__", "TYPE_CHECKING"} & names.bound
    if not isinstance(node, ast.If) or node.orelse or rebound:
        return False
    test = ast.unparse(node.test)
    return test in ("__name__ == '__main__'", "TYPE_CHECKING", "typing.TYPE_CHECKING")


def _span(node: ast.stmt | ast.expr) -> Span:
    return Span(
        line=node.lineno,
        column=node.col_offset + 1,
        end_line=node.end_lineno or node.lineno,
        end_column=(node.end_col_offset or 0) + 1,
    )


def _covers(outer: Span, inner: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
