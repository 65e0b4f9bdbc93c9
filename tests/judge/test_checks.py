"""A check passes only where something was observed that could have failed it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
import pytest

from grader.catalogue import exercises
from grader.judge import Assessment, assess, judge
from grader.model.case import Argument, ArrayValue, Case, IntValue
from grader.model.exercise import Check, CheckSpec, Exercise
from grader.model.report import Status, Verdict
from grader.model.transcript import Transcript
from tests.recordings.programs import transcript_of

FOUND: Final = {each.exercise.slug: each.exercise for each in exercises()}
SHARED, ENSEMBLE = FOUND["nn-vmap-shared"], FOUND["nn-vmap-ensemble"]
SIGNS: Final = {Status.PASSED: "+", Status.FAILED: "x", Status.SKIPPED: "-"}

HEAD: Final = """\
import flax.linen as nn
import jax
import jax.numpy as jnp

SHARED = dict(variable_axes={"params": None}, split_rngs={"params": False})
"""
RIGHT: Final = """
    model = nn.vmap(nn.Dense, **SHARED)(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    y = model.apply(variables, x).reshape(-1)
"""


def case(exercise: Exercise, seed: int = 7, **sizes: int) -> Case:
    """Make a case whose array is filled from the seed."""
    names = {each.name: sizes.get(each.name, 2 + n) for n, each in enumerate(exercise.dimensions)}
    random = np.random.default_rng(seed)
    values = random.normal(size=(names["batch"], names["in_dim"])).astype(np.float32)
    arguments = [
        Argument(name=each.name, value=IntValue(value=names.get(each.name, seed)))
        if not hasattr(each, "shape")
        else Argument(name=each.name, value=ArrayValue.of(values))
        for each in exercise.parameters
    ]
    return Case(arguments=tuple(arguments), sizes=names)


def cases(exercise: Exercise) -> tuple[Case, ...]:
    """A pair that differs in the seed alone, a batch of one, and a repeated case."""
    first = case(exercise)
    other = tuple(
        Argument(name=each.name, value=IntValue(value=0)) if each.name == "seed" else each
        for each in first.arguments
    )
    reseeded = msgspec.structs.replace(first, arguments=other)
    return (first, reseeded, case(exercise, seed=3), case(exercise, batch=1), first)


def assessed(text: str, exercise: Exercise = SHARED) -> Assessment:
    transcript = transcript_of(HEAD + text, cases(exercise), exercise)
    return assess(judge(transcript), transcript)


def signs(assessment: Assessment) -> str:
    """Return a sign for each check: loads runs shape values lifted params rng pure."""
    return "".join(SIGNS[each.status] for each in assessment.checks)


def forward(body: str) -> str:
    return f"\ndef nn_vmap_forward(seed, x, features):\n{body}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(RIGHT + "    return y\n", "++++++++", id="right"),
        pytest.param("    pass\n", "++x-----", id="pass"),
        pytest.param("    yield x\n", "++x-----", id="a generator"),
        pytest.param("    return jnp.zeros(x.shape[0] * features)\n", "+++xx---", id="zeros"),
        pytest.param("    return jnp.full(x.shape[0] * features, jnp.nan)\n", "+++xx---", id="nan"),
        pytest.param("    return x\n", "++x-x--+", id="the input"),
        pytest.param("    raise ValueError\n", "+x------", id="raises"),
        pytest.param(
            "    if x.shape[0] > 1:\n        raise ValueError\n" + RIGHT + "    return y\n",
            "+x------",
            id="raises for every larger batch",
        ),
        pytest.param(
            RIGHT + "    return y if seed == 0 else y + 1\n", "+++x++++", id="right for one seed"
        ),
        pytest.param(
            RIGHT + "    return y if x.shape[0] == 1 else y[None]\n",
            "++x-+++",
            id="right shape for one example only",
        ),
    ],
)
def test_checks_without_evidence_never_pass(body: str, expected: str) -> None:
    found = assessed(forward(body))
    assert signs(found).startswith(expected)
    assert found.score == signs(found).count("+") / 8


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "    model = nn.vmap(nn.Dense, **SHARED)(features)\n"
            "    variables = model.init(jax.random.PRNGKey(seed), x[:1])\n"
            "    rows = [model.apply(variables, x[i : i + 1]) for i in range(x.shape[0])]\n"
            "    return jnp.concatenate(rows).reshape(-1)\n",
            "++++-+++",
            id="rows as batches of one",
        ),
        pytest.param(
            RIGHT
            + '    kernel, bias = variables["params"]["kernel"], variables["params"]["bias"]\n'
            "    return y if x.shape[0] < 2 else (x @ kernel + bias).reshape(-1)\n",
            "++++++++",
            id="lifted run beside an answer by hand, which can't be told apart",
        ),
        pytest.param(
            "    model = nn.vmap(nn.Dense, **SHARED)(features)\n"
            "    variables = model.init(jax.random.PRNGKey(seed), x)\n"
            "    if x.shape[0] < 2:\n        return model.apply(variables, x).reshape(-1)\n"
            '    kernel, bias = variables["params"]["kernel"], variables["params"]["bias"]\n'
            "    return (x @ kernel + bias).reshape(-1)\n",
            "++++--",
            id="lifted for one example, by hand for more",
        ),
    ],
)
def test_a_right_answer_passes_the_observed_checks(body: str, expected: str) -> None:
    assert signs(assessed(forward(body))).startswith(expected)


JITTED: Final = """
@jax.jit
def run(seed, x):
    model = nn.vmap(nn.Dense, **SHARED)(FEATURES)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)


