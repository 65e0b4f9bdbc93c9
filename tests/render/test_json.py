"""The JSON report against its schema, and what it makes of texts that are no good."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import msgspec
import numpy as np
import pytest
from reports import EXERCISE, MISTAKEN, NASTY, NASTY_FINDINGS, PER_EXAMPLE, REPORTS, case, report

from grader.model.case import Container
from grader.model.exercise import FlaxClass, Library
from grader.model.report import Output
from grader.render import RENDERERS
from grader.render.json import MOST_BYTES, render
from grader.render.reproduce import _array, reproduce

SCHEMA = json.loads(
    Path(__file__).resolve().parents[2].joinpath("grader/render/schema.json").read_text()
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def _no_constants(name: str) -> object:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.parametrize("name", REPORTS)
def test_valid(name: str) -> None:
    document = json.loads(render(REPORTS[name]), parse_constant=_no_constants)
    VALIDATOR.validate(document)


@pytest.mark.parametrize("student", ["", "ada", "\x1b[31m"])
def test_the_report_of_a_class_says_whose_it_is(student: str) -> None:
    document = json.loads(render(msgspec.structs.replace(MISTAKEN, student=student)))
    VALIDATOR.validate(document)
    assert document["student"].startswith(student.replace("\x1b", "\\x1b"))
    assert "student" not in json.loads(render(MISTAKEN))


def test_nothing_may_be_added_or_left_out() -> None:
    document = json.loads(render(MISTAKEN))
    for path in ((), ("tool",), ("findings", 0), ("findings", 0, "location"), ("cases",)):
        for change in ("add", "drop"):
            broken = json.loads(json.dumps(document))
            part = broken
            for key in path:
                part = part[key]
            if change == "add":
                part["more"] = 1
            else:
                del part[next(iter(part))]
            assert not VALIDATOR.is_valid(broken), (path, change)


def test_the_finding() -> None:
    [finding] = json.loads(render(MISTAKEN))["findings"]
    reproduction = finding["counterexample"].pop("reproduce")
    assert finding == {
        "rule": "per-example-params",
        "severity": "error",
        "check": "params",
        "message": "every example has its own copy of the weights",
        "help": 'say that "params" has no batch axis',
        "location": {
            "path": "my_solution.py",
            "line": 9,
            "column": 23,
            "end_line": 9,
            "end_column": 36,
        },
        "evidence": {
            "expected": {"params/kernel": [4, 2], "params/bias": [2]},
            "actual": {"params/kernel": [3, 4, 2], "params/bias": [3, 2]},
        },
        "counterexample": {
            "seed": 0,
            "batch": 2,
            "in_dim": 1,
            "features": 1,
            "expected": '{"params/kernel":[4,2],"params/bias":[2]}',
            "actual": '{"params/kernel":[3,4,2],"params/bias":[3,2]}',
        },
    }
    assert "print(nn_vmap_forward(0, x_batch, 1))" in reproduction


def test_values_without_a_json_form_become_null_or_text() -> None:
    evidence = json.loads(render(NASTY))["findings"][0]["evidence"]
    assert evidence["actual"] == [0.5, 2.5, None, -1.5]
    assert evidence["nested"] == {"\\ud800": [1, 2, None]}
    assert evidence["raw"].count("\\ud800") == 1


@pytest.mark.slow
def test_the_document_is_bounded() -> None:
    huge = msgspec.structs.replace(
        PER_EXAMPLE,
        message="\x01" * 300_000,
        evidence={"list": list(range(100_000)), "text": "\x02" * 300_000},
    )
    loud = report("", *[huge] * 300, output=Output(stdout="\x03" * 10**6, stderr="\u6f22" * 10**6))
    text = render(loud)
    assert len(text.encode()) < MOST_BYTES
    document = json.loads(text)
    VALIDATOR.validate(document)
    assert document["output"]["truncated"]
    assert document["findings"]


@pytest.mark.parametrize(
    ("stem", "container"),
    [
        *(("my_solution", each) for each in Container),
        ("my-solution", Container.JAX),
        ("class", Container.JAX),
    ],
)
def test_reproduce_runs_when_pasted(stem: str, container: Container, tmp_path: Path) -> None:
    (tmp_path / f"{stem}.py").write_text(
        "def nn_vmap_forward(seed, x, features):\n"
        "    return seed, x.shape, str(x.dtype), features\n"
    )
    finding = msgspec.structs.replace(NASTY_FINDINGS[0], case=case(3, 2, 5, container))
    snippet = reproduce(report("", finding, path=f"{stem}.py"), finding)
    assert snippet is not None
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "(0, (3, 2), 'float32', 5)\n"


LINEN = """\
from flax import linen as nn


