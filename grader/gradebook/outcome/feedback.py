"""A page for each student's file, in a folder and in zips that the platforms take back.

Moodle, *Upload multiple feedback files in a zip*: a folder for each student, called as in *Download
all submissions*: `<name>_<participant>_assignsubmission_file`. A file in it that the student didn't
hand in becomes feedback. Source:
https://github.com/moodle/moodle/blob/main/mod/assign/feedback/file/importziplib.php

Canvas, *Upload Submissions*: files called as in *Download Submissions*, of which it reads the
numbers: `<name>_<user>_<attachment>_…`. It adds the page to the submission's comments, under the
name of the file that was handed in, so `hw.py` has to be saved as `hw.html` to be read. Sources:
https://github.com/instructure/canvas-lms/blob/master/app/models/abstract_assignment.rb
(`generate_comments_from_files`, `infer_comment_context_from_filename`) and
https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb (how files are called).

Numbers are an assignment's own, so the folders that hand-ins of several assignments are in get a
zip each. Gradescope takes no files back; its autograder shows the report (`exports/gradescope.py`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from grader.errors import ReportNotWritten, reason
from grader.gradebook.classroom import Result
from grader.gradebook.outcome.addressed import addressed
from grader.gradebook.outcome.exports.grades import Exported
from grader.gradebook.outcome.filenames import Unique, digest, safe_name
from grader.gradebook.outcome.places import canvas_place, moodle_place
from grader.gradebook.outcome.zips import entry
from grader.gradebook.own_files import ZIP_COMMENT, OwnFiles
from grader.render.html import render


class _Target(NamedTuple):
    """What a page is called, and the zip it goes into, empty if no platform takes it back."""

    stem: str
    zipped: str = ""


def write_feedback(results: Iterable[Result], folder: Path) -> Exported:
    """Write a page for each file that counts, and the zips. Raises `ReportNotWritten`."""
    files, names = OwnFiles(folder), Unique()
    zips = _Zips(files)
    written: list[Path] = []
    returned: set[tuple[_Target, str]] = set()
    with zips:
        for result in results:
            if result.counts and result.handed.student is not None:
                target = _target(result)
                given = (target, result.exercise)
                if given in returned:  # a group's file is there for each of them
                    continue
                if target.zipped:
                    returned.add(given)
                name = names.path(target.stem, ".html")
                page = render(addressed(result))
                if files.write(name, page):
                    written.append(folder / name)
                    if target.zipped:
                        zips.add(target.zipped, name, page)
    notes = [f"{name} was not written: another or an edited file is there" for name in files.kept]
    return Exported((*written, *zips.paths), tuple(notes))


def _target(result: Result) -> _Target:
    """Choose a name that the file's platform reads as the student's."""
    exercise = safe_name(result.exercise or "report", 40)
    moodle = moodle_place(result.handed)
    if moodle is not None:
        name = safe_name(moodle.name.partition("_")[0]).replace("_", "-")
        folder = f"{name}_{moodle.participant}_assignsubmission_file"
        return _Target(f"{folder}/feedback-{exercise}", _zip("moodle", result, moodle.name))
    canvas = canvas_place(result.handed)
    if canvas is not None:
        stem = PurePosixPath(canvas.name).stem
        name = stem if safe_name(stem) == stem else _shortened(stem)
        return _Target(name, _zip("canvas", result, canvas.name))
    student = result.handed.student
    assert student is not None
    who = safe_name(student.name or student.key, 40)
    return _Target(f"{who}-{digest(student.key)}-{exercise}")


def _shortened(stem: str) -> str:
    """Return a name from Canvas with both numbers, and what is around them safe and short."""
    parts = stem.split("_")
    numbers = [i for i, part in enumerate(parts) if part.isascii() and part.isdecimal()]
    end = 3 if parts[0] == "anon" else numbers[1] + 1
    kept = [part for part in parts[:end] if part != "LATE"]
    head = [safe_name(kept[0], 40), *kept[-2:]]
    return "_".join([*head, safe_name("_".join(parts[end:]), 20)])


def _zip(platform: str, result: Result, name: str) -> str:
    """Return the zip for the folder that a hand-in is in."""
    parts = PurePosixPath(result.handed.path).parts
    before = "-".join(parts[: parts.index(name)]) if name in parts else ""
    return f"{platform}{'-' if before else ''}{safe_name(before) if before else ''}.zip"


class _Zips:
    """The zips, written while the pages are made: they may not all fit into memory."""

    def __init__(self, files: OwnFiles) -> None:
        self._files = files
        self._open: dict[str, zipfile.ZipFile | None] = {}
        self.paths: list[Path] = []

    def add(self, name: str, page_name: str, page: str) -> None:
        """Add a page to the zip called `name`."""
        if name not in self._open:
            path = self._files.place(name)
            try:
                self._open[name] = _opened(_part(path)) if path else None
            except OSError as error:
                raise ReportNotWritten(f"can't write {path}: {reason(error)}") from error
            if path:
                self.paths.append(path)
        packed = self._open[name]
        if packed is not None:
            packed.writestr(entry(page_name), page.encode("utf-8", "backslashreplace"))

    def __enter__(self) -> _Zips:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Put each zip in its place, or drop it if it isn't whole."""
        for packed in filter(None, self._open.values()):
            packed.comment = ZIP_COMMENT
            packed.close()
        for path in self.paths:
            if kind is None:
                _part(path).replace(path)
            else:
                _part(path).unlink(missing_ok=True)


def _opened(path: Path) -> zipfile.ZipFile:
    path.unlink(missing_ok=True)
    return zipfile.ZipFile(path, "x")


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
