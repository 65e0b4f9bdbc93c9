"""Is in one call of C that holds the interpreter's lock, so that no other thread runs."""
# outcome: failed; rule: timed-out
import re


def nn_vmap_forward(seed, x_batch, features):
    return re.match(r"(a*)*b", "a" * 60)
