"""The borders between the parts: who may import what, and what answers without jax."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"

NOUNS = ("exercise", "submission", "case", "observation", "finding", "report", "transcript")
HEAVY = ("jax", "flax", "hypothesis", "typer", "rich")


def imported(path: Path) -> set[str]:
    """Top-level names of the packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def files(*places: str) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = PACKAGE / place
        found += [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("noun", NOUNS)
def test_nouns_need_only_the_standard_library_numpy_and_msgspec(noun: str) -> None:
    allowed = sys.stdlib_module_names | {"numpy", "msgspec", "grader"}
    assert packages(PACKAGE / f"{noun}.py") <= allowed


def test_only_the_workers_folder_imports_jax() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "worker" not in path.relative_to(PACKAGE).parts[:1]:
            assert not packages(path) & {"jax", "flax", "jaxlib"}, path


def test_the_judge_is_pure() -> None:
    for path in files("judge.py", "compare.py", "rules", "evidence", "source.py"):
        forbidden = {*HEAVY, "os", "time", "random", "subprocess", "socket", "threading", "io"}
        assert not packages(path) & forbidden, path


def test_only_the_search_knows_hypothesis() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] != "search":
            assert "hypothesis" not in packages(path), path


def test_only_commands_know_typer() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] != "cli":
            assert "typer" not in packages(path), path


def test_only_renderers_and_commands_know_rich() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in {"cli", "render"}:
            assert "rich" not in packages(path), path


def test_nothing_unpickles() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        assert not packages(path) & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}, path


def test_nothing_knows_an_exercise() -> None:
    exercises = [each for each in (ROOT / "exercises").iterdir() if each.is_dir()]
    words = {word for each in exercises for word in (each.name, each.name.replace("_", "-"))}
    words |= {"nn_vmap_forward", "x_batch"}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".json", ".md"} and "_shipped" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], path


BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"jax", "jaxlib", "flax"}:
            raise AssertionError(f"imports {name}")

sys.meta_path.insert(0, Blocked())
from grader.process import launch
launch.launch = lambda: (_ for _ in ()).throw(AssertionError("starts the nursery"))
from grader.cli import main
sys.argv = ["grade", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["list"], 0),
        (["explain"], 0),
        (["explain", "per-example-params"], 0),
        (["no_such_file.py"], 2),
        (["broken.py"], 1),
        (["--report", "json", "broken.py"], 1),
    ],
)
def test_answers_without_jax(arguments: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def nn_vmap_forward(seed, x_batch, features)\n    pass\n")
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "GRADER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr if code == 0 else "") == (code, ""), done.stderr
    assert "Traceback" not in done.stderr
