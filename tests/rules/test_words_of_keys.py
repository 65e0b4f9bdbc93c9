"""What is said of keys that aren't the task's: how they were made, and how the task makes them."""

from __future__ import annotations

from typing import Any, Final

import pytest

from grader.evidence import Look
from grader.model.observation import Configured, KeyStep, Observation, Span, StreamKey
from grader.rules import derived_key, ignored_seed
from tests.judge.made import case, did, evidence, look, numbers, root, variable

W: Final = variable("params/w", 2, digest="w")
Y, Z = numbers(1, 2, 3), numbers(4, 5, 6)
TEXT: Final = """\
import jax
KEY = jax.random.key(5)
def forward(seed, x, width):
    key = jax.random.key(seed)
    a, b = jax.random.split(key)
    c = jax.random.fold_in(key, 3)
    return model.init(key, x)
"""


def at(part: str) -> Span:
    start = TEXT.index(part)
    line, column = TEXT.count("\n", 0, start) + 1, start - TEXT.rfind("\n", 0, start)
    return Span(line=line, column=column, end_line=line, end_column=column + len(part))


MAKE_AT, CONSTANT_AT = at("jax.random.key(seed)"), at("jax.random.key(5)")
SPLIT_AT, FOLD_AT = at("jax.random.split(key)"), at("jax.random.fold_in(key, 3)")
INIT_AT: Final = at("model.init(key, x)")


def step(
    operation: str,
    *operands: str,
    number: int = 0,
    given: str = "",
    made: tuple[str, ...] = ("k",),
    span: Any = None,
    **more: Any,
) -> KeyStep:
    return KeyStep(
        id=number,
        operation=operation,
        operands=operands,
        given=(given,) if given else (),
        made=made,
        span=span,
        **more,
    )


def make(seed: Any, data: str = "m", **more: Any) -> KeyStep:
    return step("key", str(seed), made=(data,), **({"span": MAKE_AT} | more))


def split(given: str = "m", made: tuple[str, ...] = ("s", "t")) -> KeyStep:
    return step("split", "2", number=1, given=given, made=made, span=SPLIT_AT)


def fold(given: str = "m", made: str = "f") -> KeyStep:
    return step("fold_in", "3", number=2, given=given, made=(made,), span=FOLD_AT)


def side(
    *steps: KeyStep,
    answer: Any = Z,
    kinds: str = "threefry",
    configured: tuple[Configured, ...] = (),
    **streams: str | None,
) -> Observation:
    keys = tuple(
        StreamKey(stream=n, data=each, implementation=kinds) for n, each in streams.items()
    )
    entry = root(
        0, kind="init_with_output", made=(W,), keys=keys, span=INIT_AT, configured=configured
    )
    return did(answer, roots=(entry,), keys=steps, configured=configured)


def beside(ours: Observation, theirs: Observation, seed: int = 0) -> Look:
    return look(theirs, ours, case(seed=seed))


Said = tuple[str, str, str, tuple[str, ...], int | None]


def said(rule: Any, *looks: Look) -> list[Said]:
    return [
        (
            each.message,
            each.label,
            each.help,
            each.details,
            each.span.line if each.span is not None else None,
        )
        for each in rule.find(evidence(looks, TEXT))
    ]


