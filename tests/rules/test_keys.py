"""What a report says of keys holds for every spelling, whatever else the program does."""

from __future__ import annotations

import re
from itertools import product

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.finding import Finding
from tests.observe import example_case, solution_text
from tests.recordings.programs import transcript_of
from tests.rules.conftest import CaseMaker

KEY_RULES = {"ignored-seed", "derived-key"}
CONSTANT = (
    "jax.random.PRNGKey(0)",
    "jax.random.PRNGKey(7)",
    "jax.random.key(0)",
    "KEY",
    "jax.random.split(KEY)[0]",
    "jax.random.PRNGKey(features)",
)
DERIVED = (
    "jax.random.PRNGKey(seed + 1)",
    "jax.random.split(jax.random.PRNGKey(seed))[0]",
    "jax.random.fold_in(jax.random.PRNGKey(seed), 0)",
    "jax.random.fold_in(KEY, seed)",
)
RIGHT = ("jax.random.PRNGKey(seed)", "jax.random.key(seed)")
AXES = ("", 'variable_axes={"params": None},', 'variable_axes={"params": 0},')
SPLITS = ("", 'split_rngs={"params": False},', 'split_rngs={"params": True},')

SHARED = """\
import flax.linen as nn
import jax
import jax.numpy as jnp

KEY = jax.random.PRNGKey(1)


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes={in_axes}, {axes} {split})
    model = BatchDense(features=features)
    variables = model.init({key}, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""


def shared(key: str, in_axes: int = 0, axes: str = AXES[1], split: str = SPLITS[1]) -> str:
    return SHARED.format(key=key, in_axes=in_axes, axes=axes, split=split)


def of(slug: str) -> Exercise:
    return next(each.exercise for each in exercises() if each.exercise.slug == slug)


def graded(text: str, slug: str = "nn-vmap-shared") -> tuple[Finding, ...]:
    """Judge a program on two seeds of which one is 1, as `KEY`."""
    exercise = of(slug)
    cases = [example_case(exercise, seed) for seed in (7, 1)]
    return judge(transcript_of(text, cases, exercise))


def marked(text: str, finding: Finding) -> str:
    """Return what a finding underlines."""
    span = finding.span
    assert span is not None
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize("key", [*CONSTANT, *DERIVED, *RIGHT])
@pytest.mark.parametrize("in_axes", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_keys_are_judged_independently_of_nn_vmaps_arguments(
    key: str, in_axes: int, telling: tuple[Case, ...]
) -> None:
    wanted = {"ignored-seed"} if key in CONSTANT else {"derived-key"} if key in DERIVED else set()
    if key == "jax.random.split(KEY)[0]":
        wanted = KEY_RULES
    for axes, split in product(AXES, SPLITS):
        text = shared(key, in_axes, axes, split)
        findings = judge(transcript_of(text, telling[:2], of("nn-vmap-shared")))
        found = {each.rule for each in findings} & KEY_RULES
        assert found == wanted, (axes, split)


def jitted(key: str, last: str = "", split: str = SPLITS[1]) -> str:
    """Return a program that is compiled as a whole, so that its keys are traced."""
    text = shared(key, split=split).replace("model.apply", f"{last}(model.apply")
    text = text.replace("x_batch).reshape", "x_batch)).reshape")
    return text.replace("def nn_vmap", "@functools.partial(jax.jit, static_argnums=2)\ndef nn_vmap")


@pytest.mark.parametrize("split", SPLITS[1:])
@pytest.mark.parametrize(
    ("key", "rule", "place"),
    [
        ("jax.random.PRNGKey(0)", "ignored-seed", "jax.random.PRNGKey(0)"),
        ("jax.random.key(7)", "ignored-seed", "jax.random.key(7)"),
        ("jax.random.PRNGKey(seed + 1)", "derived-key", "jax.random.PRNGKey(seed + 1)"),
        ("jax.random.fold_in(jax.random.key(seed), 1)", "derived-key", "jax.random.fold_in"),
        ("jax.random.split(jax.random.key(seed))[0]", "derived-key", "jax.random.split"),
    ],
)
def test_a_traced_key_is_judged_by_its_steps(
    key: str, rule: str, place: str, split: str, make_case: CaseMaker
) -> None:
    text = f"import functools\n{jitted(key, split=split)}"
    cases = make_case(3, 4, 2, seed=7), make_case(3, 4, 5, seed=1)
    findings = judge(transcript_of(text, cases, of("nn-vmap-shared")))
    found = [each for each in findings if each.rule in KEY_RULES]
    assert [each.rule for each in found] == [rule]
    assert marked(text, found[0]).startswith(place)


@pytest.mark.parametrize("last", ["nn.relu", "0 * "])
def test_equal_answers_alone_do_not_mean_an_ignored_seed(last: str) -> None:
    text = f"import functools\n{jitted('jax.random.PRNGKey(seed)', last)}"
    assert [each.rule for each in graded(text)] == ["wrong-values"]


def test_a_key_made_from_the_input_is_not_state(telling: tuple[Case, ...]) -> None:
    text = shared("jax.random.PRNGKey(int(abs(x_batch.sum())))")
    findings = judge(transcript_of(text, telling, of("nn-vmap-shared")))
    assert [each.rule for each in findings] == ["derived-key"]


DROPOUT = solution_text(of("nn-vmap-dropout"))
SPLIT = "params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))"
MASKS = 'rngs={"dropout": dropout_key}'


def masks(key: str) -> str:
    """Return the dropout solution with another key for the masks, and a constant at the top."""
    top = "MASK_KEY = jax.random.PRNGKey(1)\n\n\nclass DenseDropout"
    text = DROPOUT.replace("class DenseDropout", top, 1)
    return text.replace(MASKS, f'rngs={{"dropout": {key}}}')


MASK_KEYS = (
    "jax.random.PRNGKey(seed)",
    "jax.random.PRNGKey(seed + 1)",
    "jax.random.PRNGKey(0)",
    "MASK_KEY",
    "jax.random.fold_in(jax.random.PRNGKey(seed), 5)",
    "jax.random.split(jax.random.PRNGKey(seed))[0]",
    "jax.random.split(jax.random.PRNGKey(seed), 3)[2]",
    "jax.random.split(dropout_key)[0]",
    'jax.random.key(seed, impl="rbg")',
    "params_key",
    "dropout_key[0]",
    "jax.random.split(dropout_key, len(x_batch))",
    "seed",
)


@pytest.mark.parametrize("key", MASK_KEYS)
def test_following_the_advice_passes(key: str) -> None:
    findings = graded(masks(key), "nn-vmap-dropout")
    assert len(findings) == 1, findings
    advised = re.search(r"jax\.random\.\S+[\])]", findings[0].help)
    assert advised is not None, findings[0].help
    assert graded(masks(advised[0]), "nn-vmap-dropout") == ()


@pytest.mark.parametrize("left", ['"params": False,', '"dropout": True,'])
def test_advice_on_streams_keeps_the_others(left: str) -> None:
    (finding,) = graded(DROPOUT.replace(left, ""), "nn-vmap-dropout")
    assert 'split_rngs={"params": False, "dropout": True}' in finding.help


def test_a_constant_key_is_not_mistaken_for_the_seeds_key() -> None:
    text = masks("MASK_KEY")
    (finding,) = graded(text, "nn-vmap-dropout")
    assert finding.rule == "ignored-seed"
    assert '"dropout"' in finding.message
    assert "weights" not in finding.why
    assert "in the function" in finding.help
    assert marked(text, finding) == "jax.random.PRNGKey(1)"
    assert finding.span is not None
    assert finding.span.line == text[: text.index("MASK_KEY")].count("\n") + 1


def test_an_unsplit_key_is_named_as_such() -> None:
    (finding,) = graded(masks("jax.random.PRNGKey(seed)"), "nn-vmap-dropout")
    assert "not split" in finding.label


def test_a_reused_key_points_at_the_wrong_stream() -> None:
    swapped = '{"params": dropout_key, "dropout": params_key}'
    text = DROPOUT.replace('{"params": params_key, "dropout": dropout_key}', swapped)
    (finding,) = graded(text, "nn-vmap-dropout")
    assert finding.rule == "reused-key"
    assert swapped in marked(text, finding)


@pytest.mark.parametrize(
    ("slug", "old", "new"),
    [
        ("nn-vmap-dropout", "rate=rate", "rate=0.3"),
        ("nn-vmap-batch-stats", "momentum=0.9", "momentum=0.5"),
    ],
)
def test_a_different_seed_is_shown_with_a_different_key(slug: str, old: str, new: str) -> None:
    text = solution_text(of(slug)).replace(old, new).replace("PRNGKey(seed)", "PRNGKey(seed + 1)")
    assert {each.rule for each in graded(text, slug)} == {"changed-layer", "derived-key"}


PRNG_IMPL = 'jax.config.update("jax_default_prng_impl", "rbg")'
PARTITIONABLE = 'jax.config.update("jax_threefry_partitionable", False)'
OFFSET = 'jax.config.update("jax_random_seed_offset", 5)'
X64 = 'jax.config.update("jax_enable_x64", True)'
HARMLESS = (
    'jax.config.update("jax_debug_nans", True)',
    'jax.config.update("jax_debug_infs", True)',
    'jax.config.update("jax_disable_jit", True)',
    'jax.config.update("jax_default_matmul_precision", "highest")',
    'jax.config.update("jax_numpy_dtype_promotion", "strict")',
    'jax.config.update("jax_numpy_rank_promotion", "raise")',
)


@pytest.mark.parametrize(
    ("slug", "line", "rule"),
    [
        *(("nn-vmap-shared", line, "derived-key") for line in (PRNG_IMPL, PARTITIONABLE, OFFSET)),
        *(("nn-vmap-dropout", line, "derived-key") for line in (PRNG_IMPL, PARTITIONABLE, OFFSET)),
        ("nn-vmap-dropout", X64, "wrong-values"),
        ("nn-vmap-cell", 'jax.config.update("jax_legacy_prng_key", "error")', "raised"),
    ],
)
def test_a_setting_that_explains_the_difference_is_named(slug: str, line: str, rule: str) -> None:
    text = f"import jax\n{line}\n{solution_text(of(slug))}"
    (finding,) = graded(text, slug)
    assert (finding.rule, marked(text, finding)) == (rule, line)
    assert finding.help == "remove this setting"


@pytest.mark.parametrize("line", [*HARMLESS, X64])
def test_a_setting_without_effect_is_not_blamed(line: str) -> None:
    text = solution_text(of("nn-vmap-shared"))
    assert graded(f"import jax\n{line}\n{text}") == ()
    wrong = text.replace("outputs.reshape", "nn.relu(outputs).reshape")
    (finding,) = graded(f"import jax\n{line}\n{wrong}")
    assert finding.rule == "wrong-values"
    assert finding.help.startswith(("return what apply returns", "print what the module gets"))


def test_a_setting_does_not_hide_a_different_key() -> None:
    text = f"import jax\n{PRNG_IMPL}\n{shared('jax.random.PRNGKey(0)', in_axes=1)}"
    rules = [each.rule for each in graded(text)]
    assert rules == ["wrong-in-axes", "ignored-seed", "derived-key"]


@pytest.mark.parametrize(
    "call", ['jax.random.key(seed, impl="rbg")', 'jax.random.key(seed, impl="unsafe_rbg")']
)
def test_a_different_kind_of_key_is_named(call: str) -> None:
    text = shared(call)
    (finding,) = graded(text)
    assert (finding.rule, marked(text, finding)) == ("derived-key", call)
    assert finding.help == "remove impl"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("jax.random.PRNGKey(float(seed))", "a single integer"),
        ("jax.random.PRNGKey(str(seed))", "a single integer"),
        ("jax.random.PRNGKey(jnp.array([seed]))", "a single integer"),
        ("jax.random.PRNGKey()", "a single integer"),
        ("jax.random.key(None)", "a single integer"),
        ("jax.random.key(seed)[0]", "not an array of numbers"),
        ("jax.random.split(seed)", "takes a key as its first argument"),
        ("jax.random.split(KEY, len(x_batch))", "several keys"),
        ("jax.random.split(jax.random.key(seed))", "several keys"),
        ('{"params": jax.random.split(jax.random.PRNGKey(seed))}', "several keys"),
        ("seed", "A number isn't a key"),
        ("jax.random.PRNGKey(seed)[0]", "A number isn't a key"),
        ("[KEY]", "A tuple or list"),
        ("jnp.array([0, seed])", "isn't one"),
        ("x_batch", "isn't one"),
        ('jax.random.PRNGKey(seed, impl="rbg")', "default kind"),
        ('{"dropout": KEY}', 'none for "params"'),
    ],
)
def test_values_that_are_not_keys_are_named(key: str, why: str) -> None:
    (finding,) = graded(shared(key))
    assert finding.rule == "raised"
    assert why in finding.why
    told = finding.help.partition("jax.random.")[2] or "PRNGKey(seed)"
    assert graded(shared(f"jax.random.{told}")) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("model = BatchLayer(", "model = nn.jit(BatchLayer)("),
        ("        DenseDropout,", "        nn.jit(DenseDropout),"),
        ("class DenseDropout", "@nn.jit\nclass DenseDropout"),
        ("    @nn.compact", "    @nn.jit\n    @nn.compact"),
    ],
)
def test_flax_jit_is_named_if_it_draws_differently(old: str, new: str) -> None:
    text = DROPOUT.replace(old, new)
    (finding,) = graded(text, "nn-vmap-dropout")
    assert finding.rule == "derived-key"
    assert marked(text, finding).startswith("nn.jit")
    assert graded(DROPOUT.replace(old, new.replace("jit", "remat")), "nn-vmap-dropout") == ()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (SPLIT.replace("(seed)", "(0)"), "ignored-seed"),
        (SPLIT.replace("(seed))", "(seed), 3)[1:]"), "derived-key"),
        (SPLIT.replace("params_key, dropout_key", "dropout_key, params_key"), "derived-key"),
    ],
)
def test_two_streams_of_one_wrong_call_are_one_finding(line: str, rule: str) -> None:
    (finding,) = graded(DROPOUT.replace(SPLIT, line), "nn-vmap-dropout")
    assert finding.rule == rule
    assert '"params" and "dropout"' in finding.message


ELSEWHERE = (
    "with jax.threefry_partitionable(False): nn.Dense(2).init(key, x_batch)",
    'with jax.default_prng_impl("rbg"): nn.Dense(2).init(jax.random.PRNGKey(0), x_batch)',
    "with jax.enable_x64(True): nn.Dense(2).init(key, x_batch)",
    "nn.jit(nn.Dense)(2).init(key, x_batch)",
)


@pytest.mark.parametrize("line", ELSEWHERE)
def test_settings_elsewhere_explain_nothing(line: str) -> None:
    text = solution_text(of("nn-vmap-shared"))
    text = text.replace("    variables =", f"    {line}\n    variables =")
    assert graded(text) == ()
    doubled = "variables = jax.tree.map(lambda v: v * 2, variables)\n    outputs = model"
    wrong = text.replace("outputs = model", doubled)
    assert [each.rule for each in graded(wrong)] == ["wrong-values"]
