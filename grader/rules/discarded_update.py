"""discarded-update: variables come back as they were before the module updated them."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence import Evidence, Look
from grader.evidence.edits import update_edits
from grader.evidence.notation import collection_noun, listing
from grader.evidence.updates import discarded, lost, updated
from grader.model.exercise import Check
from grader.model.observation import Root
from grader.rules.example import NORM
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import NUMBERS


def _find(evidence: Evidence) -> Iterator[Sighting]:
    """Every wrong array at a place has to be an old one: a small one may be so by chance."""
    looks = evidence.answered_wrong
    places = lost(looks)
    if places and any(map(_had_them, looks)):
        look = max(looks, key=lambda look: sum(each.place in places for each in discarded(look)))
        yield _sighting(evidence, look, places)


def _had_them(look: Look) -> bool:
    """Whether the program ever had such variables: zeros and ones may also be literals."""
    collections = {each.variable.collection for each in discarded(look)}
    roots = look.actual.record.roots
    return any(each.collection in collections for r in roots for each in (*r.given, *r.made))


def _sighting(evidence: Evidence, look: Look, places: frozenset[str]) -> Sighting:
    old = [each for each in discarded(look) if each.place in places]
    collection = old[0].variable.collection
    names = tuple(dict.fromkeys(each.name for each in old))
    return Sighting(
        message=f"the update is thrown away: {listing(names)} came back as before",
        label="returns the values from before the update",
        details=tuple(f"output{each.place} is {each.name} from before the update." for each in old),
        why=f"The output of a step can be right without {collection_noun(collection)}, but then "
        "the next step and the evaluation start from the old values.",
        help=_help(look, collection),
        span=evidence.returned(look, old[0].place if len(old) == 1 else ""),
        edits=update_edits(evidence, _seen(evidence, look), collection),
        case=look.case,
        evidence={"collection": collection, "variables": list(names)},
        certain=_is_independent(look, collection),
    )


def _seen(evidence: Evidence, look: Look) -> Root | None:
    """Return the call that gave the answer, or the same one in a case where it was seen."""
    answers = (each.actual.answer for each in (look, *evidence.looks))
    return next((each for each in answers if each is not None), None)


def _help(look: Look, collection: str) -> str:
    """Say where the new values are; a program that never writes the collection has none yet."""
    roots = look.actual.record.roots
    if not roots or any(_writes(root, collection) for root in roots):
        return "take the new values from what apply returns next to the output"
    return (
        f'call apply with mutable=["{collection}"], and take the new values from what it returns '
        "next to the output"
    )


def _is_independent(look: Look, collection: str) -> bool:
    """Whether the update is lost regardless of other mistakes: it was seen, or never requested."""
    roots = look.actual.record.roots
    has = any(each.collection == collection for each in look.actual.variables)
    return updated(look) or (has and not any(_writes(root, collection) for root in roots))


def _writes(root: Root, collection: str) -> bool:
    """Whether a call got the collection and returned it."""
    given = {each.collection for each in root.given}
    return collection in given & {each.collection for each in root.made}


RULE = Rule(
    id="discarded-update",
    check=Check.PARAMS,
    title="the updated variables are thrown away",
    explanation="""\
`y, updates = model.apply(variables, x, mutable=["batch_stats"])` doesn't change `variables`. The
new values are only in `updates`. Your function returned the values from before the call: from
`variables`, from a merge in which the old values won, or from `init`, which runs the module but
doesn't update the statistics.

Training doesn't suffer, since it uses the batch's own statistics. You see the mistake in the first
evaluation: the running mean is still 0 and the running variance 1, so a model that was right until
then returns nonsense.
""",
    wrong=NORM.replace("y, updates[", "y, variables["),
    right=NORM,
    link="https://flax-linen.readthedocs.io/en/latest/guides/training_techniques/batch_norm.html",
    find=_find,
    alters=NUMBERS,
)
