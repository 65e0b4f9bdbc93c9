"""Programs with files beside them, graded: mistakes are named in their file, right ones pass."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from grader.beside import with_files
from grader.cli.fixing import fix, fix_lines
from grader.grading.guarded import graded
from grader.grading.packing import packed, unpacked
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder
from grader.model.report import Repaired, Report, Verdict
from grader.model.submission import read_submission
from grader.render import RENDERERS

MAIN = """\
from helpers import lifted, make_key


def nn_vmap_forward(seed, x_batch, features):
    model = lifted()(features=features)
    variables = model.init(make_key(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""
BODY = MAIN.partition("\n\n\n")[2]
HELPERS = """\
import flax.linen as nn
import jax


def make_key(seed):
    return jax.random.PRNGKey(seed)


def lifted():
    return nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
"""
ASKED = GradingRequest(cases=16)


class Graded:
    """Writes a hand-in, and grades it."""

    def __init__(self, session: Session, folder: ExerciseFolder, hand_in: Path) -> None:
        self._session = session
        self._folder = folder
        self.hand_in = hand_in

    def __call__(self, main: str = MAIN, asked: GradingRequest = ASKED, **beside: str) -> Report:
        file = self.hand_in / "mine.py"
        file.write_text(main, encoding="utf-8")
        for name, text in beside.items():
            (self.hand_in / f"{name}.py").write_text(text, encoding="utf-8")
        submission = with_files(read_submission(file), self._folder.exercise)
        return graded(self._session, submission, self._folder, asked)


def mostly_slow(some: Iterable[str]) -> list[object]:
    """Let each fifth be graded in a quick run."""
    return [
        pytest.param(each, marks=pytest.mark.slow if number % 5 else ())
        for number, each in enumerate(some)
    ]


@pytest.fixture
def grade(session: Session, folder: ExerciseFolder, hand_in: Path) -> Graded:
    return Graded(session, folder, hand_in)


def places(report: Report) -> list[tuple[str, str, int]]:
    """The rule of each finding, and the file and the line where it is."""
    found = [(each.rule, report.place(each.span)) for each in report.findings if each.span]
    return [(rule, place.source.base, place.span.line) for rule, place in found]


WRONG = {
    "own weights": ('"params": None', '"params": 0', "per-example-params", 14),
    "constant key": ("PRNGKey(seed)", "PRNGKey(0)", "ignored-seed", 6),
    "derived key": ("PRNGKey(seed)", "PRNGKey(seed + 1)", "derived-key", 6),
    "out_axes": ("out_axes=0", "out_axes=1", "wrong-out-axes", 13),
    "no colon": ("def lifted():", "def lifted()", "syntax-error", 9),
    "undefined": ("return jax.random", "return random", "raised", 6),
    "raises while loading": (
        "def make_key",
        "print(nothing)\n\n\ndef make_key",
        "import-failed",
        5,
    ),
    "exits": ("def make_key", "raise SystemExit\n\n\ndef make_key", "import-failed", 5),
    "no bias": ("nn.Dense,", "lambda features: nn.Dense(features, use_bias=False),", "", 0),
    "seed kept": (
        "    return jax.random.PRNGKey(seed)",
        "    SEEN.append(seed)\n    return jax.random.PRNGKey(SEEN[0])\n\n\nSEEN = []",
        "stateful",
        6,
    ),
}


@pytest.mark.parametrize("name", mostly_slow(WRONG))
def test_a_mistake_in_a_helper_is_named_there(grade: Graded, name: str) -> None:
    before, after, rule, line = WRONG[name]
    assert before in HELPERS
    report = grade(helpers=HELPERS.replace(before, after))
    assert report.verdict in {Verdict.FAILED, Verdict.UNGRADABLE}
    if rule:
        assert (rule, "helpers.py", line) in places(report)
    assert all(file == "helpers.py" or line <= 7 for _, file, line in places(report))


RIGHT = {
    "from": (MAIN, {"helpers": HELPERS}),
    "as": (
        "import helpers as h\n\n\n"
        + BODY.replace("lifted", "h.lifted").replace("make_key", "h.make_key"),
        {"helpers": HELPERS},
    ),
    "star": ("from helpers import *\n\n\n" + BODY, {"helpers": HELPERS}),
    "imported function": ("from helpers import nn_vmap_forward\n", {"helpers": HELPERS + BODY}),
    "importlib": (
        'import importlib\n\nh = importlib.import_module("helpers")\n'
        "lifted, make_key = h.lifted, h.make_key\n\n\n" + BODY,
        {"helpers": HELPERS},
    ),
    "same names": (
        "import helpers\n\n\ndef lifted():\n    return helpers.lifted()\n\n\n"
        "def make_key(seed):\n    return helpers.make_key(seed)\n\n\n" + BODY,
        {"helpers": HELPERS},
    ),
    "lambdas": (
        "from helpers import run\n\nnn_vmap_forward = lambda s, x, f: run(s, x, f)\n",
        {
            "helpers": HELPERS
            + "\nrun = lambda s, x, f: lifted()(f).init_with_output(make_key(s), x)[0].ravel()\n"
        },
    ),
    "dataclass": (
        MAIN.replace("lifted, make_key", "AXES, lifted, make_key").replace("-1", "AXES.flat"),
        {
            "helpers": HELPERS
            + "\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass Axes:\n"
            "    flat: int = -1\n\n\nAXES = Axes()\n"
        },
    ),
    "two helpers": (
        MAIN,
        {"helpers": "from more import *\nimport more\n", "more": HELPERS},
    ),
    "main guard": (
        MAIN,
        {"helpers": HELPERS + '\nif __name__ == "__main__":\n    raise SystemExit(1)\n'},
    ),
    "the other file is optional": (
        "try:\n    from more import lifted, make_key\nexcept ImportError:\n"
        "    from helpers import lifted, make_key\n\n\n" + BODY,
        {"helpers": HELPERS},
    ),
    "nobody imports what is broken": (HELPERS + "\n\n" + BODY, {"helpers": "def broken(:\n"}),
    "the program again": (
        "import helpers\n\nLIFTED = helpers.lifted\n\n\n"
        + BODY.replace("lifted", "helpers.again").replace("make_key", "helpers.make_key"),
        {"helpers": HELPERS + "\n\ndef again():\n    import mine\n\n    return mine.LIFTED()\n"},
    ),
    "run, not imported": (
        'import runpy\n\nGIVEN = runpy.run_module("helpers")\n'
        'lifted, make_key = GIVEN["lifted"], GIVEN["make_key"]\n\n\n' + BODY,
        {"helpers": HELPERS},
    ),
    "source and pickle": (
        "import inspect\nimport pickle\n"
        + MAIN
        + "\n\nassert pickle.loads(pickle.dumps(lifted)) is "
        'lifted\nassert "nn.vmap" in inspect.getsource(lifted)\n',
        {"helpers": HELPERS},
    ),
}


@pytest.mark.parametrize("name", mostly_slow(RIGHT))
def test_a_right_program_passes(grade: Graded, name: str) -> None:
    main, beside = RIGHT[name]
    report = grade(main, **beside)
    assert [each.message for each in report.findings] == []
    assert report.verdict is Verdict.PASSED
    assert report.equivalence.status != "proved"


def test_what_is_missing_is_named(grade: Graded) -> None:
    report = grade()
    assert "helpers.py isn't beside your file" in report.findings[0].message
    assert "helpers.py and more.py" in report.findings[0].why
    other = grade(MAIN.replace("helpers", "tools"), tools=HELPERS)
    assert "helpers.py and more.py" in other.findings[0].why
    near = grade(MAIN.replace("helpers", "helper"), helpers=HELPERS)
    assert near.repair.status is Repaired.PASSES
    only = grade("import helpers\n", helpers=HELPERS + BODY)
    assert "`nn_vmap_forward` is in helpers.py, and not in your file" in only.summary
    foward = HELPERS + BODY.replace("forward", "foward")
    fixing = GradingRequest(cases=16, fix=True)
    called = grade("from helpers import *\n", fixing, helpers=foward)
    assert places(called) == [("missing-function", "helpers.py", 17)]
    assert called.repair.status is Repaired.PASSES
    circle = grade(MAIN + "\nX = 1\n", helpers="from mine import X\n" + HELPERS)
    assert "helpers.py is imported by a file that it imports itself" in circle.findings[0].message


def test_other_files_stay_out_of_sight(grade: Graded) -> None:
    read = 'open(__file__.replace("helpers", "secret")).read()\n'
    (grade.hand_in / "secret.py").write_text("x = 1\n", encoding="utf-8")
    report = grade(helpers=HELPERS + read)
    assert report.findings[0].evidence["exception"] in {"PermissionError", "FileNotFoundError"}
    imported = grade(helpers="import secret\n" + HELPERS)
    assert imported.findings[0].evidence["exception"] == "ModuleNotFoundError"


@pytest.mark.slow
def test_a_helper_that_patches_a_library_changes_its_own_answers_alone(grade: Graded) -> None:
    patched = HELPERS + "\njax.random.PRNGKey = lambda seed: jax.random.key(7)\n"
    assert grade(helpers=patched).verdict is Verdict.FAILED
    assert grade(helpers=HELPERS).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "does",
    mostly_slow(
        [
            "import sys\nsys.meta_path = None\n",
            "import sys\nsys.meta_path.clear()\nsys.modules.pop(__name__)\n",
            (
                "class Liar:\n    def __eq__(self, other):\n        raise RuntimeError\n"
                "\n\nimport sys\nsys.meta_path.insert(0, Liar())\n"
            ),
            "import builtins\nbuiltins.__import__ = lambda *a, **k: 1 / 0\n",
            'raise SyntaxError("no", (__file__, 10**9, 10**9, "", 10**9, 10**9))\n',
            'raise SyntaxError("no", ([], {}, "", None, None, 1))\n',
            "import os\nos._exit(0)\n",
        ]
    ),
)
def test_a_hostile_helper_ends_in_a_report(grade: Graded, does: str) -> None:
    report = grade(helpers=HELPERS + "\n" + does)
    assert report.verdict is not Verdict.ERROR
    assert "traceback" not in RENDERERS["text"](report).lower()
    assert grade(helpers=HELPERS).verdict is Verdict.PASSED


def test_every_format_names_the_file(grade: Graded) -> None:
    report = grade(helpers=HELPERS.replace('"params": None', '"params": 0'))
    path = str(grade.hand_in / "helpers.py")
    for name, renderer in RENDERERS.items():
        text = renderer(report)
        assert "helpers.py" in text, name
        assert "mine.py:14" not in text, name
    document = json.loads(RENDERERS["json"](report))
    (finding,) = document["findings"]
    assert (finding["location"]["path"], finding["location"]["line"]) == (path, 14)
    assert [each["path"] for each in document["submission"]["files"]][1] == path
    assert {each["location"]["path"] for each in document["repair"]["edits"]} == {path}
    run = json.loads(RENDERERS["sarif"](report))["runs"][0]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"].endswith("/helpers.py")
    assert physical["region"]["startLine"] == 14
    assert len(run["artifacts"]) == 2
    assert RENDERERS["concise"](report).startswith(f"{path}:14:")


def test_a_fix_is_written_into_its_file(grade: Graded) -> None:
    report = grade(helpers=HELPERS.replace('"params": None', '"params": 0'))
    assert report.repair.status is Repaired.PASSES
    assert next(iter(fix_lines(report))).endswith("helpers.py")
    _, code = fix([report])
    assert code == 0
    assert (grade.hand_in / "helpers.py").read_text(encoding="utf-8") == HELPERS
    assert (grade.hand_in / "mine.py").read_text(encoding="utf-8") == MAIN


def test_nothing_is_written_if_a_file_has_changed(grade: Graded) -> None:
    wrong = MAIN.replace(".reshape(-1)", "")
    report = grade(wrong, helpers=HELPERS.replace('"params": None', '"params": 0'))
    assert report.repair.status is Repaired.PASSES
    (grade.hand_in / "helpers.py").write_text(HELPERS + "# new\n", encoding="utf-8")
    _, code = fix([report])
    assert code != 0
    assert (grade.hand_in / "mine.py").read_text(encoding="utf-8") == wrong


@pytest.mark.slow
def test_two_programs_with_one_helper_are_both_fixed(grade: Graded) -> None:
    report = grade(helpers=HELPERS.replace('"params": None', '"params": 0'))
    _, code = fix([report, report])
    assert code == 0
    assert (grade.hand_in / "helpers.py").read_text(encoding="utf-8") == HELPERS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"# \xe9\n", "helpers.py can't be read, or isn't UTF-8"),
        pytest.param(b"x = 1\r\n", "helpers.py end in different ways", marks=pytest.mark.slow),
    ],
)
def test_a_file_that_cannot_be_fixed_is_named(
    grade: Graded, data: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = grade.hand_in / "helpers.py"
    report = grade(helpers=HELPERS.replace('"params": None', '"params": 0'))
    file.write_bytes(file.read_bytes() + data)
    before = file.read_bytes()
    _, code = fix([report])
    assert code != 0
    assert file.read_bytes() == before
    assert "mine.py is unchanged: " in (said := capsys.readouterr().err)
    assert why in said


def test_a_report_comes_back_with_all_files(grade: Graded) -> None:
    report = grade(helpers=HELPERS.replace("out_axes=0", "out_axes=1"))
    back = unpacked(packed(report))
    assert places(back) == places(report)
    assert back.digests == report.digests
    assert RENDERERS["text"](back) == RENDERERS["text"](report)
