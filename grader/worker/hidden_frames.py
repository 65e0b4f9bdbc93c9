"""The worker's own files aren't the user's: jax doesn't name them in its messages.

jax says where a value was made: at the innermost line that isn't its own or Flax's. Some functions
of theirs run through the worker's (`flax_draws.py`, `lifted.py`), and a learner knows none of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from jax._src import source_info_util

_FOLDER: Final = f"{Path(__file__).parent}{os.sep}"


def hide_frames() -> None:
    """Let jax take the worker's lines for its own, in this process and in its forks.

    Does nothing if this version of jax can't.
    """
    register = getattr(source_info_util, "register_exclusion", None)
    if register is not None:
        register(_FOLDER)
