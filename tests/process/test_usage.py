"""The watch over a process: its limits, and whether it is on its way to one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import usage
from grader.sandbox.limits import Excess, Limits
from grader.sandbox.usage import Watch, disk_use, memory_and_threads

LIMITS = Limits(memory=1600, resident=2000, threads=10, disk=1000)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what a process is seen to use, and at which second."""

    def use(memory: int, *, threads: int = 1, at: float = 0.0) -> None:
        monkeypatch.setattr(usage, "memory_and_threads", lambda _pid: (memory, threads))
        monkeypatch.setattr(usage.time, "monotonic", lambda: at)

    return use


def test_reports_what_a_process_uses() -> None:
    memory, threads = memory_and_threads(os.getpid())
    assert memory > 10 << 20
    assert threads >= 1


def test_a_finished_process_uses_nothing() -> None:
    assert memory_and_threads(2**22 + 1) == (0, 0)


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
    (tmp_path / "a" / "file").write_bytes(b"x" * 1000)
    assert watch.look() is None
    (tmp_path / "other").write_bytes(b"x")
    assert watch.look() is Excess.DISK


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "file").write_bytes(b"x" * 100_000)
    (inside / "link").symlink_to(outside)
    assert disk_use(str(inside)) < 1000


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
