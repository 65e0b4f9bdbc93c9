"""Several functions in one file: each by itself, all together, and one report on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import jsonschema
import msgspec
import pytest
from several_functions import APPLY, EXERCISE, INIT, KEEPING, folder_in

from grader.authoring.declaration import obstacles
from grader.grading.assembly import static_report
from grader.grading.merging import about, merged
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.grading.whole import grade
from grader.judge import judge, static_findings
from grader.model.case import Argument, ArrayValue, Case, DictValue, IntValue, Value
from grader.model.exercise import Array, Check, ExerciseFolder
from grader.model.finding import Finding
from grader.model.observation import Completed, Loaded, MappingResult, Observation, Span
from grader.model.relations import misrelated
from grader.model.report import Equivalence, Equivalent, Report, Status, Verdict
from grader.model.source import Source
from grader.model.submission import (
    Submission,
    Unrecognised,
    begins,
    defines,
    defines_some,
    from_bytes,
    recognise,
)
from grader.model.transcript import Exchange, Transcript
from grader.render import gradescope, junit, text
from grader.render.check_rows import check_rows
from grader.render.json import document
from grader.rules import rule_by_id
from grader.worker.subject import Subject

Graded = Callable[[str], Report]

REQUEST = GradingRequest()
PARTS = EXERCISE.parts
PROGRAM = INIT + APPLY
CALLING = INIT + APPLY.replace("x @", 'init(0, 1, 1)["b"] + x @')
HERE = Span(line=7, column=5, end_line=7, end_column=11)
SIZED = """\
import jax
import jax.numpy as jnp

kept = {}


def init(seed, inputs, features):
    kept["one"] = features == 1
    w = jax.random.normal(jax.random.PRNGKey(seed), (inputs, features))
    return {"w": w, "b": jnp.zeros(features)}


def apply(params, x):
    outputs = jnp.tanh(x @ params["w"] + params["b"])
    return outputs[:, :1] if kept.get("one") else outputs
