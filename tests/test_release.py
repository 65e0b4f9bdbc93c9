"""What is released: the workflow's rights, the same version everywhere, and where caches apply."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def step(name: str) -> dict[str, object]:
    (found,) = [each for each in ACTION["runs"]["steps"] if each.get("name") == name]
    return found


def test_only_publishing_may_do_more_than_read() -> None:
    assert WORKFLOW["permissions"] == {}
    rights = {name: job.get("permissions") for name, job in WORKFLOW["jobs"].items()}
    assert rights.pop("publish") == {"id-token": "write"}
    assert all(right == {"contents": "read"} for right in rights.values())


def test_publishing_needs_a_tag_and_wheels_that_work_and_no_secret() -> None:
    publish = WORKFLOW["jobs"]["publish"]
    assert set(publish["needs"]) == {"build", "wheel"}
    assert "github.ref_type == 'tag'" in publish["if"]
    assert publish["environment"]["name"] == "pypi"
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")


def test_wheels_are_tried_on_every_system_with_the_oldest_python() -> None:
    matrix = WORKFLOW["jobs"]["wheel"]["strategy"]["matrix"]
    assert {each.split("-")[0] for each in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"


def test_the_citation_has_the_projects_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()


def test_the_container_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    user = [line for line in lines if line.startswith("USER ")]
    assert len(user) == 1
    assert re.fullmatch(r"USER [1-9]\d+:[1-9]\d+", user[0])
    assert lines.index(user[0]) < lines.index('ENTRYPOINT ["grade"]')


def test_compiled_programs_are_kept_only_where_no_submission_can_write_them() -> None:
    cached = step("Cache compiled programs")
    assert cached["if"] == "${{ inputs.require-sandbox == 'true' }}"
    folder = step("Grade")["env"]["GRADER_CACHE_DIR"]
    assert cached["with"]["path"] == folder
    assert "steps.compiled.outputs.key" in cached["with"]["key"]


@pytest.mark.skipif(os.name == "nt", reason="the snippet is for bash")
def test_the_key_of_compiled_programs_depends_on_what_is_graded(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    # A submission that is called like a module of the standard library must not be imported.
    (tmp_path / "hashlib.py").write_text("raise SystemExit(9)")
    script = str(step("Find out for what programs are compiled")["run"])

    def key(files: str) -> str:
        output = tmp_path / "output"
        output.unlink(missing_ok=True)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        variables = {"FILES": files, "EXERCISE": "", "GITHUB_OUTPUT": str(output), "PATH": path}
        subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            check=True,
        )
        return output.read_text()

    first = key("a.py")
    assert re.fullmatch(r"key=[0-9a-f]{20}\n", first)
    assert key("a.py") == first
    assert key("b.py") != first
