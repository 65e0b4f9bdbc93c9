"""wrong-module: a different module than the task's was lifted, with a visible effect."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.configuration import computing
from grader.evidence.edits import given_edits, made_as_the_task, target_edits
from grader.evidence.exceptions import text_lines
from grader.evidence.jitted import jitted
from grader.evidence.keys import unfed_streams
from grader.evidence.mapping import Mapped, mapped
from grader.evidence.notation import listing
from grader.evidence.settings import EVALUATION, setting_differences, settings_that_show, written
from grader.evidence.shape_rows import common, one_sided
from grader.evidence.trail import LiftedRun, Trail
from grader.model.edit import Edit
from grader.model.exercise import Check
from grader.model.observation import ModuleRun, Setting
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting

_WHY = (
    "Flax draws each parameter from the key and from the names that lead to it, so another module "
    "gets different numbers, even if it only wraps the layer or names a part differently."
)

_OTHER = (
    "The layer is part of the task: another one computes something else, or takes other inputs."
)
_OTHER_SHAPES = (
    "The numbers agree, but the parameters have different shapes: a checkpoint of one module "
    "doesn't fit the other."
)


def _find(evidence: Evidence) -> Iterator[Sighting]:
    for look in evidence.wrong:
        for run in _runs(look):
            if (_is_other(look, run) and _shows(evidence, look, run)) or raises_as_other(look, run):
                yield _sighting(evidence, look, run)
                return
            if _is_changed(evidence, look, run):
                yield _changed(evidence, look, run)
                return
            wrapper = _wrapper(look, run)
            if wrapper is not None and evidence.answered_wrong and not _is_housed(evidence, look):
                yield _wrapped(evidence, look, wrapper)
                return
            if wrapper is None and _is_rebuilt(evidence, look, run):
                yield _rebuilt(evidence, look, run)
                return


def _runs(look: Look) -> tuple[LiftedRun, ...]:
    """Return the lifted runs; of several those of the task's class, if there are any.

    A module that the learner writes may lift another layer, too.
    """
    runs = look.actual.lifted(look.actual.answer) or look.actual.lifted(look.actual.maker)
    return tuple(each for each in runs if not _is_other(look, each)) or runs


def has_other_parts(look: Look) -> bool:
    """Whether what was lifted inside of the learner's class has other parts than the task's."""
    return any(_other_tree(look, run) for run in _runs(look))


def raises_as_other(look: Look, run: LiftedRun) -> bool:
    """Whether a Flax layer raised that isn't the task's and doesn't derive from it."""
    ran = run.run is not None and run.run.raised and run.root is look.actual.answer
    library = run.call.defined_in.startswith("flax.linen.")
    return ran and library and _is_other(look, run) and not _is_subclass(look, run)


def _wanted(look: Look) -> LiftedRun | None:
    runs = look.expected.lifted(look.expected.answer)
    return runs[0] if runs else None


def _is_other(look: Look, run: LiftedRun) -> bool:
    """Whether the lifted class is not exactly the one that the reference lifts."""
    wanted = _wanted(look)
    if wanted is None:
        return False
    theirs = (wanted.call.defined_in, wanted.call.target)
    return (run.call.defined_in, run.call.target) != theirs


def _wrapper(look: Look, run: LiftedRun) -> ModuleRun | None:
    """Return the module around the lifted one, if it moves the parameters to another place."""
    top = look.actual.top(run.root)
    if top is None or top.path or not _path(run) or _path(_wanted(look)):
        return None
    return top if _other_tree(look, run) else None


def _path(run: LiftedRun | None) -> tuple[str, ...]:
    """Return where a lifted module is inside of the one that was called."""
    return run.run.path if run is not None and run.run is not None else ()


def _shows(evidence: Evidence, look: Look, run: LiftedRun) -> bool:
    """Whether the other module has other parameters, or itself gives other numbers.

    The learner's own class with the same parameters is as good, unless its output was returned and
    only the class can explain why it is wrong.
    """
    if _is_subclass(look, run) and (
        any(settings_that_show(evidence, look)) or any(_evaluates(look))
    ):
        return False  # what it changes of the task's class can be named
    if _is_housed(evidence, look):
        return False
    return (
        _other_tree(look, run)
        or _other_shapes(look, run)
        or _gives_other_numbers(evidence, look, run)
    )


def _is_housed(evidence: Evidence, look: Look) -> bool:
    """Whether the task's module ran inside, and the right variables were moved to its place."""
    answered = not any(each.raised for each in evidence.looks)
    moved = bool(look.variables) and look.moved
    return answered and moved and mapped(look) in {Mapped.EXAMPLES, Mapped.ONE}


