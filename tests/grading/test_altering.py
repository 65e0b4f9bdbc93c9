"""In which process a program runs whose lifted modules give other numbers."""

from __future__ import annotations

from typing import cast

import pytest

from grader.catalogue import exercises
from grader.grading.grading import Grading
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.observation import Loaded
from grader.model.source import Source
from grader.model.submission import from_bytes
from grader.model.trace import Trace
from grader.process.side import Side
from grader.proof.proof import Proof, Reference

SHARED = next(each for each in exercises() if each.exercise.slug == "nn-vmap-shared")
RIGHT = """\
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    y = Lifted(features).init_with_output(jax.random.PRNGKey(seed), x_batch)[0]
    return np.asarray(y).T.ravel(order="F")
"""
ASIDE = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    plain = nn.Dense(features)
    variables = Lifted(features).init(jax.random.PRNGKey(seed), x_batch)
    unused = Lifted(features).apply(variables, x_batch)
    return (plain.apply(variables, x_batch) + 0 * unused).reshape(-1)
"""
CHATTY = "print('loaded')\n" + RIGHT
LEAVING = RIGHT.replace("import numpy as np\n", "import numpy as np\n\nnp.lasting = 1\n")


@pytest.mark.parametrize(
    ("text", "passes", "processes"),
    [(RIGHT, True, 1), (ASIDE, False, 1), (CHATTY, True, 1), (LEAVING, True, 2)],
)
def test_it_is_that_of_the_cases_unless_the_text_may_leave_something(
    text: str, passes: bool, processes: int
) -> None:
    submission = from_bytes("program.py", text.encode())
    with Session(gradings=3) as session:
        grading = Grading(session, submission, SHARED, GradingRequest(prove=False))
        report = grading.run()
    transcript = grading.transcript
    assert transcript is not None
    assert transcript.altered is not None
    assert [each.rule for each in report.findings] == ([] if passes else ["no-nn-vmap"])
    traced = 1  # the second process, for the edges
    assert len(grading._sides) == processes + traced
    assert report.output.stdout.count("loaded") <= 1


class Ready:
    """A process that has loaded a program, whose transforms may give other numbers."""

    failure = None

    def __init__(self, *, alters: bool) -> None:
        self.alters = alters
        self.asked: list[str] = []

    def load(self, _: float, *, discard_output: bool) -> Loaded:
        self.asked.append("load")
        assert discard_output
        return Loaded()

    def begin_trace(self, _: object) -> None:
        self.asked.append("trace")

    def finish_trace(self, _: float) -> tuple[Trace, ...]:
        return ()


@pytest.mark.parametrize("alters", [True, False])
def test_a_program_with_other_numbers_is_loaded_again_before_it_is_traced(alters: bool) -> None:
    exercise = SHARED.exercise
    proof = Proof(cast("Reference", None), Source("program.py", RIGHT), exercise, ())
    side = Ready(alters=alters)
    proof.begin_later(cast("Side", side), wanted=True, seconds=1.0)
    assert not proof.traced
    assert side.asked == (["load"] if alters else []) + ["trace"]
