"""What the machine lacks is named, with exit code 3, and isn't blamed on a right program."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.errors import NurseryBroken
from grader.grading import machine
from grader.process.worker import Spawner
from grader.sandbox import scratch
from grader.sandbox.limits import Limits

ROOT = Path(__file__).parents[1]
GRADE = (sys.executable, "-c", "from grader.cli import main; main()")
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux counts them")


def grade(
    folder: Path, *, limit: str = "true", text: str | None = None, **environment: str
) -> tuple[int, str]:
    """Grade a program, by default a right one, under a limit that a shell sets."""
    program = folder / "program.py"
    right = (ROOT / "solutions/nn_vmap_shared.py").read_text(encoding="utf-8")
    program.write_text(right if text is None else text, encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", "-c", f'{limit}; exec "$@"', "sh", *GRADE, str(program), "--cases", "4"],
        env=os.environ | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, " ".join(f"{done.stdout} {done.stderr}".split())


@linux
def test_too_little_address_space_is_named(tmp_path: Path) -> None:
    code, said = grade(tmp_path, limit="ulimit -v 400000")
    assert code == 3
    assert "this shell allows 390 MB of address space (ulimit -v)" in said
    assert "native code" not in said


@linux
@pytest.mark.parametrize(
    ("limit", "named"), [("ulimit -v 100000", "ulimit -v"), ("ulimit -n 8", "ulimit -n")]
)
def test_too_little_memory_to_start_is_named(tmp_path: Path, limit: str, named: str) -> None:
    code, said = grade(tmp_path, limit=limit)
    assert code == 3
    assert f"({named}): set {named}" in said


@linux
def test_few_descriptors_suffice_unless_the_program_takes_them_all(tmp_path: Path) -> None:
    taking = "taken = [open('/dev/null') for _ in range(1000)]\n"
    taking += "def nn_vmap_forward(seed, x_batch, features): ...\n"
    code, said = grade(tmp_path, limit="ulimit -n 24", text=taking)
    assert code == 1
    assert "ulimit" not in said


@pytest.mark.parametrize(
    "name",
    [
        "jax.py",
        "random.py",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ("typing.py", "numpy.py", "flax/x.py")
        ),
    ],
)
def test_a_learners_module_does_not_replace_a_real_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("raise RuntimeError('the learner wrote this')\n")
    (tmp_path / name).with_name("__init__.py").write_text("")
    text = "import jax, random, typing, numpy, flax.linen\n"
    text += "print('imported', jax.__version__, random.random(), flax.linen.Dense)\n"
    path = f"{ROOT}{os.pathsep}."
    code, said = grade(tmp_path, text=text, PYTHONPATH=path)
    assert code == 1
    assert "missing-function" in said or "nn_vmap_forward" in said
    assert "RuntimeError" not in said


def test_a_zip_says_that_it_is_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "grade.pyz", "w") as packed:
        packed.writestr("__main__.py", "from grader.cli import main; main()")
        for path in (ROOT / "grader").rglob("*.py"):
            packed.write(path, path.relative_to(ROOT))
    done = subprocess.run(
        [sys.executable, tmp_path / "grade.pyz", "list"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("grade: the grader can't run from a zip file")
    assert done.stderr.count("\n") == 1


def test_no_temporary_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: str) -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(scratch.tempfile, "mkdtemp", refuse)
    maker = Spawner()
    with pytest.raises(NurseryBroken, match="set TMPDIR to a folder that you can write to"):
        maker.make(Limits())
    maker.close()


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        machine.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 3 << 20})
    )
    assert any("has 3 MB left" in each for each in machine.lacks())
    assert machine.explained("it failed").endswith("(without that, it failed)")
