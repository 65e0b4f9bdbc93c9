"""What a report says to do next, done to the letter, makes the program pass."""

from __future__ import annotations

import msgspec
import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.exercise import Exercise
from grader.model.finding import Finding
from tests.observe import example_case, solution_text
from tests.recordings.programs import transcript_of

EXERCISES = {each.exercise.level: each.exercise for each in exercises()}
SHARED, ENSEMBLE, DROPOUT, CELL, NORM = (EXERCISES[level] for level in range(1, 6))


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake made in a solution: `right` became `wrong`; doing as told makes it `mended`."""

    exercise: Exercise
    right: str
    wrong: str
    rule: str
    says: str
    mended: str = ""

    def program(self, text: str) -> str:
        solution = solution_text(self.exercise)
        assert solution.count(self.right) == 1
        return solution.replace(self.right, text)


APPLIED = "return model.apply(variables, x)"
STEPS = {
    "rate of its own": Step(
        exercise=DROPOUT,
        right="features=features, rate=rate",
        wrong="features=features, rate=0.3",
        rule="changed-layer",
        says="rate=rate",
    ),
    "rate of what is kept": Step(
        exercise=DROPOUT,
        right="rate=rate, det",
        wrong="rate=0.9 - rate, det",
        rule="changed-layer",
        says="rate=rate",
    ),
    "rate in the class": Step(
        exercise=DROPOUT,
        right="nn.Dropout(self.rate,",
        wrong="nn.Dropout(0.25,",
        rule="changed-layer",
        says="use DenseDropout from the starter unchanged",
    ),
    "in evaluation mode": Step(
        exercise=DROPOUT,
        right="deterministic=False)",
        wrong="deterministic=True)",
        rule="evaluation-mode",
        says="deterministic=False",
    ),
    "momentum": Step(
        exercise=NORM,
        right="momentum=0.9,",
        wrong="momentum=0.99,",
        rule="changed-layer",
        says="momentum=0.9,",
    ),
    "epsilon": Step(
        exercise=NORM,
        right="epsilon=1e-3,",
        wrong="epsilon=1e-2,",
        rule="changed-layer",
        says="epsilon=0.001",
        mended="epsilon=0.001,",
    ),
    "initialiser": Step(
        exercise=ENSEMBLE,
        right="Ensemble(features=features)",
        wrong="Ensemble(features=features, kernel_init=nn.initializers.glorot_uniform())",
        rule="changed-layer",
        says="leave kernel_init as it is",
    ),
    "size of the axis": Step(
        exercise=ENSEMBLE,
        right="axis_size=members",
        wrong="axis_size=features",
        rule="wrong-axis-size",
        says="axis_size=members",
    ),
    "members reversed": Step(
        exercise=ENSEMBLE,
        right=APPLIED,
        wrong=f"{APPLIED}[::-1]",
        rule="wrong-order",
        says="return the numbers in the order in which the module gives them",
    ),
    "features reversed": Step(
        exercise=SHARED,
        right="outputs.reshape(-1)",
        wrong="outputs[:, ::-1].reshape(-1)",
        rule="wrong-order",
        says=".reshape(-1)",
    ),
    "input reversed": Step(
        exercise=SHARED,
        right="model.apply(variables, x_batch)",
        wrong="model.apply(variables, x_batch[::-1])",
        rule="wrong-order",
        says="pass the arguments to the module unchanged",
    ),
    "one of two results reversed": Step(
        exercise=CELL,
        right="return model.apply(variables, carry, x_batch)",
        wrong="carry, y = model.apply(variables, carry, x_batch)\n    return carry, y[::-1]",
        rule="wrong-order",
        says="in the order in which the module gives them",
    ),
    "results exchanged": Step(
        exercise=NORM,
        right='return y, statistics["mean"], statistics["var"]',
        wrong='return y, statistics["var"], statistics["mean"]',
        rule="wrong-order",
        says="in the task's order",
    ),
    "axes moved": Step(
        exercise=ENSEMBLE,
        right=APPLIED,
        wrong=f"{APPLIED}.transpose(1, 2, 0)",
        rule="wrong-shape",
        says="return what apply returns",
    ),
    "flattened": Step(
        exercise=ENSEMBLE,
        right=APPLIED,
        wrong=f"{APPLIED}.reshape(-1)",
        rule="wrong-shape",
        says="return what apply returns",
    ),
    "one feature more": Step(
        exercise=ENSEMBLE,
        right="Ensemble(features=features)",
        wrong="Ensemble(features=features + 1)",
        rule="wrong-shape",
        says="features=features",
    ),
    "fixed size in the class": Step(
        exercise=CELL,
        right='nn.Dense(self.features, name="output")',
        wrong='nn.Dense(7, name="output")',
        rule="wrong-shape",
        says="use Cell from the starter unchanged",
    ),
    "not flattened": Step(
        exercise=SHARED,
        right="outputs.reshape(-1)",
        wrong="outputs",
        rule="not-flattened",
        says=".reshape(-1)",
    ),
    "changed afterwards": Step(
        exercise=CELL,
        right="return model.apply(variables, carry, x_batch)",
        wrong="carry, y = model.apply(variables, carry, x_batch)\n    return carry, 2 * y",
        rule="wrong-values",
        says="return what apply returns, and do nothing else to it",
    ),
    "a statistic changed afterwards": Step(
        exercise=NORM,
        right='statistics["var"]',
        wrong='statistics["var"] ** 0.5',
        rule="wrong-values",
        says="return the output and the updated variables as apply returns them",
    ),
    "input changed": Step(
        exercise=SHARED,
        right="model.apply(variables, x_batch)",
        wrong="model.apply(variables, x_batch / 2)",
        rule="wrong-values",
        says="pass the arguments to apply unchanged",
    ),
    "input and output changed": Step(
        exercise=SHARED,
        right="outputs = model.apply(variables, x_batch)",
        wrong="outputs = nn.relu(model.apply(variables, x_batch / 2)) - 1",
        rule="wrong-values",
        says="pass the arguments to apply unchanged, and return what apply returns, flattened",
    ),
    "variables changed": Step(
        exercise=SHARED,
        right="model.apply(variables, x_batch)",
        wrong="model.apply(jax.tree.map(lambda p: p / 2, variables), x_batch)",
        rule="wrong-values",
        says="apply the model with the variables that init returned",
    ),
    "converted": Step(
        exercise=SHARED,
        right="outputs.reshape(-1)",
        wrong='outputs.reshape(-1).astype("float16")',
        rule="wrong-dtype",
        says="don't convert it",
    ),
    "old statistics": Step(
        exercise=NORM,
        right='statistics = updates["batch_stats"]',
        wrong='statistics = variables["batch_stats"]',
        rule="discarded-update",
        says="take the new values from what apply returns next to the output",
    ),
    "no apply": Step(
        exercise=NORM,
        right='y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])',
        wrong="y, updates = model.init_with_output(jax.random.PRNGKey(seed), x_batch)",
        rule="discarded-update",
        says='call apply with mutable=["batch_stats"]',
    ),
    "layer renamed": Step(
        exercise=CELL,
        right='name="state"',
        wrong='name="hidden"',
        rule="wrong-module",
        says="use Cell from the starter unchanged",
    ),
    "weights for each example": Step(
        exercise=NORM,
        right='variable_axes={"params": None, "batch_stats": None}',
        wrong='variable_axes={"params": 0, "batch_stats": None}',
        rule="per-example-params",
        says='variable_axes={"params": None, "batch_stats": None}',
    ),
    "statistics not lifted": Step(
        exercise=NORM,
        right='variable_axes={"params": None, "batch_stats": None}',
        wrong='variable_axes={"params": None}',
        rule="state-not-lifted",
        says='variable_axes={"params": None, "batch_stats": None}',
    ),
    "a list of streams": Step(
        exercise=ENSEMBLE,
        right='split_rngs={"params": True}',
        wrong='split_rngs=["params"]',
        rule="raised",
        says='write split_rngs={"params": True}',
    ),
    "a set of collections": Step(
        exercise=NORM,
        right='variable_axes={"params": None, "batch_stats": None}',
        wrong='variable_axes={"params", "batch_stats"}',
        rule="raised",
        says='write variable_axes={"params": None, "batch_stats": None}',
    ),
    "a list within in_axes": Step(
        exercise=CELL,
        right="in_axes=(1, 0)",
        wrong="in_axes=([1], 0)",
        rule="wrong-in-axes",
        says="in_axes=(1, 0)",
    ),
    "a tuple within out_axes": Step(
        exercise=CELL,
        right="out_axes=(1, 0)",
        wrong="out_axes=(1, (0,))",
        rule="wrong-out-axes",
        says="out_axes=(1, 0)",
    ),
    "a tuple for one result": Step(
        exercise=SHARED,
        right="out_axes=0",
        wrong="out_axes=(0,)",
        rule="wrong-out-axes",
        says="out_axes=0",
    ),
    "arguments swapped in apply": Step(
        exercise=CELL,
        right="return model.apply(variables, carry, x_batch)",
        wrong="return model.apply(variables, x_batch, carry)",
        rule="raised",
        says="pass the arguments to apply as they came",
    ),
    "the key left out": Step(
        exercise=SHARED,
        right="model.init(key, x_batch)",
        wrong="model.init(x_batch)",
        rule="raised",
        says="pass the key first, then x_batch: jax.random.PRNGKey(seed), x_batch",
        mended="model.init(jax.random.PRNGKey(seed), x_batch)",
    ),
    "two arrays without a key": Step(
        exercise=CELL,
        right="model.init(jax.random.PRNGKey(seed), carry, x_batch)",
        wrong="model.init(carry, x_batch)",
        rule="raised",
        says="pass the key first, then carry and x_batch: jax.random.PRNGKey(seed), carry, x_batch",
    ),
    "== for =": Step(
        exercise=SHARED,
        right="key = jax.random.PRNGKey(seed)",
        wrong="key == jax.random.PRNGKey(seed)",
        rule="raised",
        says="write = instead of ==",
    ),
    "nn.jit around the model that apply runs": Step(
        exercise=DROPOUT,
        right="return model.apply(",
        wrong="return nn.jit(BatchLayer)(features, rate, False).apply(",
        rule="derived-key",
        says="remove nn.jit",
    ),
    "part left unnamed": Step(
        exercise=NORM,
        right='nn.Dense(self.features, name="dense")',
        wrong="nn.Dense(self.features)",
        rule="wrong-module",
        says="use DenseNorm from the starter unchanged",
    ),
}


def findings(step: Step, text: str) -> tuple[Finding, ...]:
    cases = [example_case(step.exercise, seed) for seed in (0, 1)]
    return judge(transcript_of(step.program(text), cases, step.exercise))


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_the_next_step_leads_to_a_right_program(step: Step) -> None:
    (finding,) = findings(step, step.wrong)
    assert finding.rule == step.rule
    assert step.says.rstrip(",") in finding.help
    assert findings(step, step.mended or step.right) == ()


def test_results_in_another_order_are_not_a_wrong_shape() -> None:
    applied = "return model.apply(variables, carry, x_batch)"
    text = solution_text(CELL).replace(applied, f"{applied}[::-1]")
    text = text.replace("jax.random.PRNGKey(seed)", "jax.random.PRNGKey(seed + 1)")
    cases = [example_case(CELL, seed) for seed in (0, 1)]
    _, shape = judge(transcript_of(text, cases, CELL))
    assert shape.help == "return what apply returns, and do nothing else to it"


def test_transposed_arguments_are_not_called_swapped() -> None:
    text = solution_text(CELL).replace(
        "return model.apply(variables, carry, x_batch)",
        "return model.apply(variables, carry.T, x_batch.T)",
    )
    cases = [example_case(CELL, seed) for seed in (0, 1)]
    found = judge(transcript_of(text, cases, CELL))
    assert found
    assert not any("in the wrong order" in each.message for each in found)


@pytest.mark.parametrize(
    ("returned", "rule"),
    [
        ('y, statistics["mean"] * 2, statistics["var"] ** 0.5', "wrong-values"),
        ('y.astype("float16"), statistics["mean"] * 2, statistics["var"]', "wrong-dtype"),
        ('y.reshape(-1), statistics["mean"] * 2, statistics["var"]', "wrong-shape"),
    ],
)
def test_all_wrong_items_of_an_answer_are_named(returned: str, rule: str) -> None:
    right = 'y, statistics["mean"], statistics["var"]'
    text = solution_text(NORM).replace(f"return {right}", f"return {returned}")
    cases = [example_case(NORM, seed) for seed in (0, 1)]
    (finding,) = judge(transcript_of(text, cases, NORM))
    assert finding.rule == rule
    assert any("wrong, too" in each for each in finding.details)


SEVERAL = {
    "momentum and a part of the key": (
        NORM,
        [
            ("momentum=0.9,", "momentum=0.5,"),
            ("jax.random.PRNGKey(seed)", "jax.random.split(jax.random.PRNGKey(seed))[0]"),
        ],
        ["changed-layer", "derived-key"],
    ),
    "momentum and no mutable": (
        NORM,
        [("momentum=0.9,", "momentum=0.5,"), (', mutable=["batch_stats"]', "")],
        ["not-mutable", "changed-layer"],
    ),
    "momentum and another name": (
        NORM,
        [("momentum=0.9,", "momentum=0.5,"), ('name="dense"', 'name="linear"')],
        ["wrong-module", "changed-layer"],
    ),
    "old statistics and another name": (
        NORM,
        [('updates["batch_stats"]', 'variables["batch_stats"]'), ('name="dense"', 'name="linear"')],
        ["wrong-module", "discarded-update"],
    ),
    "results exchanged and a part of the key": (
        CELL,
        [
            ("apply(variables, carry, x_batch)", "apply(variables, carry, x_batch)[::-1]"),
            ("jax.random.PRNGKey(seed)", "jax.random.split(jax.random.PRNGKey(seed))[0]"),
        ],
        ["derived-key", "wrong-shape"],
    ),
    "no training and a rate": (
        DROPOUT,
        [("rate=rate, deterministic=False", "rate=0.1")],
        ["evaluation-mode", "changed-layer"],
    ),
}


@pytest.mark.parametrize(("exercise", "edits", "rules"), SEVERAL.values(), ids=SEVERAL)
def test_no_mistake_hides_another(
    exercise: Exercise, edits: list[tuple[str, str]], rules: list[str]
) -> None:
    text = solution_text(exercise)
    for right, wrong in edits:
        assert right in text
        text = text.replace(right, wrong)
    cases = [example_case(exercise, seed) for seed in (0, 1)]
    found = judge(transcript_of(text, cases, exercise))
    assert [each.rule for each in found] == rules
