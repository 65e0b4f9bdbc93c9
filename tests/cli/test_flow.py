"""From exercise to exercise, from machine to machine: next, reset and progress."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_course import Grade

from grader.progress import Attempt, Progress

pytestmark = pytest.mark.usefixtures("course")


def attempt(slug: str, file: Path, *rules: str, time: float = 1.7e9) -> None:
    with Progress.open() as progress:
        progress.record_attempt(
            Attempt(time, slug, str(file), "0a", "failed" if rules else "passed", rules, 0.5)
        )


# ------------------------------------------------------------------------------------------- next


def test_next_goes_through_the_course(grade: Grade, here: Path) -> None:
    for slug in ("sum-one", "sum-two", "product"):
        code, out, err = grade("next")
        file = here / f"{slug.replace('-', '_')}.py"
        assert (code, err) == (0, "")
        assert out.startswith(f"{file.name} is yours to fill in.\n")
        assert file.is_file()
        attempt(slug, file, time=2e9)
    code, out, err = grade("next")
    assert (code, out, err) == (0, "You have passed every exercise.\n", "")


def test_next_waits_for_a_pass_unless_told_to_skip(grade: Grade, here: Path) -> None:
    grade("start", "sum-two")
    code, out, err = grade("next")
    assert (code, out) == (1, "")
    assert "You haven't passed sum-two yet." in err
    assert "grade sum_two.py" in err
    assert "product.py is yours" in grade("next", "--skip").out
    # What was left out comes after the last one, and a file that is there is kept.
    assert "sum_one.py is yours" in grade("next", "--skip").out
    (here / "sum_two.py").write_text("mine")
    assert "sum_two.py is where you left it." in grade("next", "--skip").out
    assert (here / "sum_two.py").read_text() == "mine"


def test_the_commands_that_next_prints_find_the_course(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.catalogue.shipped", lambda: (Path("none"), Path("none")))
    option = ("--exercises", str(course))
    grade("next", *option)
    said = grade("next", *option).err
    assert f"grade next --skip --exercises {course}" in said
    assert f"grade sum_one.py --exercises {course}" in said


def test_next_finds_the_file_in_another_folder(grade: Grade, here: Path) -> None:
    grade("start", "sum-two", "deep/mine.py")
    attempt("sum-one", here / "sum_one.py", time=2e9)
    assert f"{Path('deep/mine.py')} is where you left it." in grade("next").out


def test_the_last_one_left_is_not_a_pass(grade: Grade, here: Path) -> None:
    for slug in ("sum-one", "sum-two"):
        attempt(slug, here / f"{slug}.py")
    grade("start", "product")
    code, out, err = grade("next", "--skip")
    assert (code, out, err) == (1, "", "Only product is left to pass.\n")


def test_list_and_next_agree(grade: Grade, here: Path) -> None:
    attempt("sum-two", here / "sum_two.py")
    out = grade("list").out
    assert "\u25b6 product" in out
    assert "next: grade start product" in out
    assert "product.py is yours" in grade("next").out


# ------------------------------------------------------------------------------------------ reset


def test_reset_keeps_a_copy_each_time(grade: Grade, here: Path) -> None:
    grade("start", "sum-one")
    file = here / "sum_one.py"
    starter = file.read_bytes()
    for number, text in enumerate((b"first", b"second"), start=1):
        file.write_bytes(text)
        code, out, err = grade("reset", "sum-one", "--yes")
        assert (code, err) == (0, "")
        assert f"sum_one.py.before-{number}" in out
        assert file.read_bytes() == starter
        assert (here / f"sum_one.py.before-{number}").read_bytes() == text
    assert "is the starter already" in grade("reset", "sum-one", "-y").out
    assert len(list(here.iterdir())) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "reset"), [("y\n", True), ("n\n", False), ("", False)])
def test_reset_asks(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch, answer: str, reset: bool
) -> None:
    grade("start", "sum-one")
    (here / "sum_one.py").write_text("mine")
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = grade("reset", "sum-one")
    assert code == 0
    assert "Put the starter in place of sum_one.py? A copy is kept. [y/N]" in err
    assert ((here / "sum_one.py").read_text() != "mine") is reset
    assert ("wasn't changed" in out) is not reset


def test_reset_changes_nothing_if_nobody_can_be_asked(grade: Grade, here: Path) -> None:
    grade("start", "sum-one")
    (here / "sum_one.py").write_text("mine")
    code, _, err = grade("reset", "sum-one")
    assert (code, err.count("\n")) == (2, 1)
    assert "add --yes" in err
    assert [each.name for each in here.iterdir()] == ["sum_one.py"]


def test_reset_takes_the_named_file_and_follows_a_link(grade: Grade, here: Path) -> None:
    (here / "real.py").write_text("mine")
    (here / "link.py").symlink_to("real.py")
    assert grade("reset", "sum-one", "link.py", "--yes").code == 0
    assert (here / "link.py").is_symlink()
    assert "NotImplementedError" in (here / "real.py").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sum-one", "no file of yours for sum-one was found; grade start sum-one creates it"),
        ("sum-one gone.py", "gone.py isn't a Python file"),
        ("sum-on", "did you mean sum-one?"),
    ],
)
def test_reset_of_nothing(grade: Grade, words: str, said: str) -> None:
    code, out, err = grade("reset", *words.split(), "--yes")
    assert (code, out) == (2, "")
    assert said in err


# --------------------------------------------------------------------------------------- progress


def test_progress_arrives_on_another_machine(
    grade: Grade, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade("start", "product")
    attempt("sum-one", here / "a\udcff.py")
    attempt("sum-two", here / "b.py", "wrong-values")
    grade("hint", "sum-two")
    grade("hint", "sum-two")
    before = grade("list").out, grade("history").out
    code, out, err = grade("progress", "export", "mine.json")
    assert (code, err) == (0, "")
    assert "2 attempts at 3 exercises" in out

    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "other"))
    assert grade("progress", "import", "mine.json").out.startswith("2 attempts imported;")
    assert (grade("list").out, grade("history").out) == before
    again = grade("progress", "import", "mine.json").out
    assert again.startswith("0 attempts imported (2 were here already);")
    with Progress.open() as progress:
        assert progress.hints_shown("sum-two") == 2
        assert [each.path for each in progress.attempts("sum-one")] == [str(here / "a\udcff.py")]
        assert len(progress.saved().starts) == 1


def test_what_is_here_stays_and_is_sorted_by_time(
    grade: Grade, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt("sum-one", here / "a.py", "raised", time=1.0e9)
    grade("progress", "export", "old.json")
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "other"))
    attempt("sum-one", here / "a.py", time=1.5e9)
    for _ in range(3):
        grade("hint", "sum-one")
    grade("progress", "import", "old.json")
    with Progress.open() as progress:
        assert [each.time for each in progress.attempts()] == [1.5e9, 1.0e9]
        assert progress.hints_shown("sum-one") == 2


def test_export_overwrites_only_if_forced(grade: Grade, here: Path) -> None:
    (here / "mine.json").write_text("work")
    code, _, err = grade("progress", "export", "mine.json")
    assert (code, "already exists" in err) == (2, True)
    assert (here / "mine.json").read_text() == "work"
    assert grade("progress", "export", "mine.json", "--force").code == 0
    assert json.loads((here / "mine.json").read_text())["format"] == "grade-progress"
    assert [each.name for each in here.iterdir()] == ["mine.json"]


def test_export_to_a_pipe_is_the_document_alone(grade: Grade) -> None:
    grade("start", "sum-one")
    out = grade("progress", "export", "-").out
    assert json.loads(out)["starts"][0]["exercise"] == "sum-one"


Change = Callable[[dict[str, object]], object]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "isn't JSON"),
        ("[" * 100_000, "isn't JSON"),
        ("{}", "grade progress export didn't write it"),
        ('{"format": "grade-progress", "version": 2}', "another version"),
        ('{"format": "grade-progress", "version": 1}', "is damaged"),
    ],
)
def test_what_is_no_export_is_refused(grade: Grade, here: Path, text: str, why: str) -> None:
    (here / "mine.json").write_text(text)
    code, out, err = grade("progress", "import", "mine.json")
    assert (code, out) == (2, "")
    assert why in err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exercise", "\x1b[31msum"),
        ("rules", ["\x1b]0;title\x07"]),
        ("verdict", "error"),
        ("time", 1e300),
        ("time", "soon"),
        ("digest", "; rm"),
        ("score", 7),
    ],
)
def test_a_forged_document_changes_nothing(
    grade: Grade, here: Path, field: str, value: object
) -> None:
    attempt("sum-one", here / "a.py", "raised")
    grade("progress", "export", "mine.json")
    document = json.loads((here / "mine.json").read_text())
    attempts = document["attempts"]
    document["attempts"] = [{**attempts[0], "time": 5.0}, {**attempts[0], field: value}]
    (here / "mine.json").write_text(json.dumps(document))
    code, out, err = grade("progress", "import", "mine.json")
    assert (code, out) == (2, "")
    assert "is damaged" in err
    assert "\x1b" not in err
    with Progress.open() as progress:
        assert len(progress.attempts()) == 1


def test_progress_that_is_not_available(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "home").touch()
    monkeypatch.setenv("GRADER_HOME", str(here / "home"))
    for words in ("next", "progress export x.json", "progress import x.json"):
        code, _, err = grade(*words.split())
        assert code == 2
        assert "your progress isn't available" in err
