"""A side gives an answer to every call, whatever its program does to its process."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from grader.catalogue import exercises
from grader.errors import NurseryBroken
from grader.model.case import Argument, ArrayValue, Case, IntValue
from grader.model.exercise import Exercise
from grader.model.observation import (
    Completed,
    Crashed,
    Loaded,
    LoadOutcome,
    Observation,
    OutOfMemory,
    Raised,
    TimedOut,
)
from grader.process.launch import can_fork
from grader.process.side import Program, Side, Spent
from grader.process.worker import Maker, Nursery, Spawner
from grader.sandbox.limits import Limits
from grader.sandbox.paths import python_paths
from grader.sandbox.policy import Policy
from grader.sandbox.scratch import new_scratch, remove_scratch

LIMITS = Limits(memory=800 << 20, resident=1600 << 20, disk=1 << 20)


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return exercises()[0].exercise


@pytest.fixture
def case() -> Case:
    return Case(
        arguments=(
            Argument(name="seed", value=IntValue(value=3)),
            Argument(name="x_batch", value=ArrayValue.of(np.ones((2, 3), np.float32))),
            Argument(name="features", value=IntValue(value=2)),
        ),
        sizes={"batch": 2, "in_dim": 3, "features": 2},
    )


class Played:
    """A side that has played one case, and what was left of it."""

    def __init__(self, side: Side, case: Case, seconds: float) -> None:
        side.enter_sandbox()
        self.loaded: LoadOutcome = side.load(15.0)
        self.observation: Observation | None = None
        if isinstance(self.loaded, Loaded):
            side.begin(case, seconds)
            self.observation = side.finish()
        self.failure = side.failure
        side.end()
        self.stdout, self.stderr, self.truncated = side.printed()

    @property
    def outcome(self) -> object:
        assert self.observation is not None, self.loaded
        return self.observation.outcome


@pytest.fixture
def play(maker: Maker, exercise: Exercise, case: Case) -> Iterator[object]:
    def run(body: str, *, head: str = "", seconds: float = 20.0) -> Played:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        text = f"{head}\ndef {exercise.function}(seed, x, features):\n{lines}\n"
        program = Program(exercise=exercise, name="/nowhere/file.py", text=text, limits=LIMITS)
        policy = Policy(readable=python_paths(), memory_bytes=LIMITS.memory, cpu_seconds=60)
        return Played(Side(maker, program, policy=policy), case, seconds)

    yield run


def test_completes(play) -> None:
    played = play("return x.reshape(-1) + seed")
    assert isinstance(played.outcome, Completed)
    assert np.array_equal(played.outcome.result.numpy(), np.full(6, 4, np.float32))
    assert played.failure is None


def test_raises(play) -> None:
    outcome = play("raise KeyError('gone')").outcome
    assert isinstance(outcome, Raised)
    assert outcome.exception == "KeyError"
    assert outcome.frames[-1].span.line == 3


@pytest.mark.parametrize("status", [0, 1, 3])
def test_leaving_the_process_is_a_crash_whatever_the_status(play, status: int) -> None:
    outcome = play(f"os._exit({status})", head="import os").outcome
    assert outcome == Crashed(reason=f"the process exited with status {status}")


def test_leaving_while_loading_is_a_crash(play) -> None:
    assert isinstance(play("pass", head="import os; os._exit(0)").loaded, Crashed)


def test_system_exit_is_an_exception_like_others(play) -> None:
    outcome = play("raise SystemExit(0)").outcome
    assert isinstance(outcome, Raised | Crashed)


def test_a_segmentation_fault_is_reported(play) -> None:
    outcome = play("ctypes.string_at(0)", head="import ctypes").outcome
    assert outcome == Crashed(reason="the process was ended by SIGSEGV")


def test_a_timeout_shows_the_line(play) -> None:
    outcome = play("while True:\n    pass", seconds=0.5).outcome
    assert isinstance(outcome, TimedOut)
    assert outcome.seconds == 0.5
    assert outcome.frames[-1].span.line in {3, 4}


def test_hanging_in_a_library_or_ignoring_signals_is_stopped(play) -> None:
    deaf = "for each in range(1, 60):\n    try:\n        signal.signal(each, signal.SIG_IGN)\n"
    deaf += "    except (OSError, ValueError):\n        pass\ntime.sleep(1000)"
    played = play(deaf, head="import signal, time", seconds=0.5)
    assert isinstance(played.outcome, TimedOut)


def test_memory_is_limited(play) -> None:
    body = "import numpy as np\nkept = []\nwhile True:\n    kept.append(np.ones(1 << 22))"
    assert isinstance(play(body).outcome, OutOfMemory | Crashed)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no kernel counts it")
@pytest.mark.parametrize(
    "more", ["b'x' * (1 << 27)", "np.ones(1 << 23)", "jnp.ones(1 << 23)", "jnp.ones(1 << 40)"]
)
def test_running_out_of_memory_shows_the_line(play, more: str) -> None:
    body = f"kept = []\nwhile True:\n    kept.append({more})"
    played = play(body, head="import numpy as np; import jax.numpy as jnp")
    outcome = played.outcome
    assert isinstance(outcome, OutOfMemory)
    assert played.failure == outcome
    assert outcome.limit == LIMITS.memory
    assert outcome.frames[-1].span.line == 5


GROWS = """
kept = [bytearray(320 << 20)]
while True:
    kept.append(bytearray(4 << 20))
    time.sleep(0.02)
