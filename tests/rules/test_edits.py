"""The edits of findings: however a mistake is written, the mended program passes."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.model.case import Case
from grader.model.edit import Edited
from grader.model.exercise import Exercise
from grader.model.report import Repaired
from tests.mending import mended
from tests.observe import example_case, solution_text

EXERCISES = {each.exercise.level: each.exercise for each in exercises()}
SHARED, ENSEMBLE, DROPOUT, CELL, NORM = (EXERCISES[level] for level in range(1, 6))

HEAD = "import flax.linen as nn\nimport jax\nimport jax.numpy as jnp\n\n\n"
PLAIN = """
def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap({knobs})
    model = BatchDense({made})
    variables = model.init({key}, x_batch)
    return {answer}
"""
SHARING = 'variable_axes={"params": None}, split_rngs={"params": False}'


def shared(
    knobs: str = f"nn.Dense, {SHARING}",
    *,
    before: str = "",
    made: str = "features",
    key: str = "jax.random.PRNGKey(seed)",
    answer: str = "model.apply(variables, x_batch).reshape(-1)",
) -> str:
    text = PLAIN.format(knobs=knobs, made=made, key=key, answer=answer)
    return f"{HEAD}{before}\n{text}"


def solution(exercise: Exercise, *pairs: tuple[str, str]) -> str:
    """Return an exercise's solution with some of its text replaced."""
    text = solution_text(exercise)
    for right, wrong in pairs:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    return text


APPLY = "model.apply(variables, x_batch)"
ONE_MISTAKE = {
    "a value in the call": shared('nn.Dense, variable_axes={"params": 0}'),
    "a value in a dict that is unpacked": shared(
        "nn.Dense, **KNOBS",
        before='KNOBS = {"variable_axes": {"params": 0}, "split_rngs": {"params": False}}\n',
    ),
    "a constant": shared(
        'nn.Dense, variable_axes=AXES, split_rngs={"params": False}',
        before='AXES = {"params": 0}\n',
    ),
    "by position": shared('nn.Dense, {"params": 0}, {"params": False}'),
    "made by dict": shared("nn.Dense, variable_axes=dict(params=0), split_rngs=dict(params=False)"),
    "an argument that is missing": shared('nn.Dense, variable_axes={"params": None}'),
    "an argument of several lines that is missing": shared(
        '\n        nn.Dense,\n        variable_axes={"params": None},\n    '
    ),
    "a partial": f"""{HEAD}
from functools import partial

lift = partial(nn.vmap, variable_axes={{"params": None}}, split_rngs={{"params": True}})


def nn_vmap_forward(seed, x_batch, features):
    model = lift(nn.Dense)(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x_batch), x_batch).reshape(-1)
""",
    "out_axes by position": shared(
        'nn.Dense, {"params": None}, {"params": False}, 0, 1',
    ),
    "in_axes": shared(f"nn.Dense, in_axes=1, {SHARING}"),
    "a constant key": shared(key="jax.random.PRNGKey(0)"),
    "a constant typed key": shared(key="jax.random.key(42)"),
    "a key of the module": shared(before="KEY = jax.random.PRNGKey(3)\n", key="KEY"),
    "a split key": shared(key="jax.random.split(jax.random.PRNGKey(seed))[0]"),
    "a folded key": shared(key="jax.random.fold_in(jax.random.PRNGKey(seed), 1)"),
    "a key of the next seed": shared(key="jax.random.PRNGKey(seed + 1)"),
    "a key in a dict": shared(key='{"params": jax.random.PRNGKey(1)}'),
    "names of their own": shared(key="jax.random.split(jax.random.PRNGKey(seed), 3)[1]").replace(
        "import jax\n", "import jax\nfrom jax import random as r\n"
    ),
    "arguments called otherwise": shared(key="jax.random.PRNGKey(0)").replace("seed", "s"),
    "no bias": shared(made="features, use_bias=False"),
    "another initialiser": shared(made="features, kernel_init=nn.initializers.ones"),
    "a setting that comes first": shared(made="use_bias=False, features=features"),
    "a layer of another size": shared(made="7"),
    "a layer of another size by name": shared(made="features=x_batch.shape[1]"),
    "not flattened": shared(answer=APPLY),
    "columns first": shared(answer=f"{APPLY}.T.reshape(-1)"),
    "doubled": shared(answer=f"2 * {APPLY}.reshape(-1)"),
    "an activation": shared(answer=f"nn.relu({APPLY}).reshape(-1)"),
    "half precision": shared(answer=f"{APPLY}.astype(jnp.float16).reshape(-1)"),
    "a pair": shared(answer=f"{APPLY}.reshape(-1), variables"),
    "a row": shared(answer=f"{APPLY}[0]"),
    "the input halved": shared(answer="model.apply(variables, x_batch / 2).reshape(-1)"),
    "no return": shared(answer="0").replace("return 0", f"y = {APPLY}.reshape(-1)"),
    "arguments in another order": shared().replace(
        "(seed, x_batch, features):", "(x_batch, seed, features):"
    ),
    "a plain module": f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x_batch), x_batch).reshape(-1)
