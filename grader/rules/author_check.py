"""author-check: what the exercise's own check says, in the words of its author."""

from __future__ import annotations

from collections.abc import Iterator

from grader.compare import Same
from grader.evidence import Evidence, Look
from grader.evidence.authors_words import sentence, words_of
from grader.model.exercise import Check
from grader.model.transcript import Said
from grader.rules.example import RIGHT
from grader.rules.rule import Rule, Sighting
from grader.rules.trait import Trait


def _find(evidence: Evidence) -> Iterator[Sighting]:
    told: dict[int | str, list[tuple[Look, Said]]] = {}
    for look in evidence.completed:
        said = look.exchange.said
        if said is not None and said.message:
            told.setdefault(said.line or said.message, []).append((look, said))
    looks = {id(look) for each in told.values() for look, _ in each}
    aside = any(id(look) not in looks for look in evidence.answered_wrong)
    for about, each in told.items():
        yield _sighting(evidence, each, str(about), aside=aside)


def _sighting(
    evidence: Evidence, told: list[tuple[Look, Said]], about: str, *, aside: bool
) -> Sighting:
    """Tell of the smallest case; what is said of a right answer doesn't follow from a wrong one."""
    look, said = told[0]
    words = words_of(said.message or "")
    right = [isinstance(each.comparison, Same) for each, _ in told]
    return Sighting(
        message=sentence(words.message),
        why=words.why,
        help=words.help or "compare your program with the task once more",
        span=evidence.landmarks.head if right[0] else evidence.returned(look),
        case=look.case,
        certain=any(right),
        aside=aside or all(right),
        about=about,
        evidence={"check_line": said.line, "cases": len(told)},
    )


RULE = Rule(
    id="author-check",
    check=Check.TASK,
    title="the exercise's own check found something",
    explanation="""\
Some exercises have a check of their own: a few lines by the author of the exercise, which look at
the arguments, the answer, and what your program used. They say what no general rule can know,
because it is about this task. The message and the next step are the author's words.
""",
    wrong=RIGHT.replace(
        "    variables = model.init(",
        "    # The author's check says that one initialisation is enough.\n"
        "    unused = model.init(jax.random.PRNGKey(seed), x)\n"
        "    variables = model.init(",
    ),
    right=RIGHT,
    link="https://docs.jax.dev/en/latest/index.html",
    find=_find,
    shows=Trait.TASK,
    alters=frozenset({Trait.VALUES}),
)
