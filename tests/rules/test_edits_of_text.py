"""Edits that are made from the text alone: exactly what is written, and where nothing is."""

from __future__ import annotations

import ast

import pytest

from grader.catalogue import exercises
from grader.evidence import Evidence
from grader.evidence.edits import (
    Advice,
    forgetting,
    name_advice,
    not_overwritten,
    parameter_edits,
    setting_removed,
    sparing,
    statement_removed,
    syntax_edits,
    trial_call,
)
from grader.evidence.edits.text import where_written
from grader.model.edit import Edited
from grader.model.observation import Frame, Raised, Span, between
from grader.model.submission import from_bytes
from grader.model.transcript import Transcript

SHARED = next(each.exercise for each in exercises() if each.exercise.level == 1)
HEAD = "def nn_vmap_forward(seed, x_batch, features):\n"


def evidence_of(text: str) -> Evidence:
    source = from_bytes("submission.py", text.encode()).source
    return Evidence(Transcript(exercise=SHARED, source=source))


def with_advice(evidence: Evidence, advice: Advice | None) -> str:
    """Return the text with the edits, an empty one if there is no advice."""
    return Edited(evidence.source, advice.edits).text if advice is not None else ""


KEPT = {
    "a counter": (
        f"calls = 0\n\n\n{HEAD}    global calls\n    calls += 1\n    return calls\n",
        f"{HEAD}    calls = 0\n    calls += 1\n    return calls\n",
    ),
    "a cache with a comment": (
        f"_cache = {{}}  # all\nSIZE = 3\n\n\n{HEAD}    _cache[seed] = 1\n    return SIZE\n",
        f"SIZE = 3\n\n\n{HEAD}    _cache = {{}}  # all\n    _cache[seed] = 1\n    return SIZE\n",
    ),
    "a docstring": (
        f'KEPT = []\n\n\n{HEAD}    """Adds."""\n    KEPT.append(seed)\n    return KEPT\n',
        f'{HEAD}    """Adds."""\n    KEPT = []\n    KEPT.append(seed)\n    return KEPT\n',
    ),
    "a value over several lines": (
        f"KEPT = {{\n    'n': 0,\n}}\n\n\n{HEAD}    KEPT['n'] += 1\n    return KEPT\n",
        f"{HEAD}    KEPT = {{\n        'n': 0,\n    }}\n    KEPT['n'] += 1\n    return KEPT\n",
    ),
    "a default": (
        "def nn_vmap_forward(seed, kept=[]):\n    kept.append(1)\n    return kept\n",
        "def nn_vmap_forward(seed, kept=[]):\n    kept = []\n    kept.append(1)\n    return kept\n",
    ),
    "a helper that keeps it": (
        (
            "KEPT = {}\n\n\ndef made(x):\n    KEPT[x] = x\n    return KEPT[x]\n\n\n"
            f"{HEAD}    return made(seed)\n"
        ),
        (
            "def made(x):\n    KEPT = {}\n    KEPT[x] = x\n    return KEPT[x]\n\n\n"
            f"{HEAD}    return made(seed)\n"
        ),
    ),
    "read by another function": (
        (
            f"KEPT = []\n\n\ndef size():\n    return len(KEPT)\n\n\n{HEAD}"
            "    KEPT.append(seed)\n    return size()\n"
        ),
        "",
    ),
    "several names in one statement": (
        f"a = b = []\n\n\n{HEAD}    a.append(seed)\n    return a\n",
        "",
    ),
    "two names declared at once": (
        f"a = 0\nb = 0\n\n\n{HEAD}    global a, b\n    a += 1\n    return a\n",
        "",
    ),
    "with its type": (
        f"KEPT: list = []\n\n\n{HEAD}    KEPT.append(seed)\n    return KEPT\n",
        f"{HEAD}    KEPT: list = []\n    KEPT.append(seed)\n    return KEPT\n",
    ),
    "a default by name": (
        "def nn_vmap_forward(seed, *, kept=[], other=None):\n    kept.append(1)\n    return kept\n",
        (
            "def nn_vmap_forward(seed, *, kept=[], other=None):\n    kept = []\n"
            "    kept.append(1)\n    return kept\n"
        ),
    ),
    "a default behind a required one": (
        "def nn_vmap_forward(seed, *, other, kept=[]):\n    kept.append(1)\n    return kept\n",
        (
            "def nn_vmap_forward(seed, *, other, kept=[]):\n    kept = []\n"
            "    kept.append(1)\n    return kept\n"
        ),
    ),
    "in an if at the top": (
        f"if True:\n    KEPT = []\n\n\n{HEAD}    KEPT.append(seed)\n    return KEPT\n",
        "",
    ),
    "a line with another statement": (
        f"KEPT = []; n = 1\n\n\n{HEAD}    KEPT.append(seed)\n    return KEPT\n",
        "",
    ),
    "bound twice": (
        f"KEPT = []\nKEPT = [1]\n\n\n{HEAD}    KEPT.append(seed)\n    return KEPT\n",
        "",
    ),
    "declared twice": (
        (
            f"n = 0\n\n\n{HEAD}    if seed:\n        global n\n        n += 1\n"
            "    else:\n        global n\n        n += 2\n    return n\n"
        ),
        "",
    ),
    "declared beside another name": (
        f"n = 0\nm = 0\n\n\n{HEAD}    global m\n    global n\n    n += 1\n    return m\n",
        f"m = 0\n\n\n{HEAD}    global m\n    n = 0\n    n += 1\n    return m\n",
    ),
    "at the end of the file": (
        f"{HEAD}    KEPT.append(seed)\n    return KEPT\n\n\nKEPT = []\n",
        f"{HEAD}    KEPT = []\n    KEPT.append(seed)\n    return KEPT\n\n\n",
    ),
    "a class": (
        f"class KEPT:\n    n = 0\n\n\n{HEAD}    KEPT.n += 1\n    return KEPT.n\n",
        "",
    ),
    "an empty line above": (
        f"import jax\n\nKEPT = []\n\n\n{HEAD}    KEPT.append(seed)\n    return KEPT\n",
        f"import jax\n\n{HEAD}    KEPT = []\n    KEPT.append(seed)\n    return KEPT\n",
    ),
    "an attribute of the function": (
        f"{HEAD}    nn_vmap_forward.n = 1\n    return seed\n",
        "",
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_kept_state_is_created_in_each_call(name: str) -> None:
    before, after = KEPT[name]
    evidence = evidence_of(before)
    assert with_advice(evidence, forgetting(evidence)) == after


CHANGED = {
    "an operator": ("    x_batch *= 2\n", "    x_batch = x_batch * 2\n"),
    "a sum": ("    x_batch /= seed + 1  # so\n", "    x_batch = x_batch / (seed + 1)  # so\n"),
    "an item": (
        "    if seed:\n        x_batch[0] = 1\n",
        "    if seed:\n        x_batch = x_batch.copy()\n        x_batch[0] = 1\n",
    ),
    "another name": (
        "    x = np.asarray(x_batch)\n    x[:, 0] += 1\n",
        "    x = np.asarray(x_batch)\n    x = x.copy()\n    x[:, 0] += 1\n",
    ),
    "a method": ("    x_batch.fill(0)\n", "    x_batch = x_batch.copy()\n    x_batch.fill(0)\n"),
    "out": (
        "    np.exp(seed, out=x_batch)\n",
        "    x_batch = x_batch.copy()\n    np.exp(seed, out=x_batch)\n",
    ),
    "a function": (
        "    np.copyto(x_batch, 0)\n",
        "    x_batch = x_batch.copy()\n    np.copyto(x_batch, 0)\n",
    ),
    "a matrix product": ("    x_batch @= y\n", "    x_batch = x_batch @ y\n"),
    "a library's method": (
        "    np.random.shuffle(x_batch)\n",
        "    x_batch = x_batch.copy()\n    np.random.shuffle(x_batch)\n",
    ),
    "sorted": ("    x_batch.sort()\n", "    x_batch = x_batch.copy()\n    x_batch.sort()\n"),
    "an item of a view": (
        "    x_batch.T[0] = 1\n",
        "    x_batch = x_batch.copy()\n    x_batch.T[0] = 1\n",
    ),
    "another argument than out": (
        "    np.exp(seed, where=x_batch)\n    x_batch[0] = 2\n",
        "    np.exp(seed, where=x_batch)\n    x_batch = x_batch.copy()\n    x_batch[0] = 2\n",
    ),
    "a line with others": ("    if seed: x_batch[0] = 1\n", "    if seed: x_batch[0] = 1\n"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_an_argument_is_changed_in_a_new_array(name: str) -> None:
    before, after = CHANGED[name]
    evidence = evidence_of(f"import numpy as np\n\n\n{HEAD}{before}    return x_batch\n")
    found = with_advice(evidence, sparing(evidence))
    assert found == f"import numpy as np\n\n\n{HEAD}{after}    return x_batch\n"


UNCHANGED = {
    "an operator without a new array": "    x_batch |= 2\n",
    "a comment in the value": "    x_batch *= (seed  # so\n        + 1)\n",
    "an attribute": "    x_batch.flags.writeable = False\n",
    "in a tuple": "    np.exp(seed, out=(x_batch,))\n",
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_nothing_is_written_where_a_new_array_would_not_do(name: str) -> None:
    evidence = evidence_of(f"import numpy as np\n\n\n{HEAD}{UNCHANGED[name]}    return x_batch\n")
    assert sparing(evidence) is None


SIGNATURES = {
    "(x_batch, seed, features)": True,
    "(seed, x_batch)": True,
    "(*, seed, x_batch, features)": True,
    "(seed, *, features, x_batch)": True,
    "(seed, x_batch, features, model)": False,
    "(seed, x_batch, width)": False,
    "(x_batch: Any, seed: int)": True,
    "(x_batch, seed=0, features=1)": False,
    "(x_batch, *seeds)": False,
    "(\n    x_batch,\n    seed,\n    features,\n)": False,
}


@pytest.mark.parametrize("given", SIGNATURES)
def test_arguments_are_only_rewritten_if_they_are_the_tasks(given: str) -> None:
    evidence = evidence_of(f"def nn_vmap_forward{given}:\n    return x_batch\n")
    after = Edited(evidence.source, parameter_edits(evidence)).text
    right = "(seed, x_batch, features)"
    right = "(seed: int, x_batch: Any, features)" if ":" in given else right
    wanted = right if SIGNATURES[given] else given
    assert after == f"def nn_vmap_forward{wanted}:\n    return x_batch\n"


SYNTAX = {
    "a colon": ("def f(x)\n    return x\n", "def f(x):\n    return x\n"),
    "a return at the margin": (
        "def f(x):\n    y = x\nreturn y\n",
        "def f(x):\n    y = x\n    return y\n",
    ),
    "a comma": ("x = f(a b)\n", "x = f(a, b)\n"),
    "a bracket": ("x = f(a\n", "x = f(a)\n"),
    "a bracket before a comment": ("x = f(a  # all\n", "x = f(a)  # all\n"),
    "another bracket": ('x = {"a": 1)\n', 'x = {"a": 1}\n'),
    "a bracket inside another": ("x = f(g(a, 1\ny = 2\n", "x = f(g(a, 1\ny = 2\n"),
    "several commas": ("x = f(a b c)\n", "x = f(a b c)\n"),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_only_what_makes_it_a_program_is_written(name: str) -> None:
    before, after = SYNTAX[name]
    source = from_bytes("submission.py", before.encode()).source
    assert source.syntax_fault is not None
    assert Edited(source, syntax_edits(source, source.syntax_fault)).text == after


NAMES = {
    "jnp": ("import jax\n\nx = jnp\n", "import jax\nimport jax.numpy as jnp\n\nx = jnp\n"),
    "partial": (
        "import jax\nx = partial\n",
        "import jax\nfrom functools import partial\nx = partial\n",
    ),
    "variabels": (
        f"import jax\n{HEAD}    variables = 1\n    return variabels\n",
        f"import jax\n{HEAD}    variables = 1\n    return variables\n",
    ),
    "other": (f"import jax\n{HEAD}    variables = 1\n    return other\n", ""),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_imported_or_spelt_as_where_it_got_its_value(name: str) -> None:
    before, after = NAMES[name]
    evidence = evidence_of(before)
    line = before.splitlines().index(next(e for e in before.splitlines() if name in e)) + 1
    column = before.splitlines()[line - 1].index(name) + 1
    place = between((line, column), (line, column + len(name)))
    assert with_advice(evidence, name_advice(evidence, name, place)) == after


SETTINGS = {
    'import jax\njax.config.update("jax_enable_x64", True)\nx = 1\n': "import jax\nx = 1\n",
    'import os\nos.environ["JAX_ENABLE_X64"] = "1"  # more\n': "import os\n",
}


@pytest.mark.parametrize("before", SETTINGS)
def test_a_setting_is_removed_with_its_line(before: str) -> None:
    source = from_bytes("submission.py", before.encode()).source
    assert source.tree is not None
    statement = source.tree.body[1]
    assert isinstance(statement, ast.Expr | ast.Assign)
    node = statement.value if isinstance(statement, ast.Expr) else statement.targets[0]
    assert Edited(source, setting_removed(source, source.span(node))).text == SETTINGS[before]


ALONE = {
    "print(x)\ny = 1\n": "y = 1\n",
    "if y:\n    print(x)\n": "if y:\n    print(x)\n",
    "y = 1; print(x)\n": "y = 1; pass\n",
    "print(x); y = 1\n": "y = 1\n",
    "y = print(x)\nz = 1\n": "y = print(x)\nz = 1\n",
    "try:\n    y = 1\nfinally:\n    print(x)\n    z = 1\n": (
        "try:\n    y = 1\nfinally:\n    z = 1\n"
    ),
}


@pytest.mark.parametrize("before", ALONE)
def test_a_call_that_is_a_statement_is_removed(before: str) -> None:
    source = from_bytes("submission.py", before.encode()).source
    assert (
        Edited(source, statement_removed(source, span_of(before, "print(x)"))).text
        == (ALONE[before])
    )
    assert statement_removed(source, None) == ()


def span_of(text: str, part: str) -> Span:
    line = next(n for n, each in enumerate(text.splitlines(), 1) if part in each)
    start = text.splitlines()[line - 1].index(part) + 1
    return between((line, start), (line, start + len(part)))


BODY = f"{HEAD}    return seed.x\n\n\n"
TRIALS = {
    "a call": (f"{BODY}print(nn_vmap_forward(1, 2, 3))\n", BODY),
    "a result that nothing reads": (f"{BODY}y = nn_vmap_forward(1, 2, 3)\n", BODY),
    "a result that is read": (
        f"{BODY}y = nn_vmap_forward(1, 2, 3)\nz = y\n",
        f"{BODY}y = nn_vmap_forward(1, 2, 3)\nz = y\n",
    ),
    "in a loop": (f"{BODY}for _ in [1]:\n    nn_vmap_forward(1, 2, 3)\n", ""),
}


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_call_at_the_top_is_removed(name: str) -> None:
    before, after = TRIALS[name]
    spans = (span_of(before, "nn_vmap_forward(1, 2, 3)"), span_of(before, "seed.x"))
    evidence = evidence_of(before)
    assert with_advice(evidence, trial_call(evidence, raised_at(*spans))) == after
    assert trial_call(evidence, raised_at(spans[0])) is None
    assert trial_call(evidence, raised_at(spans[0], spans[0])) is None


def raised_at(*spans: Span) -> Raised:
    return Raised(
        exception="AttributeError",
        module="builtins",
        bases=("Exception",),
        message="no x",
        frames=tuple(Frame(function="f", span=each) for each in spans),
    )


OVERWRITTEN = {
    "once": ("    features = 3\n    return features\n", "    return features\n"),
    "by itself": ("    features += 1\n    return features\n", "    return features\n"),
    "twice": (
        "    seed = 0\n    x = 1\n    features = 3\n    return x\n",
        "    x = 1\n    return x\n",
    ),
    "under a condition": (
        "    if features > 3:\n        features = 3\n    return features\n",
        "    return features\n",
    ),
    "or otherwise": (
        "    if x_batch:\n        seed = 1\n    else:\n        seed = 2\n    return seed\n",
        "    return seed\n",
    ),
    "never": ("    return features\n", "    return features\n"),
    "with another": ("    features, y = 3, 4\n    return y\n", None),
    "beside another": ("    if y:\n        seed = 1\n        y = 2\n    return seed\n", None),
    "otherwise something else": (
        "    if y:\n        seed = 1\n    else:\n        y = 2\n    return seed\n",
        None,
    ),
    "in a loop": ("    for seed in range(3):\n        pass\n    return seed\n", None),
    "in an expression": ("    print(seed := 0)\n    return seed\n", None),
}


@pytest.mark.parametrize("name", OVERWRITTEN)
def test_an_argument_is_no_longer_overwritten(name: str) -> None:
    before, after = OVERWRITTEN[name]
    evidence = evidence_of(HEAD + before)
    edits = not_overwritten(evidence, ["seed", "features"])
    if after is None:
        assert edits is None
    else:
        assert edits is not None
        assert Edited(evidence.source, edits).text == HEAD + after


WRITTEN = {
    "given there": ("    keys = [seed]\n    return keys\n", "keys", "[seed]"),
    "given by a call": ("    keys = f(seed)\n    return keys\n", "keys", "f(seed)"),
    "read twice": ("    keys = [seed]\n    return keys + keys\n", "keys", "keys"),
    "given twice": ("    keys = 1\n    keys = 2\n    return keys\n", "keys", "keys"),
    "given with another": ("    keys, y = 1, 2\n    return keys\n", "keys", "keys"),
    "given in a block": ("    if y:\n        keys = 1\n    return keys\n", "keys", "keys"),
    "not a name": ("    keys = [seed]\n    return keys[0]\n", "keys[0]", "keys[0]"),
    "an argument": ("    y = seed\n    return y\n", "seed", "seed"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_name_is_given(name: str) -> None:
    body, read, given = WRITTEN[name]
    evidence = evidence_of(HEAD + body)
    found = [each for each in evidence.source.nodes if ast.unparse(each) == read]
    node = next(e for e in found if isinstance(e, ast.expr) and not _is_stored(e))
    assert ast.unparse(where_written(evidence, node)) == given


def test_what_a_name_is_given_in_another_function_is_unknown() -> None:
    evidence = evidence_of(f"def other():\n    return keys\n{HEAD}    keys = 1\n    return keys\n")
    first, *_ = [e for e in evidence.source.nodes if isinstance(e, ast.Name) and not _is_stored(e)]
    assert where_written(evidence, first) is first


def _is_stored(node: ast.AST) -> bool:
    return not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
