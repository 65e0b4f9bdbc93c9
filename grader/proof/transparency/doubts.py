"""The doubts about a text: what a trace of it might not show, and where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.proof.transparency.bindings import Bindings, Function, Locals, Scope
from grader.proof.transparency.sizes import Sizes

_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that a trace might not show. `hides`: even at given sizes."""

    hides: bool
    line: int
    reason: str


@dataclass(slots=True)
class Doubts:
    """Collects the doubts about one text, and knows which scope is being read."""

    bindings: Bindings
    sizes: Sizes
    found: list[Doubt] = field(default_factory=list)
    _scopes: list[Scope] = field(default_factory=list)
    _locals: list[Locals] = field(default_factory=list)

    def hides(self, node: ast.AST, reason: str) -> None:
        """Note what may do anything: see the trace, remember, change something."""
        self.found.append(Doubt(hides=True, line=getattr(node, "lineno", 1), reason=reason))

    def decides(self, node: ast.AST, reason: str, by: Iterable[ast.AST] | None = None) -> None:
        """Note what may do one thing for some sizes and another for others.

        It does so only if one of `by` may hold a size; all else that Python decides by is the
        same for all arguments, or a stand-in that refuses.
        """
        if by is None or any(map(self.sizes.may_hold, by)):
            self.found.append(Doubt(hides=False, line=getattr(node, "lineno", 1), reason=reason))

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """Enter a function, a class or the file for the block."""
        self._scopes.append(scope)
        self._locals.append(Locals(scope))
        yield
        self._scopes.pop()
        self._locals.pop()

    @property
    def here(self) -> Locals:
        """What the innermost scope binds."""
        return self._locals[-1]

    @property
    def in_function(self) -> bool:
        """Say whether what is read runs at a call, not when the file is loaded."""
        return any(isinstance(scope, Function) for scope in self._scopes)

    @property
    def in_setup(self) -> bool:
        """Say whether this is the `setup` of a Flax module, which Flax runs on a fresh copy."""
        match self._scopes[-2:]:
            case [ast.ClassDef(bases=bases), ast.FunctionDef(name="setup")]:
                names = [self.bindings.dotted(base) or "" for base in bases]
                return any(name.startswith("flax.linen.") for name in names)
            case _:
                return False


def words(node: ast.AST) -> str:
    """Return the text of a piece of code, cut to be quoted."""
    text = ast.unparse(node)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}…`"
