import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_lab import Forker, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="session")
def forker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    if sys.platform == "win32":
        pytest.skip("no fork here")
    started = Forker(Place(tmp_path_factory.mktemp("sandbox")).policy())
    yield started
    started.close()
