"""Makes folders that nobody can look into, and fills them."""
# outcome: failed; rule: timed-out|crashed|raised; run: rarely
import os
import time


def nn_vmap_forward(seed, x_batch, features):
    os.mkdir("hidden", 0o300)
    os.chmod(".", 0o000) if os.getuid() else None
    for number in range(100):
        with open(f"hidden/{number}", "wb") as file:
            file.write(b"x" * (15 << 20))
    time.sleep(1000)
