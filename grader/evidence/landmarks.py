"""The places in a submission that findings point at, found in its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeGuard

import msgspec

from grader.evidence.lifting import Knob
from grader.evidence.origins import (
    Origins,
    Path,
    Step,
    alters,
    called,
    is_listed,
    origins_in,
    own_nodes,
    recorded,
    recorded_entry,
    shown_as,
    written,
)
from grader.model.observation import LiftedCall, Span
from grader.model.source import Function, Source

# The parameters of `flax.linen.vmap`, in order.
_VMAP = ("target", "variable_axes", "split_rngs", "in_axes", "out_axes", "axis_size", "axis_name")
_REORDERING = frozenset(
    {"T", "mT", "transpose", "swapaxes", "moveaxis", "rollaxis", "permute_dims", "einsum"}
)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Landmarks:
    """Searches one source; `function` is the name that the exercise asks for."""

    def __init__(self, source: Source, function: str) -> None:
        self.source = source
        self.name = function
        self._home, self._own_name = source.home(function)

    @cached_property
    def entry(self) -> Function | None:
        """The function that is called, if its definition can be found."""
        return self.source.function(self.name)

    @cached_property
    def head(self) -> Span | None:
        """The line that defines the function."""
        if isinstance(self.entry, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.source.head(self.entry)
        return self.source.definition(self.name.partition(".")[0])

    def returned(self, place: str = "", reached: ast.Return | None = None) -> Span | None:
        """Return the expression that the function returns; of several the last one.

        `place` is that of an item in it, such as `[1]`, where the tuple is written out. `reached`
        is the `return` that a case gets to, if that is known.
        """
        node = self._value if reached is None else reached.value or reached
        for index in map(int, re.findall(r"\[(\d+)\]", place)):
            items = node.elts if isinstance(node, ast.Tuple | ast.List) else []
            if index >= len(items) or any(isinstance(each, ast.Starred) for each in items):
                break
            node = items[index]
        return self.source.span(node) if node is not None else None

    @cached_property
    def _value(self) -> ast.expr | None:
        if isinstance(self.entry, ast.Lambda):
            return self.entry.body
        values = [each for each in self.results if each is not None]
        return values[-1] if values else None

    @cached_property
    def results(self) -> list[ast.expr | None]:
        """What each `return` of the function gives."""
        return [each.value for each in self.own if isinstance(each, ast.Return)]

    @cached_property
    def own(self) -> list[ast.AST]:
        """The nodes of the function's body, without those of functions and classes in it."""
        body = (
            self.entry.body
            if isinstance(self.entry, ast.FunctionDef | ast.AsyncFunctionDef)
            else []
        )
        return [node for part in body for node in own_nodes(part)]

    @property
    def ends_without_return(self) -> bool:
        """Whether the function's last statement isn't a return, so it may end without a value."""
        if self.entry is None or isinstance(self.entry, ast.Lambda):
            return False
        return not isinstance(self.entry.body[-1], ast.Return)

    # ------------------------------------------------------------------------------ lifted calls

    def knob(self, call: LiftedCall, knob: Knob, name: str = "") -> Span | None:
        """Return where the value of an argument of nn.vmap was written, or else the call.

        For a collection or stream `name` it is the dict, or only its entry if the dict has several
        lines or parts.
        """
        node, origins = self.node(call.span), self.origins(call.span)
        if node is None or origins is None:
            return call.span
        found = self._knob(origins, node, call, knob, name)
        return self.source.span(found) if found is not None else call.span

    def _knob(
        self, origins: Origins, node: ast.expr, call: LiftedCall, knob: Knob, name: str
    ) -> ast.expr | None:
        steps = knob_steps(origins, node, knob, method=_method(call))
        sizes = knob is Knob.AXIS_SIZE
        whole = written(origins, steps, recorded(call, knob, name), constants=not sizes)
        if not name:
            return whole or (_field(node, steps) if sizes else None)
        entry = None
        if is_listed(call, knob, name):
            accepts = recorded_entry(call, knob, name)
            own = knob_steps(origins, node, knob, (name,), _method(call))
            entry = written(origins, own, accepts)
        if entry is None or (whole is not None and _is_short(whole, entry)):
            return whole
        return entry

    def origins(self, span: Span | None) -> Origins | None:
        """The origins of the values in the text, for what is at a span of it."""
        source = self.source.reading(span)
        return origins_in(source, self._own_name if source is self._home else self.name)

    def node(self, span: Span | None) -> ast.expr | None:
        """Return the call at `span`, or the decorator that acts as one."""
        return self.source.call_at(span) or self.source.decorator_at(span)

    def target(self, call: LiftedCall) -> Span | None:
        """Return where the module class is passed to nn.vmap, or else the call."""
        node, origins = self.source.call_at(call.span), self.origins(call.span)
        steps = _argument(origins, node, "target") if node is not None and origins else []
        given = steps[0].node if steps else None
        return self.source.span(given) if isinstance(given, ast.expr) else call.span

    def setting(
        self,
        made: Span | None,
        name: str,
        position: int,
        text: str = "",
        *,
        default: bool = False,
        size: bool = False,
    ) -> Span | None:
        """Return where the value of a module's field was written, or where the instance is made.

        `text` is the recorded value. `default`: it is the class's default. `size`: it should have
        followed an argument. If the callee is itself a call over several lines, only the arguments
        are marked.
        """
        node, origins = self.source.call_at(made), self.origins(made)
        if node is None or origins is None:
            return made
        steps = origins.argument(origins.arguments(node), name, (), position)
        if steps == [] and (default or alters(node)):
            steps = [Step(node, (name,))]
        found = written(origins, steps or [], shown_as(text), constants=not size)
        if isinstance(found, ast.Constant) and not shown_as(text)(found.value):
            found = written(origins, list(origins.put_later(name)), shown_as(text))
        return self._arguments(node) if found in {None, node} else self.source.span(found)

    def setting_text(self, made: Span | None, name: str, position: int) -> str | None:
        """Return how the value of a module's field is written, None for a name or if unknown.

        It is joined to one line.
        """
        node = self.source.call_at(made)
        given = {each.arg: each.value for each in node.keywords} if node is not None else {}
        values = node.args[: position + 1] if node is not None else []
        if name not in given and len(values) > position:
            given[name] = values[position]
        value = given.get(name)
        return None if value is None or isinstance(value, ast.Name) else ast.unparse(value)

    def _arguments(self, call: ast.Call) -> Span:
        whole = self.source.span(call)
        if not isinstance(call.func, ast.Call) or whole.line == whole.end_line:
            return whole
        made = self.source.span(call.func)
        return msgspec.structs.replace(whole, line=made.end_line, column=made.end_column)

    def turned_on(self, names: frozenset[str]) -> Span | None:
        """Return the only `True` that is passed for any of some keywords in the file.

        A top-level function that nothing refers to doesn't run, so it doesn't count.
        """
        found = [each for each in self._passed(names) if _is_true(each)]
        return self.source.span(found[0]) if len(found) == 1 else None

    def passed(self, made: Span | None, name: str) -> Span | None:
        """Return what the module that is made at a span is called with, after the first argument.

        It is given by name or comes second. None if the module is called at several places.
        """
        node = self.source.call_at(made)
        targets = list(self._given_to(node)) if node is not None else []
        names = {ast.unparse(each) for each in targets}
        kind = ast.ClassDef if any(isinstance(e, ast.Attribute) for e in targets) else _FUNCTIONS
        calls = [
            each
            for each in self._around(node, kind)
            if isinstance(each, ast.Call)
            and (each.func is node or (bool(names) and ast.unparse(each.func) in names))
        ]
        values = [_second(each, name) for each in calls]
        found = values[0] if len(values) == 1 else None
        return self.source.span(found) if found is not None else None

    def _given_to(self, value: ast.expr) -> Iterator[ast.expr]:
        """Yield the names and attributes that an expression is assigned to."""
        for each in self.source.nodes:
            if isinstance(each, ast.Assign) and each.value is value:
                yield from each.targets

    def _around(self, node: ast.AST | None, kind: type | tuple[type, ...]) -> list[ast.AST]:
        """Return the nodes of the smallest definition of a kind around a node, or all of them."""
        parts = (list(ast.walk(each)) for each in self.source.nodes if isinstance(each, kind))
        around = (part for part in parts if any(each is node for each in part))
        return min(around, key=len, default=list(self.source.nodes))

    def _passed(self, names: frozenset[str]) -> Iterator[ast.expr]:
        parts = [each for each in self.source.body if self._may_run(each)]
        keywords = (n for part in parts for n in ast.walk(part) if isinstance(n, ast.keyword))
        yield from (each.value for each in keywords if each.arg in names)

    def _may_run(self, part: ast.stmt) -> bool:
        """Whether a top-level statement of the file is more than an unused function."""
        if not isinstance(part, ast.FunctionDef) or part is self.entry or part.decorator_list:
            return True
        names = (node for node in self.source.nodes if isinstance(node, ast.Name))
        return any(name.id == part.name for name in names)

    def keyword(self, call: Span | None, name: str, position: int | None = None) -> Span | None:
        """Return where the value of a keyword in the call at `call` was written, or the call.

        `position` is its place among the arguments if it may be given by position.
        """
        node, origins = self.source.call_at(call), self.origins(call)
        if node is None or origins is None:
            return call
        steps = origins.argument(origins.arguments(node), name, (), position)
        found = written(origins, steps or [], lambda _: True)
        return self.source.span(found) if found is not None else call

    def seeded(self, made: Span | None, seed: str) -> Span | None:
        """Return the number from which the call at `made` makes a key, if it's written elsewhere.

        `seed` is the recorded number. Otherwise, return the call.
        """
        node, origins = self.source.call_at(made), self.origins(made)
        if node is None or origins is None or not node.args:
            return made
        found = written(origins, [Step(node.args[0], named=True)], shown_as(seed))
        return self.source.span(found) if found not in {None, node.args[0]} else made

    def computes(self, made: Span | None) -> bool:
        """Whether the call at `made` gets the result of arithmetic, not a plain value."""
        node = self.source.call_at(made)
        values = [*node.args, *(each.value for each in node.keywords)] if node is not None else []
        names = {each.id for value in values for each in ast.walk(value) if _is_name(each)}
        for statement in self.source.nodes:
            if isinstance(statement, ast.Assign):
                targets = {each.id for each in statement.targets if isinstance(each, ast.Name)}
                values.extend([statement.value] if targets & names else [])
        arithmetic = (ast.BinOp, ast.BoolOp, ast.UnaryOp)
        return any(isinstance(each, arithmetic) for value in values for each in ast.walk(value))

    @cached_property
    def constant_key(self) -> Span | None:
        """The only call that makes a key from a constant, None if there are several or none."""
        calls = [node for node in self.source.nodes if isinstance(node, ast.Call)]
        keys = [node for node in calls if called(node) in {"PRNGKey", "key"}]
        made = [each for each in keys if each.args and isinstance(each.args[0], ast.Constant)]
        return self.source.span(made[0]) if len(made) == 1 else None

    # ----------------------------------------------------------------------------------- bodies

    @cached_property
    def reorders(self) -> bool:
        """Whether anything in the file reorders axes."""
        return any(name in _REORDERING for name in _names(self.source.nodes))

    @cached_property
    def fortran(self) -> bool:
        """Whether the file uses Fortran's order anywhere: `order="F"`."""
        keywords = [node for node in self.source.nodes if isinstance(node, ast.keyword)]
        return any(
            each.arg == "order" and isinstance(each.value, ast.Constant) and each.value.value == "F"
            for each in keywords
        )


