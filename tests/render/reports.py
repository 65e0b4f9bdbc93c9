"""Reports that every renderer is tested on. `NASTY` has everything that could break a format."""

from __future__ import annotations

import hashlib

import numpy as np

from grader.model.case import Argument, ArrayValue, Case, Container, IntValue
from grader.model.exercise import Array, Check, CheckSpec, Dimension, Exercise, Seed, Size
from grader.model.finding import AxisDrawing, Finding, MappedArray, Severity, ShapeRow
from grader.model.observation import Span
from grader.model.report import (
    CaseCount,
    CheckResult,
    Environment,
    Equivalence,
    Equivalent,
    Output,
    Report,
    Status,
    Timing,
    Verdict,
)
from grader.model.source import Source

EXERCISE = Exercise(
    slug="nn-vmap-shared",
    title="One layer, a batch of examples, one set of weights",
    topic="lifted transforms",
    level=1,
    function="nn_vmap_forward",
    parameters=(
        Seed(name="seed"),
        Array(name="x_batch", shape=("batch", "in_dim")),
        Size(name="features"),
    ),
    dimensions=(
        Dimension(name="batch", noun="the batch", largest=12),
        Dimension(name="in_dim", noun="the input width", largest=8, weights=True),
        Dimension(name="features", noun="the features", largest=8, weights=True),
    ),
    output=("batch", "features"),
    module="nn.Dense",
    checks=(
        CheckSpec(check=Check.LOADS, title="the file loads and defines the function"),
        CheckSpec(check=Check.RUNS, title="it runs on every case"),
        CheckSpec(check=Check.SHAPE, title="it returns a flat array of batch * features"),
        CheckSpec(check=Check.VALUES, title="the numbers are the reference's"),
        CheckSpec(check=Check.LIFTED, title="nn.Dense is lifted over the batch with nn.vmap"),
        CheckSpec(check=Check.PARAMS, title="one set of weights is shared by all examples"),
        CheckSpec(check=Check.RNG, title="the weights come from PRNGKey(seed), not split"),
        CheckSpec(check=Check.PURE, title="the same arguments give the same answer"),
    ),
    takeaway=(
        "A lifted transform says for each variable collection whether it is shared (None) or gets "
        "an axis, and for each RNG stream whether it is split along that axis."
    ),
)

ENVIRONMENT = Environment(
    python="3.11.9",
    jax="0.10.2",
    flax="0.12.8",
    hypothesis="6.150.0",
    platform="Linux x86_64",
    protections=("landlock", "seccomp"),
)

_NOTHING = Equivalence(status=Equivalent.UNKNOWN, scope="")

