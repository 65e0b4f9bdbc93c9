"""Grades damaged submissions and frames, and the hostile submissions that are graded rarely."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.catalogue import exercises
from grader.model.exercise import ExerciseFolder
from grader.process.worker import Nursery
from grader.sandbox.scratch import new_scratch, remove_scratch
from tests.fuzz.frames import Conversation, Known
from tests.fuzz.submissions import Damaged, Fuzzer, is_quick
from tests.hostile.hostile_world import ALL
from tests.labelled import labelled

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="another seed damages otherwise")
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--no-hostile", action="store_true", help="leave the collection out")
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="grader-fuzz-failures-"))
    failures = fuzz_submissions(wanted.seed, wanted.submissions, folder)
    failures += fuzz_frames(wanted.seed, wanted.frames)
    if failures == 0:
        folder.rmdir()
    else:
        print(f"{failures} failures; the files are in {folder}")
    return int(failures > 0) if wanted.no_hostile else hostile() or int(failures > 0)


def fuzz_submissions(seed: int, count: int, folder: Path) -> int:
    """Grade damaged submissions; keep what failed in the folder, and return how many did."""
    began, failures = time.perf_counter(), 0
    found: Counter[str] = Counter()
    with Fuzzer(seed) as fuzzer:
        for each in fuzzer.run(count):
            found[_outcome(each)] += 1
            if isinstance(each.found, Exception):
                failures += 1
                (folder / f"{each.number}.py").write_bytes(each.data)
                print(f"submission {each.number}, in {folder}:")
                traceback.print_exception(each.found)
        left = fuzzer.left()
    for each in left:
        print(f"left behind: {each}")
    _summary("submissions", count, found, began)
    return failures + len(left)


def _outcome(each: Damaged) -> str:
    if isinstance(each.found, Exception):
        return type(each.found).__name__
    return each.found.findings[0].rule if each.found.findings else each.found.verdict.value


def fuzz_frames(seed: int, count: int) -> int:
    """Have the judge read damaged frames, and return at how many something went wrong."""
    began, failures = time.perf_counter(), 0
    found: Counter[str] = Counter()
    scratch = new_scratch()
    for number, conversation in zip(range(count), _turns(), strict=False):
        try:
            report = conversation.fuzz(random.Random(f"{seed} {number}"), scratch)
            found[report.findings[0].rule if report.findings else report.verdict.value] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            failures += 1
            found[type(error).__name__] += 1
            print(f"frame {number} of {conversation.source.name}:")
            traceback.print_exception(error)
    remove_scratch(scratch)
    _summary("frames", count, found, began)
    return failures


def _turns() -> Iterator[Conversation]:
    """Yield conversations of right and of mistaken programs in turn, for ever."""
    nursery = Nursery()
    made = [each for folder in exercises()[:3] for each in _talks(nursery, folder)]
    nursery.close()
    while True:
        yield from made


def _talks(nursery: Nursery, folder: ExerciseFolder) -> Iterator[Conversation]:
    known = Known(nursery, folder)
    own = [each for each in labelled() if each.folder.folder == folder.folder]
    right = [each for each in own if not each.expected]
    wrong = [each for each in own if each.expected and is_quick(each.path)]
    for each in (right[0], wrong[0], wrong[len(wrong) // 2]):
        yield Conversation(nursery, known, each.path)


def _summary(what: str, count: int, found: Counter[str], began: float) -> None:
    outcomes = ", ".join(f"{name} {number}" for name, number in found.most_common())
    print(f"{count} {what} in {time.perf_counter() - began:.0f} s: {outcomes}", flush=True)


def hostile() -> int:
    """Run the tests of the hostile submissions, also of those that are run rarely."""
    command = [sys.executable, "-m", "pytest", str(ROOT / "tests" / "hostile")]
    return subprocess.run(command, env=os.environ | {ALL: "1"}, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
