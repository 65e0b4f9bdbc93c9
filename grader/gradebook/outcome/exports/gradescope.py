"""Gradescope: an autograder that gives the results that are already known.

Gradescope can't import grades: it has no public API and no upload of a table (its help pages know
CSV for rosters alone). What it takes is an autograder, a zip with `setup.sh` and `run_autograder`,
which writes `results.json` for each submission:
https://gradescope-autograders.readthedocs.io/en/latest/specs/ (both files) and
https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format (the results).

So each exercise becomes such a zip. Upload it under *Configure Autograder* and choose *Regrade all
submissions*: it runs nothing, but finds the result by the SHA-256 of the file that was submitted,
so nobody gets the result of another file. A file that isn't known makes it fail, and gets no 0.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from grader.gradebook.outcome.exports.grades import Exported, Graded, Grades, beside, in_the_way
from grader.gradebook.outcome.zips import entry
from grader.gradebook.own_files import ZIP_COMMENT, looks_written_here
from grader.render.gradescope import render
from grader.render.write import write_data

NAME = "gradescope.zip"

_SETUP: Final = "#!/usr/bin/env bash\napt-get update && apt-get install -y python3\n"
_RUN: Final = '''\
#!/usr/bin/env python3
"""Gives the result that is known of a submitted file, found by the file's SHA-256."""
import hashlib
import os
import pathlib
import shutil
import sys

root = pathlib.Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
for file in sorted(path for path in (root / "submission").rglob("*") if path.is_file()):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    known = root / "source" / "results" / f"{digest}.json"
    if known.is_file():
        (root / "results").mkdir(exist_ok=True)
        shutil.copyfile(known, root / "results" / "results.json")
        sys.exit(0)
sys.exit("This version of the file has not been graded yet. Your teacher has to grade it.")
'''


def export(grades: Grades, target: Path) -> Exported:
    """Write a zip for each exercise."""
    paths = []
    for exercise in grades.exercises():
        path = beside(target, exercise, grades)
        if path.is_file() and path.stat().st_size and not looks_written_here(path):
            raise in_the_way(path)
        write_data(_autograder(grades, exercise), path)
        paths.append(path)
    how = "Gradescope can't import grades: upload the zip as autograder, then regrade all"
    return Exported(tuple(paths), (how, *grades.unsaid()))


def _autograder(grades: Grades, exercise: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(entry("setup.sh", executable=True), _SETUP)
        packed.writestr(entry("run_autograder", executable=True), _RUN)
        for name, text in _results(grades, exercise):
            packed.writestr(entry(f"results/{name}.json"), text)
        packed.comment = ZIP_COMMENT
    return data.getvalue()


def _results(grades: Grades, exercise: str) -> Iterator[tuple[str, str]]:
    """Yield each known file once; equal files have the same result."""
    seen: set[str] = set()
    for graded in grades.graded(exercise):
        digest = graded.result.sha256
        if digest not in seen:
            seen.add(digest)
            yield digest, _document(graded, exercise)


def _document(graded: Graded, exercise: str) -> str:
    """Return `results.json`. Equal files share it, so it can't say what one student called it."""
    path = f"{exercise.replace('-', '_')}.py"
    document = json.loads(render(msgspec.structs.replace(graded.result.report(), path=path)))
    document["score"] = float(graded.points)
    return json.dumps(document, indent=2) + "\n"
