"""How a report explains an exception: a message, why it was raised, and one next step."""

from __future__ import annotations

import msgspec

from grader.model.observation import Span


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What an exception means, as far as it is known.

    `message`, if there is one, says more than that an exception was raised. `span` and `label` are
    the place of the cause, if that isn't the line that raised. `misspelt` is a name that doesn't
    exist, and the similar one that was meant. `streams` are those whose keys the call that raised
    should have got. `in_module` is the next step where the learner writes a module, and the grader
    calls it. `final`: no other next step is looked for in the text.
    """

    why: str
    help: str
    in_module: str = ""
    message: str = ""
    label: str = ""
    span: Span | None = None
    misspelt: tuple[str, str] | None = None
    streams: tuple[str, ...] = ()
    final: bool = False
