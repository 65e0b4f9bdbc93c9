"""A class graded by a cluster: what goes out, what comes back, and what happens to workers."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never
from uuid import uuid4

import msgspec

from grader.catalogue import BrokenExercise
from grader.errors import ClusterBroken, CommandWrong
from grader.gradebook.cluster import node
from grader.gradebook.cluster.address import Place, Scheduler, check_trusted
from grader.gradebook.cluster.connection import connected
from grader.gradebook.cluster.events import RUNNING, Answered, Events, Failed, Joined, Left, watched
from grader.gradebook.cluster.facts import Facts, differences, facts
from grader.gradebook.cluster.lost import crashed
from grader.gradebook.cluster.messages import Refused, Run, asked_of, job, received, reply, sent
from grader.gradebook.cluster.patience import Patience
from grader.gradebook.cluster.seats import DEATHS, Seats
from grader.gradebook.grading import anonymous
from grader.gradebook.groups import Group
from grader.gradebook.request import ClassRequest
from grader.grading.assembly import error_report
from grader.grading.packing import Unreadable, unpacked
from grader.model.report import Report
from grader.model.submission import Submission

if TYPE_CHECKING:
    from distributed import Client, Future

_NAME: Final = "grade"
_LOST: Final = "the connection to the cluster's scheduler is lost; what is graded is kept"
_GOES_ON: Final = f"{_LOST}, and the same command goes on from there"


class Task(msgspec.Struct, kw_only=True):
    """Equal files to grade, and how often a worker ended meanwhile."""

    group: Group
    submission: Submission
    deaths: int = 0


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What a cluster's grading asks of its command, and tells it."""

    asked: ClassRequest
    read: Callable[[Group], Submission]
    known: Callable[[Group], bool]
    keep: Callable[[Group, Report], None]
    note: Callable[[str], None]
    patience: Patience

    def lost(self) -> ClusterBroken:
        """Return the error for a connection that is lost."""
        return ClusterBroken(_LOST if self.asked.again else _GOES_ON)

    @contextlib.contextmanager
    def loss_said(self) -> Iterator[None]:
        """Raise that error for what Dask raises then, such as its `CommClosedError`."""
        try:
            yield
        except OSError as error:
            raise self.lost() from error


@contextlib.contextmanager
def cluster(place: Place, course: Course, groups: Sequence[Group]) -> Iterator[ClusterGrading]:
    """Connect to a cluster whose workers are all like this machine.

    Raises `CommandWrong` if one is not, or can't be trusted with what is sent.
    """
    with connected(place, course.patience) as client, watched(client, course.patience.told):
        with course.loss_said():
            grading = ClusterGrading(client, course, groups)
        try:
            grading.look(trusting=not isinstance(place, Scheduler) or course.asked.insecure)
            yield grading
        finally:
            grading.close()


