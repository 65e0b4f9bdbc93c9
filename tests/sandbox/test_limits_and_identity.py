"""Resource limits, and what a process is after it gave up what it was."""

import errno
from typing import TypeVar

import msgspec
import pytest
from sandbox_forker import Raised, Returned
from sandbox_lab import Forker, Place, needs

Value = TypeVar("Value")


def value(answer: object, type_: type[Value]) -> Value:
    assert isinstance(answer, Returned)
    return msgspec.json.decode(answer.value, type=type_)


@needs("rlimits")
def test_limits_are_the_policys(forker: Forker) -> None:
    policy = forker.policy
    limits = value(forker.tries("limits_now"), dict[str, tuple[int, int]])
    assert limits["CPU"] == (policy.cpu_seconds, policy.cpu_seconds + 1)
    assert limits["FSIZE"] == (policy.file_bytes, policy.file_bytes)
    assert limits["NOFILE"] == (policy.open_files, policy.open_files)
    assert limits["CORE"] == (0, 0)


@needs("rlimits")
def test_no_limit_is_raised(forker: Forker) -> None:
    """Applied twice: the second, wider policy leaves what the first one set."""
    wide = msgspec.structs.replace(forker.policy, cpu_seconds=10**6, open_files=10**6)
    before = value(forker.tries("limits_now", layers="none"), dict[str, tuple[int, int]])
    after = value(
        forker.tries("limits_now", layers="rlimits", policy=wide), dict[str, tuple[int, int]]
    )
    soft, hard = before["NOFILE"]
    assert after["NOFILE"] <= (hard, hard)
    assert soft <= hard


@needs("rlimits")
def test_limits_are_enforced(forker: Forker, place: Place) -> None:
    for layers in ("rlimits", "all"):
        large = str(place.scratch / "large")
        too_large = forker.policy.file_bytes + 1
        answer = forker.tries("write_bytes", large, too_large, layers=layers, policy=place.policy())
        assert answer == Raised("OSError", errno.EFBIG)
        answer = forker.tries("open_many", forker.policy.open_files + 1, layers=layers)
        assert answer == Raised("OSError", errno.EMFILE)


@needs("rlimits", "no-new-privileges")
def test_private_data_is_limited_before_the_judge_steps_in(forker: Forker) -> None:
    limits = value(forker.tries("limits_now"), dict[str, tuple[int, int]])
    soft, hard = limits["DATA"]
    assert soft == hard > forker.policy.memory_bytes
    assert isinstance(forker.tries("allocate", forker.policy.memory_bytes), Returned)
    assert forker.tries("allocate", hard + 1) == Raised("OSError", errno.ENOMEM)


@needs("no-new-privileges", "capabilities")
def test_no_privilege_is_left(forker: Forker) -> None:
    for layers in ("identity", "all"):
        status = value(forker.tries("status_lines", layers=layers), dict[str, str])
        assert status["NoNewPrivs"] == "1"
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            assert int(status[kind], 16) == 0


@needs("capabilities")
def test_the_bounding_set_is_emptied_if_allowed(forker: Forker) -> None:
    before = value(forker.tries("status_lines", layers="none"), dict[str, str])
    may_set_capabilities = 1 << 8
    if not int(before["CapEff"], 16) & may_set_capabilities:
        pytest.skip("it takes CAP_SETPCAP, which is not held here")
    after = value(forker.tries("status_lines", layers="identity"), dict[str, str])
    assert int(after["CapBnd"], 16) == 0


@needs("unreadable-memory")
def test_memory_is_not_readable_by_others(forker: Forker) -> None:
    assert value(forker.tries("dumpable", layers="none"), int) == 1
    assert value(forker.tries("dumpable"), int) == 0


@needs("own-session")
def test_it_has_its_own_session(forker: Forker) -> None:
    assert value(forker.tries("session", layers="none"), bool) is False
    assert value(forker.tries("session"), bool) is True


@needs("dies-with-parent")
def test_it_does_not_outlive_its_parent(forker: Forker) -> None:
    assert value(forker.tries("left_when_parent_ends", layers="none"), bool) is False
