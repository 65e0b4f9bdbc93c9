"""An author's check in its own process: it says something, says nothing, or is itself at fault."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from grader.catalogue import exercises
from grader.model.case import Argument, ArrayValue, Case, DictValue, FloatValue, IntValue, KeyValue
from grader.model.observation import MappingResult, OpaqueResult, Result, SequenceResult
from grader.model.seen import MadeKey, Seen
from grader.model.transcript import Said
from grader.process.checker import Checker
from grader.process.side import Program, Side
from grader.process.worker import Maker
from grader.sandbox.limits import Limits
from grader.sandbox.paths import python_paths
from grader.sandbox.policy import Policy

ROWS = ArrayValue.of(np.arange(6, dtype=np.float32).reshape(2, 3))
CASE = Case(
    arguments=(
        Argument(name="seed", value=IntValue(value=3)),
        Argument(name="params", value=DictValue(items={"w": ROWS})),
        Argument(name="key", value=KeyValue(seed=1)),
        Argument(name="rate", value=FloatValue(value=0.5), by_name=True),
    ),
    sizes={"batch": 2, "inputs": 3},
)
SEEN = Seen(parameters={"params/kernel": (3, 2)}, keys=(MadeKey(name="split", line=4),))


class Asked:
    """What a check says of one case, and what is wrong with it."""

    def __init__(self, checker: Checker, answer: Result) -> None:
        self.said = checker.say(CASE, answer, SEEN)
        self.fault = checker.fault.text if checker.fault is not None else ""
        checker.end()


@pytest.fixture
def asked(maker: Maker) -> Iterator[object]:
    def ask(text: str, answer: Result = ROWS) -> Asked:
        program = Program(exercise=exercises()[0].exercise, name="checks.py", text=text)
        policy = Policy(readable=python_paths(), memory_bytes=Limits().memory, cpu_seconds=60)
        return Asked(Checker(Side(maker, program, policy=policy), text), answer)

    yield ask


def check(*body: str) -> str:
    return "\n".join(["def check(case, answer, record):", *(f"    {each}" for each in body)])


def test_it_gets_arguments_answer_and_record(asked) -> None:
    text = check(
        "assert case['seed'] == 3 and case['rate'] == 0.5",
        "assert case['params']['w'].shape == (2, 3) and 'left_out' not in case",
        "assert answer.dtype == 'float32' and answer[1, 2] == 5",
        "answer[:] = 0  # a copy",
        "assert record.parameters['params/kernel'] == (3, 2)",
        "assert record.keys[0].name == 'split' and record.keys[0].line == 4",
        "return f'{case[\"key\"].shape} is a key'",
    )
    found = asked(text)
    assert (found.said, found.fault) == (Said(message="(2,) is a key", line=8), "")


def test_it_gets_containers_as_they_came(asked) -> None:
    text = check("return f'{type(answer).__name__} {sorted(answer[0])} {answer[1].shape}'")
    answer = SequenceResult(type_name="tuple", items=(MappingResult(type_name="dict", items={
        "b": ROWS, "a": ROWS,
    }), ROWS))  # fmt: skip
    assert asked(text, answer).said == Said(message="tuple ['a', 'b'] (2, 3)", line=2)


def test_nothing_said(asked) -> None:
    for body in ("pass", "return", "return None", "return 'a' if answer.size > 6 else None"):
        found = asked(check(body))
        assert (found.said.message, found.fault) == (None, "")


def test_the_line_is_that_of_the_return_even_after_others_ran(asked) -> None:
    text = check(
        "def inner():", "    return 'not this'",
        "try:", "    return inner()", "finally:", "    x = 1",
    )  # fmt: skip
    assert asked(text).said == Said(message="not this", line=5)


FAULTS = [
    (check("return 1 / 0"), "checks.py line 2: raises ZeroDivisionError: division by zero"),
    (check("return True"), "line 2: check returns a bool, and has to return None or a message"),
    (check("return ''"), "line 2: check returns an empty message"),
    (check("raise SystemExit(0)"), "checks.py line 2: raises SystemExit: 0"),
    ("import os\n" + check("os._exit(0)"), "ends its process: the process exited with status 0"),
    (
        "def check(case, answer):\n    pass\n",
        "line 1: check can't be called as check(case",
    ),
    ("def chek(case, answer, record):\n    pass\n", "checks.py: doesn't define check(case, answer"),
    (check("return ("), "checks.py line 2: isn't valid Python: '(' was never closed"),
    ("import nowhere\n", "checks.py line 1: raises ModuleNotFoundError: No module named 'nowhere'"),
    (check("open('/etc/passwd', 'a')"), "checks.py line 2: raises PermissionError"),
]


@pytest.mark.parametrize(("text", "says"), FAULTS, ids=[each[1] for each in FAULTS])
def test_a_fault_names_the_line(asked, text: str, says: str) -> None:
    found = asked(text)
    assert found.said is None
    assert says in found.fault


def test_a_hang_names_the_line(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.process.checker._SECONDS", 0.5)
    found = asked(check("x = 1", "while True:", "    pass"))
    assert found.said is None
    assert "gives no answer within 0.5 s" in found.fault
    assert found.fault.startswith(("checks.py line 3", "checks.py line 4"))


def test_a_check_at_fault_is_never_asked_again(maker: Maker) -> None:
    text = check("return 1 / 0")
    program = Program(exercise=exercises()[0].exercise, name="checks.py", text=text)
    policy = Policy(readable=python_paths(), memory_bytes=Limits().memory, cpu_seconds=60)
    checker = Checker(Side(maker, program, policy=policy), text)
    assert [checker.say(CASE, ROWS, SEEN) for _ in range(2)] == [None, None]
    assert checker.fault is not None
    checker.end()


@pytest.mark.parametrize(
    ("kind", "text"), [("float", "3.5"), ("float", "inf"), ("int", "-2"), ("bool", "True")]
)
def test_it_gets_pythons_numbers(asked, kind: str, text: str) -> None:
    answer = OpaqueResult(type_name=kind, text=text)
    assert asked(check("return repr(answer)"), answer).said.message == text
