"""What a worker has printed, while it runs and when it has ended."""

from __future__ import annotations

import os
import sys

import pytest

from grader.process.capture import Capture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes can't be waited for there")


def test_what_is_in_the_pipe_is_seen_before_it_ends() -> None:
    read, write = os.pipe()
    capture = Capture(read)
    assert not capture.so_far()
    for count in range(1, 200):
        os.write(write, b"x")
        assert capture.so_far() == "x" * count
    os.write(write, b" and the end")
    os.close(write)
    assert capture.text() == capture.so_far() == "x" * 199 + " and the end"
    assert not capture.truncated


def test_more_than_is_kept_is_read_and_dropped() -> None:
    read, write = os.pipe()
    capture = Capture(read)
    for _ in range(40):
        os.write(write, b"y" * 1024)
    assert capture.so_far() == "y" * 16 * 1024
    assert capture.truncated
    os.close(write)
    assert capture.text() == "y" * 16 * 1024
