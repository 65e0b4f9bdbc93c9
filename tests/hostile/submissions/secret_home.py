"""Reads what people keep in their home."""
# outcome: failed; rule: not-an-array
import glob
import os
import pathlib


def nn_vmap_forward(seed, x_batch, features):
    home = "@HOME@"
    names = [home + "/.netrc", home + "/.ssh/id_ed25519", *glob.glob(home + "/**", recursive=True)]
    for name in names:
        for read in (
            lambda name: open(name).read(),
            lambda name: pathlib.Path(os.path.relpath(name)).read_text(),
            lambda name: os.read(os.open(name, os.O_RDONLY), 1000),
            lambda name: os.listdir(name),
            lambda name: print("ESCAPED link", os.link(name, "here")),
        ):
            try:
                print(read(name))
            except OSError:
                pass
    try:
        os.symlink(home + "/.netrc", "link")
        print(open("link").read())
    except OSError:
        pass
