"""Which programs run in NumPy, which in XLA, and that nobody can tell from the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.monitoring
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax._src import pjit

from grader.catalogue import exercises
from grader.compare import Same, compare, tolerance_of
from grader.model.observation import Completed, Loaded
from grader.search.kept import plan_of
from grader.worker.arithmetic import tiers
from grader.worker.arithmetic.tiers import Tiers, begin_case, compile_all, prefer_numpy
from grader.worker.subject import Subject

ROW = np.arange(6, dtype=np.float32)


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = pjit._pjit_call_impl_python  # type: ignore[attr-defined]
    prefer_numpy()
    begin_case()
    yield
    pjit._pjit_call_impl_python = before  # type: ignore[attr-defined]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the programs that XLA runs from now on."""
    names: list[str] = []
    hook = pjit._pjit_call_impl_python  # type: ignore[attr-defined]
    usual = hook.compiled

    def note(*args: Any, **options: Any) -> Any:
        names.append(options["name"])
        return usual(*args, **options)

    monkeypatch.setattr(hook, "compiled", note)
    return names


def fresh(function: Callable[..., Any]) -> Any:
    """Jit a function that jax hasn't seen."""
    return jax.jit(partial(function))


def test_it_is_installed_once() -> None:
    hook = pjit._pjit_call_impl_python  # type: ignore[attr-defined]
    prefer_numpy()
    assert isinstance(hook, Tiers)
    assert pjit._pjit_call_impl_python is hook  # type: ignore[attr-defined]


def test_small_programs_are_not_compiled(compiled: list[str]) -> None:
    result = fresh(lambda x: jnp.tanh(x).sum() + jax.random.normal(jax.random.PRNGKey(3)))(ROW)
    assert compiled == []
    assert isinstance(result, jax.Array)


def test_single_operations_are_not_compiled(compiled: list[str]) -> None:
    x = jnp.asarray(ROW) * 3 + 1
    assert compiled == []
    np.testing.assert_array_equal(x, ROW * 3 + 1)


def test_what_comes_after_much_in_a_case_is_compiled(compiled: list[str]) -> None:
    function, other = fresh(lambda x: x + 1), fresh(lambda x: x + 2)
    few = tiers._OF_A_CASE // (tiers._CALL + 4)
    for _ in range(3):
        begin_case()
        for _ in range(few):
            function(ROW)
    assert compiled == []
    while not compiled:
        np.testing.assert_array_equal(function(ROW), ROW + 1)
    function(ROW)
    assert len(compiled) == 1, "after that, jax takes its fast path"
    other(ROW)
    assert len(compiled) == 2
    begin_case()
    fresh(lambda x: x + 3)(ROW)
    assert len(compiled) == 2


def test_all_can_be_compiled(compiled: list[str]) -> None:
    function = fresh(lambda x: x + 1)
    function(ROW)
    assert compiled == []
    compile_all()
    begin_case()
    np.testing.assert_array_equal(function(ROW), ROW + 1)
    assert len(compiled) == 1


