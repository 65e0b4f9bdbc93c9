"""Which files are the same program."""

from __future__ import annotations

import ast

import pytest

from grader.gradebook.outcome.programs import program_of
from tests.labelled import labelled

BASE = '''\
"""My homework."""
import flax.linen as nn
import jax


def forward(seed, x, features):
    """Run it."""
    Batch = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None})
    model = Batch(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
'''
RENAMED = """\
# by somebody else
import flax.linen as linen
import jax as j
def run(s, batch, n):
  # lift it
  Lifted = linen.vmap(
      linen.Dense, in_axes=0,
      variable_axes={'params': None})
  m = Lifted(n)
  'a text that does nothing'
  v = m.init(j.random.PRNGKey(s), batch)
  return (m.apply(v, batch).reshape(-1))
"""


def fingerprint(text: str) -> str:
    return program_of(ast.parse(text)).fingerprint


def test_comments_layout_and_own_names_make_no_difference() -> None:
    assert fingerprint(BASE) == fingerprint(RENAMED)
    assert program_of(ast.parse(BASE)).statements == 7


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("in_axes=0", "in_axes=1"),
        ("in_axes=0", "in_axes=0.0"),
        ("in_axes=0", "in_axes=False"),
        ("in_axes=0", "out_axes=0"),
        ("reshape(-1)", "ravel()"),
        ("reshape(-1)", "reshape(1)"),
        ("(variables, x)", "(variables, seed)"),
        ("PRNGKey(seed)", "PRNGKey(features)"),
        ("nn.Dense,", "nn.Conv,"),
        ("import jax\n", "import jax.numpy as jax\n"),
        ("import jax\n", "from os import jax\n"),
        ("seed, x, features", "seed, x, *features"),
        ("seed, x, features", "seed, x, features=1"),
        ("seed, x, features", "seed, x, *, features"),
        ("def forward", "async def forward"),
        ("    model =", "    global model\n    model ="),
    ],
)
def test_whatever_a_program_does_makes_a_difference(old: str, new: str) -> None:
    assert old in BASE
    assert fingerprint(BASE) != fingerprint(BASE.replace(old, new))


SAME = [
    ("def f(x): return x\ndef g(x): return x", "def f(x): return x\ndef g(y): return y"),
    ("a = [i for i in b]", "a = [k for k in b]"),
    ("f = lambda x: x", "g = lambda y: y"),
    ("try: f()\nexcept E as e: p(e)", "try: f()\nexcept E as x: p(x)"),
    ("match v:\n  case [a, *b]: p(a, b)", "match v:\n  case [c, *d]: p(c, d)"),
    ("def f():\n  a = 1\n  def g(): return a", "def f():\n  b = 1\n  def g(): return b"),
    ("import a.b\na.c()", "import a.b # x\na.c()"),
    ("class A:\n  def f(self): return self.x", "class B:\n  def f(me): return me.x"),
    ("[(y := i) for i in z]; p(y)", "[(x := i) for i in z]; p(x)"),
]
OTHER = [
    ("def f(x, y): return x", "def f(x, y): return y"),
    ("a = b = 1; p(a)", "a = b = 1; p(b)"),
    ("class A:\n  x = 1", "class A:\n  y = 1"),
    ("x = 1\ndef f():\n  x = 2\n  p(x)", "x = 1\ndef f():\n  y = 2\n  p(x)"),
    ("x = 1\ndef f():\n  global x\n  x = 2", "x = 1\ndef f():\n  x = 2"),
    ("[i for i in i]", "[i for i in j]"),
    ("import a.b\na.c()", "import a.d\na.c()"),
    ("a, b = 1, 2", "b, a = 1, c"),
    ("print(x)", "print(y)"),
    ("x = 'a'", "x = b'a'"),
    ("f(**a)", "f(a)"),
    ("x: int = 1", "x = 1"),
    ("if a: p()\nelse: q()", "if a: p()\nq()"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_program(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_program(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.slow
def test_labelled_submissions_share_a_fingerprint_only_if_their_code_is_the_same() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for each in labelled():
        try:
            tree = ast.parse(each.path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        assert fingerprint(ast.unparse(tree)) == program_of(tree).fingerprint
        key = each.folder.exercise.slug, program_of(tree).fingerprint
        docstring = isinstance(tree.body[0], ast.Expr)
        code = ast.unparse(tree.body[1:] if docstring else tree.body)
        found.setdefault(key, set()).add(code)
    assert len(found) > 500
    assert [codes for codes in found.values() if len(codes) > 1] == []
