"""The edits of findings: however a mistake is written, the mended program passes."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from grader.catalogue import exercises
from grader.evidence.edits import statement_removed
from grader.model.case import Case
from grader.model.edit import Edited, whole_lines
from grader.model.exercise import Exercise
from grader.model.report import Repaired
from grader.model.submission import from_bytes
from tests.fixing import mended
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
    "missing from a dict that is unpacked": shared(
        "nn.Dense, **KNOBS", before='KNOBS = {"variable_axes": {"params": None}}\n'
    ),
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
    "a loop over the examples": f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    key = jax.random.PRNGKey(seed)
    dense = nn.Dense(features=features)
    params = dense.init(key, x_batch[:1])["params"]
    rows = []
    for x in x_batch:
        rows.append(dense.apply({{"params": params}}, x))
    return jnp.concatenate(rows)
""",
    "jax.vmap of a helper": f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(0), x_batch[0])

    @jax.vmap
    def forward(x):
        return model.apply(variables, x)

    return forward(x_batch).ravel()
""",
    "the key behind the input": shared().replace(
        "init(jax.random.PRNGKey(seed), x_batch)", "init(x_batch, jax.random.PRNGKey(seed))"
    ),
    "no input": shared().replace("PRNGKey(seed), x_batch)", "PRNGKey(seed))"),
    "a row for init": shared().replace("(seed), x_batch)", "(seed), x_batch[0])"),
    "the input by name": shared().replace(", x_batch)", ", inputs=x_batch)"),
    "the parameters alone": shared().replace("apply(variables,", "apply(variables['params'],"),
    "a model that is called": shared(answer="model(x_batch).reshape(-1)"),
    "the class initialised": shared().replace("model.init", "BatchDense.init"),
    "an instance lifted": shared(f"nn.Dense(features), {SHARING}"),
    "an instance lifted and used at once": f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    flat = jnp.ravel
    model = nn.vmap(nn.Dense(features), {SHARING})
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return flat({APPLY})
""",
    "an argument misspelt": shared(f"nn.Dense, outaxes=0, {SHARING}"),
    "a field misspelt": shared(made="feature=features"),
    "a size that doesn't fit": shared(answer=f"{APPLY}.reshape(features)"),
    "a name that isn't imported": shared(answer=f"jnp.ravel({APPLY})").replace(
        "import jax.numpy as jnp\n", ""
    ),
    "jitted with its sizes": shared().replace("def nn_vmap", "@jax.jit\ndef nn_vmap"),
    "a seed that is overwritten": shared().replace("    Batch", "    seed = 3\n    Batch"),
    "an input that is overwritten": shared().replace(
        "    Batch", "    x_batch = jnp.tanh(x_batch)\n    Batch"
    ),
    "variables that are replaced": shared().replace(
        "    return", "    variables = jax.tree.map(jnp.ones_like, variables)\n    return"
    ),
    "a method that isn't called": shared(answer=f"{APPLY}.flatten"),
    "another layer of Flax": shared(
        f"nn.Conv, {SHARING}", made="features=features, kernel_size=(1,)"
    ),
}
OTHERS: dict[str, tuple[Any, ...]] = {
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
    "a rate of its own, by position": (
        DROPOUT,
        ("features=features, rate=rate,", "features, 0.3,"),
    ),
    "a rate of the module": (
        DROPOUT,
        ("import jax\n", "import jax\n\nRATE = 0.25\n"),
        ("rate=rate, det", "rate=RATE, det"),
    ),
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
    "a class that is rewritten": (
        DROPOUT,
        ("nn.Dense(self.features)(x)", "nn.Dense(self.features, name='d')(x)"),
    ),
    "another activation in the class": (CELL, ("nn.tanh(", "nn.relu(")),
    "the class of Flax": (CELL, ("        Cell,\n", "        nn.GRUCell,\n")),
    "arguments as a tuple": (
        CELL,
        (
            "return model.apply(variables, carry, x_batch)",
            "return model.apply(variables, (carry, x_batch))",
        ),
    ),
    "an argument left out": (
        CELL,
        ("apply(variables, carry, x_batch)", "apply(variables, carry)"),
    ),
    "the results in another order": (
        NORM,
        (
            'return y, statistics["mean"], statistics["var"]',
            'return statistics["mean"], y, statistics["var"]',
        ),
    ),
    "one result changed": (NORM, ('statistics["var"]', 'statistics["var"] ** 0.5')),
    "the output alone": (NORM, ('return y, statistics["mean"], statistics["var"]', "return y")),
    "the layer forgotten": (NORM, ('updates["batch_stats"]["norm"]', 'updates["batch_stats"]')),
    "a layer that may not change": (NORM, ('mutable=["batch_stats"]', 'mutable=["norm"]')),
    "keys by position": (DROPOUT, ('rngs={"dropout": dropout_key}', '{"dropout": dropout_key}')),
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
    "a loop over the examples",
    "a row for init",
    "a seed that is overwritten",
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
    exercise, *changes = OTHERS[name]
    cases = [example_case(exercise, seed) for seed in (7, 0, 1)]
    report = mended(solution(exercise, *changes), cases, exercise)
    assert report.findings, "it is right already"
    assert report.repair.status is Repaired.PASSES, report.findings


SEVERAL = {
    "the output axis and a factor": (
        shared(f"nn.Dense, out_axes=1, {SHARING}", answer=f"2 * {APPLY}.reshape(-1)"),
        ["wrong-out-axes", "wrong-values"],
    ),
    "arguments in another order and a constant key": (
        shared(key="jax.random.PRNGKey(0)").replace(
            "(seed, x_batch, features):", "(x_batch, seed, features):"
        ),
        ["wrong-signature", "ignored-seed"],
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


UNPACKED = """    carry, y = model.apply(variables, carry, x_batch)
    return {answer}"""
STATISTICS = 'return y, statistics["mean"], statistics["var"]'
MASKED = 'rngs={"dropout": dropout_key})'
RETURNED = "return model.apply(variables, carry, x_batch)"
CERTAIN: dict[str, tuple[str, Exercise, set[str]]] = {
    "the output axes and half of the output": (
        solution(
            CELL,
            ("out_axes=(1, 0)", "out_axes=(1, 1)"),
            (f"    {RETURNED}", UNPACKED.format(answer="carry, 0.5 * y")),
        ),
        CELL,
        {"wrong-out-axes", "wrong-values"},
    ),
    "another axis name and a square root": (
        solution(
            NORM,
            ('axis_name="batch",\n    )\n\n    model', 'axis_name="rows",\n    )\n\n    model'),
            (STATISTICS, 'return y, statistics["mean"], statistics["var"] ** 0.5'),
        ),
        NORM,
        {"wrong-axis-name", "wrong-values"},
    ),
    "no lifted statistics, and exchanged ones": (
        solution(
            NORM,
            ('"params": None, "batch_stats": None', '"params": None'),
            (STATISTICS, 'return y, statistics["var"], statistics["mean"]'),
        ),
        NORM,
        {"state-not-lifted", "wrong-order"},
    ),
    "the old mean and a square root": (
        solution(
            NORM,
            (
                STATISTICS,
                'return y, variables["batch_stats"]["norm"]["mean"], statistics["var"] ** 0.5',
            ),
        ),
        NORM,
        {"discarded-update", "wrong-values"},
    ),
    "old statistics and an activation": (
        solution(
            NORM,
            (STATISTICS, STATISTICS.replace("y,", "nn.tanh(y),")),
            ('updates["batch_stats"]["norm"]', 'variables["batch_stats"]["norm"]'),
        ),
        NORM,
        {"discarded-update", "wrong-values"},
    ),
}
"""The symptom is told whether or not its edits are known."""


@pytest.mark.parametrize("name", CERTAIN)
def test_a_symptom_with_its_own_evidence_is_reported(name: str) -> None:
    text, exercise, rules = CERTAIN[name]
    report = mended(text, [example_case(exercise, seed) for seed in (7, 0, 1)], exercise)
    assert {each.rule for each in report.findings} == rules


TURNED: dict[str, tuple[str, Exercise, set[str]]] = {
    "the input, and a constant key": (
        shared(
            f"nn.Dense, in_axes=1, {SHARING}",
            key="jax.random.PRNGKey(0)",
            answer="model.apply(variables, x_batch.T).reshape(-1)",
        ).replace(", x_batch)\n", ", x_batch.T)\n"),
        SHARED,
        {"ignored-seed"},
    ),
    "the carry there and back, and a constant key": (
        solution(
            CELL,
            ("in_axes=(1, 0)", "in_axes=(0, 0)"),
            ("out_axes=(1, 0)", "out_axes=(0, 0)"),
            ("PRNGKey(seed), carry", "PRNGKey(0), carry.T"),
            (
                f"    {RETURNED}",
                "    new, y = model.apply(variables, carry.T, x_batch)\n    return new.T, y",
            ),
        ),
        CELL,
        {"ignored-seed"},
    ),
    "the carry before alone, and a constant key": (
        solution(
            CELL,
            ("in_axes=(1, 0)", "in_axes=(0, 0)"),
            ("out_axes=(1, 0)", "out_axes=(0, 0)"),
            ("PRNGKey(seed), carry", "PRNGKey(0), carry.T"),
            (RETURNED, RETURNED.replace("carry", "carry.T")),
        ),
        CELL,
        {"ignored-seed", "wrong-out-axes"},
    ),
    "the output and back, and half of it": (
        shared(f"nn.Dense, out_axes=1, {SHARING}", answer=f"(0.5 * {APPLY}.T).reshape(-1)"),
        SHARED,
        {"wrong-values"},
    ),
    "the output and back, and the wrong input axis": (
        shared(f"nn.Dense, in_axes=1, out_axes=1, {SHARING}", answer=f"{APPLY}.T.reshape(-1)"),
        SHARED,
        {"wrong-in-axes"},
    ),
    "the whole output": (
        solution(DROPOUT, (MASKED, f"{MASKED}.T")),
        DROPOUT,
        {"wrong-shape"},
    ),
    "the whole output, in evaluation mode": (
        solution(
            DROPOUT,
            ("rate=rate, deterministic=False", "rate=rate"),
            (MASKED, f"{MASKED}.T"),
        ),
        DROPOUT,
        {"evaluation-mode", "wrong-shape"},
    ),
}


@pytest.mark.parametrize("name", TURNED)
def test_axes_that_fit_what_is_turned_are_right(name: str) -> None:
    """Also at equal sizes, where nothing shows that it is turned."""
    text, exercise, rules = TURNED[name]
    cases = [example_case(exercise, seed) for seed in (7, 0, 1)]
    square = example_case(exercise, 4, lengths=[3] * len(exercise.dimensions))
    report = mended(text, [*cases, square], exercise)
    assert {each.rule for each in report.findings} == rules


def test_a_calculation_that_changes_nothing_is_not_blamed() -> None:
    """It rounds otherwise, but its numbers are right where the seed is that of the key."""
    text = shared(key="jax.random.PRNGKey(0)", answer=f"({APPLY} * 3 / 3).reshape(-1)")
    report = mended(text, [example_case(SHARED, seed) for seed in (7, 0, 1)], SHARED)
    assert [each.rule for each in report.findings] == ["ignored-seed"]


NESTED = f"""{HEAD}
def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, {SHARING})(features)
    return model.apply(model.init(jax.random.PRNGKey(0), x_batch), x_batch)
"""
"""The change of the seed lies in what is flattened."""
EXACTLY: dict[str, tuple[Any, ...]] = {
    "a dict with comments": (
        shared(
            'nn.Dense, variable_axes={\n        # weights\n        "params": 0,  # each\n    },'
            ' split_rngs={"params": False}'
        ),
        ('"params": 0,  # each', '"params": None,  # each'),
    ),
    "an argument between comments": (
        shared(made="\n        features,  # the width\n        use_bias=False,  # so\n    "),
        ("        use_bias=False,  # so", "          # so"),
    ),
    "the first argument before a comment": (
        shared(made="\n        use_bias=False,  # so\n        features=features,\n    "),
        ("        use_bias=False,  # so", "          # so"),
    ),
    "no return behind a comment": (
        shared(answer="0").replace("return 0", f"y = {APPLY}.reshape(-1)  # flat"),
        ("# flat", "# flat\n    return y"),
    ),
    "no return on a line of several statements": (
        shared(answer="0").replace("return 0", f"print(); y = {APPLY}.reshape(-1)"),
        (
            "y = model.apply(variables, x_batch).reshape(-1)",
            "y = model.apply(variables, x_batch).reshape(-1); return y",
        ),
    ),
    "no return, and tabs": (
        shared(answer="0").replace("return 0", f"y = {APPLY}.reshape(-1)").replace("    ", "\t"),
        ("reshape(-1)", "reshape(-1)\n\treturn y"),
    ),
    "not flattened, of several terms": (
        shared(answer=f"{APPLY} + 0"),
        (f"{APPLY} + 0", f"({APPLY} + 0).reshape(-1)"),
    ),
    "a change inside another": (
        NESTED,
        ("(0)", "(seed)"),
        (", x_batch), x_batch)", ", x_batch), x_batch).reshape(-1)"),
    ),
}


@pytest.mark.parametrize("name", EXACTLY)
def test_nothing_else_is_changed(name: str, telling: tuple[Case, ...]) -> None:
    text, *changes = EXACTLY[name]
    assert isinstance(text, str)
    report = mended(text, telling, SHARED)
    for wrong, right in changes:
        assert text.count(wrong) == 1, wrong
        text = text.replace(wrong, right)
    assert report.repair.text == text
    assert report.repair.status is Repaired.PASSES


def test_a_call_is_not_repeated_where_its_names_mean_something_else() -> None:
    text = solution(
        CELL,
        (
            "    return model.apply(variables, carry, x_batch)",
            "    y, carry = model.apply(variables, carry, x_batch)\n    return y, carry[::-1]",
        ),
        ('variable_axes={"params": None}', 'variable_axes={"params": 0}'),
    )
    report = mended(text, [example_case(CELL, seed) for seed in (7, 0, 1)], CELL)
    assert {each.rule for each in report.findings} == {"per-example-params", "wrong-order"}


def test_lines_that_are_all_alike_take_no_time() -> None:
    lines = "x = 1\n" * 4000
    before, after = (f"{lines}{each}\n{lines}" for each in ("a", "b"))
    source = from_bytes("submission.py", before.encode()).source
    assert Edited(source, whole_lines(source, after)).text == after


def test_changes_that_undo_each_other_are_not_a_mistake() -> None:
    text = solution(
        CELL,
        ("PRNGKey(seed)", "PRNGKey(0)"),
        ("in_axes=(1, 0)", "in_axes=0"),
        ("out_axes=(1, 0)", "out_axes=0"),
        ("init(jax.random.PRNGKey(0), carry,", "init(jax.random.PRNGKey(0), carry.T,"),
        (
            "    return model.apply(variables, carry, x_batch)",
            "    new, y = model.apply(variables, carry.T, x_batch)\n    return new.T, 2 * y",
        ),
    )
    report = mended(text, [example_case(CELL, seed) for seed in (7, 0, 1)], CELL)
    assert "wrong-out-axes" not in {each.rule for each in report.findings}
    assert "new.T" in report.repair.text


def test_of_two_changes_in_one_place_that_of_the_cause_is_made() -> None:
    text = solution(
        DROPOUT,
        ("params_key, dropout_key =", "dropout_key, params_key ="),
        ('rngs={"dropout": dropout_key})', 'rngs={"dropout": dropout_key}) * (1 - rate)'),
    )
    report = mended(text, [example_case(DROPOUT, seed) for seed in (7, 0, 1)], DROPOUT)
    assert {each.rule for each in report.findings} == {"derived-key", "wrong-values"}
    assert report.repair.status is Repaired.PASSES


def test_a_second_mistake_of_a_kind_is_named_too(telling: tuple[Case, ...]) -> None:
    text = shared().replace("PRNGKey", "PRNGkey").replace("nn.vmap", "nn.vmapp")
    report = mended(text, telling, SHARED)
    assert [each.rule for each in report.findings] == ["raised", "raised"]
    assert report.repair.status is Repaired.PASSES


REMOVED = {
    "before others": ("    stop(); go()\n", "    go()\n"),
    "behind others": ("    go(); stop()\n", "    go(); pass\n"),
    "between others": ("    go(); stop() ; go()\n", "    go(); go()\n"),
    "behind a colon": ("    if go(): stop(); go()\n", "    if go(): go()\n"),
    "alone": ("    stop()  # look\n    go()\n", "    go()\n"),
    "alone, with a semicolon": ("    stop();\n    go()\n", "    go()\n"),
    "over two lines": ("    stop(\n    ); go()\n", "    go()\n"),
    "the only one": ("    stop()\n", "    stop()\n"),
}


@pytest.mark.parametrize("name", REMOVED)
def test_a_statement_is_removed_and_no_other(name: str) -> None:
    before, after = (f"def f():\n{each}" for each in REMOVED[name])
    source = from_bytes("submission.py", before.encode()).source
    assert source.tree is not None
    (call,) = (
        each
        for each in ast.walk(source.tree)
        if isinstance(each, ast.Call) and ast.unparse(each) == "stop()"
    )
    assert Edited(source, statement_removed(source, source.span(call))).text == after


DECORATED = f"""{HEAD}from functools import partial


@partial(nn.vmap, variable_axes={{"params": 0}}, split_rngs={{"params": False}})
class Layer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)


def nn_vmap_forward(seed, x_batch, features):
    model = Layer(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x_batch), x_batch).reshape(-1)
"""


def test_a_decorator_is_not_replaced_by_a_class(telling: tuple[Case, ...]) -> None:
    report = mended(DECORATED, telling, SHARED)
    assert "wrong-module" in {each.rule for each in report.findings}
    assert report.repair.text == DECORATED.replace('"params": 0', '"params": None')


NOT_MENDED = {
    "statistics of a model that is made and run at once": shared(answer="y")
    .replace("    variables =", "    y, variables =")
    .replace("model.init(", "model.init_with_output("),
    "names that mean something else": shared(answer="y.reshape(-1)").replace(
        "    return", f"    y = {APPLY}\n    y = 2 * y\n    variables = None\n    return"
    ),
    "weights of one's own": shared(answer=f"({APPLY} * 0 + jnp.sum(x_batch)).reshape(-1)"),
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


OUTSIDE = {
    "bare": ("def outside(f):\n    return lambda *a: nn.relu(f(*a) - 1)\n", "@outside"),
    "made by a call": (
        "def outside(by):\n    return lambda f: lambda *a: f(*a) * by\n",
        "@outside(by=2.0)",
    ),
    "that moves an axis": (
        "def outside(f):\n    return lambda *a: f(*a).reshape(1, -1)\n",
        "@outside",
    ),
    "of another type": (
        "def outside(f):\n    return lambda *a: f(*a).astype(jnp.float16)\n",
        "@outside",
    ),
    "in another order": ("def outside(f):\n    return lambda *a: f(*a)[::-1]\n", "@outside"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_decorator_that_changes_the_answer_is_left_out(
    name: str, telling: tuple[Case, ...]
) -> None:
    helper, line = OUTSIDE[name]
    right = shared(before=helper)
    text = right.replace("def nn_vmap", f"{line}\ndef nn_vmap")
    report = mended(text, telling, SHARED)
    (finding,) = report.findings
    assert finding.help.startswith("leave out @outside")
    assert finding.span is not None
    assert report.source.lines[finding.span.line - 1] == line
    assert report.repair.text == right


def test_a_decorator_is_not_blamed_for_what_the_function_does(telling: tuple[Case, ...]) -> None:
    helper = "def outside(f):\n    return lambda *a: f(*a)\n"
    text = shared(before=helper, answer=f"nn.relu({APPLY} - 1).reshape(-1)")
    report = mended(text.replace("def nn_vmap", "@outside\ndef nn_vmap"), telling, SHARED)
    (finding,) = report.findings
    assert "outside" not in finding.help
    assert report.repair.status is Repaired.PASSES


CHANGED_TWICE = {
    "in the return": f"({APPLY.replace('x_batch', 'x_batch / 2')} * 3).reshape(-1) - 1",
    "by a function": f"nn.relu({APPLY.replace('x_batch', 'x_batch - 1')}.reshape(-1)) - 1",
    "by a method": f"jnp.sin(jnp.reshape({APPLY.replace('x_batch', 'x_batch / 3')}, -1))",
}


@pytest.mark.parametrize("name", CHANGED_TWICE)
def test_input_and_output_are_fixed_together(name: str, telling: tuple[Case, ...]) -> None:
    report = mended(shared(answer=CHANGED_TWICE[name]), telling, SHARED)
    (finding,) = report.findings
    assert finding.help.startswith("pass the arguments to apply unchanged, and return what apply")
    assert report.repair.text in {shared(), shared(answer=f"jnp.reshape({APPLY}, -1)")}


def test_a_decorator_that_exchanges_the_results_is_left_out() -> None:
    helper = "def swap(f):\n    return lambda *a: f(*a)[::-1]\n\n\n"
    right = solution(CELL, ("def nn_vmap_cell", f"{helper}def nn_vmap_cell"))
    text = right.replace("def nn_vmap_cell", "@swap\ndef nn_vmap_cell")
    report = mended(text, [example_case(CELL, seed) for seed in (0, 1)], CELL)
    (finding,) = report.findings
    assert finding.help.startswith("leave out @swap")
    assert report.repair.text == right
