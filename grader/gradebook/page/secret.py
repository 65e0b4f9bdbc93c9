"""The secret that a gradebook's pseudonyms are made from: a file beside it, only for its owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from grader.errors import GradebookBroken, reason

_BYTES: Final = 32


def secret_of(gradebook: Path) -> bytes:
    """Read the secret, or make it up. Two calls at once get the same. Raises `GradebookBroken`."""
    file = gradebook.with_name(f"{gradebook.name}.secret")
    try:
        if not file.exists():
            _make(file)
        secret = file.read_bytes()
    except OSError as error:
        raise GradebookBroken(f"the secret {file} can't be used: {reason(error)}") from error
    if len(secret) < _BYTES:
        raise GradebookBroken(f"the secret {file} is damaged: delete it, and pseudonyms change")
    return secret


def _make(file: Path) -> None:
    """Write a secret beside its place, and move it there unless another call was faster."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_bytes(_BYTES))
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
