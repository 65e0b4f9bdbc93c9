"""What is known of a program that does the same as a labelled mistake."""

from __future__ import annotations

from grader.model.transcript import Known


def likeness(known: Known) -> str:
    """Say how a submission was found to make a known mistake, and which."""
    if not known.cases:
        return f"It computes the same as a known mistake: {known.description}."
    told = f"In all {known.cases} cases, it gives the numbers of a known mistake"
    return f"{told}: {known.description}."


def evidence_of(known: Known) -> str:
    """Say the same without the mistake's description, which is the message then."""
    if not known.cases:
        return "It computes the same as a program that is known to make this mistake."
    return f"In all {known.cases} cases, it gives the numbers of a program that makes this mistake."
