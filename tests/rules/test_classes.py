"""Tasks whose answer is a class: how it is made and called, and what is said if it can't be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import jax
import msgspec
import numpy as np
import pytest

from grader.grading.rehearsal import rehearsal
from grader.judge import judge, static_findings
from grader.model.case import Case
from grader.model.exercise import Check, CheckSpec, Exercise, FlaxClass, Library
from grader.model.finding import Finding
from grader.model.observation import Completed, Loaded
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.recordings.programs import observe

CaseMaker = Callable[..., Case]

LINEN: Final = """\
import flax.linen as nn


class Net(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x_batch):
        x = nn.Dense(2 * self.features, name="hidden")(x_batch)
        x = nn.relu(x)
        return nn.Dense(self.features, name="out")(x)
"""
NNX: Final = """\
from flax import nnx


class Net(nnx.Module):
    def __init__(self, features, *, rngs):
        self.bias = nnx.Param(rngs.params.normal((features,)))

    def __call__(self, x_batch):
        return x_batch[:, :1] * self.bias
"""


@pytest.fixture(scope="module")
def linen(exercise: Exercise) -> Exercise:
    return msgspec.structs.replace(
        exercise,
        function="Net",
        flax_class=FlaxClass(library=Library.LINEN, fields=("features",)),
        module="",
        output=(),
        given="",
        checks=tuple(
            CheckSpec(check=each, title=each.value)
            for each in (Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES, Check.PARAMS)
        ),
    )


@pytest.fixture(scope="module")
def nnx(linen: Exercise) -> Exercise:
    return msgspec.structs.replace(
        linen, flax_class=FlaxClass(library=Library.NNX, fields=("features",))
    )


@pytest.fixture(scope="module")
def cases(make_case: CaseMaker) -> tuple[Case, ...]:
    return make_case(2, 3, 2), make_case(2, 3, 2, seed=1), make_case(1, 3, 1)


@pytest.fixture(scope="module")
def found(linen: Exercise, cases: tuple[Case, ...]) -> Callable[..., list[Finding]]:
    """Judge a program beside the reference of its library."""
    _, expected = observe(LINEN, linen, cases)

    def judged(text: str, exercise: Exercise = linen) -> list[Finding]:
        source = Source("mine.py", text)
        static = static_findings(source, exercise)
        if static:
            return list(static)
        loaded, actual = observe(text, exercise, cases)
        exchanges = tuple(
            Exchange(case=case, expected=ours, actual=theirs)
            for case, ours, theirs in zip(cases, expected, actual, strict=False)
        )
        transcript = Transcript(
            exercise=exercise, source=source, loaded=loaded, exchanges=exchanges
        )
        return list(judge(transcript))

    return judged


# --------------------------------------------------------------------------------- how it is called


def test_a_linen_module_is_initialised_and_applied(linen: Exercise, make_case: CaseMaker) -> None:
    case = make_case(2, 3, 2, seed=5)
    _, (seen,) = observe(LINEN, linen, [case])
    assert isinstance(seen.outcome, Completed)
    namespace: dict[str, Any] = {}
    exec(LINEN, namespace)
    model, x = namespace["Net"](features=2), case["x_batch"].numpy()
    expected = model.apply(model.init(jax.random.PRNGKey(5), x), x)
    np.testing.assert_allclose(seen.outcome.result.numpy(), expected, rtol=1e-5)
    assert [each.kind for each in seen.record.roots] == ["init", "apply"]


def test_an_nnx_module_gets_rngs(nnx: Exercise, make_case: CaseMaker) -> None:
    case, other = make_case(2, 3, 2), make_case(2, 3, 2, seed=1)
    loaded, seen = observe(NNX, nnx, [case, other])
    assert loaded == Loaded()
    first, second = (each.outcome for each in seen)
    assert isinstance(first, Completed)
    assert first.result.shape == (2, 2)
    assert first != second


def test_what_a_case_leaves_out_has_the_class_default(
    linen: Exercise, make_case: CaseMaker
) -> None:
    optional = msgspec.structs.replace(linen, optional=("features",))
    case = make_case(2, 3, 2)
    short = msgspec.structs.replace(case, arguments=case.arguments[:2])
    _, (seen,) = observe(LINEN.replace("features: int", "features: int = 4"), optional, [short])
    assert isinstance(seen.outcome, Completed)
    assert seen.outcome.result.shape == (2, 4)


# -------------------------------------------------------------------------------- changed weights

CHANGED: Final = {
    Library.LINEN: """\
