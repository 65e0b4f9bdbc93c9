"""A class in a cluster: who gets what, and what is said when workers die, differ or lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fake_cluster import FakeClient, KilledWorker, Pending, answers, kills, refuses, waits

from grader.catalogue import BrokenExercise, exercises
from grader.errors import ClusterBroken, CommandWrong
from grader.gradebook.book import Entry
from grader.gradebook.classroom import HandedIn
from grader.gradebook.cluster.address import Local, Scheduler, check_trusted, place
from grader.gradebook.cluster.facts import differences, facts
from grader.gradebook.cluster.grading import ClusterGrading, Course
from grader.gradebook.cluster.messages import Graded, asked_of, job, sent
from grader.gradebook.cluster.patience import Patience
from grader.gradebook.cluster.seats import Seats
from grader.gradebook.groups import Group
from grader.gradebook.request import ClassRequest
from grader.grading.setup import Key
from grader.model.exercise import Check
from grader.model.report import Report, Status, Verdict
from grader.model.submission import from_bytes
from grader.render import RENDERERS

FOLDER = exercises()[0]
ONE = "tcp://127.0.0.1:1"
TWO = "tcp://127.0.0.1:2"


# ------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("local:1", Local(1)),
        ("local:12", Local(12)),
        ("127.0.0.1:8786", Scheduler("tcp", "127.0.0.1", 8786)),
        ("tcp://localhost:8786", Scheduler("tcp", "localhost", 8786)),
        ("tcp://127.0.0.2:1", Scheduler("tcp", "127.0.0.2", 1)),
        ("tcp://[::1]:8786", Scheduler("tcp", "::1", 8786)),
        ("tls://cluster.example.org:8786", Scheduler("tls", "cluster.example.org", 8786)),
        ("local", None),
        ("local:", None),
        ("local:0", None),
        ("local:-1", None),
        ("local:two", None),
        ("local:2²", None),
        ("local:1000000000000", None),
        ("", None),
        ("tcp://", None),
        ("tcp://host", None),
        ("tcp://host:port", None),
        ("tcp://host:99999999", None),
        ("inproc://1.2.3.4/5", None),
        ("http://127.0.0.1:8787", None),
        ("tcp://127.0.0.1:8786/status", None),
        ("tcp://[::1:8786", None),
    ],
)
def test_an_address_is_a_number_of_workers_or_a_scheduler(
    text: str, found: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    if found is None:
        with pytest.raises(CommandWrong, match="--dask"):
            place(text, insecure=False)
    else:
        assert place(text, insecure=False) == found


def test_without_the_extra_a_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CommandWrong, match=r"pip install 'jax-exercise-grader\[cluster\]'"):
        place("local:2", insecure=False)


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.1", "0.0.0.0", "[2001:db8::1]"])
def test_another_machine_needs_tls_or_a_word(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    with pytest.raises(CommandWrong, match=r"TLS.*--insecure"):
        place(f"tcp://{host}:8786", insecure=False)
    assert place(f"tcp://{host}:8786", insecure=True)
    assert place(f"tls://{host}:8786", insecure=False)


def test_a_worker_on_another_machine_needs_tls_too() -> None:
    check_trusted("tcp://127.0.0.1:1", "the worker")
    with pytest.raises(CommandWrong, match="the worker at"):
        check_trusted("tcp://192.0.2.7:1", "the worker")


# ----------------------------------------------------------------------------------------- facts


def test_what_differs_is_named() -> None:
    here = facts([FOLDER])
    assert differences(here, here) == ()
    changed = here.versions | {"jax": "0.1"}
    found = differences(here, msgspec.structs.replace(here, versions=changed))
    assert found == (f"jax 0.1 there, {here.versions['jax']} here",)
    assert differences(here, msgspec.structs.replace(here, code="x")) == (
        "its grader's code differs, with the same version number",
    )
    assert differences(here, msgspec.structs.replace(here, exercises={FOLDER.slug: "x"})) == (
        f"its exercise {FOLDER.slug} differs",
    )
    assert differences(here, msgspec.structs.replace(here, exercises={})) == (
        f"it doesn't have the exercise {FOLDER.slug}",
    )
    more = here.exercises | {"their-own": "x"}
    assert differences(here, msgspec.structs.replace(here, exercises=more)) == ()


def test_what_reports_depend_on_arrives() -> None:
    asked = ClassRequest(
        cases=7,
        seed=8,
        timeout=9.0,
        repair=False,
        prove=False,
        require_sandbox=True,
        exercises=(Path("mine"),),
    )
    sent_on = asked_of(asked)
    assert sent_on.courses == (str(Path("mine").absolute()),)
    arrived = sent_on.request
    assert dataclasses.replace(arrived, exercises=asked.exercises) == asked


def test_a_submission_arrives_as_it_was_read() -> None:
    for data in (b"x = 1\n", "é = 'ü'\n".encode(), b"\xff\xfe\x00", b"PK\x03\x04 zip", b""):
        submission = from_bytes("/submission/x.py", data)
        there = job(None, FOLDER.slug, submission).submission  # type: ignore[arg-type]
        assert (there.path, there.sha256) == (submission.path, submission.sha256)
        assert there.source.text == submission.source.text
        assert there.source.unread == submission.source.unread
        several = submission.beside([from_bytes("/submission/helpers.py", data)])
        sent_on = job(None, FOLDER.slug, several).submission  # type: ignore[arg-type]
        assert (sent_on.sha256, sent_on.digests) == (several.sha256, several.digests)
        assert [(e.name, e.text, e.unread) for e in sent_on.source.files] == [
            (e.name, e.text, e.unread) for e in several.source.files
        ]


# ----------------------------------------------------------------------------------------- seats


def test_no_worker_gets_more_than_its_threads_can_do() -> None:
    seats: Seats[str] = Seats()
    seats.join("a", 2)
    seats.join("b", 1)
    for key in "123":
        worker = seats.free()
        assert worker is not None
        seats.sit(key, key, worker)
    assert seats.free() is None
    assert sorted(key for key, _ in [*seats.leave("a"), *seats.leave("b")]) == ["1", "2", "3"]
    assert seats.rise("1") is None


def test_a_suspect_has_a_worker_to_itself() -> None:
    seats: Seats[str] = Seats()
    seats.join("a", 3)
    seats.sit("1", "one", "a")
    assert seats.free(alone=True) is None
    assert seats.free() == "a"
    assert seats.rise("1") == ("a", "one")
    seats.sit("2", "suspect", "a", alone=True)
    assert seats.free() is None
    seats.rise("2")
    assert seats.free() == "a"


# ------------------------------------------------------------------------------------ the gradings


class Ran:
    """A class's grading with a fake cluster."""

    def __init__(self, client: FakeClient, *texts: str, **asked: Any) -> None:
        self.kept: dict[str, Report] = {}
        self.notes: list[str] = []
        self.client = client
        self.groups = [group(text) for text in texts]
        course = Course(
            asked=ClassRequest(**asked),
            read=lambda each: from_bytes("anna.py", each.handed.path.encode()),
            known=lambda each: each.handed.path in self.kept,
            keep=self._keep,
            note=self.notes.append,
            patience=Patience(self._wait, lambda: None),
        )
        self.grading = ClusterGrading(client, course, self.groups)  # type: ignore[arg-type]

    def _keep(self, each: Group, report: Report) -> None:
        assert each.handed.path not in self.kept, "graded twice"
        self.kept[each.handed.path] = report

    def _wait(self, ready: Callable[[], bool]) -> None:
        while not ready():
            if not self.client.go_on():
                raise KeyboardInterrupt

    def run(self, *, trusting: bool = True) -> Ran:
        self.grading.look(trusting=trusting)
        assert len(list(self.grading.results())) == len(self.groups)
        return self

    def verdicts(self) -> dict[str, Verdict]:
        return {text: each.verdict for text, each in self.kept.items()}


