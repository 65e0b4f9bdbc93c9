"""Grades the labelled submissions and stores what was observed, where it isn't stored already.

With another jax than the recordings', only what is judged otherwise there is stored beside them.
Then it stores what is said of every recording, for the replay to hold.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import track

from grader.authoring.grades import AT_A_TIME
from grader.grading.grading import Grading
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.judge import assess, judge
from grader.labels import Labelled, places
from grader.model.report import Report
from grader.model.transcript import Transcript
from tests import distorted
from tests.labelled import labelled
from tests.recordings import FOLDER, OLDEST, PROGRAMS, Stale, encoded, findings, path_of, replayed


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.recordings", description=__doc__)
    parser.add_argument("name", nargs="*", help="parts of slug/kind/name; without any, all")
    parser.add_argument("--again", action="store_true", help="also what is recorded already")
    asked = parser.parse_args(arguments)
    variant = "" if version("jax").startswith(f"{OLDEST}.") else f".jax-{version('jax')}"
    wanted = [
        each
        for each in labelled()
        if (not asked.name or any(name in str(each) for name in asked.name))
        and (asked.again or variant or not is_fresh(each))
    ]
    for path in superfluous():
        path.unlink()
    unlike = list(record(wanted, variant))
    said = {str(each): (each, report.summary) for each, report in unlike}
    try:
        findings.write()
        for slug in distorted.slugs():
            distorted.write(slug)
        for each, found in findings.unlike_labels():
            said[str(each)] = each, "; ".join(f"{one.rule}: {one.message}" for one in found)
    except Stale as error:
        print(f"what is said of the recordings isn't stored: {error}")
    for each, words in said.values():
        print(f"{each}: labelled {sorted(each.expected, key=str)}, {words or 'nothing found'}")
    print(f"{len(wanted)} graded; {len(said)} of all are not as they are labelled")
    return 1 if said else 0


def record(wanted: Sequence[Labelled], variant: str) -> Iterator[tuple[Labelled, Report]]:
    """Grade and store; yield what does not get its labels."""
    with Session() as session, ThreadPoolExecutor(AT_A_TIME) as pool:

        def grade(each: Labelled) -> tuple[Labelled, Report, Transcript | None]:
            grading = Grading(session, each.submission, each.folder, GradingRequest())
            report = grading.run()
            return each, report, grading.transcript

        for each in wanted:
            session.reference(each.folder)
        graded = pool.map(grade, wanted)
        console = Console(stderr=True)
        for each, report, seen in track(
            graded, "recording", total=len(wanted), console=console, transient=True
        ):
            store(each, seen or nothing_seen(each), report, variant)
            if places(report) != each.expected:
                yield each, report


def nothing_seen(each: Labelled) -> Transcript:
    """Return the transcript of a file that is known to be wrong without being run."""
    return Transcript(exercise=each.folder.exercise, source=each.submission.source)


def store(each: Labelled, seen: Transcript, report: Report, variant: str) -> None:
    path = path_of(each, variant)
    if variant and is_judged_alike(each, seen):
        path.unlink(missing_ok=True)
        return
    environment = report.environment
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(each, seen, jax=environment.jax, flax=environment.flax))


def is_judged_alike(each: Labelled, seen: Transcript) -> bool:
    """Whether a transcript gets the findings and the checks of the plain recording.

    Numbers that are told may differ: they are rounded, or drawn by chance.
    """
    try:
        plain = replayed(each, path_of(each))
    except Stale:
        return False
    return _said(seen) == _said(plain)


def _said(transcript: Transcript) -> object:
    found = judge(transcript)
    ended = [(each.check, each.status) for each in assess(found, transcript).checks]
    return ended, [(each.rule, each.span, each.help, each.edits) for each in found]


def is_fresh(each: Labelled) -> bool:
    try:
        replayed(each, path_of(each))
    except Stale:
        return False
    return True


def superfluous() -> list[Path]:
    """Return the recordings of what is not there any more."""
    names = {(each.folder.exercise.slug, each.stem) for each in labelled()}
    return [
        path
        for path in FOLDER.glob("*/*.msgpack.gz")
        if path.parent != PROGRAMS and (path.parent.name, path.name.partition(".")[0]) not in names
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
