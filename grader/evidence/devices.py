"""Devices that a program requests, although there is only a CPU."""

from __future__ import annotations

import ast
import re
from typing import Final

from grader.evidence.meaning import Meaning
from grader.model.observation import Raised
from grader.model.source import Source

_REFUSED: Final = re.compile(
    r"[Uu]nknown backend|[Uu]nable to initialize backend|no platforms that are instances|"
    r"[Nn]o visible \w+ devices?|not in the list of known backends"
)
_BACKENDS: Final = "jax._src.xla_bridge"
_SETTINGS: Final = frozenset(
    {"jax_platforms", "jax_platform_name", "JAX_PLATFORMS", "JAX_PLATFORM_NAME"}
)
_DEVICES: Final = frozenset({"cuda", "gpu", "tpu", "rocm", "metal", "METAL", "oneapi"})


def unavailable(raised: Raised, source: Source) -> Meaning | None:
    """Explain that jax has no such device; its message may be a mere assertion."""
    by_jax = raised.exception == "AssertionError" and (raised.library or "").startswith(_BACKENDS)
    if not by_jax and not _REFUSED.search(raised.message):
        return None
    asking = _asking(source)
    device = _device(asking)
    return Meaning(
        message=f'the program asks for the device "{device}", which isn\'t there'
        if device
        else "the program asks jax for a device that isn't there",
        label="asks for it",
        why="Programs are graded on a CPU, which jax chooses by default.",
        help="let jax choose the device: delete this choice",
        span=source.span(asking) if asking is not None and raised.place is None else None,
    )


def _asking(source: Source) -> ast.Call | ast.Assign | None:
    """Return the statement or call that names a device, preferably a setting."""
    calls = [node for node in source.nodes if isinstance(node, ast.Call | ast.Assign)]
    settings = [node for node in calls if _texts(node) & _SETTINGS]
    named = [node for node in calls if _texts(node) & _DEVICES]
    return next(iter([*settings, *named]), None)


def _device(node: ast.AST | None) -> str | None:
    return next(iter(sorted(_texts(node) & _DEVICES)), None) if node is not None else None


def _texts(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
