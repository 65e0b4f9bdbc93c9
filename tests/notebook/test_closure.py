"""Which statements of a notebook a function needs; cells are texts here."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from grader.notebook.closure import program
from grader.notebook.statements import statements


def gathered(*cells: str, given: Mapping[str, str] | None = None) -> str | None:
    return program(("f",), tuple(statements(cells)), (given or {}).get)


def lines(*cells: str, given: Mapping[str, str] | None = None) -> list[str]:
    found = gathered(*cells, given=given)
    assert found is not None
    return [line for line in found.split("\n") if line]


def test_a_self_contained_function_is_its_own_text() -> None:
    text = 'def f(x):\n    """Twice x."""\n    return 2 * x  # doubled\n'
    assert gathered("import os", text, "print(f(3))") == text


def test_without_a_definition_no_program_is_made() -> None:
    assert gathered("import os") is None


def test_imports_helpers_classes_and_constants_are_included() -> None:
    assert lines(
        "import math\nimport os",
        "WIDTH = 3; HEIGHT = 4",
        "class Box:\n    def area(self):\n        return WIDTH * HEIGHT",
        "def helper():\n    return Box().area()",
        "unused = helper()",
        "def f(x):\n    return helper() + math.pi",
    ) == [
        "import math",
        "WIDTH = 3",
        "HEIGHT = 4",
        "class Box:",
        "    def area(self):",
        "        return WIDTH * HEIGHT",
        "def helper():",
        "    return Box().area()",
        "def f(x):",
        "    return helper() + math.pi",
    ]


def test_the_last_definition_counts() -> None:
    assert lines("def f():\n    return 1", "def f():\n    return K", "K = 1", "K = 2") == [
        "def f():",
        "    return K",
        "K = 2",
    ]


def test_a_statement_keeps_the_definition_that_it_read() -> None:
    assert lines("K = 1", "double = 2 * K", "K = 5", "def f():\n    return K + double") == [
        "K = 1",
        "double = 2 * K",
        "K = 5",
        "def f():",
        "    return K + double",
    ]


def test_a_definition_in_terms_of_itself_keeps_the_earlier_one() -> None:
    assert lines("n = 1", "n += 1", "n = n * 2", "def f():\n    return n")[:3] == [
        "n = 1",
        "n += 1",
        "n = n * 2",
    ]


@pytest.mark.parametrize(
    "change",
    [
        'knobs["b"] = 2',
        "knobs.update(b=2)",
        'knobs["b"]["c"] = 2',
        'del knobs["a"]',
        "knobs.x = 1",
        'x = knobs.pop("a")',
        'print(knobs.pop("a"))',
        "[knobs.update({k: 1}) for k in range(3)]",
        'setattr(knobs, "a", 1)',
        "for k in range(3):\n    knobs[k] = 1",
        'if True:\n    with open("x"):\n        knobs["a"] = 1',
        'class C:\n    knobs["a"] = 1',
        'x, knobs["a"] = 1, 2',
        'for knobs["a"] in range(3):\n    pass',
        'knobs.get("a", {})["b"] = 1',
        "same = knobs\nsame |= {1: 2}",
        'part = knobs["a"]\npart["b"] = 1',
        "same = knobs or {}\nother = same if same else 1\nother.update(a=1)",
        'def fill(given):\n    given["a"] = 1\nfill(knobs)',
        "same = knobs\nother = same\nother.clear()",
    ],
)
def test_changes_to_a_value_are_included(change: str) -> None:
    found = lines("knobs = {}", change, "def f():\n    return knobs")
    assert [each for each in found if each][:-2] == ["knobs = {}", *change.split("\n")]


def test_a_change_by_another_name_is_included() -> None:
    found = lines(
        "a = b = {}", "b['x'] = 1", "c = b", "d = {}", "d['y'] = 1", "def f():\n return a"
    )
    assert found[:2] == ["a = b = {}", "b['x'] = 1"]
    assert "d['y'] = 1" not in found


@pytest.mark.parametrize("first", [(), ("K = None",)])
def test_a_function_that_sets_a_global_is_called(first: tuple[str, ...]) -> None:
    setup = "def setup():\n    global K\n    K = 1"
    found = lines(
        *first, setup, "def other():\n    pass", "other()", "setup()", "def f():\n return K"
    )
    assert [each for each in found if each] == [
        *(*first, *setup.split("\n"), "setup()", "def f():", " return K")
    ]


@pytest.mark.parametrize("call", ["v = g()", "v = [g() for _ in range(1)]", "v = (lambda: g())()"])
def test_a_function_that_is_called_reads_what_was_defined_by_then(call: str) -> None:
    found = lines("k = 1", "def g():\n    return k", call, "k = 2", "def f():\n    return v")
    assert found.index("k = 1") < found.index(call)


STATEMENTS = (
    *('{a} = {{"k": {n}}}', "{a} = {b}", '{a} = {b} = {{"k": {n}}}', '{a}["k"] = {n}', "del {a}"),
    *('{a}["x"] = {b}["k"]', "{a}.update(k={n})", '{a} |= {{"o": {n}}}', "{a} = dict({b})"),
    *('if {n}:\n    {a} = {{"k": {n}}}', '{a} = {{**{b}, "s": {n}}}', '({a} := {{"k": {n}}})'),
    *('for i in range({n}):\n    {a}["k"] = i', 'for {a} in ({{"k": {n}}},):\n    pass'),
    *("def s{n}():\n    global {a}\n    {a} = {{'k': {n}}}", "s{n}()", "m{n}({a})"),
    *("def m{n}(d):\n    d['m'] = {n}", "[{a}.update(k=i) for i in range({n})]", "print({a})"),
    *('try:\n    {a} = {b}["no"]\nexcept KeyError:\n    {a} = {{"k": {n}}}', "assert {a}"),
    *('match {n}:\n    case 1:\n        {a} = {{"k": 1}}', '{a}["n"] = {{}}'),
    '{a}.get("n", {{}})["deep"] = {n}',
)


def ran(cells: list[str]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(cell, names)
    return names


def test_a_program_computes_what_the_cells_do() -> None:
    random, compared = Random(1), 0
    for _ in range(600):
        cells = [f"{name} = {{'k': 0}}" for name in "ABC"]
        for _ in range(random.randint(1, 7)):
            some = {"a": random.choice("ABC"), "b": random.choice("ABC"), "n": random.randint(0, 2)}
            cells.append(random.choice(STATEMENTS).format(**some))
        cells.append(f"def f():\n    return {random.choice('ABC')}, {random.choice('ABC')}")
        try:
            expected = ran(cells)["f"]()
        except (NameError, KeyError, AssertionError):
            continue  # a notebook stops there, too
        text = gathered(*cells)
        assert text is not None
        assert ran([text])["f"]() == expected, "\n".join([*cells, "---", text])
        compared += 1
    assert compared > 250


def test_very_many_names_of_one_value_are_followed() -> None:
    names = [f"a{n} = a{n - 1}" for n in range(1, 4000)]
    found = lines("a0 = {}", *names, 'a7["x"] = 1', "b = {}", "def f():\n    return a0, a3999")
    assert found == ["a0 = {}", *names, 'a7["x"] = 1', "def f():", "    return a0, a3999"]


def test_calls_of_what_is_graded_are_left_out() -> None:
    counting = "def f():\n    global n\n    n += 1\n    return n"
    found = lines("n = 0", counting, "print(f())", "f()", "g = f")
    assert [each for each in found if each] == ["n = 0", *counting.split("\n")]


@pytest.mark.parametrize(
    "branch",
    [
        "if False:\n    K = 2",
        "for K in ():\n    pass",
        "while False:\n    K = 2",
        "try:\n    K = g()\nexcept ValueError:\n    pass",
        "match 1:\n    case 2:\n        K = 2",
    ],
)
def test_what_a_branch_may_leave_as_it_was_is_included(branch: str) -> None:
    found = lines("K = 0", "K = 1", branch, "def f():\n    return K")
    assert [each for each in found if each][:-2] == ["K = 1", *branch.split("\n")]


def test_reading_a_value_is_not_included() -> None:
    assert "print(knobs)" not in lines("knobs = {}", "print(knobs)", "def f():\n    return knobs")


def test_a_submodule_import_for_its_package_is_included() -> None:
    found = lines("import flax.linen", "import flax", "def f():\n    return flax.linen.Dense")
    assert found[:2] == ["import flax.linen", "import flax"]


@pytest.mark.parametrize(
    "text",
    [
        "@decorate\ndef f():\n    pass",
        "def f(x=decorate):\n    pass",
        "def f(x: decorate):\n    pass",
        "f = decorate(lambda: 1)",
        "def f():\n    return [decorate for _ in range(3)]",
        "def f():\n    def g():\n        return decorate\n    return g",
        "def f():\n    global decorate\n    decorate += 1",
        "class f(decorate):\n    pass",
        "class f:\n    x = decorate",
        "class f:\n    def g(self):\n        return decorate",
        "if decorate:\n    f = 1",
        "async def f():\n    await decorate()",
    ],
)
def test_every_way_to_need_a_name(text: str) -> None:
    assert "decorate = 1" in lines("decorate = 1", text)


@pytest.mark.parametrize(
    "text",
    [
        "def f(decorate):\n    return decorate",
        "def f():\n    decorate = 1\n    return decorate",
        "def f():\n    return x.decorate",
        "def f():\n    return [decorate for decorate in range(3)]",
        "def f():\n    import decorate\n    return decorate",
        "def f():\n    return 'decorate'",
    ],
)
def test_local_names_are_not_the_notebooks(text: str) -> None:
    assert "decorate = 1" not in lines("decorate = 1", text)


@pytest.mark.parametrize(
    "text",
    [
        "K = 1",
        "K: int = 1",
        "K, L = 1, 2",
        "[K, *L] = [1, 2]",
        "if True:\n    K = 1",
        "for K in range(2):\n    pass",
        "try:\n    import K\nexcept ImportError:\n    K = None",
        "with open('a') as K:\n    pass",
        "from m import K",
        "import m as K",
        "(K := 1)",
        "def K():\n    pass",
        "class K:\n    pass",
        "print(K := 1)",
    ],
)
def test_every_way_to_define_a_name(text: str) -> None:
    assert lines(text, "def f():\n    return K")[: text.count("\n") + 1] == text.split("\n")


def test_a_name_that_no_cell_defines_is_asked_for() -> None:
    given = {"nn": "import flax.linen as nn", "unused": "unused = 1"}
    assert lines("def f():\n    return nn.Dense, len, typo", given=given) == [
        "import flax.linen as nn",
        "def f():",
        "    return nn.Dense, len, typo",
    ]


def test_a_deleted_name_keeps_its_definition() -> None:
    assert lines("K = 1", "del K", "def f():\n    return K")[0] == "K = 1"


def test_main_blocks_are_left_out() -> None:
    guard = "if __name__ == '__main__':\n    K = g()"
    assert lines("K = 1", "def f():\n    return K", guard)[0] == "K = 1"


def test_future_imports_come_first() -> None:
    found = lines("x = 1", "from __future__ import annotations\ndef f():\n    return x")
    assert found[0] == "from __future__ import annotations"


def test_mutual_recursion_ends() -> None:
    assert len(lines("def g():\n    return f()", "def f():\n    return g()")) == 4


# ------------------------------------------------------------------------------- IPython's own


def test_magics_are_skipped() -> None:
    cell = "%matplotlib inline\n!pip install flax\nK = 1\ndef f():\n    return K\n%time f()"
    assert lines(cell) == ["K = 1", "def f():", "    return K"]


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_the_code_in_a_cell_magic_counts(magic: str) -> None:
    assert lines(f"{magic}\ndef f():\n    return 1")[0] == "def f():"
    name = magic[2:].split(maxsplit=1)[0]
    called = f"get_ipython().run_cell_magic({name!r}, '', 'def f():\\n    return 1\\n')"
    assert lines(called)[0] == "def f():"


@pytest.mark.parametrize("cell", ["%%bash\nf = 1", "%%writefile f.py\ndef f():\n    pass"])
def test_a_cell_in_another_language_is_ignored(cell: str) -> None:
    assert gathered(cell) is None


@pytest.mark.parametrize("cell", ["def f(:", "", "x = (", "\0", "nonlocal f", "await f"])
def test_a_cell_that_never_ran_is_ignored(cell: str) -> None:
    assert gathered(cell) is None
    assert lines("def f():\n    pass", cell)[0] == "def f():"