model = Net(features=2)
variables = model.init(jax.random.PRNGKey(seed), x)
variables["params"] = {change}(variables["params"])
expected = model.apply(variables, x)
""",
    Library.NNX: """\
model = Net(features=2, rngs=nnx.Rngs(seed))
nnx.update(model, {change}(nnx.state(model, nnx.Param)))
expected = model(x)
""",
}
CHANGE: Final = (
    "(lambda tree: jax.tree.map("
    "lambda w: (2 * w + 0.25) * jax.numpy.cos(jax.numpy.arange(w.size)).reshape(w.shape), tree))"
)


@pytest.mark.parametrize(("text", "library"), [(LINEN, Library.LINEN), (NNX, Library.NNX)])
def test_a_retrained_case_changes_each_weight_before_the_call(
    linen: Exercise, nnx: Exercise, make_case: CaseMaker, text: str, library: Library
) -> None:
    case = make_case(2, 3, 2, seed=4)
    of = {Library.LINEN: linen, Library.NNX: nnx}[library]
    retrained = msgspec.structs.replace(case, retrained=True)
    _, (first, changed) = observe(text, of, [case, retrained])
    assert isinstance(first.outcome, Completed)
    assert isinstance(changed.outcome, Completed)
    assert first.outcome != changed.outcome
    namespace: dict[str, Any] = {"jax": jax, "x": case["x_batch"].numpy(), "seed": 4}
    exec(text + CHANGED[library].format(change=CHANGE), namespace)
    np.testing.assert_allclose(
        changed.outcome.result.numpy(), namespace["expected"], rtol=1e-4, atol=1e-6
    )


FORGOTTEN: Final = LINEN.replace(
    '        return nn.Dense(self.features, name="out")(x)\n',
    '        out = nn.Dense(self.features, name="out")\n'
    "        out(x)\n"
    '        return x @ out.variables["params"]["kernel"]\n',
)


def test_a_parameter_that_the_first_answer_does_not_show_is_missed(
    linen: Exercise, make_case: CaseMaker
) -> None:
    plain = make_case(2, 3, 2)
    cases = [plain, msgspec.structs.replace(plain, retrained=True)]
    _, expected = observe(LINEN, linen, cases)
    _, actual = observe(FORGOTTEN, linen, cases)

    def judged(*places: int) -> list[Finding]:
        exchanges = tuple(
            Exchange(case=cases[each], expected=expected[each], actual=actual[each])
            for each in places
        )
        source = Source("mine.py", FORGOTTEN)
        return list(
            judge(Transcript(exercise=linen, source=source, loaded=Loaded(), exchanges=exchanges))
        )

    assert judged(0) == []
    (finding,) = judged(0, 1)
    assert (finding.rule, finding.message) == (
        "wrong-values",
        "with changed weights, all 4 numbers of the output are wrong",
    )
    assert finding.case == cases[1]


# ------------------------------------------------------------------------------- what can't be used

UNFIT: Final = [
    ("class Net(nn.Module)", "class Nets(nn.Module)", "missing-function",
     "there is no class `Net`; did you mean `Nets`?", 4),
    ("class Net(nn.Module)", "class Net", "unfit-class",
     "`Net` is no Flax module, and the task asks for `nn.Module`", 4),
    ("__call__", "forward", "unfit-class", "`Net` has no method `__call__`", 4),
    ("features", "width", "unfit-class", "`Net` can't be made with features", 4),
    ("    features: int\n", "    features: int\n    width: int\n", "unfit-class",
     "`Net` can't be made with features", 4),
    ("(self, x_batch)", "(self, x_batch, train)", "unfit-class",
     "`Net` can't be called with (x_batch)", 8),
    ("(self, x_batch)", "(self)", "unfit-class", "`Net` can't be called with (x_batch)", 8),
    ("    @nn.compact\n", "", "raised", "calling the module raises AssignSubModuleError", 8),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "rule", "message", "line"), UNFIT)
def test_a_class_that_cannot_be_used(
    found: Callable[..., list[Finding]],
    before: str,
    after: str,
    rule: str,
    message: str,
    line: int,
) -> None:
    (finding,) = found(LINEN.replace(before, after))
    assert (finding.rule, finding.message) == (rule, message)
    assert finding.span is not None
    assert finding.span.line == line


def test_a_function_of_its_name_is_no_class(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found("def Net(features):\n    return None\n")
    assert (finding.rule, finding.message) == (
        "missing-function",
        "`Net` exists, but it isn't a class",
    )
    assert finding.help == "make it a class: class Net(nn.Module)"


NNX_UNFIT: Final = [
    ("features, *, rngs", "width, *, rngs", "`Net` can't be made with features and rngs"),
    ("features, *, rngs", "features, *, key", "`Net` can't be made with features and rngs"),
    ("nnx.Module", "object", "`Net` is no Flax module, and the task asks for `nnx.Module`"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "message"), NNX_UNFIT)
def test_an_nnx_class_that_cannot_be_used(
    found: Callable[..., list[Finding]], nnx: Exercise, before: str, after: str, message: str
) -> None:
    (finding,) = found(NNX.replace(before, after), nnx)
    assert (finding.rule, finding.message) == ("unfit-class", message)


def test_the_other_library_is_named(
    found: Callable[..., list[Finding]], linen: Exercise, nnx: Exercise
) -> None:
    assert "is an NNX module" in found(NNX, linen)[0].message
    assert "is a Linen module" in found(LINEN, nnx)[0].message


# -------------------------------------------------------------------------------- layers of its own

LAYERS: Final = [
    (', name="hidden"', "", "the layer Dense_0 isn't called hidden", 9),
    ("2 * self.features", "3 * self.features", "hidden and out have another size", 9),
    ("nn.relu(x)", 'nn.relu(nn.Dense(2 * self.features, name="more")(x))',
     "the task has no layer more", 10),
    ('return nn.Dense(self.features, name="out")(x)',
     ('x = nn.Dense(self.features, name="out")(x)\n'
     '        return x * self.param("scale", nn.initializers.ones, ())'),
     "the task has no parameter scale", 8),
    ('nn.Dense(self.features, name="out")(x)', "x[:, : self.features]",
     "the parameters of out are missing", 8),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "message", "line"), LAYERS)
def test_layers_that_are_not_the_tasks(
    found: Callable[..., list[Finding]], before: str, after: str, message: str, line: int
) -> None:
    (finding,) = found(LINEN.replace(before, after))
    assert (finding.rule, finding.message) == ("other-layers", message)
    assert finding.span is not None
    assert finding.span.line == line


def test_a_setting_explains_other_parameters(found: Callable[..., list[Finding]]) -> None:
    named = found(LINEN.replace('name="hidden"', 'name="hidden", use_bias=False'))
    assert [each.rule for each in named] == ["changed-layer"]


RIGHT: Final = [
    LINEN,
    LINEN.replace("features: int\n", "features: int\n    verbose: bool = False\n"),
    LINEN.replace("class Net", "class Other") + "\n\nNet = Other\n",
    """\
