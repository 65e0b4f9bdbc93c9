"""Confine this process with every layer that this system has; README.md says what each does.

Call `confine` in a freshly forked worker, before it starts a thread and before it reads a byte of
learner code. It cannot be undone, and never raises because a layer is missing: the rows say so.
"""

from grader.sandbox import identity, landlock, rlimits, seccomp
from grader.sandbox.policy import Policy, Protection


def confine(policy: Policy) -> tuple[Protection, ...]:
    """Apply every layer in a fixed order, and report the state of each.

    Paths are opened while all may be opened; the filter that would refuse the other steps comes
    last.
    """
    first = (
        identity.own_session(),
        rlimits.limit(policy),
        identity.no_new_privileges(),
    )
    landlocked = landlock.restrict(policy)
    return (
        *first,
        *landlocked,
        identity.without_capabilities(),
        identity.unreadable_memory(),
        identity.dies_with_parent(),
        seccomp.restrict(files_are_held=landlocked[0].active),
    )


def available() -> tuple[Protection, ...]:
    """Return the rows that `confine` would return here, without applying anything."""
    session, privileges, *rest = identity.available()
    return (
        session,
        rlimits.available(),
        privileges,
        *landlock.available(),
        *rest,
        seccomp.available(),
    )
