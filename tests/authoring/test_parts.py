"""What can be seen of an exercise without running it: each defect gets its sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring import parts
from grader.authoring.course import course
from grader.authoring.declaration import declaration
from grader.authoring.line import Line
from grader.authoring.skeleton import Skeleton
from grader.authoring.verify import Verification
from grader.catalogue import BrokenExercise
from grader.grading.session import Session
from grader.model.exercise import ExerciseFolder

SKELETON = {
    "README.md": "# Title\n\nA lesson.\n\n## Your task\n\nWrite `mine(seed, x, features)`.\n",
    "hints.md": "## Hint 1\n\nOne.\n\n## Hint 2\n\nTwo.\n\n## Hint 3\n\nThree.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an exercise that has nothing missing in what can be read."""
    skeleton = Skeleton.of("mine", tmp_path)
    skeleton.write()
    for name, text in SKELETON.items():
        (skeleton.folder / name).write_text(text, encoding="utf-8")
    edit(skeleton.folder / "exercise.py", '"TODO: say in a sentence', '"Remember this')
    return skeleton.folder


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    path.write_text(text.replace(before, after), encoding="utf-8")


def lines(folder: Path) -> dict[str, Line]:
    """Return the lines that come before anything is run."""
    (found,) = course([folder.parents[1]])[1]
    assert isinstance(found, ExerciseFolder)
    looks = (parts.files, parts.lesson, parts.hints)
    shipped = [each for each in course(())[0] if isinstance(each, ExerciseFolder)]
    made = [declaration(found, [*shipped, found]), *(look(found) for look in looks)]
    return {line.name: line for line in made}


def problems(folder: Path) -> list[tuple[str, str]]:
    return [(line.name, each) for line in lines(folder).values() for each in line.problems]


def test_right_parts_get_no_complaints(folder: Path) -> None:
    assert problems(folder) == []
    assert {line.state for line in lines(folder).values()} == {"right"}


def uses(title: str, of: str = "f") -> str:
    """Write a field of a declaration."""
    use = f'__import__("grader.exercise").exercise.Use(any_of=("{title}",), of="{of}")'
    return f"uses=({use},)"


DECLARED = [
    ('slug="mine"', 'slug="My_own"', 'slug "My_own" is not in kebab case: use small letters'),
    ('slug="mine"', 'slug="other"', "is called mine and the slug asks for other: rename one"),
    ('function="mine"', 'function="1st"', 'function "1st" isn\'t a valid Python name: choose'),
    ('title="Mine"', 'title=" "', "title is empty: fill it in"),
    ('topic="lifted transforms"', 'topic=""', "topic is empty: fill it in"),
    ('module="nn.Dense"', 'module=""', "module is empty: fill it in"),
    ("level=9", "level=0", "level is 0: the first exercises of a course have 1"),
    ("level=9", "level=9, tolerance=0", "tolerance is 0: it multiplies the usual one"),
    ("level=9", 'level="9"', "a field of the declaration is of the wrong type, change it"),
    ("output=()", 'output=("bach",)', 'output names "bach", which isn\'t a dimension; did you'),
    ('("batch", "in_dim")', '("batch",)', 'has the dimension "in_dim": use it, or leave it out'),
    ("largest=12", "largest=1", 'dimension "batch" is at most 1: let it vary'),
    ('noun="the batch"', 'noun=""', 'dimension "batch" has no noun: say what it is'),
    ('Size(name="features")', 'Size(name="feature")', 'names "feature", which isn\'t a dimension'),
    ('Array(name="x"', 'Array(name="seed"', "parameters has seed 2 times"),
    ('Array(name="x"', 'Array(name="the x"', '"the x" isn\'t a valid Python name: choose'),
    (
        'Seed(name="seed"),',
        'Seed(name="seed"), __import__("grader.exercise").exercise.Number(name="p", choices=()),',
        '"p" has no choices: name two or three',
    ),
    ("level=9", f"level=9, {uses('jax.vmapp')}", '"jax.vmapp" isn\'t in the table of transforms'),
    ("level=9", f"level=9, {uses('nn.vmap')}", "nn.vmap is asked for by `module`"),
    ("level=9", f"level=9, {uses('jax.vmap')}", "Check.TRANSFORM and uses belong together"),
    ("level=9", f"level=9, {uses('jax.vmap', of='')}", "the Use of jax.vmap doesn't say of what"),
    ("level=9", 'level=9, forbids=("a loop",)', '"a loop" isn\'t in the table of transforms: the'),
    ("check=Check.RNG", "check=Check.TRANSFORM", "Check.TRANSFORM and uses belong together"),
    (
        '        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),\n',
        "",
        "checks leaves out Check.PURE: add a CheckSpec with a title for each",
    ),
    ("check=Check.RNG", "check=Check.RUNS", "checks has Check.RUNS 2 times"),
    ('title="it runs on every case"', 'title=""', "Check.RUNS has no title: say in a few words"),
    ('every case"', 'every case", weight=0.0', "Check.RUNS weighs 0.0: a weight is above 0"),
    ("level=9", 'level=9, untaught=("raise",)', 'untaught names "raise", which isn\'t a rule; did'),
    ("level=9", "level=9,  # TODO: which level", "exercise.py line 10 says TODO: which level"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "says"), DECLARED, ids=[each[1] for each in DECLARED])
