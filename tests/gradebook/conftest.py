"""Folders and zips of made-up classes."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradebook_classes import Files, Make, tree, zipped


@pytest.fixture(params=["folder", "zip"])
def laid_out(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Write a class's files, once as a folder and once as a zip."""

    def write(files: Files, name: str = "class") -> Path:
        if request.param == "zip":
            return zipped(tmp_path / f"{name}.zip", files)
        return tree(tmp_path / name, files)

    return write