""",
}
OTHERS = {
    "members that share": (
        ENSEMBLE,
        ('variable_axes={"params": 0}', 'variable_axes={"params": None}'),
    ),
    "members of one key": (
        ENSEMBLE,
        ('split_rngs={"params": True}', 'split_rngs={"params": False}'),
    ),
    "a number of members": (ENSEMBLE, ("axis_size=members", "axis_size=2")),
    "one mask for all": (DROPOUT, ('"dropout": True', '"dropout": False')),
    "in evaluation mode": (DROPOUT, ("rate=rate, deterministic=False", "rate=rate")),
    "a rate of its own": (DROPOUT, ("rate=rate, det", "rate=0.3, det")),
    "a key for both": (DROPOUT, ('rngs={"dropout": dropout_key}', 'rngs={"dropout": params_key}')),
    "no key": (DROPOUT, (', rngs={"dropout": dropout_key}', "")),
    "axes exchanged": (CELL, ("in_axes=(1, 0)", "in_axes=(0, 1)")),
    "results along another axis": (CELL, ("out_axes=(1, 0)", "out_axes=(0, 0)")),
    "the axis has no name": (
        NORM,
        ('        axis_name="batch",\n    )\n\n    model', "    )\n\n    model"),
    ),
    "the module names no axis": (NORM, ('            axis_name="batch",\n', "")),
    "another momentum": (NORM, ("momentum=0.9", "momentum=0.99")),
    "statistics for each": (NORM, ('"batch_stats": None', '"batch_stats": 0')),
    "the update thrown away": (
        NORM,
        ('updates["batch_stats"]["norm"]', 'variables["batch_stats"]["norm"]'),
    ),
}


QUICK = {
    "a value in a dict that is unpacked",
    "an argument of several lines that is missing",
    "a partial",
    "a key of the module",
    "a folded key",
    "a setting that comes first",
    "doubled",
    "a plain module",
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in ONE_MISTAKE],
)
def test_one_change_makes_it_pass(name: str, telling: tuple[Case, ...]) -> None:
    report = mended(ONE_MISTAKE[name], telling, SHARED)
    assert report.findings, "it is right already"
    assert report.repair.status is Repaired.PASSES, report.findings
    assert Edited(report.source, report.repair.edits).text == report.repair.text


@pytest.mark.parametrize("name", OTHERS)
def test_one_change_makes_other_exercises_pass(name: str) -> None:
    exercise, change = OTHERS[name]
    cases = [example_case(exercise, seed) for seed in (7, 0, 1)]
    report = mended(solution(exercise, change), cases, exercise)
    assert report.findings, "it is right already"
    assert report.repair.status is Repaired.PASSES, report.findings


SEVERAL = {
    "the output axis and a factor": (
        shared(f"nn.Dense, out_axes=1, {SHARING}", answer=f"2 * {APPLY}.reshape(-1)"),
        ["wrong-out-axes", "wrong-values"],
    ),
    "copies, a constant key and no bias": (
        shared(
            'nn.Dense, variable_axes={"params": 0}',
            made="features, use_bias=False",
            key="jax.random.PRNGKey(0)",
        ),
        ["per-example-params", "params-rng-not-lifted"],
    ),
    "a split key and an activation": (
        shared(
            key="jax.random.split(jax.random.PRNGKey(seed))[0]",
            answer=f"nn.relu({APPLY}).reshape(-1)",
        ),
        ["derived-key", "wrong-values"],
    ),
    "the input axis and not flattened": (
        shared(f"nn.Dense, in_axes=1, {SHARING}", answer=APPLY),
        ["wrong-in-axes", "not-flattened"],
    ),
    "a width of its own and columns first": (
        shared(made="7", answer=f"{APPLY}.T.reshape(-1)"),
        ["ignored-features", "wrong-order"],
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_all_mistakes_are_named_and_all_changes_make_it_pass(
    name: str, telling: tuple[Case, ...]
) -> None:
    text, rules = SEVERAL[name]
    report = mended(text, telling, SHARED)
    found = [each.rule for each in report.findings]
    assert [each for each in rules if each not in found] == [], found
    assert report.repair.status is Repaired.PASSES
    assert Edited(report.source, report.repair.edits).text == report.repair.text


NOT_MENDED = {
    "weights of one's own": shared(answer=f"({APPLY} * 0 + jnp.sum(x_batch)).reshape(-1)"),
    "a seed that is overwritten": shared().replace("    Batch", "    seed = 3\n    Batch"),
    "an input that is changed before": shared().replace("    Batch", "    x_batch /= 2\n    Batch"),
}


@pytest.mark.parametrize("name", NOT_MENDED)
def test_edits_that_do_not_help_are_withdrawn(name: str, telling: tuple[Case, ...]) -> None:
    report = mended(NOT_MENDED[name], telling, SHARED)
    assert report.findings
    if report.repair.status is not Repaired.PASSES:
        assert report.repair.edits == ()
        assert report.repair.text == ""


def test_a_module_that_gets_another_array_is_not_lifted_over_the_tasks_axes(
    telling: tuple[Case, ...],
) -> None:
    text = f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    model, x = nn.Dense(features), x_batch[None]
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x).reshape(-1)
"""
    found = mended(text, telling, SHARED).findings
    assert [(each.rule, each.edits) for each in found] == [("no-nn-vmap", ())]