def nn_vmap_forward(seed, x, features):
    return run(seed, x)
"""


def test_functions_compiled_before_are_excused() -> None:
    """The second call at the same sizes leaves an empty record."""
    features = cases(SHARED)[0].sizes["features"]
    text = JITTED.replace("FEATURES", str(features))
    transcript = transcript_of(HEAD + text, cases(SHARED), SHARED)
    assert not transcript.exchanges[1].actual.record.modules
    assert signs(assess(judge(transcript), transcript)) == "++++++++"


ENSEMBLES: Final = {
    "vmap of init": "jax.vmap(layer.init, in_axes=(0, None))(keys, x)",
    "a loop": "jax.tree.map(lambda *a: jnp.stack(a), *[layer.init(k, x) for k in keys])",
}


@pytest.mark.parametrize("made", ENSEMBLES.values(), ids=ENSEMBLES)
@pytest.mark.parametrize("jitted", [False, True])
def test_a_key_split_by_hand_is_not_split_by_nn_vmap(made: str, jitted: bool) -> None:
    text = f"""
def nn_vmap_ensemble(seed, x, members, features):
    keys = jax.random.split(jax.random.PRNGKey(seed), members)
    layer = nn.Dense(features)
    variables = {made}
    lifted = nn.vmap(
        nn.Dense, {{"params": 0}}, {{"params": True}}, in_axes=None, axis_size=members
    )
    return lifted(features).apply(variables, x)
"""
    if jitted:
        text += "\n\nnn_vmap_ensemble = jax.jit(nn_vmap_ensemble, static_argnums=(2, 3))\n"
    found = assessed(text, ENSEMBLE)
    assert signs(found) == "++++++-+"
    assert (found.verdict, found.score) == (Verdict.PASSED, 7 / 8)
    assert found.summary == "everything that was checked is right; not shown: rng"
    (skipped,) = [each for each in found.checks if each.status is Status.SKIPPED]
    assert "how they were split" in skipped.reason


def test_a_truncated_record_shows_nothing() -> None:
    transcript = transcript_of(HEAD + forward(RIGHT + "    return y\n"), cases(SHARED), SHARED)
    assert signs(assess((), without_record(transcript))) == "++++---+"


def without_record(transcript: Transcript) -> Transcript:
    """Return what the judge sees when the recorder saw nothing."""
    replace = msgspec.structs.replace
    empty = type(transcript.exchanges[0].actual.record)(truncated=True)
    return replace(
        transcript,
        exchanges=tuple(
            replace(each, actual=replace(each.actual, record=empty))
            for each in transcript.exchanges
        ),
    )


def test_only_the_exercises_own_checks_count() -> None:
    some: Iterable[Check] = (Check.LOADS, Check.RUNS, Check.VALUES)
    exercise = msgspec.structs.replace(
        SHARED, checks=tuple(CheckSpec(check=each, title=each, weight=2) for each in some)
    )
    found = assessed(forward("    return jnp.zeros(x.shape[0] * features)\n"), exercise)
    assert signs(found) == "++x"
    assert found.score == pytest.approx(2 / 3)
