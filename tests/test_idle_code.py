"""What idle code may do all the same: fail, end an error, or change something while it loads."""

from __future__ import annotations

import ast

import pytest

from grader.model.catching import catches, swallows
from grader.model.hazards import Hazards, formats_plainly, says
from grader.model.loading import Loading, bound, calling_hints, executed, is_not_run


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("try: f()\nexcept E: raise", False),
        ("try: f()\nexcept E as e: raise F from e", False),
        ("try: f()\nexcept E: pass", True),
        ("try: f()\nexcept E:\n if a: return 1\n raise", True),
        ("try: f()\nexcept E: raise\nexcept F: x = 1", True),
        ("try: f()\nfinally: g()", False),
        ("while a:\n try: f()\n finally: break", True),
        ("def h():\n try: f()\n finally: return 1", True),
    ],
)
def test_an_error_may_end_in_a_try(text: str, ends: bool) -> None:
    (found,) = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Try)]
    assert catches(found) is ends


@pytest.mark.parametrize(
    ("text", "ends"),
    [("return", False), ("return None", False), ("return False", False), ("return True", True)],
)
def test_an_exit_may_end_an_error(text: str, ends: bool) -> None:
    (method,) = ast.parse(f"def __exit__(self, *_):\n {text}").body
    assert isinstance(method, ast.FunctionDef)
    assert swallows(method.body[0]) is ends


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "(a, [1], 'x')",
        "1 if a else 2",
        "a and 1",
        "f'{a}'",
        "f'{a == b}'",
        "str(a == b)",
        "'is: ' + str(a == b)",
        "repr(a) + f'{b}'",
        "not (a == b)",
        "bool(a == b)",
        "a + b",
        "g(a)",
        "[x for x in a]",
        "{'k': a}",
    ],
)
def test_harmless_whatever_is_decided(text: str) -> None:
    assert not Hazards().in_(expression(text))


@pytest.mark.parametrize(
    "text",
    [
        "int('1' if a == b else 'x')",
        "g(a == b)",
        "a == b == c",
        "a and g()",
        "g() if a else h()",
        "g(not a)",
        "g([x for x in a if x])",
        "{a: 1}[b]",
        "g({x: 1 for x in a})",
        "f'{a:{b == c}}'",
        "f'%s' % (a == b)",
        "1 / (a == b)",
        "(a == b) + 'x'",
        "xs[a == b]",
        "int(isinstance(a, int))",
        "int(str(a))",
    ],
)
def test_harmful_for_some_outcome(text: str) -> None:
    assert Hazards().in_(expression(text))


@pytest.mark.parametrize(
    ("body", "text", "harmful"),
    [
        ("same = a == b", "g(same)", True),
        ("same = a", "g(same)", False),
        ("same: bool = a == b", "xs[same]", True),
        ("x = a == b\ny = x\nz = y", "g(z)", True),
        ("n += a == b", "g(n)", True),
        ("print(w := a == b)", "g(w)", True),
        ("for x in str(a): pass", "int(x)", True),
        ("for x in a: pass", "int(x)", False),
    ],
)
def test_a_name_holds_what_was_decided(body: str, text: str, harmful: bool) -> None:
    assert Hazards(ast.parse(body).body).in_(expression(text)) is harmful


def test_names_that_lead_on_and_on_all_count_as_decided() -> None:
    chain = "\n".join([*(f"x{n} = x{n + 1}" for n in range(40)), "x40 = a == b", "other = a"])
    hazards = Hazards(reversed(ast.parse(chain).body))
    assert hazards.in_(expression("g(x0)"))


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("a", False),
        ("a.flag", False),
        ("a == b", True),
        ("a.get('x')", False),
        ("a.get(b)", True),
        ("a.get(b.c)", False),
        ("a.get('x', d=1)", True),
        ("f(a)", True),
        ("not a", True),
    ],
)
def test_a_condition_stronger_than_its_text(text: str, more: bool) -> None:
    assert Hazards().decides(expression(text)) is more


@pytest.mark.parametrize(
    ("text", "plain"),
    [("'{}'", True), ("'{a:.3}'", True), ("'{a.b}'", False), ("fmt", False), ("3", True)],
)
def test_a_format_may_ask_for_an_attribute(text: str, plain: bool) -> None:
    assert formats_plainly(expression(text)) is plain


@pytest.mark.parametrize(
    ("text", "only_says"),
    [
        ("pass", True),
        ("'doc'", True),
        ("print('done')", True),
        ("print(a)", False),
        ("print('x', end='')", True),
        ("x = 1", False),
    ],
)
def test_a_statement_only_says_something(text: str, only_says: bool) -> None:
    assert says(statement(text)) is only_says


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("import os", []),
        ("from a import b", []),
        ("x = f()", ["x = f()"]),
        ("x: int", []),
        ("x: f() = 1", ["1", "f()"]),
        ("def g(a=h()): body()", ["h()"]),
        ("def g(*, a, b=h()): body()", ["h()"]),
        ("@made\ndef g(): body()", ["made", "body()"]),
        ("@nn.compact\ndef g(): body()", ["nn.compact"]),
        ("def g(a: hint()) -> other(): body()", ["other()", "hint()"]),
        ("class C(Base, metaclass=M):\n x = f()\n def g(self): body()", ["Base", "M", "x = f()"]),
    ],
)
def test_what_runs_when_a_statement_is_loaded(text: str, runs: list[str]) -> None:
    found = [
        each.value if isinstance(each, ast.keyword) else each for each in executed(statement(text))
    ]
    assert [ast.unparse(each) for each in found] == runs


def test_names_are_followed_into_functions_and_classes() -> None:
    body = ast.parse(
        "def f(): return g(table)\ndef g(x): return x\nclass C:\n y = table\nz = f"
    ).body
    assert Loading(body).reached(statement("x = f()")) == {"f", "g", "table", "x"}
    assert Loading(body).reached(statement("x = C()")) == {"C", "table"}
    assert Loading(body).reached(statement("import os")) == set()


def test_hints_that_call_something() -> None:
    quiet = statement("def f(a: int, *b: list[int]) -> dict: pass")
    assert isinstance(quiet, ast.FunctionDef)
    assert calling_hints(quiet) == []
    loud = statement("def f(a: g()) -> h(): pass")
    assert isinstance(loud, ast.FunctionDef)
    assert len(calling_hints(loud)) == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(): x = 1", {"f"}),
        ("class C: x = 1", {"C"}),
        ("async def f(): pass", {"f"}),
        ("x, y = 1, 2", {"x", "y"}),
        ("table['a'] = 1", {"table"}),
        ("del config.value", {"config"}),
        ("a.b.c = 1", {"a"}),
        ("f().x = 1", set()),
    ],
)
def test_the_names_that_a_statement_gives_a_meaning(text: str, names: set[str]) -> None:
    assert bound(statement(text)) == names


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("if __name__ == '__main__': f()", True),
        ("if TYPE_CHECKING: import a", True),
        ("if typing.TYPE_CHECKING: import a", True),
        ("if __name__ == '__main__': f()\nelse: g()", False),
        ("if True: f()", False),
        ("f()", False),
    ],
)
def test_a_block_that_does_not_run_when_imported(text: str, idle: bool) -> None:
    assert is_not_run(statement(text)) is idle
