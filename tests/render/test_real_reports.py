"""Reports on real mistakes, whole, at two widths: what a learner reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from grader.catalogue import exercises
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.labels import Labelled
from grader.model.submission import read_submission
from grader.render.text import render
from tests.labelled import Grades, labelled

pytestmark = pytest.mark.slow

READ = (
    "calls_counted",
    "ensemble",
    "features_hard_coded",
    "flatten_not_called",
    "in_axes_one",
    "input_filled_with_zeros",
    "jax_vmap_of_apply",
    "key_folded_in",
    "key_split_first",
    "lifted_class_never_runs",
    "module_with_activation",
    "no_bias",
    "no_variable_axes",
    "not_flattened",
    "one_copy_per_example",
    "out_axes_one",
    "params_without_their_collection",
    "relu_on_output",
    "seed_ignored",
    "split_true_with_shared_params",
    "starter_not_filled_in",
    "three_out_axes_params_key",
    "transposed_before_flattening",
    "wrapper_with_copies_and_split_key",
)
FIRST = next(each for each in exercises() if each.exercise.level == 1)


@pytest.fixture(scope="module")
def grades(request: pytest.FixtureRequest) -> Iterator[Grades]:
    wanted = {
        item.callspec.params["name"]
        for item in request.session.items
        if item.module is request.module and hasattr(item, "callspec")
    }
    with Session() as session:
        made = Grades(session, [mistake(name) for name in sorted(wanted)], GradingRequest())
        yield made
        made.close()


def mistake(name: str) -> Labelled:
    (found,) = [each for each in labelled() if each.folder == FIRST and each.path.stem == name]
    return found


@pytest.mark.parametrize("name", READ)
def test_golden(name: str, grades: Grades, golden: Callable[[str, str], None]) -> None:
    found = grades.of(mistake(name))
    for width in (60, 100):
        golden(f"real/{name}-{width}.txt", steady(render(found, width)))


def steady(text: str) -> str:
    """Blank what depends on the machine: times, the last digits of numbers, where files lie."""
    text = re.sub(r"\d+\.\d+ s$", "0.0 s", text, flags=re.MULTILINE)
    text = re.sub(r"-?\d+\.\d{3,}(e-?\d+)?", "#.###", text)
    first, rest = text.split("\n", 1)
    return f"{first.split(' · ')[1] if ' · ' in first else first}\n{rest}"


def test_the_files_are_there() -> None:
    assert len(READ) >= 20
    assert all(read_submission(mistake(name).path).source.lines for name in READ)
