"""What is said about two sides' fingerprints. Nothing is traced here."""

from __future__ import annotations

from equivalence_programs import exercise

from grader.model.report import Equivalence, Equivalent
from grader.model.trace import Fingerprint, Scope, Trace, Untraceable
from grader.proof.equivalence import compare
from grader.proof.transparency import Reach, Transparency

PLAIN = Transparency(reach=Reach.EVERY_SIZE)
BY_SIZES = Transparency(reach=Reach.SIZES_AS_GIVEN, reason="decides by `if`", line=7)
OPAQUE = Transparency(reach=Reach.NOTHING, reason="uses `try`", line=5)

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
    submission: Transparency = PLAIN,
    reference: Transparency = PLAIN,
    values_differ: bool = False,
) -> Equivalence:
    return compare(
        exercise(),
        expected,
        actual,
        reference=reference,
        submission=submission,
        values_differ=values_differ,
    )


def test_every_size() -> None:
    assert said(of(EVERY), of(EVERY)) == Equivalence(
        status=Equivalent.PROVED,
        scope="it computes the same as the reference for every seed and all values, every size "
        "above 1 of the batch, the input width and the features",
    )


def test_every_batch() -> None:
    found = said(of(EVERY, *BATCH), of(*BATCH))
    assert found.status is Equivalent.PROVED
    assert found.scope == (
        "it computes the same as the reference for every seed and all values, every size "
        "above 1 of the batch, the input width x the features of 4x2, 3x5 and 1x1"
    )


def test_a_trace_at_given_sizes_proves_nothing() -> None:
    found = said(of(GIVEN), of(GIVEN))
    assert found.status is Equivalent.UNKNOWN
    assert found.scope.endswith("of 3x4x2, but other sizes could not be traced")


def test_one_different_scope_is_enough_to_fail() -> None:
    actual = (*of(*BATCH[:2]), *of(BATCH[2], digest="b"))
    found = said(of(*BATCH), actual)
    assert found == Equivalence(
        status=Equivalent.UNKNOWN, scope="written differently from the reference"
    )


def test_a_narrow_scope_does_not_make_up_for_a_wide_one() -> None:
    found = said((*of(EVERY), *of(*BATCH)), (*of(EVERY, digest="b"), *of(*BATCH)))
    assert found.status is Equivalent.UNKNOWN


def test_equal_digests_of_different_scopes_prove_nothing() -> None:
    assert said(of(EVERY), of(*BATCH)).status is Equivalent.UNKNOWN
    assert said(of(BATCH[0]), of(BATCH[1])).status is Equivalent.UNKNOWN


def test_both_programs_must_be_transparent() -> None:
    for text in (BY_SIZES, OPAQUE):
        for found in (
            said(of(EVERY), of(EVERY), submission=text),
            said(of(EVERY), of(EVERY), reference=text),
        ):
            assert found == Equivalence(status=Equivalent.UNKNOWN, scope=text.sentence)


def test_a_doubt_is_reported() -> None:
    for found in (
        said(of(EVERY), of(EVERY, detail="calculates with the seed")),
        said(of(EVERY, detail="calculates with the seed"), of(EVERY)),
    ):
        assert found == Equivalence(status=Equivalent.UNKNOWN, scope="calculates with the seed")


def test_a_case_that_differs_overrules_a_proof() -> None:
    found = said(of(EVERY), of(EVERY), values_differ=True)
    assert found.status is Equivalent.DIFFERENT


def test_why_there_is_no_trace() -> None:
    def untraceable(*reasons: str) -> tuple[Trace, ...]:
        return tuple(Untraceable(scope=EVERY, reason=reason) for reason in reasons)

    found = said(of(EVERY), untraceable("OddError: not a size", "TracerArrayConversionError: …"))
    assert found.scope == "makes a NumPy array of a result while it runs"
    assert said(of(EVERY), untraceable("OddError: x")).scope == "could not be traced (OddError: x)"
    assert said(of(EVERY), ()).scope == "not traced"