def group(text: str) -> Group:
    key = Key(text, FOLDER.slug, "s")
    return Group(entries=(Entry(handed=HandedIn(path=text, student=None), key=key),), folder=FOLDER)


def test_few_tasks_are_outstanding_however_many_there_are() -> None:
    client = FakeClient(FOLDER, {ONE: 2, TWO: 1})
    texts = [f"x = {number}" for number in range(300)]
    ran = Ran(client, *texts).run()
    assert list(ran.verdicts()) == texts
    assert client.most[ONE] <= 2
    assert client.most[TWO] <= 1
    assert len(client.graded) == 300
    assert all(each.path.startswith("/submission/") for each in ran.kept.values())


def test_a_dead_worker_costs_its_task_only() -> None:
    def kills_once(task: Pending) -> None:
        task.client.does["b"] = answers
        kills(task)

    client = FakeClient(FOLDER, {ONE: 1, TWO: 1}, b=kills_once)
    ran = Ran(client, *"abcd").run()
    assert ran.verdicts() == dict.fromkeys("abcd", Verdict.PASSED)
    assert [text for text, _ in client.graded].count("b") == 2
    assert len(client.graded) == 5


def test_a_submission_that_kills_its_workers_is_crashed_after_two() -> None:
    client = FakeClient(FOLDER, {ONE: 1, TWO: 1}, b=kills)
    ran = Ran(client, *"abcd").run()
    assert client.born == 2
    report = ran.kept.pop("b")
    assert set(ran.verdicts().values()) == {Verdict.PASSED}
    assert report.verdict is Verdict.FAILED
    assert report.rules == ("crashed",)
    assert report.score == 0
    assert {each.check for each in report.checks if each.status is Status.FAILED} == {Check.RUNS}
    assert Status.PASSED not in {each.status for each in report.checks}, "nothing was observed"
    for render in RENDERERS.values():
        assert render(report)


