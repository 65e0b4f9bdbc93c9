"""One open file: its newest report, and the grading that is under way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pygls.uris import to_fs_path

from grader import hints
from grader.beside import with_files
from grader.catalogue import catalogue
from grader.errors import broken_words
from grader.folder import leading_out, leads_out
from grader.grading.recognition import exercise_of
from grader.grading.regrading import Call, Regrading, Version
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Report
from grader.model.submission import (
    Submission,
    Unreadable,
    Unrecognised,
    begins,
    defines,
    likenesses,
    read_submission,
)


class Client(Protocol):
    """The editor, as a document sees it."""

    def begin(self, document: Document) -> None:
        """Show that the file is being graded."""

    def end(self, document: Document) -> None:
        """Show that it isn't any more."""

    def publish(self, document: Document) -> None:
        """Show what the newest report says."""

    def say(self, text: str) -> None:
        """Show a message."""


class Document:
    """A file that an editor has opened, graded as it is on the disk.

    Only files for an exercise are: the learner's other programs don't run.
    """

    def __init__(
        self,
        uri: str,
        session: Session,
        request: GradingRequest,
        client: Client,
        deliver: Callable[[Call], None],
    ) -> None:
        self.uri = uri
        self.path = Path(to_fs_path(uri) or "")
        self.report: Report | None = None
        self.folder: ExerciseFolder | None = None
        self._request = request
        self._client = client
        self._seen: Submission | None = None
        self._regrading = Regrading(
            session, self, read=self._read, look=self._version, deliver=deliver
        )

    def look(self) -> None:
        """Grade the file, if it is for an exercise and has changed."""
        try:
            submission, folder = self._version()
        except Unrecognised:
            self._forget()
            return
        except Unreadable as error:
            self._forget()
            self._client.say(f"{self.path.name}: {error}")
            return
        if self._seen is not None and submission.sha256 == self._seen.sha256:
            return
        self._seen = submission
        self.folder = folder if isinstance(folder, ExerciseFolder) else None
        self._client.begin(self)
        self._regrading.start(submission, self._request)

    def close(self) -> None:
        """Stop grading, and show nothing."""
        self._forget()

    def stop(self) -> None:
        """Stop grading; the editor is gone."""
        self._regrading.stop()

    def exercise(self) -> ExerciseFolder:
        """Return the exercise that the file is for. Raises `Unrecognised`."""
        if self.folder is None:
            raise Unrecognised(f"{self.path.name} is for no exercise")
        return self.folder

    @property
    def beside(self) -> tuple[Path, ...]:
        """The files beside it that its exercise allows, whether they are there or not."""
        names = self.folder.exercise.files if self.folder is not None else ()
        return tuple(self.path.parent / name for name in names)

    def _forget(self) -> None:
        self._regrading.stop()
        self._client.end(self)
        self._seen = self.report = self.folder = None
        self._client.publish(self)

    def _read(self) -> Submission:
        """Read the file. Raises `Unreadable`."""
        if leads_out(self.path):
            raise leading_out(self.path)
        return read_submission(self.path)

    def _version(self) -> Version:
        """Read the file. Raises `Unreadable`, and `Unrecognised` if it is for no exercise."""
        submission = self._read()
        folder = exercise_of(submission, catalogue(self._request.exercises))
        if isinstance(folder, Unrecognised):
            raise folder
        if isinstance(folder, ExerciseFolder):
            submission = with_files(submission, folder.exercise)
            if not _is_for(submission, folder):
                raise Unrecognised(f"{self.path.name} is for no exercise", [folder])
        return Version(submission, folder)

    # -------------------------------------------------------------------- what the grading tells

    def changed(self) -> None:
        """Look at the file again: it has changed while it was graded."""
        self._seen = None
        self.look()

    def recognised(self, folder: ExerciseFolder) -> None:
        """Keep the exercise, whose lesson and hints can be asked for."""
        self.folder = folder

    def remember(self, report: Report, folder: ExerciseFolder) -> tuple[Report, str | None]:
        """Keep the attempt; return the report to show, and the offer of a hint."""
        how = "the code actions have a hint"
        return report, hints.record(report, folder, how) if self._request.progress else None

    def show(self, report: Report, offer: str | None) -> None:
        """Show the findings."""
        self._client.end(self)
        again = self.report is not None and self.report.sha256 == report.sha256
        self.report = report
        self._client.publish(self)
        if offer is not None and not again:
            self._client.say(offer)

    def refuse(self, why: str) -> None:
        """Say why the file can't be graded."""
        self._client.end(self)
        self.report = None
        self._client.publish(self)
        self._client.say(f"{self.path.name}: {why}")

    def broke(self, error: Exception) -> None:
        """Say that the grader itself is at fault."""
        self.refuse(broken_words(error))


def _is_for(submission: Submission, folder: ExerciseFolder) -> bool:
    """Whether a file is plainly for an exercise. Others are programs that nobody asked to run."""
    source = submission.source
    if defines(source, folder) or begins(source, folder):
        return True
    return likenesses(source, [folder])[folder.exercise.slug].sure
