"""What a text says of a trace: whether it can show all that reaches the answer."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Final

import msgspec

from grader.model.loading import Loading, bound, changed, executed, is_not_run, rebinds_guards
from grader.model.names import Names, given, names_of
from grader.model.parsing import parsed
from grader.model.trace import Asked, Decision
from grader.proof import known
from grader.proof.idle import Idle
from grader.proof.leaving import leaves_nothing
from grader.proof.loaded import makes_itself, reaches_out
from grader.proof.look import Look

_LONGEST: Final = 25_000
"""Characters, read within a second; an exercise is a page."""
_MOST_READ: Final = 256
"""How many readings are kept: those of an exercise's known mistakes, beside what is graded."""

_ASKED: Final = {
    Asked.COMPARISON: "decides by a size",
    Asked.KEY: "looks something up by a size",
    Asked.TEXT: "makes text of a value",
    Asked.KIND: "asks for the type of a value",
    Asked.DIVISION: "divides by what is zero for some size",
    Asked.NUMBER: "makes a Python number of a size",
    Asked.VALUE: "asks for a value that a trace doesn't have, and goes on without it",
}
_FAILING: Final = (Asked.DIVISION, Asked.VALUE)
"""What raises, and so may end what comes after it."""
_DEFINING: Final = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assert, ast.Import, ast.ImportFrom),
    ast.AnnAssign,
)


Place = tuple[int, int, int, int]
"""First line and column, last line and column."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen in a text.

    `doubt` says, with its line, what a trace might not show; it is empty if there is nothing.
    `idle` are the pieces that can't reach the answer, whatever they ask; `printed` the calls that
    print what they are given. `configures` says whether it may set how jax works, as a trace shows,
    and `leaves` whether it may leave something else in the process, for another program to find.
    """

    doubt: str = ""
    configures: bool = False
    leaves: bool = False
    idle: tuple[Place, ...] = ()
    printed: tuple[Place, ...] = ()

    @property
    def cannot_tell(self) -> bool:
        """Whether it can't tell that its process has worked before."""
        return not self.doubt and not self.configures

    @property
    def stays_by_itself(self) -> bool:
        """Whether no other program that runs in the same process can tell, nor this one of it."""
        return self.cannot_tell and not self.leaves

    def decided(self, decisions: tuple[Decision, ...]) -> str:
        """Say by what the program decided where it can reach the answer; empty if by nothing."""
        for each in decisions:
            place = msgspec.structs.astuple(each.span)
            printed = each.asked is Asked.TEXT and place in self.printed
            idle = any(one[:2] <= place[:2] and place[2:] <= one[2:] for one in self.idle)
            if not printed and (each.asked in _FAILING or not idle):
                where = f"line {each.span.line}" if each.span.line else "a library that it uses"
                return f"{where} {_ASKED[each.asked]}"
        return ""


@lru_cache(maxsize=_MOST_READ)
def read(text: str, function: str) -> Reading:
    """Look at what reaches the answer of `function`; without running any of the text."""
    if len(text) > _LONGEST:
        return Reading(doubt="the text is too long to be looked through")
    try:
        tree = parsed(text)
        names = names_of(tree)
        look = _looked(tree, names, function)
        leaves = bool(look.doubts) or not leaves_nothing(tree, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading(doubt="the text can't be read")
    doubts = [f"line {line} {what}" for line, what in sorted(look.doubts)]
    idle, printed = (tuple(map(_place, each)) for each in (look.said, look.printed))
    return Reading(
        doubt=next(iter(doubts), ""),
        idle=idle,
        printed=printed,
        configures=bool(re.search("config|environ|putenv", text)),
        leaves=leaves,
    )


def _looked(tree: ast.Module, names: Names, function: str) -> Look:
    """Look at the function, and at whatever is used by what was looked at."""
    look = Look(tree, names)
    idle = Idle(names)
    rebound = rebinds_guards(names)
    waiting = [each for each in tree.body if rebound or not is_not_run(each)]
    reached = [each for each in waiting if not idle.holds(each) and _acts(each, names, function)]
    loading, top = Loading(tree.body), {*names.bound} - {*names.imports}
    changes = {each: bound(each) | loading.reached(each) & top for each in waiting}
    look.used.add(function)
    if "*" in names.imports:
        look.doubts.append((1, "imports everything from a module"))
    while reached := reached or [each for each in waiting if look.used & changes[each]]:
        waiting = [each for each in waiting if each not in reached]
        for each in reached:
            look.at(each)
        reached = []
    return look


def _acts(statement: ast.stmt, names: Names, function: str) -> bool:
    """Say whether a statement at the top may do more than give its own names a meaning.

    The function may be tried there, and variables set that nobody reads any more.
    """
    if _configures(statement, names) or _describes_an_option(statement, names):
        return False
    run = [each for part in executed(statement) for each in ast.walk(part)]
    out = any(_sets(each, names) or reaches_out(each, names) for each in run)
    if out or makes_itself(statement, names):
        return True
    match statement:
        case ast.If(body=body, orelse=orelse) | ast.Try(body=body, orelse=orelse):
            return any(_acts(each, names, function) for each in [*body, *orelse])
        case ast.Assign():
            return any(name in names.imports for name in changed(statement))
        case ast.Expr():
            calls = [each.func for each in ast.walk(statement) if isinstance(each, ast.Call)]
            tried = [ast.unparse(each) for each in calls if not names.dotted(each)]
            return not {*tried} <= {function, "print"} or function not in tried
        case _:
            return not isinstance(statement, _DEFINING)


def _describes_an_option(statement: ast.stmt, names: Names) -> bool:
    """Say whether a statement only tells a parser of the command line what it may be given.

    What the parser returns is another statement's, and counts if the function uses it.
    """
    match statement:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="add_argument")) as call
        ):
            parts = [part for each in given(call) for part in ast.walk(each)]
            called = [each for each in parts if isinstance(each, ast.Name)]
            return (
                name in names.parsers
                and all(names.builtin(each) in ("float", "int", "str", "bool") for each in called)
                and not any(isinstance(each, ast.Call | ast.Lambda) for each in parts)
            )
        case _:
            return False


def _configures(statement: ast.stmt, names: Names) -> bool:
    """Say whether a statement sets what a trace shows, or what changes no answer."""
    match statement:
        case ast.Expr(
            value=ast.Call(func=func, args=[ast.Constant(value=name), ast.Constant()], keywords=[])
        ) if names.surely(func) == "jax.config.update":
            return name in known.CONFIGURED
        case ast.Assign() | ast.Expr():
            return re.fullmatch(known.SETTINGS, ast.unparse(statement)) is not None
        case _:
            return False


def _sets(node: ast.AST, names: Names) -> bool:
    """Say whether this may set what isn't the program's own."""
    builtin = names.builtin(node) in known.BUILTINS - {"__import__", "dir", "id", "open", "repr"}
    return builtin or {*names.dotted(node).split(".")} & {"config", "seterr", "__dict__"} != set()


def _place(node: ast.stmt | ast.expr) -> Place:
    ends = (node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
    return (node.lineno, node.col_offset + 1, *ends)
