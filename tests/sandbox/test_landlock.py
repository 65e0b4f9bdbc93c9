"""Landlock by itself: what it refuses, that it is what refuses it, and how it degrades."""

import errno
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sandbox_forker import Answer, Raised, Returned
from sandbox_lab import Forker, Place, needs

from grader.sandbox import landlock

pytestmark = needs("landlock-files", "no-new-privileges")

EACCES = errno.EACCES
UNGRANTED = [
    ("read", "/etc/passwd"),
    ("names_in", "/etc"),
    ("names_in", "/"),
    ("read", "/proc/self/environ"),
    ("names_in", "/proc/self/fd"),
    ("read", "/proc/self/net/tcp"),
    ("read", "/proc/1/cmdline"),
    ("names_in", "/proc"),
    ("read_of_parent", "environ"),
    ("read_of_parent", "cmdline"),
    ("read_of_parent", "maps"),
    ("open_memory_of_parent",),
    ("execute",),
]


def refused(answer: Answer, *numbers: int) -> bool:
    return isinstance(answer, Raised) and answer.errno in numbers


def unchanging(path: Path) -> tuple[int, ...]:
    """All that `stat` says, but for the time of the last reading."""
    found = path.stat()
    return (found.st_ino, found.st_mode, found.st_nlink, found.st_uid, found.st_ctime_ns)


def control(answer: Answer) -> None:
    """The act succeeds where nothing holds it, or it would show nothing."""
    if isinstance(answer, Raised):
        pytest.skip(f"this system refuses it to everybody here: {answer.kind}")


@pytest.mark.parametrize("act", UNGRANTED, ids=" ".join)
def test_ungranted_access_is_refused(forker: Forker, act: tuple[str, ...]) -> None:
    assert refused(forker.tries(*act, layers="landlock"), EACCES)
    assert refused(forker.tries(*act), EACCES, errno.EPERM)


@pytest.mark.parametrize("act", UNGRANTED, ids=" ".join)
def test_it_succeeds_without_the_sandbox(forker: Forker, act: tuple[str, ...]) -> None:
    control(forker.tries(*act, layers="none"))


def test_only_the_file_in_the_learners_folder_is_readable(forker: Forker, place: Place) -> None:
    policy = place.policy()
    answer = forker.tries("read", str(place.submission), layers="landlock", policy=policy)
    assert answer == Returned(msgspec.Raw(b'"the submission\\n"'))
    for act in (("read", str(place.neighbour)), ("names_in", str(place.folder))):
        assert refused(forker.tries(*act, layers="landlock", policy=policy), EACCES)


def test_readable_files_are_not_executable(forker: Forker) -> None:
    """Without a loader and its libraries being readable there would be nothing to show."""
    interpreter = os.path.realpath(sys.executable)
    policy = msgspec.structs.replace(forker.policy, readable=(*forker.policy.readable, interpreter))
    assert refused(forker.tries("execute", layers="landlock", policy=policy), EACCES)


@pytest.mark.parametrize("layers", ["landlock", "all"])
def test_the_learners_file_is_not_changed(forker: Forker, place: Place, layers: str) -> None:
    file, inside = str(place.submission), str(place.scratch / "mine")
    before = unchanging(place.submission)
    acts = [
        ("append", file),
        ("unlink", file),
        ("truncate", file),
        ("rename", file, inside),
        ("rename", file, file + ".old"),
        ("hard_link", file, inside),
        ("create", str(place.folder / "new.py")),
    ]
    for act in acts:
        answer = forker.tries(*act, layers=layers, policy=place.policy())
        assert refused(answer, EACCES, errno.EXDEV, errno.EPERM), act
    assert place.submission.read_text() == "the submission\n"
    assert unchanging(place.submission) == before
    assert len(list(place.folder.iterdir())) == 2
    assert not list(place.scratch.iterdir())