class ClusterGrading:
    """The gradings of one command in a cluster; reports are kept as they come, in any order."""

    def __init__(self, client: Client, course: Course, groups: Sequence[Group]) -> None:
        folders = {each.folder.slug: each.folder for each in groups}
        used = [each for each in folders.values() if not isinstance(each, BrokenExercise)]
        self._client = client
        self._course = course
        self._run = Run(
            name=f"{_NAME}-{uuid4().hex}", asked=asked_of(course.asked), facts=facts(used)
        )
        self._events = Events(client, course.patience.told)
        self._waiting = deque(groups)
        self._again: deque[Task] = deque()
        self._seats: Seats[Task] = Seats()
        self._futures: dict[str, Future] = {}
        self._refused: set[str] = set()
        self._alike: set[str] = set()
        self._sent = 0
        self._trusting = True

    # ------------------------------------------------------------------------------ workers

    def look(self, *, trusting: bool) -> None:
        """Compare all workers with this machine, and use them.

        Raises `CommandWrong`, and `ClusterBroken` if the scheduler is lost meanwhile.
        """
        self._trusting = trusting
        workers: dict[str, int] = dict(self._client.nthreads())
        for each in workers:
            self._check_trusted(each)
        describe = partial(
            self._client.run, node.describe, sent(self._run), on_error="return", workers=[*workers]
        )
        answers: dict[str, object] = {}
        if workers:
            with self._course.loss_said():
                answers = self._course.patience.result(describe)
        for worker, answer in answers.items():
            found = self._unlike(answer)
            if found:
                raise CommandWrong(f"--dask: the worker at {worker} can't be used: {found}")
            self._alike.add(worker)
            self._seats.join(worker, workers.get(worker, 1))
        if not self._seats:
            self._course.note("the cluster has no workers yet; waiting for the first (Ctrl-C ends)")

    def _check_trusted(self, worker: str) -> None:
        if not self._trusting:
            check_trusted(worker, "the worker")

    def _unlike(self, answer: object) -> str:
        """Say how a worker differs from this machine; empty if it doesn't."""
        if isinstance(answer, ModuleNotFoundError):
            return f"it has no module {answer.name}; install jax-exercise-grader there"
        if not isinstance(answer, bytes):
            return f"it can't report its versions ({answer!r})"
        try:
            return "; ".join(differences(self._run.facts, received(answer, Facts)))
        except msgspec.DecodeError as error:
            return f"it has another version of the grader ({error})"

    def _join(self, worker: str) -> None:
        """Use a worker that just joined; it compares itself when it gets its first job."""
        threads: dict[str, int] = dict(self._client.nthreads())
        if worker in threads and worker not in self._refused:
            self._check_trusted(worker)
            self._seats.join(worker, threads[worker])

    def _leave(self, worker: str, *, expected: bool) -> Iterator[Group]:
        self._refused.discard(worker)
        self._alike.discard(worker)
        for key, task in self._seats.leave(worker):
            yield from self._died(key, task, counts=not expected)
        if not self._seats:
            self._course.note("the cluster has no workers any more; waiting for one (Ctrl-C ends)")

    def _died(self, key: str, task: Task, *, counts: bool) -> Iterator[Group]:
        """Give the task to another worker; after too many deaths, report those."""
        self._forget(key)
        task.deaths += counts
        folder = task.group.folder
        if task.deaths < DEATHS or isinstance(folder, BrokenExercise):
            self._again.append(task)
            return
        yield self._kept(task, crashed(task.submission, folder.exercise, self._course.asked))

    # -------------------------------------------------------------------------------- tasks

    def results(self) -> Iterator[Group]:
        """Grade all, and yield what is kept. Raises `ClusterBroken` if the scheduler is lost."""
        yield from self._place()
        while self._waiting or self._again or self._futures:
            self._course.patience.wait(lambda: bool(self._events) or self._lost)
            if self._lost:
                raise self._course.lost()
            event = self._events.next()
            match event:
                case Joined(worker):
                    self._join(worker)
                case Left(worker, expected):
                    yield from self._leave(worker, expected=expected)
                case Answered(key, data):
                    yield from self._answered(key, data)
                case Failed():
                    yield from self._failed(event)
                case _:
                    assert_never(event)
            yield from self._place()

    @property
    def _lost(self) -> bool:
        return bool(self._client.status != RUNNING)

    def _place(self) -> Iterator[Group]:
        """Give free workers something to grade; yield what needs no worker."""
        while self._again and self._give(self._again[0]):
            self._again.popleft()
        while self._waiting and self._seats.free() is not None:
            group = self._waiting.popleft()
            if not self._course.asked.again and self._course.known(group):
                yield group
                continue
            submission = anonymous(self._course.read(group), group.folder)
            task = Task(group=group, submission=submission)
            if isinstance(group.folder, BrokenExercise):
                yield self._kept(task, self._error(task, group.folder.reason))
            else:
                self._give(task)

    def _give(self, task: Task) -> bool:
        """Give a worker a task, if there is one for it."""
        alone = task.deaths > 0
        worker = self._seats.free(alone=alone)
        if worker is None:
            return False
        self._sent += 1
        key = f"{self._run.name}-{self._sent}"
        self._seats.sit(key, task, worker, alone=alone)
        with self._course.loss_said():
            future = self._client.submit(
                node.grade,
                sent(job(self._run, task.group.folder.slug, task.submission)),
                key=key,
                workers=[worker],
                allow_other_workers=False,
                pure=False,
            )
        self._futures[key] = future
        self._events.follow(future)
        return True

    def _forget(self, key: str) -> None:
        """Make Dask stop a task, wherever it is."""
        future = self._futures.pop(key, None)
        if future is not None:
            with contextlib.suppress(Exception):  # the connection may be lost
                future.cancel()

    def _answered(self, key: str, data: bytes) -> Iterator[Group]:
        found = self._seats.rise(key)
        self._futures.pop(key, None)
        if found is None:
            return
        worker, task = found
        try:
            answer = reply(data)
            if isinstance(answer, Refused):
                self._refuse(worker, task, "; ".join(answer.differences))
                return
            self._alike.add(worker)
            report = self._own(task, unpacked(answer.report))
        except (msgspec.DecodeError, Unreadable) as error:
            report = self._error(task, f"the worker at {worker} sent no readable report: {error}")
        yield self._kept(task, report)

    def _own(self, task: Task, report: Report) -> Report:
        """Return a report that is this submission's. Raises `Unreadable`."""
        slug = report.exercise.slug if report.exercise is not None else ""
        if (report.sha256, slug) != (task.submission.sha256, task.group.folder.slug):
            raise Unreadable("it is about another file")
        return report

    def _refuse(self, worker: str, task: Task, why: str) -> None:
        """Stop using a worker that joined later and isn't like this machine."""
        self._refused.add(worker)
        self._again.append(task)
        for key, other in self._seats.leave(worker):
            self._forget(key)
            self._again.append(other)
        self._course.note(f"the worker at {worker} isn't used: {why}")

    def _failed(self, event: Failed) -> Iterator[Group]:
        """Handle a task without an answer: its worker is gone, or the grader failed in it."""
        found = self._seats.rise(event.key)
        if found is None:
            return
        worker, task = found
        if event.killed:
            yield from self._died(event.key, task, counts=True)
            return
        self._forget(event.key)
        if self._lost:
            raise self._course.lost()
        if worker not in self._alike:
            self._refuse(worker, task, event.why)
            return
        yield self._kept(task, self._error(task, f"a worker of the cluster failed: {event.why}"))

    def _error(self, task: Task, why: str) -> Report:
        folder = task.group.folder
        exercise = None if isinstance(folder, BrokenExercise) else folder.exercise
        return error_report(task.submission, exercise, why, self._course.asked)

    def _kept(self, task: Task, report: Report) -> Group:
        self._course.keep(task.group, report)
        return task.group

    def close(self) -> None:
        """Cancel what isn't done, and have the workers end this command's session."""
        if self._lost:
            return
        with contextlib.suppress(Exception):  # it may be lost just now
            if self._futures:
                self._client.cancel(list(self._futures.values()))
            self._client.run(node.clear, self._run.name, wait=False, on_error="ignore")
