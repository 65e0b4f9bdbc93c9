"""Writes into the home, over the learner's file and over the grader itself."""
# outcome: failed; rule: not-an-array
import os
import shutil


def nn_vmap_forward(seed, x_batch, features):
    import grader

    for path in (
        "@HOME@/.bashrc",
        "@HOME@/new",
        __file__,
        os.path.join(os.path.dirname(__file__), "neighbour.py"),
        os.path.join(os.path.dirname(__file__), "new.py"),
        grader.__file__,
        "@CHECKOUT@/solutions/nn_vmap_shared.py",
        "@CHECKOUT@/solutions/poison.py",
        "/tmp/poison-of-hostile",
        "/dev/shm/poison-of-hostile",
        "/var/tmp/poison-of-hostile",
    ):
        for act in (
            lambda path: open(path, "a").write("# poison\n"),
            lambda path: os.truncate(path, 0),
            lambda path: os.rename(path, path + ".poison"),
            lambda path: os.chmod(path, 0),
            lambda path: os.utime(path, (0, 0)),
            lambda path: os.mkdir(path + ".folder"),
            lambda path: os.symlink("/etc/passwd", path + ".link"),
            os.unlink,
        ):
            try:
                act(path)
            except OSError:
                continue
            print("ESCAPED", path)
    for folder in ("@HOME@", os.path.dirname(__file__)):
        try:
            shutil.rmtree(folder)
        except OSError:
            pass
