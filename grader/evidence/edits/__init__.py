"""Edits that do what a finding advises, where the text shows what to replace.

An edit is a guess until the edited program has been graded. Where it isn't known what to write, or
where, there is none.
"""

from grader.evidence.edits.answer import (
    answer_edits,
    input_edits,
    missing_return,
    unturned,
)
from grader.evidence.edits.arguments import (
    argument_edits,
    knob_edits,
    left_out,
    literal_edits,
    size_edits,
    target_edits,
)
from grader.evidence.edits.keys import key_edits, seed_edits, stream_edits
from grader.evidence.edits.lift import lift_edits, size_argument
from grader.evidence.edits.text import Edits
from grader.evidence.edits.updates import update_edits
from grader.evidence.edits.words import (
    parameter_edits,
    renamed,
    statement_removed,
    syntax_edits,
)

__all__ = [
    "Edits",
    "answer_edits",
    "argument_edits",
    "input_edits",
    "key_edits",
    "knob_edits",
    "left_out",
    "lift_edits",
    "literal_edits",
    "missing_return",
    "parameter_edits",
    "renamed",
    "seed_edits",
    "size_argument",
    "size_edits",
    "statement_removed",
    "stream_edits",
    "syntax_edits",
    "target_edits",
    "unturned",
    "update_edits",
]
