"""What in a submission's text can make it impure: randomness, state, and changed arguments.

This only says where to point after repeated calls have shown that something is impure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from grader.model.names import imported
from grader.model.observation import Span
from grader.model.source import Function, Source

_CHANCE = (
    "random.",
    "numpy.random.",
    "time.",
    "uuid.",
    "secrets.",
    "os.urandom",
    "os.getpid",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
)
_CHANCE_BUILTINS = frozenset({"id", "hash"})
_SEEDING = frozenset({"default_rng", "RandomState", "Random", "Generator", "SeedSequence", "seed"})
_MUTATORS = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove"}
    | {"clear", "discard", "appendleft", "popleft", "__setitem__"}
)
_ARRAY_MUTATORS = frozenset({"sort", "fill", "put", "resize", "partition", "itemset"})
_COPYING_INTO = frozenset({"copyto", "shuffle", "put", "place", "putmask", "fill_diagonal", "at"})
_SAME_ARRAY = frozenset({"asarray", "ravel", "reshape", "view", "squeeze", "atleast_2d"})


class Impurity:
    """Searches one source: the called function and the helpers that it calls."""

    def __init__(self, source: Source, function: str) -> None:
        self._source = source
        self._functions = tuple(_reachable(source, function))

    @cached_property
    def chance(self) -> Span | None:
        """The first call to anything that returns something different every time."""
        modules = _imported(self._source)
        drawn = {name for name, call in self._made_at_top() if _is_chance(call, modules, drawn=())}
        for function in self._functions:
            for node in _calls(function):
                if _is_chance(node, modules, drawn=tuple(drawn)):
                    return self._source.span(node)
        return None

    def _made_at_top(self) -> Iterator[tuple[str, ast.Call]]:
        for name, statement in self._source.bindings():
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Call):
                yield name, value

    @cached_property
    def memory(self) -> Span | None:
        """The first use of a name that carries something from one call to the next."""
        for function in self._functions:
            lasting = carried(self._source, function)
            for node in _uses(function):
                if node.id in lasting:
                    return self._source.span(node)
        return None

    @cached_property
    def change(self) -> Span | None:
        """The first place that changes an array that came in as an argument."""
        inner = (node for function in self._functions for node in ast.walk(function))
        for function in inner:  # each function comes before those that are defined in it
            names = _aliases(function) if isinstance(function, Function) else frozenset()
            for node in ast.walk(function) if names else ():
                if isinstance(node, ast.stmt | ast.Call) and _changes(node, names):
                    return self._source.span(node)
        return None


def _reachable(source: Source, name: str) -> Iterator[Function]:
    """Yield the function and, after it, the functions of the file that it mentions."""
    seen: set[int] = set()
    waiting = [source.function(name)]
    while waiting:
        function = waiting.pop(0)
        if function is None or id(function) in seen:
            continue
        seen.add(id(function))
        yield function
        names = [node.id for node in ast.walk(function) if isinstance(node, ast.Name)]
        waiting.extend(source.function(each) for each in dict.fromkeys(names))


def _calls(function: Function) -> list[ast.Call]:
    return sorted((n for n in ast.walk(function) if isinstance(n, ast.Call)), key=_place)


def _uses(function: Function) -> list[ast.Name]:
    """Return the names that a function's body mentions, in the order of the text."""
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    names = [n for part in body for n in ast.walk(part) if isinstance(n, ast.Name)]
    return sorted(names, key=_place)


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _imported(source: Source) -> dict[str, str]:
    """Return for each imported name what it refers to: `{"np": "numpy"}`."""
    return dict(
        pair
        for node in (ast.walk(source.tree) if source.tree else ())
        if isinstance(node, ast.Import | ast.ImportFrom)
        for pair in imported(node)
    )


def _dotted(node: ast.expr) -> list[str]:
    """Return the parts of a dotted name, empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def _is_chance(call: ast.Call, modules: dict[str, str], drawn: tuple[str, ...]) -> bool:
    parts = _dotted(call.func)
    if not parts:
        return False
    if len(parts) == 1 and parts[0] in _CHANCE_BUILTINS and parts[0] not in modules:
        return True
    if parts[0] in drawn and len(parts) > 1:
        return True
    if parts[0] not in modules:
        return False
    name = ".".join([modules[parts[0]], *parts[1:]])
    seeded = parts[-1] in _SEEDING and bool(call.args or call.keywords)
    return name.startswith(_CHANCE) and not seeded


def carried(source: Source, function: Function) -> frozenset[str]:
    """Return the names that the function changes and that outlive its call."""
    nodes = list(ast.walk(function))
    outer = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    top = {name for name, _ in source.bindings()}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and _is_store(node)} - outer
    lasting = (top - own) | outer | set(_mutable_defaults(function))
    return frozenset(lasting & (set(_changed(nodes)) | _assigned(nodes, outer)))


def _assigned(nodes: list[ast.AST], outer: set[str]) -> set[str]:
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and _is_store(node)}
    return stored & outer


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _mutable_defaults(function: Function) -> Iterator[str]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    defaults = function.args.defaults
    pairs = list(zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True))
    keyword = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    pairs.extend((arg, default) for arg, default in keyword if default is not None)
    for argument, default in pairs:
        if not isinstance(default, ast.Constant | ast.Tuple | ast.Name | ast.Attribute):
            yield argument.arg


def _changed(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names of objects that are changed: an item or attribute set, a method that adds."""
    for node in nodes:
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield from _dotted(_base(node))[:1]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _MUTATORS:
                yield from _dotted(_base(node.func.value))[:1]
        elif isinstance(node, ast.Call) and _dotted(node.func) in (["next"], ["setattr"]):
            yield from _dotted(_base(node.args[0]))[:1] if node.args else ()


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node


def _aliases(function: Function) -> frozenset[str]:
    """Return the parameters and the names that refer to the same arrays."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    names = {each.arg for each in arguments}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _same(node.value, names):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return frozenset(names)


def _same(value: ast.expr, names: set[str]) -> bool:
    """Whether an expression may be the very array that one of `names` refers to."""
    if isinstance(value, ast.Subscript):
        return _same(value.value, names)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        within = [value.func.value, *value.args[:1]]
        return value.func.attr in _SAME_ARRAY and any(_same(each, names) for each in within)
    return isinstance(value, ast.Name) and value.id in names


def _changes(node: ast.stmt | ast.Call, names: frozenset[str]) -> bool:
    """Whether a statement or call changes an array that one of `names` refers to."""
    if isinstance(node, ast.AugAssign):
        return _named(node.target, names)
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Subscript) and _named(t, names) for t in node.targets)
    return isinstance(node, ast.Call) and _call_changes(node, names)


def _call_changes(call: ast.Call, names: frozenset[str]) -> bool:
    """Whether a call writes into one of `names`: `x.fill()`, `out=x`, `np.copyto(x, …)`."""
    if any(each.arg == "out" and _named(each.value, names) for each in call.keywords):
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    method = call.func.attr
    if method in _ARRAY_MUTATORS and _named(call.func.value, names):
        return True
    return method in _COPYING_INTO and any(_named(each, names) for each in call.args[:1])


def _named(node: ast.expr, names: frozenset[str]) -> bool:
    base = _base(node)
    return isinstance(base, ast.Name) and base.id in names
