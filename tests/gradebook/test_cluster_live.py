"""A class graded by real Dask workers on this machine, one of which is killed meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from grader.catalogue import exercises
from grader.gradebook.cluster import node
from grader.gradebook.cluster.facts import Facts, facts
from grader.gradebook.cluster.messages import Graded, Refused, Run, asked_of, job, received, sent
from grader.gradebook.cluster.messages import reply as reply_of
from grader.gradebook.request import ClassRequest
from grader.grading.guarded import graded
from grader.grading.packing import packed, unpacked
from grader.grading.session import Session
from grader.model.report import Report, Verdict
from grader.model.submission import Submission, from_bytes

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "exercises" / "nn_vmap_shared"
HANDED_IN = (
    "mistakes/one_copy_per_example.py",
    "mistakes/in_axes_one_and_split_true.py",
    "accepted/bind_then_call.py",
    "starter.py",
)
FOLDER = next(each for each in exercises() if each.folder == SHARED)

pytestmark = pytest.mark.slow


def same(report: Report) -> Report:
    """A report without what differs from run to run."""
    return msgspec.structs.replace(report, duration_s=0.0, timings=())


# --------------------------------------------------------------------------- what a worker does


def run_of(request: ClassRequest, name: str = "grade-test", there: Facts | None = None) -> Run:
    return Run(name=name, asked=asked_of(request), facts=there or facts([FOLDER]))


def submission(name: str) -> Submission:
    return from_bytes("/submission/nn_vmap_shared.py", (SHARED / name).read_bytes())


def test_a_worker_gives_the_report_that_this_machine_gives() -> None:
    request = ClassRequest(cases=5, timeout=60.0)
    run = run_of(request)
    assert "nn-vmap-shared" in received(node.describe(sent(run)), Facts).exercises
    given = submission(HANDED_IN[0])
    try:
        answer = reply_of(node.grade(sent(job(run, FOLDER.slug, given))))
    finally:
        node._DESKS.clear(run.name)
    assert isinstance(answer, Graded)
    with Session() as session:
        here = graded(session, given, FOLDER, request)
    assert packed(same(unpacked(answer.report))) == packed(same(here))


def test_a_worker_that_joined_later_compares_itself() -> None:
    here = facts([FOLDER])
    run = run_of(ClassRequest(), there=msgspec.structs.replace(here, code="another"))
    answer = reply_of(node.grade(sent(job(run, FOLDER.slug, submission(HANDED_IN[0])))))
    node._DESKS.clear(run.name)
    assert isinstance(answer, Refused)
    assert "code" in answer.differences[0]


def test_a_sandbox_is_required_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.sandbox.policy import Protection

    lacks = Protection(name="Landlock", active=False, detail="not here", kernel=True)
    monkeypatch.setattr("grader.grading.grading.missing_protections", lambda _: (lacks,))
    run = run_of(ClassRequest(require_sandbox=True))
    answer = reply_of(node.grade(sent(job(run, FOLDER.slug, submission(HANDED_IN[0])))))
    node._DESKS.clear(run.name)
    assert isinstance(answer, Graded)
    report = unpacked(answer.report)
    assert report.verdict is Verdict.ERROR
    assert "--require-sandbox" in report.summary


# ----------------------------------------------------------------------------------- the command


@pytest.fixture
def hand_ins(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    for name in HANDED_IN:
        shutil.copy(SHARED / name, folder)
    (folder / "exits.py").write_text(
        "import os\n\ndef nn_vmap_forward(a, b, c):\n    os._exit(0)\n"
    )
    return folder


def begun(folder: Path, book: Path, *words: str) -> subprocess.Popen[str]:
    words = ("class", str(folder), "--gradebook", str(book), "--cases", "20", *words)
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def reports(book: Path) -> dict[str, bytes]:
    connection = sqlite3.connect(book)
    found = connection.execute("SELECT sha256, report FROM gradings").fetchall()
    connection.close()
    return {sha256: packed(same(unpacked(data))) for sha256, data in found}


def children(process: int) -> Sequence[int]:
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == process:
                found.append(int(each.name))
    return found


def workers(process: int) -> Sequence[int]:
    """The Dask workers that grade something: their nurseries have children."""
    spawned = [worker for each in children(process) for worker in children(each)]
    return [each for each in spawned if any(children(nursery) for nursery in children(each))]


def dask_of(folder: Path) -> list[str]:
    """What is left of a cluster: its processes, and its files."""
    needle = str(folder).encode()
    left = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and each.name != str(os.getpid()):
            try:
                if b"TMPDIR=" + needle in (each / "environ").read_bytes():
                    left.append((each / "cmdline").read_text())
            except OSError:
                continue
    return left + [each.name for each in folder.glob("grader-*")]


def kill_one_that_grades(process: subprocess.Popen[str]) -> bool:
    while process.poll() is None:
        at_work = workers(process.pid)
        if at_work:
            os.kill(at_work[0], signal.SIGKILL)
            return True
        time.sleep(0.02)
    return False


needs_dask = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@needs_dask
def test_a_worker_killed_in_the_middle_changes_no_report(hand_ins: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    here = begun(hand_ins, tmp_path / "here.sqlite", "--jobs", "2")
    assert here.communicate(timeout=600)[1] == ""
    there = begun(hand_ins, tmp_path / "there.sqlite", "--dask", "local:2")
    assert kill_one_that_grades(there)
    out, err = there.communicate(timeout=600)
    assert (there.returncode, err) == (here.returncode, ""), out
    assert reports(tmp_path / "there.sqlite") == reports(tmp_path / "here.sqlite")
    assert len(reports(tmp_path / "here.sqlite")) == len(HANDED_IN) + 1
    assert dask_of(tmp_path) == []


@needs_dask
def test_an_interrupted_run_leaves_nothing_but_what_is_done(hand_ins: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    book = tmp_path / "book.sqlite"
    process = begun(hand_ins, book, "--dask", "local:1", "--report", "jsonl")
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    kept = len(reports(book))
    assert err == (
        f"grade: {kept} of {len(HANDED_IN) + 1} are graded and kept; the same command goes on "
        "from there\ngrade: interrupted\n"
    )
    assert dask_of(tmp_path) == []


@needs_dask
def test_missing_files_are_reported_in_one_line(hand_ins: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    process = begun(hand_ins, tmp_path / "book.sqlite", "--dask", "127.0.0.1:9")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("grade: --dask: no Dask scheduler answers at tcp://127.0.0.1:9 within")
    assert err.count("\n") == 1
