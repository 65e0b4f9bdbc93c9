"""Which words are commands or files, and how each kind of failure is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import Grade, add_exercise, environment

from grader.cli import grading
from grader.grading.request import GradingRequest


class Graded:
    """Stands for the grading; remembers what it was asked."""

    def __init__(self) -> None:
        self.files: tuple[Path, ...] = ()
        self.options = GradingRequest()

    def __call__(self, files: tuple[Path, ...], options: GradingRequest) -> int:
        self.files, self.options = files, options
        return 1


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> Graded:
    made = Graded()
    monkeypatch.setattr(grading, "grade_files", made)
    return made


def assert_one_line(text: str) -> None:
    assert text.startswith("grade: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1


# ----------------------------------------------------------------------------- commands and files


@pytest.mark.parametrize(
    "arguments",
    [
        ("my.py", "--seed", "7", "-q"),
        ("--seed", "7", "-q", "my.py"),
        ("--seed=7", "my.py", "-q"),
        ("-q", "--seed", "7", "--", "my.py"),
    ],
)
def test_options_come_before_or_after_the_file(
    grade: Grade, graded: Graded, here: Path, arguments: tuple[str, ...]
) -> None:
    (here / "my.py").touch()
    assert grade(*arguments).code == 1
    assert graded.files == (Path("my.py"),)
    assert graded.options == GradingRequest(seed=7, quiet=True)


def test_every_option_arrives(grade: Grade, graded: Graded, here: Path, course: Path) -> None:
    (here / "my.py").touch()
    line = (
        "my.py --exercise sum-one --report json --report junit=a=b.xml --cases 5 --seed 6"
        " --timeout 1.5 --color never -q -v --exit-zero --jobs 2 --no-ci --require-sandbox"
        f" --no-progress --exercises {course}"
    )
    grade(*line.split())
    assert graded.options == GradingRequest(
        exercise="sum-one",
        reports=("json", "junit=a=b.xml"),
        cases=5,
        seed=6,
        timeout=1.5,
        color="never",
        quiet=True,
        verbose=True,
        exit_zero=True,
        jobs=2,
        ci=False,
        require_sandbox=True,
        progress=False,
        exercises=(course,),
    )


def test_without_options_everything_has_its_default(
    grade: Grade, graded: Graded, here: Path
) -> None:
    (here / "my.py").touch()
    grade("my.py")
    assert graded.options == GradingRequest()


def test_several_files(grade: Grade, graded: Graded) -> None:
    grade("a.py", "b.py")
    assert graded.files == (Path("a.py"), Path("b.py"))


@pytest.mark.parametrize("arguments", [("./list",), ("--", "list"), ("-q", "list")])
def test_a_file_named_like_a_command(
    grade: Grade, graded: Graded, here: Path, arguments: tuple[str, ...]
) -> None:
    (here / "list").touch()
    assert grade(*arguments).code == 1
    assert graded.files[0].name == "list"


def test_course_folders_come_from_the_environment_too(
    grade: Grade, graded: Graded, here: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "my.py").touch()
    monkeypatch.setenv("GRADER_EXERCISES", os.pathsep.join([str(course), str(course)]))
    grade("my.py")
    assert graded.options.exercises == (course, course)


# ---------------------------------------------------------------------------------- wrong commands


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("lst", "lst is neither a command nor a file; did you mean grade list?"),
        ("histroy", "histroy is neither a command nor a file; did you mean grade history?"),
        ("zzzz", "no such file: zzzz"),
        ("mine.py", "no such file: mine.py"),
        ("sum-one", "sum-one is an exercise, not a file: grade sum_one.py; grade start sum-one cr"),
        ("sum_one", "sum_one is an exercise, not a file: grade sum_one.py; grade start sum-one cr"),
        ("mysolution.py", "no such file: mysolution.py; did you mean my_solution.py?"),
        ("--exercize a my.py", "there is no option --exercize; did you mean --exercise?"),
        ("--versoin", "there is no option --versoin; did you mean --version?"),
        ("show --colour never", "there is no option --colour; did you mean --color?"),
        ("--zzzz my.py", "there is no option --zzzz"),
        ("show sum-on", "there is no exercise sum-on; did you mean sum-one?"),
        ("show zzzz", "there is no exercise zzzz; grade list shows them"),
        ("hint", "which exercise? grade list shows them, and grade start begins one"),
        ("watch", "watch: missing argument 'FILE'; grade watch --help shows how"),
        ("list a", "list: got unexpected extra argument"),
        ("my.py --cases", "option '--cases' requires an argument"),
        ("my.py --cases many", "invalid value for '--cases': "),
        ("my.py --cases 0", "invalid value for '--cases': "),
        ("my.py --timeout -1", "invalid value for '--timeout': "),
        ("my.py --color sometimes", "invalid value for '--color': "),
        ("list --exercises nowhere", "--exercises: nowhere has no folder called exercises in it"),
    ],
)
def test_a_wrong_command_costs_one_line_and_exit_code_2(
    grade: Grade, course: Path, here: Path, line: str, says: str
) -> None:
    assert course.is_dir()
    (here / "my_solution.py").touch()
    code, out, err = grade(*line.split())
    assert (code, out) == (2, "")
    assert_one_line(err)
    assert says in err


def test_an_empty_name_does_not_mean_this_folder(grade: Grade, here: Path) -> None:
    (here / "my.py").touch()
    for words in [("",), ("my.py", "")]:
        code, out, err = grade(*words)
        assert (code, out) == (2, "")
        assert "invalid value for 'FILE...': it is empty; name a file or a folder" in err


def test_an_unknown_rule(grade: Grade) -> None:
    code, _, err = grade("explain", "per-exampel-params")
    assert code == 2
    assert err == ("grade: there is no rule per-exampel-params; did you mean per-example-params?\n")


def test_typed_text_is_escaped(grade: Grade) -> None:
    _, _, err = grade("\x1b[31m[bold]no\nsuch.py")
    assert_one_line(err)
    assert "\x1b" not in err
    assert "\\x1b[31m[bold]no" in err


def test_a_broken_exercise_is_not_the_learners_fault(grade: Grade, course: Path) -> None:
    (course / "exercises" / "product" / "exercise.py").write_text("EXERCISE = 1 / 0")
    for command, code in (("show product", 3), ("list", 0), ("show sum-one", 0)):
        ran = grade(*command.split())
        assert ran.code == code
        assert_one_line(ran.err)
        assert "an exercise is broken: " in ran.err
        assert "ZeroDivisionError" in ran.err
    assert "sum-one" in grade("list").out


@pytest.mark.parametrize(
    "declaration",
    [
        "import sys; sys.exit(0)",
        "def (",
        "EXERCISE = 3",
        "print('hello'); raise RuntimeError",
        'import msgspec\n{}EXERCISE = msgspec.structs.replace(EXERCISE, level="one")',
        "import msgspec\n{}EXERCISE = msgspec.structs.replace(EXERCISE, output=('m',))",
        "{}EXERCISE = Exercise(slug='product')",
    ],
)
def test_a_broken_exercise_does_not_affect_others(
    grade: Grade, course: Path, declaration: str
) -> None:
    file = course / "exercises" / "product" / "exercise.py"
    file.write_text(declaration.replace("{}", file.read_text()))
    code, out, err = grade("list")
    assert code == 0
    assert "sum-two" in out
    assert "hello" not in out
    assert "an exercise is broken: " in err
    assert grade("show", "product").code == 3


@pytest.mark.parametrize("name", ["README.md", "hints.md"])
def test_an_exercise_with_a_missing_part(grade: Grade, course: Path, name: str) -> None:
    (course / "exercises" / "product" / name).unlink()
    code, _, err = grade("show" if name == "README.md" else "hint", "product")
    assert code == 3
    assert_one_line(err)


def test_an_internal_error_is_reported_as_one(
    grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("two\nlines")

    (here / "my.py").touch()
    monkeypatch.setattr(grading, "grade_files", broken)
    code, _, err = grade("my.py")
    assert code == 3
    assert_one_line(err)
    assert "the grader itself is broken: RuntimeError: two lines" in err
    monkeypatch.setenv("GRADER_TRACEBACK", "1")
    assert "Traceback" in grade("my.py").err


def test_an_interrupt(grade: Grade, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    (here / "my.py").touch()
    monkeypatch.setattr(grading, "grade_files", interrupted)
    code, _, err = grade("my.py")
    assert code == 130
    assert err == "grade: interrupted\n"


# ----------------------------------------------------------------------------------- help, version


def test_help_shows_commands_and_the_options_of_grading(grade: Grade) -> None:
    code, out, err = grade("--help")
    assert (code, err) == (0, "")
    for word in ("grade FILE... [OPTIONS]", "explain", "--report FORMAT[=PATH]", "--version"):
        assert word in out
    assert grade("-h").out == out
    assert grade("my.py", "--help").out == out


def test_every_command_has_help(grade: Grade) -> None:
    for command in ("list", "show", "start", "watch", "hint", "solution", "explain", "history"):
        code, out, _ = grade(command, "--help")
        assert code == 0
        assert f"grade {command}" in out


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_help_fits(grade: Grade, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = grade("--help").out.split("\n")
    assert max(map(len, lines)) <= columns
    assert [line for line in lines if line != line.rstrip()] == []


def test_version_names_the_libraries(grade: Grade) -> None:
    code, out, _ = grade("--version")
    assert code == 0
    assert all(f"{name} " in out for name in ("grade", "Python", "jax", "flax", "hypothesis"))


def test_help_and_version_import_nothing_heavy(here: Path) -> None:
    script = (
        "import sys; from grader.cli.run import run\n"
        "assert run(['--help']) == run(['--version']) == run(['lst']) - 2 == 0\n"
        "heavy = {'jax', 'flax', 'hypothesis', 'numpy', 'sqlite3', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run(
        [sys.executable, "-c", script], cwd=here, env=environment(), check=True, timeout=60,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def test_grade_alone_in_a_pipe_is_help(program: Grade) -> None:
    assert program().out == program("--help").out


def test_python_m_grader_is_grade(program: Grade) -> None:
    code, out, err = program("list")
    assert (code, err) == (0, "")
    assert "nn-vmap-shared" in out


# ------------------------------------------------------------------------------------- completion


def completed(here: Path, *words: str, **changes: str) -> list[str]:
    variables = {
        "_GRADE_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["grade", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "grader"],
        cwd=here, env=environment(**variables, **changes), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_the_shell_completes(here: Path, tmp_path: Path) -> None:
    (here / "lesson.py").touch()
    (here / "folder").mkdir()
    add_exercise(tmp_path / "mine", "zebra", "Stripes", "zebra")
    own = {"GRADER_EXERCISES": str(tmp_path / "mine")}
    assert completed(here, "l") == ["list", "lsp", "lesson.py"]
    assert "--seed" in completed(here, "--se")
    assert completed(here, "--seed", "3", "les") == ["lesson.py"]
    assert completed(here, "lesson.py", "--exercise", "ze", **own) == ["zebra"]
    assert completed(here, "show", "ze", **own) == ["zebra"]
    assert completed(here, "start", "zebra", "f", **own) == ["folder/"]
    assert completed(here, "explain", "per-example-p") == ["per-example-params"]
    assert completed(here, "lesson.py", "--report", "ju") == ["junit"]


# ---------------------------------------------------------------------------------------- streams


@pytest.mark.skipif(os.name == "nt", reason="a shell's pipe")
@pytest.mark.parametrize("command", ["--help", "list", "show", "explain"])
def test_a_closed_pipe_is_not_a_failure(here: Path, command: str) -> None:
    line = f'set -o pipefail; "{sys.executable}" -m grader {command} | head -1'
    done = subprocess.run(
        ["bash", "-c", line], cwd=here, env=environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.skipif(os.name == "nt", reason="a shell's redirection")
@pytest.mark.parametrize(
    ("redirection", "code"),
    [(">&-", 3), (">&- 2>&-", 3), ("<&-", 0), ("<&- >&-", 3), ("2>&-", 0), ("> /dev/full", 3)],
)
def test_closed_and_full_outputs(here: Path, redirection: str, code: int) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    line = f'"{sys.executable}" -m grader list {redirection}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=here, env=environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code and "2>" not in redirection:
        assert_one_line(done.stderr)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
@pytest.mark.parametrize("limit", ["-d 20000", "-d 70000", "-v 200000"])
def test_a_shell_that_allows_too_little_memory_is_named(here: Path, limit: str) -> None:
    line = f'ulimit {limit}; "{sys.executable}" -m grader list'
    done = subprocess.run(
        ["bash", "-c", line], cwd=here, env=environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert f"(ulimit {limit[:2]}): set ulimit" in done.stderr
    assert_one_line(done.stderr)


def test_starting_in_a_folder_that_is_gone_says_so(
    grade: Grade, course: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert course.is_dir()
    gone = here / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, _, err = grade("start", "sum-one")
    assert (code, "this folder has been deleted; cd into another" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", ""), "there is no exercise ''"),
        (("show", " "), "there is no exercise ' '"),
        (("explain", ""), "there is no rule ''"),
        (("x.py", "--timeout", ""), "'' is not a number"),
        (("x.py", "--report", "=x"), "there is no report format ''"),
    ],
)
def test_an_empty_word_is_shown_in_quotes(
    grade: Grade, here: Path, arguments: tuple[str, ...], words: str
) -> None:
    (here / "x.py").touch()
    code, _, err = grade(*arguments)
    assert (code, words in err) == (2, True), err


def test_an_ascii_stream_gets_ascii_characters(program: Grade) -> None:
    code, out, err = program("show", PYTHONIOENCODING="ascii")
    assert (code, err) == (0, "")
    assert out.isascii()
    assert " - level 1 - " in out


# ------------------------------------------------------------------------------ odd environments


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("explian wrong-order", "grade explain"),
        ("wacth my.py", "grade watch"),
        ("lsit", "grade list"),
        ("help", "grade --help"),
        ("hlep explain", "grade --help"),
        ("version", "grade --version"),
        ("verison", "grade --version"),
        ("VERSION", "grade --version"),
    ],
)
def test_a_misspelt_command_is_reported_whatever_follows(
    grade: Grade, graded: Graded, here: Path, line: str, meant: str
) -> None:
    (here / "my.py").touch()
    code, out, err = grade(*line.split())
    assert (code, out, graded.files) == (2, "", ())
    assert_one_line(err)
    assert f"did you mean {meant}?" in err


def test_a_file_named_almost_like_a_command_is_a_file(
    grade: Grade, graded: Graded, here: Path
) -> None:
    (here / "lst").touch()
    assert grade("lst").code == 1
    assert graded.files == (Path("lst"),)


@pytest.mark.parametrize(
    "options",
    [
        "--seed 18446744073709551616",
        "--seed -1",
        f"--seed {'9' * 5000}",
        "--timeout inf",
        "--timeout nan",
        "--timeout -inf",
        "--timeout 0",
        "--timeout 1e-9",
        "--timeout 1e300",
        "--cases 1000000",
        "--cases -3",
    ],
)
def test_numbers_out_of_bounds(grade: Grade, graded: Graded, here: Path, options: str) -> None:
    (here / "my.py").touch()
    code, out, err = grade("my.py", *options.split())
    assert (code, out, graded.files) == (2, "", ())
    assert_one_line(err)
    assert len(err) < 250
    assert " from 0 to " in err or " from 1 to " in err or " from 0.1 to " in err or "9…" in err


def test_history_accepts_any_length(grade: Grade) -> None:
    assert grade("history", "--last", "9" * 30).code == 2
    assert grade("history", "--last", "1000000").code == 0


@pytest.mark.parametrize(
    "columns", ["0", "1", "5", "-3", "abc", "\u00b2", "9" * 30, "9" * 5000, ""]
)
def test_an_invalid_columns_variable(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    assert course.is_dir()
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", columns)
    for command in ("list", "show sum-one", "explain wrong-order", "--help", "hint sum-one"):
        code, out, err = grade(*command.split())
        assert (code, err) == (0, "")
        longest = max(map(len, out.split("\n")))
        assert 20 < longest <= 100


def test_no_command_is_broken_in_two(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_exercise(course, "a-name-that-is-rather-long", "Long", "long_name", level=0)
    monkeypatch.setenv("COLUMNS", "40")
    started = grade("start").out
    assert "  grade show a-name-that-is-rather-long\n" in started
    assert "  grade watch a_name_that_is_rather_long.py\n" in started
    assert "\nnext: grade a_name_that_is_rather_long.py\n" in grade("list").out
    assert grade("show").out.endswith("\nnext: grade a_name_that_is_rather_long.py\n")
    refused = grade("solution", "a-name-that-is-rather-long").err
    assert "  grade solution a-name-that-is-rather-long --reveal\n" in refused
    grade("hint")
    assert "grade hint --all" in grade("hint").out


def test_a_deleted_working_folder(here: Path) -> None:
    script = (
        "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
        "from grader.cli.run import run\n"
        "codes = [run(line.split()) for line in ('list', 'lst', 'x.py', 'start', '--version')]\n"
        "os.environ['GRADER_HOME'] = 'relative'\n"
        "print(*codes, run(['list']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=here, env=environment(), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.split("\n")[-2] == "0 2 2 2 0 2"
    assert "the current folder is gone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("pager", "note"),
    [
        ('less "', "PAGER isn't a command (No closing quotation)"),
        ("no-such-pager -x", "PAGER names a program that is not there: no-such-pager"),
        ("", ""),
        ("false", ""),
    ],
)
def test_without_a_pager_the_text_is_printed(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pager: str,
    note: str,
) -> None:
    from grader.cli import console

    assert here.is_dir()
    monkeypatch.setenv("PAGER", pager)
    monkeypatch.setattr(console, "_interactive", lambda _console: True)
    made = console.console()
    console.print_paged(made, "line\n" * 300)
    out, err = capsys.readouterr()
    assert out.count("line\n") == 300
    assert note in err
    assert bool(err) == bool(note)
