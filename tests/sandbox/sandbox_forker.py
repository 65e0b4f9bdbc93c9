"""Forks a child for each request, shuts it in, has it try something, and tells what came of it.

A process of its own, so that the tests' process, with its threads, need not fork. Requests and
answers are lines of JSON. Run as a script; imported for its types.
"""

import errno
import os
import sys
from collections.abc import Callable

import hostile_acts
import msgspec

from grader.sandbox import identity, landlock, rlimits, seccomp
from grader.sandbox.confine import confine
from grader.sandbox.policy import Policy, Protection

Rows = tuple[Protection, ...]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    act: str
    arguments: tuple[str | int, ...]
    layers: str
    policy: Policy


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    value: msgspec.Raw


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    kind: str
    errno: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    status: int


Answer = Returned | Raised | Ended


def none(_policy: Policy) -> Rows:
    return ()


def only_landlock(policy: Policy) -> Rows:
    return (identity.no_new_privileges(), *landlock.restrict(policy))


def only_seccomp(_policy: Policy) -> Rows:
    return (identity.no_new_privileges(), seccomp.restrict(files_are_held=True))


def without_landlock(policy: Policy) -> Rows:
    """As a kernel before Linux 5.13 would do it."""

    def missing() -> int:
        raise OSError(errno.ENOSYS, "no Landlock")

    landlock._abi = missing
    return confine(policy)


def only_rlimits(policy: Policy) -> Rows:
    return (rlimits.limit(policy),)


def only_identity(_policy: Policy) -> Rows:
    return (
        identity.own_session(),
        identity.no_new_privileges(),
        identity.without_capabilities(),
        identity.unreadable_memory(),
        identity.dies_with_parent(),
    )


def landlock_of_abi(abi: int) -> Callable[[Policy], Rows]:
    """As a kernel of that ABI would do it; this one has to know as much."""

    def restrict(policy: Policy) -> Rows:
        landlock._abi = lambda: abi
        return only_landlock(policy)

    return restrict


LAYERS: dict[str, Callable[[Policy], Rows]] = {
    "all": confine,
    "none": none,
    "landlock": only_landlock,
    "seccomp": only_seccomp,
    "no landlock": without_landlock,
    "rlimits": only_rlimits,
    "identity": only_identity,
    **{f"landlock ABI {abi}": landlock_of_abi(abi) for abi in range(1, 8)},
}


def answer(request: Request) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, msgspec.json.encode(attempt(request)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        found = answers.read()
    _, status = os.waitpid(child, 0)
    return found or msgspec.json.encode(Ended(os.waitstatus_to_exitcode(status)))


def attempt(request: Request) -> Answer:
    act: Callable[..., object] = getattr(hostile_acts, request.act)
    LAYERS[request.layers](request.policy)
    try:
        return Returned(msgspec.Raw(msgspec.json.encode(act(*request.arguments))))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return Raised(type(error).__name__, getattr(error, "errno", None) or 0)


def main() -> None:
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line, type=Request)
        sys.stdout.buffer.write(answer(request) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
