"""A look at the text, for what neither a trace nor a call at some sizes can see.

It finds tests of identity, errors that are caught, changes to what isn't the program's, clocks,
chance, the environment, threads, and jax's insides. What the program does with sizes and seeds is
not looked for: they tell it themselves.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable

from grader.model.catching import catches, swallows
from grader.model.hazards import formats_plainly
from grader.model.loading import calling_hints
from grader.model.names import Names, reads, root, stored
from grader.proof import known
from grader.proof.idle import Idle

_SINGLE = (None, True, False, ...)


class Look:
    """Looks at statements that reach the answer. `doubts` are lines with what was found there.

    `used` are the names that they use, `said` is what only goes into messages, and `printed` the
    calls that make text of whatever they are given. With `everything` it looks at what is idle as
    well.
    """

    def __init__(self, tree: ast.Module, names: Names, *, everything: bool = False) -> None:
        self._names = names
        self._everything = everything
        self._parents = {part: node for node in ast.walk(tree) for part in _parts(node)}
        self._idle = Idle(names)
        self._sets: set[str] = set()
        self._protocols = {"typing.Protocol"} & {*map(names.dotted, self._parents)}
        self._scopes: list[set[str]] = []
        self._top = {name for each in tree.body for name in stored(each)}
        self.doubts: list[tuple[int, str]] = []
        self.used: set[str] = set()
        self.said: list[ast.stmt | ast.expr] = []
        self.printed: list[ast.stmt | ast.expr] = []

    def at(self, node: ast.AST) -> None:
        """Look at a node, and at all that is in it, unless it is idle."""
        if isinstance(node, ast.stmt):
            if not self._everything and self._idle.holds(node):
                self.said.append(node)
                return
            self.said += self._idle.said(node)
            self.printed += [node] if self._idle.prints(node) else []
        self._look(node)
        match node:
            case ast.FunctionDef() | ast.Lambda():
                self._function(node)
            case ast.AnnAssign(target=target, value=value):
                self._all([target, *([value] if value else [])])
            case ast.Attribute() if self._names.dotted(node):
                self.used.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
            case _:
                self._all(_parts(node))

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.at(node)

    def _doubt(self, node: ast.AST, what: str) -> None:
        self.doubts.append((getattr(node, "lineno", 1), what))

    def _function(self, node: ast.FunctionDef | ast.Lambda) -> None:
        """Look at what is computed when it is defined, then at its body; a hint is neither."""
        self._all(each for each in (*node.args.defaults, *node.args.kw_defaults) if each)
        body = node.body if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.FunctionDef):
            self._all(node.decorator_list)
            self._all(each for each in ast.walk(node.args) if isinstance(each, ast.NamedExpr))
        before = self._idle
        self._idle = before if self._scopes else Idle(self._names, body)
        self._scopes.append({name for each in _parts(node) for name in stored(each)})
        self._all(body if isinstance(node, ast.FunctionDef) else [node.body])
        self._scopes.pop()
        self._idle = before

    def _look(self, node: ast.AST) -> None:  # noqa: C901, PLR0912  # one for each kind of node
        match node:
            case ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith() | ast.Await():
                self._doubt(node, "uses `async`")
            case ast.FunctionDef() | ast.AnnAssign() if calling_hints(node):
                self._doubt(node, "calls something in a type hint")
            case ast.FunctionDef(name="__exit__") if any(map(swallows, ast.walk(node))):
                self._doubt(node, "may catch errors in `__exit__`")
            case ast.FunctionDef(name=name) if name in known.METHODS & self._names.own:
                self._doubt(node, f"defines `{name}`")
            case ast.Name(id="__exit__", ctx=ast.Store()) | ast.Constant(value="__exit__"):
                self._doubt(node, "may catch errors in `__exit__`")
            case ast.Name(id="__module__", ctx=ast.Store()):
                self._doubt(node, "says that a class is another module's")
            case ast.Name(id=name, ctx=ast.Store()) if name in known.METHODS & self._names.own:
                self._doubt(node, f"defines `{name}`")
            case ast.Try() | ast.TryStar() if self._scopes and catches(node):
                self._doubt(node, "catches errors with `try`")
            case ast.Compare(ops=ops):
                sides = [node.left, *node.comparators]
                for op, *pair in zip(ops, sides, sides[1:], strict=False):
                    if isinstance(op, ast.Is | ast.IsNot) and not any(map(self._no_value, pair)):
                        self._doubt(node, "compares by `is`")
            case ast.MatchClass(cls=cls) if self._protocols or not self._is_own(cls):
                if self._names.builtin(cls) not in ("str", "dict", "list", "tuple"):
                    self._doubt(cls, "tests a type with `match`")
            case ast.Set(elts=[_, _, *_]) if not self._is_unordered(node):
                self._doubt(node, "may depend on the order of a set")
            case ast.AugAssign(target=ast.Name(id=name)) if name in self._names.parameters:
                self._doubt(node, f"changes `{name}` in place")
            case ast.Attribute(attr="format" | "format_map", value=value) if not formats_plainly(
                value
            ):
                self._doubt(node, "formats text that may ask for attributes")
            case ast.Constant(value=str(name)) if name in known.ATTRIBUTES:
                self._doubt(node, f"uses `.{name}`")
            case ast.Call():
                self._call(node)
            case ast.Name(id=name, ctx=ast.Load()):
                self.used.add(name)
                self._name(node)
            case ast.Attribute() | ast.Subscript():
                self._member(node)
            case _:
                pass

    def _is_own(self, node: ast.AST) -> bool:
        head = root(node)
        return isinstance(head, ast.Name) and head.id in self._names.classes

    def _no_value(self, node: ast.expr) -> bool:
        """Say whether this is nothing that a size, a seed or an array can be."""
        if isinstance(node, ast.Constant):
            return any(node.value is each for each in _SINGLE)
        sentinel = isinstance(node, ast.Name) and node.id in self._names.sentinels
        return sentinel or self._is_own(node) or bool(self._names.surely(node))

    def _is_unordered(self, node: ast.AST) -> bool:
        """Say whether the order of a set, which differs between processes, counts for nothing."""
        match self._parents.get(node):
            case ast.Compare(ops=ops):
                return not any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
            case ast.Call(func=func):
                ordered = self._names.builtin(func) in ("sorted", "len", "min", "max")
                return ordered or self._names.surely(func).startswith("flax.")
            case ast.keyword(arg=arg):
                return arg in ("mutable", "variable_axes", "split_rngs")
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in self._sets:
                self._sets.add(name)
                return all(self._is_unordered(each) for each in self._parents if reads(each, name))
            case ast.Assign(targets=[ast.Name()]):
                return True  # it is being looked at, or was
            case _:
                return False

    def _name(self, node: ast.Name) -> None:
        name, parent = node.id, self._parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        kind = isinstance(parent, ast.ClassDef | ast.Subscript | ast.Tuple) and name == "type"
        hidden = any(name in scope for scope in self._scopes) or name in self._top
        if self._names.dotted(node):
            self._library(node)
        elif hidden or not (hasattr(builtins, name) or name.startswith("__")):
            return
        elif name in known.QUESTIONS and not called and not kind:
            self._doubt(node, f"passes `{name}` on")
        elif name in known.BUILTINS or (name[:2] == "__" and name not in known.UNDERSCORED):
            self._doubt(node, f"uses `{name}`")
        elif name in ("set", "frozenset") and isinstance(parent, ast.Call):
            match parent.args:
                case [] | [ast.Set() | ast.Tuple(elts=[_]) | ast.List(elts=[_])]:
                    pass
                case _ if not self._is_unordered(parent):
                    self._doubt(node, "may depend on the order of a set")

    def _member(self, node: ast.Attribute | ast.Subscript) -> None:
        """Look at an attribute, an element, or a name of a library."""
        name = node.attr if isinstance(node, ast.Attribute) else ""
        head = root(node)
        if not isinstance(node.ctx, ast.Load) and (
            name.startswith("__") or self._names.dotted(head) or not isinstance(head, ast.Name)
        ):
            self._doubt(node, f"changes `{ast.unparse(node)}`, which isn't its own")
        if name == "__setattr__" and not self._sets_own(node):
            self._doubt(node, "changes an attribute by its name")
        own = name in self._names.own | known.UNDERSCORED
        if self._names.dotted(node):
            self._library(node)
        elif self._tells(node) or name in known.ATTRIBUTES or (name.startswith("_") and not own):
            self._doubt(node, f"uses `.{name}`")

    def _sets_own(self, node: ast.Attribute | ast.Subscript) -> bool:
        """Say whether `__setattr__` is called on `self`, as in a frozen dataclass."""
        match self._parents.get(node):
            case ast.Call(func=func, args=[ast.Name(id="self"), *_]):
                return func is node
            case _:
                return False

    def _tells(self, node: ast.Attribute | ast.Subscript) -> bool:
        """Say whether this is the name or the text of something that a stand-in may give.

        What `type` gives isn't: the question is noted when it is asked.
        """
        match node:
            case ast.Attribute(attr=name, value=value, ctx=ast.Load()) if name in known.TELLING:
                asked = isinstance(value, ast.Call) and self._names.builtin(value.func) == "type"
                return not asked
            case _:
                return False

    def _library(self, node: ast.AST) -> None:
        dotted = self._names.dotted(node)
        head, *parts = dotted.split(".")
        allowed = known.ONLY.get(head, frozenset(parts[:1]))
        inner = known.ONLY.get(".".join([head, *parts[:1]]), frozenset(parts[1:2]))
        missing = not allowed >= {*parts[:1]} or not inner >= {*parts[1:2]}
        denied = known.DENIED | known.DENIED_OF.get(head, frozenset())
        within = parts[1:] if head in ("flax", "jax", "numpy") else parts
        hidden = [each for each in parts if each[:1] == "_" and each not in known.UNDERSCORED]
        hidden += [each for each in parts if head == "jax" and each.endswith("_p")]
        hidden += [each for each in within if each in sys.stdlib_module_names - known.SHARED]
        if head not in known.PACKAGES or hidden or denied & {*parts} or missing:
            self._doubt(node, f"uses `{dotted}`")
        elif dotted in self._names.modules | known.MODULES:
            self._doubt(node, f"passes `{dotted}` on")

    def _call(self, node: ast.Call) -> None:
        """Look at what a call is given by name, and at what it sets by name."""
        head = self._names.dotted(node.func).partition(".")[0]
        denied = known.KEYWORDS | known.KEYWORDS_OF.get(head, frozenset())
        called = [self._names.dotted(each) for each in (node.func, *node.args)]
        for keyword in node.keywords:
            unknown = keyword.arg is None and any(each.endswith("jit") for each in called)
            if keyword.arg in denied or unknown:
                self._doubt(node, f"passes `{keyword.arg or '**'}`")
        if self._names.dotted(node.func) == "numpy.ndarray":
            self._doubt(node, "makes an array of what happens to be in memory")
        if self._names.builtin(node.func) == "type" and len(node.args) != 1:
            self._doubt(node, "makes a class with `type`")


def _parts(node: ast.AST) -> Iterable[ast.AST]:
    return ast.iter_child_nodes(node)
