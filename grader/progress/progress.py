"""Progress, as commands see it; if none is stored, every answer is empty."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.progress.paths import from_stored, storable
from grader.progress.place import progress_file

if TYPE_CHECKING:
    from typing import Self

    from grader.model.report import Report
    from grader.progress.database import Database, Note, Row
    from grader.progress.exchange import SavedAttempt, SavedProgress

_PASSED = "passed"
_STREAK_LOOKS_AT = 50
_ALL = 2**63 - 1  # of rows, for SQLite


class Attempt(NamedTuple):
    """One graded file. `rules` are those of its errors, the cause first; `time` is Unix time."""

    time: float
    exercise: str
    path: str
    digest: str
    verdict: str
    rules: tuple[str, ...]
    score: float


class Streak(NamedTuple):
    """The same first mistake in the last `times` versions of the file."""

    rule: str
    times: int


class Standing(NamedTuple):
    """A learner's progress with one exercise."""

    started: bool = False
    attempts: int = 0
    passed: bool = False
    hints: int = 0


def _note_on_stderr(text: str) -> None:
    sys.stderr.write(f"note: {text}\n")


class Progress:
    """The stored progress. Trouble with the file never raises: what can't be stored is skipped."""

    def __init__(self, database: Database | None, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    def open(
        cls,
        file: Path | None = None,
        *,
        note: Note = _note_on_stderr,
        clock: Callable[[], float] = time.time,
    ) -> Progress:
        """Open the learner's progress, or the one in `file`; `note` gets what went wrong."""
        place = progress_file() if file is None else file
        if place is None:
            note("progress isn't saved: there is no home folder (GRADER_HOME names one)")
            return cls(None, clock)
        try:
            from grader.progress.database import open_database
        except ImportError:
            note("progress isn't saved: this Python has no sqlite3")
            return cls(None, clock)
        return cls(open_database(place, note), clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing is stored after that."""
        if self._database is not None:
            self._database.close()
        self._database = None

    @property
    def available(self) -> bool:
        """Whether the file could be read: if not, an empty answer means nothing."""
        return self._database is not None and self._database.readable

    # ------------------------------------------------------------------------------- attempts

    def record(self, report: Report) -> None:
        """Store the result of a file, unless its exercise is unknown or the grader failed."""
        if report.exercise is None or report.verdict.value == "error":
            return
        self.record_attempt(
            Attempt(
                time=self._clock(),
                exercise=report.exercise.slug,
                path=_absolute(report.path),
                digest=report.sha256,
                verdict=report.verdict.value,
                rules=report.rules,
                score=report.score,
            )
        )

    def record_attempt(self, attempt: Attempt) -> None:
        """Store an attempt."""
        self._write(
            "INSERT INTO attempts (time, exercise, path, digest, verdict, rules, score)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            attempt.time,
            attempt.exercise,
            storable(attempt.path),
            attempt.digest,
            attempt.verdict,
            " ".join(attempt.rules),
            attempt.score,
        )

    def attempts(self, exercise: str | None = None, last: int = 1000) -> tuple[Attempt, ...]:
        """Return the `last` attempts, of one exercise or of all, newest first."""
        rows = self._rows(
            "SELECT time, exercise, path, digest, verdict, rules, score FROM attempts"
            " WHERE ? IN ('', exercise) ORDER BY time DESC, id DESC LIMIT ?",
            exercise or "",
            last,
        )
        return tuple(_attempt(row) for row in rows)

    def same_finding_streak(self, exercise: str) -> Streak | None:
        """Return the mistake that the last versions have in common; None after a pass.

        Grading an unchanged file again doesn't count as a new version.
        """
        attempts = self.attempts(exercise, last=_STREAK_LOOKS_AT)
        rule = attempts[0].rules[0] if attempts and attempts[0].rules else None
        if rule is None:
            return None
        count, digest = 0, None
        for attempt in attempts:
            if attempt.rules[:1] != (rule,):
                break
            count += attempt.digest != digest
            digest = attempt.digest
        return Streak(rule, count)

    # ------------------------------------------------------------------------------ standings

    def standings(self) -> dict[str, Standing]:
        """Return the standing of every exercise that has any progress."""
        rows = self._rows(
            "SELECT exercise, max(started), max(attempts), max(passed), max(hints) FROM ("
            " SELECT exercise, 1 AS started, 0 AS attempts, 0 AS passed, 0 AS hints FROM starts"
            " UNION ALL SELECT exercise, 0, count(*), max(verdict = ?), 0"
            " FROM attempts GROUP BY exercise"
            " UNION ALL SELECT exercise, 0, 0, 0, shown FROM hints"
            ") GROUP BY exercise",
            _PASSED,
        )
        return {
            str(exercise): Standing(
                bool(started), int(attempts or 0), bool(passed), int(hints or 0)
            )
            for exercise, started, attempts, passed, hints in rows
        }

    def standing(self, exercise: str) -> Standing:
        """Return the standing of `exercise`."""
        return self.standings().get(exercise, Standing())

    def latest(self, exercise: str | None = None) -> tuple[str, Path] | None:
        """Return the exercise that was started or attempted last, and its file, or None."""
        rows = self._rows(
            "SELECT exercise, path FROM (SELECT time, exercise, path FROM attempts"
            " UNION ALL SELECT time, exercise, path FROM starts)"
            " WHERE ? IN ('', exercise) ORDER BY time DESC LIMIT 1",
            exercise or "",
        )
        return (str(rows[0][0]), from_stored(rows[0][1])) if rows else None

    def record_start(self, exercise: str, path: Path) -> None:
        """Store that the starter of `exercise` was copied to `path`."""
        self._write(
            "INSERT INTO starts (time, exercise, path) VALUES (?, ?, ?)",
            self._clock(),
            exercise,
            storable(_absolute(path)),
        )

    # ---------------------------------------------------------------------------------- hints

    def hints_shown(self, exercise: str) -> int:
        """Return how many hints of `exercise` have been shown."""
        return self.standing(exercise).hints

    def show_next_hint(self, exercise: str, total: int) -> int:
        """Count one more hint as shown, up to `total`, and return how many are now.

        Two terminals that ask at once get two different ones. Where nothing is kept, always 1.
        """
        if self._database is None:
            return min(1, total)
        rows = self._database.write(
            "INSERT INTO hints (exercise, shown) VALUES (?, min(1, ?))"
            " ON CONFLICT (exercise) DO UPDATE SET shown = min(shown + 1, ?)",
            (exercise, total, total),
            query="SELECT shown FROM hints WHERE exercise = ?",
        )
        return int(rows[0][0] or 0) if rows else min(1, total)

    def set_hints_shown(self, exercise: str, count: int) -> None:
        """Remember that `count` hints have been shown; 0 forgets them."""
        self._write(
            "INSERT INTO hints (exercise, shown) VALUES (?, ?)"
            " ON CONFLICT (exercise) DO UPDATE SET shown = excluded.shown",
            exercise,
            count,
        )

    # ----------------------------------------------------------------------------- everything

    def saved(self) -> SavedProgress:
        """Return all of it, the oldest first; empty if it isn't `available`."""
        from grader.progress.exchange import SavedProgress, SavedStart

        starts = self._rows("SELECT time, exercise, path FROM starts ORDER BY id")
        hints = self._rows("SELECT exercise, shown FROM hints ORDER BY exercise")
        return SavedProgress(
            attempts=tuple(map(_saved, reversed(self.attempts(last=_ALL)))),
            starts=tuple(
                SavedStart(
                    time=float(time_ or 0), exercise=str(exercise), path=str(from_stored(path))
                )
                for time_, exercise, path in starts
            ),
            hints={str(exercise): int(shown or 0) for exercise, shown in hints},
        )

    def merge(self, saved: SavedProgress) -> bool:
        """Add what isn't stored yet, all of it or nothing; return whether it could be.

        Of the hints, the larger number counts.
        """
        from grader.progress.exchange import changes

        return self._database is not None and self._database.write_all(changes(saved))

    # --------------------------------------------------------------------------------- plumbing

    def _rows(self, query: str, *values: str | bytes | float) -> list[Row]:
        return self._database.rows(query, values) if self._database is not None else []

    def _write(self, statement: str, *values: str | bytes | float) -> None:
        if self._database is not None:
            self._database.write(statement, values)


def _absolute(path: str | Path) -> str:
    try:
        return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps `..`
    except OSError:  # the current folder has been removed
        return str(path)


def _saved(attempt: Attempt) -> SavedAttempt:
    from grader.progress.exchange import SavedAttempt

    return SavedAttempt(**attempt._asdict())


def _attempt(row: Row) -> Attempt:
    time_, exercise, path, digest, verdict, rules, score = row
    return Attempt(
        time=float(time_ or 0),
        exercise=str(exercise),
        path=str(from_stored(path)),
        digest=str(digest),
        verdict=str(verdict),
        rules=tuple(str(rules).split()),
        score=float(score or 0),
    )
