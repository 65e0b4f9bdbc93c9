"""Which result of a loop a wrong answer is: the last carry, or the outputs that are stacked.

A loop gives both, and a task asks for one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.evidence.loops import Loops, both_runs
from grader.evidence.meaning import Meaning
from grader.evidence.results import arrays
from grader.evidence.scans import carry_out, stacked
from grader.model.observation import Observation, TransformRun, digest
from grader.model.transforms import Does, transform

if TYPE_CHECKING:
    from grader.evidence.evidence import Evidence
    from grader.evidence.look import Look


def loop_result(evidence: Evidence) -> Meaning | None:
    """Tell which of its loop's results an answer is, or should be; so in all wrong cases."""
    found = [each for look in evidence.answered_wrong for each in _loops(look)]
    if not found or len(found) < len(evidence.answered_wrong):
        return None
    if all(map(_asks_for_outputs, found)):
        return _instead_of_outputs(found)
    nothing = all(not stacked(each.actual) and not _arrays(each.look) for each in found)
    if nothing and all(map(_asks_for_carry, found)):
        return Meaning(
            why=f"{found[0].actual.transform} returns a pair: the last carry, and the outputs of "
            "all steps. No step gives an output here, so there are none.",
            help="return the first of the pair that the loop gives",
        )
    return None


def _instead_of_outputs(found: list[Loops]) -> Meaning | None:
    name = found[0].actual.transform
    if all(not stacked(each.actual) for each in found):
        return Meaning(
            why=f"{name} keeps what each step returns second. Here a step returns nothing there, "
            "so only the last carry is left.",
            help="let the step return what is to be kept second: (new carry, output); the loop "
            "returns all of these second, too",
        )
    if all(_arrays(each.look) and _arrays(each.look) <= _carry(each.actual) for each in found):
        return Meaning(
            why=f"This is the last carry, which {name} returns first. The outputs of all steps "
            "come second.",
            help="return the second of the pair that the loop gives",
        )
    return None


def _loops(look: Look) -> list[Loops]:
    """Return the only run of each side's loop, as a list of none or one."""
    for use in look.exercise.uses:
        both = both_runs(look, use) if transform(use.title).does is Does.LOOPS else None
        if both is not None:
            return [Loops(look=look, use=use, expected=both[1], actual=both[0])]
    return []


def _asks_for_outputs(found: Loops) -> bool:
    wanted = _digests(found.look.exchange.expected)
    return bool(wanted) and wanted <= _outputs(found.expected)


def _asks_for_carry(found: Loops) -> bool:
    wanted = _digests(found.look.exchange.expected)
    return bool(wanted) and wanted <= _carry(found.expected)


def _arrays(look: Look) -> set[str]:
    return _digests(look.exchange.actual)


def _digests(side: Observation) -> set[str]:
    return {digest(each.data) for each in arrays(side).values()}


def _carry(run: TransformRun) -> set[str]:
    return set(run.given_back[carry_out(run, len(run.given_back))])


def _outputs(run: TransformRun) -> set[str]:
    carry = carry_out(run, len(run.given_back))
    return {*run.given_back[: carry.start], *run.given_back[carry.stop :]}