THEIRS: Final = side(make(0), answer=Y, params="m")
SPLITS: Final = side(make(0), split(), answer=Y, params="s")
FOLDS: Final = side(make(0), fold(), answer=Y, params="f")
BOTH: Final = side(make(0), split(), answer=Y, params="s", dropout="t")
DERIVED: Final[dict[str, tuple[Observation, Observation, Said]]] = {
    "another seed": (
        side(make(1, "o"), params="o"),
        THEIRS,
        (
            '"params" is drawn from a different key than PRNGKey(seed)',
            "this is key(1), the seed is 0",
            'pass jax.random.key(seed) itself as the key of "params"',
            ("The key is jax.random.key(1).", "key   expected m   found o"),
            4,
        ),
    ),
    "a constant": (
        side(make(5, "o", span=CONSTANT_AT), params="o"),
        THEIRS,
        (
            '"params" is drawn from a different key than PRNGKey(seed)',
            "this is key(5), the seed is 0",
            'pass jax.random.key(seed) itself as the key of "params"',
            ("The key is jax.random.key(5).", "key   expected m   found o"),
            2,
        ),
    ),
    "not a number": (
        side(make("x", "o"), params="o"),
        THEIRS,
        (
            '"params" is drawn from a different key than PRNGKey(seed)',
            "not the key that the task uses here",
            'pass jax.random.key(seed) itself as the key of "params"',
            ("The key is jax.random.key(x).", "key   expected m   found o"),
            4,
        ),
    ),
    "split": (
        side(make(0), split(), params="t"),
        THEIRS,
        (
            '"params" is drawn from a derived key, not from PRNGKey(seed)',
            "split makes a different key",
            'pass jax.random.key(seed) itself as the key of "params"',
            (
                (
                    "The key is key 1 of the 2 that jax.random.split(key, 2) made, of "
                    "jax.random.key(0)."
                ),
                "key   expected m   found t",
            ),
            5,
        ),
    ),
    "folded": (
        side(make(0), fold(), params="f"),
        THEIRS,
        (
            '"params" is drawn from a derived key, not from PRNGKey(seed)',
            "fold_in makes a different key",
            'pass jax.random.key(seed) itself as the key of "params"',
            (
                "The key is jax.random.fold_in(key, 3), of jax.random.key(0).",
                "key   expected m   found f",
            ),
            6,
        ),
    ),
    "split and folded": (
        side(make(0), split(), fold("s"), params="f"),
        THEIRS,
        (
            '"params" is drawn from a derived key, not from PRNGKey(seed)',
            "fold_in makes a different key",
            'pass jax.random.key(seed) itself as the key of "params"',
            (
                (
                    "The key is jax.random.fold_in(key, 3), of key 0 of the 2 that "
                    "jax.random.split(key, 2) made, of jax.random.key(0)."
                ),
                "key   expected m   found f",
            ),
            6,
        ),
    ),
    "not split": (
        side(make(0), params="m"),
        SPLITS,
        (
            '"params" is drawn from PRNGKey(seed) itself, not from a key that is split from it',
            "this key is used directly, not split",
            (
                'make the key of "params" as the task does: '
                "jax.random.split(jax.random.key(seed), 2)[0]"
            ),
            ("The key is jax.random.key(0).", "key   expected s   found m"),
            4,
        ),
    ),
    "not folded": (
        side(make(0), params="m"),
        FOLDS,
        (
            '"params" is drawn from PRNGKey(seed) itself, not from a key that is folded from it',
            "this key is used directly, not folded",
            (
                'make the key of "params" as the task does: '
                "jax.random.fold_in(jax.random.key(seed), 3)"
            ),
            ("The key is jax.random.key(0).", "key   expected f   found m"),
            4,
        ),
    ),
    "not split, of another seed": (
        side(make(9), params="m"),
        SPLITS,
        (
            '"params" is drawn from a different key than the task derives for it',
            "this is key(9), the seed is 0",
            (
                'make the key of "params" as the task does: '
                "jax.random.split(jax.random.key(seed), 2)[0]"
            ),
            ("The key is jax.random.key(9).", "key   expected s   found m"),
            4,
        ),
    ),
    "another part": (
        side(make(0), split(), params="t"),
        SPLITS,
        (
            '"params" is drawn from a different key than the task derives for it',
            '"params" gets key 1 of these',
            (
                'make the key of "params" as the task does: '
                "jax.random.split(jax.random.key(seed), 2)[0]"
            ),
            (
                (
                    "The key is key 1 of the 2 that jax.random.split(key, 2) made, of "
                    "jax.random.key(0)."
                ),
                "key   expected s   found t",
            ),
            5,
        ),
    ),
    "split of another seed": (
        side(make(9, "n"), split("n", ("x", "y")), params="x"),
        SPLITS,
        (
            '"params" is drawn from a different key than the task derives for it',
            "this is key(9), the seed is 0",
            "derive it from jax.random.key(seed) itself",
            (
                (
                    "The key is key 0 of the 2 that jax.random.split(key, 2) made, of "
                    "jax.random.key(9)."
                ),
                "key   expected s   found x",
            ),
            4,
        ),
    ),
    "folded in place of split": (
        side(make(0), fold(), params="f"),
        SPLITS,
        (
            '"params" is drawn from a different key than the task derives for it',
            "fold_in makes a different key",
            (
                'make the key of "params" as the task does: '
                "jax.random.split(jax.random.key(seed), 2)[0]"
            ),
            (
                "The key is jax.random.fold_in(key, 3), of jax.random.key(0).",
                "key   expected s   found f",
            ),
            6,
        ),
    ),
    "both parts the other way round": (
        side(make(0), split(), params="t", dropout="s"),
        BOTH,
        (
            '"params" and "dropout" are drawn from different keys than the task derives for them',
            '"params" gets key 1 and "dropout" gets key 0 of these',
            (
                'make the keys as the task does: "params" '
                'jax.random.split(jax.random.key(seed), 2)[0] and "dropout" '
                "jax.random.split(jax.random.key(seed), 2)[1]"
            ),
            (
                (
                    'The key of "params" is key 1 of the 2 that jax.random.split(key, 2) '
                    "made, of jax.random.key(0)."
                ),
                'key of "params"   expected s   found t',
                (
                    'The key of "dropout" is key 0 of the 2 that jax.random.split(key, 2) '
                    "made, of jax.random.key(0)."
                ),
                'key of "dropout"   expected t   found s',
            ),
            5,
        ),
    ),
    "both not split": (
        side(make(0), params="m", dropout="m"),
        BOTH,
        (
            (
                '"params" and "dropout" are drawn from PRNGKey(seed) itself, not from '
                "a key that is split from it"
            ),
            "this key is used directly, not split",
            (
                'make the keys as the task does: "params" '
                'jax.random.split(jax.random.key(seed), 2)[0] and "dropout" '
                "jax.random.split(jax.random.key(seed), 2)[1]"
            ),
            (
                'The key of "params" is jax.random.key(0).',
                'key of "params"   expected s   found m',
                'The key of "dropout" is jax.random.key(0).',
                'key of "dropout"   expected t   found m',
            ),
            4,
        ),
    ),
    "both of another seed": (
        side(make(9, "n"), split("n", ("x", "y")), params="x", dropout="y"),
        BOTH,
        (
            '"params" and "dropout" are drawn from different keys than the task derives for them',
            "this is key(9), the seed is 0",
            "derive them from jax.random.key(seed) itself",
            (
                (
                    'The key of "params" is key 0 of the 2 that jax.random.split(key, 2) '
                    "made, of jax.random.key(9)."
                ),
                'key of "params"   expected s   found x',
                (
                    'The key of "dropout" is key 1 of the 2 that jax.random.split(key, 2) '
                    "made, of jax.random.key(9)."
                ),
                'key of "dropout"   expected t   found y',
            ),
            4,
        ),
    ),
    "not seen": (
        side(params="o"),
        THEIRS,
        (
            '"params" is drawn from a different key than PRNGKey(seed)',
            "not the key that the task uses here",
            'pass jax.random.key(seed) itself as the key of "params"',
            ("key   expected m   found o",),
            7,
        ),
    ),
    "not seen where the task splits": (
        side(params="o"),
        SPLITS,
        (
            '"params" is drawn from a different key than the task derives for it',
            "not the key that the task uses here",
            (
                'make the key of "params" as the task does: '
                "jax.random.split(jax.random.key(seed), 2)[0]"
            ),
            ("key   expected s   found o",),
            7,
        ),
    ),
    "the task's way isn't known": (
        side(make(1, "o"), params="o"),
        side(params="m", answer=Y),
        (
            '"params" is drawn from a different key than PRNGKey(seed)',
            "this is key(1), the seed is 0",
            "make the key as the task says",
            ("The key is jax.random.key(1).", "key   expected m   found o"),
            4,
        ),
    ),
    "another kind": (
        side(make(0), params="o", kinds="rbg"),
        THEIRS,
        (
            'the keys are of a different kind: "rbg", not "threefry"',
            'makes "rbg" keys',
            "remove this setting",
            ("key   expected m   found o",),
            7,
        ),
    ),
    "another kind that was asked for": (
        side(step("key", "0", "impl='rbg'", made=("o",), span=MAKE_AT), params="o", kinds="rbg"),
        THEIRS,
        (
            'the keys are of a different kind: "rbg", not "threefry"',
            'makes "rbg" keys',
            "remove impl",
            ("key   expected m   found o",),
            4,
        ),
    ),
    "a setting": (
        side(
            make(0),
            params="o",
            configured=(Configured(name="jax_random_seed_offset", value="5", usual="0"),),
        ),
        THEIRS,
        (
            "jax_random_seed_offset is 5, and JAX makes other keys",
            "sets jax_random_seed_offset, which was 0",
            "remove this setting",
            ("key   expected m   found o",),
            7,
        ),
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "words"), DERIVED.values(), ids=DERIVED)
def test_a_derived_key_is_told_by_how_it_was_made(
    ours: Observation, theirs: Observation, words: Said
) -> None:
    assert said(derived_key.RULE, beside(ours, theirs)) == [words]