def test_what_was_graded_beside_a_killer_is_not_accused() -> None:
    client = FakeClient(FOLDER, {ONE: 3}, killer=kills)
    seen: list[str] = []

    def bystander(task: Pending) -> None:
        seen.append(task.worker)
        if len(seen) > 1:
            answers(task)

    client.does["bystander"] = bystander
    ran = Ran(client, "bystander", "killer", "other").run()
    assert len(seen) == 2
    assert ran.verdicts() == {
        "bystander": Verdict.PASSED,
        "other": Verdict.PASSED,
        "killer": Verdict.FAILED,
    }


def test_a_retired_worker_does_not_count_as_a_death() -> None:
    times: list[str] = []

    def retired(task: Pending) -> None:
        times.append(task.worker)
        if len(times) > 5:
            answers(task)
        else:
            task.client.ends(task.worker, expected=True)

    ran = Ran(FakeClient(FOLDER, {ONE: 1}, a=retired), "a").run()
    assert ran.verdicts() == {"a": Verdict.PASSED}


def test_dask_giving_up_on_a_task_is_a_death_too() -> None:
    def given_up(task: Pending) -> None:
        task.finish(KilledWorker())

    ran = Ran(FakeClient(FOLDER, {ONE: 1}, a=given_up), *"ab").run()
    assert ran.kept["a"].rules == ("crashed",)
    assert ran.kept["b"].verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x80\x04N.",
        {"a": 1},
        None,
        sent(Graded(report=b"no report")),
        b"1",
        ValueError("lost"),
    ],
)
def test_an_invalid_report_accuses_nobody(answer: object) -> None:
    client = FakeClient(FOLDER, {ONE: 1}, a=lambda task: task.finish(answer))
    ran = Ran(client, *"ab").run()
    assert ran.verdicts() == {"a": Verdict.ERROR, "b": Verdict.PASSED}


def test_a_report_about_another_file_is_not_taken() -> None:
    def swaps(task: Pending) -> None:
        other = msgspec.structs.replace(task.job, sha256="0")
        task.job = other
        answers(task)

    ran = Ran(FakeClient(FOLDER, {ONE: 1}, a=swaps), "a").run()
    assert ran.verdicts() == {"a": Verdict.ERROR}


def test_a_worker_that_differs_is_named_before_anything_is_graded() -> None:
    client = FakeClient(FOLDER, {ONE: 1, TWO: 1})
    here = facts([FOLDER])
    client.unlike[TWO] = msgspec.structs.replace(here, versions=here.versions | {"jax": "0.1"})
    with pytest.raises(CommandWrong, match=r"127\.0\.0\.1:2 can't be used: jax 0\.1 there"):
        Ran(client, "a").run()
    client.unlike[TWO] = ModuleNotFoundError("no", name="grader")
    with pytest.raises(CommandWrong, match="no module grader; install jax-exercise-grader"):
        Ran(client, "a").run()
    assert client.graded == []


