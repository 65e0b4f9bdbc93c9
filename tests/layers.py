"""Prints which share of each pure layer's lines and branches was run, and which files lack most.

It reads what `make coverage` has measured; `coverage html` shows the lines.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from coverage import Coverage

LEAST: Final = 95.0
SHOWN: Final = 3
"""Files of a layer that are named."""
LAYERS: Final = {
    "model": ["grader/model/*"],
    "evidence": ["grader/evidence/**"],
    "rules": ["grader/rules/*"],
    "judge": ["grader/judge.py", "grader/checks.py", "grader/compare.py"],
    "render": ["grader/render/*"],
}


def main() -> int:
    measured = Coverage()
    measured.load()
    shares = {name: share(measured, files) for name, files in LAYERS.items()}
    for name, files in LAYERS.items():
        print(f"{name:8} {shares[name]:.1f} %{worst(measured, files)}")
    print(f"{'all':8} {share(measured, None):.1f} %")
    return 0 if min(shares.values()) >= LEAST else 1


def share(measured: Coverage, files: list[str] | None) -> float:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        return measured.report(include=files, file=nowhere)


def worst(measured: Coverage, files: list[str]) -> str:
    """Name the files that are furthest below what their layer has to reach."""
    paths = map(Path, measured.get_data().measured_files())
    ours = [path for path in paths if any(path.match(pattern) for pattern in files)]
    shares = {str(path.relative_to(Path.cwd())): share(measured, [str(path)]) for path in ours}
    below = sorted((found, name) for name, found in shares.items() if found < LEAST)
    return "".join(f"\n    {found:.0f} %  {name}" for found, name in below[:SHOWN])


if __name__ == "__main__":
    sys.exit(main())
