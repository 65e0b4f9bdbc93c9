"""wrong-values: the numbers are wrong, and no other rule says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.compare import OtherShape, OtherType, OtherValues, compare
from grader.evidence import Evidence, Look
from grader.evidence.bias import Bias, bias
from grader.evidence.configuration import computing
from grader.evidence.configuration import place as setting_place
from grader.evidence.edits import (
    Advice,
    answer_edits,
    as_returned,
    input_edits,
    item_edits,
    knob_edits,
    setting_removed,
    size_argument,
    unprocessed,
    unwrapped_edits,
    variable_edits,
)
from grader.evidence.lifting import Knob, axes_text
from grader.evidence.likeness import likeness
from grader.evidence.loops import starts_otherwise
from grader.evidence.notation import difference, output_name
from grader.evidence.results import also_wrong, arrays, exchanged, outputs
from grader.evidence.stage import Stage, astray, stage
from grader.evidence.turned_input import HELP, turned_input
from grader.evidence.updates import unaccounted
from grader.model.exercise import Check
from grader.rules.decorated import decorated
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NOTHING, Trait
from grader.rules.wrong_order import order_in

_SEARCH: Final = "print what the module gets and what it returns, and compare that with the answer"
_STEP_BY_STEP: Final = "run the function on this case, and compare each step with the task"


def _find(evidence: Evidence) -> Iterator[Sighting]:
    wrong = [look for look in evidence.looks if _other_numbers(look)]
    unexplained = [look for look in wrong if not _follows(evidence, look)]
    for look in (_astray(evidence) or unexplained or wrong)[:1]:
        sighting = _sighting(evidence, look, last_resort=not unexplained)
        yield decorated(evidence, look, sighting)
    one_sided = None if wrong else bias(evidence.completed)
    if one_sided is not None:
        yield _biased(evidence, one_sided)
    for look in [] if wrong else evidence.retrained:
        if look.answer_wrong:
            yield _with_other_weights(evidence, look)
            return


def _biased(evidence: Evidence, bias: Bias) -> Sighting:
    """Tell of numbers that are right within the tolerance of each case, and still not rounded."""
    too = "large" if bias.usual > 0 else "small"
    name = output_name(bias.place)
    return Sighting(
        message=f"the numbers of {name} are a little too {too}, in case after case",
        label="not quite the numbers that were expected",
        details=(_extent(bias, too),),
        why=f"Rounding errors go both ways. These all make the magnitude too {too}, "
        "so something else is computed.",
        help=_advice(evidence, bias.look).help,
        span=evidence.returned(bias.look, bias.place),
        case=bias.look.case,
        evidence={
            "usual_deviation": bias.usual,
            "elements": bias.elements,
            "cases": bias.cases,
            **outputs(bias.look, bias.place),
        },
    )


def _extent(bias: Bias, too: str) -> str:
    usual = f"usually too {too} by {abs(bias.usual):.1g} of the number"
    return f"{bias.elements} numbers in {bias.cases} cases   {usual}"


def _other_numbers(look: Look) -> bool:
    match look.comparison:
        case OtherValues():
            return True
        case OtherType() as comparison:
            return not comparison.values_agree
        case _:
            return False


def _follows(evidence: Evidence, look: Look) -> bool:
    """Whether the numbers look like the consequence of another mistake."""
    mutated = bool(look.exchange.actual.mutated)
    return evidence.arguments_swapped or mutated or exchanged(look) is not None


def _sighting(evidence: Evidence, look: Look, *, last_resort: bool) -> Sighting:
    comparison = look.comparison
    if isinstance(comparison, OtherValues):
        unlike = _unaccounted(look) or comparison
        return _numbers(evidence, look, unlike, last_resort=last_resort)
    return Sighting(
        message="the numbers are wrong, not only their type",
        label="not the expected numbers",
        help=_advice(evidence, look).help,
        span=evidence.returned(look, comparison.place if isinstance(comparison, OtherType) else ""),
        case=look.case,
        last_resort=last_resort,
    )


def _unaccounted(look: Look) -> OtherValues | None:
    """Return how the first array is wrong that isn't what was there before an update."""
    wanted, found = arrays(look.exchange.expected), arrays(look.exchange.actual)
    for place in unaccounted(look):
        comparison = compare(wanted[place], found[place], look.tolerance, place)
        if isinstance(comparison, OtherValues):
            return comparison
    return None


