"""A run over several files that is ended before its time."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_course import add_exercise, environment

SUM = "def sum_one(seed, x):\n    return x + x\n"
HANGS = "import time\n\ndef sum_one(seed, x):\n    time.sleep(1000)\n"
WRONG = "def sum_one(seed, x):\n    return x\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def begun(here: Path, *arguments: str) -> subprocess.Popen[str]:
    add_exercise(here.parent / "mine", "sum-one", "The first sum", "sum_one")
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments, "--no-progress", "--timeout", "600"],
        cwd=here,
        env=environment(GRADER_EXERCISES=str(here.parent / "mine")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_finished_is_written(here: Path, number: signal.Signals) -> None:
    for name, text in {"a": SUM, "b": HANGS, "c": WRONG, "d": HANGS, "e": SUM}.items():
        (here / f"{name}.py").write_text(text)
    reports = ("--report", "jsonl", "--report", "json=all.json", "--report", "junit=all.xml")
    process = begun(here, ".", "--jobs", "2", *reports)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert json.loads(first)["submission"]["path"] == "a.py"
    time.sleep(8)  # c.py is graded beside b.py, which hangs; d.py then takes its place
    sent = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - sent < 30, "nothing waits for what hangs"
    assert process.returncode == 130
    assert err == "grade: 2 of 5 files were graded\ngrade: interrupted\n"
    found = json.loads((here / "all.json").read_text())
    assert [(each["submission"]["path"], each["verdict"]) for each in found] == [
        ("a.py", "passed"),
        ("c.py", "failed"),
    ]
    assert json.loads(out) == found[1], "each report is a line"
    assert (here / "all.xml").read_text().count("<testsuite ") == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_file_that_hangs_leaves_no_report(here: Path, number: signal.Signals) -> None:
    (here / "b.py").write_text(HANGS)
    process = begun(here, "b.py", "--report", "json=b.json")
    time.sleep(6)
    process.send_signal(number)
    assert process.communicate(timeout=60) == ("", "grade: interrupted\n")
    assert process.returncode == 130
    assert not (here / "b.json").exists()
