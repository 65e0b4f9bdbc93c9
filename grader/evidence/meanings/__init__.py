"""What beginners' exceptions usually mean, in a table for each topic.

Of several that fit, the first one counts: the topics go from the most special to the most general.
"""

from typing import Final

from grader.evidence.meanings import (
    arrays,
    calls,
    keys,
    linen,
    nnx,
    python,
    surroundings,
    transforms,
)

MEANINGS: Final = (
    *surroundings.MEANINGS,
    *linen.MEANINGS,
    *nnx.MEANINGS,
    *transforms.MEANINGS,
    *arrays.MEANINGS,
    *calls.MEANINGS,
    *keys.MEANINGS,
    *python.MEANINGS,
)
