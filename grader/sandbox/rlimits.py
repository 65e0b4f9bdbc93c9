"""Resource limits: what the kernel counts for one process, wherever there is POSIX.

Not RLIMIT_AS: XLA and its threads map gigabytes that they never touch. Not RLIMIT_NPROC on Linux:
it counts all processes and threads of the user, in other containers too, so it either fails right
submissions on a busy machine or holds nobody, and root not at all; seccomp refuses processes, and
threads are bounded by the stacks that count as data.

Source: https://man7.org/linux/man-pages/man2/getrlimit.2.html.
"""

import os
import sys
from pathlib import Path

from grader.sandbox.policy import Policy, Protection

if sys.platform != "win32":
    import resource

NAME = "rlimits"
MEBIBYTE = 2**20
THREADS_PER_PROCESSOR = 8
"""XLA starts four or five pools of a thread per processor, and a dozen threads beside them."""
USUAL_STACK = 8 * MEBIBYTE


def available() -> Protection:
    """Return what `limit` would say here."""
    if sys.platform == "win32":
        return Protection(name=NAME, active=False, detail="Windows has no resource limits")
    return Protection(name=NAME, active=True, detail="")


def limit(policy: Policy) -> Protection:
    """Lower the limits of this process to the policy's, soft and hard; never raise one."""
    if sys.platform == "win32":
        return available()
    refused = [name for name, limits in _wanted(policy).items() if not _lower(name, *limits)]
    detail = f"refused: {', '.join(refused)}" if refused else ""
    return Protection(name=NAME, active=not refused, detail=detail)


def _wanted(policy: Policy) -> dict[str, tuple[int, int]]:
    """Return soft and hard limits.

    At the soft limit of CPU comes SIGXCPU, which tells the judge why the process ended; whoever
    ignores it is killed a second later.
    """
    wanted = {
        "CORE": (0, 0),
        "CPU": (policy.cpu_seconds, policy.cpu_seconds + 1),
        "FSIZE": (policy.file_bytes, policy.file_bytes),
        "NOFILE": (policy.open_files, policy.open_files),
    }
    if sys.platform == "linux":
        data = private_data_bytes() + policy.memory_bytes + _room_for_threads()
        wanted |= {"DATA": (data, data), "MSGQUEUE": (0, 0), "RTPRIO": (0, 0), "NICE": (0, 0)}
    else:
        # Here it counts only processes, and seccomp isn't available.
        wanted["NPROC"] = (1, 1)
    return wanted


def private_data_bytes() -> int:
    """Return what RLIMIT_DATA counts: private writable memory, touched or not, with stacks.

    0 where the kernel does not say.
    """
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()


def _room_for_threads() -> int:
    """Return the room beside the submission's data for what XLA itself maps.

    With 2 processors 120 MiB were measured, nearly all of it stacks.
    """
    stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
    largest = max(stack, USUAL_STACK) if stack != resource.RLIM_INFINITY else USUAL_STACK
    return 128 * MEBIBYTE + (os.cpu_count() or 1) * THREADS_PER_PROCESSOR * largest


def _lower(name: str, soft: int, hard: int) -> bool:
    """Whether the limit stands afterwards. A name that this system lacks limits nothing."""
    number = getattr(resource, f"RLIMIT_{name}", None)
    if number is None:
        return True
    _, ceiling = resource.getrlimit(number)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(number, (soft, hard))
    except (OSError, ValueError):
        return False
    return True
