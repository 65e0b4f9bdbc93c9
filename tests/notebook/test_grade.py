"""`from grader import grade`: functions and files, graded for real."""

from __future__ import annotations

import html.parser
import linecache
import subprocess
import sys
from pathlib import Path

import pytest
from notebook_shell import Notebook

import grader
from grader import grade
from grader.notebook import CannotGrade
from grader.notebook.graded import Graded
from grader.progress import Progress

CELLS = (
    "import flax.linen as nn\nimport jax",
    (
        "AXES = {'params': 0}\ndef lifted():\n    return nn.vmap(\n        nn.Dense,\n"
        "        variable_axes=AXES,\n        split_rngs={'params': False},\n    )"
    ),
    (
        "def nn_vmap_forward(seed, x_batch, features):\n    model = lifted()(features)\n"
        "    variables = model.init(jax.random.PRNGKey(seed), x_batch)\n"
        "    return model.apply(variables, x_batch).reshape(-1)"
    ),
)


class Frames(html.parser.HTMLParser):
    """Collects what the frames of a page hold."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe"
        self.pages += [value for name, value in attrs if name == "srcdoc" and value]


def run_cells(cells: tuple[str, ...]) -> dict[str, object]:
    """Run cells as a notebook does, but for the libraries, which only the worker imports."""
    namespace: dict[str, object] = {"__name__": "__main__", "In": ["", *cells]}
    for number, cell in enumerate(cells):
        if not cell.startswith("import"):
            file = f"<graded-cell-{number}>"
            linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
            exec(compile(cell, file, "exec"), namespace)
    return namespace


def test_a_function_is_graded_with_the_cells_that_it_uses() -> None:
    function = run_cells(CELLS)["nn_vmap_forward"]
    assert callable(function)
    graded = grade(function)
    assert not graded.passed
    assert [each.rule for each in graded.findings] == ["per-example-params"]
    assert 0 < graded.score < 1
    assert "nn_vmap_forward (notebook)" in repr(graded)
    with Progress.open() as progress:
        assert progress.attempts(last=1)[0].rules == ("per-example-params",)


def test_a_cell_is_graded_with_what_it_uses_of_earlier_cells(notebook: Notebook) -> None:
    notebook.shell.user_ns["In"] += [CELLS[0]]
    notebook.run(CELLS[1])
    found = notebook.run(f"%%grade --no-repair\n{CELLS[2]}")
    assert isinstance(found, Graded)
    assert [each.rule for each in found.findings] == ["per-example-params"]
    assert found.report.exercise is not None
    assert found.report.exercise.slug == "nn-vmap-shared"
    assert callable(notebook.shell.user_ns["nn_vmap_forward"]), "the cell runs in the notebook, too"


def test_a_file_is_graded(root: Path) -> None:
    graded = grade(root / "solutions" / "nn_vmap_shared.py", progress=False)
    assert graded.passed
    assert graded.score == 1.0
    assert graded.findings == ()


def test_a_report_shows_itself_in_its_own_frame(root: Path) -> None:
    file = root / "exercises" / "nn_vmap_shared" / "mistakes" / "missing_colon.py"
    graded = grade(str(file), exercise="nn-vmap-shared", progress=False)
    frames = Frames()
    frames.feed(graded._repr_html_())
    assert [page.startswith("<!DOCTYPE html>") for page in frames.pages] == [True]
    assert "syntax-error" in frames.pages[0]


def test_the_reason_why_grading_fails_is_shown(tmp_path: Path) -> None:
    with pytest.raises(CannotGrade, match="there is no file"):
        grade(tmp_path / "none.py")
    with pytest.raises(CannotGrade, match="not an int"):
        grade(3)  # type: ignore[arg-type]
    (tmp_path / "mine.py").write_text("x = 1")
    with pytest.raises(CannotGrade, match="there is no exercise zebra"):
        grade(tmp_path / "mine.py", exercise="zebra")


def test_ipython_shows_only_the_reason() -> None:
    assert CannotGrade("why")._render_traceback_() == ["grade: why"]


def test_importing_the_package_imports_nothing_else(root: Path) -> None:
    script = "import sys, grader\nassert not {'numpy', 'msgspec', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True, timeout=60)
    assert not hasattr(grader, "zebra")
