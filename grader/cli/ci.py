"""What a CI system picks up by itself: annotations and a summary in GitHub Actions."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.model.report import Report
from grader.render import RENDERERS


def in_github_actions() -> bool:
    """Whether this is a step of a GitHub workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextlib.contextmanager
def fenced() -> Iterator[None]:
    """Keep what is printed in the block from being read as workflow commands.

    The token can't be guessed by a submission, which printed its text before it was drawn.
    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        sys.stdout.flush()
        print(f"::{token}::", flush=True)


def announce(reports: Sequence[Report], *, annotate: bool) -> None:
    """Add annotations to the log, unless stdout holds a document, and a summary to the step."""
    if annotate:
        sys.stdout.write(_document("github", reports))
        sys.stdout.flush()
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(_document("markdown", reports))
        except OSError as error:
            print(f"grade: the step summary can't be written: {error}", file=sys.stderr)


def _document(name: str, reports: Sequence[Report]) -> str:
    renderer = RENDERERS[name]
    return renderer(reports[0]) if len(reports) == 1 else renderer.combined(reports)
