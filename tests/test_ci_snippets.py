"""The shell snippets that the README and the action run in CI systems."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
RIGHT = ROOT / "solutions" / "nn_vmap_shared.py"
WRONG = ROOT / "exercises" / "nn_vmap_shared" / "mistakes" / "one_copy_per_example.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here"),
]


def block(first_line: str) -> str:
    """The README's code block with this line near its top."""
    blocks = re.findall(r"^```\w+\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    (found,) = [each for each in blocks if first_line in "".join(each.splitlines()[:2])]
    return found


@pytest.fixture
def shell(tmp_path: Path):
    """Run a script with bash in a folder with a right and a wrong submission."""
    commands = tmp_path / "bin"
    commands.mkdir()
    command = commands / "grade"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m grader "$@"\n')
    command.chmod(0o755)
    work = tmp_path / "work"
    (work / "submissions").mkdir(parents=True)
    shutil.copy(RIGHT, work / "submissions" / "right.py")
    shutil.copy(WRONG, work / "submissions" / "wrong.py")

    def run(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=work,
            env={
                **os.environ,
                "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    run.work = work
    return run


def test_gitlab(shell) -> None:
    job = yaml.safe_load(block("# .gitlab-ci.yml"))["grade"]
    install, grade = job["script"]
    assert install.startswith("pip install ")
    done = shell(grade)
    assert done.returncode == 1, done.stderr
    report = ET.parse(shell.work / job["artifacts"]["reports"]["junit"])
    assert len(report.findall(".//failure")) == 1


def test_gradescope(shell, tmp_path: Path) -> None:
    autograder = tmp_path / "autograder"
    (autograder / "results").mkdir(parents=True)
    (autograder / "submission").mkdir()
    shutil.copy(WRONG, autograder / "submission" / "solution.py")
    script = block("#!/usr/bin/env bash").replace("/autograder", str(autograder))
    assert str(autograder) in script
    done = shell(script)
    assert done.returncode == 0, done.stderr
    result = json.loads((autograder / "results" / "results.json").read_text())
    assert any("params" in each["name"] for each in result["tests"])


def test_pre_commit(shell) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = yaml.safe_load(block("# .pre-commit-config.yaml"))["repos"]
    assert [each["id"] for each in used["hooks"]] == [hook["id"]]
    done = shell(f"{hook['entry']} submissions/right.py submissions/wrong.py")
    assert done.returncode == 1
    assert "wrong.py" in done.stdout
    assert shell(f"{hook['entry']} submissions/right.py").returncode == 0


@pytest.mark.parametrize(("files", "code"), [("submissions", 1), ("submissions/right.py", 0)])
def test_action(shell, tmp_path: Path, files: str, code: int) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "grade"]
    output, summary = tmp_path / "output", tmp_path / "summary"
    done = shell(
        step["run"],
        FILES=files,
        EXERCISE="nn-vmap-shared",
        REQUIRE_SANDBOX="false",
        OPTIONS="--cases 20",
        REPORTS=str(tmp_path / "reports"),
        GITHUB_ACTIONS="true",
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_WORKSPACE=str(shell.work),
    )
    assert done.returncode == code, done.stderr
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert outputs["passed"] == ("false" if code else "true")
    assert Path(outputs["report"]).is_file()
    sarif = json.loads((tmp_path / "reports" / "report.sarif").read_text())
    assert len(sarif["runs"][0]["results"]) == code
    assert done.stdout.count("::error ") == code
    assert "nn-vmap-shared" in summary.read_text()


def test_inputs_are_not_part_of_the_actions_scripts() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert not [each for each in action["runs"]["steps"] if "${{" in each.get("run", "")]
