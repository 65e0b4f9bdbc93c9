"""`grade verify` on exercises with defects that only show when they are run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from grader.authoring.course import course
from grader.authoring.line import Line
from grader.authoring.verify import Verification
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.model.exercise import Check
from grader.model.report import Status, Verdict
from grader.model.submission import read_submission

pytestmark = pytest.mark.slow

DECLARATION = """
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed

EXERCISE = Exercise(
    slug="{slug}",
    title="A sum",
    topic="sums",
    level=1,
    function="{function}",
    parameters=(Seed(name="seed"), Array(name="x", shape=("n",))),
    dimensions=(Dimension(name="n", noun="the numbers", largest=3),),
    output=(),
    module="nn.Dense",
    checks=tuple(
        CheckSpec(check=each, title=f"it {{each}}")
        for each in (Check.LOADS, Check.RUNS, Check.SHAPE, Check.VALUES, Check.PURE)
    ),
    takeaway="Sums add up.",
)
"""
README = "# A sum\n\nAdd.\n\n## Your task\n\nWrite `{function}(seed, x)`.\n"
HINTS = "## Hint 1\n\nOne.\n\n## Hint 2\n\nTwo.\n\n## Hint 3\n\nThree.\n"
STARTER = "def {function}(seed, x):\n    raise NotImplementedError\n"


INEXACT = """
import os

import numpy as np


def {function}(seed, x):
    return np.asarray(x, float) * (1 + os.getpid() * 1e-13)
"""


def exercise(root: Path, slug: str, solution: str, **files: str) -> Path:
    """Write an exercise of one small function, without a mistake but with what `files` has."""
    words = {"slug": slug, "function": slug.replace("-", "_")}
    folder = root / "exercises" / words["function"]
    written = {
        "exercise.py": DECLARATION.format(**words),
        "README.md": README.format(**words),
        "hints.md": HINTS,
        "starter.py": STARTER.format(**words),
        f"../../solutions/{folder.name}.py": solution.format(**words),
        **{f"{name.replace('__', '/')}.py": text.format(**words) for name, text in files.items()},
    }
    for kind in ("mistakes", "accepted", "../../solutions"):
        (folder / kind).mkdir(parents=True)
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def verified(folder: Path, session: Session, *, until: str = "") -> dict[str, Line]:
    """Return the lines on the only exercise of a course, up to one of them."""
    (found,) = course([folder.parents[1]])[1]
    lines: dict[str, Line] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.authoring.verify.GradingRequest", lambda: GradingRequest(cases=10))
        with contextlib.closing(Verification(found, (), session).lines()) as found_lines:
            for line in found_lines:
                lines[line.name] = line
                if line.name == until:
                    break
    return lines


# ------------------------------------------------------------------------------------ the solution


@pytest.mark.parametrize(
    ("slug", "solution", "says"),
    [
        (
            "sum-raises",
            "def {function}(seed, x):\n    return [x][seed]\n",
            "sum_raises.py does not answer every case: ",
        ),
        (
            "sum-random",
            "import random\ndef {function}(seed, x):\n    return x + random.random()\n",
            "gets nondeterministic (",
        ),
        (
            "sum-inexact",
            INEXACT,
            "sum_inexact.py gives other numbers in another process: let them depend on the arg",
        ),
        (
            "sum-of-state",
            "SEEN = []\ndef {function}(seed, x):\n    SEEN.append(x)\n    return x + len(SEEN)\n",
            "sum_of_state.py",
        ),
        (
            "sum-grammar",
            "def {function}(seed, x)\n    return x\n",
            "sum_grammar.py line 1 isn't valid Python (expected ':'): fix it",
        ),
        (
            "sum-name",
            "def other(seed, x):\n    return x\n",
            "sum_name.py does not define sum_name: write the function",
        ),
        (
            "sum-signature",
            "def {function}(x, seed):\n    return x\n",
            "takes (x, seed), and the declaration says (seed, x): make them the same",
        ),
        (
            "sum-todo",
            "def {function}(seed, x):\n    return x  # TODO: add\n",
            "sum_todo.py line 2 says TODO: add",
        ),
        (
            "sum-of-logs",
            "import jax.numpy as jnp\ndef {function}(seed, x):\n    return jnp.log(x)\n",
            "sum_of_logs.py gives NaN with seed ",
        ),
    ],
)
def test_a_solution(tmp_path: Path, session: Session, slug: str, solution: str, says: str) -> None:
    lines = verified(exercise(tmp_path, slug, solution), session)
    assert any(says in each for each in lines["solution"].problems), lines["solution"].problems
    after = ("starter", "mistakes", "accepted", "mutants", "rules")
    assert [lines[name].state for name in after] == ["skipped"] * 5


def test_a_solution_that_is_missing(tmp_path: Path, session: Session) -> None:
    folder = exercise(tmp_path, "sum-missing", "")
    (folder / "../../solutions/sum_missing.py").unlink()
    lines = verified(folder, session)
    assert lines["solution"].problems == ("sum_missing.py is not there: write it",)


# ----------------------------------------------------------------------------- what is judged by it

SOLUTION = """
import numpy as np


