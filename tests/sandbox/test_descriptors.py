"""Closing what a worker shall not inherit."""

import subprocess
import sys

import pytest
from sandbox_lab import ROOT

SOURCE = """
import os, sys
from grader.sandbox.descriptors import close_other_descriptors
null = os.open(os.devnull, os.O_RDONLY)
for number in (5, 9, 17, 200):
    os.dup2(null, number)
close_other_descriptors({keep})
open_now = []
for number in range(300):
    try:
        os.fstat(number)
    except OSError:
        continue
    open_now.append(number)
os.write(1, repr(open_now).encode())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are inherited otherwise there")
@pytest.mark.parametrize("keep", [[1], [1, 9], [0, 1, 2, 200], [1, 5, 299]])
def test_all_other_descriptors_are_closed(keep: list[int]) -> None:
    completed = subprocess.run(
        [sys.executable, "-c", SOURCE.format(keep=keep)],
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert completed.stdout.decode() == repr([number for number in keep if number != 299])
