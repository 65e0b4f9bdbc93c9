"""What the sandbox's tests share: a forker to send acts to, a place to try them in."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sandbox_forker import Answer, Request

import grader.sandbox
from grader.sandbox.confine import available
from grader.sandbox.paths import python_paths
from grader.sandbox.policy import Policy

ROOT = Path(grader.sandbox.__file__).parents[2]
DECODER: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


class Forker:
    """Has acts of `hostile_acts` tried in a child that the named layers hold."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(Path(__file__).with_name("sandbox_forker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
        )

    def tries(
        self, act: str, *arguments: str | int, layers: str = "all", policy: Policy | None = None
    ) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = Request(act=act, arguments=arguments, layers=layers, policy=policy or self.policy)
        self._process.stdin.write(msgspec.json.encode(request) + b"\n")
        self._process.stdin.flush()
        return DECODER.decode(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


class Place:
    """A learner's folder with a submission and a neighbour, and a scratch folder elsewhere."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "learner"
        self.scratch = root / "scratch"
        self.folder.mkdir()
        self.scratch.mkdir()
        self.submission = self.folder / "submission.py"
        self.neighbour = self.folder / "neighbour.py"
        self.submission.write_text("the submission\n")
        self.neighbour.write_text("somebody else's\n")

    def policy(self) -> Policy:
        return Policy(
            readable=(*python_paths(), str(self.submission)),
            writable=(str(self.scratch),),
            memory_bytes=2**30,
            cpu_seconds=20,
            file_bytes=2**20,
            open_files=64,
        )


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip, with the reason, where a protection cannot be had."""
    missing = [row for row in available() if row.name in names and not row.active]
    reason = "; ".join(f"{row.name}: {row.detail}" for row in missing)
    return pytest.mark.skipif(bool(missing), reason=reason)
