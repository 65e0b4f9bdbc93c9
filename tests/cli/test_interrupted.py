"""A run that is told to end: what is finished is written, once, and nothing waits."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_course import add_exercise, environment

from grader.cli.interrupts import Interrupts
from grader.cli.parallel import Parallel

SUM = "def sum_one(seed, x):\n    return x + x\n"
HANGS = "import time\n\ndef sum_one(seed, x):\n    time.sleep(1000)\n"
WRONG = "def sum_one(seed, x):\n    return x\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.fixture
def interrupts() -> Interrupts:
    return Interrupts()


# ------------------------------------------------------------------------------------ the command


def begun(here: Path, *arguments: str, **changes: str) -> subprocess.Popen[str]:
    add_exercise(here.parent / "mine", "sum-one", "The first sum", "sum_one")
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments, "--no-progress", "--timeout", "600"],
        cwd=here,
        env=environment(GRADER_EXERCISES=str(here.parent / "mine"), **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)]
)
def test_finished_reports_are_written(here: Path, number: signal.Signals) -> None:
    for name, text in {"a": SUM, "b": WRONG, "c": HANGS, "d": SUM}.items():
        (here / f"{name}.py").write_text(text)
    scratch = here.parent / "scratch"
    scratch.mkdir()
    reports = ("--report", "jsonl", "--report", "json=all.json", "--report", "junit=all.xml")
    process = begun(here, ".", "--jobs", "1", *reports, TMPDIR=str(scratch))
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(number)
    out, err = process.communicate(timeout=60)  # what hangs would take ten times as long
    assert process.returncode == 130
    assert (out, err) == ("", "grade: 2 of 4 files were graded\ngrade: interrupted\n")
    found = json.loads((here / "all.json").read_text())
    assert [(each["submission"]["path"], each["verdict"]) for each in found] == [
        ("a.py", "passed"),
        ("b.py", "failed"),
    ]
    assert lines == found, "each report is a line"
    assert (here / "all.xml").read_text().count("<testsuite ") == 2
    assert list(scratch.iterdir()) == []


def test_a_single_finished_report_of_several_is_still_a_list(here: Path) -> None:
    for name, text in {"a": SUM, "b": HANGS}.items():
        (here / f"{name}.py").write_text(text)
    reports = ("--report", "jsonl", "--report", "json=all.json")
    process = begun(here, ".", "--jobs", "1", *reports)
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert json.loads((here / "all.json").read_text()) == [line]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_file_that_hangs_leaves_no_report(here: Path, number: signal.Signals) -> None:
    (here / "b.py").write_text(HANGS)
    process = begun(here, "b.py", "--report", "json=b.json")
    wait_until_it_takes(signal.SIGTERM, process)
    process.send_signal(number)
    assert process.communicate(timeout=60) == ("", "grade: interrupted\n")
    assert process.returncode == 130
    assert not (here / "b.json").exists()


def wait_until_it_takes(number: signal.Signals, process: subprocess.Popen[str]) -> None:
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        caught = next(line for line in status.read_text().splitlines() if "SigCgt" in line)
        if int(caught.split()[1], 16) >> (number - 1) & 1:
            return
        time.sleep(0.01)
    raise AssertionError(process.communicate())


# ---------------------------------------------------------------------------------------- signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_raises_where_it_is_looked_for_and_nowhere_else(
    interrupts: Interrupts, number: signal.Signals
) -> None:
    done: list[str] = []
    before = signal.getsignal(number)
    with interrupts.noted():
        interrupts.check()
        os.kill(os.getpid(), number)
        done.append("the block goes on")
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        with pytest.raises(KeyboardInterrupt):
            interrupts.wait(lambda: True)
    assert done
    assert signal.getsignal(number) is before


def test_a_signal_ends_a_wait(interrupts: Interrupts) -> None:
    with interrupts.noted():
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            interrupts.wait(lambda: False)
        timer.join()


def test_a_wait_ends_when_it_is_woken_and_ready(interrupts: Interrupts) -> None:
    looks: list[int] = []

    def ready() -> bool:
        looks.append(1)
        interrupts.wake()
        return len(looks) == 3

    with interrupts.noted():
        interrupts.wait(ready)
    assert len(looks) == 3


def test_waking_never_blocks(interrupts: Interrupts) -> None:
    with interrupts.noted():
        for _ in range(100_000):
            interrupts.wake()
        interrupts.wait(lambda: True)
    interrupts.wake()


def test_a_signal_that_is_ignored_stays_ignored(interrupts: Interrupts) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.noted():
            os.kill(os.getpid(), signal.SIGHUP)
            interrupts.check()
    finally:
        signal.signal(signal.SIGHUP, before)


TOLD = """
import os, signal, sys, time
from grader.cli.interrupts import Interrupts, _TWICE
interrupts = Interrupts()
interrupts.take()
def tell(): os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("tell()\nprint('not reached', flush=True)", 130, "grade: interrupted\n"),
        ("with interrupts.noted():\n    tell()\n    tell()", 0, ""),
        (
            "with interrupts.noted():\n    tell()\n    time.sleep(2 * _TWICE)\n    tell()",
            130,
            "grade: interrupted\n",
        ),
        (
            (
                "with interrupts.noted():\n    tell()\nprint('told', file=sys.stderr)\ntell()\n"
                "time.sleep(2 * _TWICE)\ntell()\nprint('not reached', flush=True)"
            ),
            130,
            "told\n",
        ),
    ],
    ids=["before", "twice at once", "twice", "afterwards"],
)
def test_a_second_signal_ends_the_process_at_once(body: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD + body],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", said)


# ---------------------------------------------------------------------------------------- parallel


def wait(ready: Callable[[], bool]) -> None:
    while not ready():
        time.sleep(0.001)


def test_results_come_in_order() -> None:
    last = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            last.wait(60)
        if number == 4:
            last.set()
        return number

    parallel = Parallel(work, range(5), threads=2, told=lambda: None)
    assert list(parallel.results(wait)) == [0, 1, 2, 3, 4]


def test_failures_are_raised_in_order() -> None:
    parallel = Parallel(lambda number: 1 // number, [1, 0], threads=1, told=lambda: None)
    results = parallel.results(wait)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_finished_items_are_returned_after_giving_up() -> None:
    stuck, told = threading.Event(), threading.Semaphore(0)
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number in {1, 3}:
            stuck.wait(60)
        return number

    parallel = Parallel(work, range(6), threads=2, told=told.release)
    results = parallel.results(wait)
    assert next(results) == 0
    told.acquire()
    told.acquire()  # 0 and 2 are done; 1 and 3 are stuck
    with contextlib.closing(results):
        assert parallel.give_up() == (2,)
    stuck.set()
    parallel.join(60)
    assert 4 not in begun
    assert 5 not in begun
