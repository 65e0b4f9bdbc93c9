"""Values passed as a key that aren't a single key: what they are, and what the task passes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.evidence.keys import in_all
from grader.evidence.look import Look
from grader.evidence.meaning import Meaning
from grader.evidence.notation import listing
from grader.evidence.origins import called
from grader.evidence.provenance import DERIVING, MAKERS, expression, of_root
from grader.model.observation import Raised, Root, StreamKey
from grader.model.source import Source

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence

_NO_SEED = re.compile(
    r"PRNG key seed|accepts a scalar seed|valid JAX array type|argument: 'seed'|too large to"
    r"|valid value for jnp.array|\b(PRNGKey|key)\(\) (takes|got|missing)"
)
_REFUSED = re.compile(
    r"RNGs should be of shape .*?but rngs are: (?P<given>.*)"
    r"|``rngs`` argument passed to an apply|First argument passed to an init",
    re.DOTALL,
)
_UNNAMED = re.compile(r'needs PRNG for "(?P<stream>[^"]*)"')
_NO_KEY = re.compile(r"invalid PRNG key data|[Uu]nexpected PRNG key|not a PRNG key")


def misused_key(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an exception that comes from a value passed as a seed or as a key."""
    raised = look.raised
    if raised is None:
        return None
    for explain in (_seed, _no_key, _refused, _unnamed, _indexed):
        told = explain(evidence, look, raised)
        if told is not None:
            return told
    return None


def _seed(evidence: Evidence, _: Look, raised: Raised) -> Meaning | None:
    """Explain what was passed to the function that makes the first key."""
    function = _called(evidence, raised)
    if function not in MAKERS or not _NO_SEED.search(raised.message):
        return None
    name = evidence.seed_name or "the seed"
    return Meaning(
        why=f"jax.random.{function} takes a single integer, from which it makes the key.",
        help=f"pass it {name} unchanged: jax.random.{function}({name})",
    )


def _no_key(evidence: Evidence, _: Look, raised: Raised) -> Meaning | None:
    """Explain what was passed to a function that derives keys."""
    if not _NO_KEY.search(raised.message):
        return None
    function, first = _called(evidence, raised), _first_key(evidence)
    what = f"jax.random.{function}" if function in DERIVING else "This function"
    return Meaning(
        why=f"{what} takes a key as its first argument, but got something else.",
        help=f"make a key first: {first}" if first else "make a key from the seed first",
    )


def _refused(evidence: Evidence, look: Look, raised: Raised) -> Meaning | None:
    """Explain what Flax got instead of a key, if its message or the text shows that."""
    refused = _REFUSED.search(raised.message)
    if refused is None:
        return None
    given = refused["given"] or ""
    why = next((why for pattern, why in _GIVEN if re.match(pattern, given)), _SOMETHING)
    if any(key.in_array for key in _given(look)):
        why = _SEVERAL
    elif why is _SOMETHING and any("impl=" in each for each in _operands(look)):
        why = "Flax accepts plain numbers only as keys of the default kind. This key isn't."
    told = _passed(evidence, raised)
    return Meaning(why=why, help=told or "pass one key", streams=_streams(look, raised))


_SOMETHING = "The value that was passed as a key isn't one."
_SEVERAL = (
    "An array of several keys isn't a key. Each stream gets one; if split_rngs says True, nn.vmap "
    "itself splits it."
)
_GIVEN = (
    (r"\[\[\s*\d+\s+\d+\s*\]|.*overlaying", _SEVERAL),
    (r"-?\d+(\.\d+)?\b(?!\.)", "A number isn't a key: make a key from it."),
    (r"\(|\[Array", "A tuple or list isn't a key. Pass several keys as a dict, by stream."),
)


def _given(look: Look) -> tuple[StreamKey, ...]:
    """Return the keys that were passed to the call that raised, if it got that far."""
    root = look.actual.answer
    return root.keys if root is not None and root.raised else ()


def _operands(look: Look) -> Iterator[str]:
    return (each for step in look.actual.record.keys for each in step.operands)


def _unnamed(evidence: Evidence, look: Look, raised: Raised) -> Meaning | None:
    """Explain that a call got keys, but none for a stream that is needed."""
    found = _UNNAMED.search(raised.message)
    given = [key.stream for key in _given(look)]
    told = _passed(evidence, raised)
    if found is None or not given or found["stream"] in given or told is None:
        return None
    streams = listing(f'"{each}"' for each in given)
    why = f'The call gets a key for {streams}, but none for "{found["stream"]}".'
    return Meaning(why=why, help=told, streams=_streams(look, raised))


def _indexed(evidence: Evidence, _: Look, raised: Raised) -> Meaning | None:
    if raised.exception != "IndexError" or not _indexes_key(evidence, raised):
        return None
    return Meaning(
        why="jax.random.key makes one key, not an array of numbers, so you can't index it.",
        help="remove the index",
    )


def _called(evidence: Evidence, raised: Raised) -> str:
    node = evidence.source.call_at(raised.place)
    return called(node) if node is not None else ""


def _indexes_key(evidence: Evidence, raised: Raised) -> bool:
    """Whether the indexed expression is a call that makes a typed key."""
    source = evidence.source
    for node in source.nodes:
        if isinstance(node, ast.Subscript) and source.span(node) == raised.place:
            made = node.value
            names = {ast.unparse(each.value) for each in _assigned(source, made)}
            texts = names or {ast.unparse(made)}
            return all(re.match(r"(jax\.)?(random\.)?key\(", text) for text in texts)
    return False


def _assigned(source: Source, name: ast.expr) -> list[ast.Assign]:
    if not isinstance(name, ast.Name):
        return []
    found = [node for node in source.nodes if isinstance(node, ast.Assign)]
    return [
        each
        for each in found
        if any(isinstance(target, ast.Name) and target.id == name.id for target in each.targets)
    ]


def _passed(evidence: Evidence, raised: Raised) -> str | None:
    """Say what the reference passes to the call that raised, as code."""
    texts = {_keys_text(evidence, look, _counterpart(look, raised)) for look in evidence.looks}
    keys = in_all(texts)
    return (
        f"pass what the task passes: {'rngs=' if _applies(raised) else ''}{keys}" if keys else None
    )


def _applies(raised: Raised) -> bool:
    return re.search(r"\bapply\b", f"{raised.library} {raised.message}") is not None


def _counterpart(look: Look, raised: Raised) -> Root | None:
    """Return the reference's call that corresponds to the one that raised."""
    return look.expected.answer if _applies(raised) else look.expected.maker


def _streams(look: Look, raised: Raised) -> tuple[str, ...]:
    root = _counterpart(look, raised)
    return tuple(key.stream for key in root.keys) if root is not None else ()


def _keys_text(evidence: Evidence, look: Look, root: Root | None) -> str | None:
    """Write the keys of one of the reference's calls; a single key for "params" without a dict."""
    if root is None:
        return None
    seed, name = str(evidence.seed(look.case)), evidence.seed_name or ""
    keys = {key.stream: expression(key, seed, name) for key in of_root(look.expected, root)}
    if None in keys.values() or not keys:
        return None
    if set(keys) == {"params"}:
        return keys["params"]
    return "{" + ", ".join(f'"{stream}": {key}' for stream, key in keys.items()) + "}"


def _first_key(evidence: Evidence) -> str | None:
    """Write how the reference makes its first key."""
    return in_all(
        {
            expression(key, str(evidence.seed(look.case)), evidence.seed_name or "", first=True)
            for look in evidence.looks
            if look.expected.maker is not None
            for key in of_root(look.expected, look.expected.maker)
        }
    )
