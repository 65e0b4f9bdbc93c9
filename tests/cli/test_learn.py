"""list, show, start, hint, solution, explain and history, as a learner meets them."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_course import Grade, add_exercise

from grader.catalogue import load_exercise
from grader.cli.starter import copy_starter
from grader.hints import hint_offer
from grader.progress import Attempt, Progress

pytestmark = pytest.mark.usefixtures("course")
Attempted = Callable[..., None]


@pytest.fixture
def attempted(here: Path) -> Attempted:
    """Remember an attempt, as a grading would."""

    def record(slug: str, *rules: str, verdict: str = "") -> None:
        with Progress.open() as progress:
            progress.record_attempt(
                Attempt(
                    time=1_700_000_000.0 + len(progress.attempts()),
                    exercise=slug,
                    path=str(here / f"{slug}.py"),
                    digest=str(len(progress.attempts())),
                    verdict=verdict or ("failed" if rules else "passed"),
                    rules=rules,
                    score=0.0,
                )
            )

    return record


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# ------------------------------------------------------------------------------------------- list


def test_list_is_a_map_with_levels_topics_states_and_what_is_next(
    grade: Grade, attempted: Attempted
) -> None:
    attempted("sum-one")
    attempted("sum-two", "wrong-values")
    attempted("sum-two", "wrong-values")
    grade("hint", "sum-two")
    code, out, err = grade("list")
    assert (code, err) == (0, "")
    assert out == (
        " 1  \u2713 sum-one  passed\n"
        "    \u2502 The first sum \u00b7 sums\n"
        "    \u25b6 sum-two  2 attempts, 1 hint \u00b7 next\n"
        "    \u2502 The second sum \u00b7 sums\n"
        " 2  \u25cb product  not started\n"
        "      A product \u00b7 sums\n"
        "\n"
        "1 of 3 exercises passed \u00b7 next: grade start sum-two\n"
    )


def test_list_names_the_started_file(grade: Grade) -> None:
    grade("start", "sum-one", "deep/my file.py")
    quoted = '"' if os.name == "nt" else "'"
    path = Path("deep/my file.py")
    assert f"next: grade {quoted}{path}{quoted}\n" in grade("list").out


def test_list_shows_a_courses_own_exercises_too(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.catalogue.shipped", lambda: (Path("none"), Path("none")))
    assert "0 of 0 exercises passed" in grade("list").out
    assert "sum-one" in grade("list", "--exercises", str(course)).out


# ------------------------------------------------------------------------------------------- show


@pytest.mark.parametrize("name", ["sum-two", "sum_two"])
def test_show_takes_every_name_of_an_exercise(grade: Grade, name: str) -> None:
    code, out, _ = grade("show", name)
    assert code == 0
    assert out.startswith("sum-two \u00b7 level 1 \u00b7 sums\n")
    assert "Add `x` to itself." in out
    assert out.endswith("next: grade start sum-two\n")


def test_show_defaults_to_the_first_then_to_the_latest_exercise(grade: Grade) -> None:
    assert "The first sum" in grade("show").out
    grade("start", "product")
    out = grade("show").out
    assert "A product" in out
    assert out.endswith("next: grade product.py\n")


# ------------------------------------------------------------------------------------------ start


def test_start_copies_the_starter_and_shows_the_next_steps(grade: Grade, here: Path) -> None:
    code, out, err = grade("start", "sum-two")
    assert (code, err) == (0, "")
    assert (
        here / "sum_two.py"
    ).read_text() == "def sum_two(seed, x):\n    raise NotImplementedError\n"
    assert out == (
        "sum_two.py is yours to fill in.\n"
        "The second sum\n"
        "\n"
        "next:\n"
        "  grade show sum-two      the lesson and the task\n"
        "  grade sum_two.py        when you have filled it in\n"
        "  grade watch sum_two.py  to grade it at every save\n"
    )
    assert names_in(here) == ["sum_two.py"]


def test_a_course_that_is_named_twice_is_one(grade: Grade, here: Path) -> None:
    add_exercise(here / "mine", "zebra", "Stripes", "zebra")
    (here / "link").symlink_to(here / "mine")
    options = [part for name in ("mine", "./mine/", str(here / "mine"), "link")
               for part in ("--exercises", name)]  # fmt: skip
    assert "0 of 4 exercises passed" in grade("list", *options).out
    assert grade("show", "zebra", *options).code == 0


@pytest.mark.parametrize("kind", ["folder", "loop", "dangling"])
def test_a_declaration_must_be_a_file(grade: Grade, here: Path, kind: str) -> None:
    add_exercise(here / "mine", "zebra", "Stripes", "zebra")
    declaration = here / "mine/exercises/horse/exercise.py"
    declaration.parent.mkdir()
    if kind == "folder":
        declaration.mkdir()
    else:
        declaration.symlink_to("exercise.py" if kind == "loop" else "nowhere.py")
    code, out, err = grade("list", "--exercises", "mine")
    assert (code, "zebra" in out) == (0, True)
    found = "mine/exercises/horse/exercise.py is not a regular file"
    assert err == f"grade: an exercise is broken: {found}\n"


@pytest.mark.parametrize("folder", ["mine", "my own"])
def test_start_says_how_to_find_the_course_again(grade: Grade, here: Path, folder: str) -> None:
    add_exercise(here / folder, "zebra", "Stripes", "zebra")
    lines = grade("start", "zebra", "--exercises", folder).out.splitlines()
    (number,) = [at for at, each in enumerate(lines) if "GRADER_EXERCISES" in each]
    assert shlex.split(lines[number])[:2] == ["export", f"GRADER_EXERCISES={here / folder}"]
    assert any("grade show zebra" in each for each in lines[number:])


def commands_in(text: str) -> list[list[str]]:
    """The commands in what was printed, as a shell reads them."""
    found = re.findall(r"grade (?:start|hint|show|solution|\S+\.py)\b.*?--exercises .*", text)
    commands = [shlex.split(each) for each in found]
    return [each[: each.index("--exercises") + 2] for each in commands]


@pytest.mark.parametrize("folder", ["mine", "my own", "don't"])
@pytest.mark.parametrize(
    "printing", ["show zebra", "list", "hint zebra", "hint zebra --all", "solution zebra"]
)
def test_a_command_that_is_printed_finds_the_course(
    grade: Grade, here: Path, folder: str, printing: str
) -> None:
    add_exercise(here / folder, "zebra", "Stripes", "zebra")
    for level in ("sum_one", "sum_two", "product"):
        (here.parent / "course/exercises" / level / "exercise.py").unlink()
    printed = grade(*printing.split(), "--exercises", folder)
    (command, *others) = commands_in(printed.out + printed.err)
    for each in (command, *others):
        assert each[-1] == folder
        assert grade(*each[1:]).code != 2, each


def test_commands_after_a_hint_name_the_same_exercise(grade: Grade, attempted: Attempted) -> None:
    attempted("sum-one", "raised")
    assert "grade hint sum-two shows the next one" in grade("hint", "sum-two").out
    assert "grade hint shows the next one" in grade("hint").out


@pytest.mark.parametrize("variable", ["course", "course:elsewhere", "./course/"])
def test_no_option_is_printed_where_the_variable_names_the_course(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    add_exercise(here / "course", "zebra", "Stripes", "zebra")
    (here / "elsewhere/exercises").mkdir(parents=True)
    monkeypatch.setenv("GRADER_EXERCISES", variable)
    assert grade("show", "zebra").out.endswith("next: grade start zebra\n")


def test_start_does_not_if_the_variable_is_set(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_exercise(here / "mine", "zebra", "Stripes", "zebra")
    monkeypatch.setenv("GRADER_EXERCISES", "mine")
    assert "GRADER_EXERCISES" not in grade("start", "zebra").out


def test_start_alone_takes_the_first_exercise_not_passed(
    grade: Grade, here: Path, attempted: Attempted
) -> None:
    attempted("sum-one")
    grade("start")
    assert (here / "sum_two.py").is_file()
    attempted("sum-two")
    attempted("product")
    code, _, err = grade("start")
    assert code == 2
    assert "you have passed every exercise" in err


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("mine.py", "mine.py"),
        ("new/deep/mine.py", "new/deep/mine.py"),
        ("there", "there/sum_one.py"),
        ("new/", "new/sum_one.py"),
        ("new/deep", "new/deep/sum_one.py"),
    ],
)
def test_start_takes_a_path(grade: Grade, here: Path, path: str, file: str) -> None:
    (here / "there").mkdir()
    assert grade("start", "sum-one", path).code == 0
    assert (here / file).is_file()


def test_start_never_overwrites_unless_forced(grade: Grade, here: Path) -> None:
    mine = here / "sum_one.py"
    mine.write_text("my work")
    code, out, err = grade("start", "sum-one")
    assert (code, out) == (2, "")
    assert err == (
        "grade: sum_one.py already exists and is left as it is; "
        "--force overwrites it, or give another PATH\n"
    )
    assert mine.read_text() == "my work"
    assert grade("start", "sum-one", "--force").code == 0
    assert "NotImplementedError" in mine.read_text()
    assert names_in(here) == ["sum_one.py"]


def test_start_does_not_write_through_a_dangling_link(grade: Grade, here: Path) -> None:
    link = here / "sum_one.py"
    try:
        link.symlink_to(here / "elsewhere.py")
    except OSError:
        pytest.skip("no symbolic links here")
    assert grade("start", "sum-one").code == 2
    assert not (here / "elsewhere.py").exists()


def test_start_in_a_read_only_folder(grade: Grade, here: Path) -> None:
    (here / "file").touch()
    code, _, err = grade("start", "sum-one", "file/mine.py")
    assert code == 2
    assert err.startswith("grade: file")
    assert "can't be written" in err


def test_start_works_without_hard_links(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    (here / "starter.py").write_text("text")
    monkeypatch.setattr(os, "link", refused)
    copy_starter(here / "starter.py", here / "mine.py", overwrite=False)
    assert (here / "mine.py").read_text() == "text"
    assert names_in(here) == ["mine.py", "starter.py"]


# ------------------------------------------------------------------------------------------- hint


def test_hints_come_one_by_one(grade: Grade) -> None:
    first = grade("hint", "sum-one").out
    assert first.startswith("hint 1 of 2 \u00b7 sum-one\n\nThink.\n")
    assert "1 to go" in first
    second = grade("hint", "sum-one").out
    assert "## no heading" in second
    assert "that was the last hint" in second
    third = grade("hint", "sum-one").out
    assert third.startswith("hint 2 of 2")
    assert "grade solution sum-one --reveal" in third
    assert grade("hint", "sum-two").out.startswith("hint 1 of 2")


def test_hints_all_at_once_count_as_seen(grade: Grade) -> None:
    out = grade("hint", "sum-one", "--all").out
    assert "hint 1 of 2" in out
    assert "hint 2 of 2" in out
    assert "sum-one  2 hints" in grade("list").out


def test_hints_can_be_forgotten(grade: Grade) -> None:
    grade("hint", "sum-one", "--all")
    assert grade("hint", "sum-one", "--reset").code == 0
    assert grade("hint", "sum-one").out.startswith("hint 1 of 2")


def test_a_hint_is_offered_when_the_same_mistake_comes_a_third_time(
    course: Path, grade: Grade, attempted: Attempted
) -> None:
    folder = load_exercise(course / "exercises" / "sum_one", course / "solutions")

    def offer() -> str | None:
        with Progress.open() as progress:
            return hint_offer(folder, progress)

    assert offer() is None
    offers = []
    for _ in range(6):
        attempted("sum-one", "raised")
        offers.append(offer() is not None)
    assert offers == [False, False, True, False, False, True]
    assert offer() == "raised again, 6 times in a row: grade hint sum-one has a hint for you"
    grade("hint", "sum-one", "--all")
    assert offer() is None, "there is none left"


def test_hint_defaults_to_the_current_exercise(grade: Grade, attempted: Attempted) -> None:
    grade("start", "product")
    assert "\u00b7 product" in grade("hint").out
    attempted("sum-two", "raised")
    with Progress.open() as progress:
        assert progress.latest() is not None
    assert "\u00b7 product" in grade("hint").out, "the attempt lies in the past"


def test_the_only_exercise_needs_no_name(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = course.parent / "only"
    (only / "exercises").mkdir(parents=True)
    (course / "exercises" / "product").rename(only / "exercises" / "product")
    monkeypatch.setattr(
        "grader.catalogue.shipped", lambda: (only / "exercises", course / "solutions")
    )
    assert "\u00b7 product" in grade("hint").out


# --------------------------------------------------------------------------------------- solution


def test_the_solution_waits_for_a_pass(grade: Grade, attempted: Attempted) -> None:
    code, out, err = grade("solution", "sum-one")
    assert (code, out) == (1, "")
    assert "You have not passed sum-one yet" in err
    assert "grade solution sum-one --reveal" in err
    attempted("sum-one", "raised")
    assert grade("solution").code == 1
    attempted("sum-one")
    assert grade("solution").code == 0


def test_the_solution_in_a_pipe_is_its_text(grade: Grade, course: Path) -> None:
    code, out, err = grade("solution", "sum-one", "--reveal")
    assert (code, err) == (0, "")
    assert out == (course / "solutions" / "sum_one.py").read_text()


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
def test_a_solution_that_is_a_pipe_is_not_waited_for(grade: Grade, course: Path) -> None:
    solution = course / "solutions" / "sum_one.py"
    solution.unlink()
    os.mkfifo(solution)
    assert grade("list").code == 0
    code, _, err = grade("solution", "sum-one", "--reveal")
    assert (code, "is not a regular file" in err) == (3, True)


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
@pytest.mark.parametrize(("part", "verb"), [("README.md", "show"), ("hints.md", "hint")])
def test_a_part_of_an_exercise_that_is_a_pipe_is_not_waited_for(
    grade: Grade, course: Path, part: str, verb: str
) -> None:
    path = course / "exercises" / "sum_one" / part
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    code, _, err = grade(verb, "sum-one")
    assert (code, f"{part} is not a regular file" in err) == (3, True)


def test_a_missing_solution_is_the_exercises_fault(grade: Grade, course: Path) -> None:
    (course / "solutions" / "sum_one.py").unlink()
    assert grade("solution", "sum-one", "--reveal").code == 3


# ---------------------------------------------------------------------------------------- explain


def test_explain_lists_the_rules_by_check(grade: Grade) -> None:
    out = grade("explain").out.split("\n")
    checks = [line for line in out if line and not line.startswith(" ")]
    assert checks[:8] == ["loads", "runs", "shape", "values", "lifted", "params", "rng", "pure"]
    assert out.index("params") < next(i for i, x in enumerate(out) if "per-example-params" in x)


def test_explain_marks_the_difference_between_wrong_and_right(grade: Grade) -> None:
    code, out, _ = grade("explain", "PER-EXAMPLE-PARAMS")
    assert code == 0
    assert out.startswith("per-example-params \u00b7 check params\n")
    assert "\nwrong\n" in out
    assert "\nright\n" in out
    assert "\n- " in out
    assert "\n+ " in out
    assert "https://" in out


# ---------------------------------------------------------------------------------------- history


def test_history_is_a_table_with_the_newest_last(grade: Grade, attempted: Attempted) -> None:
    attempted("sum-one", "raised", "wrong-values")
    attempted("sum-two")
    lines = grade("history").out.split("\n")
    assert lines[0].split() == ["when", "exercise", "verdict", "mistakes"]
    assert lines[1].split()[2:] == ["sum-one", "failed", "raised,", "wrong-values"]
    assert lines[2].split()[2:] == ["sum-two", "passed"]
    assert grade("history", "-n", "1").out.split("\n")[1].split()[2] == "sum-two"
    assert grade("history", "sum-one").out.count("\n") == 2


def test_an_empty_history_says_how_to_fill_it(grade: Grade) -> None:
    assert grade("history").out == "There are no attempts yet; grade FILE makes one.\n"
    assert "no attempts at product yet" in grade("history", "product").out


# ------------------------------------------------------------------------------------------ widths


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "command",
    [
        "list",
        "show",
        "start",
        "next",
        "next --skip",
        "hint --all",
        "explain",
        "history",
        "solution",
    ],
)
def test_everything_fits(
    grade: Grade, attempted: Attempted, monkeypatch: pytest.MonkeyPatch, command: str, columns: int
) -> None:
    attempted("sum-one", "per-example-params", "split-params-rng", "ignored-seed", "derived-key")
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, err = grade(*command.split())
    assert max(map(len, (out + err).split("\n"))) <= columns
    assert "\x1b" not in out


def test_an_unwritable_home_gets_a_note(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "home").touch()
    monkeypatch.setenv("GRADER_HOME", str(here / "home"))
    code, out, err = grade("start", "sum-one")
    assert code == 0
    assert "sum_one.py is yours" in out
    assert err.startswith("note: progress isn't saved: ")
    assert err.count("\n") == 1


# ------------------------------------------------------------------- progress that isn't available


@pytest.fixture
def busy(grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another program has the progress file, in which sum-one was begun."""
    from grader import database
    from grader.progress.place import progress_file

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    assert course.is_dir()
    assert grade("start", "sum-one").code == 0
    holder = sqlite3.connect(str(progress_file()), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.close()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("list", 0, "Your progress isn't available right now."),
        ("history", 0, "Your progress isn't available right now."),
        ("solution sum-one", 2, "it's unknown whether you have passed sum-one"),
        ("start", 2, "your progress isn't available, so name the exercise"),
        ("show", 2, "which exercise? your progress isn't available, so name it"),
        ("hint", 2, "which exercise? your progress isn't available, so name it"),
        ("show sum-one", 0, "Add `x` to itself"),
        ("start sum-two", 0, "sum_two.py is yours"),
    ],
)
def test_a_locked_file_gives_no_false_answers(
    grade: Grade, command: str, code: int, says: str
) -> None:
    ran = grade(*command.split())
    assert ran.code == code
    assert says in ran.out + ran.err
    assert "note: progress isn't available: another program is using its file" in ran.err
    for claim in ("0 of 3", "not started", "no attempts", "have not passed"):
        assert claim not in ran.out + ran.err


def test_paths_of_any_bytes_are_stored(grade: Grade, course: Path, here: Path) -> None:
    assert course.is_dir()
    folder = here / os.fsdecode(b"\xf6")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes Unicode alone")
    assert grade("start", "sum-one", f"{folder.name}/mine.py").code == 0
    with Progress.open() as progress:
        assert progress.latest() == ("sum-one", folder / "mine.py")
    code, out, _ = grade("list")
    assert code == 0
    assert "next: grade $'\\xf6/mine.py'" in out
