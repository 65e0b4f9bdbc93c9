"""Doubles a text, in C that holds the interpreter's lock."""
# outcome: failed; rule: out-of-memory|crashed|timed-out; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    text = b"x" * 1024
    while True:
        text += text
