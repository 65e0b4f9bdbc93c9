"""A Dask client without Dask: workers answer, die, or aren't like this machine."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from grader.gradebook.cluster.facts import Facts
from grader.gradebook.cluster.messages import Graded, Job, Refused, Run, received, sent
from grader.grading.assembly import error_report
from grader.grading.packing import packed
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report, Verdict

Hear = Callable[[tuple[float, Mapping[str, Any]]], None]


class KilledWorker(Exception):
    """Named like Dask's."""


class Pending:
    """A task. What comes of it is decided when somebody waits."""

    def __init__(self, client: FakeClient, key: str, worker: str, job: Job) -> None:
        self.client = client
        self.key = key
        self.worker = worker
        self.job = job
        self.answer: object = None
        self.is_cancelled = False

    def add_done_callback(self, done: Callable[[Pending], None]) -> None:
        self.done = done
        self.client.begin(self)

    def finish(self, answer: object) -> None:
        self.answer = answer
        self.client.outstanding.pop(self.key, None)
        self.done(self)

    def result(self, timeout: float) -> object:
        assert timeout
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def cancelled(self) -> bool:
        return self.is_cancelled

    def cancel(self) -> None:
        self.is_cancelled = True
        self.client.outstanding.pop(self.key, None)

    def release(self) -> None:
        pass


class FakeClient:
    """Workers by their addresses, and what each text of a submission does to them."""

    def __init__(
        self, folder: ExerciseFolder, workers: Mapping[str, int], **does: Callable[[Pending], None]
    ) -> None:
        self.folder = folder
        self.workers = dict(workers)
        self.does = does
        self.status = "running"
        self.unlike: dict[str, Facts | Exception] = {}
        self.outstanding: dict[str, str] = {}
        self.most: defaultdict[str, int] = defaultdict(int)
        self.graded: list[tuple[str, str]] = []
        self.cleared: list[str] = []
        self.cancelled: list[str] = []
        self.born = 0
        self.undecided: deque[Pending] = deque()

    def nthreads(self) -> Mapping[str, int]:
        return self.workers

    def subscribe_topic(self, topic: str, hear: Hear) -> None:
        assert topic == "all"
        self._hear = hear

    def run(
        self,
        _function: Callable[..., object],
        given: bytes | str,
        *,
        on_error: str,
        workers: Sequence[str] = (),
        wait: bool = True,
    ) -> Mapping[str, object]:
        if isinstance(given, str):
            assert not wait
            self.cleared.append(given)
            return {}
        facts = received(given, Run).facts
        found = {each: self.unlike.get(each, facts) for each in workers}
        assert on_error == "return"
        return {
            name: each if isinstance(each, Exception) else sent(each)
            for name, each in found.items()
        }

    def submit(
        self,
        _function: Callable[[bytes], bytes],
        data: bytes,
        *,
        key: str,
        workers: Sequence[str],
        allow_other_workers: bool,
        pure: bool,
    ) -> Pending:
        assert not allow_other_workers
        assert not pure
        (worker,) = workers
        return Pending(self, key, worker, received(data, Job))

    def cancel(self, futures: Sequence[Pending]) -> None:
        self.cancelled += [each.key for each in futures]

    def begin(self, task: Pending) -> None:
        self.outstanding[task.key] = task.worker
        self.undecided.append(task)
        for each in set(self.outstanding.values()):
            busy = list(self.outstanding.values()).count(each)
            self.most[each] = max(self.most[each], busy)

    def go_on(self) -> bool:
        """Have something happen to the oldest task; whether there is one."""
        while self.undecided:
            task = self.undecided.popleft()
            if not task.is_cancelled:
                self._decide(task)
                return True
        return False

    def _decide(self, task: Pending) -> None:
        self.graded.append((task.job.text, task.worker))
        self.does.get(task.job.text, answers)(task)

    def says(self, action: str, worker: str, **more: object) -> None:
        self._hear((0.0, {"action": action, "worker": worker, **more}))

    def ends(self, worker: str, *, expected: bool = False) -> None:
        """End a worker; another one takes its place."""
        threads = self.workers.pop(worker)
        self.says("remove-worker", worker, expected=expected)
        self.born += 1
        self.joins(f"tcp://127.0.0.1:{9000 + self.born}", threads)

    def joins(self, worker: str, threads: int = 1) -> None:
        self.workers[worker] = threads
        self.says("add-worker", worker)


def report_on(task: Pending) -> Report:
    job = task.job
    blank = error_report(
        job.submission, task.client.folder.exercise, task.worker, job.run.asked.request
    )
    return msgspec.structs.replace(blank, verdict=Verdict.PASSED)


def answers(task: Pending) -> None:
    task.finish(sent(Graded(report=packed(report_on(task)))))


def kills(task: Pending) -> None:
    task.client.ends(task.worker)


def waits(_task: Pending) -> None:
    """Grade for ever."""


def refuses(task: Pending) -> None:
    task.finish(sent(Refused(differences=("jax 1 there, 2 here",))))
