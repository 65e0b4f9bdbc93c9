"""Times each way to run a file, side by side in each round, and prints medians as ratios."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import pexpect
from rich.console import Console
from rich.table import Table

from tests.bench.edited import Edited
from tests.bench.memory import Peak

ROOT = Path(__file__).resolve().parents[2]
SLUG = "nn-vmap-shared"
EXERCISE = ROOT / "exercises" / SLUG.replace("-", "_")
RIGHT = ROOT / "solutions" / "nn_vmap_shared.py"
WRONG = EXERCISE / "mistakes" / "one_copy_per_example.py"
ANOTHER = EXERCISE / "mistakes" / "key_folded_in.py"
UNTRACEABLE = EXERCISE / "accepted" / "results_memoised.py"

RUN_ONCE = """
import runpy, sys
import numpy as np
function = runpy.run_path(sys.argv[1])["nn_vmap_forward"]
print(np.asarray(function(0, np.ones((3, 4), np.float32), 2)))
"""

PLAIN_TEST = """
import runpy
import numpy as np
from hypothesis import given, settings, strategies as st

reference = runpy.run_path({reference!r})["nn_vmap_forward"]
submission = runpy.run_path({submission!r})["nn_vmap_forward"]

@settings(max_examples=100, deadline=None, database=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 12), st.integers(1, 8), st.integers(1, 8))
def test_submission(seed, batch, in_dim, features):
    x = np.random.default_rng(seed).normal(size=(batch, in_dim)).astype(np.float32)
    expected = reference(seed, x, features)
    actual = submission(seed, x, features)
    assert actual.shape == (batch * features,)
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)
"""


SAVES = {
    "save": ("watch: from a save to its report, right", RIGHT, ("8 of 8 checks",)),
    "save wrong": ("watch: from a save to its report, wrong", WRONG, ("7 of 8 checks",)),
    "save checked": ("watch: from a save to what mends it", ANOTHER, ("a derived key", "checked:")),
}


EDITS = {
    "edit": ("editor: from a save to its diagnostics, right", RIGHT, False),
    "edit wrong": ("editor: from a save to its diagnostics, wrong", WRONG, True),
}


class Watched:
    """A file that `grade watch` looks at in a pseudo-terminal. It is wrong at first."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._file = folder / "watched.py"
        self._file.write_bytes(WRONG.read_bytes())
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "grader", "watch", "--no-progress", str(self._file)],
            dimensions=(40, 100),
            env={**environment, "TERM": "xterm"},
            encoding="utf-8",
            timeout=120,
        )
        self._wait(SAVES["save wrong"][2])

    @property
    def pid(self) -> int:
        """The process of the command."""
        pid: int = self._child.pid
        return pid

    def seconds(self, program: Path, said: tuple[str, ...]) -> float:
        """Save a program and return the seconds until the terminal says all this, in order."""
        # No more than anybody needs to read the report and to write something.
        self._child.expect(pexpect.TIMEOUT, timeout=3)
        self._child.buffer = ""  # what was drawn meanwhile
        began = time.perf_counter()
        self._file.write_bytes(program.read_bytes())
        self._wait(said)
        return time.perf_counter() - began

    def _wait(self, said: tuple[str, ...]) -> None:
        for each in said:
            self._child.expect_exact(each)

    def close(self) -> None:
        self._child.close(force=True)


CLASS = 50
"""How many submissions are graded in one call, and in as many."""
ONCE_ONLY = frozenset({"pytest", "together", "apart"})
"""What takes so long that one round has to do."""
_SLOW = re.compile(r"# expect(-file)?: .*(timed-out|out-of-memory|crashed)")


