"""Every option arrives, from every front that offers it, in the request that the grading gets."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
from enum import Enum, StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn, get_args

import pytest
from cli_course import Grade, add_exercise

from grader import grade as notebook_grade
from grader.cli import classroom, editor, watch
from grader.cli.options import conversion
from grader.cli.watch import Watcher
from grader.gradebook.request import ClassRequest
from grader.grading.grading import Grading
from grader.grading.request import Declared, Front, GradingRequest, Option, declared, offered
from grader.model.exercise import ExerciseFolder
from grader.model.submission import Submission, read_submission

TEXTS = {
    "exercise": "sum-one",
    "reports": "jsonl",
    "exercises": "mine",
    "students": "{name}.py",
    "exports": "csv",
    "dask": "local:2",
}
"""A value of each option that is a text."""


def request_of(front: Front) -> type[GradingRequest]:
    return ClassRequest if front is Front.CLASS else GradingRequest


EVERY = [(front, name) for front in Front for name in offered(front, request_of(front))]


class Arrived(Exception):
    """Ends the grading as soon as its request is known."""


class Terminal(io.StringIO):
    """Passes for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[GradingRequest]:
    """What gradings were asked for; none takes place."""
    requests: list[GradingRequest] = []

    def asked(
        _self: Grading,
        _session: object,
        _submission: Submission,
        _folder: ExerciseFolder,
        request: GradingRequest,
        _handover: object = None,
        **_: object,
    ) -> NoReturn:
        requests.append(request)
        raise Arrived

    monkeypatch.setattr(Grading, "__init__", asked)
    return requests


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that begins one grading, in a terminal that nobody sees."""

    def run(self: Watcher) -> int:
        with contextlib.suppress(Arrived):
            self._regrading._grade_now(0, read_submission(self._file), self._request)
        return 0

    terminal = SimpleNamespace(stdin=Terminal(), stdout=Terminal())
    monkeypatch.setattr(watch, "sys", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(watch, "single_keys", lambda *_: contextlib.nullcontext())
    monkeypatch.setattr(Watcher, "on_screen", lambda _: contextlib.nullcontext())
    monkeypatch.setattr(Watcher, "run", run)


def sample(name: str, each: Declared) -> object:
    """A value that is not the default."""
    if name in TEXTS:
        return TEXTS[name]
    if isinstance(each.default, bool):
        return not each.default
    if isinstance(each.default, Enum):
        return next(other for other in type(each.default) if other is not each.default)
    kinds = {each.kind, *get_args(each.kind)}
    if Path in kinds:
        return Path("somewhere")
    kind = next(each for each in kinds if each in {int, float})
    least = kind(each.option.least or 0)
    return least + 1 if least == each.default else least


def field(name: str, value: object) -> object:
    """What the request holds for a value that was given."""
    if name == "exercises":
        return (Path(str(value)),)
    return (value,) if name in {"reports", "exports"} else value


@pytest.fixture
def file(here: Path, course: Path) -> Path:
    assert course.is_dir()
    add_exercise(here / "mine", "zebra", "Stripes", "zebra")
    path = here / "my.py"
    path.write_text("def sum_one(seed, x):\n    return x + x\n")
    return path


@pytest.mark.parametrize(("front", "name"), EVERY)
@pytest.mark.usefixtures("watched")
def test_an_option_arrives(
    grade: Grade,
    arrived: list[GradingRequest],
    file: Path,
    front: Front,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = declared(request_of(front))[name]
    value = sample(name, each)
    words = [each.option.flags[0], *([] if isinstance(value, bool) else [str(value)])]
    match front:
        case Front.COMMAND:
            grade(file.name, *words)
        case Front.WATCH:
            grade("watch", file.name, *words)
        case Front.NOTEBOOK:
            given = [value] if name == "exercises" else value
            with pytest.raises(Arrived):
                notebook_grade(file.name, **{name: given})
        case Front.CLASS:
            monkeypatch.setattr(classroom, "grade_class", lambda _, asked: arrived.append(asked))
            grade("class", ".", *words)
        case Front.EDITOR:
            monkeypatch.setattr(editor, "serve", arrived.append)
            grade("lsp", *words)
    assert [getattr(each, name) for each in arrived] == [field(name, value)]
    given_only = dataclasses.replace(arrived[0], **{name: each.default, "exercises": ()})
    assert given_only == request_of(front)()


class Shade(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@pytest.mark.parametrize(
    ("kind", "default", "given", "value"),
    [
        (int, 5, "7", 7),
        (float | None, None, "7", 7.0),
        (Shade, Shade.LIGHT, "dark", Shade.DARK),
        (Shade | None, None, None, None),
        (Path | None, None, "a/b", Path("a/b")),
        (tuple[Path, ...], (), ["a", "b"], [Path("a"), Path("b")]),
        (tuple[int, ...], (), ["1", "2"], [1, 2]),
    ],
)
def test_a_new_option_of_any_type_is_converted(
    kind: object, default: object, given: object, value: object
) -> None:
    option = Option(flags=("--new",), help="New.")
    convert = conversion(Declared(kind=kind, default=default, option=option))
    assert convert is not None
    assert convert(given) == value
    assert type(convert(given)) is type(value)


def test_every_field_is_an_option_but_two() -> None:
    fields = {each.name for each in dataclasses.fields(GradingRequest)}
    assert fields - {*declared()} == {"prove", "effort"}
    assert all(each.option.fronts for each in declared().values())


def test_a_notebook_shows_its_options_as_keywords(file: Path) -> None:
    shown = inspect.signature(notebook_grade).parameters
    assert list(shown) == ["target", *offered(Front.NOTEBOOK)]
    assert shown["cases"].default == GradingRequest().cases
    with pytest.raises(TypeError, match="jobs"):
        notebook_grade(file, jobs=2)
