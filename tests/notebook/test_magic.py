"""`%%grade` in a real IPython shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebook_shell import Notebook

from grader.authoring.like import Like
from grader.authoring.skeleton import Skeleton
from grader.grading.request import Front, GradingRequest, offered
from grader.model.submission import Submission
from grader.notebook import CannotGrade
from grader.notebook.gather import source_of
from grader.notebook.graded import Graded
from grader.notebook.line import options_in

AXES = "AXES = {'params': 0}"
FORWARD = """%%grade --cases 5 --no-repair
def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes=AXES, split_rngs={"params": False})
    model = Lifted(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x_batch), x_batch).reshape(-1)
"""


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> list[Submission]:
    """What was handed in, in place of its grading."""
    found: list[Submission] = []
    monkeypatch.setattr(
        "grader.notebook.magic.grade_submission", lambda each, _request: found.append(each)
    )
    return found


def test_the_last_value_of_a_constant_counts(notebook: Notebook, graded: list[Submission]) -> None:
    for axes in (AXES, "AXES = {'params': None}"):
        notebook.run(axes)
        notebook.run(FORWARD)
    assert "AXES = {'params': 0}" in graded[0].source.text
    assert "AXES = {'params': None}" in graded[1].source.text
    assert "AXES = {'params': 0}" not in graded[1].source.text


def test_what_magics_of_earlier_cells_define_goes_with_it(
    notebook: Notebook, graded: list[Submission]
) -> None:
    notebook.run("from functools import partial\nAXES = %time 3\nmake = %time partial(max, 1)")
    notebook.run("%%capture\ndef helper():\n    return make(AXES)\nmax?")
    notebook.run("%%grade\n%time 1\ndef nn_vmap_forward():\n    return helper()\nmax?\n")
    assert graded[0].source.text == (
        "from functools import partial\nAXES = 3\nmake = partial(max, 1)\n\n\n"
        "def helper():\n    return make(AXES)\n\n\n"
        "def nn_vmap_forward():\n    return helper()\n"
    )


def test_a_function_beside_magics_is_known_by_its_source(notebook: Notebook) -> None:
    notebook.run("%time k = 1\n!true\ndef f():\n    return k\n")
    assert source_of(notebook.shell.user_ns["f"]) == "k = 1\n\n\ndef f():\n    return k\n"


def test_only_what_the_function_needs_is_handed_in(
    notebook: Notebook, graded: list[Submission]
) -> None:
    notebook.run("unused = 1\nWIDTH = 2")
    notebook.run("%%grade\nprint('hello')\nOTHER = 3\ndef nn_vmap_forward():\n    return WIDTH\n")
    assert graded[0].source.text == "WIDTH = 2\n\n\ndef nn_vmap_forward():\n    return WIDTH\n"


def test_the_tasks_other_functions_come_from_earlier_cells(
    notebook: Notebook, graded: list[Submission], tmp_path: Path
) -> None:
    Skeleton.of("two-of", tmp_path, Like.FUNCTIONS).write()
    notebook.run("def init_two_of(): return 1\ndef unasked(): return 2")
    notebook.run(f"%%grade --exercises {tmp_path}\ndef apply_two_of(): return 3\n")
    text = graded[0].source.text
    assert "def init_two_of" in text
    assert "def apply_two_of" in text
    assert "unasked" not in text


def test_a_graded_cell_counts_for_later_cells(notebook: Notebook, graded: list[Submission]) -> None:
    notebook.run("n = 1")
    cell = "%%grade\nn = n * 2\ndef nn_vmap_forward():\n    return n\n"
    notebook.run(cell)
    assert graded[0].source.text.count("n = n * 2") == 1, "as often as the cell ran"
    notebook.run(cell)
    assert graded[1].source.text.count("n = n * 2") == 2
    assert notebook.shell.user_ns["n"] == 4


def test_a_cell_without_an_exercises_function_is_handed_in_whole(
    notebook: Notebook, graded: list[Submission]
) -> None:
    notebook.run("%%grade\nA = 1\ndef nn_vmap_forwrd():\n    pass\n")
    assert "A = 1" in graded[0].source.text
    assert "def nn_vmap_forwrd" in graded[0].source.text


def test_a_cell_that_raises_is_not_graded(
    notebook: Notebook, graded: list[Submission], capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebook.run("%%grade\n1 / 0\n") is None
    assert graded == []
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_cell_that_is_not_python_is_graded(notebook: Notebook) -> None:
    found = notebook.run("%%grade --no-progress\ndef nn_vmap_forward(seed x_batch):\n    pass\n")
    assert isinstance(found, Graded)
    assert [each.rule for each in found.findings] == ["syntax-error"]


def test_a_wrong_option_is_said_without_a_traceback(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebook.run("%%grade --case 3\nx = 1\n") is None
    printed = capsys.readouterr()
    assert "grade: %%grade: unrecognized arguments: --case 3" in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err


# ------------------------------------------------------------------------------------- options


def test_without_options_it_is_the_default() -> None:
    assert options_in("") == GradingRequest()


def test_the_environment_names_a_course(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_EXERCISES", "mine")
    assert options_in("").exercises == (Path("mine"),)
    assert options_in("--exercises yours").exercises == (Path("yours"),)


VALUES: dict[str, tuple[str, object]] = {
    "exercise": ("nn-vmap-shared", "nn-vmap-shared"),
    "cases": ("7", 7),
    "seed": ("5", 5),
    "timeout": ("2.5", 2.5),
    "exercises": ("'my course'", (Path("my course"),)),
}


@pytest.mark.parametrize("name", offered(Front.NOTEBOOK))
def test_every_option_of_notebooks_arrives(name: str) -> None:
    option = offered(Front.NOTEBOOK)[name]
    text, value = VALUES.get(name, ("", option.default is False))
    assert getattr(options_in(f"{option.option.flags[0]} {text}"), name) == value


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("--cases", "expected one argument"),
        ("--cases 0", "from 1 to"),
        ("--cases many", "invalid number value: 'many'"),
        ("--timeout 1e9", "from 0.1 to 3600"),
        ("--exercise 'open", "No closing quotation"),
        ("file.py", "unrecognized arguments: file.py"),
    ],
)
def test_a_wrong_line_is_refused(line: str, why: str) -> None:
    with pytest.raises(CannotGrade, match=why):
        options_in(line)
