"""What only IPython understands, beside Python that looks like it."""

from __future__ import annotations

import ast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.notebook.ipython import without_magics
from grader.notebook.statements import parses, statements

FUNCTION = "def f(x):\n    return x\n"


def texts(cell: str) -> list[str]:
    return [each.text for each in statements([cell])]


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install flax",
        "!pip install \\\n    flax",
        "?jax.vmap",
        "jax.vmap?",
        "jax.vmap??",
        "jax.tree.map? ;",
        "x[0]?",
        "%timeit?",
        "files = !ls | head",
        "%time",
        "%time -q f(1)",
        "%timeit f(1)",
        "found, rest = %sql select 1",
        "if True:\n    !ls\n    %time f(1)",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_command_beside_a_function_is_left_out(line: str, before: bool) -> None:
    cell = f"{line}\n{FUNCTION}" if before else f"{FUNCTION}{line}\n"
    assert parses(cell)
    assert FUNCTION.strip() in texts(cell)
    assert len(without_magics(cell).split("\n")) == len(cell.split("\n"))


@pytest.mark.parametrize(
    "python",
    [
        "k = (seed\n     % 7)",
        "k = (10\n%7)",
        's = (\n    "%d"\n    % 3\n)',
        's = """\n%time\n!ls\nwhat?\n"""',
        "s = '''\n!ls'''",
        "k = 3 \\\n    % 2",
        "s = 'what?'  # what?",
        "s = '(' # (",
        "s = '\\'('",
        'd = {"a": f"{1}?",\n  "b": 2}',
        "k = [\n  1,  # )\n  2\n% 3]",
        "x = f(a=1)",
    ],
)
def test_python_that_looks_like_a_command_stays(python: str) -> None:
    assert texts(f"{python}\n") == texts(f"%time 1\n{python}\n!ls\n")[-1:]
    assert without_magics(f"!ls\n{python}") == f"\n{python}"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("%time x = 3", ["x = 3"]),
        ("y = %time build(3)", ["y = build(3)"]),
        ("!ls\nif a:\n    %time x = 3", ["if a:\n    x = 3"]),
        ("get_ipython().run_line_magic('time', 'x = 3')", ["x = 3"]),
        ("get_ipython().run_cell_magic('memit', '', 'x = 3\\n')", ["x = 3"]),
    ],
)
def test_what_is_timed_counts(cell: str, kept: list[str]) -> None:
    assert texts(cell) == kept


@pytest.mark.parametrize("magic", ["%%time", "%%memit", "\n%%capture out", "%%time\n%%capture"])
def test_python_under_a_cell_magic_counts(magic: str) -> None:
    assert texts(f"{magic}\n{FUNCTION}!ls\n") == [FUNCTION.strip()]


@pytest.mark.parametrize(
    "cell",
    [
        "%%bash\nls -la",
        "\n%%bash\nls",
        "%%html\n<b>x</b>",
        f"%%writefile x.py\n{FUNCTION}",
        f"%%cython\n{FUNCTION}",
        "%%unheard_of\n<<>>",
        "pip install flax",
        "cd ..\n",
    ],
)
def test_what_defines_nothing_is_left_out(cell: str) -> None:
    assert parses(cell)
    assert without_magics(cell).strip() == ""


def test_a_cell_may_be_indented_as_a_whole() -> None:
    assert texts("    def f(x):\n        return x\n") == [FUNCTION.strip()]


@pytest.mark.parametrize(
    "cell",
    [
        ">>> def f(x):\n...     return x\n...\n>>> f(1)",
        "In [3]: def f(x):\n   ...:     return x\n   ...:\n",
    ],
)
def test_prompts_that_were_pasted_are_removed(cell: str) -> None:
    assert texts(cell)[0] == FUNCTION.strip()


@pytest.mark.parametrize("cell", ["def f(x:\n    return x\n!ls", "x = (\n%time y", "who is it? x"])
def test_what_nobody_understands_is_still_wrong(cell: str) -> None:
    assert not parses(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\n" * 5_000 + FUNCTION,
        f"!ls\n{' ' * 60_000}x\n",
        f"{FUNCTION}x?{' ' * 60_000}y",
        f"pip{' ' * 60_000}\nx y",
        f"!ls\n{'a ' * 30_000}[",
        f">>> x y\n{' ' * 60_000}z",
    ],
)
def test_a_hostile_cell_takes_no_longer_than_its_text(cell: str) -> None:
    assert len(without_magics(cell).split("\n")) == len(cell.split("\n"))


def test_an_ellipsis_in_a_pasted_session_stays() -> None:
    assert texts(">>> x = y[... , 0]\n>>> !ls") == ["x = y[... , 0]"]


PIECES = (
    *("%matplotlib inline", "!ls \\\n  -la", "x?", "jax.vmap??", "?x", "x = !ls", "y = %time 3"),
    *("%time z = 3", "%%time", "%%bash", "%%capture out", "def f(x):\n    return x", "t = 'a?'"),
    *("def g(x):\n    %time 1\n    return x", "if True:\n    !ls", "k = (1\n  % 2)", "# what?"),
    *('s = """\n%time\n!x\n?\n"""', "u = [1,  # ?\n 3]", 'd["k"] = !ls', "o.a = %time 3"),
    *(
        "!echo '([\"'",
        "e = 1 \\\n % 3",
        "",
        "try:\n    !ls\nfinally:\n    pass",
        "x = y if z else w",
    ),
    *('print(f"{x!r}")', "class C:\n    def m(self):\n        return 1", "r = 7 % 3", "z = x @ y"),
)


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("first", PIECES)
def test_what_ipython_takes_is_no_syntax_error(first: str, indent: str) -> None:
    """IPython's own transformer is the judge; what it defines is defined here."""
    for second in PIECES:
        cell = "".join(f"{indent}{line}\n" for line in f"{first}\n{second}".split("\n"))
        tree = ast.parse(TransformerManager().transform_cell(cell))
        assert parses(cell), cell
        defined = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
        assert defined <= {name for each in statements([cell]) for name in each.binds}, cell
