"""raised: the function raised an exception that no other rule explains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from grader.evidence import Evidence, Look
from grader.evidence.beside import needs_another
from grader.evidence.by_name import passed_by_name
from grader.evidence.configuration import meant, provoked, provoker
from grader.evidence.deviation import Arrangement
from grader.evidence.edits import (
    Advice,
    failure_advice,
    name_advice,
    renamed,
    statement_removed,
    stream_edits,
    unbound_name,
)
from grader.evidence.exceptions import meaning, text_lines
from grader.evidence.first_carry import changed_carry, first_carry
from grader.evidence.gradients import raised_by_gradient
from grader.evidence.keys import unfed
from grader.evidence.lifting import Knob
from grader.evidence.loops import returns_one, step_returns
from grader.evidence.meaning import Meaning
from grader.evidence.misused_keys import misused_key
from grader.evidence.nests import raised_by_axes
from grader.evidence.nnx_calls import called_otherwise
from grader.evidence.nnx_loops import raised_by_nnx
from grader.evidence.not_dicts import not_a_dict
from grader.evidence.scan_faults import raised_by_scan
from grader.evidence.scans import answering, exchanged
from grader.evidence.settings import unnamed_axes
from grader.evidence.symptom import raised_by_knobs
from grader.evidence.trail import is_lifted
from grader.evidence.unbound_names import unbound_after
from grader.evidence.unnamed_params import without_their_name
from grader.evidence.updates import refused
from grader.model.exercise import Check
from grader.model.observation import COMPILER, AxisTree, Raised, Span
from grader.model.source import SyntaxFault
from grader.model.transforms import transform
from grader.rules import ignored_features, syntax_error
from grader.rules.crashed import leaves
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING
from grader.rules.wrong_module import raises_as_other

_LENGTHS = re.compile(r"subtree of type tuple of length (\d+), but .* of length (\d+)", re.DOTALL)
_NOT_A_FUNCTION = re.compile(r"Expected a callable value|argument should be a callable")
_NO_NAME = Advice("check its spelling, and that it is imported or assigned before", ())


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Show each exception in the smallest case in which no other mistake explains it."""
    seen: set[str] = set()
    early = _called_early(evidence)
    for explained, look, raised in sorted(_raised(evidence), key=lambda each: each[0]):
        if raised.exception not in seen and not _is_within(raised, early):
            found = _sighting(evidence, look, raised, last_resort=explained)
            if found.message not in seen:
                yield found
            seen |= {raised.exception, found.message}
    yield from _still_to_come(evidence)


def _raised(evidence: Evidence) -> Iterator[tuple[bool, Look, Raised]]:
    """Yield each look that raised, and whether another rule tells why it did."""
    for look in evidence.looks:
        raised = look.raised
        if raised is not None and not leaves(raised):
            yield _is_explained(evidence, look, raised), look, raised


def _called_early(evidence: Evidence) -> tuple[Span, ...]:
    """Return each call that got what a function returned, in place of the function."""
    raised = (look.raised for look in evidence.looks)
    return tuple(
        each.place
        for each in raised
        if each is not None and each.place is not None and _NOT_A_FUNCTION.search(each.message)
    )


def _is_within(raised: Raised, early: tuple[Span, ...]) -> bool:
    """Whether it was raised in the function that such a call shouldn't have called yet."""
    outer = raised.frames[0].span if len(raised.frames) > 1 else None
    return outer is not None and any(
        outer != each and each.start <= outer.start and outer.end <= each.end for each in early
    )