def {function}(seed, x):
    return np.add(x, x) if seed >= 0 else 7
"""


def submission(body: str) -> str:
    return f"def {{function}}(seed, x):\n    {body}\n"


FLAWS = {
    "starter": submission("return x + x"),
    "mistakes__right": submission("return 3 * x  # expect: wrong-values"),
    "mistakes__line": submission("y = x  # expect: wrong-values\n    return 3 * y"),
    "mistakes__rule": submission("return None  # expect: wrong-shape"),
    "mistakes__no_label": submission("return None"),
    "mistakes__no_mistake": submission("return 2 * x  # expect: wrong-values"),
    "mistakes__misspelt": submission("return None  # expect: not-an-aray"),
    "accepted__wrong": submission("return 5 * x"),
    "accepted__labelled": submission("return 2 * x  # expect: wrong-values"),
}
SAID = {
    "starter": (
        "the starter passes: leave the work to the learner; end it with raise NotImplementedError",
    ),
    "mistakes": (
        "mistakes/line.py is labelled wrong-values on line 2, and what is found is wrong-values o",
        "wrong-values on line 3: move the label to that line",
        "mistakes/rule.py is labelled wrong-shape on line 2, and what is found is not-an-array on",
        "not-an-array on line 2: fix the file so that it shows one mistake, or fix its label",
        "mistakes/no_label.py has no label: if not-an-array is what it shows, put # expect: not-a",
        "mistakes/no_mistake.py passes: make its mistake show, or move it to accepted/",
    ),
    "accepted": (
        "2 of at least 3: write 1 more into accepted/",
        "accepted/wrong.py gets wrong-values on line 2 (",
        "): if it is right anyway, report that to the grader's authors, otherwise fix it",
        "accepted/labelled.py has a label: move it to mistakes/, or remove the label",
    ),
    "mutants": (
        "the solution with line 6 changed (7 -> 0) passes; not proved: ",
        ": if it is right, put it into accepted/, else change the task so that it shows",
    ),
    "rules": (
        "names not-an-aray, which isn't a rule; did you mean not-an-array?",
        "no mistake shows wrong-dtype: label one, such as the solution with line 6 changed (",
        "no mistake fails the check loads (it loads): label one of unreadable-file, ",
    ),
}


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory, session: Session) -> dict[str, Line]:
    """The lines on an exercise that is wrong in many ways."""
    folder = exercise(tmp_path_factory.mktemp("course"), "sum-flawed", SOLUTION, **FLAWS)
    return verified(folder, session)


@pytest.mark.parametrize(("part", "says"), [(part, each) for part in SAID for each in SAID[part]])
def test_parts_that_need_the_solution(flawed: dict[str, Line], part: str, says: str) -> None:
    assert flawed[part].state == "wrong"
    assert any(says in each for each in flawed[part].problems), flawed[part].problems


def test_right_parts_get_no_sentence(flawed: dict[str, Line]) -> None:
    assert [name for name, line in flawed.items() if line.state == "right"] == [
        "declaration", "files", "lesson", "hints", "solution", "repairs"
    ]  # fmt: skip
    assert not any("mistakes/right.py" in each for each in flawed["mistakes"].problems)


@pytest.mark.parametrize(
    ("slug", "starter", "says"),
    [
        ("sum-empty", "x = 1\n", "starter.py does not define sum_empty: write the function"),
        (
            "sum-fails",
            submission("return 1 / 0"),
            "the starter gets raised, which isn't the learner's doing: end it with raise NotImpl",
        ),
    ],
)
def test_a_starter(tmp_path: Path, session: Session, slug: str, starter: str, says: str) -> None:
    folder = exercise(tmp_path, slug, SOLUTION, starter=starter)
    (said,) = verified(folder, session, until="starter")["starter"].problems
    assert said.startswith(says)


# ----------------------------------------------------------------------------------- the command


def test_the_command(grade: Callable[..., Ran], here: Path) -> None:
    exercise(here / "course", "sum-grammar", "def {function}(seed, x)\n    return x\n")
    (here / "course" / "exercises" / "empty").mkdir()
    ran = grade("verify", "--exercises", "course")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[0] == "empty  course/exercises/empty"
    assert "has no exercise.py: fix it, and verify again" in " ".join(ran.out.split())
    assert "  ✗ solution    1 thing to fix\n" in ran.out
    assert ran.out.endswith("\n\n0 of 2 exercises are right.\n")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    named = grade("verify", "sum_grammar", "--exercises", "course")
    assert (named.code, named.out.count("course/exercises")) == (1, 1)
    assert named.out.endswith("\n\nThe exercise is not right yet.\n")


def test_an_unknown_exercise(grade: Callable[..., Ran], here: Path) -> None:
    exercise(here / "course", "sum-grammar", "")
    ran = grade("verify", "sum-gramar", "--exercises", "course")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "grade: there is no exercise sum-gramar; did you mean sum-grammar?\n"
    assert grade("verify", "course").err == (
        "grade: there is no exercise course; "
        "grade verify --exercises course verifies that folder's\n"
    )


# ----------------------------------------------------------------------- what can't be observed

SCAN = """
import flax.linen as nn
import jax
import jax.numpy as jnp


