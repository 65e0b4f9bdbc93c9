"""What to write instead of a call that passes by position what is only taken by name."""

from __future__ import annotations

import ast
import re
from typing import Final

from grader.evidence.edits.failure import Failure
from grader.evidence.edits.text import Advice, put
from grader.evidence.notation import listing

_TOO_MANY: Final = re.compile(
    r"([\w.<>]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) "
    r"(?:positional arguments )?"
)
_NNX: Final = "flax.nnx."
_RNGS: Final = "rngs"


def only_by_name(failure: Failure) -> Advice | None:
    """The last arguments by position, where the function takes them by name."""
    found, call = _TOO_MANY.search(failure.raised.message), failure.call
    if found is None or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    surplus = int(found[3]) - int(found[2])
    names = _names(failure, found[1])[:surplus]
    passed = call.args[-surplus:]
    if len(names) < surplus or len(passed) < surplus:
        return None
    if {each.arg for each in call.keywords} & set(names):
        return None
    source = failure.evidence.source
    pairs = list(zip(names, passed, strict=True))
    edits = tuple(put(f"{name}=", source.span(node).start) for name, node in pairs)
    told = listing(f"{name}={ast.unparse(node)}" for name, node in pairs)
    return Advice(f"pass by name what is only taken by name: {told}", edits)


def _names(failure: Failure, qualified: str) -> list[str]:
    """Return what a function of the text, or a layer of NNX, takes by name alone."""
    owner, _, name = qualified.rpartition(".")
    nodes = failure.evidence.source.nodes
    if name == "__init__":
        last = owner.rpartition(".")[2]
        classes = [e for e in nodes if isinstance(e, ast.ClassDef) and e.name == last]
        bodies = [each for cls in classes for each in cls.body]
    else:
        classes, bodies = [], [e for e in nodes if isinstance(e, ast.stmt)]
    found = [e for e in bodies if isinstance(e, ast.FunctionDef) and e.name == name]
    if len(found) == 1:
        return [each.arg for each in found[0].args.kwonlyargs]
    last_given = failure.call.args[-1] if failure.call.args else None
    of_nnx = not classes and (failure.raised.library or "").startswith(_NNX)
    return [_RNGS] if of_nnx and _is_rngs(failure, last_given) else []


def _is_rngs(failure: Failure, node: ast.expr | None) -> bool:
    match node:
        case ast.Name(id=name):
            return name == _RNGS
        case ast.Call(func=function):
            return failure.evidence.source.names.dotted(function) == f"{_NNX}Rngs"
        case _:
            return False
