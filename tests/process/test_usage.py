"""The watch over a process: its limits, and whether it is on its way to one."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import usage
from grader.sandbox.limits import Excess, Limits
from grader.sandbox.usage import Watch, disk_use, memory_and_threads

LIMITS = Limits(memory=1600, resident=2000, threads=10, disk=100_000)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what a process is seen to use, and at which second."""

    def use(memory: int, *, threads: int = 1, at: float = 0.0) -> None:
        monkeypatch.setattr(usage, "memory_and_threads", lambda _pid: (memory, threads))
        monkeypatch.setattr(usage.time, "monotonic", lambda: at)

    return use


def test_reports_the_usage_of_a_process() -> None:
    memory, threads = memory_and_threads(os.getpid())
    assert memory > 10 << 20
    assert threads >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells of them")
def test_tables_of_pages_count() -> None:
    """A mapping that is only read has no pages of its own, and a table for each 2 MiB of it."""
    before, _ = memory_and_threads(os.getpid())
    lazily = getattr(mmap, "MAP_NORESERVE", 0x4000)
    with mmap.mmap(-1, 16 << 30, mmap.MAP_PRIVATE | lazily, mmap.PROT_READ) as part:
        assert sum(part[place] for place in range(0, 16 << 30, 2 << 20)) == 0
        after, _ = memory_and_threads(os.getpid())
    assert after - before > 24 << 20


STATUS = """Name:	VmRSS: 7 kB
VmRSS:	    2004 kB
RssShmem:	       4 kB
VmPTE:	      52 kB
VmSwap:	       8 kB
HugetlbPages:	   1024 kB
Threads:	3
"""


def test_memory_is_counted_for_processes_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage.sys, "platform", "linux")
    (tmp_path / "status").write_text(STATUS)
    monkeypatch.setattr(usage, "Path", lambda _path: tmp_path / "status")
    assert memory_and_threads(1) == ((2004 + 52 + 8 + 1024) << 10, 3)


def test_a_finished_process_uses_nothing() -> None:
    assert memory_and_threads(2**22 + 1) == (0, 0)


def test_it_reports_the_method_of_counting(used) -> None:
    used(1)
    assert usage.available().active
    used(0)
    assert not usage.available().active


@pytest.mark.parametrize(
    ("memory", "threads", "excess"),
    [
        (2000, 10, None),
        (2001, 1, Excess.MEMORY),
        (1, 11, Excess.THREADS),
    ],
)
def test_limits(used, tmp_path: Path, memory: int, threads: int, excess: Excess | None) -> None:
    used(memory, threads=threads)
    assert Watch(LIMITS, str(tmp_path), 1).look() is excess


def test_the_disk_counts_all_below_the_folder(used, tmp_path: Path) -> None:
    used(1)
    watch = Watch(LIMITS, str(tmp_path), 1)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x" * 90_000)
    assert watch.look() is None
    (tmp_path / "other").write_bytes(b"x" * 20_000)
    assert watch.look() is Excess.DISK


def test_disk_usage_counts_blocks_or_readable_bytes(tmp_path: Path) -> None:
    with (tmp_path / "long").open("wb") as file:
        file.truncate(10 << 20)
    assert 10 << 20 <= disk_use(str(tmp_path)) < 11 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="a call of Linux")
def test_room_behind_the_end_of_a_file_counts(tmp_path: Path) -> None:
    keep_size = 1
    with (tmp_path / "short").open("wb") as file:
        reserve = ctypes.CDLL(None, use_errno=True).fallocate64
        reserve.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
        if reserve(file.fileno(), keep_size, 0, 2 << 20) != 0:
            pytest.skip(f"this file system reserves nothing: {os.strerror(ctypes.get_errno())}")
    assert (tmp_path / "short").stat().st_size == 0
    assert disk_use(str(tmp_path)) >= 2 << 20


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "file").write_bytes(b"x" * 100_000)
    (inside / "link").symlink_to(outside)
    assert disk_use(str(inside)) < 50_000


@pytest.mark.parametrize(
    ("seen", "growing"),
    [
        ([], 0),
        ([(0.0, 1000)], 0),
        ([(0.0, 300), (0.5, 500)], 500),
        ([(0.0, 300), (0.5, 350)], 0),  # too little to be told from any other program
        ([(0.0, 500), (0.5, 530)], 0),  # too slow
        ([(0.0, 100), (2.0, 1000), (2.9, 1000)], 0),  # it was growing once
        ([(0.0, 1000), (0.9, 500)], 0),
    ],
)
def test_growing_means_recent_growth(used, tmp_path: Path, seen, growing: int) -> None:
    watch = Watch(LIMITS, str(tmp_path), 1)
    for at, memory in seen:
        used(memory, at=at)
        assert watch.look() is None
    assert watch.growing() == growing
