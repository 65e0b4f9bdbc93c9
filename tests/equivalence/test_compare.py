"""What is said about two sides' fingerprints. Nothing is traced here."""

from __future__ import annotations

from equivalence_programs import exercise

from grader.model.observation import Span
from grader.model.report import Equivalence, Equivalent
from grader.model.trace import Asked, Decision, Fingerprint, Scope, Trace, Untraceable
from grader.proof.equivalence import Side, compare, fixed_sizes
from grader.proof.reading import Reading

PLAIN = Reading()
OPAQUE = Reading(doubt="line 5 uses `time.time`")

EVERY = Scope(symbolic=("batch", "in_dim", "features"))
BATCH = [
    Scope(symbolic=("batch",), sizes={"in_dim": 4, "features": 2}),
    Scope(symbolic=("batch",), sizes={"in_dim": 3, "features": 5}),
    Scope(symbolic=("batch",), sizes={"in_dim": 1, "features": 1}),
]
GIVEN = Scope(symbolic=(), sizes={"batch": 3, "in_dim": 4, "features": 2})


def of(*scopes: Scope, digest: str = "a", detail: str = "") -> tuple[Trace, ...]:
    return tuple(Fingerprint(scope=scope, digest=digest, detail=detail) for scope in scopes)


def said(
    expected: tuple[Trace, ...],
    actual: tuple[Trace, ...],
    *,
    submission: Reading = PLAIN,
    reference: Reading = PLAIN,
    values_differ: bool = False,
) -> Equivalence:
    return compare(
        exercise(),
        Side(traces=expected, reading=reference),
        Side(traces=actual, reading=submission),
        values_differ=values_differ,
    )


def test_every_size() -> None:
    assert said(of(EVERY), of(EVERY)) == Equivalence(
        status=Equivalent.PROVED,
        scope="it computes the same as the reference for every seed and all values, every size "
        "above 1 of the batch, the input width and the features: followed for all of them at once, "
        "both take the same steps",
    )


def test_the_sizes_that_a_proof_is_limited_to() -> None:
    def fixed(expected: tuple[Trace, ...], actual: tuple[Trace, ...]) -> list[dict[str, int]]:
        return list(fixed_sizes(Side(traces=expected), Side(traces=actual)))

    assert fixed(of(EVERY, *BATCH), of(*BATCH)) == [each.sizes for each in BATCH]
    assert fixed(of(EVERY, GIVEN), of(EVERY, GIVEN)) == [{}]


def test_every_batch() -> None:
    found = said(of(EVERY, *BATCH), of(*BATCH))
    assert found.status is Equivalent.PROVED
    assert found.scope == (
        "it computes the same as the reference for every seed and all values, every size "
        "above 1 of the batch, the input width x the features of 4x2, 3x5 and 1x1: followed for "
        "all of them at once, both take the same steps"
    )


def test_a_trace_at_given_sizes_proves_nothing() -> None:
    found = said(of(GIVEN), of(GIVEN))
    assert found.status is Equivalent.UNKNOWN
    assert found.scope.endswith("of 3x4x2, but other sizes could not be traced")


def test_one_different_scope_is_enough_to_fail() -> None:
    actual = (*of(*BATCH[:2]), *of(BATCH[2], digest="b"))
    found = said(of(*BATCH), actual)
    assert found.status is Equivalent.UNKNOWN
    assert "different steps than the reference" in found.scope


def test_a_narrow_scope_does_not_make_up_for_a_wide_one() -> None:
    found = said((*of(EVERY), *of(*BATCH)), (*of(EVERY, digest="b"), *of(*BATCH)))
    assert found.status is Equivalent.UNKNOWN


def test_equal_digests_of_different_scopes_prove_nothing() -> None:
    assert said(of(EVERY), of(*BATCH)).status is Equivalent.UNKNOWN
    assert said(of(BATCH[0]), of(BATCH[1])).status is Equivalent.UNKNOWN


def test_a_doubt_about_the_text_is_reported() -> None:
    found = said(of(EVERY), of(EVERY), submission=OPAQUE)
    assert found.status is Equivalent.UNKNOWN
    assert found.scope.startswith(OPAQUE.doubt)


def asking(asked: Asked, *, line: int) -> tuple[Trace, ...]:
    span = Span(line=line, column=8, end_line=line, end_column=12)
    decision = Decision(asked=asked, span=span)
    return (Fingerprint(scope=EVERY, digest="a", decisions=(decision,)),)


def test_deciding_by_a_size_prevents_a_proof() -> None:
    found = said(of(EVERY), asking(Asked.COMPARISON, line=7))
    assert found.status is Equivalent.UNKNOWN
    assert found.scope.startswith("line 7 decides by a size")


def test_printed_values_may_ask_anything_but_not_raise() -> None:
    idle = Reading(idle=((7, 5, 7, 20),))
    shown = said(of(EVERY), asking(Asked.TEXT, line=7), submission=idle)
    assert shown.status is Equivalent.PROVED
    raising = said(of(EVERY), asking(Asked.DIVISION, line=7), submission=idle)
    assert raising.status is Equivalent.UNKNOWN
    elsewhere = said(of(EVERY), asking(Asked.TEXT, line=8), submission=idle)
    assert elsewhere.status is Equivalent.UNKNOWN


def test_a_library_that_decides_has_no_line_in_the_text() -> None:
    found = said(of(EVERY), asking(Asked.KEY, line=0))
    assert "a library that it uses looks something up by a size" in found.scope


def test_traces_at_given_sizes_must_agree_with_the_symbolic_one() -> None:
    expected = (*of(EVERY), *of(GIVEN))
    assert said(expected, (*of(EVERY), *of(GIVEN))).status is Equivalent.PROVED
    odd = said(expected, (*of(EVERY), *of(GIVEN, digest="b")))
    assert odd.status is Equivalent.UNKNOWN
    assert "the batch of 3, the input width of 4 and the features of 2" in odd.scope
    failed = said(expected, (*of(EVERY), Untraceable(scope=GIVEN, reason="ValueError: x")))
    assert failed.status is Equivalent.UNKNOWN


def test_a_doubt_is_reported_of_its_program() -> None:
    doubtful = of(EVERY, detail="calculates with the seed")
    assert said(of(EVERY), doubtful).scope == "it calculates with the seed"
    assert said(doubtful, of(EVERY)).scope == "the reference calculates with the seed"
    decided = said(asking(Asked.KEY, line=7), of(EVERY)).scope
    assert decided.startswith("in the reference, line 7 looks something up by a size: ")
    assert said(of(EVERY), doubtful).status is Equivalent.UNKNOWN


def test_a_case_that_differs_overrules_a_proof() -> None:
    found = said(of(EVERY), of(EVERY), values_differ=True)
    assert found.status is Equivalent.DIFFERENT


def test_the_reason_for_a_missing_trace() -> None:
    def untraceable(*reasons: str) -> tuple[Trace, ...]:
        return tuple(Untraceable(scope=EVERY, reason=reason) for reason in reasons)

    found = said(of(EVERY), untraceable("OddError: not a size", "TracerArrayConversionError: …"))
    assert found.scope == "makes a NumPy array of a result while it runs"
    assert said(of(EVERY), untraceable("OddError: x")).scope == "could not be traced (OddError: x)"
    assert said(of(EVERY), ()).scope == "not traced"