import flax.linen as nn


class Net(nn.Module):
    features: int

    def setup(self):
        self.hidden = nn.Dense(2 * self.features)
        self.out = nn.Dense(self.features)

    def __call__(self, rows):
        return self.out(nn.relu(self.hidden(rows)))
""",
    """\
import flax.linen as nn


class Base(nn.Module):
    features: int = 1

    @nn.compact
    def __call__(self, x, scale=1):
        x = nn.relu(nn.Dense(2 * self.features, name="hidden")(x))
        return nn.Dense(self.features, name="out")(x)


class Net(Base):
    pass
""",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_classes_have_no_finding(found: Callable[..., list[Finding]], text: str) -> None:
    assert found(text) == []


def test_a_mistake_elsewhere_is_not_blamed_on_a_field_of_ones_own(
    found: Callable[..., list[Finding]],
) -> None:
    text = RIGHT[1].replace("nn.relu", "nn.gelu")
    (finding,) = found(text)
    assert finding.rule == "wrong-values"
    assert finding.span is not None
    assert text.splitlines()[finding.span.line - 1].lstrip().startswith("return")


def test_a_method_is_found_in_the_text() -> None:
    source = Source("mine.py", LINEN + "\n\nOther = Net\n")
    method = source.function("Net.__call__")
    assert method is not None
    assert source.function("Other.__call__") is method
    assert source.function("Net.setup") is None
    assert source.function("Nowhere.__call__") is None
    assert source.function("Net") is None


@pytest.mark.parametrize("library", Library)
def test_a_prewarmed_process_rehearses_with_a_class(
    linen: Exercise, nnx: Exercise, make_case: CaseMaker, library: Library
) -> None:
    exercise = linen if library is Library.LINEN else nnx
    loaded, (seen,) = observe(rehearsal(exercise), exercise, [make_case(2, 3, 2)])
    assert loaded == Loaded()
    assert isinstance(seen.outcome, Completed)


# ------------------------------------------------------------------------------------- keys of NNX

GATED: Final = """\
import jax.numpy as jnp
from flax import nnx