def _evaluates(look: Look) -> Iterator[bool]:
    return (each.name in EVALUATION for each in setting_differences(look))


def _other_shapes(look: Look, run: LiftedRun) -> bool:
    """Whether a class used instead of Flax's has other parameter shapes, for no other reason."""
    theirs = _wanted(look)
    flax = theirs is not None and theirs.call.defined_in.startswith("flax.")
    other = flax and not _is_subclass(look, run)
    return other and bool(look.variables) and not (look.answer_wrong or look.deviations)


def _gives_other_numbers(evidence: Evidence, look: Look, run: LiftedRun) -> bool:
    return (
        look.answer_wrong
        and run.run is not None
        and _is_the_answer(look, run.run)
        and not look.other_key
        and not look.deviations
        and not evidence.impure
        and not _is_explained(evidence, look)
    )


def _is_the_answer(look: Look, run: ModuleRun) -> bool:
    """Whether a run gave the numbers of the answer, of one array or of several."""
    digest = look.actual.answer_digest
    return digest == run.digest if digest is not None else run.given in {look.given} - {None}


def _is_changed(evidence: Evidence, look: Look, run: LiftedRun) -> bool:
    """Whether the module itself gives other numbers, from the same inputs, variables and keys."""
    wanted = _wanted(look)
    ours, theirs = run.run, wanted.run if wanted is not None else None
    if ours is None or theirs is None or ours.taken is None or None in (ours.given, theirs.given):
        return False
    return (
        look.answer_wrong
        and run.root is look.actual.answer
        and (ours.taken, ours.inputs) == (theirs.taken, theirs.inputs)
        and _digests(look.actual) == _digests(look.expected)
        and ours.given != theirs.given
        and (ours.given == look.given or bool(_path(wanted)))
        and all(pair.agrees for pair in look.keys)
        and not (look.deviations or evidence.impure)
        and not any(unfed_streams(look))
        and not setting_differences(look)
        and not _is_explained(evidence, look)
    )


def _is_explained(evidence: Evidence, look: Look) -> bool:
    """Whether a setting of JAX or `nn.jit` tells why the module gave other numbers."""
    return computing(look) is not None or jitted(evidence, look) is not None


def _is_rebuilt(evidence: Evidence, look: Look, run: LiftedRun) -> bool:
    """Whether the task's class was rewritten, and its parameters have other places.

    A setting that another rule names may leave a parameter out, too.
    """
    own = _is_own(_wanted(look)) and not _is_other(look, run)
    settings = settings_that_show(evidence, look) if own else ()
    return own and _other_places(look, run) and not any(each.leaves_out for each in settings)


def _is_own(wanted: LiftedRun | None) -> bool:
    """Whether the task provides the class, so that a submission has a copy."""
    return wanted is not None and not wanted.call.defined_in.startswith("flax.")


def _other_places(look: Look, run: LiftedRun) -> bool:
    """Whether a collection of both sides has variables under other names."""
    if _path(_wanted(look)):
        return _other_tree(look, run)
    found = {each.collection for each in look.actual.variables}
    return any(each.collection in found and each.one_sided for each in look.variables)


def _digests(trail: Trail) -> list[str | None]:
    return [each.digest for each in trail.variables]


def _is_subclass(look: Look, run: LiftedRun) -> bool:
    """Whether what was lifted is a subclass of the class that the reference lifts."""
    wanted = _wanted(look)
    return wanted is not None and f"{wanted.call.defined_in}.{wanted.call.target}" in run.call.bases


def _other_tree(look: Look, run: LiftedRun) -> bool:
    """Whether the variables have other names than the reference's.

    Of a part of a module that the learner writes, those of the part alone.
    """
    if not _path(_wanted(look)):
        return any(each.one_sided for each in look.variables)
    ours = _parts(look.actual, _path(run))
    return bool(ours) and ours != _parts(look.expected, _path(_wanted(look)))