def _still_to_come(evidence: Evidence) -> Iterator[Sighting]:
    """Name what would raise next, which no case shows if all that get there raise before."""
    raised = [look.raised for look in evidence.looks if look.raised is not None]
    places = {each.frames[0].span for each in raised if each.frames}
    if len(places) != 1:
        return
    (place,) = places
    head = evidence.landmarks.head
    if head is None or evidence.source.number(head) != evidence.source.number(place):
        return  # lines of two files come in no order
    known = {unbound_name(each.message) for each in raised}
    for name in unbound_after(evidence.source, evidence.landmarks.entry, place.end_line):
        if name.id in known:
            continue  # the same mistake
        advice = name_advice(evidence, name.id, evidence.source.span(name)) or _NO_NAME
        yield Sighting(
            message=f"the name {name.id} has no value: nothing in the file gives it one",
            label="would raise NameError",
            why="The program doesn't get this far yet, but it will when the mistake before this "
            "line is fixed.",
            help=advice.help,
            span=evidence.source.span(name),
            edits=advice.edits,
            evidence={"name": name.id},
        )


def _is_explained(evidence: Evidence, look: Look, raised: Raised) -> bool:
    """Whether another rule tells why it was raised."""
    return (
        raised_by_knobs(look)
        or raised_by_axes(evidence, look)
        or raised_by_nnx(evidence, look)
        or raised_by_scan(look)
        or raised_by_gradient(evidence, look)
        or (_refused(raised) and evidence.mutates)
        or refused(look) is not None
        or unfed(look)
        or bool(tuple(unnamed_axes(look)))
        or look.raised_unlifted
        or _is_foreign(evidence, raised)
        or any(raises_as_other(look, run) for run in look.actual.lifted(look.actual.answer))
        or _follows(evidence, look)
    )


def _follows(evidence: Evidence, look: Look) -> bool:
    """Whether a module had given another shape before: of how it was lifted, or of its size."""
    return (
        _ignores_a_size(evidence, look)
        or _is_misshapen(look)
        or any(
            each.knob in {Knob.IN_AXES, Knob.AXIS_SIZE}
            and each.run.run is not None
            and each.reference.run is not None
            and not each.run.run.raised
            and each.run.run.outputs != each.reference.run.outputs
            for each in look.deviations
        )
    )


def _is_misshapen(look: Look) -> bool:
    """Whether another part of the learner's class than the lifted one gave another shape before.

    The reference's part of the same name and class tells which it should have given.
    """
    if look.exercise.flax_class is None:
        return False
    wanted = {run.path: run for run in look.expected.record.modules if run.lifted is None}
    pairs = ((run, wanted.get(run.path)) for run in look.actual.record.modules)
    return any(
        ours.class_name == theirs.class_name
        and ours.inputs == theirs.inputs
        and ours.outputs != theirs.outputs
        and not (is_lifted(ours) or is_lifted(theirs) or ours.raised)
        for ours, theirs in pairs
        if theirs is not None
    )


def _ignores_a_size(evidence: Evidence, look: Look) -> bool:
    """Whether the layer that ran before ignores a size of the task, and another rule says so."""
    own, wanted = look.actual.layer, look.expected.layer
    if own is None or wanted is None or own.raised or own.outputs == wanted.outputs:
        return False
    return own.class_name == wanted.class_name and any(ignored_features.RULE.find(evidence))