class Net(nnx.Module):
    def __init__(self, features, *, rngs):
        self.hidden = nnx.Linear(3, features, rngs=rngs)
        self.gate = nnx.Linear(3, features, rngs=rngs)

    def __call__(self, x_batch):
        return jnp.tanh(self.hidden(x_batch)) * nnx.sigmoid(self.gate(x_batch))
"""
HIDDEN: Final = "nnx.Linear(3, features, rngs=rngs)\n        self.gate"
CONSTANT_KEYS: Final = {
    "one layer": (HIDDEN, HIDDEN.replace("rngs=rngs", "rngs=nnx.Rngs(0)"), 7),
    "a key": (HIDDEN, HIDDEN.replace("rngs=rngs", "rngs=nnx.Rngs(params=5)"), 7),
    "all layers": ("        self.hidden", "        rngs = nnx.Rngs(1)\n        self.hidden", 7),
}
OTHER_MISTAKES: Final = {
    "a layer that isn't in the answer": (
        "        return ",
        "        nnx.Linear(3, 7, rngs=nnx.Rngs(0))(x_batch)\n        return 0.1 + ",
    ),
    "the layers in another order": (
        "self.hidden = nnx.Linear(3, features, rngs=rngs)\n        self.gate",
        "self.gate = nnx.Linear(3, features, rngs=rngs)\n        self.hidden",
    ),
    "a stream made from the one that is given": ("rngs=rngs", "rngs=nnx.Rngs(rngs.params())"),
}


@pytest.fixture(scope="module")
def said_of(nnx: Exercise, cases: tuple[Case, ...]) -> Callable[[str], list[Finding]]:
    _, expected = observe(GATED, nnx, cases)

    def judged(text: str) -> list[Finding]:
        loaded, actual = observe(text, nnx, cases)
        exchanges = tuple(
            Exchange(case=case, expected=ours, actual=theirs)
            for case, ours, theirs in zip(cases, expected, actual, strict=True)
        )
        source = Source("mine.py", text)
        return list(
            judge(Transcript(exercise=nnx, source=source, loaded=loaded, exchanges=exchanges))
        )

    return judged


@pytest.mark.parametrize(("before", "after", "line"), CONSTANT_KEYS.values(), ids=CONSTANT_KEYS)
def test_a_constant_key_in_the_class_is_named(
    said_of: Callable[[str], list[Finding]], before: str, after: str, line: int
) -> None:
    assert said_of(GATED) == []
    found = said_of(GATED.replace(before, after))
    assert [(each.rule, each.span and each.span.line) for each in found] == [("ignored-seed", line)]


@pytest.mark.parametrize(("before", "after"), OTHER_MISTAKES.values(), ids=OTHER_MISTAKES)
def test_no_other_mistake_is_a_constant_key(
    said_of: Callable[[str], list[Finding]], before: str, after: str
) -> None:
    found = said_of(GATED.replace(before, after, 1))
    assert found
    assert "ignored-seed" not in {each.rule for each in found}
