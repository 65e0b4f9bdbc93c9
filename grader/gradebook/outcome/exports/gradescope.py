"""Gradescope: an autograder that gives the results that are already known.

Gradescope can't import grades: it has no public API and no upload of a table (its help pages know
CSV for rosters alone). What it takes is an autograder, a zip with `setup.sh` and `run_autograder`,
which writes `results.json` for each submission:
https://gradescope-autograders.readthedocs.io/en/latest/specs/ (both files) and
https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format (the results).

So each exercise becomes such a zip. Upload it under *Configure Autograder* and choose *Regrade all
submissions*: it runs nothing, but finds the result by the SHA-256 of the files that were submitted,
so nobody gets the result of another program. Where several programs of a submission have a result,
its number tells which one counts:
https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/
A submission that isn't known makes it fail, and gets no 0.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Final

import msgspec

from grader.gradebook.outcome.exports.grades import Exported, Graded, Grades, beside, in_the_way
from grader.gradebook.outcome.places import submission_number
from grader.gradebook.outcome.zips import entry
from grader.gradebook.own_files import ZIP_COMMENT, looks_written_here
from grader.model.report import Report
from grader.render.gradescope import render
from grader.render.write import write_data

NAME = "gradescope.zip"

_SETUP: Final = "#!/usr/bin/env bash\napt-get update && apt-get install -y python3\n"
_RUN: Final = '''\
#!/usr/bin/env python3
"""Gives the result that is known of a submission, found by the SHA-256 of its files."""
import hashlib
import json
import os
import pathlib
import sys

root = pathlib.Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
files = [path for path in (root / "submission").rglob("*") if path.is_file()]
submitted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
known = json.loads((root / "source" / "known.json").read_text(encoding="utf-8"))
found = [each for each in known if submitted.issuperset(each["files"])]
found = [each for each in found if not any(set(each["files"]) < set(o["files"]) for o in found)]
try:
    metadata = json.loads((root / "submission_metadata.json").read_text(encoding="utf-8"))
    own = [each for each in found if str(metadata["id"]) in each["submissions"]]
except (OSError, ValueError, LookupError, TypeError):
    own = []
results = {(root / "source" / "results" / each["result"]).read_bytes() for each in own or found}
if not results:
    sys.exit("This version of the files has not been graded yet. Your teacher has to grade it.")
if len(results) > 1:
    sys.exit("Several programs in this submission have been graded. Submit only one of them.")
(root / "results").mkdir(exist_ok=True)
(root / "results" / "results.json").write_bytes(results.pop())
'''


class _Known(msgspec.Struct, kw_only=True):
    """What is known of a program: its files' digests, and the numbers of the submissions."""

    files: tuple[str, ...]
    result: str
    submissions: list[str]


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
    known: dict[str, _Known] = {}
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(entry("setup.sh", executable=True), _SETUP)
        packed.writestr(entry("run_autograder", executable=True), _RUN)
        for graded in grades.graded(exercise):
            if graded.result.sha256 not in known:
                report = graded.result.report()
                new = known[graded.result.sha256] = _known(graded, report)
                text = _document(report, graded.points, exercise)
                packed.writestr(entry(f"results/{new.result}"), text)
            number = submission_number(graded.result.handed)
            if number is not None and number not in known[graded.result.sha256].submissions:
                known[graded.result.sha256].submissions.append(number)
        packed.writestr(entry("known.json"), msgspec.json.encode([*known.values()]))
        packed.comment = ZIP_COMMENT
    return data.getvalue()


def _known(graded: Graded, report: Report) -> _Known:
    """Return how a program is found again: by its own file, and those that were graded with it."""
    digest = graded.result.sha256
    return _Known(files=report.digests or (digest,), result=f"{digest}.json", submissions=[])


def _document(report: Report, points: str, exercise: str) -> str:
    """Return `results.json`. Equal files share it, so it can't say what one student called it."""
    path = f"{exercise.replace('-', '_')}.py"
    document = json.loads(render(msgspec.structs.replace(report, path=path)))
    document["score"] = float(points)
    return json.dumps(document, indent=2) + "\n"