"""
SCHEMA = json.loads(
    Path(__file__).resolve().parents[2].joinpath("grader/render/schema.json").read_text()
)


def submission(text: str) -> Submission:
    return from_bytes("mine.py", text.encode())


def finding(rule: str, message: str = "it is wrong", span: Span | None = None) -> Finding:
    return Finding(
        rule=rule, check=rule_by_id(rule).check, message=message, help="mend it", span=span
    )


def report(part: int, *found: Finding, text: str = PROGRAM, function: str | None = None) -> Report:
    """Return a report on a function: what was found fails its check, and all others pass."""
    blank = static_report(submission(text), PARTS[part], found, REQUEST)
    failed = {each.check for each in found}
    checks = tuple(
        msgspec.structs.replace(
            each, status=Status.FAILED if each.check in failed else Status.PASSED, reason=""
        )
        for each in blank.checks
    )
    verdict = Verdict.FAILED if found else Verdict.PASSED
    proof = Equivalence(status=Equivalent.PROVED, scope="it is the same")
    made = msgspec.structs.replace(blank, checks=checks, verdict=verdict, equivalence=proof)
    return about(made, PARTS[part].part if function is None else function)


def together(*reports: Report) -> Report:
    return merged(EXERCISE, reports, 1.0)


def told(of: Report) -> list[tuple[str, str]]:
    return [(each.function, each.rule) for each in of.findings]


# ------------------------------------------------------------------------------- the declaration


def test_each_part_is_an_exercise_of_one_function() -> None:
    init, apply = PARTS
    assert (init.function, apply.function) == EXERCISE.written == ("init", "apply")
    assert (init.part, init.beside) == ("init", ("apply",))
    assert [each.name for each in init.dimensions] == ["inputs", "features"]
    assert init.parts == (init,)
    assert EXERCISE.part_for("apply") == apply
    assert EXERCISE.part_for("") is EXERCISE


@pytest.mark.parametrize("field", ["function", "module", "checks", "parameters", "optional"])
def test_what_belongs_to_a_function_is_not_declared_beside_it(field: str) -> None:
    value = {"function": "f", "module": "nn.Dense", "optional": ("x",)}.get(field)
    with pytest.raises(TypeError, match=f"{field} belongs into each of `functions`"):
        msgspec.structs.replace(EXERCISE, **{field: value or getattr(PARTS[0], field)})


# ------------------------------------------------------------------------------- which exercise


def one_of(*names: str) -> ExerciseFolder:
    functions = tuple(msgspec.structs.replace(EXERCISE.functions[0], name=name) for name in names)
    exercise = msgspec.structs.replace(EXERCISE, slug="-".join(names), functions=functions)
    if len(names) == 1:
        exercise = msgspec.structs.replace(PARTS[0], slug=names[0], function=names[0], beside=())
    return ExerciseFolder(exercise=exercise, folder=Path(names[0]), solution=Path("s.py"))


MODEL, LOSS, INIT_ALONE = one_of("init", "apply"), one_of("init", "loss"), one_of("init")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def init(): 0\ndef apply(): 0", MODEL),
        ("def init(): 0\ndef loss(): 0", LOSS),
        ("def init(): 0", INIT_ALONE),
        ("apply = init = max", MODEL),
        ("def apply(): 0", MODEL),
        ("def aply(): 0\ndef inits(): 0", MODEL),
        ("def inits(): 0", INIT_ALONE),
        ("def lost(): 0", LOSS),
    ],
)
def test_a_file_is_recognised_by_all_its_functions(text: str, expected: ExerciseFolder) -> None:
    known = (MODEL, LOSS, INIT_ALONE)
    assert recognise(Source("a.py", text), known).slug == expected.slug


def test_a_file_for_two_exercises_is_for_neither() -> None:
    text = "def init(): 0\ndef apply(): 0\ndef loss(): 0"
    with pytest.raises(Unrecognised):
        recognise(Source("a.py", text), (MODEL, LOSS))
    assert recognise(Source("init_loss.py", text), (MODEL, LOSS)).slug == LOSS.slug


def test_a_file_with_some_functions_is_begun() -> None:
    half = Source("a.py", "def apply(): 0")
    assert not defines(half, MODEL)
    assert defines_some(half, MODEL)
    assert begins(Source("a.py", "def apply(:"), MODEL)
    assert not begins(Source("a.py", "def applying(:"), MODEL)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (LOSS, []),
        (MODEL, ["init-apply asks for functions init and apply too"]),
        (INIT_ALONE, ["init asks for a function init too"]),
    ],
)
def test_exercises_may_share_some_functions_and_not_all(
    other: ExerciseFolder, said: list[str]
) -> None:
    own = ExerciseFolder(exercise=EXERCISE, folder=Path("two_functions"), solution=Path("s.py"))
    found = [each for each in obstacles(own, (other,)) if "asks for" in each]
    assert [each.partition(",")[0] for each in found] == said


# ------------------------------------------------------------------------- what a file can't hide


def test_a_function_that_is_asked_for_is_no_misspelling_of_another() -> None:
    first = msgspec.structs.replace(PARTS[0], function="step_1", beside=("step_2",))
    (missing,) = static_findings(Source("a.py", "def step_2(): 0"), first)
    assert missing.message == "there is no function `step_1`"
    assert missing.edits == missing.details == ()
    (meant,) = static_findings(Source("a.py", "def step1(): 0\ndef step_2(): 0"), first)
    assert "did you mean `step1`?" in meant.message


def case_of(**arguments: Value) -> Case:
    given = tuple(Argument(name=name, value=value) for name, value in arguments.items())
    return Case(arguments=given, sizes={})


def test_another_function_can_be_called_in_the_same_program() -> None:
    array = ArrayValue(dtype="float32", shape=(1, 1), data=b"\0\0\0\0")
    row = ArrayValue(dtype="float32", shape=(1,), data=b"\0\0\0\0")
    params, one = DictValue(items={"w": array, "b": row}), IntValue(value=1)
    with Subject(PARTS[0], "mine.py", KEEPING) as subject:
        assert subject.load() == Loaded()
        assert subject.turn(PARTS[1]) == Loaded()
        found = subject.call(case_of(params=params, x=array)).outcome
        assert isinstance(found, Completed)
        assert isinstance(found.result, ArrayValue)
        assert subject.turn(PARTS[0]) == Loaded()
        found = subject.call(case_of(seed=IntValue(value=0), inputs=one, features=one)).outcome
        assert isinstance(found, Completed)
        assert isinstance(found.result, MappingResult)
        assert subject.turn(msgspec.structs.replace(PARTS[0], function="other")) != Loaded()


NEEDING = KEEPING.replace('kept.get("w", params["w"])', 'kept["w"]')


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (NEEDING, "`apply` uses `kept`, which `init` sets"),
        (
            KEEPING.replace('kept.get("w", params["w"])', 'params["W"] * len(kept)'),
            "calling the function raises KeyError",
        ),
        (PROGRAM.replace('params["w"]', 'params["W"]'), "calling the function raises KeyError"),
        (
            NEEDING.replace('kept["w"] =', "w =").replace('kept["w"],', "w,"),
            "calling the function raises KeyError",
        ),
    ],
)
def test_a_function_that_needs_another_is_told_so(program: str, message: str) -> None:
    array = ArrayValue(dtype="float32", shape=(1, 1), data=b"\0\0\0\0")
    row = ArrayValue(dtype="float32", shape=(1,), data=b"\0\0\0\0")
    case = case_of(params=DictValue(items={"w": array, "b": row}), x=array)
    with Subject(PARTS[1], "mine.py", program) as subject:
        subject.load()
        actual = subject.call(case)
    expected = Observation(outcome=Completed(result=array))
    exchange = Exchange(case=case, expected=expected, actual=actual)
    source = Source("mine.py", program)
    told = judge(Transcript(exercise=PARTS[1], source=source, exchanges=(exchange,)))
    assert [each.message for each in told if each.rule == "raised"] == [message]


# ------------------------------------------------------------------------------------ one report


def test_all_that_is_right_passes() -> None:
    found = together(report(0), report(1))
    assert (found.verdict, found.score, found.findings) == (Verdict.PASSED, 1.0, ())
    assert found.equivalence.status is Equivalent.PROVED
    assert found.equivalence.scope == "init and apply: it is the same"
    assert [each.function for each in found.checks] == ["init"] * 5 + ["apply"] * 5


def test_a_missing_function_hides_nothing_of_the_other() -> None:
    missing = msgspec.structs.replace(
        report(0, finding("missing-function")), verdict=Verdict.UNGRADABLE
    )
    found = together(missing, report(1, finding("wrong-values")))
    assert told(found) == [("init", "missing-function"), ("apply", "wrong-values")]
    assert found.verdict is Verdict.FAILED
    assert found.summary == "init: it is wrong, and 1 more"
    assert together(missing, missing).verdict is Verdict.UNGRADABLE


def test_a_mistake_in_a_shared_helper_is_told_once() -> None:
    shared = finding("raised", span=HERE)
    found = together(report(0, shared), report(1, shared))
    assert told(found) == [("init", "raised")]
    assert found.findings[0].details == ("It shows in `apply`, too.",)
    rows = {(each.result.function, each.result.check): each for each in check_rows(found)}
    assert rows["apply", Check.RUNS].headline == "this follows from raised: it is wrong"


def test_two_mistakes_without_a_place_are_two() -> None:
    found = together(report(0, finding("crashed")), report(1, finding("crashed")))
    assert told(found) == [("init", "crashed"), ("apply", "crashed")]


def test_two_functions_that_cannot_be_called_are_two_mistakes() -> None:
    ours, theirs = (
        finding("wrong-signature", f"it can't be called with {each}", span=HERE)
        for each in ("(seed)", "(params)")
    )
    found = together(report(0, ours), report(1, theirs))
    assert told(found) == [("init", "wrong-signature"), ("apply", "wrong-signature")]


def test_what_is_wrong_with_the_file_is_told_once() -> None:
    broken = finding("import-failed", span=HERE)
    found = together(report(0, broken, function=""), report(1, broken, function=""))
    assert told(found) == [("", "import-failed")]
    assert found.findings[0].details == ()
    assert [row.findings != () for row in check_rows(found)].count(True) == 2


@pytest.mark.parametrize("reverse", [False, True])
def test_a_symptom_is_silent_where_a_wrong_function_is_used(reverse: bool) -> None:
    wrong = finding("wrong-values", span=HERE)
    other = finding("wrong-values", "so is this")
    pairs = [report(0, wrong, text=CALLING), report(1, other, text=CALLING)]
    found = together(*pairs)
    assert told(found) == [("init", "wrong-values")]
    assert found.findings[0].details == ("`apply` uses `init`; the answers of both are wrong.",)
    by_itself = together(report(0, wrong), report(1, other))
    assert told(by_itself) == [("init", "wrong-values"), ("apply", "wrong-values")]
    if reverse:
        exercise = msgspec.structs.replace(EXERCISE, functions=EXERCISE.functions[::-1])
        assert told(merged(exercise, pairs[::-1], 1.0)) == [("init", "wrong-values")]


def test_a_cause_is_told_wherever_it_is() -> None:
    wrong = finding("wrong-values", span=HERE)
    found = together(
        report(0, wrong, text=CALLING), report(1, finding("mutated-input"), text=CALLING)
    )
    assert told(found) == [("init", "wrong-values"), ("apply", "mutated-input")]


def test_a_certain_symptom_is_told() -> None:
    certain = msgspec.structs.replace(finding("wrong-order"), certain=True)
    found = together(
        report(0, finding("wrong-values", span=HERE), text=CALLING),
        report(1, certain, text=CALLING),
    )
    assert told(found) == [("init", "wrong-values"), ("apply", "wrong-order")]


def test_right_answers_of_a_used_function_explain_nothing() -> None:
    found = together(
        report(0, finding("nondeterministic", span=HERE), text=CALLING),
        report(1, finding("wrong-values"), text=CALLING),
    )
    assert told(found) == [("init", "nondeterministic"), ("apply", "wrong-values")]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((Equivalent.PROVED, Equivalent.UNKNOWN), Equivalent.UNKNOWN),
        ((Equivalent.PROVED, Equivalent.DIFFERENT), Equivalent.DIFFERENT),
        ((Equivalent.UNKNOWN, Equivalent.DIFFERENT), Equivalent.DIFFERENT),
    ],
)
def test_no_more_is_proved_than_of_each(kinds: Sequence[Equivalent], expected: Equivalent) -> None:
    pairs = [
        msgspec.structs.replace(
            report(at), equivalence=Equivalence(status=kind, scope=f"as is {kind}")
        )
        for at, kind in enumerate(kinds)
    ]
    assert together(*pairs).equivalence.status is expected


def test_json_says_which_function_it_is_about() -> None:
    found = document(together(report(0), report(1, finding("wrong-values", span=HERE))))
    plain = json.loads(msgspec.json.encode(found))
    jsonschema.Draft202012Validator(SCHEMA).validate(plain)
    assert [each["function"] for each in plain["findings"]] == ["apply"]
    assert [each["name"] for each in plain["functions"]] == ["init", "apply"]
    single = document(static_report(submission(PROGRAM), one_of("init").exercise, (), REQUEST))
    assert "functions" not in single
    assert all("function" not in each for each in single["checks"])


def test_every_format_tells_the_functions_apart() -> None:
    found = together(report(0), report(1, finding("wrong-values", span=HERE)))
    tests = json.loads(gradescope.render(found))["tests"]
    assert sum(each["max_score"] for each in tests) == 10
    assert [each["name"] for each in tests if each["status"] == "failed"] == [
        "apply: values: values"
    ]
    shown = text.render(found, 80)
    assert " init   \u2713 loads  \u2713 runs  \u2713 shape" in shown
    assert " apply  \u2713 loads  \u2713 runs  \u2713 shape  \u2717 values" in shown
    assert " \u2717 apply: values   it is wrong" in shown
    assert "apply: values: values" in junit.render(found)


# ------------------------------------------------------------------------------------------ live


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ExerciseFolder:
    return folder_in(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def graded(folder: ExerciseFolder) -> Iterator[Graded]:
    with Session() as session:
        yield lambda text: grade(session, submission(text), folder, GradingRequest(cases=8))


def test_what_one_keeps_may_spoil_another(graded: Graded) -> None:
    found = graded(KEEPING)
    assert told(found) == [("apply", "stateful")]
    (spoiled,) = found.findings
    assert spoiled.message.endswith("once `init` has been called")
    assert spoiled.span is not None
    assert spoiled.span.line == 13
    assert {each.status for each in found.checks} == {Status.PASSED, Status.FAILED}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROGRAM, []),
        (PROGRAM + "\ncalls = {}\n", []),
        (KEEPING.replace('kept.get("w", params["w"])', 'params["w"]'), []),
        (INIT, [("apply", "missing-function")]),
        (PROGRAM.replace("zeros", "ones"), [("init", "wrong-values")]),
        (PROGRAM + "\nimport nosuchmodule\n", [("", "import-failed")]),
        (PROGRAM + "\nraise SystemExit\n", [("", "import-failed")]),
        ("\n", [("", "missing-function")]),
        (
            KEEPING.replace('kept.get("w", params["w"])', 'kept["w"]'),
            [("apply", "raised")],
        ),
        (
            PROGRAM.replace("    w =", "    global apply\n    apply = lambda *_: 0\n    w ="),
            [("apply", "stateful")],
        ),
        (SIZED, [("apply", "stateful")]),
        (
            PROGRAM.replace("    w =", "    jnp.tanh = lambda x: x\n    w ="),
            [("apply", "stateful")],
        ),
    ],
)
def test_each_program_gets_its_findings(
    graded: Graded, text: str, expected: list[tuple[str, str]]
) -> None:
    found = graded(text)
    assert told(found) == expected
    assert (found.verdict is Verdict.PASSED) == (not expected)


def test_a_part_has_the_sizes_that_its_own_depend_on() -> None:
    batch, inputs, features = EXERCISE.dimensions
    related = msgspec.structs.replace(
        EXERCISE,
        dimensions=(msgspec.structs.replace(batch, multiple_of="features"), inputs, features),
        functions=(
            msgspec.structs.replace(
                EXERCISE.functions[0], parameters=(Array(name="x", shape=("batch",)),)
            ),
            EXERCISE.functions[1],
        ),
    )
    first, _ = related.parts
    assert [each.name for each in first.dimensions] == ["batch", "features"]
    assert not list(misrelated(first))