class Net(nn.Module):
    features: int

    def __call__(self, x):
        return type(self).__name__, x.shape, self.features
"""
NNX = """\
from flax import nnx


class Net(nnx.Module):
    def __init__(self, features, rngs):
        self.features = features

    def __call__(self, x):
        return type(self).__name__, x.shape, self.features
"""


@pytest.mark.slow
@pytest.mark.parametrize(("text", "library"), [(LINEN, Library.LINEN), (NNX, Library.NNX)])
def test_reproduce_makes_an_instance_of_a_class(
    text: str, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(text)
    finding = msgspec.structs.replace(NASTY_FINDINGS[0], case=case(3, 2, 5))
    made = report("", finding, path="mine.py")
    exercise = msgspec.structs.replace(
        made.exercise,
        function="Net",
        flax_class=FlaxClass(library=library, fields=("features",)),
    )
    snippet = reproduce(msgspec.structs.replace(made, exercise=exercise), finding)
    assert snippet is not None
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "('Net', (3, 2), 5)\n"


COUNTING = {
    Library.LINEN: """\
from flax import linen as nn


class Net(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return self.param("scale", nn.initializers.ones, (1,)).tolist()
""",
    Library.NNX: """\
from flax import nnx
import jax.numpy as jnp


class Net(nnx.Module):
    def __init__(self, features, rngs):
        self.scale = nnx.Param(jnp.ones(1))

    def __call__(self, x):
        return self.scale[...].tolist()
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("library", COUNTING)
def test_reproduce_changes_the_weights_as_the_case_does(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(COUNTING[library])
    retrained = msgspec.structs.replace(case(3, 2, 5), retrained=True)
    finding = msgspec.structs.replace(NASTY_FINDINGS[0], case=retrained)
    made = report("", finding, path="mine.py")
    exercise = msgspec.structs.replace(
        made.exercise,
        function="Net",
        flax_class=FlaxClass(library=library, fields=("features",)),
    )
    snippet = reproduce(msgspec.structs.replace(made, exercise=exercise), finding)
    assert snippet is not None
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[2.25]\n"


def test_reproduce_keeps_every_number() -> None:
    numbers = np.array(
        [[0.1, -0.0, 1e-45, 3.4028235e38], [np.nan, np.inf, -np.inf, 16777217.0]], np.float32
    )
    again = eval(_array(numbers), {"np": np})
    assert again.dtype == numbers.dtype
    assert again.tobytes() == numbers.tobytes()
    for other in (np.zeros((0, 3), np.int32), np.full((3, 2), 7, np.int64), np.array(True)):
        again = eval(_array(other), {"np": np})
        assert (again.dtype, again.shape, again.tolist()) == (
            other.dtype,
            other.shape,
            other.tolist(),
        )


@pytest.mark.parametrize("name", RENDERERS)
def test_formats_do_without_rich_and_jax(name: str) -> None:
    code = (
        f"import sys, importlib; importlib.import_module('grader.render.{name}');"
        "print(sorted(sys.modules.keys() & {'rich', 'jax', 'flax', 'hypothesis', 'typer'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_exercise_is_null_when_none_was_recognised() -> None:
    bare = msgspec.structs.replace(MISTAKEN, exercise=None)
    document = json.loads(RENDERERS["json"](bare))
    VALIDATOR.validate(document)
    assert document["exercise"] is None
    assert document["findings"][0]["counterexample"]["reproduce"] is None
    assert EXERCISE.slug not in json.dumps(document["findings"])


def texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield key
                yield from texts_of(item)
        case list():
            for item in value:
                yield from texts_of(item)
        case _:
            pass


@pytest.mark.parametrize("name", ["json", "jsonl", "sarif", "gradescope", "exercism"])
def test_printing_any_text_is_harmless(name: str) -> None:
    """`jq -r` prints the texts themselves, whatever JSON escaped."""
    for text in texts_of(json.loads(RENDERERS[name](NASTY))):
        acting = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert acting <= {"\n", "\t"}
        assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)


def test_control_characters_become_python_escapes() -> None:
    printed = "\x1b[31m\x9b \u202e\u2066\u200b\u2028\x00\r\ttab\r\nend \u00e9\u6f22"
    document = json.loads(RENDERERS["json"](report("x = 1\n", output=Output(stdout=printed))))
    shown = "\\x1b[31m\\x9b \\u202e\\u2066\\u200b\\u2028\\x00\\r\ttab\nend \u00e9\u6f22"
    assert document["output"]["stdout"] == shown
