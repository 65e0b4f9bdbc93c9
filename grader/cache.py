"""The cache folder: compiled programs and the reference's observations, kept between runs.

The cache is optional: if the folder can't be created, read or written, a run is slower but doesn't
fail. Only the grader and the reference write there, never a submission.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 256 << 20
_PRUNE_SECONDS: Final = 24 * 3600.0
_PACKAGE: Final = Path(__file__).resolve().parent
_OBSERVING: Final = ("*.py", "model/*.py", "worker/**/*.py")
"""The code that decides how a program is observed: when it changes, the cache is stale."""


def cache_folder() -> Path | None:
    """Return the folder, creating it if necessary; None if that isn't possible.

    `GRADER_CACHE_DIR` overrides the user's cache folder; `GRADER_CACHE=0` turns the cache off.
    """
    if os.environ.get("GRADER_CACHE") == "0":
        return None
    chosen = os.environ.get("GRADER_CACHE_DIR")
    if chosen:
        folder = Path(chosen).absolute()
    else:
        from platformdirs import user_cache_path

        folder = user_cache_path("grader", appauthor=False)
    return folder if _usable(folder) else None


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError):
        return False
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


@cache
def versions_digest() -> str:
    """Hash everything that affects how a program is compiled and observed."""
    import platform
    import sys

    digest = hashlib.sha256()
    for name in ("jax", "jaxlib", "flax", "numpy", "hypothesis"):
        digest.update(f"{name} {version_of(name)}\n".encode())
    digest.update(f"{sys.version} {platform.machine()}\n".encode())
    for path in sorted(path for part in _OBSERVING for path in _PACKAGE.glob(part)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


@cache
def version_of(name: str) -> str:
    """Return the version of an installed package, or `none`."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def compile_cache(folder: Path | None) -> Path | None:
    """Return the folder of the libraries' compiled programs, which every submission reads."""
    if folder is None:
        return None
    place = folder / f"xla-{versions_digest()}"
    return place if _usable(place) else None


def reference_compile_cache(folder: Path | None) -> Path | None:
    """Return the folder of what the references compiled; submissions can't read it."""
    return compile_cache(folder / "reference") if folder is not None else None


def read(path: Path) -> bytes | None:
    """Return the bytes of a cached file, None if it can't be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def write(path: Path, data: bytes) -> None:
    """Write a file atomically; failures are ignored."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink()
            raise


def size(folder: Path) -> int:
    """Return the size of everything below the folder, in bytes."""
    return sum(found_size for _, _, found_size in _files(folder))


def prune(folder: Path) -> None:
    """Delete the least recently used files until the folder is below its limit.

    This may delete a file that another run is about to read: it's missing there, and is made again.
    """
    files = sorted(_files(folder))
    total = sum(found_size for _, _, found_size in files)
    for _, path, found_size in files:
        if total <= LIMIT_BYTES:
            return
        with contextlib.suppress(OSError):
            path.unlink()
            total -= found_size


def _files(folder: Path) -> list[tuple[float, Path, int]]:
    found = []
    with contextlib.suppress(OSError):
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if path.is_file():
                    found.append((max(status.st_atime, status.st_mtime), path, status.st_size))
    return found


def prune_sometimes(folder: Path) -> None:
    """Prune at most once a day, and note the time in the folder."""
    stamp = folder / "pruned"
    with contextlib.suppress(OSError):
        if stamp.is_file() and time.time() - stamp.stat().st_mtime < _PRUNE_SECONDS:
            return
        stamp.touch()
        prune(folder)