def _unpaired(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an exception by a step that returns its output alone."""
    scan = answering(look)
    if scan is None or not scan.actual.raised or not returns_one(scan.actual, scan.expected):
        return None
    run = scan.actual
    name = "the step" if run.target == "<lambda>" else run.target
    return Meaning(
        message=f"{name} returns one array, but {run.transform} needs a pair: (carry, output)",
        label="not a pair",
        why="What a step returns first goes to the next step, what it returns second is kept. A "
        "single array is taken apart along its first axis instead.",
        help="return a pair: (new carry, output)",
        span=step_returns(evidence.source, run.target),
    )


def _counted(look: Look, raised: Raised) -> Meaning | None:
    """Explain an exception by arguments with a default, for which NNX wants entries of in_axes."""
    counts = _LENGTHS.search(raised.message)
    run = next((each for each in look.actual.record.transforms if each.raised), None)
    if counts is None or run is None or not transform(run.transform).of_nnx:
        return None
    axes, given = run.knob("in_axes"), len(run.parts)
    if not isinstance(axes, AxisTree) or not len(axes.items) == int(counts[1]) == given:
        return None
    if int(counts[2]) <= given:
        return None
    return Meaning(
        why=f"The mapped function has {counts[2]} arguments, if those with a default are counted, "
        f"as Flax does. in_axes has {given} entries.",
        help=f"map a function of just the {given} arguments that you pass, and call it in there",
    )


def _mapped_outside(look: Look) -> Meaning | None:
    """Explain an exception by a jax.vmap around a lifted module, or around its init."""
    calls = [e for e in look.actual.record.batch_calls if e.transform == "jax.vmap"]
    wanted, answer = look.expected.layer, look.actual.answer
    if len(calls) != 1 or wanted is None or answer is None:
        return None
    for each in look.actual.lifted(answer):
        ranks = [len(array.shape) + 1 for array in each.run.inputs] if each.run is not None else []
        if ranks and ranks == [len(array.shape) for array in wanted.inputs]:
            return Meaning(
                message="jax.vmap maps the lifted module once more",
                label="leaves it one example",
                why="nn.vmap maps the module already: it takes all examples at once.",
                help="call the lifted module once, on all of its input, without jax.vmap",
                span=calls[0].span,
                final=True,
            )
    shapes = {each.path: each.type.shape for each in look.expected.variables}
    mapped = [e for e in answer.given if e.type.shape[1:] == shapes.get(e.path) != e.type.shape]
    if not mapped or len(mapped) != len(answer.given):
        return None
    return Meaning(
        message="jax.vmap makes a set of variables for each index, and the module takes one",
        label="gives each variable an axis more",
        why="nn.vmap says what the variables share, so init runs once, on all of its input.",
        help="call init once, with one key, without jax.vmap",
        span=calls[0].span,
        final=True,
    )


def _swapped(evidence: Evidence, look: Look) -> Meaning | None:
    """Explain an exception by the order of the lifted module's arguments."""
    scan = exchanged(look)
    if scan is not None and scan.actual.raised:
        return Meaning(
            message="the carry and what the loop goes over are in the wrong order",
            label="not the order of its arguments",
            why=f"{scan.actual.transform} takes the carry first: it is handed from step to step. "
            "The arguments after it are taken apart along an axis.",
            help="pass the carry first, then what the loop goes over",
            span=scan.root.span,
        )
    if look.raised is None or look.raised.library is None or not evidence.arguments_swapped:
        return None
    if look.arrangement is Arrangement.ALIKE:
        return None
    if _is_own_module(look):
        return Meaning(
            message="in_axes and the lifted module's arguments aren't in the same order",
            label="not the order of in_axes",
            why="The entries of in_axes belong to the arguments by position, so each argument is "
            "sliced along the axis of another one.",
            help="write the entries of in_axes in the order in which this module takes its "
            "arguments",
            final=True,
        )
    return Meaning(
        message="the lifted module gets its arguments in the wrong order",
        label="not the order of its arguments",
        why="The entries of in_axes belong to the arguments by position, so each argument is "
        "sliced along the axis of another one.",
        help="pass them in the order in which the module takes them",
    )


def _is_own_module(look: Look) -> bool:
    """Whether another module than the task's is lifted, which may take its arguments otherwise."""
    ours, theirs = (each.lifted(each.answer) for each in (look.actual, look.expected))
    return not {each.call.target for each in ours} & {each.call.target for each in theirs}


def _is_foreign(evidence: Evidence, raised: Raised) -> bool:
    """Whether a library raised that the program uses although the task isn't about it."""
    library = evidence.other_library
    return library is not None and library.covers(raised.place)


def _refused(raised: Raised) -> bool:
    """Whether JAX refused to change an array in place, which NumPy allows."""
    return "immutable" in raised.message or "read-only" in raised.message


def _sighting(evidence: Evidence, look: Look, raised: Raised, *, last_resort: bool) -> Sighting:
    if raised.library == COMPILER and raised.place is not None:  # a file that the call imports
        fault = SyntaxFault(message=raised.message, span=raised.place)
        found = syntax_error.sighting(evidence.source, fault)
        return msgspec.structs.replace(found, case=look.case, last_resort=last_resort)
    by_name = passed_by_name(raised, look.actual.record, evidence.source)
    told = misused_key(evidence, look) or by_name or not_a_dict(evidence, look)
    told = told or _mapped_outside(look) or _swapped(evidence, look) or _unpaired(evidence, look)
    told = told or _counted(look, raised) or called_otherwise(evidence, look)
    told = told or first_carry(evidence, look) or changed_carry(evidence, look)
    told = told or without_their_name(look)
    told = told or needs_another(evidence, raised)
    told = told or meaning(raised, evidence.source, evidence.exercise.files)
    setting, span = provoked(look), told.span
    if setting is not None:
        told, span = meant(setting), provoker(evidence.source, setting)
    advice = _advice(evidence, look, told, span or raised.place)
    verb = "makes JAX raise" if setting is not None and span is not None else "raises"
    return Sighting(
        message=evidence.exercise.told(
            told.message or f"calling the function raises {raised.exception}"
        ),
        label=told.label or f"{verb} {raised.exception}",
        details=text_lines(raised),
        why=told.why,
        help=evidence.exercise.told(advice.help),
        span=span or _place(evidence, raised),
        edits=advice.edits,
        case=look.case,
        evidence={
            "exception": raised.exception,
            "text": raised.message,
            "library": raised.library,
            "lines": [evidence.source.place(frame.span).span.line for frame in raised.frames],
            **_files(evidence, raised),
        },
        last_resort=last_resort,
    )


def _place(evidence: Evidence, raised: Raised) -> Span | None:
    """Return what raised: of a whole loop or `if`, what it goes over or decides by."""
    source = evidence.source
    for node in source.nodes:
        if isinstance(node, ast.stmt) and source.span(node) == raised.place:
            match node:
                case ast.For(iter=part) | ast.If(test=part) | ast.While(test=part):
                    return source.span(part)
                case _:
                    continue
    return raised.place


def _files(evidence: Evidence, raised: Raised) -> dict[str, object]:
    """Return the file of each line, if not all are in the main one."""
    source = evidence.source
    files = [source.place(frame.span).file for frame in raised.frames]
    alone = all(each is source.files[0] for each in files)
    return {} if alone else {"files": [each.base for each in files]}


def _advice(evidence: Evidence, look: Look, told: Meaning, place: Span | None) -> Advice:
    """Return the next step, as exactly as the text shows it."""
    if told.final:
        return Advice(told.help, ())
    name = unbound_name(look.raised.message) if look.raised is not None else None
    named = name_advice(evidence, name, place) if name is not None else None
    if told.in_module and evidence.exercise.flax_class is not None:
        return Advice(told.in_module, ())
    if told.misspelt is not None:
        return Advice(told.help, renamed(evidence.source, place, *told.misspelt))
    if told.streams:
        edits = stream_edits(evidence, place, told.streams)
        return (
            Advice(told.help, edits)
            if edits
            else failure_advice(evidence, look) or Advice(told.help, ())
        )
    if told.span is not None or provoked(look) is not None:
        edits = statement_removed(evidence.source, place)
        if edits:
            return Advice(told.help, edits)
    return named or failure_advice(evidence, look) or Advice(told.help, ())


RULE = Rule(
    id="raised",
    check=Check.RUNS,
    title="the function raises an exception",
    explanation="""\
The function was called as the task says, and it raised an exception instead of returning an answer.
The report shows only your own lines, marks the innermost one, and gives the exception's class and
text and the smallest case that raises.

Read the last line of an exception first: it says what is wrong. Flax's own exceptions end with a
link to an explanation. If an argument of `nn.vmap` is the reason, the report names that argument
instead of the exception.
""",
    wrong=RIGHT.replace("variables = model", "params = model")
    .replace("PRNGKey(seed), x)", 'PRNGKey(seed), x)["params"]')
    .replace("apply(variables", "apply(params"),
    right=RIGHT,
    link="https://flax-linen.readthedocs.io/en/latest/api_reference/flax.errors.html",
    find=_find,
    alters=NOTHING,
)
