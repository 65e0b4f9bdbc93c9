"""no-nn-vmap: the answer was computed without a lifted module."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import OtherKind, Same
from grader.evidence import Evidence, Look
from grader.evidence.altered import Part, altered_look, lifted_part
from grader.evidence.discarded import discarded
from grader.evidence.edits import answer_edits, left_out, lift_edits, relift_edits
from grader.evidence.order import rearranged
from grader.evidence.other_libraries import OtherLibrary
from grader.evidence.trail import is_lifted
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.observation import BatchCall, LiftedCall, ModuleRun, Root, Span
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS

_DOCS = "https://flax-linen.readthedocs.io/en/latest"


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Accuse only if the answer's own Flax call was seen, or if there is none at all.

    A function that jax compiled before runs no Python, so most of its calls show nothing.
    """
    if not any(look.expected.lifted(look.expected.answer) for look in evidence.looks):
        return
    if evidence.other_library is not None:
        yield _foreign(evidence, evidence.other_library)
        return
    lifted_classes = _lifted_classes(evidence)
    for look in evidence.looks:
        top = _plain(evidence, look, lifted_classes)
        if top is not None:
            yield _sighting(evidence, look, top)
            return
    for look in evidence.looks:
        if look.raised_unlifted and look.actual.answer is not None:
            yield _sighting(evidence, look, look.actual.top(look.actual.answer))
            return
    if not _is_unfinished(evidence):
        yield from _unused(evidence)


def _unused(evidence: Evidence) -> Iterator[Sighting]:
    """Accuse where nothing lifted can have given the answers, or they don't depend on it."""
    if evidence.completed and not any(_may_be_lifted(evidence, look) for look in evidence.looks):
        look = evidence.completed[0]
        roots = look.actual.record.roots
        unused = _thrown_away(evidence, look)
        if unused is not None:
            yield _unused_sighting(evidence, look, unused)
            return
        yield _sighting(evidence, look, look.actual.top(roots[-1]) if roots else None)
        return
    altered = altered_look(evidence)
    if altered is not None and lifted_part(evidence) is Part.NONE:
        yield _indifferent_sighting(evidence, altered)


def _is_unfinished(evidence: Evidence) -> bool:
    """Whether no answer was computed: nothing ran, or only a lifted module's `init` did."""
    runs = [run for look in evidence.looks for run in look.actual.record.modules]
    return all(isinstance(look.comparison, OtherKind) for look in evidence.completed) and (
        not runs or any(is_lifted(run) for run in runs)
    )


def _lifted_classes(evidence: Evidence) -> frozenset[str]:
    """Return the classes that ran lifted anywhere: `nn.jit` of one is traced only once."""
    tops = [
        look.actual.top(root)
        for look in evidence.looks
        for root in look.actual.forward
        if look.actual.is_lifted(root)
    ]
    return frozenset(top.class_name for top in tops if top is not None)


def _plain(evidence: Evidence, look: Look, lifted_classes: frozenset[str]) -> ModuleRun | None:
    """Return the module that gave the answer if nothing lifted did; None if that isn't certain."""
    trail = look.actual
    if look.exchange.actual.record.truncated and trail.record.lifted:
        return None
    lifted, plain = _used(evidence, look)
    if lifted:
        return _unlifted_answer(look, lifted, plain)
    ran = [trail.top(root) for root in plain]
    tops = [top for top in ran if top is not None]
    if not tops or any(top.class_name in lifted_classes for top in tops):
        return None
    return tops[-1]


def _used(evidence: Evidence, look: Look) -> tuple[list[Root], list[Root]]:
    """Return the calls that could have given the answer: those with lifted runs, and the others.

    Lifted ones don't count if their output is thrown away.
    """
    trail = look.actual
    lifted = [
        root
        for root in trail.forward
        if trail.is_lifted(root) and not discarded(evidence.source, root.span)
    ]
    plain = [root for root in trail.forward if not root.raised and not trail.is_lifted(root)]
    return lifted, plain


def _unlifted_answer(look: Look, lifted: list[Root], plain: list[Root]) -> ModuleRun | None:
    """Return the task's module if it ran unlifted and its numbers were returned.

    If a lifted module gave the same numbers, it's unknown which were returned.
    """
    inner = look.expected.innermost(look.expected.answer)
    tops = [look.actual.top(root) for root in plain]
    same = [top for top in tops if top is not None and _came_back(look, top) is True]
    others = [top for top in map(look.actual.top, lifted) if top is not None]
    if not same or not others or inner is None or same[-1].class_name != inner.class_name:
        return None
    return same[-1] if all(_came_back(look, each) is False for each in others) else None


def _came_back(look: Look, top: ModuleRun) -> bool | None:
    """Whether the answer has the numbers of a run, in any order; None if that isn't known."""
    if top.digest is None or look.found is None or len(top.outputs) != 1:
        return None
    return rearranged(look.found, top.outputs[0].shape, top.digest) is not None