def _field(call: ast.expr, steps: list[Step]) -> ast.expr | None:
    """Return an argument that is written in the call itself, as an attribute: `self.features`."""
    given = [each.value for each in call.keywords] if isinstance(call, ast.Call) else []
    found = [step.node for step in steps if isinstance(step.node, ast.Attribute) and not step.path]
    return found[0] if len(found) == 1 and found[0] in given else None


def _second(call: ast.Call, name: str) -> ast.expr | None:
    """Return the argument of a call that is given by name or comes second."""
    named = [each.value for each in call.keywords if each.arg == name]
    plain = not any(isinstance(each, ast.Starred) for each in call.args)
    return next(iter([*named, *(call.args[1:2] if plain else ())]), None)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _method(call: LiftedCall) -> str:
    """Return the method that a call's arguments are for, if it has some for each."""
    return "__call__" if "__call__" in call.methods or not call.methods else call.methods[0]


def knob_steps(
    origins: Origins, node: ast.expr, knob: Knob, path: Path = (), method: str = "__call__"
) -> list[Step]:
    """Return where to look for an argument of nn.vmap, including those in `methods`."""
    methods = _argument(origins, node, "methods", (method, knob.value, *path))
    return [*methods, *_argument(origins, node, knob.value, path)]


def _argument(origins: Origins, node: ast.expr, name: str, path: Path = ()) -> list[Step]:
    """Return where to look for a parameter of nn.vmap, given by keyword or by position."""
    call = node if isinstance(node, ast.Call) else origins.partial(node)
    if call is None:
        return []
    position = _VMAP.index(name) if name in _VMAP else None
    return origins.argument(origins.arguments(call), name, path, position) or []


def _is_short(whole: ast.expr, entry: ast.expr) -> bool:
    """Whether to mark a whole dict, since its entry is on the same line."""
    parts = isinstance(whole, ast.Dict) and None in whole.keys
    parts = parts or (isinstance(whole, ast.Call) and any(map(_is_zip, whole.args)))
    inside = any(each is entry for each in ast.walk(whole))
    return inside and not parts and whole.lineno == whole.end_lineno


def _is_zip(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called(node) == "zip"


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names and attributes that these nodes mention."""
    for node in nodes:
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
