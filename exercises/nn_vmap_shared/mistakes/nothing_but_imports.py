# expect-file: missing-function
"""Nothing here yet."""
import flax.linen as nn
import jax

# TODO: write it
