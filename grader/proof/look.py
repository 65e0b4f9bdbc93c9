"""A short look at a text, for what neither a trace nor a call at some sizes can see.

It looks at what can reach the answer: the exercise's function, what that uses, and what is done to
it when the file is loaded. There it finds tests of identity, errors that are caught, what is
changed outside of the program, clocks, chance, the environment, threads, and jax's insides. What
the program does with sizes and seeds is not looked for: they tell it themselves.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from grader.proof import known
from grader.proof.idle import Idle
from grader.proof.names import Names, root, stored

_SINGLE = (None, True, False, ...)
_ORDERED = frozenset({"sorted", "len", "min", "max"})
_ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.Return, ast.Break, ast.Continue)
_COMPUTED = (ast.Call, ast.NamedExpr, ast.Lambda)


class Look(ast.NodeVisitor):
    """Looks at statements that reach the answer. `doubts` are lines with what was found there.

    `used` are the names that they use, `said` is what only goes into messages, and `printed` the
    calls that make text of whatever they are given.
    """

    def __init__(self, tree: ast.Module, names: Names) -> None:
        self._names = names
        self._parents = {child: node for node in ast.walk(tree) for child in _children(node)}
        self._idle = Idle(names, [])
        self._scopes: list[set[str]] = []
        self._loose = False
        self._telling: list[tuple[int, str]] = []
        self._top = {name for each in tree.body for name in stored(each)}
        self.doubts: list[tuple[int, str]] = []
        self.used: set[str] = set()
        self.said: list[ast.stmt | ast.expr] = []
        self.printed: list[ast.stmt | ast.expr] = []

    def at_top(self, statement: ast.stmt, idle: Idle) -> None:
        """Look at a statement that stands at the top of the text."""
        self._idle = idle
        self.visit(statement)

    def finish(self) -> list[tuple[int, str]]:
        """Return the doubts, and those about modules that were passed on."""
        return self.doubts + (self._telling if self._loose else [])

    def visit(self, node: ast.AST) -> None:
        """Look at a node unless it is idle."""
        if isinstance(node, ast.stmt):
            if self._idle.holds(node):
                self.said.append(node)
                return
            self.said += self._idle.said(node)
            if self._idle.prints(node):
                self.printed.append(node)
        if isinstance(node, _ASYNC):
            self._doubt(node, "uses `async`")
        super().visit(node)

    def _doubt(self, node: ast.AST, what: str) -> None:
        self.doubts.append((getattr(node, "lineno", 1), what))

    # -------------------------------------------------------------------------------- definitions

    @contextmanager
    def _within(self, node: ast.AST, body: Iterable[ast.stmt]) -> Iterator[None]:
        before = self._idle
        if not self._scopes:
            self._idle = Idle(self._names, body)
        self._scopes.append({name for each in _children(node) for name in stored(each)})
        yield
        self._scopes.pop()
        self._idle = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Look at what is computed when it is defined, then at its body."""
        for each in [*node.decorator_list, *_defaults(node.args)]:
            self.visit(each)
        for hint in [*_annotations(node.args), node.returns]:
            self._annotation(hint)
        if node.name == "__exit__" and any(map(_swallows, ast.walk(node))):
            self._doubt(node, "may catch errors in `__exit__`")
        if node.name in known.METHODS and self._names.own >= {node.name}:
            self._doubt(node, f"defines `{node.name}`")
        with self._within(node, node.body):
            for statement in node.body:
                self.visit(statement)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Look at a lambda."""
        for each in _defaults(node.args):
            self.visit(each)
        with self._within(node, []):
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Look at all of a class: any of its methods may be called."""
        for each in [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]:
            self.visit(each)
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Look at the value, and not at what is only said of it."""
        self._annotation(node.annotation)
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None and any(isinstance(each, _COMPUTED) for each in ast.walk(node)):
            self.visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Find imports of all that a module has; others count where they are used."""
        if any(alias.name == "*" for alias in node.names):
            self._doubt(node, f"imports all of `{node.module}`")

    # -------------------------------------------------------------------------------------- errors

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        """Find errors that are caught and forgotten while the function runs."""
        raises = all(_ends_by_raising(each) for each in node.handlers)
        if not raises and self._scopes and not all(map(self._looks_up, node.body)):
            self._doubt(node, "catches errors with `try`")
        self.generic_visit(node)

    visit_TryStar = visit_Try  # noqa: N815  # Python names them

    def _looks_up(self, statement: ast.stmt) -> bool:
        """Say whether a statement only takes something out of a constant of the text."""
        match statement:
            case ast.Return(value=ast.Subscript(value=ast.Name(id=name), slice=ast.Constant())):
                return name in self._top
            case ast.Assign(value=ast.Subscript(value=ast.Name(id=name), slice=ast.Constant())):
                return name in self._top
            case ast.Import() | ast.ImportFrom():
                return True
            case _:
                return False

    # ----------------------------------------------------------------------------------- identity

    def visit_Compare(self, node: ast.Compare) -> None:
        """Find tests of identity that a stand-in may answer otherwise."""
        sides = [node.left, *node.comparators]
        for place, op in enumerate(node.ops):
            if isinstance(op, ast.Is | ast.IsNot) and not any(
                map(self._is_no_value, sides[place : place + 2])
            ):
                self._doubt(node, "compares by `is`")
        self.generic_visit(node)

    def _is_no_value(self, node: ast.expr) -> bool:
        """Say whether this is nothing that a size, a seed or an array can be."""
        match node:
            case ast.Constant(value=value):
                return any(value is each for each in _SINGLE)
            case ast.Name(id=name):
                return name in self._names.sentinels or bool(self._names.surely(node))
            case ast.Attribute(value=ast.Name(id=name)):
                return name in self._names.classes or bool(self._names.surely(node))
            case _:
                return False

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        """Find patterns that test a type."""
        own = isinstance(node.cls, ast.Name) and node.cls.id in self._names.classes
        if not own and self._names.builtin(node.cls) not in ("str", "dict", "list", "tuple"):
            self._doubt(node.cls, "tests a type with `match`")
        self.generic_visit(node)

    def _order(self, node: ast.AST) -> None:
        """Find sets whose order may count, which differs from process to process."""
        parent = self._parents.get(node)
        match parent:
            case ast.Compare(ops=ops):
                fine = not any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
            case ast.Call(func=func):
                fine = self._names.builtin(func) in _ORDERED or (
                    self._names.surely(func).startswith("flax.")
                )
            case ast.keyword():
                fine = parent.arg in ("mutable", "variable_axes", "split_rngs")
            case ast.Assign(targets=[ast.Name(id=name)]):
                read = [each for each in self._parents if _reads(each, name)]
                fine = all(_is_looked_up(self._parents.get(each)) for each in read)
            case _:
                fine = False
        if not fine:
            self._doubt(node, "may depend on the order of a set")

    def visit_Set(self, node: ast.Set) -> None:
        """Look at a set of several elements."""
        if len(node.elts) > 1:
            self._order(node)
        self.generic_visit(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """Look at a set that is made by a loop."""
        self._order(node)
        self.generic_visit(node)

    # ------------------------------------------------------------------------------------- changes

    def _changed(self, node: ast.Attribute | ast.Subscript) -> None:
        head = root(node)
        if isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            self._doubt(node, f"changes `.{node.attr}`")
        if self._names.dotted(head) is not None:
            self._doubt(node, f"changes `{ast.unparse(node)}`, which isn't its own")
        elif not isinstance(head, ast.Name):
            self._doubt(node, "changes what a call gave it")
        elif isinstance(node, ast.Attribute) and self._is_borrowed(head.id):
            self._doubt(node, f"changes `{head.id}`, which isn't its own")

    def _is_borrowed(self, name: str) -> bool:
        """Say whether a name may stand for something of a library's."""
        for node in self._parents:
            match node:
                case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.For(iter=value):
                    if name in stored(node) and any(
                        self._names.dotted(each) and not _is_called(each, self._parents)
                        for each in ast.walk(value)
                        if isinstance(each, ast.Attribute | ast.Name)
                    ):
                        return True
        return False

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Find changes in place of what the caller may hold as well."""
        match node.target:
            case ast.Name(id=name) if self._is_given(name):
                self._doubt(node, f"changes `{name}` in place")
            case _:
                self.visit(node.target)
        self.visit(node.value)

    def _is_given(self, name: str) -> bool:
        """Say whether a name may hold an argument itself."""
        for node in self._parents:
            match node:
                case ast.arg(arg=arg) if arg == name:
                    return True
                case ast.Assign(value=ast.Name() | ast.Subscript() | ast.Attribute()):
                    if name in stored(node):
                        return True
        return False

    # --------------------------------------------------------------------------------------- names

    def visit_Name(self, node: ast.Name) -> None:
        """Look at a name that is used."""
        if not isinstance(node.ctx, ast.Load):
            return
        self.used.add(node.id)
        dotted = self._names.dotted(node)
        if dotted is not None:
            self._library(node, dotted)
        elif hasattr(builtins, node.id) or node.id.startswith("__"):
            self._builtin(node)

    def _builtin(self, node: ast.Name) -> None:
        if any(node.id in scope for scope in self._scopes) or node.id in self._top:
            return
        parent = self._parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if node.id in known.BUILTINS:
            self._doubt(node, f"uses `{node.id}`")
        elif node.id in known.QUESTIONS and not called and not _is_kind(parent, node):
            self._doubt(node, f"passes `{node.id}` on")
        elif node.id in ("set", "frozenset") and called:
            self._set(parent)
        elif node.id.startswith("__") and node.id not in known.UNDERSCORED:
            self._doubt(node, f"uses `{node.id}`")

    def _set(self, call: ast.AST | None) -> None:
        match call:
            case ast.Call(args=[ast.Set(elts=[_]) | ast.Tuple(elts=[_]) | ast.List(elts=[_])]):
                pass
            case ast.Call(args=[ast.Set()]) | ast.Call(args=[]):
                pass
            case ast.Call():
                self._order(call)
            case _:
                pass

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Look at an attribute, or at a name of a library."""
        if not isinstance(node.ctx, ast.Load):
            self._changed(node)
        dotted = self._names.dotted(node)
        if dotted is not None:
            head = root(node)
            assert isinstance(head, ast.Name)
            self.used.add(head.id)
            self._library(node, dotted)
            return
        self._attribute(node, node.attr)
        self.visit(node.value)

    def _attribute(self, node: ast.AST, name: str) -> None:
        own = name in self._names.own
        if name in known.ATTRIBUTES or (
            name.startswith("_") and not own and name not in known.UNDERSCORED
        ):
            self._doubt(node, f"uses `.{name}`")
        elif name in known.PARTS:
            self._telling.append((getattr(node, "lineno", 1), f"uses `.{name}`"))

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Look at a subscript."""
        if not isinstance(node.ctx, ast.Load):
            self._changed(node)
        self.generic_visit(node)

    def _library(self, node: ast.AST, dotted: str) -> None:
        head, *parts = dotted.split(".")
        allowed = known.ONLY.get(head)
        denied = (
            head not in known.MODULES
            or any(each in known.PARTS for each in parts)
            or any(each.startswith("_") and each not in known.UNDERSCORED for each in parts)
            or (allowed is not None and parts and parts[0] not in allowed)
            or any(f"{dotted}.".startswith(f"{each}.") for each in known.DENIED)
        )
        if denied:
            self._doubt(node, f"uses `{dotted}`")
        elif dotted in self._names.modules | known.VALUES and self._names.surely(node):
            self._loose = True
            if dotted not in known.VALUES:
                self._doubt(node, f"passes `{dotted}` on")

    # --------------------------------------------------------------------------------------- calls

    def visit_Call(self, node: ast.Call) -> None:
        """Look at a call: what it is given by name."""
        dotted = self._names.dotted(node.func) or ""
        denied = known.KEYWORDS | known.KEYWORDS_OF.get(dotted.partition(".")[0], frozenset())
        for keyword in node.keywords:
            if keyword.arg in denied:
                self._doubt(node, f"passes `{keyword.arg}`")
            if keyword.arg is None and self._compiles([node.func, *node.args]):
                self._doubt(node, "passes `**` to `jax.jit`")
        if (node.func and dotted.endswith(".__setattr__")) or _sets_another(node):
            self._doubt(node, "changes an attribute by its name")
        self.generic_visit(node)

    def _compiles(self, nodes: list[ast.expr]) -> bool:
        return any((self._names.dotted(each) or "").endswith("jit") for each in nodes)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Find names that are given as text."""
        if not isinstance(node.value, str):
            return
        dunder = node.value.startswith("__") and node.value not in known.UNDERSCORED
        if dunder or node.value in known.KEYWORDS | known.ATTRIBUTES:
            self._doubt(node, f"uses `{node.value}`")


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)


