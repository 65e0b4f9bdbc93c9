"""Settings of JAX that the submission changed and the reference didn't, and where it says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence.look import Look
from grader.observation import Configured, Span
from grader.source import Source


def changed(look: Look, *names: str) -> Configured | None:
    """Return the first of the settings called `names` that only the submission has changed."""
    theirs = {(each.name, each.value) for each in look.expected.record.configured}
    found = {each.name: each for each in look.actual.record.configured}
    ours = [found[name] for name in names if name in found]
    return next((each for each in ours if (each.name, each.value) not in theirs), None)


def place(source: Source, setting: Configured) -> Span | None:
    """Return where a setting is changed: the call that names it, if there is one alone."""
    calls = list(_calls(source.tree, setting.name)) if source.tree is not None else []
    return source.span(calls[0]) if len(calls) == 1 else None


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Yield `jax.config.update("jax_enable_x64", …)`, `jax.enable_x64(…)` and their likes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            texts = {each.value for each in node.args if isinstance(each, ast.Constant)}
            if name in texts or _called(node) == name.removeprefix("jax_"):
                yield node


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
