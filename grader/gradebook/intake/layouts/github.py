"""GitHub Classroom: `hw1-submissions/hw1-octocat/…`, a clone for each student or team.

As `gh classroom clone student-repos` makes it: the assignment's slug with `-submissions`, and in it
the repositories, whose names are the slug and the login. Without a folder of that name, a clone
can't be told from any other folder.
"""

from __future__ import annotations

from typing import Final

from grader.gradebook.intake.sighting import Layout, Sighting, Tree, most_of, top, unnamed

_ENDING: Final = "-submissions"


def github(tree: Tree) -> Layout | None:
    """Recognise GitHub Classroom's layout."""
    if not tree.names or not tree.names[-1].endswith(_ENDING):
        return None
    start = tree.names[-1].removesuffix(_ENDING) + "-"

    def sightings(path: str) -> tuple[Sighting, ...]:
        folder = top(path)
        login = folder.removeprefix(start)
        if login in {"", folder} or folder == path:
            return ()
        return (Sighting(label=login, who=unnamed(login=login), place=folder),)

    if not most_of(tree.paths, sightings):
        return None
    return Layout(title="GitHub Classroom", sightings=sightings)
