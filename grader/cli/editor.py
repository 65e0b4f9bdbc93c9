"""`grade lsp`: the language server for editors."""

from __future__ import annotations

import importlib.util
import sys

from grader.cli import early
from grader.cli.version import grader_version
from grader.errors import CommandWrong, Exit
from grader.grading.request import GradingRequest
from grader.grading.session import Session


def serve(request: GradingRequest) -> int:
    """Serve the editor that started this command. Raises `CommandWrong` without pygls, or one."""
    if importlib.util.find_spec("pygls") is None:
        raise CommandWrong(
            "lsp needs pygls, which isn't installed: pip install 'jax-exercise-grader[editor]'"
        )
    if sys.stdin.isatty():
        raise CommandWrong("lsp is started by an editor, and speaks its protocol on stdin")
    from grader.editor.server import serve as serve_editor

    with Session(early.take()) as session:
        serve_editor(session, request, grader_version())
    return int(Exit.PASSED)
