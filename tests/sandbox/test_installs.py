"""In no kind of install can a submission read an answer: tried by one that looks everywhere."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import msgspec
import pytest
from sandbox_lab import ROOT, needs

LOOKING = ROOT / "tests/hostile/submissions/secret_everywhere.py"
LIBRARY = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
ANSWER = "def nn_vmap_forward(seed, x_batch, features):\n    return 'the answer'\n"

CONFINED = """
import importlib, json, os, sys
from pathlib import Path
from grader.grading.access import Access
from grader.catalogue import exercises
from grader.sandbox.confine import confine

looking, courses = sys.argv[1], [Path(each) for each in sys.argv[2:]]
text = Path(looking).read_text()
known = exercises(courses)
folder = next(each for each in known if not courses or courses[0] in each.folder.parents)
assert folder.solution.is_file()
policy = Access().policy(folder)
import grader
from grader.model import exercise
scope = {"__name__": "looking"}
exec(compile(text, "looking", "exec"), scope)
child = os.fork()
if child == 0:
    rows = confine(policy)
    assert rows[3].name == "landlock-files" and rows[3].active, rows[3]
    for name in ("flax", "scipy", "optax", "jaxlib"):  # what may be imported still is readable
        open(importlib.util.find_spec(name).origin).close()
    import html.parser, sqlite3
else:
    status = os.waitpid(child, 0)[1]
    assert status == 0
read = [str(path) for path, _ in scope["found"]()]
print(json.dumps(read), flush=True)
if child == 0:
    os._exit(0)
"""


class Install:
    """A virtual environment that shares jax with this one, and what stands around it."""

    def __init__(self, root: Path, venv: str = "venv") -> None:
        self.root = root
        self.venv = root / venv
        self.packages = self.venv / LIBRARY
        self.packages.mkdir(parents=True)
        self.environment = {"HOME": str(root), "PATH": os.environ["PATH"]}
        self.courses: list[Path] = []
        interpreter = Path(os.path.realpath(sys.executable))
        (self.venv / "bin").mkdir()
        (self.venv / "bin/python").symlink_to(interpreter)
        (self.venv / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\n")
        shared = self.packages / "shared.pth"
        shared.write_text(sysconfig.get_path("purelib") + "\n")

    def looks(self) -> tuple[list[str], list[str]]:
        """What a submission that looks everywhere can read, confined and unconfined."""
        process = subprocess.run(
            [
                self.venv / "bin/python",
                "-W",
                "ignore",
                "-c",
                CONFINED,
                str(LOOKING),
                *map(str, self.courses),
            ],
            env=self.environment,
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        confined, unconfined = map(msgspec.json.decode, process.stdout.splitlines())
        return confined, unconfined


def program(at: Path) -> None:
    """Put the grader's own package there."""
    shutil.copytree(ROOT / "grader", at / "grader", ignore=shutil.ignore_patterns("__pycache__"))


def answers(at: Path) -> None:
    """Lay out what a course has: solutions, exercises with their mistakes and hints, tests."""
    slug = "nn_vmap_shared"
    exercise = at / "exercises" / slug
    for name in ("mistakes/nn_vmap_shared.py", "accepted/plain.py", "tests/lesson_test.py"):
        (exercise / name).parent.mkdir(parents=True, exist_ok=True)
        (exercise / name).write_text(ANSWER)
    (exercise / "hints.md").write_text("the answer")
    shutil.copy(ROOT / "exercises" / slug / "exercise.py", exercise)
    (at / "solutions").mkdir()
    (at / "solutions" / f"{slug}.py").write_text(ANSWER)
    for folder in (at / "solutions", exercise):
        compiled = folder / "__pycache__" / f"{slug}.{sys.implementation.cache_tag}.pyc"
        compiled.parent.mkdir()
        compiled.write_text("the answer")