@pytest.mark.parametrize("layers", ["landlock", "all"])
def test_the_scratch_folder_is_for_plain_files(forker: Forker, place: Place, layers: str) -> None:
    answer = forker.tries("work_in", str(place.scratch), layers=layers, policy=place.policy())
    assert answer == Returned(msgspec.Raw(b'["draft=two"]'))
    odd, written = str(place.scratch / "odd"), str(place.scratch / "inner/draft")
    for act in (
        ("symbolic_link", "/etc/passwd", odd),
        ("named_pipe", odd),
        ("unlink", written),
        ("rename", written, odd),
        ("write_and_unlink", odd),
    ):
        answer = forker.tries(*act, layers=layers, policy=place.policy())
        assert refused(answer, EACCES, errno.EPERM), act


def test_links_cannot_leave_the_granted_folders(forker: Forker, place: Place) -> None:
    (place.scratch / "link").symlink_to(place.neighbour)
    act = ("read", str(place.scratch / "link"))
    assert refused(forker.tries(*act, layers="landlock", policy=place.policy()), EACCES)


def test_listable_folders_show_names_but_no_content(forker: Forker, place: Place) -> None:
    policy = msgspec.structs.replace(place.policy(), listable=(str(place.folder),))
    answer = forker.tries("names_in", str(place.folder), layers="landlock", policy=policy)
    assert answer == Returned(msgspec.Raw(b'["neighbour.py","submission.py"]'))
    answer = forker.tries("read", str(place.neighbour), layers="landlock", policy=policy)
    assert refused(answer, EACCES)


def test_proc_self_is_the_confined_process(forker: Forker) -> None:
    answer = forker.tries("status_lines")
    assert isinstance(answer, Returned)
    assert msgspec.json.decode(answer.value)["NoNewPrivs"] == "1"


@pytest.mark.parametrize("abi", range(1, 8))
def test_older_kernels_still_refuse_files(forker: Forker, place: Place, abi: int) -> None:
    layers = f"landlock ABI {abi}"
    assert refused(forker.tries("read", "/etc/passwd", layers=layers), EACCES)
    assert isinstance(forker.tries("thread", layers=layers), Returned)
    answer = forker.tries("append", str(place.submission), layers=layers, policy=place.policy())
    assert refused(answer, EACCES)


def test_each_abi_refuses_all_that_the_previous_one_did() -> None:
    last = (0, 0, 0)
    for abi in range(1, landlock.NEWEST_ABI + 1):
        now = landlock.handled(abi)
        assert all(old & new == old for old, new in zip(last, now, strict=True))
        last = now
    assert landlock.handled(1) == (landlock.ALL_OF_ABI_1, 0, 0)
    assert last == (0xFFFF, 0b11, 0b11)
    assert landlock.handled(99) == last


# ------------------------------------------------------------------------- TCP, signals, sockets


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def abstract() -> Iterator[str]:
    name = f"grader-{os.getpid()}-{secrets.token_hex(4)}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        yield name


@needs("landlock-network")
def test_tcp_is_refused(forker: Forker, port: int) -> None:
    for act in (("connect", port), ("listen",)):
        name, *arguments = act
        assert isinstance(forker.tries(str(name), *arguments, layers="none"), Returned)
        assert refused(forker.tries(str(name), *arguments, layers="landlock"), EACCES)


@needs("landlock-signals")
def test_signals_and_abstract_sockets_are_refused(forker: Forker, abstract: str) -> None:
    for act in (("signal_parent",), ("connect_abstract", abstract)):
        assert isinstance(forker.tries(*act, layers="none"), Returned)
        assert refused(forker.tries(*act, layers="landlock"), errno.EPERM)
    assert isinstance(forker.tries("signal_itself", layers="landlock"), Returned)


def test_a_missing_folder_grants_nothing(forker: Forker, place: Place) -> None:
    policy = msgspec.structs.replace(
        place.policy(), readable=("/nonexistent/folder", str(Path(place.submission) / "beneath"))
    )
    assert refused(forker.tries("read", "/etc/passwd", layers="landlock", policy=policy), EACCES)