MISTAKEN_TEXT = """\
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        variable_axes={"params": 0},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""


def span(text: str, marked: str, after: str = "") -> Span:
    """Return the span of the first `marked` in `text` after the first `after`."""
    start = text.index(marked, text.index(after) + len(after))
    end = start + len(marked)
    return Span(
        line=text.count("\n", 0, start) + 1,
        column=start - (text.rfind("\n", 0, start) + 1) + 1,
        end_line=text.count("\n", 0, end) + 1,
        end_column=end - (text.rfind("\n", 0, end) + 1) + 1,
    )


def case(
    batch: int = 2, in_dim: int = 1, features: int = 1, container: Container = Container.JAX
) -> Case:
    """Return a case with x_batch counting up in halves."""
    x_batch = np.arange(batch * in_dim, dtype=np.float32).reshape(batch, in_dim) / 2
    return Case(
        arguments=(
            Argument(name="seed", value=IntValue(value=0)),
            Argument(name="x_batch", value=ArrayValue.of(x_batch)),
            Argument(name="features", value=IntValue(value=features)),
        ),
        sizes={"batch": batch, "in_dim": in_dim, "features": features},
        container=container,
    )


def results(*failed: Check, skipped: tuple[Check, ...] = ()) -> tuple[CheckResult, ...]:
    """Return a row for each check of the exercise."""

    def status(check: Check) -> Status:
        if check in failed:
            return Status.FAILED
        return Status.SKIPPED if check in skipped else Status.PASSED

    return tuple(
        CheckResult(check=each.check, title=each.title, status=status(each.check))
        for each in EXERCISE.checks
    )


def report(
    text: str,
    *findings: Finding,
    path: str = "my_solution.py",
    verdict: Verdict = Verdict.FAILED,
    checks: tuple[CheckResult, ...] | None = None,
    equivalence: Equivalence = _NOTHING,
    cases: CaseCount | None = None,
    output: Output | None = None,
    summary: str = "",
    score: float | None = None,
) -> Report:
    """Return a report on `text` with the rest filled in."""
    if checks is None:
        checks = results(*(f.check for f in findings if f.severity is Severity.ERROR))
    passed = sum(check.status is Status.PASSED for check in checks)
    return Report(
        verdict=verdict,
        score=passed / max(len(checks), 1) if score is None else score,
        summary=summary or (findings[0].message if findings else "all checks passed"),
        exercise=EXERCISE,
        path=path,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        source=Source(path, text),
        checks=checks,
        findings=findings,
        equivalence=equivalence,
        cases=cases or CaseCount(seed=0, generated=100, executed=16),
        output=output or Output(),
        environment=ENVIRONMENT,
        duration_s=1.94,
        timings=(
            Timing(part="start", seconds=1.21),
            Timing(part="cases", seconds=0.43),
            Timing(part="compile", seconds=0.31, within=True),
        ),
    )


PER_EXAMPLE = Finding(
    rule="per-example-params",
    severity=Severity.ERROR,
    check=Check.PARAMS,
    message="every example has its own copy of the weights",
    help='say that "params" has no batch axis',
    why=(
        "The outputs agree here only because all 3 copies start alike; training would pull them "
        "apart."
    ),
    span=span(MISTAKEN_TEXT, '{"params": 0}'),
    label='gives "params" a batch axis',
    shapes=(
        ShapeRow(
            name="params/kernel",
            expected="f32[4,2]",
            actual="f32[3,4,2]",
            remark="the leading 3 is the batch",
            surplus_axis=0,
        ),
        ShapeRow(name="params/bias", expected="f32[2]", actual="f32[3,2]", surplus_axis=0),
    ),
    evidence={
        "expected": {"params/kernel": [4, 2], "params/bias": [2]},
        "actual": {"params/kernel": [3, 4, 2], "params/bias": [3, 2]},
    },
    case=case(),
)

MISTAKEN = report(MISTAKEN_TEXT, PER_EXAMPLE)

PASSED_TEXT = MISTAKEN_TEXT.replace('{"params": 0}', '{"params": None}')

PROVED = report(
    PASSED_TEXT,
    path="right.py",
    verdict=Verdict.PASSED,
    equivalence=Equivalence(
        status=Equivalent.PROVED,
        scope="it computes the same as the reference for every seed and all values, every size "
        "above 1",
    ),
)
UNPROVED = report(
    PASSED_TEXT,
    path="right.py",
    verdict=Verdict.PASSED,
    equivalence=Equivalence(
        status=Equivalent.UNKNOWN, scope="makes a NumPy array of a result while it runs"
    ),
    cases=CaseCount(seed=7, generated=100, executed=100),
)

BROKEN_TEXT = "import jax\n\ndef nn_vmap_forward(seed, x_batch, features)\n    return x_batch\n"
UNGRADABLE = report(
    BROKEN_TEXT,
    Finding(
        rule="syntax-error",
        severity=Severity.ERROR,
        check=Check.LOADS,
        message="Python can't read the file: expected ':'",
        help="put a colon at the end of the line",
        span=Span(line=3, column=45, end_line=3, end_column=45),
        label="expected ':'",
    ),
    path="broken.py",
    verdict=Verdict.UNGRADABLE,
    checks=results(Check.LOADS, skipped=tuple(Check)[1:]),
    cases=CaseCount(seed=0, generated=0, executed=0),
)

ERROR = report(
    PASSED_TEXT,
    path="right.py",
    verdict=Verdict.ERROR,
    checks=(),
    cases=CaseCount(seed=0, generated=0, executed=0),
    summary="the solution of nn-vmap-shared raised ValueError; this is not your mistake",
    score=0.0,
)

# ------------------------------------------------------------------------------------ everything

BAD = "[bold red]no[/] \x1b[31mred\x1b[0m <b>&amp;</b> ]]> % %0A \x00 \ud800 \u202etxt.exe ```"
NASTY_TEXT = (
    "import flax.linen as nn  # [bold]\u6f22\u5b57[/] \x1b[31m <&]]> %s ::error::no\n"
    "\n"
    "def nn_vmap_forward(seed, x_batch, features):\n"
    "\tw\u00e4hler = '\u6f22\u5b57', 'e\u0301', \"\u202eabc\u202c\", nn.vmap(nn.Dense)\n"
    "\tB = nn.vmap(\n"
    "\t    nn.Dense,\n"
    '\t    variable_axes={"params": 0},\n'
    "\t    # ``` </pre></script><script>alert(1)</script> --> ]]>\n"
    '\t    split_rngs={"params": True},\n'
    "\t    in_axes=0,\n"
    "\t    out_axes=0,\n"
    "\t)\n"
    f"    very_long = {'1 + ' * 30}oops(x_batch) + {' + '.join(['2'] * 30)}\n"
    "    nul = '\x00' + '\udc80' + '\x07'\n"
    "::error file=a.py,line=1::forged\n"
    "    return model\u00a0"
)

_MULTI = span(NASTY_TEXT, NASTY_TEXT[NASTY_TEXT.index("nn.vmap(\n") : NASTY_TEXT.index("\t)") + 2])

NASTY_FINDINGS = (
    Finding(
        rule="per-example-params",
        severity=Severity.ERROR,
        check=Check.PARAMS,
        message=f"every example has its own copy\n::error::of {BAD}",
        help="say that params gets no axis, 100 % of the time: `nn.vmap(nn.Dense, axis_size=1)`",
        why=f"It matters, says\n::warning::{BAD}\n\n   indented = line\n```\nfence\n```",
        span=_MULTI,
        label='this whole call gives "params" a batch axis [/bold] \x1b[2J and more words than fit',
        shapes=(
            ShapeRow(
                name="params/\u6f22\u5b57<kernel>",
                expected="f32[4,2]",
                actual="f32[13,4,2]",
                remark="the leading 13 is the batch, which the reference does not have anywhere",
                surplus_axis=0,
            ),
            ShapeRow(name="params/bias", expected=None, actual="f32[3,2]"),
            ShapeRow(name="params/scale", expected="f32[2]", actual=None, remark="it is gone"),
            ShapeRow(name="output", expected="f32[2]", actual="f32[2]"),
            ShapeRow(
                name="batch_stats/a_very_long_module_name/mean",
                expected="f32[2]",
                actual="f32[1,2]",
            ),
        ),
        details=(
            "expected  [0.5, 1.25, nan]\nactual    [0.5, 1.25, inf]",
            "a detail that is a whole sentence, long enough that it has to be wrapped somewhere",
        ),
        evidence={
            "expected": [0.5, 1.25, float("nan"), -1.5],
            "actual": [0.5, 2.5, float("inf"), -1.5],
            "raw": BAD,
            "bytes": b"\xff",
            "nested": {"\ud800": (1, 2, float("-inf"))},
        },
        case=case(3, 4, 2, Container.NUMPY),
    ),
    Finding(
        rule="wrong-values",
        severity=Severity.ERROR,
        check=Check.VALUES,
        message="the numbers differ",
        help="look at the first one",
        span=span(NASTY_TEXT, "oops(x_batch)"),
        label="the numbers go wrong here",
        case=case(),
    ),
    Finding(
        rule="derived-key",
        severity=Severity.WARNING,
        check=Check.RNG,
        message="the key is split before it is used",
        help="",
        span=span(NASTY_TEXT, "nn.vmap(nn.Dense)"),
        label="\u6f22\u5b57 label",
    ),
    Finding(
        rule="stateful",
        severity=Severity.NOTE,
        check=Check.PURE,
        message="a control character stands in a string",
        help="write it as an escape",
        span=span(NASTY_TEXT, "'\udc80'"),
        label="here",
    ),
    Finding(
        rule="raised",
        severity=Severity.ERROR,
        check=Check.RUNS,
        message="outside of the text",
        help="nothing",
        span=Span(line=900, column=1, end_line=901, end_column=1),
    ),
)

NASTY = report(
    NASTY_TEXT,
    *NASTY_FINDINGS,
    path="dir [x]/<my> & %solution\u202e.py",
    equivalence=Equivalence(status=Equivalent.DIFFERENT, scope=BAD),
    output=Output(
        stdout=f"::error::forged\n::stop-commands::x\n{BAD}\n" + "line\n" * 40 + "x" * 300,
        stderr="</system-out>]]>\x1b]0;title\x07\x9b31m\r\nend",
        truncated=True,
    ),
)

MAPPED = report(
    MISTAKEN_TEXT,
    Finding(
        rule="wrong-in-axes",
        severity=Severity.ERROR,
        check=Check.LIFTED,
        message="in_axes=1 maps over the input width, not over the batch",
        help="set in_axes to the axis that counts the batch: in_axes=0",
        span=span(MISTAKEN_TEXT, "in_axes=0"),
        label="maps along the input width",
        shapes=(ShapeRow(name="one example", expected="f32[4]", actual="f32[3]"),),
        drawing=AxisDrawing(
            name="the input",
            relation="gets",
            actual=MappedArray(shape=(3, 4), axis=1, noun="the input width"),
            expected=MappedArray(shape=(3, 4), axis=0, noun="the batch"),
        ),
        case=case(),
    ),
)

REPORTS = {
    "mistaken": MISTAKEN,
    "mapped": MAPPED,
    "proved": PROVED,
    "unproved": UNPROVED,
    "ungradable": UNGRADABLE,
    "error": ERROR,
    "nasty": NASTY,
}