def class_of(folder: Path) -> list[Path]:
    """Copy labelled submissions, right and wrong ones, into a folder as a teacher has them.

    One more labelled file exchanges at most one of them, so that figures stay comparable.
    """
    folder.mkdir()
    found = [*EXERCISE.glob("mistakes/*.py"), *EXERCISE.glob("accepted/*.py")]
    quick = (each for each in found if not _SLOW.search(each.read_text(encoding="utf-8")))
    chosen = sorted(quick, key=lambda each: hashlib.sha256(each.name.encode()).digest())[:CLASS]
    return [Path(shutil.copy(each, folder)) for each in sorted(chosen)]


def _unexplained(path: Path) -> Path:
    """Write a program whose numbers are wrong, as no known mistake's are."""
    text, answer = RIGHT.read_text(encoding="utf-8"), "outputs.reshape(-1)"
    assert text.count(answer) == 1
    path.write_text(text.replace(answer, "jax.numpy.sin(outputs).reshape(-1)"), encoding="utf-8")
    return path


class Bench:
    """The commands, each run as a process of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / "kept"
        self.submissions = class_of(folder / "class")
        plain = folder / "test_plain.py"
        plain.write_text(PLAIN_TEST.format(reference=str(RIGHT), submission=str(RIGHT)))
        unexplained = _unexplained(folder / "unexplained.py")
        self.commands: dict[str, tuple[str, Callable[[int], list[str]], bool]] = {
            "once": ("import and run the file once", lambda _: self._once(), False),
            "first": ("grade, empty cache", lambda _: self._grade(RIGHT), True),
            "again": ("grade again", lambda _: self._grade(RIGHT), False),
            "wrong": ("grade a wrong file", lambda _: self._grade(WRONG), False),
            "unexplained": (
                "grade a wrong file that no rule explains",
                lambda _: self._grade(unexplained),
                False,
            ),
            "untraceable": ("grade one that can't be traced", self._untraceable, False),
            "help": ("grade --help", lambda _: self._command("--help"), False),
            "list": ("grade list", lambda _: self._command("list"), False),
            "hint": ("grade hint", lambda _: self._command("hint", SLUG), False),
            "together": (f"grade {CLASS} files in one call", lambda _: self._together(), False),
            "pytest": ("pytest + Hypothesis, 100 examples", lambda _: self._pytest(plain), False),
        }

    @cached_property
    def watched(self) -> Watched:
        """The file that is saved, watched from its first save on."""
        return Watched(self.folder, self._environment(self.kept))

    @cached_property
    def edited(self) -> Edited:
        """The file that an editor has open."""
        return Edited(self.folder, WRONG, self._environment(self.kept))

    def close(self) -> None:
        for each in ("watched", "edited"):
            if each in self.__dict__:
                getattr(self, each).close()

    def _environment(self, cache: Path) -> dict[str, str]:
        return {
            **os.environ,
            "GRADER_CACHE_DIR": str(cache),
            "GRADER_HOME": str(self.folder / "home"),
            "PYTHONPATH": str(ROOT),
            "JAX_PLATFORMS": "cpu",
        }

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "grader", *arguments]

    def _grade(self, path: Path) -> list[str]:
        return self._command("--no-progress", str(path))

    def _untraceable(self, _: int) -> list[str]:
        return self._grade(UNTRACEABLE)

    def _together(self) -> list[str]:
        return self._command("--no-progress", *map(str, self.submissions))

    def _apart(self) -> float:
        """Grade as many files as a class has one by one, and return the seconds for all."""
        environment = self._environment(self.kept)
        return sum(
            _seconds(self._grade(each), self.folder, environment) for each in self.submissions
        )

    def _once(self) -> list[str]:
        return [sys.executable, "-c", RUN_ONCE, str(RIGHT)]

    def _pytest(self, path: Path) -> list[str]:
        return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]

    def seconds(self, name: str, number: int) -> float:
        """Run a command and return its wall time, or that from a save to its report."""
        if name in SAVES:
            return self.watched.seconds(*SAVES[name][1:])
        if name in EDITS:
            _, program, wrong = EDITS[name]
            return self.edited.seconds(program, wrong=wrong)
        if name == "apart":
            return self._apart()
        _, arguments, fresh = self.commands[name]
        cache = self.folder / f"cache-{number}" if fresh else self.kept
        return _seconds(arguments(number), self.folder, self._environment(cache))

    def memory(self) -> dict[str, float]:
        """Return the peak of some commands in MiB, and of watch while it grades a save."""
        environment = self._environment(self.kept)
        peaks: dict[str, float] = {}
        for each in ("once", "again", "wrong", "together"):
            said, arguments, _ = self.commands[each]
            peaks[said] = _peak(arguments(0), self.folder, environment)
        with Peak(self.watched.pid) as peak:
            for _, program, words in SAVES.values():
                self.watched.seconds(program, words)
        return {**peaks, f"watch, while {len(SAVES)} saves are graded": peak.mib}

    def breakdown(self) -> dict[str, float]:
        """Return where the time of a next grading goes, as `grade -v` says it."""
        environment = {**os.environ, "GRADER_CACHE_DIR": str(self.kept), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [*self._grade(RIGHT), "-v"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.findall(r"^\s+(\w[\w ]*?)\s+([\d.]+) (s|ms)$", done.stdout, re.MULTILINE)
        return {part: float(n) / (1000 if unit == "ms" else 1) for part, n, unit in found}


def _seconds(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Run a command and return its wall time."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return time.perf_counter() - began


def _peak(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Run a command and return the most memory that it and its processes had, in MiB."""
    quiet = subprocess.DEVNULL
    with (
        subprocess.Popen(
            command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet
        ) as process,
        Peak(process.pid) as peak,
    ):
        process.wait()
    return peak.mib


