"""What tests share: one nursery for all that need a worker, a cache, and homes of their own."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from grader.process.launch import can_fork
from grader.process.worker import Maker, Nursery, Spawner
from grader.search import pinned
from tests.slow import slow_first

gc.disable()  # until all tests are collected: what collecting them makes stays until the end

hypothesis.settings.register_profile(
    "same-on-every-machine",
    backend=pinned.BACKEND,  # or it draws constants of whichever modules other tests have loaded
    derandomize=True,
    database=None,
    deadline=None,
)
hypothesis.settings.load_profile("same-on-every-machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="grade every labelled submission on all cases, and in every mode: takes long",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow_first(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare what stays, as jax and five thousand tests do: looking through it takes half a second.

    What tests make is looked through, but seldom: they build large trees of data.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def cache_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """Return the cache that all processes of this run share: what one compiles, others load."""
    own = factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return run / "cache"


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the user's cache and progress."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", str(cache_of_the_run(tmp_path_factory)))
        patch.setenv("GRADER_HOME", str(tmp_path_factory.mktemp("home")))
        for name in (
            "CI",
            "GITHUB_ACTIONS",
            "GITHUB_STEP_SUMMARY",
            "NO_COLOR",
            "FORCE_COLOR",
            "GRADER_SITE",
        ):
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
