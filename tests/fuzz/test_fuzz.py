"""A small part of what `make fuzz` does, and that what it does can be repeated."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import msgspec
import pytest

from grader.catalogue import exercises
from grader.grading.assembly import static_report
from grader.grading.request import GradingRequest
from grader.judge import static_findings
from grader.model.submission import Unrecognised, from_bytes, recognise
from grader.process.worker import Maker
from tests.fuzz import damage
from tests.fuzz.check import check
from tests.fuzz.frames import Conversation, Known
from tests.fuzz.submissions import Fuzzer, is_quick
from tests.labelled import labelled

SOURCES = [each.path.read_bytes() for each in labelled() if is_quick(each.path)]
BODY = msgspec.msgpack.encode({"type": "called", "number": 1, "items": [1, "two", None]})


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_reproducible_and_changes_the_file(seed: int) -> None:
    once, again = (damage.program(SOURCES, random.Random(seed)) for _ in range(2))
    assert once == again
    once, again = (damage.stream([BODY] * 3, random.Random(seed)) for _ in range(2))
    assert once == again
    damaged = {damage.program(SOURCES, random.Random(number)) for number in range(30)}
    assert len(damaged - set(SOURCES)) > 20


@pytest.mark.parametrize("number", range(60))
def test_reports_on_damaged_files_that_are_not_run(number: int) -> None:
    data = damage.program(SOURCES, random.Random(f"static {number}"))
    submission = from_bytes("damaged.py", data)
    try:
        exercise = recognise(submission.source, exercises()).exercise
    except Unrecognised:
        return
    found = static_findings(submission.source, exercise)
    if found:
        check(static_report(submission, exercise, found, GradingRequest()))


@pytest.fixture(scope="module")
def conversation(maker: Maker) -> Conversation:
    folder = exercises()[0]
    return Conversation(maker, Known(maker, folder), folder.solution)


@pytest.mark.parametrize("part", range(4))
def test_damaged_frames(conversation: Conversation, tmp_path: Path, part: int) -> None:
    for number in range(25):
        conversation.fuzz(random.Random(f"{part} {number}"), tmp_path)


def test_an_undamaged_conversation_passes(conversation: Conversation, tmp_path: Path) -> None:
    data = b"".join(len(each).to_bytes(4, "big") + each for each in conversation.bodies[1:])
    report = conversation.replay(data, tmp_path)
    check(report)
    assert (report.verdict.value, report.equivalence.status.value) == ("passed", "proved")


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted by /proc")
def test_damaged_submissions_leave_nothing_behind() -> None:
    with Fuzzer(1) as fuzzer:
        found = [each.found for each in fuzzer.run(4)]
        assert fuzzer.left() == []
    assert not [each for each in found if isinstance(each, Exception)], found
