"""A compiled program is found again in any folder: the reference's is not the submissions'."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import jax
from grader.worker.serve import _use_compile_cache
found = []
jax.monitoring.register_event_listener(lambda event, **_: found.append(event))
_use_compile_cache(sys.argv[1], writes=sys.argv[2] == "writes")
jax.numpy.ones((3, 4)) @ jax.numpy.ones((4, 2))
print(sum("cache_hits" in each for each in found), sum("cache_misses" in each for each in found))
"""


def hits_and_misses(folder: Path, how: str) -> tuple[int, int]:
    command = [sys.executable, "-c", PROGRAM, str(folder), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    hits, misses = done.stdout.split()
    return int(hits), int(misses)


def test_a_compiled_program_is_found_in_another_folder(tmp_path: Path) -> None:
    hits, compiled = hits_and_misses(tmp_path / "made", "writes")
    assert (hits, compiled > 0) == (0, True)
    shutil.copytree(tmp_path / "made", tmp_path / "shared")
    assert hits_and_misses(tmp_path / "shared", "reads") == (compiled, 0)