def _may_be_lifted(evidence: Evidence, look: Look) -> bool:
    """Whether something lifted ran outside `init`, or could have without being seen."""
    forward = {root.number for root in _used(evidence, look)[0]}
    record = look.actual.record
    return record.truncated or any(
        is_lifted(run) and (run.root is None or run.root in forward) for run in record.modules
    )


def _foreign(evidence: Evidence, library: OtherLibrary) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"the program uses {library.title}, but the task is about Flax Linen",
        label=f"this is {library.title}, not Linen",
        details=("No module of Flax Linen ran.",),
        why="In Linen a module is created without its variables, and nn.vmap says for each "
        f"collection and each stream of random numbers what the examples share. {library.title} "
        "doesn't have these arguments.",
        help=f"use flax.linen: nn.vmap({module}, …), then init and apply",
        span=library.span,
        case=evidence.looks[0].case,
        evidence={"module": None, "transform": None, "library": library.title},
    )


def _sighting(evidence: Evidence, look: Look, top: ModuleRun | None) -> Sighting:
    module = evidence.exercise.module
    top = _in_the_class(look, top)
    batch = None if _takes_batch(look, top) else _batched(look.exchange.actual.record.batch_calls)
    span = batch.span if batch is not None else _place(look, top)
    call = _of_other_methods(look, top)
    if call is not None:
        return _unlifted_method(evidence, look, call)
    return Sighting(
        message=f"{module} is not lifted: nn.vmap doesn't take part in the answer",
        label=_label(batch, top),
        details=_details(evidence, look),
        why=_why(look, top),
        help="apply the lifted model, and return its result"
        if top is not None and is_lifted(top)
        else f"lift the class, nn.vmap({module}, …), and use what it returns",
        span=span or evidence.landmarks.head,
        edits=_lifted(evidence, look, top, batch),
        case=look.case,
        evidence={
            "module": top.class_name if top is not None else None,
            "transform": batch.transform if batch is not None else None,
        },
    )


def _in_the_class(look: Look, top: ModuleRun | None) -> ModuleRun | None:
    """Return the task's module inside of the one that the learner writes, if that is the task."""
    lifted, inner = look.expected.lifted(look.expected.answer), look.expected.innermost
    wanted = inner(look.expected.answer)
    if top is None or wanted is None or not any(each.run and each.run.path for each in lifted):
        return top
    within = look.actual.within(top)
    return next((each for each in within if each.class_name == wanted.class_name), None)


def _lifted(
    evidence: Evidence, look: Look, top: ModuleRun | None, batch: BatchCall | None
) -> tuple[Edit, ...]:
    """Lift the module where it is made, and the rest of the program if that isn't all."""
    if top is None or is_lifted(top):
        return ()
    once = batch is None and _ran_once(evidence)
    return (lift_edits(evidence, look, top) if once else ()) or relift_edits(evidence, look, top)


def _ran_once(evidence: Evidence) -> bool:
    """Whether one call of a plain module gave each answer, or raised before there was one."""
    calls = [
        (sum(not root.raised for root in look.actual.forward), look.raised is not None)
        for look in evidence.looks
    ]
    return all(count == 1 or (raised and not count) for count, raised in calls)


def _takes_batch(look: Look, top: ModuleRun | None) -> bool:
    """Whether the plain module was seen to take all examples at once and gave the right answer."""
    lifted = look.expected.lifted(look.expected.answer)
    wanted = lifted[0].run if lifted else None
    if top is None or wanted is None or top.raised or is_lifted(top):
        return False
    mapped = look.mapped_noun(lifted[0].call, wanted.inputs) is not None
    return mapped and top.inputs == wanted.inputs and isinstance(look.comparison, Same)


def _why(look: Look, top: ModuleRun | None) -> str:
    if _takes_batch(look, top):
        return (
            "This module took the whole batch at once. A module written for one example can't; "
            "then you need nn.vmap to handle its variables and keys."
        )
    return (
        "Plain JAX transforms and loops know nothing about a module's variables and keys. With "
        "nn.vmap you say for each collection and each stream whether they are shared."
    )


def _thrown_away(evidence: Evidence, look: Look) -> Root | None:
    """Return the call to a lifted module if its result isn't used."""
    lifted = [root for root in look.actual.forward if look.actual.is_lifted(root)]
    unused = [root for root in lifted if discarded(evidence.source, root.span)]
    return unused[-1] if unused and not _used(evidence, look)[1] else None


def _indifferent_sighting(evidence: Evidence, look: Look) -> Sighting:
    module = evidence.exercise.module
    lifted = [root for root in look.actual.forward if look.actual.is_lifted(root)]
    return Sighting(
        message=f"the lifted {module} doesn't take part in the answer",
        label="the answer doesn't depend on what this returns",
        details=("Its output was replaced by other numbers, and the same answer came back.",),
        why="The answer was computed without nn.vmap. By hand you can do that for this layer, "
        "but not for one with keys, statistics or a cache.",
        help="make the answer from what this call returns, and from nothing else",
        span=lifted[-1].span if lifted else evidence.landmarks.head,
        edits=answer_edits(evidence, look, lifted[-1]) if lifted else (),
        case=look.case,
        evidence={"module": module, "transform": None},
    )