SEEDS: Final[
    dict[str, tuple[tuple[Observation, Observation], tuple[Observation, Observation], Said]]
] = {
    "a constant": (
        (side(make(5, "o", span=CONSTANT_AT), params="o"), THEIRS),
        (
            side(make(5, "o", span=CONSTANT_AT), params="o"),
            side(make(1, "n"), answer=Y, params="n"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            ('Both times "params" was drawn from the key o.',),
            2,
        ),
    ),
    "a constant made before": (
        (side(make(5, "o", while_loading=True), params="o"), THEIRS),
        (
            side(make(5, "o", while_loading=True), params="o"),
            side(make(1, "n"), answer=Y, params="n"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key in the function, from the argument: jax.random.key(seed)",
            ('Both times "params" was drawn from the key o.',),
            4,
        ),
    ),
    "a constant that is split": (
        (side(make(5, "o"), split("o"), params="s"), SPLITS),
        (
            side(make(5, "o"), split("o"), params="s"),
            side(make(1, "n"), split("n", ("u", "v")), answer=Y, params="u"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            ('Both times "params" was drawn from the key s.',),
            4,
        ),
    ),
    "a constant that should be split": (
        (
            side(make(5, "o", span=CONSTANT_AT), params="o"),
            side(make(0), split(), answer=Y, params="s"),
        ),
        (
            side(make(5, "o", span=CONSTANT_AT), params="o"),
            side(make(1, "n"), split("n", ("u", "v")), answer=Y, params="u"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.split(jax.random.key(seed), 2)[0]",
            ('Both times "params" was drawn from the key o.',),
            2,
        ),
    ),
    "two constants": (
        (side(make(5, "o"), params="o", dropout="o"), BOTH),
        (
            side(make(5, "o"), params="o", dropout="o"),
            side(make(1, "n"), split("n", ("u", "v")), answer=Y, params="u", dropout="v"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same keys for "params" and "dropout"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            (
                'Both times "params" was drawn from the key o.',
                'Both times "dropout" was drawn from the key o.',
            ),
            4,
        ),
    ),
    "not seen": (
        (side(params="o"), THEIRS),
        (side(params="o"), side(make(1, "n"), answer=Y, params="n")),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            ('Both times "params" was drawn from the key o.',),
            2,
        ),
    ),
    "dropout alone": (
        (side(make(5, "o"), dropout="o"), side(make(0), answer=Y, dropout="m")),
        (side(make(5, "o"), dropout="o"), side(make(1, "n"), answer=Y, dropout="n")),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "dropout"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            ('Both times "dropout" was drawn from the key o.',),
            4,
        ),
    ),
    "the first is right": (
        (side(make(5, "o", span=CONSTANT_AT), params="o", answer=Y), THEIRS),
        (
            side(make(5, "o", span=CONSTANT_AT), params="o"),
            side(make(1, "n"), answer=numbers(7), params="n"),
        ),
        (
            'seed is ignored: seed 0 and seed 1 give the same key for "params"',
            "the key doesn't depend on seed",
            "make the key from the argument: jax.random.key(seed)",
            ('Both times "params" was drawn from the key o.',),
            2,
        ),
    ),
    "only answers": (
        (side(params=None), THEIRS),
        (side(params=None), side(make(1, "n"), answer=numbers(7, 8, 9), params="n")),
        (
            "seed is ignored: seed 0 and seed 1 give the same answer",
            "the key doesn't depend on seed",
            "make the key from seed",
            ("Both outputs were the same, to the last digit.",),
            2,
        ),
    ),
}


@pytest.mark.parametrize(("first", "second", "words"), SEEDS.values(), ids=SEEDS)
def test_an_ignored_seed_is_told_by_what_two_seeds_gave(
    first: tuple[Observation, Observation], second: tuple[Observation, Observation], words: Said
) -> None:
    looks = [beside(*each, seed=n) for n, each in enumerate((first, second))]
    assert said(ignored_seed.RULE, *looks) == [words]