def main() -> None:
    """Run the rounds, print the table, and save the figures."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[], help="commands to leave out")
    parser.add_argument("--save", type=Path, default=ROOT / "bench.json")
    chosen = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        labels = {each: said for each, (said, *_) in {**bench.commands, **SAVES, **EDITS}.items()}
        labels["apart"] = f"grade {CLASS} files in {CLASS} calls"
        names = [each for each in labels if each not in chosen.without]
        for each in ("again", "wrong", "unexplained", "untraceable"):
            bench.seconds(each, 0)
        times: dict[str, list[float]] = {each: [] for each in names}
        for number in range(1, chosen.rounds + 1):
            for each in names:
                if each in ONCE_ONLY and number > 1:
                    continue
                times[each].append(bench.seconds(each, number))
            console.print(f"round {number} of {chosen.rounds}")
        peaks = bench.memory()
        bench.close()
        parts = bench.breakdown()
    table = Table("", "median", "ratio", title="whole-process wall time")
    once = statistics.median(times["once"])
    medians = {each: statistics.median(times[each]) for each in names}
    for each in names:
        table.add_row(labels[each], f"{medians[each]:.2f} s", f"{medians[each] / once:.2f}")
    if "pytest" in medians:
        table.add_row("pytest / grade again", "", f"{medians['pytest'] / medians['again']:.1f}")
    if {"together", "apart"} <= medians.keys():
        table.add_row(
            "files in one call / in a call each",
            "",
            f"{medians['together'] / medians['apart']:.2f}",
        )
    console.print(table)
    where = Table("part of a next grading", "seconds", title="where the time goes")
    for part, seconds in parts.items():
        where.add_row(part, f"{seconds:.3f}")
    console.print(where)
    most = Table("", "MiB", title="memory of all processes, at its peak")
    for said, mib in peaks.items():
        most.add_row(said, f"{mib:.0f}")
    console.print(most)
    ratios = {each: median / once for each, median in medians.items()}
    chosen.save.write_text(
        json.dumps({"seconds": times, "ratios": ratios, "parts": parts, "peaks": peaks}, indent=2)
        + "\n"
    )
    console.print(f"saved to {chosen.save}")


if __name__ == "__main__":
    main()
