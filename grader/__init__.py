"""Grade JAX and Flax exercises: what is wrong, which idea it is, and where."""
