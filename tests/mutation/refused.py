"""Whether mypy refuses a mutant: then no test has to notice it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation.trial import Site


def types_refuse(site: Site) -> bool:
    """Whether mypy says something of a mutant that it doesn't say of the file itself."""
    return not _said_of(site.path, ast.unparse(site.mutant.tree())) <= _usually(site.path)


@cache
def _usually(path: Path) -> frozenset[str]:
    """Return what mypy says of a file without its comments, which a mutant hasn't either."""
    return _said_of(path, ast.unparse(ast.parse(path.read_text(encoding="utf-8"))))


def _said_of(path: Path, text: str) -> frozenset[str]:
    """Return mypy's errors for a file with another text, without their lines."""
    with TemporaryDirectory() as folder:
        shadow = Path(folder, path.name)
        shadow.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--follow-imports=silent", "--no-error-summary"]
        ended = subprocess.run(
            [*command, "--shadow-file", str(path), str(shadow), str(path)],
            capture_output=True,
            check=False,
            text=True,
        )
    if ended.returncode not in {0, 1}:
        raise SystemExit(ended.stdout + ended.stderr)
    lines = [line for line in ended.stdout.splitlines() if " error: " in line]
    return frozenset(re.sub(r":\d+: ", ": ", line, count=1) for line in lines)
