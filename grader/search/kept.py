"""Cached plans: making one means importing Hypothesis, and takes as long again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from grader import cache
from grader.model.exercise import Exercise
from grader.search.plan import Plan

_HERE: Final = Path(__file__).resolve().parent


def plan_of(exercise: Exercise, *, count: int, seed: int, folder: Path | None) -> Plan:
    """Return the plan of a grading, from the cache if possible."""
    path = _path(exercise, count, seed, folder) if folder is not None else None
    data = cache.read(path) if path is not None else None
    if data is not None:
        try:
            return msgspec.msgpack.decode(data, type=Plan)
        except (msgspec.DecodeError, RecursionError):
            pass
    from grader.search.cases import plan

    made = plan(exercise, count=count, seed=seed)
    if path is not None:
        cache.write(path, msgspec.msgpack.encode(made))
    return made


def _path(exercise: Exercise, count: int, seed: int, folder: Path) -> Path:
    """Return the cache file for this plan, this code and these versions."""
    digest = hashlib.sha256(msgspec.msgpack.encode((exercise, count, seed)))
    digest.update(cache.versions_digest().encode())
    for path in sorted(_HERE.glob("*.py")):
        digest.update(path.read_bytes())
    return folder / "plans" / f"{exercise.slug}-{digest.hexdigest()[:20]}.msgpack"
