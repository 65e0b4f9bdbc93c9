"""The command as CI and a teacher run it: on files that are none, and on hostile ones at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
from hostile_world import ROOT, SECRET, World, descendants

from grader.process.launch import can_fork

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes and links like these")

Command = Callable[..., "subprocess.CompletedProcess[str]"]
SOLUTION = ROOT / "solutions" / "nn_vmap_shared.py"
TOGETHER = (
    "exit_zero",
    "channel_load_forged",
    "print_verdict",
    "secret_solution",
    "right_but_loud",
)
VERDICTS = ["failed", "failed", "failed", "failed", "passed"]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A learner's folder, beside a file with a secret."""
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(f"{SECRET} = \n")
    return folder


@pytest.fixture
def grade(work: Path) -> Command:
    def command(
        *arguments: str, program: tuple[str, ...] = ("-m", "grader"), **changes: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *program, *arguments, "--no-progress", "--cases=12"],
            cwd=work,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"} | changes,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return command


def odd_files(folder: Path) -> Iterator[str]:
    """Make what is no ordinary file in a folder, each under the name that is yielded."""
    os.mkfifo(folder / "pipe.py")
    (folder / "folder.py").mkdir()
    (folder / "device.py").symlink_to("/dev/zero")
    (folder / "away.py").symlink_to(folder.parent / "secret.txt")
    (folder / "gone.py").symlink_to(folder / "nowhere")
    (folder / "itself.py").symlink_to(folder / "itself.py")
    (folder / "outside.py").symlink_to(SOLUTION)
    yield from ("pipe.py", "folder.py", "device.py", "away.py", "gone.py", "itself.py")
    yield "outside.py"


def test_other_peoples_files_are_a_wrong_command(grade: Command, work: Path) -> None:
    for name in odd_files(work):
        done = grade(name)
        assert done.returncode == 2, name
        assert done.stdout == ""
        assert name in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert SECRET not in done.stderr


def test_in_a_folder_it_fails_by_itself(grade: Command, work: Path) -> None:
    names = {*odd_files(work)} - {"folder.py"}
    with (work / "sparse.py").open("wb") as file:
        file.truncate(1 << 40)
    (work / "bytes.py").write_bytes(b"\xff\xfe\0")
    (work / "deep.py").write_text("(" * 60_000)
    done = grade(".", "--report", "json")
    assert done.returncode == 1, done.stderr
    assert SECRET not in done.stdout + done.stderr
    found = {each["submission"]["path"]: each["verdict"] for each in json.loads(done.stdout)}
    assert found == dict.fromkeys({*names, "sparse.py", "bytes.py", "deep.py"}, "ungradable")


def test_a_link_within_the_folder_is_followed(grade: Command, work: Path) -> None:
    (work / "right.py").write_text("x = 1\n")
    (work / "link.py").symlink_to("right.py")
    done = grade("link.py", "-q")
    assert done.returncode == 1
    assert "missing-function" in done.stdout


def test_a_folder_of_hostile_files(
    grade: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "world", Path(os.environ["GRADER_CACHE_DIR"]))
    monkeypatch.setenv("HOSTILE_SECRET", SECRET)
    paths = [str(world.place(name)) for name in TOGETHER]
    files, before = world.files(), descendants(os.getpid())
    done = grade(
        *paths, "--report", "json", "--timeout", "5", "--jobs", "2", TMPDIR=str(world.scratch)
    )
    world.close()
    assert done.returncode == 1, done.stderr
    reports = json.loads(done.stdout)
    schema = json.loads((ROOT / "grader" / "render" / "schema.json").read_text(encoding="utf-8"))
    for report in reports:
        jsonschema.Draft202012Validator(schema).validate(report)
    assert [report["verdict"] for report in reports] == VERDICTS
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert world.files() == files
    assert descendants(os.getpid()) <= before
    assert list(world.scratch.iterdir()) == []


WITHOUT = """
import sys
from grader.sandbox import {layer}
{layer}.{function} = {answer}
from grader.worker.__main__ import main
main()
"""
COMMAND = """
from pathlib import Path
from grader.process import launch, worker
launch.WORKER = worker.WORKER = Path(__file__).with_name("worker.py")
from grader.cli import main
main()
"""
MISSING = {
    "landlock": ("restrict", 'lambda policy: landlock._missing("switched off")'),
    "seccomp": ("restrict", 'lambda **_: seccomp._inactive(LookupError("switched off"))'),
}


@pytest.mark.skipif(not can_fork(), reason="strangers are graded on Linux")
@pytest.mark.parametrize(
    ("layer", "required"),
    [
        ("landlock", True),
        pytest.param("landlock", False, marks=pytest.mark.slow),
        pytest.param("seccomp", True, marks=pytest.mark.slow),
        ("seccomp", False),
    ],
)
def test_a_missing_protection(grade: Command, work: Path, layer: str, *, required: bool) -> None:
    """The worker runs on a system that lacks a layer: that is said, or refused with exit code 3."""
    function, answer = MISSING[layer]
    lacking = WITHOUT.format(layer=layer, function=function, answer=answer)
    (work / "worker.py").write_text(lacking)
    (work / "right.py").write_text(SOLUTION.read_text())
    (work / "command.py").write_text(COMMAND)
    option = ["--require-sandbox"] if required else []
    done = grade("right.py", "--report", "json", *option, program=("command.py",))
    report = json.loads(done.stdout)
    if required:
        assert done.returncode == 3, done.stderr
        assert report["verdict"] == "error"
        assert "--require-sandbox" in report["summary"]
        assert layer in report["summary"]
        assert "switched off" in report["summary"]
    else:
        assert done.returncode == 0, done.stderr
        assert report["verdict"] == "passed"
        active = report["environment"]["protections"]
        assert not [each for each in active if each.startswith(layer)]
        assert "rlimits" in active
