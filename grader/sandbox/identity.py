"""A worker's identity: its own session, no privileges to gain or use, no reader of its memory.

Each step is one row of the report, and none raises: where a system lacks it, the row says so.
"""

import contextlib
import ctypes
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from grader.sandbox.libc import SUPPORTED, capset, prctl
from grader.sandbox.policy import Protection

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION_3 = 0x20080522
HIGHEST_CAPABILITY = 63

NOT_LINUX = "this is not 64-bit Linux"


def available() -> tuple[Protection, ...]:
    """Return what the steps below would say here."""
    session = sys.platform != "win32"
    detail = "" if SUPPORTED else NOT_LINUX
    return (
        Protection(name="own-session", active=session, detail="" if session else "no sessions"),
        Protection(name="no-new-privileges", active=SUPPORTED, detail=detail),
        Protection(name="capabilities", active=SUPPORTED, detail=detail),
        Protection(name="unreadable-memory", active=SUPPORTED, detail=detail),
        Protection(name="dies-with-parent", active=SUPPORTED, detail=detail),
    )


def own_session() -> Protection:
    """Leave the terminal, and become a group that can be killed as a whole.

    Calling it twice is harmless.
    """
    name = "own-session"
    if sys.platform == "win32":
        return Protection(name=name, active=False, detail="no sessions")
    try:
        if os.getsid(0) != os.getpid():
            os.setsid()
    except OSError as error:
        return Protection(name=name, active=False, detail=str(error.strerror))
    return Protection(name=name, active=True, detail="")


def no_new_privileges() -> Protection:
    """Ignore set-user-ID bits from now on. Landlock and seccomp require it."""
    return _on_linux("no-new-privileges", lambda: prctl(PR_SET_NO_NEW_PRIVS, 1))


def without_capabilities() -> Protection:
    """Give up root's privileges: the files of others, raised limits, mounts, devices.

    The bounding set as well, where that is allowed, so that no exec could bring them back.
    """
    return _on_linux("capabilities", _drop_capabilities, "none held")


def _drop_capabilities() -> None:
    with contextlib.suppress(OSError):  # past the last one, or not privileged: nothing to give up
        for capability in range(HIGHEST_CAPABILITY + 1):
            prctl(PR_CAPBSET_DROP, capability)
    # Version 3 has two 32-bit words each of effective, permitted and inheritable.
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
    nothing = ctypes.create_string_buffer(24)
    capset(ctypes.addressof(header), ctypes.addressof(nothing))


def unreadable_memory() -> Protection:
    """Become undumpable: no core file, and no look at `/proc/<pid>/mem` by the same user.

    RLIMIT_CORE does not keep a core from a pipe; this does. The process still reads its own
    `/proc/self/maps` and `statm`, and anybody may read its resident size.
    """
    return _on_linux("unreadable-memory", lambda: prctl(PR_SET_DUMPABLE, 0))


def dies_with_parent() -> Protection:
    """Be killed when the thread that forked this process ends.

    A change of identity would clear it, so it comes after `without_capabilities`.
    """
    number = signal.SIGKILL if sys.platform != "win32" else 0
    return _on_linux("dies-with-parent", lambda: prctl(PR_SET_PDEATHSIG, number))


def running_threads() -> int:
    """Count those of this process, of its libraries too where there is /proc."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def _on_linux(name: str, act: Callable[[], object], detail: str = "") -> Protection:
    """Act, and report whether that worked; `detail` is for the report if it did."""
    if not SUPPORTED:
        return Protection(name=name, active=False, detail=NOT_LINUX)
    try:
        act()
    except OSError as error:
        return Protection(name=name, active=False, detail=str(error.strerror))
    return Protection(name=name, active=True, detail=detail)
