"""`--diff`, `--fix` and `--no-repair`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_course import Grade

WRONG = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": 0}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""
MENDED = WRONG.replace('{"params": 0}', '{"params": None}')
UNKNOWN = WRONG.replace(
    "seed, x_batch, features):", "seed, x_batch, features):\n    raise ValueError"
)
FEW = "--cases=12"


@pytest.fixture
def file(here: Path) -> Path:
    found = here / "mine.py"
    found.write_text(WRONG, encoding="utf-8")
    return found


def test_report_diff_and_document_have_the_change(grade: Grade, file: Path, here: Path) -> None:
    ran = grade("mine.py", FEW, "--diff", "--report", "json=mine.json")
    assert ran.code == 1
    assert "per-example-params" in ran.err
    assert "checked: with this change your program passes" in ran.err
    assert "None" not in ran.err.partition("checked:")[2], "only the diff shows the change itself"
    _check_document((here / "mine.json").read_text(encoding="utf-8"))
    (here / "mine.diff").write_text(ran.out, encoding="utf-8")
    subprocess.run(["git", "apply", "-p0", "mine.diff"], cwd=here, check=True)
    assert file.read_text(encoding="utf-8") == MENDED


def _check_document(text: str) -> None:
    repair = json.loads(text)["repair"]
    assert repair["status"] == "passes"
    (edit,) = repair["edits"]
    assert edit["text"] == "None"
    place = edit["location"]
    assert (place["line"], place["end_line"]) == (6, 6)
    line = WRONG.splitlines()[5]
    assert line[place["column"] - 1 : place["end_column"] - 1] == "0"


@pytest.mark.slow
def test_no_repair_does_not_mention_repairs(grade: Grade, file: Path) -> None:
    ran = grade(str(file), FEW, "--no-repair", "--report", "json")
    assert json.loads(ran.out)["repair"] == {"status": "none", "edits": []}


@pytest.mark.slow
def test_the_diff_of_a_file_without_a_last_line_end(grade: Grade, file: Path) -> None:
    file.write_text(WRONG.rstrip("\n"), encoding="utf-8")
    assert grade(str(file), FEW, "--diff").out.endswith("\\ No newline at end of file\n")


@pytest.mark.parametrize(
    ("write", "end"),
    [
        (lambda t: t, ""),
        pytest.param(lambda t: t.replace("\n", "\r\n"), "CRLF", marks=pytest.mark.slow),
        pytest.param(lambda t: "\ufeff" + t, "BOM", marks=pytest.mark.slow),
    ],
)
def test_fix_changes_the_file_and_nothing_else_in_it(
    grade: Grade, file: Path, write: Callable[[str], str], end: str
) -> None:
    file.write_bytes(write(WRONG).encode())
    ran = grade(str(file), FEW, "--fix")
    assert ran.code == 1, end
    assert "is fixed, and passes now" in ran.err
    assert file.read_bytes() == write(MENDED).encode()
    assert "it is in the file now" in ran.out
    assert "grade --diff" not in ran.out


@pytest.mark.slow
def test_a_read_only_file_stays_as_it_is(grade: Grade, file: Path) -> None:
    file.chmod(0o444)
    ran = grade(str(file), FEW, "--fix")
    assert (ran.code, file.read_text(encoding="utf-8")) == (3, WRONG)
    assert "is unchanged: it is read-only" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "how"),
    [
        (WRONG.replace("\n", "\r\n", 3), "in different ways"),
        (WRONG.replace("\n", "\r", 3), "in different ways"),
        (WRONG.replace("\n", "\r"), "as on old Macs"),
    ],
)
def test_lines_that_end_in_odd_ways_stay_as_they_are(
    grade: Grade, file: Path, text: str, how: str
) -> None:
    file.write_bytes(text.encode())
    ran = grade(str(file), FEW, "--fix")
    assert (ran.code, file.read_bytes()) == (3, text.encode())
    assert f"is unchanged: its lines end {how}" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_an_unknown_fix_is_reported(grade: Grade, file: Path, option: str) -> None:
    file.write_text(UNKNOWN, encoding="utf-8")
    ran = grade(str(file), FEW, option)
    assert "no change is known that makes it pass" in ran.err
    assert "+++" not in ran.out
    assert file.read_text(encoding="utf-8") == UNKNOWN


@pytest.mark.slow
def test_a_right_program_needs_no_change(grade: Grade, file: Path) -> None:
    file.write_text(MENDED, encoding="utf-8")
    ran = grade(str(file), FEW, "--diff")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fix", "--no-repair"), "exclude each other"),
        (("--diff", "--report", "json"), "--diff takes stdout"),
    ],
)
def test_options_that_exclude_each_other(
    grade: Grade, file: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = grade(str(file), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_fix_never_runs_on_ci(grade: Grade, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    ran = grade(str(file), "--fix")
    assert (ran.code, ran.out) == (2, "")
    assert file.read_text(encoding="utf-8") == WRONG


def test_standard_input_is_not_fixed(grade: Grade) -> None:
    assert grade("-", "--fix").code == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plain", "odd"),
    [
        ("\n", "\r\n"),
        ("    ", "\t"),
        ("BatchDense(features)", "BatchDense(features)  # \u26a0\ufe0f one\u00a0layer"),
    ],
)
def test_the_diff_of_an_odd_file_can_be_applied(
    grade: Grade, file: Path, here: Path, plain: str, odd: str
) -> None:
    assert plain in WRONG
    file.write_bytes(WRONG.replace(plain, odd).encode())
    ran = grade("mine.py", FEW, "--diff")
    (here / "mine.diff").write_bytes(ran.out.encode())
    subprocess.run(["git", "apply", "-p0", "mine.diff"], cwd=here, check=True)
    assert file.read_bytes() == MENDED.replace(plain, odd).encode()
