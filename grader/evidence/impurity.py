"""What in a submission's text can make it impure: randomness, state, and changed arguments.

This only says where to point after repeated calls have shown that something is impure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
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
    "datetime.date.today",
    "tempfile.",
)
_CHANCE_BUILTINS = frozenset({"id", "hash"})
_GENERATORS = frozenset({"default_rng", "RandomState", "Random", "Generator", "SeedSequence"})
_SEEDING = _GENERATORS | {"seed"}
MUTATORS = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove"}
    | {"clear", "discard", "appendleft", "popleft", "__setitem__"}
)
ARRAY_MUTATORS = frozenset({"sort", "fill", "put", "resize", "partition", "itemset"})
_COPYING_INTO = frozenset({"copyto", "shuffle", "put", "place", "putmask", "fill_diagonal", "at"})
_SAME_ARRAY = frozenset({"asarray", "ravel", "reshape", "view", "squeeze", "atleast_2d"})


class Impurity:
    """Searches one source: the called function and the helpers that it calls."""

    def __init__(self, source: Source, function: str) -> None:
        self._source = source
        self._function = function
        self._functions = tuple(_reachable(source, function))

    @cached_property
    def chance(self) -> Span | None:
        """The first call to anything that returns something different every time.

        One in the functions comes before one in what they use, which is drawn once, when the file
        is loaded. There, a generator alone has drawn nothing yet.
        """
        inside = self._drawn_in(map(_inside, self._functions))
        return inside or self._loaded or self._drawn_in(map(ast.walk, self._beside))

    @property
    def drawn_while_loading(self) -> bool:
        """Whether `chance` is surely drawn once, when the file is loaded."""
        return self._loaded is not None and self.chance == self._loaded

    @cached_property
    def _loaded(self) -> Span | None:
        return self._drawn_in(map(_run_at_once, (*self._functions, *self._beside)))

    @cached_property
    def _beside(self) -> list[ast.stmt]:
        found = _used_beside(self._source, self._function, self._functions)
        return [each for each in found if not _makes_generator(each)]

    def _drawn_in(self, parts: Iterable[Iterable[ast.AST]]) -> Span | None:
        modules = _imported(self._source)
        drawn = {name for name, call in self._made_at_top() if _is_chance(call, modules, drawn=())}
        for part in parts:
            for node in _calls(part):
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


def _used_beside(source: Source, function: str, functions: Iterable[Function]) -> list[ast.stmt]:
    """Return the statements at the top, beside functions, that affect what the functions use.

    They may do so by way of other statements. A method's class is one of them.
    """
    others = {id(each) for each in functions}
    left = [each for each in source.body if id(each) not in others]
    names = {function.partition(".")[0]}.union(*map(_mentioned, functions))
    taken: list[ast.stmt] = []
    while found := [each for each in left if not names.isdisjoint(_affected(each))]:
        taken += found
        left = [each for each in left if each not in found]
        names.update(*map(_mentioned, found))
    return sorted(taken, key=_place)


def _mentioned(part: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(part) if isinstance(node, ast.Name))


def _affected(statement: ast.stmt) -> set[str]:
    """Return the names that a statement at the top binds, and those of objects that it changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    nodes = list(ast.walk(statement))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and _is_store(node)}
    return stored.union(_changed(nodes))


def _calls(nodes: Iterable[ast.AST]) -> list[ast.Call]:
    return sorted((node for node in nodes if isinstance(node, ast.Call)), key=_place)


def _inside(function: Function) -> Iterator[ast.AST]:
    """Yield what is in a function's body."""
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    for part in body:
        yield from ast.walk(part)


def _run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs where it stands: of functions, only their decorators and defaults."""
    parts: Iterable[ast.AST | None] = ast.iter_child_nodes(node)
    if isinstance(node, Function):
        defaults = (*node.args.defaults, *node.args.kw_defaults)
        parts = (*getattr(node, "decorator_list", ()), *defaults)
    else:
        yield node
    for part in parts:
        if part is not None:
            yield from _run_at_once(part)


def _uses(function: Function) -> list[ast.Name]:
    """Return the names that a function's body mentions, in the order of the text."""
    return sorted((n for n in _inside(function) if isinstance(n, ast.Name)), key=_place)


def _place(node: ast.expr | ast.stmt) -> tuple[int, int]:
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


def _makes_generator(statement: ast.stmt) -> bool:
    """Whether a statement gives a name to a generator, and draws nothing from it."""
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and not _GENERATORS.isdisjoint(_dotted(value.func)[-1:])


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
            if node.func.attr in MUTATORS:
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
    if method in ARRAY_MUTATORS and _named(call.func.value, names):
        return True
    return method in _COPYING_INTO and any(_named(each, names) for each in call.args[:1])


def _named(node: ast.expr, names: frozenset[str]) -> bool:
    base = _base(node)
    return isinstance(base, ast.Name) and base.id in names
