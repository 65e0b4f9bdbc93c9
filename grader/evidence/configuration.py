"""JAX settings that the submission changed and the reference didn't, and where it did."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.evidence.look import Look
from grader.evidence.meaning import Meaning
from grader.evidence.origins import called
from grader.evidence.trail import Trail
from grader.model.observation import Configured, ModuleRun, Record, Root, Span
from grader.model.source import Source


def changed(look: Look, *names: str) -> Configured | None:
    """Return the first of the settings `names` that only the submission changed."""
    return _first(look.actual.record, look.expected.record, names)


def changed_within(ours: Root, theirs: Root, *names: str) -> Configured | None:
    """Return the first of them that was in force in one entry into Flax but not in the other."""
    return _first(ours, theirs, names)


def _first(ours: Record | Root, theirs: Record | Root, names: tuple[str, ...]) -> Configured | None:
    usual = {(each.name, each.value) for each in theirs.configured}
    found = {each.name: each for each in ours.configured}
    mine = [found[name] for name in names if name in found]
    return next((each for each in mine if (each.name, each.value) not in usual), None)


_PROVOKES = {
    "jax_debug_nans": r"^FloatingPointError: invalid value \(nan\)",
    "jax_debug_infs": r"^FloatingPointError: invalid value \(inf\)",
    "jax_numpy_rank_promotion": r"rank.promotion",
    "jax_numpy_dtype_promotion": r"^TypePromotionError|dtype.promotion",
    "jax_legacy_prng_key": r"Legacy uint32 key",
    "jax_default_prng_impl": r"RNGs should be of shape|``rngs`` argument|passed to an init",
    "jax_debug_key_reuse": r"^KeyReuseError",
    "jax_check_tracer_leaks": r"[Ll]eaked",
    "jax_transfer_guard": r"Disallowed [\w-]+ transfer",
    "jax_platforms": r"initialize backend|[Uu]nknown backend|jax_platforms|^AssertionError",
}
"""The text of the exceptions that each setting can provoke."""


def provoked(look: Look) -> Configured | None:
    """Return the setting that made JAX raise this."""
    raised = look.raised
    if raised is None or raised.library is None:
        return None
    text = f"{raised.exception}: {raised.message}"
    names = [name for name, pattern in _PROVOKES.items() if re.search(pattern, text)]
    return changed(look, *names)


_REPORTS = frozenset({"jax_debug_nans", "jax_debug_infs"})
"""Settings that only raise for a number, which has another cause."""


def provoker(source: Source, setting: Configured) -> Span | None:
    """Return where a setting is changed that itself caused an exception."""
    return None if setting.name in _REPORTS else place(source, setting)


def meant(setting: Configured) -> Meaning:
    """Explain an exception that a setting provoked."""
    text = f"{setting.name} is {setting.value} here, and {setting.usual} otherwise."
    if setting.name in _REPORTS:
        return Meaning(
            why=f"{text} With it, JAX raises for a number that it would otherwise return.",
            help="find where that number comes from, then remove the setting",
        )
    return Meaning(
        why=f"{text} Without it JAX doesn't raise this.",
        help="remove this setting",
    )


def computing(look: Look) -> Configured | None:
    """Return the setting that made the module give other numbers for the same inputs."""
    ours, theirs = look.actual.answer, look.expected.answer
    if look.other_key or look.deviations or ours is None or theirs is None:
        return None
    return changed_within(ours, theirs, *_COMPUTING) if gave_otherwise(look) else None


def gave_otherwise(look: Look) -> bool:
    """Whether the module had the reference's input and variables, and gave other numbers."""
    ours, theirs = _run(look.actual), _run(look.expected)
    if ours is None or theirs is None or None in {ours.taken, ours.given, theirs.given}:
        return False
    same = (ours.taken, _numbers(look.actual)) == (theirs.taken, _numbers(look.expected))
    return look.answer_wrong and same and ours.given != theirs.given


_COMPUTING = ("jax_enable_x64", "jax_default_matmul_precision", "jax_numpy_dtype_promotion")


def _run(trail: Trail) -> ModuleRun | None:
    return trail.top(trail.answer) if trail.answer is not None else None


def _numbers(trail: Trail) -> list[str | None]:
    return [each.digest for each in trail.variables]


def place(source: Source, setting: Configured) -> Span | None:
    """Return where a setting is changed: the only call that names it, or the only such name."""
    calls: list[ast.expr] = list(_calls(source, setting.name))
    names = [each for each in source.nodes if isinstance(each, ast.Constant)]
    nodes = calls or [each for each in names if each.value == setting.name]
    return source.span(nodes[0]) if len(nodes) == 1 else None


def _calls(source: Source, name: str) -> Iterator[ast.Call]:
    """Yield calls such as `jax.config.update("jax_enable_x64", …)` and `jax.enable_x64(…)`."""
    for node in source.nodes:
        if isinstance(node, ast.Call):
            texts = {each.value for each in node.args if isinstance(each, ast.Constant)}
            if name in texts or called(node) == name.removeprefix("jax_"):
                yield node