def test_a_long_loop_is_not_tried_again(compiled: list[str]) -> None:
    function = fresh(lambda x: lax.fori_loop(0, 9000, lambda _, c: c + 1, x))
    for _ in range(3):
        begin_case()
        function(ROW)
    assert len(compiled) == 1, "after that, jax doesn't ask"
    begin_case()
    for _ in range(tiers._OF_A_CASE // (tiers._CALL + 4)):
        fresh(lambda x: x - 1)(ROW)
    assert len(compiled) == 1, "the loop took nothing from the others"


NOT_HERE: dict[str, Callable[[], Any]] = {
    "an operation that isn't in the table": lambda: fresh(jnp.sort)(ROW),
    "a large array": lambda: fresh(lambda x: jnp.outer(x, x).sum())(np.ones(300, np.float32)),
    "a long loop": lambda: fresh(lambda x: lax.fori_loop(0, 9000, lambda _, c: c + 1, x))(ROW),
    "elements that a function is called on": lambda: fresh(lambda x: x.at[1:3].apply(jnp.square))(
        ROW
    ),
    "an effect": lambda: fresh(lambda x: [jax.debug.callback(lambda: None), x])(ROW),
    "a complex number": lambda: fresh(lambda x: x * 1j)(ROW),
    "a small float": lambda: fresh(lambda x: x.astype(jnp.bfloat16) + 1)(ROW),
    "another kind of key": lambda: jax.random.normal(jax.random.key(0, impl="rbg"), (5, 3)),
    "an array that was put somewhere": lambda: fresh(lambda x: x + 1)(
        jax.device_put(ROW, jax.devices()[0])
    ),
    "an argument that is given away": lambda: jax.jit(lambda x: x + 2, donate_argnums=0)(
        jnp.asarray(ROW)
    ),
}


@pytest.mark.filterwarnings("ignore:Some donated buffers were not usable")
@pytest.mark.parametrize("name", NOT_HERE)
def test_the_rest_is_compiled(name: str, compiled: list[str]) -> None:
    NOT_HERE[name]()
    assert compiled


def test_a_setting_that_changes_a_run_is_heeded(compiled: list[str]) -> None:
    with jax.transfer_guard("allow"):
        fresh(lambda x: x + 1)(ROW)
    assert compiled


@pytest.mark.parametrize(("of", "setting"), [(-9, jax.debug_nans), (0, jax.debug_infs)])
def test_a_number_that_a_setting_refuses_is_left_to_jax(
    of: float, setting: Callable[[bool], Any], compiled: list[str]
) -> None:
    log = fresh(lambda x: [jnp.log(x + of), x.astype(int)])
    with setting(True):
        fresh(lambda x: jnp.log(x + 9))(ROW)
        assert not compiled
        with pytest.raises(FloatingPointError):
            log(ROW)
    assert compiled


@pytest.mark.parametrize(("of", "setting"), [(0, jax.debug_nans), (-9, jax.debug_infs)])
def test_a_number_that_a_setting_allows_is_computed_here(
    of: float, setting: Callable[[bool], Any], compiled: list[str]
) -> None:
    with setting(True):
        fresh(lambda x: jnp.log(x + of))(ROW)
    assert not compiled


def test_other_random_bits_are_heeded() -> None:
    draw = lambda: jax.random.bits(jax.random.PRNGKey(5), (7,))  # noqa: E731
    here = np.asarray(draw())
    with jax.threefry_partitionable(False):
        other = np.asarray(draw())
        compiled = jax.jit(draw).lower().compile()()
    assert (here != other).any()
    np.testing.assert_array_equal(other, compiled)


def test_a_program_that_failed_here_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def results(_: object, program: object, *__: object) -> None:
        tried.append(program)
        raise ValueError

    monkeypatch.setattr(tiers._Home, "results", results)
    function = fresh(lambda x: x - 1)
    for _ in range(3):
        np.testing.assert_array_equal(function(ROW), ROW - 1)
    assert len(tried) == 1


SAME: dict[str, Callable[[], Any]] = {
    "a weak type": fresh(lambda: jnp.asarray(2.0) * 3),
    "a scalar": lambda: fresh(lambda x: x[0])(ROW),
    "an empty array": lambda: fresh(lambda x: x[:0] + 1)(ROW),
    "integers": lambda: fresh(lambda x: x.astype(int) // 2)(ROW),
    "a key": lambda: fresh(jax.random.key)(7),
    "keys": fresh(lambda: jax.random.split(jax.random.key(7), (2, 3))),
    "an old key": lambda: fresh(jax.random.PRNGKey)(7),
    "several results": lambda: fresh(lambda x: {"a": x + 1, "b": (x, 2)})(ROW),
    "a tiny number of the text": lambda: jnp.asarray(ROW) / (jnp.asarray(ROW) * 0 + 1e-40),
    "a weight that is too small": lambda: jnp.log(jax.nn.softmax(jnp.asarray(ROW) * 19)),
    "its own argument": lambda: fresh(lambda x: x)(jnp.asarray(ROW)),
    "constants": lambda: fresh(lambda x: x + jnp.asarray(ROW) + ROW)(ROW),
}


def numbers(array: jax.Array) -> jax.Array:
    """Return an array that NumPy can compare."""
    is_key = jnp.issubdtype(array.dtype, jax.dtypes.prng_key)
    return jax.random.key_data(array) if is_key else array


@pytest.mark.parametrize("name", SAME)
def test_results_look_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = jax.tree.leaves(SAME[name]())
    monkeypatch.setattr(tiers, "_is_usual", lambda: False)
    there = jax.tree.leaves(SAME[name]())
    assert len(here) == len(there)
    for ours, theirs in zip(here, there, strict=True):
        assert type(ours) is type(theirs)
        assert ours.aval == theirs.aval
        assert ours.sharding == theirs.sharding
        assert ours.committed == theirs.committed
        assert ours.devices() == theirs.devices()
        np.testing.assert_array_equal(numbers(ours), numbers(theirs))


def test_results_have_their_own_memory() -> None:
    given = np.array(ROW)
    result = fresh(lambda x: x.reshape(2, 3))(given)
    given[:] = 9
    np.testing.assert_array_equal(result, ROW.reshape(2, 3))


@pytest.mark.parametrize("kept", [np.ones(6, np.float32), np.array(1, np.float32)])
def test_constants_are_those_of_the_first_call(kept: np.ndarray) -> None:
    function = fresh(lambda x: x * kept)
    np.testing.assert_array_equal(function(ROW), ROW)
    kept[...] = 5
    np.testing.assert_array_equal(function(ROW), ROW)


def test_errors_are_those_of_jax() -> None:
    with pytest.raises(TypeError):
        lax.integer_pow(jnp.asarray(ROW), 2.5)
    gone = jnp.asarray(ROW)
    gone.delete()
    with pytest.raises(RuntimeError, match="deleted"):
        fresh(lambda x: x + 1)(gone)


SOLUTIONS = {each.exercise.slug: each for each in exercises()}


@pytest.mark.slow
@pytest.mark.parametrize("slug", SOLUTIONS)
def test_solutions_run_in_numpy_and_give_what_they_give_in_xla(
    slug: str, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = SOLUTIONS[slug]
    plan = plan_of(folder.exercise, count=100, seed=0, folder=None)
    cases = (plan.discriminating[0], *plan.edges, plan.rest[0])
    with Subject(folder.exercise, str(folder.solution), folder.solution.read_text()) as subject:
        assert isinstance(subject.load(), Loaded)
        here = [subject.call(each) for each in cases]
        assert compiled == []
        monkeypatch.setattr(tiers, "_is_usual", lambda: False)
        there = [subject.call(each) for each in cases]
    assert compiled
    for case, ours, theirs in zip(cases, here, there, strict=True):
        tolerance = tolerance_of(case, theirs, folder.exercise.tolerance)
        assert isinstance(ours.outcome, Completed)
        assert isinstance(theirs.outcome, Completed)
        assert isinstance(compare(theirs.outcome.result, ours.outcome.result, tolerance), Same)
