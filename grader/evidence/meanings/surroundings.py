"""What exceptions of what surrounds a program: the starter, the sandbox, settings mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"^NotImplementedError",
        message="the function is not filled in yet",
        why="This is the unchanged starter. Nothing is wrong so far.",
        help="replace the line that raises; the hints say how to start",
        own=True,
    ),
    Pattern(
        pattern=r"^NotImplementedError",
        why="The library can't do this, or not in this way.",
        help="read its text above, and do it differently",
    ),
    Pattern(
        pattern=r"^PermissionError: .*Errno|Operation not permitted|Permission denied"
        r"|name resolution",
        message="the program does something that isn't allowed here",
        label="not allowed",
        why="Submissions run in a sandbox: they can't read your files, delete or rename files, "
        "use the network or start processes. Code that needs that may run on your own machine, "
        "but not here.",
        help="remove it: the function needs nothing but its arguments",
    ),
    Pattern(
        pattern=r"^FileNotFoundError: .*No such file",
        message="the program reads a file that isn't there",
        label="not there",
        why="A submission runs by itself, in an empty folder: there are no other files.",
        help="put what the function needs into the program itself",
    ),
    Pattern(
        pattern=r"^UnparsedFlagAccessError",
        message="the program reads a command-line flag, but there is no command line",
        why="The file is imported and its function called, so main doesn't run and no flags are "
        "parsed.",
        help="write the value into the program instead of the flag",
    ),
    Pattern(
        pattern=r"^KeyError",
        message="the program reads an environment variable that isn't set",
        why="Submissions run with hardly any environment variables.",
        help="write the value into the program",
        library=r"^os\._Environ",
    ),
    Pattern(
        pattern=r"Unrecognized config option",
        message="jax has no setting of this name",
        why="The exercise needs no settings at all.",
        help="delete the line, or check the spelling of the name",
    ),
    Pattern(
        pattern=r"^NameError: name '(get_ipython|display)' is not defined",
        why="Only a notebook has this name, and here the file runs without one.",
        help="delete this line, or grade the notebook itself",
    ),
)
