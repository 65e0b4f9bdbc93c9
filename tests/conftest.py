"""What tests share: one nursery for all that need a worker, and homes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.process.launch import can_fork
from grader.process.worker import Maker, Nursery, Spawner


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="grade every labelled submission on all cases, and in every mode: takes long",
    )


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the user's cache and progress."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("GRADER_HOME", str(tmp_path_factory.mktemp("home")))
        for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def maker() -> Iterator[Maker]:
    """The nursery where there can be one."""
    made: Maker = Nursery() if can_fork() else Spawner()
    yield made
    made.close()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).resolve().parent.parent
