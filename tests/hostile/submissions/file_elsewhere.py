"""Raises in code that says it stands in other files, and far behind the end of its own."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    names = {"x": x_batch}
    for name, line in (("@HOME@/.netrc", 1), ("/etc/passwd", 1), (__file__, 90_000)):
        source = "\n" * (line - 1) + f"def f{line}(then): then()"
        exec(compile(source, name, "exec"), names)
    first, far = names["f1"], names["f90000"]

    def fail():
        raise ValueError("x")

    first(lambda: far(lambda: first(fail)))