def _unused_sighting(evidence: Evidence, look: Look, root: Root) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"the lifted {module} doesn't take part in the answer: its output is thrown away",
        label="the answer doesn't use what this returns",
        why="The answer was computed without nn.vmap. By hand you can do that for this layer, "
        "but not for one with keys, statistics or a cache.",
        help="compute the answer from what this call returns",
        span=root.span,
        edits=answer_edits(evidence, look, root),
        case=look.case,
        evidence={"module": module, "transform": None},
    )


def _of_other_methods(look: Look, top: ModuleRun | None) -> LiftedCall | None:
    """Return the call to nn.vmap that made the class that ran, if it lifts another method."""
    for call in look.actual.record.lifted if top is not None else ():
        made = call.is_class and top is not None and top.class_name == f"Vmap{call.target}"
        if made and top is not None and top.method not in call.methods:
            return call
    return None


def _unlifted_method(evidence: Evidence, look: Look, call: LiftedCall) -> Sighting:
    given = f"[{', '.join(map(repr, call.methods))}]"
    return Sighting(
        message=f"nn.vmap doesn't lift {call.target}.__call__: methods={given} leaves it out",
        label="the method that gives the answer isn't in the list",
        why="nn.vmap lifts only the methods that methods= names. Other methods get the whole "
        "input at once, as in the plain class.",
        help="remove methods: __call__ is lifted by default",
        span=evidence.landmarks.keyword(call.span, "methods"),
        edits=left_out(evidence, call.span, "methods"),
        case=look.case,
        evidence={"methods": list(call.methods), "expected": ["__call__"]},
    )


def _place(look: Look, top: ModuleRun | None) -> Span | None:
    """Return where the module was made, or where it was used if Flax made it inside another."""
    used = [root.span for root in look.actual.forward if root.span is not None]
    made = top.span if top is not None else None
    return made if made is not None else used[-1] if used else None


def _batched(calls: tuple[BatchCall, ...]) -> BatchCall | None:
    """Return the call that maps a function over the batch; loops are identified by their module."""
    return next((each for each in calls if each.transform in {"jax.vmap", "jax.pmap"}), None)


def _label(batch: BatchCall | None, top: ModuleRun | None) -> str:
    if batch is not None and top is None:
        return f"{batch.transform} maps a function; no module is involved"
    if batch is not None:
        return f"{batch.transform} maps a function; the module knows nothing about it"
    if top is not None and is_lifted(top):
        return "this is lifted, but never applied"
    return f"a plain {top.class_name} runs here" if top is not None else "lifts no module"


def _details(evidence: Evidence, look: Look) -> tuple[str, ...]:
    trail = look.actual
    runs = [root for root in trail.forward if not root.raised]
    details: list[str] = []
    if len(runs) > 1:
        each = ", once for each example" if len(runs) == look.mapped_size else ""
        details.append(f"It was applied {len(runs)} times{each}.")
    if trail.record.lifted:
        details.append(f"A lifted class was made, but {_why_unused(evidence, look)}.")
    return tuple(details)


def _why_unused(evidence: Evidence, look: Look) -> str:
    """Say why what was lifted is not the answer."""
    trail = look.actual
    lifted = [root for root in trail.record.roots if trail.is_lifted(root)]
    ran = [root for root in lifted if root.forward]
    if any(discarded(evidence.source, root.span) for root in ran):
        return "the answer doesn't use it: what it returns is thrown away"
    if ran:
        return "the returned numbers come from a module that isn't lifted"
    return f"the answer doesn't use it: it runs {'only in init' if lifted else 'nowhere'}"


RULE = Rule(
    id="no-nn-vmap",
    check=Check.LIFTED,
    title="the module was not lifted with nn.vmap",
    explanation="""\
The answer was computed without `nn.vmap`: by the plain layer, by `jax.vmap` around `model.apply`,
by a loop over the examples, or in spite of a lifted class that was never used.

`jax.vmap` maps a function over arrays. A Flax module also has variables and random keys, which
`jax.vmap` knows nothing about. A lifted transform does: for each collection it says whether the
examples share it, and for each stream whether the key is split. For a dense layer you could do
without it. For a module that is written for one example, or has dropout, batch statistics or a
cache, you can't, and this exercise prepares you for those.

NNX is Flax's other interface: its modules store their variables themselves, and `nnx.vmap` maps
functions over them. The exercise is about Linen, `flax.linen`.
""",
    wrong="""\
import flax.linen as nn
import jax


def forward(seed, x, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link=f"{_DOCS}/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    alters=NUMBERS,
)