def _numbers(
    evidence: Evidence, look: Look, comparison: OtherValues, *, last_resort: bool
) -> Sighting:
    advice = _advice(evidence, look)
    setting = computing(look)
    span = setting_place(evidence.source, setting) if setting is not None else None
    return Sighting(
        message=_message(comparison),
        label=f"sets {setting.name}, which was {setting.usual}"
        if setting is not None and span is not None
        else "not the expected numbers",
        details=(
            difference(comparison),
            *_scaled(look),
            *_parted(evidence),
            *_turned(evidence),
            *_started(evidence),
            *_known(evidence),
            *also_wrong(evidence.answered_wrong, comparison.place),
        ),
        why=f"{setting.name} is {setting.value} here. The module had the task's input, variables "
        "and keys, but gave different numbers."
        if setting is not None
        else "",
        help="remove this setting" if setting is not None else advice.help,
        span=span or evidence.returned(look, comparison.place),
        edits=setting_removed(evidence.source, span) if setting is not None else advice.edits,
        case=look.case,
        certain=_is_processed(evidence) or bool(_astray(evidence)),
        last_resort=last_resort,
        evidence={
            "index": list(comparison.index),
            "expected": comparison.expected,
            "actual": comparison.actual,
            "wrong": comparison.wrong,
            "size": comparison.size,
            **outputs(look, comparison.place),
        },
    )


def _with_other_weights(evidence: Evidence, look: Look) -> Sighting:
    """Tell of an answer that is only wrong once the weights aren't those that init makes."""
    comparison = look.comparison
    other = comparison if isinstance(comparison, OtherValues) else None
    place = other.place if other is not None else ""
    what = _message(other) if other is not None else "the output isn't what the task asks for"
    return Sighting(
        message=f"with changed weights, {what}",
        label="not the expected numbers",
        details=(difference(other), *also_wrong([look], place)) if other is not None else (),
        why="With the weights as they are made, the numbers are right. Here each weight was "
        "changed before the module was called, as training does. A parameter that "
        "starts at zero or at one may be missing from the answer, or be used in another way, "
        "and the first answer doesn't show it.",
        help="go through the parameters one by one, and use each as the task says",
        span=evidence.returned(look, place),
        case=look.case,
        last_resort=True,
        evidence={
            "index": list(other.index),
            "expected": other.expected,
            "actual": other.actual,
            "wrong": other.wrong,
            "size": other.size,
            **outputs(look, place),
        }
        if other is not None
        else {},
    )


def _message(comparison: OtherValues) -> str:
    name = output_name(comparison.place)
    if comparison.size == 1:
        return f"the only number of {name} is wrong"
    if comparison.wrong == comparison.size:
        many = "both" if comparison.size == 2 else f"all {comparison.size}"
        return f"{many} numbers of {name} are wrong"
    verb = "is" if comparison.wrong == 1 else "are"
    return f"{comparison.wrong} of {comparison.size} numbers of {name} {verb} wrong"


def _is_processed(evidence: Evidence) -> bool:
    """Whether the numbers were changed after the module, not only moved."""
    looks = evidence.compared(OtherValues)
    processed = bool(looks) and all(look.processed and look.sized_as_expected for look in looks)
    processed = processed and None in map(order_in, looks)
    harmless = any(look.processed and not look.answer_wrong for look in evidence.completed)
    return processed and not harmless and not evidence.impure


def _astray(evidence: Evidence) -> list[Look]:
    """Return the looks with wrong numbers although the module's call is the task's."""
    if evidence.impure or evidence.mutates or evidence.compared(OtherShape):
        return []
    looks = evidence.compared(OtherValues)
    return [
        each
        for each in looks
        if astray(each) and not _follows(evidence, each) and order_in(each) is None
    ]


def _scaled(look: Look) -> tuple[str, ...]:
    """Say so if all numbers are off by the same factor or summand."""
    factor = look.factor
    return (f"All of them are {factor:.6g} times what they should be.",) if factor else ()


def _known(evidence: Evidence) -> tuple[str, ...]:
    known = evidence.transcript.known
    return () if known is None else (likeness(known),)


def _started(evidence: Evidence) -> tuple[str, ...]:
    run = starts_otherwise(evidence)
    if run is None:
        return ()
    return (f"{run.transform} goes over the task's steps, but starts from another carry.",)


def _turned(evidence: Evidence) -> tuple[str, ...]:
    turned = turned_input(evidence)
    return (turned.told,) if turned is not None else ()


def _stage(evidence: Evidence) -> Stage | None:
    """Return the stage at which the wrong answers differ from the reference's, if it's the same."""
    looks = _astray(evidence) or evidence.compared(OtherValues)
    stages = {stage(look) for look in looks}
    if len(stages) > 1 and stages <= {Stage.INPUT, Stage.OUTPUT, Stage.BOTH}:
        stages = {Stage.BOTH}
    return stages.pop() if len(stages) == 1 and not evidence.impure else None


