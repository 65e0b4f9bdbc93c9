"""An exercise's `checks.py` in a process of its own: called with what another process observed.

The author's file is trusted not to harm the learner, and what it is called with isn't: that is data
alone, no object of a submission.
"""

from __future__ import annotations

import ast
import inspect
import os
import types
from ast import literal_eval
from collections.abc import Callable
from typing import Any, Final, assert_never

import jax
import numpy as np

import grader.exercise  # noqa: F401 - an author may import its names, and can't read its files
from grader.model.case import (
    ArrayValue,
    Case,
    DictValue,
    KeyValue,
    Nested,
    TupleValue,
    Value,
)
from grader.model.observation import (
    Frame,
    MappingResult,
    OpaqueResult,
    OutOfMemory,
    OversizedResult,
    Result,
    SequenceResult,
)
from grader.model.seen import Seen
from grader.model.source import Source
from grader.model.transcript import Said
from grader.worker.failures import failure
from grader.worker.foreign import class_name, clean
from grader.worker.places import Places

_MODULE: Final = "checks"
_LONGEST: Final = 2000
_AT: Final = "__grader_returns_at__"
_ARGUMENTS: Final = ("case", "answer", "record")

Check = Callable[[dict[str, object], object, Seen], object]


class Faulty(Exception):
    """The author's file did something else than its task; `line` is where, if that's known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = clean(reason, _LONGEST)
        self.line = line


class OwnCheck:
    """The author's function. Whatever goes wrong in it becomes a `Faulty`."""

    def __init__(self, name: str, text: str, function: str = "check") -> None:
        self._function = function
        filename = os.path.abspath(name)  # noqa: PTH100 - a plain string, without looking at files
        self._source = Source(filename, text.removeprefix("\ufeff"))
        self._places = Places(filename, self._source)
        self._module = types.ModuleType(_MODULE)
        self._module.__file__ = filename
        vars(self._module)[_AT] = self._note
        self._check: Check | None = None
        self._line: int | None = None

    def load(self) -> None:
        """Run the file, and find its function. Raises `Faulty`."""
        fault = self._source.syntax_fault
        if fault is not None or self._source.tree is None:
            line = fault.span.line if fault is not None else None
            raise Faulty(f"isn't valid Python: {fault.message if fault else ''}", line)
        tree = _Noting(self._function).visit(ast.parse(self._source.text))
        self._tried(lambda: exec(self._compiled(tree), vars(self._module)))  # noqa: S102
        found = vars(self._module).get(self._function)
        if not callable(found):
            raise Faulty(f"doesn't define {self._function}{_signature()}")
        self._try_signature(found)
        self._check = found

    def say(self, case: Case, answer: Result, seen: Seen) -> Said:
        """Call the function. Raises `Faulty`."""
        check, name = self._check, self._function
        if check is None:
            raise Faulty("isn't loaded")
        arguments = {each.name: argument_of(each.value) for each in case.arguments}
        self._line = None
        said = self._tried(lambda: check(arguments, answer_of(answer), seen))
        if said is None:
            return Said()
        if not isinstance(said, str):
            kind = class_name(type(said))
            raise Faulty(
                f"{name} returns a {kind}, and has to return None or a message",
                self._line,
            )
        if not said.strip():
            raise Faulty(f"{name} returns an empty message: return None instead", self._line)
        return Said(message=clean(said, _LONGEST), line=self._line)

    def where(self, thread_id: int) -> tuple[Frame, ...]:
        """Return the file's frames in a thread now; for a watchdog in another thread."""
        return self._places.where(thread_id)

    def _note(self, line: int, value: object) -> object:
        self._line = line
        return value

    def _compiled(self, tree: ast.Module) -> types.CodeType:
        ast.fix_missing_locations(tree)
        return compile(tree, self._source.name, "exec", dont_inherit=True)

    def _try_signature(self, found: Callable[..., object]) -> None:
        try:
            inspect.signature(found).bind(*_ARGUMENTS)
        except TypeError as error:
            where = self._source.definition(self._function)
            line = where.line if where is not None else None
            raise Faulty(
                f"{self._function} can't be called as {self._function}{_signature()}: {error}", line
            ) from error
        except ValueError:
            return  # without a signature, only a call can tell

    def _tried(self, code: Callable[[], object]) -> object:
        try:
            return code()
        except BaseException as error:  # noqa: BLE001 - even SystemExit is the author's mistake
            raised = failure(error, self._places)
        line = raised.place.line if raised.place is not None else None
        if isinstance(raised, OutOfMemory):
            raise Faulty("runs out of memory", line)
        raise Faulty(f"raises {raised.exception}: {raised.message}", line)


class _Noting(ast.NodeTransformer):
    """Makes each `return` of the author's function note its line; nothing else changes."""

    def __init__(self, function: str) -> None:
        self._function = function

    def visit_Module(self, node: ast.Module) -> ast.Module:
        for each in node.body:
            if isinstance(each, ast.FunctionDef) and each.name == self._function:
                each.body = [self.visit(part) for part in each.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_Return(self, node: ast.Return) -> ast.Return:
        if node.value is None:
            return node
        noted = ast.Call(
            func=ast.Name(id=_AT, ctx=ast.Load()),
            args=[ast.Constant(value=node.lineno), node.value],
            keywords=[],
        )
        return ast.copy_location(ast.Return(value=ast.copy_location(noted, node.value)), node)


def _signature() -> str:
    return f"({', '.join(_ARGUMENTS)})"


def argument_of(value: Value) -> object:
    """Return an argument of a case as an author gets it: arrays are NumPy's."""
    match value:
        case ArrayValue() | TupleValue() | DictValue():
            return _nested(value)
        case KeyValue():
            return jax.random.key(value.seed) if value.typed else jax.random.PRNGKey(value.seed)
        case _:
            return value.value


def _nested(value: Nested) -> object:
    match value:
        case ArrayValue():
            return _array(value)
        case TupleValue():
            return tuple(map(_nested, value.items))
        case DictValue():
            return {name: _nested(item) for name, item in value.items.items()}
    assert_never(value)


def answer_of(result: Result) -> object:
    """Return an answer as an author gets it; the judge sends none that has more in it."""
    match result:
        case ArrayValue():
            return _array(result)
        case SequenceResult():
            items = [answer_of(each) for each in result.items]
            return items if result.type_name == "list" else tuple(items)
        case MappingResult():
            return {name: answer_of(item) for name, item in result.items.items()}
        case OpaqueResult():
            return float(result.text) if result.type_name == "float" else literal_eval(result.text)
        case OversizedResult():
            return None
    assert_never(result)


def _array(value: ArrayValue) -> np.ndarray[Any, Any]:
    """Return a copy that the author may change; `bfloat16` and the like are NumPy's here, too."""
    return np.array(value.numpy())
