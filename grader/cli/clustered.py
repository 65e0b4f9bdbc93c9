"""`grade class --dask`: the gradings of a class in a cluster's workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.cli import early
from grader.cli.interrupts import INTERRUPTS
from grader.gradebook.book import Gradebook
from grader.gradebook.classroom import Collected
from grader.gradebook.cluster.address import Place
from grader.gradebook.groups import Group
from grader.gradebook.request import ClassRequest
from grader.model.report import Report


def clustered(
    place: Place,
    groups: Sequence[Group],
    *,
    asked: ClassRequest,
    collected: Collected,
    book: Gradebook,
    note: Callable[[str], None],
) -> Iterator[Group]:
    """Grade in a cluster, keep every report, and yield what is kept."""
    from grader.gradebook.cluster.grading import Course, cluster
    from grader.gradebook.cluster.patience import Patience

    def keep(group: Group, report: Report) -> None:
        book.keep(group.entries, report)

    early.discard()
    course = Course(
        asked=asked,
        read=lambda group: group.submission(collected.read),
        known=lambda group: book.known(group.entries),
        keep=keep,
        note=note,
        patience=Patience(INTERRUPTS.wait, INTERRUPTS.wake),
    )
    with cluster(place, course, groups) as grading:
        yield from grading.results()