def _parts(trail: Trail, path: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the names of the variables below `path`, from there."""
    below = [each for each in trail.variables if each.path[: len(path)] == path]
    return {(each.collection, *each.path[len(path) :]) for each in below}


def _sighting(evidence: Evidence, look: Look, run: LiftedRun) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"{run.call.target} is lifted, not {module}",
        label=f"the task lifts {module} itself",
        shapes=one_sided(look) or common(look),
        details=text_lines(look.raised) if look.raised is not None else (),
        why=_why(look, run),
        help=_help(evidence, look) if run.call.is_class else _of_a_function(evidence, look),
        span=evidence.landmarks.target(run.call),
        edits=_edits(evidence, look, run),
        case=look.case,
        evidence={"expected": module, "actual": run.call.target},
    )


def _edits(evidence: Evidence, look: Look, run: LiftedRun) -> tuple[Edit, ...]:
    """Lift the task's class; where another one took other arguments, with the task's."""
    if sum(not root.raised for root in look.actual.forward) > 1:
        return ()  # other modules do a part of its work
    if not run.call.is_class:
        return ()  # what it returns is called with a module, and what a lifted class does isn't
    lifted = target_edits(evidence, run.call) or given_edits(evidence, run.call)
    if not lifted or not (_to_make(look) or run.call.defined_in.startswith("flax.")):
        return lifted
    made = made_as_the_task(evidence, look, run.run.span if run.run is not None else None)
    return (*lifted, *made)


def _to_make(look: Look) -> list[Setting]:
    """Return the settings to make the task's module with, none if it is made that way already."""
    layer, own = look.expected.layer, look.actual.layer
    given = [each for each in layer.settings if not each.default] if layer is not None else []
    found = {each.name: each.text for each in own.settings} if own is not None else {}
    return [] if all(found.get(each.name) == each.text for each in given) else given


def _why(look: Look, run: LiftedRun) -> str:
    if _other_tree(look, run):
        return _WHY
    return _OTHER if look.failed else _OTHER_SHAPES


def _help(evidence: Evidence, look: Look) -> str:
    """Say how to lift the task's module, and with which arguments to make it."""
    module, given = evidence.exercise.module, _to_make(look)
    fields = listing(f"{each.name}={written(evidence, (), each.name, each.text)}" for each in given)
    made = f", and make it with {fields}" if given else ""
    if _is_own(_wanted(look)):
        return f"lift {module} from the starter unchanged{made}"
    return f"pass {module} itself to nn.vmap{made}"


def _of_a_function(evidence: Evidence, look: Look) -> str:
    """Say how to lift the class where a function was lifted that calls a module of it."""
    source = " from the starter" if _is_own(_wanted(look)) else ""
    lifted = f"nn.vmap({evidence.exercise.module}, …)"
    return f"lift the class{source} itself: make an instance of {lifted}, and init and apply that"


def _rebuilt(evidence: Evidence, look: Look, run: LiftedRun) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"this {run.call.target} isn't the task's {module}: it has different parameters",
        label=f"not the task's {module}",
        shapes=one_sided(look),
        why=_WHY,
        help=f"use {module} from the starter unchanged",
        span=evidence.landmarks.target(run.call),
        edits=given_edits(evidence, run.call),
        case=look.case,
        evidence={"expected": module, "actual": run.call.target},
    )


def _changed(evidence: Evidence, look: Look, run: LiftedRun) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"{run.call.target} computes something other than the task's {module}",
        label=f"not the task's {module}",
        details=("It got the same input, variables and keys, but gave different numbers.",),
        why="The given module is part of the task: everybody's has to compute the same.",
        help=f"use {module} from the starter unchanged",
        span=evidence.landmarks.target(run.call),
        edits=given_edits(evidence, run.call),
        case=look.case,
        evidence={"expected": module, "actual": run.call.target},
    )


def _wrapped(evidence: Evidence, look: Look, wrapper: ModuleRun) -> Sighting:
    module = evidence.exercise.module
    return Sighting(
        message=f"the lifted {module} runs inside {wrapper.class_name}",
        label=f"{wrapper.class_name} puts the parameters one level deeper",
        shapes=one_sided(look),
        why=_WHY,
        help="init and apply the lifted class itself",
        span=wrapper.span or evidence.landmarks.head,
        case=look.case,
        evidence={"expected": module, "actual": wrapper.class_name},
    )


RULE = Rule(
    id="wrong-module",
    check=Check.LIFTED,
    title="a different module was lifted than the task says",
    explanation="""\
You used `nn.vmap`, but on another class: one with an activation in it, several layers, or your own
module around the one that the task names. Its output or its parameters are not what the task asks
for.

Don't change the task's class. If you rewrite it, with other names for its layers, with `setup`
instead of `nn.compact` or as an `nn.Sequential`, it may compute the same, but its parameters have
different names.

A wrapper is not the same as what it wraps. In the wrapper, the layer's parameters are one level
deeper, as in `params/Dense_0/kernel`, and Flax derives the key of each parameter from its path. So
the same seed gives different weights, and a checkpoint of one doesn't fit the other.
""",
    wrong="""\
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.relu(nn.Dense(self.features)(x))


def forward(seed, x, features):
    BatchLayer = nn.vmap(
        Layer, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
""",
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/transformations.html#flax.linen.vmap",
    find=_find,
    hides=frozenset({"missing-rng", "changed-layer", "ignored-seed", "discarded-update"}),
)
