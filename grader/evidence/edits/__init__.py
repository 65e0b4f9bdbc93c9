"""Edits that do what a finding advises, where the text shows what to replace.

An edit is a guess until the edited program has been graded. Where it isn't known what to write, or
where, there is none.
"""

from grader.evidence.edits.answer import answer_edits, as_returned, unprocessed, unwrapped_edits
from grader.evidence.edits.arguments import (
    argument_edits,
    expression_edits,
    field_edits,
    knob_edits,
    left_out,
    literal_edits,
    target_edits,
)
from grader.evidence.edits.chance import seeded
from grader.evidence.edits.decorators import changing_decorator
from grader.evidence.edits.given import (
    altered_class,
    given_edits,
    import_replaced,
    imported,
    restored,
)
from grader.evidence.edits.inputs import input_edits, rest_of_the_input, variable_edits
from grader.evidence.edits.items import item_edits, reordered
from grader.evidence.edits.keys import key_edits, seed_edits, stream_edits
from grader.evidence.edits.lift import lift_edits, made_as_the_task, size_argument
from grader.evidence.edits.purity import forgetting, sparing
from grader.evidence.edits.raised import failure_advice
from grader.evidence.edits.relift import relift_edits
from grader.evidence.edits.returned import (
    called_too,
    flattened,
    missing_return,
    not_async,
    unjitted,
    unturned,
)
from grader.evidence.edits.scans import POSITIONS, collection_edits
from grader.evidence.edits.statements import (
    not_overwritten,
    setting_removed,
    statement_removed,
    trial_call,
)
from grader.evidence.edits.text import Advice, Edits, expression_at, given_name, name_of
from grader.evidence.edits.unbound import name_advice, unbound_name
from grader.evidence.edits.updates import update_edits
from grader.evidence.edits.whole import taken_whole
from grader.evidence.edits.words import (
    parameter_edits,
    renamed,
    syntax_edits,
)

__all__ = [
    "POSITIONS",
    "Advice",
    "Edits",
    "altered_class",
    "answer_edits",
    "argument_edits",
    "as_returned",
    "called_too",
    "changing_decorator",
    "collection_edits",
    "expression_at",
    "expression_edits",
    "failure_advice",
    "field_edits",
    "flattened",
    "forgetting",
    "given_edits",
    "given_name",
    "import_replaced",
    "imported",
    "input_edits",
    "item_edits",
    "key_edits",
    "knob_edits",
    "left_out",
    "lift_edits",
    "literal_edits",
    "made_as_the_task",
    "missing_return",
    "name_advice",
    "name_of",
    "not_async",
    "not_overwritten",
    "parameter_edits",
    "relift_edits",
    "renamed",
    "reordered",
    "rest_of_the_input",
    "restored",
    "seed_edits",
    "seeded",
    "setting_removed",
    "size_argument",
    "sparing",
    "statement_removed",
    "stream_edits",
    "syntax_edits",
    "taken_whole",
    "target_edits",
    "trial_call",
    "unbound_name",
    "unjitted",
    "unprocessed",
    "unturned",
    "unwrapped_edits",
    "update_edits",
    "variable_edits",
]
