"""Where in a text a value was written, followed through names, containers and calls."""

from grader.evidence.origins.calls import Step, called, own_nodes
from grader.evidence.origins.follow import Origins, origins_in
from grader.evidence.origins.library import alters
from grader.evidence.origins.recorded import is_listed, recorded, recorded_entry, shown_as
from grader.evidence.origins.scopes import Path
from grader.evidence.origins.written import written

__all__ = [
    "Origins",
    "Path",
    "Step",
    "alters",
    "called",
    "is_listed",
    "origins_in",
    "own_nodes",
    "recorded",
    "recorded_entry",
    "shown_as",
    "written",
]
