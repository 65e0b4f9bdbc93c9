"""In which process the text runs that a report's edits make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from grader.catalogue import exercises
from grader.grading.guarded import graded
from grader.grading.handover import Handover
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.report import Repaired
from grader.model.submission import from_bytes
from grader.process.side import Side
from grader.process.worker import Nursery

SHARED = next(each for each in exercises() if each.slug == "nn-vmap-shared")
WRONG = SHARED.solution.read_text(encoding="utf-8").replace(
    'variable_axes={"params": None}', 'variable_axes={"params": 0}'
)


class Process:
    """A side that is idle, or not."""

    def __init__(self, *, idle: bool = True) -> None:
        self.ended = False
        self._idle = idle

    def is_idle(self) -> bool:
        return self._idle

    def end(self) -> None:
        self.ended = True


def as_side(process: Process) -> Side:
    return cast("Side", process)


def test_a_process_is_taken_once() -> None:
    process = Process()
    with Handover() as handover:
        handover.keep(as_side(process))
        assert handover.take() is as_side(process)
        assert handover.take() is None
    assert not process.ended, "whoever has it ends it"


def test_a_process_that_nobody_takes_is_ended() -> None:
    first, second = Process(), Process()
    with Handover() as handover:
        handover.keep(as_side(first))
        handover.keep(as_side(second))
        assert first.ended
        assert not second.ended
    assert second.ended


def test_a_process_that_does_not_wait_for_a_request_is_ended() -> None:
    busy = Process(idle=False)
    with Handover() as handover:
        handover.keep(as_side(busy))
        assert handover.take() is None
    assert busy.ended


def test_nothing_is_kept_after_it_was_closed() -> None:
    late = Process()
    handover = Handover()
    handover.close()
    handover.keep(as_side(late))
    assert late.ended
    assert handover.take() is None


def test_a_process_runs_so_many_texts_and_no_more() -> None:
    process = Process()
    with Handover(for_any_text=True) as handover:
        for _ in range(19):
            handover.keep(as_side(process))
            assert handover.take() is as_side(process)
        handover.keep(as_side(process))
        assert process.ended
        assert handover.take() is None
        handover.keep(as_side(Process()))
        assert handover.take() is not None, "the next one is new"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(gradings=100, at_once=2) as made:
        yield made


def processes_of(session: Session, text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return in how many processes a program and its edited text run; the latter passes."""
    made: list[object] = []
    make = Nursery.make

    def counted(self: Nursery, *args: Any, **named: Any) -> object:
        made.append(args)
        return make(self, *args, **named)

    session.reference(SHARED)
    monkeypatch.setattr(Nursery, "make", counted)
    report = graded(session, from_bytes("mine.py", text.encode()), SHARED, GradingRequest())
    assert report.rules == ("per-example-params",)
    assert report.repair.status is Repaired.PASSES
    return len(made)


def test_the_edited_text_runs_where_the_text_ran(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes_of(session, WRONG, monkeypatch)  # the reference's process is among these
    assert processes_of(session, f"{WRONG}\n# again\n", monkeypatch) == 1


@pytest.mark.parametrize(
    "before",
    [
        "import jax\njax.config.update('jax_default_matmul_precision', 'float32')\n",
        "import flax.linen as nn\nnn.Dense.kept = []\n",
        "import flax.linen as nn\nclass Mark:\n    nn.Dense.seen = 1\n",
        "import numpy as np\nnp.random.seed(0)\n",
        "import gc\ngc.collect()\n",
        "import numpy as np\nnp.seterr(all='ignore')\n",
    ],
)
def test_a_program_that_may_leave_something_behind_is_the_last_one_of_its_process(
    session: Session, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    assert processes_of(session, f"{before}{WRONG}", monkeypatch) >= 2


def test_what_the_edited_text_prints_is_not_in_the_report(session: Session) -> None:
    text = WRONG.replace("    return ", "    print('printed')\n    return ")
    assert text != WRONG
    asked = GradingRequest()
    with_repair = graded(session, from_bytes("mine.py", text.encode()), SHARED, asked)
    assert with_repair.repair.status is Repaired.PASSES
    lines = with_repair.output.stdout.splitlines()
    assert set(lines) == {"printed"}
    assert with_repair.cases.executed <= len(lines) <= with_repair.cases.executed + 1


def test_the_edited_text_has_all_the_memory_for_itself(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = (
        "import numpy as np\nLARGE = np.zeros(3 * 2**25)\n\n\ndef keep():\n    return keep, LARGE\n"
    )
    assert processes_of(session, f"{large}{WRONG}", monkeypatch) == 1
