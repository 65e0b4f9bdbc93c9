"""What a program that crashed is told to do next."""

from __future__ import annotations

import pytest

from grader.catalogue import exercises
from grader.judge import judge
from grader.model.observation import Crashed
from grader.model.source import Source
from grader.model.transcript import Transcript


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("the process exited with status 0", "exit"),
        ("the process was ended by SIGSEGV", "native code"),
        ("it started more than 232 threads", "threads"),
        ("it wrote more than 64 MB, or too many files, to its folder", "files"),
        ("the program broke the process that it ran in", "modules"),
        ("the process sent half a message instead of an answer", "sockets"),
        ("the process closed its connection to the grader", "closerange"),
    ],
)
def test_the_help_is_about_the_reason(reason: str, word: str) -> None:
    transcript = Transcript(
        exercise=exercises()[0].exercise,
        source=Source("file.py", "x = 1\n"),
        loaded=Crashed(reason=reason),
    )
    (finding,) = judge(transcript)
    assert finding.rule == "crashed"
    assert reason in finding.details
    assert word in finding.help
