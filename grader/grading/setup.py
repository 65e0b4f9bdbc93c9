"""What a report depends on beside the submission: if any of it changes, a file is graded again."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from grader.cache import versions_digest
from grader.grading.known import known_texts
from grader.grading.request import GradingRequest
from grader.model.exercise import ExerciseFolder
from grader.model.submission import Submission
from grader.render.tool import tool_version

_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = "_shipped"


class Key(msgspec.Struct, frozen=True):
    """What has one report: a text, the exercise it is graded as, and the digest of all else."""

    sha256: str
    exercise: str
    setup: str


@cache
def code_digest() -> str:
    """Hash the grader's code, since a checkout changes without a number; no exercise's."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        if _SHIPPED not in path.relative_to(_PACKAGE).parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def exercise_digest(folder: ExerciseFolder) -> str:
    """Hash the declaration, the solution, the author's check and the known mistakes."""
    return _hashed(_task_digest(folder), *known_texts(folder))


def _task_digest(folder: ExerciseFolder) -> str:
    digest = hashlib.sha256(msgspec.msgpack.encode(folder.exercise))
    digest.update(folder.solution.read_bytes())
    if folder.own_check.is_file():
        digest.update(folder.own_check.read_bytes())
    return digest.hexdigest()


def _hashed(*parts: str) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest()[:20]


def setup_digest(
    folder: ExerciseFolder, request: GradingRequest, *, with_known: bool = True
) -> str:
    """Hash the grader, the exercise, and the options that a report depends on.

    Without its known mistakes, which only matter for a report whose numbers nothing explains.
    """
    asked = (
        request.cases,
        request.seed,
        request.timeout,
        request.repair,
        request.prove,
        request.require_sandbox,
        request.effort,
    )
    task = exercise_digest(folder) if with_known else _task_digest(folder)
    parts = (tool_version(), versions_digest(), code_digest(), task)
    digest = hashlib.sha256(" ".join(parts).encode())
    digest.update(msgspec.msgpack.encode(asked))
    return digest.hexdigest()[:20]


def key_of(submission: Submission, exercise: str, setup: str) -> Key:
    """Return a submission's key, without an exercise or a setup if those aren't known yet."""
    unread = submission.source.unread
    reason = f" {hashlib.sha256(unread.message.encode()).hexdigest()[:20]}" if unread else ""
    return Key(submission.sha256, exercise, setup + reason)  # what can't be read has no bytes
