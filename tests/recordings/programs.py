"""What small programs did when they ran: the tests of rules judge it without running them again.

Most of such a test's time goes into running its program, and a program's text, its exercise and
its cases settle what it does. What isn't recorded runs in the test's own process. So does one of
sixteen that are, and all of them with another jax than the recordings': a change of the recorder
can't go unnoticed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from grader.model.case import Case
from grader.model.exercise import Exercise
from grader.model.observation import Loaded, LoadOutcome, Observation
from grader.model.source import Source
from grader.model.transcript import Exchange, Transcript
from tests.observe import observe as run
from tests.observe import solution_text
from tests.recordings import OLDEST, PROGRAMS, packed, timeless, without_words

TESTS: Final = ("tests/rules", "tests/judge")
_IS_OLDEST: Final = version("jax").startswith(f"{OLDEST}.")
_RECORD: Final = "GRADER_TESTS_RECORD"
_RECORDS: Final = _IS_OLDEST and _RECORD in os.environ


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How a program loaded, and what it did on each case."""

    loaded: LoadOutcome
    observations: tuple[Observation, ...]


def observe(
    text: str,
    exercise: Exercise,
    cases: Iterable[Case],
    name: str = "submission.py",
    *,
    alters: bool = False,
) -> tuple[LoadOutcome, tuple[Observation, ...]]:
    """Return how a program loads and what it does on cases; nothing when it doesn't load."""
    cases = tuple(cases)
    path = _path(text, exercise, cases, name, alters)
    ran = None if _RECORDS else _RAN_HERE.get(path)
    if ran is None and _IS_OLDEST and (_RECORDS or not path.name.startswith("0")):
        ran = _read(path)
    if ran is None:
        loaded, observations = run(text, exercise, cases, name, alters=alters)
        ran = _RAN_HERE[path] = Ran(loaded=loaded, observations=observations)
        if _RECORDS:
            _write(path, ran)
    elif _RECORDS:
        path.touch()
    return ran.loaded, ran.observations


_RAN_HERE: Final[dict[Path, Ran]] = {}
"""What ran in this process: a reference is asked for by every test of its task."""


def transcript_of(text: str, cases: Iterable[Case], exercise: Exercise) -> Transcript:
    """Put what the solution and a program do on the same cases side by side."""
    cases = tuple(cases)
    expected = reference_observations(exercise, cases)
    loaded, actual = observe(text, exercise, cases)
    return Transcript(
        exercise=exercise,
        source=Source("submission.py", text),
        loaded=loaded,
        exchanges=tuple(
            Exchange(case=case, expected=theirs, actual=ours)
            for case, theirs, ours in zip(cases, expected, actual, strict=False)
        ),
    )


def reference_observations(exercise: Exercise, cases: tuple[Case, ...]) -> tuple[Observation, ...]:
    """Return what the solution does; each case runs once in a test run at most."""
    name = str(Path("solutions", f"{exercise.folder_name}.py"))
    for case in cases:
        if _key(exercise, case) not in _REFERENCE:
            loaded, (observation,) = observe(solution_text(exercise), exercise, [case], name)
            assert isinstance(loaded, Loaded), loaded
            _REFERENCE[_key(exercise, case)] = observation
    return tuple(_REFERENCE[_key(exercise, case)] for case in cases)


_REFERENCE: dict[tuple[str, str], Observation] = {}


def _key(exercise: Exercise, case: Case) -> tuple[str, str]:
    return exercise.slug, repr(case)


def _path(text: str, exercise: Exercise, cases: tuple[Case, ...], name: str, alters: bool) -> Path:
    declared = msgspec.Raw(msgspec.msgpack.encode(without_words(exercise)))
    made_of = (text, declared, tuple(map(_without_young, cases)), name, alters)
    digest = hashlib.sha256(msgspec.msgpack.encode(made_of, order="deterministic"))
    return PROGRAMS / f"{digest.hexdigest()[:20]}.msgpack.gz"


def _without_young(case: Case) -> msgspec.Raw:
    """Encode a case without what cases didn't always have, unless it is set."""
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(case, order="deterministic"))
    if not case.retrained:
        del fields["retrained"]
    return msgspec.Raw(msgspec.msgpack.encode(fields))


def _read(path: Path) -> Ran | None:
    """Return a recording, None if it isn't there or isn't of the form that one has today."""
    try:
        return msgspec.msgpack.decode(gzip.decompress(path.read_bytes()), type=Ran)
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, ran: Ran) -> None:
    path.parent.mkdir(exist_ok=True)
    timed = msgspec.structs.replace(ran, observations=timeless(ran.observations))
    path.write_bytes(packed(timed))


def main(arguments: Sequence[str]) -> int:
    """Run the tests of rules, record what they run, and delete what none of them runs."""
    parser = argparse.ArgumentParser(prog="python -m tests.recordings.programs")
    parser.add_argument("--again", action="store_true", help="also what is recorded already")
    if parser.parse_args(arguments).again:
        for path in PROGRAMS.glob("*.gz"):
            path.unlink()
    started = time.time()
    pytest = [sys.executable, "-m", "pytest", "-q", "-n2", "--dist", "loadfile"]
    environment = {**os.environ, _RECORD: "1"}
    ended = subprocess.run([*pytest, *TESTS], env=environment, check=False).returncode
    unused = [path for path in PROGRAMS.glob("*.gz") if path.stat().st_mtime < started - 1]
    if ended == 0:
        for path in unused:
            path.unlink()
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