def _defaults(given: ast.arguments) -> list[ast.expr]:
    return [each for each in (*given.defaults, *given.kw_defaults) if each is not None]


def _annotations(given: ast.arguments) -> list[ast.expr | None]:
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each.annotation for each in every if each is not None]


def _ends_by_raising(handler: ast.ExceptHandler) -> bool:
    leaves = any(isinstance(each, _LOOPS) for each in ast.walk(handler))
    return isinstance(handler.body[-1], ast.Raise) and not leaves


def _swallows(node: ast.AST) -> bool:
    match node:
        case ast.Return(value=None | ast.Constant(value=None | False)):
            return False
        case _:
            return isinstance(node, ast.Return)


def _is_kind(parent: ast.AST | None, node: ast.Name) -> bool:
    """Say whether `type` stands for the class of classes."""
    return node.id == "type" and isinstance(parent, ast.ClassDef | ast.Subscript | ast.Tuple)


def _is_looked_up(parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.Compare) and any(
        isinstance(op, ast.In | ast.NotIn) for op in parent.ops
    )


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _is_called(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    while isinstance(parent, ast.Attribute):
        node, parent = parent, parents.get(parent)
    return isinstance(parent, ast.Call)


def _sets_another(node: ast.Call) -> bool:
    """Say whether this is `object.__setattr__` of something else than `self`."""
    match node:
        case ast.Call(func=ast.Attribute(attr="__setattr__"), args=[ast.Name(id="self"), *_]):
            return False
        case ast.Call(func=ast.Attribute(attr="__setattr__")):
            return True
        case _:
            return False
