"""derived-key: the random numbers come from a different key than the task's."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.configuration import changed, place
from grader.evidence.edits import key_edits, left_out, setting_removed, unjitted
from grader.evidence.jitted import jitted
from grader.evidence.keys import (
    Fault,
    configured,
    derived,
    deriving_steps,
    fault,
    making_step,
    other_kinds,
    seed_pairs,
    task_key,
    task_seed_key,
)
from grader.evidence.lifting import stream_split
from grader.evidence.look import KeyPair
from grader.evidence.notation import listing
from grader.evidence.provenance import way
from grader.model.exercise import Check
from grader.model.observation import Configured, KeyStep, Span
from grader.rules import nnx_keys
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    yield from nnx_keys.derived(evidence)
    groups: dict[Span | None, list[tuple[Look, KeyPair]]] = {}
    for look, pair in _pairs(evidence):
        groups.setdefault(_place(evidence, pair), []).append((look, pair))
    for span, group in groups.items():
        yield _sighting(evidence, span, group[0][0], [pair for _, pair in group])
    yield from _other_kinds(evidence)
    yield from _settings(evidence)
    yield from _jitted(evidence)


def _pairs(evidence: Evidence) -> Iterator[tuple[Look, KeyPair]]:
    """Yield the first wrong key of each stream."""
    constant = {pair.stream for pair in seed_pairs(evidence)}
    seen: set[str] = set()
    for look in evidence.looks:
        for pair in derived(evidence, look):
            fixed = pair.stream in constant or None in constant
            if pair.stream not in seen and not (fixed and fault(pair) not in _OWN):
                seen.add(pair.stream)
                yield look, pair


_OWN = frozenset({Fault.OTHER_PART, Fault.STEPS})
"""Faults of a key that count even if its first key is a constant, which another rule reports."""


def _sighting(evidence: Evidence, span: Span | None, look: Look, pairs: list[KeyPair]) -> Sighting:
    """Describe the keys that one place makes: often for two streams."""
    pair = pairs[0]
    return Sighting(
        message=_message(evidence, look, pairs),
        label=_label(evidence, look, pairs),
        details=tuple(line for each in pairs for line in _details(each, alone=len(pairs) == 1)),
        why="Then the same seed gives you different random numbers than everybody else, and your "
        "results can't be compared or repeated.",
        help=_init_lifted(evidence, look, pair) or _help(evidence, pairs),
        span=span,
        edits=() if _init_lifted(evidence, look, pair) else key_edits(evidence, pairs),
        case=look.case,
        evidence={
            "stream": pair.stream,
            "expected": pair.expected.data,
            "actual": pair.actual.data,
            "steps": [step.operation for step in pair.actual.steps],
        },
    )


def _message(evidence: Evidence, look: Look, pairs: list[KeyPair]) -> str:
    pair, several = pairs[0], len(pairs) > 1
    streams = listing(f'"{each.stream}"' for each in pairs)
    drawn = f"{streams} {'are' if several else 'is'} drawn from"
    key = f"PRNGKey({evidence.seed_name or 'seed'})"
    if not deriving_steps(pair.expected):
        derives = fault(pair) is Fault.STEPS
        return (
            f"{drawn} a derived key, not from {key}"
            if derives
            else f"{drawn} a different key than {key}"
        )
    if fault(pair) is Fault.KEPT_WHOLE and _is_of_seed(evidence, look, pair):
        return f"{drawn} {key} itself, not from a key that is {_told_steps(pair)} from it"
    if several:
        return f"{drawn} different keys than the task derives for them"
    return f"{drawn} a different key than the task derives for it"


def _init_lifted(evidence: Evidence, look: Look, pair: KeyPair) -> str | None:
    """Say that nn.vmap splits the key, where plain modules drew from it instead of the lifted one.

    With the task's key, each of them would draw the same numbers.
    """
    theirs, key = look.expected.lifted(pair.expected.root), task_key(evidence, pair.stream)
    split = any(stream_split(each.call.split_rngs, pair.stream) is True for each in theirs)
    if not split or look.actual.is_lifted(pair.actual.root) or key is None:
        return None
    if not look.actual.lifted(look.actual.answer):
        return None
    return f"init the lifted module with {key}: nn.vmap splits it, a key for each"


def _help(evidence: Evidence, pairs: list[KeyPair]) -> str:
    pair, several = pairs[0], len(pairs) > 1
    if fault(pair) is Fault.FIRST:
        first = task_seed_key(evidence, pair.stream)
        if first is not None and deriving_steps(pair.expected):
            return f"derive {'them' if several else 'it'} from {first} itself"
    keys = {each.stream: task_key(evidence, each.stream) for each in pairs}
    if None in keys.values():
        return "make the key as the task says"
    if several:
        told = listing(f'"{stream}" {key}' for stream, key in keys.items())
        return f"make the keys as the task does: {told}"
    if not deriving_steps(pair.expected):
        return f'pass {keys[pair.stream]} itself as the key of "{pair.stream}"'
    return f'make the key of "{pair.stream}" as the task does: {keys[pair.stream]}'


def _label(evidence: Evidence, look: Look, pairs: list[KeyPair]) -> str:
    pair = pairs[0]
    steps, made = deriving_steps(pair.actual), making_step(pair.actual)
    of_seed = _is_of_seed(evidence, look, pair)
    match fault(pair):
        case Fault.STEPS:
            return f"{steps[-1].operation} makes a different key"
        case Fault.OTHER_PART:
            told = (f'"{each.stream}" gets key {each.actual.positions[-1]}' for each in pairs)
            return f"{listing(told)} of these"
        case Fault.KEPT_WHOLE if of_seed:
            return f"this key is used directly, not {_told_steps(pair)}"
        case _ if made is not None and not of_seed and _is_number(made):
            text = f"{made.operation}({made.operands[0]})"
            return f"this is {text}, the {evidence.seed_name} is {evidence.seed(look.case)}"
        case _:
            return "not the key that the task uses here"


def _is_of_seed(evidence: Evidence, look: Look, pair: KeyPair) -> bool:
    made = making_step(pair.actual)
    return made is not None and made.operands[:1] == (str(evidence.seed(look.case)),)


def _is_number(made: KeyStep) -> bool:
    return bool(made.operands) and made.operands[0].lstrip("-").isdigit()


def _told_steps(pair: KeyPair) -> str:
    words = {"split": "split", "fold_in": "folded"}
    return " and ".join(words[step.operation] for step in deriving_steps(pair.expected))


def _jitted(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.answered_wrong:
        span = jitted(evidence, look)
        if span is not None:
            yield Sighting(
                message="inside nn.jit, Flax draws different numbers from the same key",
                label="derives the layer's keys differently",
                details=("The key, the names and the initialisers are the task's.",),
                why="Flax derives the key of each parameter and each mask from its place in the "
                "model, and inside nn.jit it derives it differently.",
                help="remove nn.jit",
                span=span,
                edits=unjitted(evidence.source, span),
                case=look.case,
            )
            return


def _settings(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.looks:
        for pair in look.keys:
            setting = configured(look, pair)
            if setting is not None and look.failed:
                yield _setting(evidence, look, pair, setting)
                return


def _setting(evidence: Evidence, look: Look, pair: KeyPair, setting: Configured) -> Sighting:
    what = "other keys" if pair.differs else "other numbers from the same key"
    return Sighting(
        message=f"{setting.name} is {setting.value}, and JAX makes {what}",
        label=f"sets {setting.name}, which was {setting.usual}",
        details=(f"key   expected {pair.expected.data}   found {pair.actual.data}",)
        if pair.differs
        else (),
        why="Then the same seed gives you different random numbers than everybody else, and your "
        "results can't be compared or repeated.",
        help="remove this setting",
        span=place(evidence.source, setting) or pair.actual.root.span,
        edits=setting_removed(evidence.source, place(evidence.source, setting)),
        case=look.case,
        evidence={"setting": setting.name, "expected": setting.usual, "actual": setting.value},
    )


def _other_kinds(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.looks:
        for pair in other_kinds(look):
            yield _kind(evidence, look, pair)
            return


def _kind(evidence: Evidence, look: Look, pair: KeyPair) -> Sighting:
    ours, theirs = pair.actual.implementation, pair.expected.implementation
    setting = changed(look, "jax_default_prng_impl")
    made = making_step(pair.actual)
    asked = made is not None and any(each.startswith("impl=") for each in made.operands)
    span = place(evidence.source, setting) if setting is not None and not asked else None
    return Sighting(
        message=f'the keys are of a different kind: "{ours}", not "{theirs}"',
        label=f'makes "{ours}" keys',
        details=(f"key   expected {pair.expected.data}   found {pair.actual.data}",)
        if pair.actual.data
        else (),
        why="Each kind of key gives different random numbers, even from the same seed.",
        help="remove impl" if asked else "remove this setting",
        span=span or (made.span if made is not None else pair.actual.root.span),
        edits=left_out(evidence, made.span, "impl")
        if asked and made is not None
        else setting_removed(evidence.source, span),
        case=look.case,
        evidence={"stream": pair.stream, "expected": theirs, "actual": ours},
    )


def _details(pair: KeyPair, *, alone: bool) -> Iterator[str]:
    """Describe how the key was made, and show both keys."""
    actual, of = pair.actual, "" if alone else f' of "{pair.stream}"'
    if actual.positions:
        yield f"The key{of} is {way(actual)}."
    elif deriving_steps(actual):
        yield f"The key{of} went through {_names(deriving_steps(actual))}."
    if pair.differs:
        yield f"key{of}   expected {pair.expected.data}   found {actual.data}"


def _names(steps: tuple[KeyStep, ...]) -> str:
    return ", ".join(f"jax.random.{step.operation}" for step in steps)


def _place(evidence: Evidence, pair: KeyPair) -> Span | None:
    """Return the call that derived the key, the nearest one to its use."""
    steps = deriving_steps(pair.actual) if fault(pair) in _OWN else ()
    made = making_step(pair.actual)
    if not steps and made is not None and made.span is not None:
        return made.span
    spans = [step.span for step in steps if step.span is not None]
    return spans[-1] if spans else pair.actual.root.span or evidence.landmarks.head


RULE = Rule(
    id="derived-key",
    check=Check.RNG,
    title="the random numbers come from a different key",
    explanation="""\
The task says which keys to draw from. Your random numbers come from a different key: one half of a
`split`, a `fold_in`, a key made from `seed + 1`, or a key that the task splits first. A JAX setting
that makes keys of another kind (`impl="rbg"`) has the same effect, and so does Flax's `nn.jit`,
which derives the key of a layer differently.

Splitting a key is good practice if you would otherwise use it twice. But a key that is derived
differently gives different random numbers. Then the same seed leads to other weights or masks than
in the task, and nobody can repeat your run from the seed alone.

A stream of NNX is a key and a count, and makes the keys that it gives of both. So a stream that was
forked, or that has given keys before, draws other weights.
""",
    wrong=RIGHT.replace(
        "    variables = model.init(jax.random.PRNGKey(seed), x)\n",
        "    key, init_key = jax.random.split(jax.random.PRNGKey(seed))\n"
        "    variables = model.init(init_key, x)\n",
    ),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    alters=NUMBERS,
)
