"""Live functions of a notebook that is only a namespace here, its cells known to linecache."""

from __future__ import annotations

import functools
import linecache
import math
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.notebook import NotSelfContained, source_of
from grader.notebook.gather import binding


class Notebook:
    """Runs cells as IPython does: each a file of its own that linecache knows."""

    def __init__(self, *, history: bool) -> None:
        self.namespace: dict[str, object] = {"__name__": "__main__"}
        self.files: list[str] = []
        if history:
            self.namespace["In"] = [""]

    def run(self, cell: str) -> None:
        cell = textwrap.dedent(cell)
        history = self.namespace.get("In")
        if isinstance(history, list):
            history.append(cell)
        file = f"<cell-{id(self)}-{len(self.files)}>"
        self.files.append(file)
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        exec(compile(cell, file, "exec"), self.namespace)

    def source(self, name: str = "f") -> str:
        return source_of(self.namespace[name])


@pytest.fixture(params=[True, False], ids=["history", "linecache only"])
def notebook(request: pytest.FixtureRequest) -> Iterator[Notebook]:
    made = Notebook(history=request.param)
    yield made
    for file in made.files:
        linecache.cache.pop(file, None)


@pytest.fixture
def with_history() -> Iterator[Notebook]:
    made = Notebook(history=True)
    yield made
    for file in made.files:
        linecache.cache.pop(file, None)


def ran(text: str, name: str = "f") -> object:
    namespace: dict[str, object] = {"__name__": "submission"}
    exec(compile(text, "<submission>", "exec"), namespace)
    function = namespace[name]
    assert callable(function)
    return function()


def test_a_function_with_all_that_it_needs_runs_alone(notebook: Notebook) -> None:
    notebook.run("import math\nfrom math import pi as circle\nWIDTH = 3\nNAMES = ['a', 'b']")
    notebook.run("class Box:\n    def area(self):\n        return WIDTH ** 2")
    notebook.run("def helper():\n    return Box().area() + math.floor(circle)")
    notebook.run("def f():\n    return helper(), NAMES\n")
    notebook.run("f()")
    assert ran(notebook.source()) == (12, ["a", "b"])


def test_the_live_version_is_gathered(notebook: Notebook) -> None:
    notebook.run("def f():\n    return 1")
    notebook.run("def f():\n    return 2")
    assert ran(notebook.source()) == 2


def test_a_call_to_the_grader_in_the_same_cell_is_left_out(notebook: Notebook) -> None:
    notebook.run("called = []\ndef f():\n    return 1\ncalled.append(f())")
    assert "called" not in notebook.source()


def test_a_wrapped_function_is_unwrapped(notebook: Notebook) -> None:
    notebook.run("import functools\n@functools.lru_cache\ndef f():\n    return 7")
    assert ran(notebook.source()) == 7
    assert "@functools.lru_cache" in notebook.source()


def test_a_value_made_by_code_needs_the_history(with_history: Notebook) -> None:
    with_history.run("import math\nmade = math.sqrt(2.0) + object().__sizeof__() * 0")
    with_history.run("thing = object()\ndef f():\n    return made, thing is None")
    assert ran(with_history.source()) == (math.sqrt(2.0), False)


def test_a_value_that_no_cell_defines_is_refused_by_name(notebook: Notebook) -> None:
    notebook.run("def f():\n    return thing")
    notebook.namespace["thing"] = object()
    with pytest.raises(NotSelfContained, match="thing is an object that no cell defines"):
        notebook.source()


def test_a_misspelt_name_is_left_for_the_grader_to_find(notebook: Notebook) -> None:
    notebook.run("def f():\n    return lenght")
    assert notebook.source() == "def f():\n    return lenght\n"


def test_a_function_of_a_module_is_its_file() -> None:
    assert source_of(textwrap.dedent) == Path(textwrap.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (lambda: 1, "a lambda has no name"),
        (3, "expected a function or a path, not an int"),
        (len, "expected a function or a path"),
        (functools.partial(print), "expected a function or a path, not a partial"),
        (dict, "expected a function or a path, not a type"),
    ],
)
def test_other_objects_than_functions_are_refused(value: object, reason: str) -> None:
    with pytest.raises(NotSelfContained, match=reason):
        source_of(value)


def test_a_function_inside_another_is_refused(notebook: Notebook) -> None:
    notebook.run("def outer():\n    def f():\n        pass\n    return f\nf = outer()")
    with pytest.raises(NotSelfContained, match="define it at the top of a cell"):
        notebook.source()


def test_a_function_without_a_text_is_refused() -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec("def f(): pass", namespace)
    with pytest.raises(NotSelfContained, match="the source of f is not known here"):
        source_of(namespace["f"])


@pytest.mark.parametrize(
    ("name", "value", "statement"),
    [
        ("math", math, "import math"),
        ("m", math, "import math as m"),
        ("sqrt", math.sqrt, "from math import sqrt"),
        ("root", math.sqrt, "from math import sqrt as root"),
        ("K", 3, "K = 3"),
        ("K", {"a": (1, None, True)}, "K = {'a': (1, None, True)}"),
        ("K", "it's", 'K = "it\'s"'),
    ],
)
def test_a_value_is_written_as_a_statement(name: str, value: object, statement: str) -> None:
    assert binding(name, {name: value}) == statement


@pytest.mark.parametrize("value", [math.inf, math.nan, object(), [object()], {1: math.nan}])
def test_a_value_without_a_literal_is_refused(value: object) -> None:
    with pytest.raises(NotSelfContained):
        binding("K", {"K": value})