def test_a_worker_that_joins_later_and_differs_is_not_used() -> None:
    client = FakeClient(FOLDER, {ONE: 1})
    late = "tcp://127.0.0.1:3"

    def joined(task: Pending) -> None:
        task.client.joins(late)
        answers(task)

    client.does["a"] = joined
    for text in "bcd":
        client.does[text] = lambda task: (refuses if task.worker == late else answers)(task)
    ran = Ran(client, *"abcd").run()
    assert set(ran.verdicts().values()) == {Verdict.PASSED}
    assert ran.notes == [f"the worker at {late} isn't used: jax 1 there, 2 here"]
    assert [worker for _, worker in client.graded].count(late) == 1


def test_a_worker_that_joins_later_and_has_no_grader_is_not_used() -> None:
    client = FakeClient(FOLDER, {ONE: 1})
    late = "tcp://127.0.0.1:3"

    def joined(task: Pending) -> None:
        task.client.joins(late)
        answers(task)

    def fails(task: Pending) -> None:
        task.finish(ModuleNotFoundError("No module named 'grader'"))

    client.does["a"] = joined
    for text in "bcd":
        client.does[text] = lambda task: (fails if task.worker == late else answers)(task)
    ran = Ran(client, *"abcd").run()
    assert set(ran.verdicts().values()) == {Verdict.PASSED}
    (note,) = ran.notes
    assert "No module named 'grader'" in note


def test_a_plain_worker_on_another_machine_is_refused() -> None:
    with pytest.raises(CommandWrong, match="the worker at"):
        Ran(FakeClient(FOLDER, {"tcp://192.0.2.1:5": 1}), "a").run(trusting=False)
    Ran(FakeClient(FOLDER, {"tcp://192.0.2.1:5": 1}), "a").run(trusting=True)


def test_a_cluster_without_workers_is_waited_for() -> None:
    client = FakeClient(FOLDER, {})
    ran = Ran(client, "a")
    ran.grading.look(trusting=True)
    client.joins(ONE)
    assert len(list(ran.grading.results())) == 1
    assert ran.notes == ["the cluster has no workers yet; waiting for the first (Ctrl-C ends)"]


def test_a_lost_scheduler_ends_the_run() -> None:
    def lost(task: Pending) -> None:
        task.client.status = "closed"

    with pytest.raises(ClusterBroken, match="scheduler is lost"):
        Ran(FakeClient(FOLDER, {ONE: 1}, a=lost), "a").run()


@pytest.mark.parametrize(("again", "goes_on"), [(False, True), (True, False)])
@pytest.mark.parametrize("method", ["run", "submit"])
def test_a_scheduler_that_is_lost_in_a_call_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, method: str, again: bool, goes_on: bool
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError("Stream is closed")

    ran = Ran(FakeClient(FOLDER, {ONE: 1}), "a", again=again)
    monkeypatch.setattr(ran.client, method, closed)
    with pytest.raises(ClusterBroken, match="scheduler is lost") as lost:
        ran.run()
    assert ("goes on" in str(lost.value)) == goes_on


def test_an_interrupted_run_cancels_and_clears() -> None:
    client = FakeClient(FOLDER, {ONE: 1}, b=waits)
    ran = Ran(client, *"abc")
    with pytest.raises(KeyboardInterrupt):
        ran.run()
    ran.grading.close()
    assert ran.verdicts() == {"a": Verdict.PASSED}
    assert len(client.cancelled) == 1
    assert len(client.cleared) == 1


def test_a_broken_exercise_needs_no_worker() -> None:
    client = FakeClient(FOLDER, {ONE: 1})
    ran = Ran(client, *"ab")
    broken = BrokenExercise(Path("mine"), "no declaration")
    ran.groups[0] = msgspec.structs.replace(ran.groups[0], folder=broken)
    again = Ran(client)
    again.groups = ran.groups
    again.grading._waiting.extend(ran.groups)
    again.run()
    assert again.verdicts() == {"a": Verdict.ERROR, "b": Verdict.PASSED}
    assert again.kept["a"].summary == "no declaration"
