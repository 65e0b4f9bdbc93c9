"""The filter in the kernel, by itself: what it refuses, and that right programs do not notice."""

import errno
import platform
import signal

import msgspec
import pytest
from sandbox_forker import Ended, Raised, Returned
from sandbox_lab import Forker, Place, needs

pytestmark = needs("seccomp", "no-new-privileges")

HARMFUL = [
    "fork",
    "spawn",
    "execute",
    "signal_parent",
    "signal_group_of_parent",
    "signal_thread_of_parent",
    "signal_parent_by_pipe",
    "limit_parent",
    "slow_parent",
    "pin_parent",
    "trace_parent",
    "read_memory_of_parent",
    "hold_parent",
    "leave_session",
    "become_root",
    "become_dumpable",
    "outlive_parent",
    "new_namespace",
    "new_ring",
    "hidden_memory",
    "shared_memory",
    "page_faults",
    "share_memory",
    "share_and_drop",
    "huge_pages",
    "reserve_disk",
    "cut_a_hole",
    "lock_a_file",
    "lock_a_file_for_readers",
    "lock_a_part",
    "lock_an_open_file",
    "enlarge_a_pipe",
    "lock_memory",
    "timer",
    "type_into_terminal",
    "open_socket",
    "open_raw_socket",
    "open_socket_pair",
]
HARMLESS = [
    "thread",
    "signal_itself",
    "limit_itself",
    "is_terminal",
    "map_a_file",
    "map_a_file_privately",
    "private_memory",
]


@pytest.mark.parametrize("act", HARMFUL)
def test_it_is_refused(forker: Forker, act: str) -> None:
    answer = forker.tries(act, layers="seccomp")
    assert answer == Raised("PermissionError", errno.EPERM)
    assert forker.tries(act) == Raised("PermissionError", errno.EPERM)


@pytest.mark.parametrize("act", HARMFUL)
def test_it_succeeds_without_the_sandbox(forker: Forker, act: str) -> None:
    answer = forker.tries(act, layers="none")
    if isinstance(answer, Raised):
        pytest.skip(f"this system refuses it to everybody here: {answer.kind}")
    assert isinstance(answer, Returned | Ended)


@pytest.mark.parametrize("act", HARMLESS)
def test_right_programs_do_not_notice(forker: Forker, act: str) -> None:
    assert isinstance(forker.tries(act), Returned)


def test_the_attributes_of_a_file_stay_as_they_are(forker: Forker, place: Place) -> None:
    """Landlock does not watch these, and root or the file's owner may change them."""
    for act in ("change_mode", "change_times", "change_owner", "truncate"):
        answer = forker.tries(act, str(place.submission), layers="seccomp")
        assert answer == Raised("PermissionError", errno.EPERM), act
    scratch = str(place.scratch)
    assert forker.tries("change_mode", scratch) == Raised("PermissionError", errno.EPERM)


@pytest.mark.parametrize("layers", ["seccomp", "no landlock", "all"])
def test_written_files_stay_visible(forker: Forker, place: Place, layers: str) -> None:
    """What has no name takes space that whoever watches the folder does not see."""
    refused = {"PermissionError": errno.EPERM, "OSError": errno.EOPNOTSUPP}
    for act in (("write_unseen", str(place.scratch)), ("unlink", str(place.submission))):
        answer = forker.tries(*act, layers=layers, policy=place.policy())
        assert isinstance(answer, Raised)
        assert answer.errno in refused.values() or answer.errno == errno.EACCES
        assert place.submission.exists()
        assert isinstance(forker.tries("write_unseen", str(place.scratch), layers="none"), Returned)


def test_without_landlock_no_file_is_changed(forker: Forker, place: Place) -> None:
    """By the filter alone, which sees no paths: files may be read, and new ones made."""
    file, new = str(place.submission), str(place.scratch / "new")
    changing = [
        ("append", file),
        ("write_bytes", file, 1),
        ("truncate", file),
        ("unlink", file),
        ("rename", file, new),
        ("hard_link", file, new),
        ("symbolic_link", file, new),
    ]
    for name, *arguments in changing:
        answer = forker.tries(str(name), *arguments, layers="no landlock")
        assert answer == Raised("PermissionError", errno.EPERM), name
    assert place.submission.read_text() == "the submission\n"
    assert isinstance(forker.tries("read", file, layers="no landlock"), Returned)
    assert isinstance(forker.tries("create", new, layers="no landlock"), Returned)
    assert forker.tries("append", new, layers="no landlock") == Raised(
        "PermissionError", errno.EPERM
    )


def test_every_call_of_the_table_is_refused(forker: Forker) -> None:
    """But for the ones that depend on arguments: zeros are harmless, or refused otherwise."""
    allowed = {"clone3", "kill", "tgkill", "prlimit64", "sched_setaffinity", "sendto", "fcntl"}
    allowed |= {"open", "openat", "openat2", "creat", "mmap", "fallocate"}
    for layers in ("seccomp", "all"):
        answer = forker.tries("not_refused", layers=layers)
        assert isinstance(answer, Returned)
        found = set(msgspec.json.decode(answer.value, type=list[str]))
        assert found <= allowed
        assert "clone3" in found


def test_clone3_looks_like_an_old_kernel(forker: Forker) -> None:
    assert forker.tries("clone3", layers="seccomp") == Raised("OSError", errno.ENOSYS)


@pytest.mark.parametrize("number", [470, 500, 0x40000000, 0x40000000 + 39, 2**31 - 1])
def test_future_and_x32_calls_look_unknown(forker: Forker, number: int) -> None:
    answer = forker.tries("call_number", number, layers="seccomp")
    assert answer == Raised("OSError", errno.ENOSYS)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has this gate")
def test_a_32_bit_call_kills_the_process(forker: Forker) -> None:
    ended = forker.tries("call_as_32_bit", layers="seccomp")
    # SIGSEGV comes from a kernel that was built without the gate.
    assert ended in (Ended(-signal.SIGSYS), Ended(-signal.SIGSEGV))


def test_a_process_may_end_itself(forker: Forker) -> None:
    assert forker.tries("abort") == Ended(-signal.SIGABRT)
    assert forker.tries("kill_with", signal.SIGTERM.value) == Ended(-signal.SIGTERM)
