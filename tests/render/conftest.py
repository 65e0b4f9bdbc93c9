"""`GRADER_GOLDENS=write pytest tests/render` writes the goldens anew; read the diff."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Return a function that holds a text against the golden file of that name."""

    def check(name: str, text: str) -> None:
        file = HERE / "goldens" / name
        if os.environ.get("GRADER_GOLDENS") == "write":
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert text == file.read_text(encoding="utf-8")

    return check
