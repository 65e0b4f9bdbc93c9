"""The borders between the parts: who may import what, and what answers without jax."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"

FLOORS = (
    {"__main__"},
    {"cli"},
    {"editor"},
    {"gradebook"},
    {"authoring", "notebook"},
    {"hints"},
    {"grading"},
    {"progress", "render"},
    {"proof", "search"},
    {"judge"},
    {"rules", "checks"},
    {"evidence"},
    {"process", "worker"},
    {"compare", "labels", "wire"},
    {"beside"},
    {"catalogue", "sandbox", "cache", "database", "suggestion", "exercise", "folder", "website"},
    {"model"},
    {"errors"},
)
"""The parts of the package, from the top down: each imports from floors below its own only."""
HEAVY = ("jax", "flax", "hypothesis", "typer", "rich")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Top-level names of the packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return frozenset(found)


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def files(*places: str) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = PACKAGE / place
        found += [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    assert found
    return found


def part_of(path: Path) -> str:
    """The folder, or the file at the root, that a file of the package is in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported_modules(path: Path, *, when_loaded: bool = False) -> frozenset[str]:
    """The grader's own modules that a file imports: anywhere in it, or as soon as it is loaded."""
    tree = tree_of(path)
    found: set[str] = set()
    for node in tree.body if when_loaded else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "grader":
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {each if each in MODULES else str(node.module) for each in names}
    return frozenset(found)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "_shipped" not in path.parts]
MODULES = {module_of(path): path for path in FILES}


def arrows() -> Counter[tuple[str, str]]:
    """How often each part imports from each other one. `__init__` only names what is public."""
    found: Counter[tuple[str, str]] = Counter()
    for path in FILES:
        for name in imported_modules(path):
            target = name.split(".")[1] if "." in name else "__init__"
            if part_of(path) not in {target, "__init__"}:
                found[part_of(path), target] += 1
    return found


def test_imports_go_down() -> None:
    floor = {part: number for number, parts in enumerate(FLOORS) for part in parts}
    found = arrows()
    print(*(f"{one} -> {other}: {times}" for (one, other), times in found.items()), sep="\n")
    assert set(floor) == {part_of(path) for path in FILES} - {"__init__"}
    assert [pair for pair in found if floor[pair[0]] >= floor[pair[1]]] == []


def test_no_import_runs_in_a_circle() -> None:
    waiting = {name: imported_modules(path, when_loaded=True) for name, path in MODULES.items()}
    waiting = {name: wanted & set(MODULES) - {name} for name, wanted in waiting.items()}
    while free := {name for name, wanted in waiting.items() if not wanted}:
        waiting = {name: wanted - free for name, wanted in waiting.items() if name not in free}
    assert waiting == {}


def test_the_model_imports_only_numpy_and_msgspec() -> None:
    allowed = sys.stdlib_module_names | {"numpy", "msgspec", "grader"}
    for path in files("model"):
        assert packages(path) <= allowed, path
        lower = ("grader.model", "grader.errors")
        assert all(name.startswith(lower) for name in imported_modules(path)), path


def test_only_the_workers_folder_imports_jax() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "worker" not in path.relative_to(PACKAGE).parts[:1]:
            assert not packages(path) & {"jax", "flax", "jaxlib"}, path


def test_the_judge_is_pure() -> None:
    for path in files("judge.py", "checks.py", "compare.py", "rules", "evidence"):
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


def test_only_the_class_pages_plots_know_pygal() -> None:
    plots = PACKAGE / "gradebook" / "outcome" / "page" / "plots.py"
    assert [path for path in sorted(PACKAGE.rglob("*.py")) if "pygal" in packages(path)] == [plots]


def test_only_the_clusters_folder_imports_dask_and_only_when_it_is_used() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        used = packages(path) & {"dask", "distributed"}
        assert not used or path.parent == PACKAGE / "gradebook" / "cluster", path
    code = "import sys, grader.gradebook.cluster.grading; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


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
        (["next"], 0),
        (["reset", "nn-vmap-shared", "broken.py", "--yes"], 0),
        (["progress", "export", "-"], 0),
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


def test_threads_of_the_grader_parse_one_after_the_other() -> None:
    """Otherwise CPython 3.11 now and then raises a `SystemError` (`grader/model/parsing.py`)."""
    alone = {PACKAGE / "model" / "parsing.py", PACKAGE / "cli" / "early.py"}
    found = {
        path
        for path in PACKAGE.rglob("*.py")
        if path not in alone and path.relative_to(PACKAGE).parts[0] != "worker"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "ast.parse"
    }
    assert not found