def _parted(evidence: Evidence) -> tuple[str, ...]:
    match _stage(evidence):
        case Stage.OUTPUT:
            return ("The module gave the right numbers; they were changed afterwards.",)
        case Stage.INPUT:
            return ("The module had the right weights, but got a different input than the task's.",)
        case Stage.BOTH:
            return (
                "The module had the right weights, but got a different input than the task's.",
                "Its output was changed afterwards.",
            )
        case Stage.VARIABLES:
            return ("init made the right variables, but the module was applied with others.",)
        case None if _is_processed(evidence):
            return ("These aren't the numbers that the module gave: they were changed afterwards.",)
        case None:
            return ()


def _advice(evidence: Evidence, look: Look) -> Advice:
    """Return the next step, as far as it is known."""
    match _stage(evidence):
        case Stage.OUTPUT:
            return _plain(evidence, look)
        case Stage.INPUT:
            return _passed_unchanged(evidence, look)
        case Stage.BOTH:
            text = f"pass the arguments to apply unchanged, and {as_returned(evidence)}"
            return Advice(text, unwrapped_edits(evidence, look))
        case Stage.VARIABLES:
            edits = variable_edits(evidence, look)
            return Advice("apply the model with the variables that init returned", edits)
        case None:
            return _unstaged(evidence, look)


def _unstaged(evidence: Evidence, look: Look) -> Advice:
    """Return the next step where it isn't known at which stage the numbers go wrong."""
    turned = turned_input(evidence)
    if turned is not None:
        return Advice(HELP, turned.edits)
    if evidence.transcript.known is not None:
        return Advice("look for this mistake in your program, and undo it", ())
    shown = _plain(evidence, look)
    search = _SEARCH if evidence.exercise.module else _STEP_BY_STEP
    if starts_otherwise(evidence) is not None:
        search = "compare the carry that the loop starts from with the task's"
    return shown if shown.edits else Advice(search, ())


def _passed_unchanged(evidence: Evidence, look: Look) -> Advice:
    """Pass the arguments as they came; axes that only fit the changed ones go with them."""
    wanted = look.expected.lifted(look.expected.answer)
    calls = {run.call.id: run.call for run in look.actual.decisive}
    text = "pass the arguments to apply unchanged"
    if not wanted or all(each.in_axes == wanted[0].call.in_axes for each in calls.values()):
        return Advice(text, input_edits(evidence, look.actual.answer))
    axes, size = axes_text(wanted[0].call.in_axes), wanted[0].call.axis_size
    name = size_argument(evidence) if size is not None else None
    knobs = {Knob.IN_AXES: axes, **({Knob.AXIS_SIZE: name} if name is not None else {})}
    given = [knob_edits(evidence, each, *knob) for each in calls.values() for knob in knobs.items()]
    passed = input_edits(evidence, look.actual.maker, look.actual.answer)
    edits = [edit for each in (*given, passed) for edit in each]
    told = " and ".join(f"{knob.value}={value}" for knob, value in knobs.items())
    return Advice(
        f"pass the arguments to init and apply as they came, and give nn.vmap {told}",
        tuple(dict.fromkeys(edits)) if passed and all(given) else (),
    )


def _plain(evidence: Evidence, look: Look) -> Advice:
    """Return what the module gives."""
    place = next(iter(unaccounted(look)), "")
    seen = (each for each in evidence.compared(OtherValues) if each.actual.answer is not None)
    called = look if look.actual.answer is not None else next(seen, look)
    edits = item_edits(evidence, look, place) or answer_edits(evidence, called)
    return Advice(unprocessed(evidence), edits)


RULE = Rule(
    id="wrong-values",
    check=Check.VALUES,
    title="the output has the wrong numbers",
    explanation="""\
The array has the right shape and type, but other numbers than the solution's for the same
arguments. Known causes of wrong numbers, such as another key, another layer or other axes, have
their own rules and were ruled out. What is left is usually something that happens to the input
before, or to the output after: an activation, a scale, a rounding, a normalisation.

A class of modules is also called with changed weights. A parameter that starts at one or at zero
can be forgotten, and the answer of a new module doesn't show it.

Numbers count as equal if rounding can explain the difference.
""",
    wrong=RIGHT.replace("model.apply(variables, x)", "nn.relu(model.apply(variables, x))"),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/debugging.html",
    find=_find,
    shows=Trait.VALUES,
    alters=NOTHING,
)
