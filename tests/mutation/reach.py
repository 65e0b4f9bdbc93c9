"""Which recordings run which line of the judge: a mutant can only show in those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import coverage

from grader.model.transcript import Transcript
from tests.recordings.findings import described, judge_again


class Replayed(NamedTuple):
    """A recording, what is said of it without any mutation, and which lines that runs."""

    transcript: Transcript
    said: str
    lines: Mapping[Path, frozenset[int]]

    def runs(self, path: Path, lines: range) -> bool:
        """Whether judging it runs one of these lines."""
        return not self.lines[path].isdisjoint(lines)


def replayed(transcript: Transcript, files: Sequence[Path]) -> Replayed:
    """Judge a recording and see which lines of `files` that runs."""
    measured = coverage.Coverage(
        data_file=None, config_file=False, include=[str(path) for path in files]
    )
    measured.set_option("run:disable_warnings", ["no-data-collected"])
    with measured.collect():
        said = described(judge_again(transcript))
    data = measured.get_data()
    lines = {path: frozenset(data.lines(str(path)) or ()) for path in files}
    return Replayed(transcript, said, lines)