def distribution(packages: Path, name: str) -> None:
    """Say of what lies in the folder that a distribution installed it."""
    metadata = packages / f"{name}-1.0.dist-info"
    metadata.mkdir()
    files = [path.relative_to(packages) for path in packages.rglob("*") if path.is_file()]
    (metadata / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    (metadata / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")


def wheel(root: Path, venv: str = "venv") -> Install:
    install = Install(root, venv)
    program(install.packages)
    answers(install.packages / "grader/_shipped")
    distribution(install.packages, "jax_exercise_grader")
    return install


def editable(root: Path) -> Install:
    install = Install(root)
    checkout = root / "checkout"
    checkout.mkdir()
    program(checkout)
    answers(checkout)
    (install.packages / "_grader.pth").write_text(f"{checkout}\n")
    distribution(install.packages, "jax_exercise_grader")
    metadata = install.packages / "jax_exercise_grader-1.0.dist-info"
    (metadata / "entry_points.txt").write_text("[console_scripts]\ngrade = grader.cli:main\n")
    (metadata / "hints.md").write_text("the README, which the metadata hold, says an answer")
    return install


def editable_with_a_copy(root: Path) -> Install:
    install = editable(root)
    answers(install.packages / "grader/_shipped")
    shutil.rmtree(install.packages / "jax_exercise_grader-1.0.dist-info")
    distribution(install.packages, "jax_exercise_grader")
    return install


def venv_in_the_checkout(root: Path) -> Install:
    """As `make grade` makes it."""
    install = Install(root, "checkout/.venv")
    program(root / "checkout")
    answers(root / "checkout")
    (install.packages / "_grader.pth").write_text(f"{root / 'checkout'}\n")
    return install


def pipx(root: Path) -> Install:
    return wheel(root, ".local/share/pipx/venvs/jax-exercise-grader")


def uv_tool(root: Path) -> Install:
    return wheel(root, ".local/share/uv/tools/jax-exercise-grader")


def course_in_the_checkout(root: Path) -> Install:
    install = editable(root)
    install.courses = [root / "checkout/courses/secret_course"]
    answers(install.courses[0])
    return install


def course_on_the_path(root: Path) -> Install:
    install = wheel(root)
    install.courses = [root / "teaching/secret_course"]
    answers(install.courses[0])
    path = os.pathsep.join((str(root / "teaching"), str(install.courses[0])))
    install.environment["PYTHONPATH"] = path
    return install


def course_among_the_packages(root: Path) -> Install:
    install = wheel(root)
    install.courses = [install.packages / "secret_course"]
    answers(install.courses[0])
    (install.courses[0] / "__init__.py").touch()
    return install


def course_that_is_a_distribution(root: Path) -> Install:
    """Its folders lie at the top, so that `import solutions` finds them."""
    install = Install(root)
    answers(install.packages)
    distribution(install.packages, "secret_course")
    program(install.packages)
    answers(install.packages / "grader/_shipped")
    install.courses = [install.packages]
    return install


def two_installs(root: Path) -> Install:
    """Another wheel, and a course that is installed as well as graded from its own folder."""
    install = editable(root)
    other = root / "other/site-packages"
    program(other)
    answers(other / "grader/_shipped")
    answers(other / "secret_course")
    distribution(other, "both")
    (install.packages / "other.pth").write_text(f"{other}\n")
    return install


def loose_copies(root: Path) -> Install:
    """A solution that somebody copied among the packages, and its compiled form."""
    install = wheel(root)
    (install.packages / "nn_vmap_shared.py").write_text(ANSWER)
    compiled = f"__pycache__/nn_vmap_shared.{sys.implementation.cache_tag}.pyc"
    (install.packages / "__pycache__").mkdir()
    (install.packages / compiled).write_text("the answer")
    return install


KINDS = (
    wheel,
    editable_with_a_copy,
    course_on_the_path,
    *(
        pytest.param(kind, marks=pytest.mark.slow)
        for kind in (
            editable,
            venv_in_the_checkout,
            pipx,  # a wheel in another folder, as the next one
            uv_tool,
            course_in_the_checkout,
            course_among_the_packages,
            course_that_is_a_distribution,
            two_installs,
            loose_copies,
        )
    ),
)


@needs("landlock-files")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_answer_is_readable(kind, tmp_path: Path) -> None:
    install = kind(Path(os.path.realpath(tmp_path)))
    confined, unconfined = install.looks()
    assert confined == []
    assert len(unconfined) > 3, "it doesn't look where they lie"
