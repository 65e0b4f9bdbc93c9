"""A notebook's file: which cells are read, and which of their statements make the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.model.submission import Submission, Unreadable
from grader.notebook.file import read_notebook

IMPORTS = "%matplotlib inline\n!pip install flax\nimport jax\n"
FUNCTION = "def f(x):\n    return jax.jit(g)(x)\n"
HELPER = "def g(x):\n    return 2 * x\n"


def code(text: str) -> dict[str, object]:
    return {"cell_type": "code", "source": text.splitlines(keepends=True)}


def read(path: Path, notebook: object, *functions: str) -> Submission:
    path.write_text(json.dumps(notebook) if not isinstance(notebook, str) else notebook)
    return read_notebook(path, functions or ("f",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "HW.ipynb"


def test_the_program_has_what_the_function_needs(path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["def f(x): a text"]},
        code(IMPORTS),
        code(FUNCTION),
        code(HELPER + "UNUSED = 1\n"),
        code("from grader import grade\ngrade(f)"),
        code("%%bash\nrm -rf ."),
    ]
    found = read(path, {"nbformat": 4, "cells": cells})
    assert found.source.text == f"import jax\n\n\n{FUNCTION}\n\n{HELPER}"
    assert found.path == str(path)


@pytest.mark.parametrize("output", ["NaN", "-Infinity", r'"\ud83d"'])
def test_outputs_are_read_as_jupyter_writes_them(path: Path, output: str) -> None:
    cell = json.dumps(code(HELPER))
    assert read(path, f'{{"out": {output}, "cells": [{cell}]}}', "g").source.text == HELPER


def test_a_byte_order_mark_is_read_over(path: Path) -> None:
    notebook = "\ufeff" + json.dumps({"cells": [code(HELPER)]})
    assert read(path, notebook, "g").source.text == HELPER


def test_the_last_definition_counts(path: Path) -> None:
    cells = [code("def f(x):\n    return 1\n"), code("def f(x):\n    return 2\n")]
    assert read(path, {"cells": cells}).source.text == "def f(x):\n    return 2\n"


def test_all_functions_that_are_asked_for_are_in_the_program(path: Path) -> None:
    cells = [code(HELPER), code("def h(x):\n    return x\n"), code("def i(x):\n    return x\n")]
    text = read(path, {"cells": cells}, "g", "h", "other").source.text
    assert ("def g" in text, "def h" in text, "def i" in text) == (True, True, False)


def test_older_notebooks_have_worksheets_and_text_as_one_string(path: Path) -> None:
    cells = [{"cell_type": "code", "input": HELPER}, {"cell_type": "code", "source": 3}, "cell"]
    assert read(path, {"worksheets": [{"cells": cells}]}, "g").source.text == HELPER


def test_without_the_function_all_cells_are_the_program(path: Path) -> None:
    cells = [code(IMPORTS), code("def other(x):\n    return x\n")]
    text = read(path, {"cells": cells}).source.text
    assert "import jax" in text
    assert "def other" in text


@pytest.mark.parametrize("before", ["", HELPER, "def f(x):\n    return 1\n"])
def test_a_syntax_error_in_the_function_is_kept(path: Path, before: str) -> None:
    found = read(path, {"cells": [code(before), code("def f(x:\n    return x\n")]})
    assert found.source.syntax_fault is not None


def test_a_syntax_error_elsewhere_is_not_the_functions(path: Path) -> None:
    found = read(path, {"cells": [code("x = = 1"), code(HELPER)]}, "g")
    assert found.source.text == HELPER


@pytest.mark.parametrize(
    ("notebook", "message"),
    [
        ('{"cells": [', "not a notebook"),
        ("", "is empty"),
        (" \n", "is empty"),
        ('{"cells": [NaN', "not a notebook"),
        ("[" * 100_000, "nested too deeply"),
        ("[NaN" + "[" * 100_000, "not a notebook"),
        ([], "no code cells"),
        ({"cells": {}}, "no code cells"),
        ({"cells": [{"cell_type": "markdown", "source": "x"}]}, "no code cells"),
        ({"metadata": {"kernelspec": {"language": "R"}}, "cells": []}, "in r, not in Python"),
        ({"metadata": {"language_info": {"name": "julia"}}}, "in julia, not in Python"),
        ({"cells": [{"cell_type": "code", "source": "x = 1\n" * 20_000}]}, "larger than"),
    ],
)
def test_problems_of_a_notebook_are_reported(path: Path, notebook: object, message: str) -> None:
    unfit = read(path, notebook).source.unfit
    assert unfit is not None
    assert message in unfit.message


def test_a_notebook_that_is_not_there_is_unreadable(path: Path) -> None:
    with pytest.raises(Unreadable, match="can't be read"):
        read_notebook(path, ("f",))


def test_the_digest_is_the_files(path: Path) -> None:
    first = read(path, {"cells": [code(HELPER)]}, "g")
    second = read(path, {"cells": [code(HELPER)], "metadata": {}}, "g")
    assert first.source.text == second.source.text
    assert first.sha256 != second.sha256