def {function}(seed, x):
    scan = nn.scan(nn.SimpleCell, variable_broadcast="params", split_rngs={{"params": False}})
    cell = scan(features=2)
    steps = x[:, None]
    variables = cell.init(jax.random.PRNGKey(seed), jnp.zeros(2), steps)
    return cell.apply(variables, jnp.zeros(2), steps)[0]
"""
LOOP = """
import flax.linen as nn
import jax
import jax.numpy as jnp


def {function}(seed, x):
    cell, carry = nn.SimpleCell(features=2), jnp.zeros(2)
    variables = cell.init(jax.random.PRNGKey(seed), carry, x[:1])
    for step in x[:, None]:
        carry, _ = cell.apply(variables, carry, step)
    return carry
"""
LIFTED = 'CheckSpec(check=Check.LIFTED, title="nn.SimpleCell is lifted with nn.scan"),'


def with_check(folder: Path, spec: str) -> Path:
    """Add a check to an exercise's declaration."""
    path = folder / "exercise.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("checks=tuple(")
    checks = text[start:].replace("checks=tuple(", f"checks=({spec} *tuple(", 1)
    path.write_text(text[:start] + checks.replace("    ),\n    take", "    )),\n    take"), "utf-8")
    return folder


def test_verify_reports_a_check_that_nobody_can_pass(tmp_path: Path, session: Session) -> None:
    folder = with_check(exercise(tmp_path, "scan-told", SCAN), LIFTED)
    (problem,) = verified(folder, session, until="solution")["solution"].problems
    assert "the check lifted (nn.SimpleCell is lifted with nn.scan) can't be observed" in problem
    assert problem.endswith("leave it out of checks")


def test_nobody_passes_a_check_without_evidence(tmp_path: Path, session: Session) -> None:
    folder = with_check(exercise(tmp_path, "scan-skipped", SCAN, loop=LOOP), LIFTED)
    (found,) = course([folder.parents[1]])[1]
    report = grade(session, read_submission(folder / "loop.py"), found, GradingRequest(cases=10))
    status = {each.check: each.status for each in report.checks}
    assert status.pop(Check.LIFTED) is Status.SKIPPED
    assert set(status.values()) == {Status.PASSED}
    assert report.verdict is Verdict.PASSED
    assert report.score == pytest.approx(5 / 6)


# ---------------------------------------------------------------------------- how closely it looks

SUM = "def {function}(seed, x):\n    return x + 1\n"
WRONG_FOR_ONE = "def {function}(seed, x):\n    return x if x.shape[0] == 1 else x + 1\n"
BY_CHANCE = """
import numpy as np


def {function}(seed, x):
    return x + np.random.random()  # expect: wrong-values
"""
SECOND_AT_ONE = """
def {function}(seed, x):
    if x.shape[0] == 1:
        return None
    return x + 2  # expect: wrong-values
"""


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, session: Session) -> dict[str, Line]:
    """Files that seem to be as they should on the cases of one size."""
    root = tmp_path_factory.mktemp("looked_at")
    folder = exercise(
        root,
        "sum-closely",
        SUM,
        accepted__one=WRONG_FOR_ONE,
        mistakes__chance=BY_CHANCE,
        mistakes__second=SECOND_AT_ONE,
    )
    return verified(folder, session, until="accepted")


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("accepted", "accepted/one.py gets wrong-values on line 2"),
        ("mistakes", "what is found is nondeterministic on line 6"),
        ("mistakes", "mistakes/second.py is labelled wrong-values on line 5, and what is found is"),
    ],
)
def test_what_shows_at_one_size_only_or_when_repeated(
    looked_at: dict[str, Line], part: str, says: str
) -> None:
    assert any(says in each for each in looked_at[part].problems), looked_at[part].problems


def test_a_solution_without_an_answer_to_a_case_of_another_file(
    tmp_path: Path, session: Session
) -> None:
    folder = exercise(
        tmp_path,
        "sum-of-few",
        "def {function}(seed, x):\n    assert x.shape[0] - 10, 'ten'\n    return x + 1\n",
        accepted__ten="def {function}(seed, x):\n    return x + (2 if len(x) == 10 else 1)\n",
    )
    lines = verified(folder, session)
    (says,) = lines["solution"].problems
    assert "does not answer every case: the reference fails: AssertionError: ten" in says
    assert [lines[name].state for name in ("accepted", "mutants", "rules")] == ["skipped"] * 3
