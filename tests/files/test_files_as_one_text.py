"""Several files as one text: places, names, edits, digests, and what is read beside a program."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from grader.beside import with_files
from grader.catalogue import _misfiled
from grader.evidence.seen import in_files
from grader.model.edit import Edit, Edited, lines_of_all
from grader.model.exercise import Exercise, ExerciseFolder
from grader.model.files import SeveralFiles
from grader.model.observation import Span
from grader.model.seen import MadeKey, Seen
from grader.model.source import Source
from grader.model.submission import from_bytes, read_submission

HELPERS = "import jax\n\n\ndef key(seed):\n    return jax.random.PRNGKey(seed)\n"


def program(main: str, helpers: str = HELPERS, more: str | None = None) -> SeveralFiles:
    beside = [Source("hw/helpers.py", helpers)]
    beside += [Source("hw/more.py", more)] if more is not None else []
    return SeveralFiles(Source("hw/mine.py", main), beside)


def line(number: int, column: int = 1, end: int = 2) -> Span:
    return Span(line=number, column=column, end_line=number, end_column=end)


@pytest.mark.parametrize("main", ["a = 1\n", "a = 1", "", "\n\n", "a = 1\r\nb = 2\r\n"])
def test_each_line_is_in_one_file(main: str) -> None:
    source = program(main, more="x = 1\n")
    told = [source.place(line(number)) for number in range(1, len(source.lines) + 1)]
    for number, each in enumerate(source.files):
        own = [placed.span.line for placed in told if placed.file is each]
        between = 1 if number < 2 else 0
        assert own == list(range(1, len(each.lines) + between + 1))
        first = source.shifted(number, line(1))
        assert source.lines[first.line - 1] == each.lines[0]
        assert source.place(first) == (each, line(1))


def test_a_name_leads_to_another_file() -> None:
    for main in (
        "from helpers import key\nf = lambda seed: key(seed)\n",
        "from helpers import *\nf = lambda seed: key(seed)\n",
        "from helpers import key as made\nf = lambda seed: made(seed)\n",
        "from helpers import key as f\n",
        "import helpers as h\nf = h.key\n",
    ):
        source = program(main)
        found = source.function("f")
        assert found is not None, main
        reached = source.function("key")
        assert reached is not None
        assert source.place(source.head(reached)).file.base == "helpers.py"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "main",
    [
        "import helpers\n\ndef key(seed):\n    return helpers.key(seed)\n",
        "from helpers import key\nkey = None\n",
        "import helpers\nkey = helpers.key\n",
        "import helpers\nprint(key)\n",
        "import helpers\nhelpers.jax = None\n",
        "from numpy import *\nfrom helpers import key\n",
        "import numpy as jax\nfrom helpers import key\n",
    ],
)
def test_names_in_the_way_are_not_mixed_up(main: str) -> None:
    source = program(main)
    assert source.reading(line(1)) is not source
    assert source.part(line(1)).text == main
    found, own = source.function("key"), "def key" in main
    assert found is not None or not own
    if found is not None:
        head = source.head(found)  # type: ignore[arg-type]
        assert (source.number(head) == 0) == own


@pytest.mark.parametrize(
    "helpers",
    [
        "__all__ = []\n\n\ndef sum(x):\n    return 0\n",
        "def _sum(x):\n    return 0\n\n\nsum = _sum\n",
    ],
)
def test_a_star_brings_no_name_that_a_file_keeps(helpers: str) -> None:
    main = "from helpers import *\n\n\ndef f(x):\n    return sum(x) + _sum(x)\n"
    source = program(main, helpers)
    assert source.reading(line(1)) is not source
    public = program(main.replace(" + _sum(x)", ""), helpers.replace("__all__ = []\n", ""))
    assert public.reading(line(1)) is public


def test_a_local_variable_of_the_same_name_is_not_in_the_way() -> None:
    main = "import helpers\n\n\ndef f(seed):\n    key = helpers.key(seed)\n    return key\n"
    source = program(main)
    assert source.reading(line(1)) is source


def test_files_that_nothing_imports_have_no_nodes() -> None:
    assert [each.lineno for each in program("x = 1\n").body] == [1]
    lazy = program("def f():\n    import helpers\n    return helpers.key(0)\n")
    by_text = program("import importlib\nh = importlib.import_module('helpers')\n")
    for source in (lazy, by_text):
        assert "PRNGKey" in {getattr(each, "attr", "") for each in source.nodes}


def test_an_edit_stays_in_its_file() -> None:
    source = program("a = 1", "b = 2")
    behind = Span(line=1, column=1, end_line=2, end_column=1)
    other = Edit(span=source.shifted(1, line(1)), text="c")
    edited = Edited(source, [Edit(span=behind, text=""), other])
    assert edited.texts == ("", "c = 2")
    inserted = Edited(source, [Edit(span=line(2, 1, 1), text="\nz")])
    assert inserted.texts == ("a = 1\nz", "b = 2")


def test_edits_of_several_files_are_traced_back() -> None:
    source = program("a = 1\nb = 2\n", "c = 3\nd = 4\n")
    first, second = line(1, 1, 2), source.shifted(1, line(2, 5, 6))
    edited = Edited(source, [Edit(span=first, text="x\ny"), Edit(span=second, text="44")])
    after = source.with_texts(edited.texts)
    assert edited.texts == ("x\ny = 1\nb = 2\n", "c = 3\nd = 44\n")
    there = after.shifted(1, line(2, 5, 7))
    assert edited.before(there) == second
    assert edited.wrote(there)
    assert not edited.wrote(after.shifted(1, line(1, 1, 2)))
    assert Edited(source, lines_of_all(source, edited.texts)).texts == edited.texts


def test_only_what_surely_runs_is_judged_without_running() -> None:
    broken = "def broken(:\n"
    sure = program('"""Doc."""\nimport jax\nfrom helpers import key\n', broken)
    fault = sure.syntax_fault
    assert fault is not None
    assert sure.place(fault.span).file.base == "helpers.py"
    tried = "try:\n    import helpers\nexcept SyntaxError:\n    pass\n"
    for main in ("x = 1\n", tried, "f()\nimport helpers\n"):
        assert program(main, broken).syntax_fault is None
    through = program("import more\n", broken, "import helpers\n")
    assert through.syntax_fault is not None


# ------------------------------------------------------------------------------- reading, digests


def test_only_allowed_files_are_read(hand_in: Path, folder: ExerciseFolder) -> None:
    for name in ("mine.py", "helpers.py", "other.py"):
        (hand_in / name).write_text(f"# {name}\n", encoding="utf-8")
    found = with_files(read_submission(hand_in / "mine.py"), folder.exercise)
    assert [each.base for each in found.source.files] == ["mine.py", "helpers.py"]
    own = with_files(read_submission(hand_in / "helpers.py"), folder.exercise)
    assert [each.base for each in own.source.files] == ["helpers.py"]
    plain = msgspec.structs.replace(folder.exercise, files=())
    alone = with_files(found, plain)
    assert (alone.sha256, alone.digests) == (read_submission(hand_in / "mine.py").sha256, ())


def test_a_file_that_cannot_be_read_says_why(hand_in: Path, folder: ExerciseFolder) -> None:
    (hand_in / "mine.py").write_text("from helpers import key\n", encoding="utf-8")
    file = hand_in / "helpers.py"
    said = []
    os.mkfifo(file)
    said.append(_unfit(hand_in, folder))
    file.unlink()
    file.symlink_to("/etc/passwd")
    said.append(_unfit(hand_in, folder))
    file.unlink()
    file.mkdir()
    said.append(_unfit(hand_in, folder))
    file.rmdir()
    for data in (b"#" * 70_000, b"# \xff\n", b"PK\x03\x04"):
        file.write_bytes(data)
        said.append(_unfit(hand_in, folder))
    words = ("not a regular file", "leads out", "is a folder", "64 kB", "not UTF-8", "zip archive")
    for text, word in zip(said, words, strict=True):
        assert word in text
        assert "helpers.py" in text


def _unfit(hand_in: Path, folder: ExerciseFolder) -> str:
    found = with_files(read_submission(hand_in / "mine.py"), folder.exercise)
    assert found.source.unfit is not None
    return found.source.unfit.message


def test_a_changed_helper_is_another_submission() -> None:
    main, helpers = from_bytes("mine.py", b"import helpers\n"), from_bytes("helpers.py", b"x = 1\n")
    one = main.beside([helpers])
    assert one.sha256 != main.sha256 != helpers.sha256
    assert one.digests == (main.sha256, helpers.sha256)
    assert one.alone == main or one.alone.sha256 == main.sha256
    other = main.beside([from_bytes("helpers.py", b"x = 2\n")])
    renamed = main.beside([from_bytes("more.py", b"x = 1\n")])
    assert len({one.sha256, other.sha256, renamed.sha256, main.sha256}) == 4
    assert main.beside([]).sha256 == main.sha256


@pytest.mark.parametrize(
    "name",
    [
        *("helpers", "../helpers.py", "a/b.py", "a.b.py", "1st.py", "class.py", "random.py"),
        *("jax.py", "Numpy.py", "grader.py", "starter.py", "checks.py", "nn_vmap_shared.py", ".py"),
        *("__init__.py", "help ers.py", "C:\\x.py", "\uff48elpers.py"),
    ],
)
def test_no_other_name_can_be_declared(name: str, folder: ExerciseFolder) -> None:
    assert list(_misfiled(_declared(folder.exercise, name)))
    assert not list(_misfiled(_declared(folder.exercise, "helpers.py")))
    assert list(_misfiled(_declared(folder.exercise, "helpers.py", "Helpers.py")))


def _declared(exercise: Exercise, *names: str) -> Exercise:
    return msgspec.structs.replace(exercise, files=names)


def test_one_file_is_what_it_was() -> None:
    source = Source("mine.py", "x = 1\n")
    assert source.files == (source,)
    assert source.place(line(1)) == (source, line(1))
    assert source.part(line(1)) is source.reading(line(1)) is source


def test_an_authors_check_gets_lines_of_the_file() -> None:
    source = program("a = 1\nb = 2\n")
    there = source.shifted(1, line(5)).line
    found = Seen(keys=tuple(MadeKey(name="PRNGKey", line=each) for each in (2, there, None)))
    assert [each.line for each in in_files(found, source).keys] == [2, 5, None]
    assert in_files(found, Source("mine.py", "a = 1\n")) is found