"""


def test_growing_memory_is_reported_instead_of_the_timeout(play) -> None:
    outcome = play(GROWS.strip(), head="import time", seconds=2.0).outcome
    assert isinstance(outcome, OutOfMemory)
    assert 320 << 20 < outcome.limit < LIMITS.memory
    assert outcome.frames


def test_output_is_kept_up_to_a_limit(play) -> None:
    body = "print('a' * 1_000_000)\nprint('b', file=sys.stderr)\nreturn x"
    played = play(body, head="import sys")
    assert isinstance(played.outcome, Completed)
    assert played.truncated
    assert played.stdout.startswith("aaa")
    assert len(played.stdout) < 20_000
    assert played.stderr == "b\n"


def test_disk_is_limited(play) -> None:
    body = "for n in range(100):\n    open(f'{n}', 'wb').write(b'x' * 500_000)\ntime.sleep(60)"
    outcome = play(body, head="import time").outcome
    assert isinstance(outcome, Crashed | Raised)


@pytest.mark.parametrize(
    "forged",
    [
        b"\x00\x00\x00\x05hello",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x01",
        b"\x00\x00\x00\x02\x81\xa4",
        b"PASSED\n" * 10,
    ],
)
def test_a_forged_frame_only_fails_the_submission(play, forged: bytes) -> None:
    body = f"for fd in range(3, 200):\n    try:\n        os.write(fd, {forged!r})\n"
    body += "    except OSError:\n        pass\nos._exit(0)"
    assert isinstance(play(body, head="import os").outcome, Crashed)


def test_a_closed_channel_is_a_crash(play) -> None:
    body = "os.closerange(3, 300)\nreturn x"
    assert isinstance(play(body, head="import os").outcome, Crashed)


def test_standard_input_is_empty(play) -> None:
    outcome = play("return x if sys.stdin.read() == '' else None", head="import sys").outcome
    assert isinstance(outcome, Completed)
    assert isinstance(outcome.result, ArrayValue)


def test_the_environment_is_bare_and_the_folder_a_scratch(play) -> None:
    os.environ["GRADER_TEST_SECRET"] = "hunter2"
    body = "print(sorted(os.environ), os.getcwd(), os.listdir())\n"
    body += "print(open('/proc/self/environ').read())\nreturn x"
    played = play(body, head="import os")
    assert "hunter2" not in played.stdout + played.stderr
    assert "GRADER_TEST_SECRET" not in played.stdout
    assert "[]" in played.stdout


def test_a_second_call_still_works(maker: Maker, exercise: Exercise, case: Case) -> None:
    text = f"def {exercise.function}(seed, x, features):\n    return x\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    side = Side(maker, program, policy=None)
    side.enter_sandbox()
    assert side.load(15.0) == Loaded()
    for _ in range(3):
        side.begin(case, 20.0)
        assert isinstance(side.finish().outcome, Completed)
    side.end()
    side.begin(case, 1.0)
    assert isinstance(side.finish().outcome, Crashed)


def test_a_side_tells_how_long_it_compiled(maker: Maker, exercise: Exercise, case: Case) -> None:
    head = "import jax.numpy as jnp\n"
    text = f"{head}def {exercise.function}(seed, x, features):\n    return jnp.sort(x) * seed\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    side = Side(maker, program, policy=None)
    side.enter_sandbox()
    side.load(15.0)
    side.begin(case, 20.0)
    side.finish()
    first = side.spent
    assert 0.0 < first.compiling < first.call
    side.begin(case, 20.0)
    side.finish()
    assert side.spent.compiling == first.compiling
    assert side.spent.call > first.call
    side.end()


def test_what_a_trace_prints_is_dropped(maker: Maker, exercise: Exercise, case: Case) -> None:
    """A trace may come after the cases in their process, and its stand-ins were never passed."""
    text = f"def {exercise.function}(seed, x, features):\n    print(x.shape)\n    return x * seed\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    side = Side(maker, program, policy=None)
    side.enter_sandbox()
    side.load(15.0)
    for _ in range(2):
        side.begin(case, 20.0)
        side.finish()
        side.begin_trace((case.sizes,))
        assert side.finish_trace(20.0)
    side.end()
    assert side.printed() == ("(2, 3)\n" * 2, "", False)


def test_impossible_times_are_ignored() -> None:
    spent = Spent().plus(trace=-1.0, call=float("inf"), compiling=float("nan"))
    assert spent == Spent()
    assert spent.plus(call=1.0, compiling=2.0) == Spent(call=1.0, compiling=1.0)


def test_a_spawned_worker_gives_the_same_answers(exercise: Exercise, case: Case) -> None:
    text = f"def {exercise.function}(seed, x, features):\n    print('hello')\n    return x + seed\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    policy = Policy(readable=python_paths(), memory_bytes=1 << 31, cpu_seconds=60)
    maker = Spawner()
    played = Played(Side(maker, program, policy=policy), case, 20.0)
    maker.close()
    assert isinstance(played.outcome, Completed)
    assert played.stdout + played.stderr == "hello\n"


@pytest.mark.parametrize("make", ["nursery", "spawner"])
def test_ending_a_side_wakes_waiters(
    maker: Maker, exercise: Exercise, case: Case, make: str
) -> None:
    text = f"def {exercise.function}(seed, x, features):\n    while True:\n        pass\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    side = Side(maker if make == "nursery" else Spawner(), program, policy=None)
    side.enter_sandbox()
    assert side.load(15.0) == Loaded()
    side.begin(case, 600.0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(side.finish)
        side.end()
        assert isinstance(waiting.result(timeout=60).outcome, Crashed)


@pytest.mark.skipif(not can_fork(), reason="there is a nursery on Linux")
def test_who_waits_for_a_side_is_woken_when_its_nursery_is_closed(
    exercise: Exercise, case: Case
) -> None:
    text = f"def {exercise.function}(seed, x, features):\n    while True:\n        pass\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text)
    nursery = Nursery()
    side = Side(nursery, program, policy=None)
    side.enter_sandbox()
    assert side.load(15.0) == Loaded()
    side.begin(case, 600.0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(side.finish)
        nursery.close()
        assert isinstance(waiting.exception(timeout=60), NurseryBroken)


@pytest.mark.skipif(not can_fork(), reason="there is a nursery on Linux")
def test_who_waits_for_the_imports_is_woken_when_the_nursery_is_closed() -> None:
    nursery = Nursery()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(nursery.make, LIMITS)
        nursery.close()
        assert isinstance(waiting.exception(timeout=60), NurseryBroken)


@pytest.mark.skipif(not can_fork(), reason="there is a nursery on Linux")
def test_the_nursery_removes_its_scratch_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    nursery = Nursery()
    left = nursery.make(LIMITS).scratch
    assert left.is_dir()
    nursery.close()
    assert not left.exists()
    with pytest.raises(NurseryBroken):
        nursery.make(LIMITS)
    assert not [*tmp_path.iterdir()]


JUDGE = """
from grader.sandbox.limits import Limits
from grader.process.worker import Nursery
nursery = Nursery()
worker = nursery.make(Limits())
print(nursery._launched.process.pid, worker._pid, worker.scratch, flush=True)
input()
"""


@pytest.mark.skipif(not can_fork(), reason="there is a nursery on Linux")
def test_nothing_is_left_when_the_judge_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as judge:
        assert judge.stdout is not None
        nursery, worker, scratch = judge.stdout.readline().split(maxsplit=2)
        ended = os.pidfd_open(int(nursery))
        judge.kill()
    assert select.select([ended], [], [], 60)[0], "the nursery goes on"
    os.close(ended)
    assert not Path(f"/proc/{worker}").exists()
    assert not Path(scratch.strip()).exists()


HOLDS_THE_LOCK = "kept = []\nwhile True:\n    kept.append(b'x' * (1 << 26))"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(HOLDS_THE_LOCK, "memory", marks=pytest.mark.slow),
        ("for n in range(100):\n    open(f'{n}', 'wb').write(b'x' * 500_000)", "folder"),
        (
            "import threading\nfor _ in range(9999):\n    threading.Thread(target=wait).start()",
            "threads",
        ),
    ],
)
def test_a_spawned_worker_is_watched_from_outside(
    exercise: Exercise, case: Case, body: str, reason: str
) -> None:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = "import time\ndef wait():\n    time.sleep(1000)\n"
    text = f"{head}def {exercise.function}(seed, x, features):\n{lines}\n    wait()\n"
    program = Program(exercise=exercise, name="/nowhere/file.py", text=text, limits=LIMITS)
    maker = Spawner()
    played = Played(Side(maker, program, policy=None), case, 20.0)
    maker.close()
    if reason == "memory":
        assert played.outcome == OutOfMemory(limit=LIMITS.memory)
    else:
        assert isinstance(played.outcome, Crashed)
        assert reason in played.outcome.reason


def test_deep_scratch_folders_are_removed() -> None:
    scratch = new_scratch()
    here = os.open(scratch, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d" * 20, dir_fd=here)
        deeper = os.open("d" * 20, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    remove_scratch(scratch)
    assert not scratch.exists()
