"""derived-key: the random numbers come from another key than the task's."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.configuration import changed, place
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
from grader.evidence.look import KeyPair
from grader.evidence.provenance import way
from grader.exercise import Check
from grader.observation import Configured, KeyStep, Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting


def _find(evidence: Evidence) -> Iterator[Sighting]:
    constant = {pair.stream for pair in seed_pairs(evidence)}
    seen: set[str] = set()
    for look in evidence.looks:
        for pair in derived(evidence, look):
            fixed = pair.stream in constant or None in constant
            if pair.stream not in seen and not (fixed and fault(pair) not in _OWN):
                seen.add(pair.stream)
                yield _sighting(evidence, look, pair)
    yield from _other_kinds(evidence)
    yield from _settings(evidence)
    yield from _jitted(evidence)


_OWN = frozenset({Fault.OTHER_PART, Fault.STEPS})
"""What is wrong with a key also where its first key is a constant, which is another rule's."""


def _sighting(evidence: Evidence, look: Look, pair: KeyPair) -> Sighting:
    return Sighting(
        message=_message(evidence, pair),
        label=_label(evidence, look, pair),
        details=_details(pair),
        why="The same seed then gives other random numbers than everybody else gets from it, and "
        "a result can't be compared or repeated.",
        help=_help(evidence, pair),
        span=_place(evidence, pair),
        case=look.case,
        evidence={
            "stream": pair.stream,
            "expected": pair.expected.data,
            "actual": pair.actual.data,
            "steps": [step.operation for step in pair.actual.steps],
        },
    )


def _message(evidence: Evidence, pair: KeyPair) -> str:
    key = f"PRNGKey({evidence.seed_name or 'seed'})"
    if not deriving_steps(pair.expected):
        if fault(pair) is Fault.STEPS:
            return f'"{pair.stream}" is drawn from a derived key, not from {key}'
        return f'"{pair.stream}" is drawn from another key than {key}'
    if fault(pair) is Fault.KEPT_WHOLE:
        return f'"{pair.stream}" is drawn from a key that the task derives another one of first'
    return f'"{pair.stream}" is drawn from another key than the task derives for it'


def _help(evidence: Evidence, pair: KeyPair) -> str:
    alike = fault(pair) is Fault.FIRST
    task = (task_seed_key if alike else task_key)(evidence, pair.stream)
    if task is None:
        return f'make the key of "{pair.stream}" as the task says'
    if not deriving_steps(pair.expected):
        return f'pass {task} itself as the key of "{pair.stream}"'
    if alike:
        return f"derive it of {task} itself"
    return f'make the key of "{pair.stream}" as the task does: {task}'


def _label(evidence: Evidence, look: Look, pair: KeyPair) -> str:
    steps, made = deriving_steps(pair.actual), making_step(pair.actual)
    seed = evidence.seed(look.case)
    match fault(pair):
        case Fault.STEPS:
            return f"{steps[-1].operation} makes another key"
        case Fault.KEPT_WHOLE if made is not None and made.operands[:1] == (str(seed),):
            return f"this key is used as it is, not {_told_steps(pair)}"
        case Fault.OTHER_PART:
            return f"key {pair.actual.positions[-1]} of these, the task takes another one"
        case _ if made is not None and made.operands[:1] == (str(seed),):
            return f"this key is used as it is, not {_told_steps(pair)}"
        case _ if made is not None and made.operands and made.operands[0].lstrip("-").isdigit():
            return (
                f"this is {made.operation}({made.operands[0]}), the {evidence.seed_name} is {seed}"
            )
        case _:
            return "not the key that the task has here"


def _is_number(made: KeyStep, *, but: int | None) -> bool:
    text = made.operands[0] if made.operands else ""
    return text.lstrip("-").isdigit() and text != str(but)


def _told_steps(pair: KeyPair) -> str:
    words = {"split": "split", "fold_in": "folded in"}
    return " and ".join(words[step.operation] for step in deriving_steps(pair.expected))


def _jitted(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.answered_wrong:
        span = jitted(evidence, look)
        if span is not None:
            yield Sighting(
                message="under nn.jit Flax draws other numbers from the same key",
                label="derives the layer's keys in another way",
                details=("The key is the task's, and so are the names and the initialisers.",),
                why="Flax derives the key of each parameter and of each mask from its place in the "
                "model, and does so in another way inside of nn.jit.",
                help="leave nn.jit out",
                span=span,
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
        why="The same seed then gives other random numbers than everybody else gets from it, and "
        "a result can't be compared or repeated.",
        help="leave this setting out",
        span=place(evidence.source, setting) or pair.actual.root.span,
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
        message=f'the keys are of another kind: "{ours}", not "{theirs}"',
        label=f'makes "{ours}" keys',
        details=(f"key   expected {pair.expected.data}   found {pair.actual.data}",)
        if pair.actual.data
        else (),
        why="Each kind of key gives other random numbers, from the same seed as well.",
        help="leave impl out" if asked else "leave this setting out",
        span=span or (made.span if made is not None else pair.actual.root.span),
        case=look.case,
        evidence={"stream": pair.stream, "expected": theirs, "actual": ours},
    )


def _details(pair: KeyPair) -> tuple[str, ...]:
    """Tell the way of the key, and both keys."""
    actual = pair.actual
    lines: list[str] = []
    if actual.positions:
        lines.append(f"The key is {way(actual)}.")
    elif deriving_steps(actual):
        lines.append(f"The key went through {_names(deriving_steps(actual))}.")
    if pair.differs:
        lines.append(f"key   expected {pair.expected.data}   found {actual.data}")
    return tuple(lines)


def _names(steps: tuple[KeyStep, ...]) -> str:
    return ", ".join(f"jax.random.{step.operation}" for step in steps)


def _place(evidence: Evidence, pair: KeyPair) -> Span | None:
    """Return the call that derived the key, the one nearest to its use."""
    steps = deriving_steps(pair.actual) if fault(pair) in _OWN else ()
    made = making_step(pair.actual)
    if not steps and made is not None and made.span is not None:
        return made.span
    spans = [step.span for step in steps if step.span is not None]
    return spans[-1] if spans else pair.actual.root.span or evidence.landmarks.head


RULE = Rule(
    id="derived-key",
    check=Check.RNG,
    title="the random numbers come from another key",
    explanation="""\
The task asks for the random numbers that its own keys give. Yours were drawn from another key: one
half of a `split`, a `fold_in`, a key of `seed + 1`, or one that the task splits first. A setting of
JAX that makes keys of another kind (`impl="rbg"`) does the same, and so does Flax's `nn.jit`, under
which the key of a layer is derived in another way.

Splitting a key before use is good manners wherever one key would be used twice. A key that was
derived in any other way gives other random numbers, so the same seed leads to other weights or
masks than in the task, and nobody can repeat your run from the seed alone.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    key, init_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(init_key, x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/random-numbers.html",
    find=_find,
    explains=frozenset({"wrong-values"}),
)