def test_a_declaration(folder: Path, before: str, after: str, says: str) -> None:
    edit(folder / "exercise.py", before, after)
    found = [each for name, each in problems(folder) if name == "declaration"]
    assert any(says in each for each in found), found


def test_names_of_another_exercise_are_refused(folder: Path) -> None:
    shipped = next(each for each in course(())[0] if isinstance(each, ExerciseFolder)).exercise
    edit(folder / "exercise.py", 'function="mine"', f'function="{shipped.function}"')
    (said,) = [each for name, each in problems(folder) if name == "declaration"]
    assert said == (
        f"{shipped.slug} asks for a function {shipped.function} too, and a file is recognised "
        "by its function: choose another name"
    )
    edit(folder / "exercise.py", 'slug="mine"', f'slug="{shipped.slug}"')
    said = " ".join(each for _, each in problems(folder))
    assert f"has the slug {shipped.slug} too: choose another" in said


def write(name: str, text: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return act


def delete(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def moved(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).rename(folder / f".{name}") and None


TASK = "## Your task\n\nWrite `mine(seed, x, features)`.\n"
THREE = SKELETON["hints.md"]
READ = [
    ("files", delete("starter.py"), "starter.py is not there: write it, what a learner begins"),
    ("files", moved("accepted"), "accepted/ is not there: make it, for right submissions"),
    ("files", delete("../../solutions/mine.py"), "solutions/mine.py is not there: write the sol"),
    ("files", write("notes.txt", ""), "notes.txt isn't used: delete it, or move it"),
    ("files", write("mistakes/a.txt", ""), "mistakes/a.txt isn't used: delete it"),
    ("files", write("mistake/a.py", ""), "mistake/a.py isn't used: delete it"),
    (
        "files",
        lambda folder: (folder / "mistakes" / "a.py").symlink_to("nowhere"),
        "mistakes/a.py isn't used: delete it",
    ),
    ("lesson", delete("README.md"), "README.md has no title: begin it with a line such as # Mine"),
    ("lesson", write("README.md", "No title.\n"), "README.md has no section ## Your task: end it"),
    ("lesson", write("README.md", f"# T\n\n{TASK}"), "teaches nothing before ## Your task: say"),
    (
        "lesson",
        write("README.md", "# T\n\nIdea.\n\n## Your task\n\nWrite `other(seed, y)`.\n"),
        "the task does not name mine: say in ## Your task what to write",
    ),
    (
        "lesson",
        write("README.md", "# T\n\nIdea.\n\n## Your task\n\nWrite `mine(seed)`.\n"),
        "the task does not name x and features: say in ## Your task what is passed",
    ),
    ("lesson", write("README.md", f"# T\n\nTODO\n\n{TASK}"), "README.md line 3 says TODO: fill it"),
    ("hints", write("hints.md", THREE[:15]), "hints.md has 1 hints: write 3, under ## Hint 1, ##"),
    ("hints", write("hints.md", THREE.replace("2", "two")), '"Hint two" in place 2: call it ## H'),
    ("hints", write("hints.md", THREE.replace("Two.", "")), "hint 2 is empty: write it, and say"),
    ("hints", write("hints.md", THREE.replace("Two", "One")), "two hints of hints.md are the same"),
    ("hints", write("hints.md", THREE + "TODO: more"), "hints.md line 12 says TODO: more"),
]


@pytest.mark.parametrize(("part", "act", "says"), READ, ids=[each[2] for each in READ])
def test_a_file(folder: Path, part: str, act: Callable[[Path], None], says: str) -> None:
    act(folder)
    found = [each for name, each in problems(folder) if name == part]
    assert any(says in each for each in found), found


UNLOADABLE = [
    (
        "x = 1\nEXERCISE = nobody",
        "does not load: NameError: name 'nobody' is not defined, in line 2: fix it",
    ),
    (
        "x = 1\nEXERCISE = (\n",
        "does not load: line 2 isn't valid Python ('(' was never closed)",
    ),
    (
        "def made():\n    raise SystemExit\n\nmade()",
        "does not load: SystemExit, in line 2: fix",
    ),
    (
        "from grader.exercise import Array\nArray(name='x',\n      shapes=())",
        "does not load: TypeError: Unexpected keyword argument 'shapes', in line 2: fix it",
    ),
    ("", "does not define EXERCISE, an Exercise: fix it, and verify again"),
]


@pytest.mark.parametrize("text", [text for text, _ in UNLOADABLE if text])
def test_a_declaration_that_does_not_load_where_its_path_is_relative(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parents[1])
    (folder / "exercise.py").write_text(text, encoding="utf-8")
    (found,) = course([Path()])[1]
    assert isinstance(found, BrokenExercise)
    assert "line 2" in found.reason


@pytest.mark.parametrize(("text", "says"), UNLOADABLE)
def test_a_declaration_that_does_not_load(folder: Path, text: str, says: str) -> None:
    (folder / "exercise.py").write_text(text, encoding="utf-8")
    (found,) = course([folder.parents[1]])[1]
    with Session() as session:
        first, *others = Verification(found, (), session).lines()
    assert [first.name, first.state] == ["declaration", "wrong"]
    assert says in first.problems[0]
    assert {line.state for line in others} == {"skipped"}
    assert len(others) == 10
